"""A log skimmed: the same view as from all of it, each step's groups where they lie, and long ones fast."""

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.events import GroupPainted, PhaseEntered, Rollout, RunFinished, RunStarted, StepFinished, encode
from engine.recipe import Budget, Panel, Recipe, Taste
from engine.rundir import RunFolder
from studio.history import GroupPlaces, skim
from studio.views import run

RECIPE = Recipe(name="My Poet", panel=Panel(tastes=(Taste("poet"),)), budget=Budget(steps=60))
ROLLOUTS = tuple(
    Rollout(
        name=f"Name {i} of it",
        scores={"poet": 0.5123456789012345, "correctness": 0.4123456789012345},
        reward=0.3123456789012345,
        tokens=(" Name",) * 6,
        logps_before=(-1.0 / 3,) * 6,
    )
    for i in range(8)
)


def started(resumed_from=0, attempt=1):
    return RunStarted(
        name="My Poet",
        steps=60,
        device="cpu",
        dtype="float32",
        resumed_from=resumed_from,
        attempt=attempt,
    )


def group(step, color="#d48475", attempt=1):
    return GroupPainted(step=step, color=color, reading="", rollouts=ROLLOUTS[:2], attempt=attempt)


def steps(first, last, attempt=1, groups=2):
    for n in range(first, last + 1):
        yield PhaseEntered(phase="sampling", step=n, attempt=attempt)
        for place in range(groups):
            yield group(n, f"#0000{place:02x}", attempt)
        yield StepFinished(step=n, reward=n / 100, judges={"poet": 0.4}, rollouts=16, distinct=8, seconds=2.0)


def written(folder, events):
    folder.events_path.write_bytes(b"".join(map(encode, events)))


def skimmed(folder, limit=None):
    places, view, offset, more = GroupPlaces(), run.empty(RECIPE), 0, True
    while more:
        tail = skim(folder, offset, limit, places)
        view, offset, more = run.fold_many(view, tail.events, tail.unknown), tail.offset, tail.more
    return view, places, offset


@pytest.mark.parametrize("limit", [None, 100, 3000, 100_000])
def test_a_view_is_the_same_skimmed_or_read_whole(tmp_path: Path, limit) -> None:
    folder = RunFolder(tmp_path)
    written(folder, [started(), *steps(1, 40), started(30, 2), *steps(31, 50, 2)])
    with folder.events_path.open("ab") as file:
        file.write(b'{"event":"Sneezed","seq":1}\n{"event":"GroupPainted","st')
    view, places, offset = skimmed(folder, limit)
    whole = folder.tail()
    assert view == run.fold_many(run.empty(RECIPE), whole.events, whole.unknown)
    assert offset == whole.offset
    assert places.steps == list(range(1, 51))


def test_any_steps_groups_are_read_back(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    written(folder, [started(), *steps(1, 20), group(21), started(10, 2), *steps(11, 20, 2)])
    _, places, _ = skimmed(folder, 2000)
    assert places.read(folder, 3) == (group(3, "#000000"), group(3, "#000001"))
    assert [told.attempt for told in places.read(folder, 12)] == [2, 2]
    assert places.read(folder, 21) == ()
    assert places.read(folder, 0) == ()


def test_only_the_latest_groups_are_decoded(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    written(folder, [started(), *steps(1, 40)])
    tail = skim(folder, 0, None, GroupPlaces())
    told = [event.step for event in tail.events if isinstance(event, GroupPainted)]
    assert told == [step for step in range(33, 41) for _ in range(2)]


events = st.one_of(
    st.builds(started, resumed_from=st.integers(0, 12), attempt=st.integers(1, 4)),
    st.builds(group, st.integers(1, 14)),
    st.builds(StepFinished, step=st.integers(1, 14), reward=st.none() | st.floats(0, 1)),
    st.builds(RunFinished, outcome=st.just("stopped"), step=st.integers(0, 12)),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(events, max_size=60))
def test_whatever_is_told_the_curves_are_the_same(tmp_path_factory, told) -> None:
    folder = RunFolder(tmp_path_factory.mktemp("run"))
    written(folder, told)
    view, places, _ = skimmed(folder)
    whole = run.fold_many(run.empty(RECIPE), told)
    assert (view.curve, view.step, view.status, view.evals) == (
        whole.curve,
        whole.step,
        whole.status,
        whole.evals,
    )
    for step, groups in view.groups.items():
        assert places.read(folder, step)[-len(groups) :] == groups


def test_ten_thousand_steps_with_their_groups_open_within_a_second(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    block = b"".join(
        encode(GroupPainted(step=1, color="#d48475", reading="a light red", rollouts=ROLLOUTS))
        for _ in range(2)
    )
    with folder.events_path.open("wb") as file:
        file.write(encode(started()))
        for n in range(1, 10_001):
            file.write(block.replace(b'"step":1,', b'"step":%d,' % n))
            file.write(
                encode(
                    StepFinished(
                        step=n, reward=0.5, judges={"poet": 0.4}, rollouts=64, distinct=9, seconds=2.0
                    )
                )
            )
    begin = time.process_time()
    view, places, _ = skimmed(folder, 1 << 22)
    took = time.process_time() - begin
    assert view.step == 10_000
    assert sorted(view.groups) == list(range(9993, 10_001))
    assert took < 2.0  # of the processor: the machine may be busy; see tests/bench/plots.py
    begin = time.process_time()
    assert len(places.read(folder, 5000)) == 2
    assert time.process_time() - begin < 0.1

"""The run's view: what each event means, that pieces do not matter, and that long runs open fast."""

import time
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.events import (
    CheckpointSaved,
    CollapseNoticed,
    EvalFinished,
    Event,
    GroupPainted,
    JudgeFailed,
    PhaseEntered,
    Rollout,
    RunFinished,
    RunStarted,
    StepFinished,
    Warned,
    encode,
)
from engine.recipe import Budget, Panel, Recipe, Taste
from engine.rundir import RunFolder
from studio.views import run
from studio.views.curves import smooth

RECIPE = Recipe(name="My Poet", panel=Panel(tastes=(Taste("poet"),)), budget=Budget(steps=60))
EMPTY = run.empty(RECIPE)


def started(**changes) -> RunStarted:
    return RunStarted(**({"name": "My Poet", "steps": 60, "device": "cpu", "dtype": "float32"} | changes))


def step(number: int, reward: float | None = 0.5, **changes) -> StepFinished:
    defaults = {"reward": reward, "judges": {"poet": 0.4}, "rollouts": 64, "distinct": 32, "seconds": 2.0}
    return StepFinished(step=number, **(defaults | changes))


def group(number: int, color: str = "#d48475") -> GroupPainted:
    return GroupPainted(step=number, color=color, reading="a light red", rollouts=(Rollout(name="Fog"),))


def painted(*events: Event) -> run.RunView:
    return run.fold_many(EMPTY, events)


# --- what events mean


def test_nothing_said_yet() -> None:
    assert (EMPTY.status, EMPTY.name, EMPTY.steps, EMPTY.done) == ("waiting", "My Poet", 60, 0.0)


def test_loading_then_running() -> None:
    view = painted(
        started(time=5.0), PhaseEntered(phase="loading", note="Converting the base", done=0.3, time=6.0)
    )
    assert (view.status, view.phase_note, view.phase_done, view.updated) == (
        "loading",
        "Converting the base",
        0.3,
        6.0,
    )
    view = run.fold(view, PhaseEntered(phase="sampling", step=1))
    assert (view.status, view.phase, view.phase_step, view.phase_note, view.phase_done) == (
        "running",
        "sampling",
        1,
        "",
        None,
    )
    assert run.fold(view, PhaseEntered(phase="loading", step=1)).status == "running"
    assert run.fold(view, PhaseEntered(phase="loading", attempt=2)).status == "loading"


def test_steps_grow_the_curves() -> None:
    view = painted(
        started(),
        step(1, None, judges={}, distinct=0, rollouts=0),
        step(2, 0.2, judges={"poet": 0.2}),
        step(3, 0.6, judges={"poet": 0.5, "terse": 1.0}, reward_spread=0.1),
    )
    assert view.step == 3
    assert view.done == pytest.approx(0.05)
    assert view.curve.steps == (1, 2, 3)
    assert view.curve.reward == (None, 0.2, 0.6)
    assert view.curve.spread == (None, None, 0.1)
    assert view.curve.distinct == (None, 0.5, 0.5)
    assert view.judge_curves == {"poet": (None, 0.2, 0.5), "terse": (None, None, 1.0)}
    assert (view.reward_first, view.reward_last) == (0.2, 0.6)


def test_an_older_view_is_not_touched() -> None:
    one = painted(started(), step(1), group(1))
    before = msgspec.json.encode(one)
    run.fold_many(one, [step(2), group(1, "#000000"), started(resumed_from=0)])
    assert msgspec.json.encode(one) == before


def test_only_the_latest_groups_are_kept() -> None:
    view = painted(*(group(n, color) for n in range(1, 21) for color in ("#d48475", "#123456")))
    assert sorted(view.groups) == list(range(21 - run.KEEP_GROUPS, 21))
    assert [g.color for g in view.groups[20]] == ["#d48475", "#123456"]


def test_notices_are_sentences_and_the_latest_are_kept() -> None:
    view = painted(
        Warned(message="Slow disk."),
        JudgeFailed(step=3, judge="poet", reason="Out of memory.", count=4),
        CollapseNoticed(step=4, level="alarm", evidence="Half are “Fog”."),
    )
    assert [(notice.level, notice.step) for notice in view.warnings] == [
        ("note", 0),
        ("note", 3),
        ("alarm", 4),
    ]
    assert view.warnings[1].text == "The judge poet gave no verdict (4 names): Out of memory."
    many = painted(*(Warned(message=str(n)) for n in range(500)))
    assert [notice.text for notice in many.warnings] == [str(n) for n in range(500 - run.KEEP_NOTICES, 500)]


def test_checkpoints_and_evals() -> None:
    evals = [EvalFinished(step=n, names={"#d48475": "Fog"}) for n in (0, 10, 10)]
    view = painted(CheckpointSaved(step=10), *evals)
    assert view.checkpoint == 10
    assert view.evals == (evals[0], evals[2])


@pytest.mark.parametrize("outcome", ["completed", "stopped", "failed"])
def test_the_end(outcome) -> None:
    view = painted(
        started(), step(1), RunFinished(outcome=outcome, step=1, painter="my-poet", reason="No memory.")
    )
    assert (view.status, view.painter, view.reason) == (outcome, "my-poet", "No memory.")
    assert (view.phase, view.seconds_left) == (None, None)
    assert not view.live


# --- resuming


def test_a_resumed_attempt_drops_what_lies_past_its_checkpoint() -> None:
    first = [started(), *(e for n in range(1, 15) for e in (group(n), step(n, 0.1)))]
    first += [EvalFinished(step=10, names={}), CollapseNoticed(step=13, level="watch", evidence="x")]
    view = painted(*first, step(15, judges={"terse": 1.0}), started(resumed_from=10, attempt=2))
    assert (view.step, view.attempt, view.status, view.resumed_from) == (10, 2, "loading", 10)
    assert view.curve.steps == tuple(range(1, 11))
    assert max(view.groups) == 10
    assert len(view.evals) == 1
    assert view.warnings == ()
    assert set(view.judge_curves) == {"poet"}
    assert view.seconds_left is None
    view = run.fold(view, step(11, 0.9))
    assert view.curve.steps == tuple(range(1, 12))
    assert view.curve.reward[-2:] == (0.1, 0.9)
    assert all(len(column) == 11 for column in view.judge_curves.values())


def test_a_run_that_begins_again_begins_empty() -> None:
    view = painted(started(), step(1), step(2), started(attempt=2))
    assert (view.step, view.curve, view.judge_curves) == (0, run.Curve(), {})


def test_a_resumed_run_that_had_ended_is_live_again() -> None:
    view = painted(
        started(),
        step(1),
        RunFinished(outcome="failed", step=1, reason="x"),
        started(attempt=2, resumed_from=1),
    )
    assert (view.status, view.reason) == ("loading", "")


# --- what only the outside knows


def test_dead_without_a_last_word_is_crashed() -> None:
    view = painted(started(), step(1))
    assert run.settle(view, True) is view
    crashed = run.settle(view, False)
    assert (crashed.status, crashed.told, crashed.seconds_left) == ("crashed", "running", None)
    assert run.settle(crashed, False) is crashed
    assert run.settle(crashed, True).status == "running"
    again = run.fold(crashed, started(attempt=2, resumed_from=1))
    assert again.status == "loading"


@pytest.mark.parametrize("outcome", ["completed", "stopped", "failed"])
def test_dead_after_its_last_word_is_not_crashed(outcome) -> None:
    view = painted(started(), RunFinished(outcome=outcome, step=1))
    assert run.settle(view, False).status == outcome
    assert run.settle(view, True, stopping=True).status == outcome


def test_one_that_died_before_its_first_word_crashed_and_one_never_started_waits() -> None:
    assert run.settle(EMPTY, False).status == "crashed"
    assert run.settle(EMPTY, False, started=False).status == "waiting"
    assert run.settle(EMPTY, True).status == "waiting"


def test_asked_to_stop() -> None:
    view = painted(started(), step(1))
    stopping = run.settle(view, True, stopping=True)
    assert stopping.status == "stopping"
    assert stopping.seconds_left is not None
    assert run.settle(stopping, True).status == "running"
    assert run.settle(stopping, False, stopping=True).status == "crashed"


def test_pausing_and_paused() -> None:
    view = painted(started(), step(1))
    pausing = run.settle(view, True, pausing=True)
    assert (pausing.status, pausing.live) == ("pausing", True)
    assert run.settle(view, True, pausing=True, stopping=True).status == "stopping"
    paused = run.fold(view, PhaseEntered(phase="paused", step=1))
    assert (paused.status, run.settle(paused, True, pausing=True).status) == ("paused", "paused")
    assert run.settle(paused, False, pausing=True).status == "crashed"
    assert run.fold(paused, PhaseEntered(phase="sampling", step=2)).status == "running"


def test_a_pause_does_not_stretch_the_time_left() -> None:
    before = [step(n, seconds=2.0, time=2.0 * n) for n in range(1, 11)]
    rest = PhaseEntered(phase="paused", step=10, time=21.0)
    after = [step(n, seconds=2.0, time=60.0 + 2.0 * n) for n in range(11, 15)]
    view = painted(started(), *before, rest)
    assert view.seconds_left == pytest.approx(100.0)
    view = run.fold_many(view, [PhaseEntered(phase="sampling", step=11), *after])
    assert view.seconds_left == pytest.approx(2.0 * 46)


# --- estimates


def test_time_left_goes_by_the_last_steps() -> None:
    slow = [step(n, seconds=30.0, time=30.0 * n) for n in range(1, 6)]
    fast = [step(n, seconds=2.0, time=150 + 2.5 * (n - 5)) for n in range(6, 6 + run.PACE)]
    view = painted(started(), *slow, *fast)
    # 2.5 s from step to step by the clock, saving and evaluating included; 35 steps to go
    assert view.seconds_left == pytest.approx(2.5 * 35)
    assert view.rollouts_per_second == pytest.approx(32.0)


def test_a_sleeping_machine_does_not_stretch_the_time_left() -> None:
    steps = [step(n, seconds=2.0, time=2.0 * n + (40_000 if n > 5 else 0)) for n in range(1, 11)]
    assert painted(started(), *steps).seconds_left == pytest.approx(100.0)


def test_a_clock_set_back_does_not_either() -> None:
    steps = [step(n, seconds=2.0, time=5000.0 - n) for n in range(1, 11)]
    assert painted(started(), *steps).seconds_left == pytest.approx(100.0)


def test_no_estimate_without_a_step() -> None:
    view = painted(started(), PhaseEntered(phase="sampling", step=1))
    assert (view.seconds_left, view.rollouts_per_second) == (None, None)


# --- pieces do not matter

numbers = st.integers(0, 12)
rewards = st.none() | st.floats(0, 1)
slugs = st.sampled_from(["poet", "terse", "form"])
events = st.one_of(
    st.builds(started, resumed_from=numbers, attempt=st.integers(1, 4)),
    st.builds(PhaseEntered, phase=st.sampled_from(["loading", "sampling", "saving"]), step=numbers),
    st.builds(group, numbers),
    st.builds(
        step,
        numbers,
        rewards,
        judges=st.dictionaries(slugs, st.floats(0, 1), max_size=3),
        time=st.floats(0, 1e9),
        seconds=st.floats(0, 100),
    ),
    st.builds(EvalFinished, step=numbers, names=st.just({"#d48475": "Fog"})),
    st.builds(CheckpointSaved, step=numbers),
    st.builds(CollapseNoticed, step=numbers, level=st.just("watch"), evidence=st.text(max_size=5)),
    st.builds(Warned, message=st.text(max_size=5), step=numbers),
    st.builds(RunFinished, outcome=st.sampled_from(["completed", "stopped", "failed"]), step=numbers),
)
unknown_lines = st.sampled_from([b'{"event":"Sneezed","seq":1}\n', b"\n", b"{\n"])


@settings(max_examples=150, deadline=None)
@given(st.lists(events.map(encode) | unknown_lines, max_size=40), st.data())
def test_the_same_view_wherever_the_bytes_are_cut(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes], data: st.DataObject
) -> None:
    folder = RunFolder(tmp_path_factory.mktemp("run"))
    log = b"".join(lines)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(log)), max_size=12)))
    view, offset = EMPTY, 0
    for cut in [*cuts, len(log)]:
        folder.events_path.write_bytes(log[:cut])
        tail = folder.tail(offset)
        view, offset = run.fold_many(view, tail.events, tail.unknown), tail.offset

    whole = folder.tail()
    assert view == run.fold_many(EMPTY, whole.events, whole.unknown)
    one_by_one = run.fold_many(EMPTY, (), whole.unknown)
    for event in whole.events:
        one_by_one = run.fold(one_by_one, event)
    assert view == one_by_one


@settings(deadline=None)
@given(st.lists(events, max_size=60))
def test_curves_never_double_back(told: list[Event]) -> None:
    view = painted(*told)
    steps = view.curve.steps
    assert list(steps) == sorted(set(steps))
    columns = [*msgspec.structs.astuple(view.curve), *view.judge_curves.values()]
    assert {len(column) for column in columns} <= {len(steps)}
    assert len(view.groups) <= run.KEEP_GROUPS


# --- long runs


def test_ten_thousand_steps_fold_in_under_a_second(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    judges = {"poet": 0.4, "correctness": 0.5}
    with folder.events_path.open("wb") as file:
        for n in range(1, 10_001):
            for phase in ("sampling", "judging", "updating"):
                file.write(encode(PhaseEntered(phase=phase, step=n)))
            file.write(encode(step(n, judges=judges, time=float(n))))
    begin = time.process_time()
    tail = folder.tail()
    view = run.fold_many(run.empty(RECIPE), tail.events)
    took = time.process_time() - begin
    assert view.step == 10_000
    assert took < 1.0

    begin = time.perf_counter()
    for n in range(10_001, 10_101):
        view = run.fold(view, step(n, judges=judges))
    assert (time.perf_counter() - begin) / 100 < 0.016, "a step must fit into a frame"


# --- smoothing


def test_smoothing_is_free_of_bias() -> None:
    assert smooth([0.7] * 5, range(5)) == pytest.approx([0.7] * 5)
    assert smooth([1.0, 0.0], [0, 5], half_life=5.0) == pytest.approx([1.0, 1 / 3])


def test_smoothing_goes_by_distance_and_passes_over_gaps() -> None:
    assert smooth([None, 1.0, None, 0.0], [1, 2, 3, 4], half_life=1.0) == [
        None,
        1.0,
        1.0,
        pytest.approx(0.25 / 1.25),
    ]
    near, far = smooth([1.0, 0.0], [0, 1]), smooth([1.0, 0.0], [0, 50])
    assert near[1] > far[1]


def test_no_smoothing() -> None:
    assert smooth([None, 1.0], [1, 2], half_life=0) == [None, 1.0]
    assert smooth([], []) == []

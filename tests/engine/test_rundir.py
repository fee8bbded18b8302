"""A run's folder under every accident: torn tails, dead writers, broken checkpoints, a full disk."""

import errno
import multiprocessing
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import eventlog
from engine.durable import disk_error
from engine.events import (
    CheckpointSaved,
    EvalFinished,
    GroupPainted,
    Rollout,
    RunFinished,
    RunStarted,
    StepFinished,
    Warned,
)
from engine.judges.spec import Contrast, Correctness
from engine.recipe import Panel, Recipe, Taste
from engine.rundir import ProcessIdentity, RunBusy, RunError, RunFolder, slug

WHEN = datetime(2026, 11, 23, 9, 30)
RECIPE = Recipe(name="My Poet!", panel=Panel(tastes=(Taste("poet"),), guards=("correctness",)))
JUDGES = {
    "poet": Contrast(name="Poet", asks="names with a mood", liked=("Sunset Dust",)),
    "correctness": Correctness(name="Correctness"),
    "unused": Correctness(name="Unused"),
}


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    return RunFolder.create(tmp_path / "runs", RECIPE, JUDGES, WHEN)


def steps(folder: RunFolder) -> list[int]:
    return [event.step for event in folder.tail().events if isinstance(event, StepFinished)]


# --- making one


def test_a_new_run_is_named_and_self_contained(folder: RunFolder) -> None:
    assert folder.path.name.startswith("2026-11-23-my-poet-")
    assert len(folder.path.name) == len("2026-11-23-my-poet-3f9a")
    assert folder.recipe() == RECIPE
    assert folder.judges() == {key: JUDGES[key] for key in ("poet", "correctness")}
    assert folder.tail() == eventlog.Tail([], 0)
    assert folder.next_attempt() == 1
    assert folder.latest_checkpoint() is None
    assert not folder.alive()
    assert folder.process() is None
    assert [path.name for path in folder.path.parent.iterdir()] == [folder.path.name]


def test_runs_of_the_same_name_and_day_differ(tmp_path: Path) -> None:
    made = {RunFolder.create(tmp_path, RECIPE, JUDGES, WHEN).path for _ in range(20)}
    assert len(made) == 20


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("My Poet!", "my-poet"),
        ("Été — à Paris", "ete-a-paris"),
        ("色", "run"),
        ("../..", "run"),
        ("x" * 90, "x" * 40),
    ],
)
def test_slugs_are_safe(name: str, expected: str) -> None:
    assert slug(name) == expected


def test_a_missing_judge_is_said_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="“correctness”"):
        RunFolder.create(tmp_path / "runs", RECIPE, {"poet": JUDGES["poet"]}, WHEN)
    assert not (tmp_path / "runs").exists()


def test_a_judge_cannot_climb_out(tmp_path: Path) -> None:
    recipe = Recipe(name="x", panel=Panel(tastes=(Taste("../evil"),)))
    with pytest.raises(RunError, match="file name"):
        RunFolder.create(tmp_path / "runs", recipe, {"../evil": JUDGES["poet"]}, WHEN)


def test_a_parent_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match=r"^Could not make the run's folder: .*\.$"):
        RunFolder.create(tmp_path / "file" / "runs", RECIPE, JUDGES, WHEN)


def test_a_broken_recipe_or_judge_is_a_run_error(folder: RunFolder) -> None:
    (folder.path / "recipe.toml").write_text("name = 3")
    (folder.path / "judges" / "poet.toml").write_text("kind = 'nothing'")
    with pytest.raises(RunError, match="recipe"):
        folder.recipe()
    with pytest.raises(RunError, match="kind"):
        folder.judges()


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (errno.ENOSPC, "full"),
        (errno.EROFS, "read-only"),
        (errno.EACCES, "rights"),
        (errno.EIO, "Input/output"),
    ],
)
def test_the_disk_speaks_in_sentences(code: int, said: str) -> None:
    error = disk_error(OSError(code, os.strerror(code), "somewhere"), "save")
    assert said in str(error)
    assert str(error).endswith(".")


# --- the log


def test_events_are_stamped_and_read_back(folder: RunFolder) -> None:
    times = iter([10.0, 11.0])
    with folder.open_writer(clock=lambda: next(times)) as writer:
        first = writer.write(RunStarted(name="My Poet", steps=2, device="cpu", dtype="float32"))
        second = writer.write(StepFinished(step=1, reward=0.5, judges={"poet": 0.4}))
    assert [(e.seq, e.time, e.attempt) for e in (first, second)] == [(1, 10.0, 1), (2, 11.0, 1)]
    tail = folder.tail()
    assert tail.events == [first, second]
    assert (tail.offset, tail.unknown, tail.more) == (folder.events_path.stat().st_size, 0, False)
    assert folder.tail(tail.offset) == eventlog.Tail([], tail.offset)


def test_a_second_attempt_counts_on(folder: RunFolder) -> None:
    for attempt in (1, 2, 3):
        assert folder.next_attempt() == attempt
        with folder.open_writer() as writer:
            assert writer.attempt == attempt
            assert writer.write(Warned(message="m")).seq == attempt


def test_one_writer_at_a_time(folder: RunFolder) -> None:
    with folder.open_writer(), pytest.raises(RunBusy, match="already going"):
        folder.open_writer()
    folder.open_writer().close()


def test_a_torn_tail_is_left_by_readers_and_cut_by_the_next_writer(folder: RunFolder) -> None:
    with folder.open_writer() as writer:
        writer.write(StepFinished(step=1))
    whole = folder.events_path.stat().st_size
    with folder.events_path.open("ab") as file:
        file.write(b'{"event":"StepFinished","seq":2,"st')
    assert steps(folder) == [1]
    assert folder.tail().offset == whole
    with folder.open_writer() as writer:
        assert writer.write(StepFinished(step=2)).seq == 2
    assert steps(folder) == [1, 2]
    assert folder.tail().unknown == 0


def test_a_log_that_is_nothing_but_torn(folder: RunFolder) -> None:
    folder.events_path.write_bytes(b'{"event":' + b"x" * 200_000)
    assert folder.next_attempt() == 1
    with folder.open_writer() as writer:
        assert writer.write(Warned(message="m")).seq == 1
    assert len(folder.tail().events) == 1


def test_damage_and_unknown_tags_are_counted_and_passed_over(folder: RunFolder) -> None:
    with folder.open_writer() as writer:
        writer.write(StepFinished(step=1))
    with folder.events_path.open("ab") as file:
        file.write(b'{"event":"Sneezed","seq":2,"attempt":1}\n\x00\x00\x00\n\n[]\n')
    assert folder.tail().unknown == 3
    with folder.open_writer() as writer:
        assert writer.attempt == 2
        assert writer.write(StepFinished(step=2)).seq == 3
    assert steps(folder) == [1, 2]


def test_numbers_that_are_not_finite_become_absent_with_a_warning(folder: RunFolder) -> None:
    nan, inf = float("nan"), float("inf")
    rollout = Rollout(name="Fog", scores={"poet": nan, "terse": 0.5}, advantage=inf, logps_before=(-1.0, nan))
    with folder.open_writer() as writer:
        writer.write(StepFinished(step=4, reward=nan, judges={"poet": inf, "terse": 0.5}, seconds=nan))
        writer.write(GroupPainted(step=4, color="#d48475", reading="", rollouts=(rollout,), bar=nan))
        writer.write(EvalFinished(step=4, names={"#d48475": "Fog"}, reward=0.5))
    step, warned, group, also, evaluated = folder.tail().events
    assert (step.reward, step.judges, step.seconds) == (None, {"terse": 0.5}, 0.0)
    assert isinstance(warned, Warned)
    assert warned.step == 4
    assert "reward, judges of poet, seconds" in warned.message
    assert group.bar is None
    assert group.rollouts == (Rollout(name="Fog", scores={"terse": 0.5}),)
    assert isinstance(also, Warned)
    assert evaluated.reward == 0.5
    assert b"null" not in folder.events_path.read_bytes()


def test_a_write_that_fails_half_way_is_written_over(
    folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.write
    room = 40

    def full_disk(descriptor: int, data: bytes) -> int:
        nonlocal room
        if not room:
            folder.request_stop()  # so that it does not wait for room
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        wrote = real(descriptor, data[:room])
        room -= wrote
        return wrote

    with folder.open_writer() as writer:
        with monkeypatch.context() as patch:
            patch.setattr(os, "write", full_disk)
            with pytest.raises(RunError, match="disk is full"):
                writer.write(Warned(message="a message that is longer than the room there is"))
        assert folder.tail() == eventlog.Tail([], 0)
        assert writer.write(StepFinished(step=1)).seq == 1
    assert steps(folder) == [1]


def test_limits_cut_between_lines(folder: RunFolder) -> None:
    with folder.open_writer() as writer:
        writer.write(Warned(message="m" * 300_000))
        for step in range(1, 1000):
            writer.write(StepFinished(step=step))
    events, offset, reads, more = [], 0, 0, True
    while more:
        tail = folder.tail(offset, limit=1000)
        events += tail.events
        offset, more, reads = tail.offset, tail.more, reads + 1
    assert [event.seq for event in events] == list(range(1, 1001))
    assert reads > 3


@pytest.mark.parametrize("size", [1, 50, 500, 10_000])
def test_the_recent_events_are_the_last_whole_ones(folder: RunFolder, size: int) -> None:
    with folder.open_writer() as writer:
        for step in range(1, 40):
            writer.write(StepFinished(step=step))
    everything = folder.tail().events
    recent = folder.recent(size)
    assert recent == everything[len(everything) - len(recent) :]
    assert bool(recent) == (size > 50 or size == 10_000)


def test_the_recent_events_of_an_exact_size(folder: RunFolder) -> None:
    with folder.open_writer() as writer:
        writer.write(StepFinished(step=1))
        before = folder.events_path.stat().st_size
        last = writer.write(StepFinished(step=2))
    size = folder.events_path.stat().st_size
    assert folder.recent(size - before) == [last]
    assert folder.recent(size - before - 1) == []
    assert len(folder.recent(size)) == 2


@settings(max_examples=60, deadline=None)
@given(st.lists(st.binary(max_size=30), max_size=12), st.binary(max_size=80))
def test_whatever_lies_in_the_log_the_next_writer_goes_on(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes], torn: bytes
) -> None:
    folder = RunFolder(tmp_path_factory.mktemp("run"))
    garbage = b"".join(line + b"\n" for line in lines)
    folder.events_path.write_bytes(garbage + torn)
    with folder.open_writer() as writer:
        written = writer.write(StepFinished(step=7))
    assert folder.tail().events == [written]
    kept = (garbage + torn)[: (garbage + torn).rfind(b"\n") + 1]
    assert folder.events_path.read_bytes().startswith(kept)


WRITE_FOREVER = """
import sys
from pathlib import Path
from engine.events import Warned
from engine.rundir import RunFolder
writer = RunFolder(Path(sys.argv[1])).open_writer()
print("open", flush=True)
while True:
    writer.write(Warned(message="x" * 20000))
"""


def test_a_killed_writer_leaves_a_log_that_reads_and_a_lock_that_opens(folder: RunFolder) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", WRITE_FOREVER, str(folder.path)],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    assert child.stdout is not None
    child.stdout.readline()
    offset = 0
    seen: list[int] = []
    while len(seen) < 300:
        tail = folder.tail(offset, limit=200_000)
        assert tail.unknown == 0
        seen += [event.seq for event in tail.events]
        offset = tail.offset
    with pytest.raises(RunBusy):
        folder.open_writer()
    child.kill()
    child.communicate()
    with folder.open_writer() as writer:
        assert writer.attempt == 2
        writer.write(Warned(message="after"))
    events = folder.tail().events
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert seen == list(range(1, len(seen) + 1))


# --- stopping and identity


def test_the_request_to_stop(folder: RunFolder) -> None:
    assert not folder.stop_requested()
    folder.request_stop()
    folder.request_stop()
    assert folder.stop_requested()
    folder.clear_stop()
    folder.clear_stop()
    assert not folder.stop_requested()


def test_this_process_is_alive_and_another_with_its_pid_is_not(folder: RunFolder) -> None:
    folder.write_process()
    identity = folder.process()
    assert identity is not None
    assert identity.pid == os.getpid()
    assert folder.alive()
    assert not ProcessIdentity(identity.pid, identity.created - 60).alive()


def test_a_dead_child_is_dead_even_before_it_is_reaped(folder: RunFolder) -> None:
    context = multiprocessing.get_context("spawn")
    parent, child = context.Pipe()
    process = context.Process(target=child.recv)
    process.start()
    assert process.pid is not None
    folder.write_process(process.pid)
    assert folder.alive()
    parent.send(None)
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # dead, left as a zombie
    assert not folder.alive()
    process.join()
    folder.write_process(process.pid)
    assert not folder.alive()


def test_a_torn_process_file_is_no_process(folder: RunFolder) -> None:
    (folder.path / "process.json").write_bytes(b'{"pid": 1')
    assert folder.process() is None
    assert not folder.alive()


def test_the_end_of_an_attempt_is_on_the_disk_at_once(
    folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", synced.append)
    with folder.open_writer() as writer:
        synced.clear()
        writer.write(StepFinished(step=1))
        assert synced == []
        writer.write(CheckpointSaved(step=1))
        writer.write(RunFinished(outcome="completed", step=1))
        assert len(synced) == 2

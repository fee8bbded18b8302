"""What happens to machines: disks fill up, clocks are set, laptops sleep; nothing is lost."""

import os
import queue
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import msgspec
import psutil
import pytest

from engine.durable import RunBusy
from engine.events import PhaseEntered, StepFinished
from engine.recipe import Budget
from engine.rundir import ProcessIdentity, RunFolder
from engine.service.protocol import Done, Failed, Ready, Reply
from studio import service_client
from studio.service_client import ServiceClient
from studio.views import run, run_words
from tests.process.test_service_client import BASE, FAKE
from tests.process.test_supervisor import JUDGES, RECIPE, folder, follow, pid, supervisor, wait_dead

__all__ = ["folder"]

WRITING = Path(__file__).with_name("writing.py")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a disk of two megabytes, where that may be done; the engine's tests simulate one anywhere."""
    place = tmp_path / "disk"
    place.mkdir()
    made = sys.platform == "linux" and os.geteuid() == 0
    if not made or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)]).returncode:
        pytest.skip("mounting is for root, where the system lets it")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_training_on_a_full_disk_waits_says_so_and_goes_on(small_disk: Path) -> None:
    # More steps than go into the page that the log has begun.
    recipe = msgspec.structs.replace(RECIPE, budget=Budget(steps=100))
    made = RunFolder.create(small_disk / "runs", recipe, JUDGES, datetime(2026, 11, 23))
    watcher = supervisor("hold")
    watcher.start(made)
    follow(watcher, made, lambda v: v.step == 3)
    with (small_disk / "films").open("wb", buffering=0) as films:
        while True:
            try:
                films.write(os.urandom(1 << 12))
            except OSError:
                break
    # The file that lets it go on is made elsewhere: there is no room here.
    (made.path / "go").symlink_to("/")
    view = follow(watcher, made, lambda v: v.status == "paused")
    assert run_words.doing(view) == "Waiting: The disk is full: free some space, and it goes on by itself."
    assert made.alive()
    (small_disk / "films").unlink()
    view = follow(watcher, made, lambda v: v.status == "completed")
    assert view.curve.steps == tuple(range(1, 101))
    events = made.tail().events
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert [event.phase for event in events if isinstance(event, PhaseEntered)] == ["paused"]
    wait_dead(made)


def test_a_clock_that_is_set_leaves_a_training_what_it_was(folder: RunFolder) -> None:
    watcher = supervisor("hold")
    watcher.start(folder)
    follow(watcher, folder, lambda v: v.step == 3)
    known = folder.process()
    assert known is not None
    assert known.since_boot is not None
    # What Linux tells of a process's beginning moves with the clock; that it is the same one does not.
    for moved in (-3600.0, 86_400.0):
        other = msgspec.structs.replace(known, created=known.created + moved)
        (folder.path / "process.json").write_bytes(msgspec.json.encode(other))
        assert folder.alive()
        with pytest.raises(RunBusy):
            watcher.start(folder)
    stranger = ProcessIdentity(known.pid, known.created - 3600, known.since_boot - 3600)
    assert not stranger.alive()
    older = msgspec.json.decode(b'{"pid": 1, "created": 5.0}', type=ProcessIdentity)
    assert older.since_boot is None
    assert not older.alive()


def test_times_that_run_backwards_give_no_nonsense() -> None:
    view = msgspec.structs.replace(run.empty(RECIPE), told="running", status="running")
    times = [1000.0, 1060.0, 400.0, 460.0, 520.0]
    events = [
        StepFinished(step=i, time=at, seconds=60.0, rollouts=10, seq=i) for i, at in enumerate(times, start=1)
    ]
    view = run.fold_many(view, events)
    assert view.curve.steps == (1, 2, 3, 4, 5)
    assert view.seconds_left == 60.0 * 25
    assert view.rollouts_per_second == pytest.approx(10 / 60)


def test_a_training_that_sleeps_with_the_machine_wakes_and_goes_on(folder: RunFolder) -> None:
    watcher = supervisor("hold")
    watcher.start(folder)
    follow(watcher, folder, lambda v: v.step == 3)
    os.kill(pid(folder), signal.SIGSTOP)
    (folder.path / "go").touch()
    for _ in range(20):
        view = follow(watcher, folder, lambda v: v.step == 3)
        assert view.status == "running"
    with pytest.raises(RunBusy):
        watcher.start(folder)
    os.kill(pid(folder), signal.SIGCONT)
    assert follow(watcher, folder, lambda v: v.status == "completed").step == 30
    wait_dead(folder)


def test_two_windows_that_start_one_run_at_once_start_it_once(folder: RunFolder) -> None:
    windows = [supervisor("hold") for _ in range(4)]
    gate, outcomes = threading.Barrier(len(windows)), queue.SimpleQueue[str]()

    def start(window) -> None:
        gate.wait()
        try:
            window.start(folder)
            outcomes.put("started")
        except RunBusy as busy:
            outcomes.put(str(busy))

    threads = [threading.Thread(target=start, args=(window,)) for window in windows]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told = sorted(outcomes.get() for _ in windows)
    assert told.count("started") == 1
    assert all("already going" in sentence for sentence in told if sentence != "started")
    # Both see it, and either may stop it.
    for window in windows:
        assert follow(window, folder, lambda v: v.step == 3).status == "running"
    windows[-1].stop(folder)
    assert follow(windows[0], folder, lambda v: v.status == "stopped").step == 3
    wait_dead(folder)


def test_two_trainings_at_once_keep_to_themselves(tmp_path: Path) -> None:
    watcher = supervisor("hold")
    both = [RunFolder.create(tmp_path / "runs", RECIPE, JUDGES, datetime(2026, 11, 23)) for _ in range(2)]
    for one in both:
        watcher.start(one)
    for one in both:
        follow(watcher, one, lambda v: v.step == 3)
    os.kill(pid(both[0]), signal.SIGKILL)
    assert follow(watcher, both[0], lambda v: v.status == "crashed").step == 3
    assert both[1].alive()
    for one in both:
        (one.path / "go").touch()
    watcher.start(both[0])
    for one in both:
        assert follow(watcher, one, lambda v: v.status == "completed").curve.steps == tuple(range(1, 31))
        wait_dead(one)


# --- the service


def test_a_service_that_is_killed_again_and_again_answers_or_says_that_it_did_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service_client, "CRASH_WINDOW", 0.0)
    replies: queue.SimpleQueue[Reply] = queue.SimpleQueue()
    command = [sys.executable, str(FAKE), "normal", str(tmp_path / "starts")]
    client = ServiceClient(replies.put, command=command, log=tmp_path / "service.log")
    dice, ends = random.Random(3), dict[int, str]()
    kills = rounds = 0

    def heard(until) -> None:
        while not until():
            reply = replies.get(timeout=60)
            if isinstance(reply, Done | Failed) and reply.id:
                assert reply.id not in ends, "answered twice"
                ends[reply.id] = "done" if isinstance(reply, Done) else reply.reason

    while kills < 10:  # on a busy machine the child may not be there yet in a round
        rounds += 1
        asked = [client.send(BASE) for _ in range(3)]
        heard(lambda first=asked[0]: first in ends)
        asked += [client.send(BASE) for _ in range(2)]
        child = client._process
        if child is not None:
            time.sleep(dice.uniform(0, 0.004))
            child.kill()
            kills += 1
        heard(lambda asked=asked: all(one in ends for one in asked))
    while client._process is child:  # its death may not be noticed yet
        time.sleep(0.01)
    last = client.send(BASE)
    heard(lambda: last in ends)
    client.close()
    assert ends[last] == "done"
    lost = [why for why in ends.values() if why != "done"]
    assert all(why.startswith("The naming service stopped before it answered") for why in lost)
    assert len(ends) == rounds * 5 + 1


def test_a_window_that_sleeps_with_its_service_does_not_take_it_for_hung(tmp_path: Path) -> None:
    script = (
        "import queue, sys; from pathlib import Path; from studio.service_client import ServiceClient;"
        "from tests.process.test_service_client import BASE;"
        "replies = queue.SimpleQueue();"
        "client = ServiceClient(replies.put, command=sys.argv[2:], log=Path(sys.argv[1]), patience=12.0);"
        "client.send(BASE)\n"
        "while True: print(type(reply := replies.get()).__name__, flush=True)\n"
    )
    starts, go = tmp_path / "starts", tmp_path / "go"
    command = [sys.executable, str(FAKE), "waits", str(starts)]
    window = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path / "log"), *command],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert window.stdout is not None
    try:
        assert window.stdout.readline().strip() == "Progress"
        both = [psutil.Process(window.pid), *psutil.Process(window.pid).children()]
        for process in both:
            process.suspend()
        time.sleep(12.5)  # longer than its patience
        go.touch()
        for process in both:
            process.resume()
        assert [window.stdout.readline().strip() for _ in range(3)] == [Ready.__name__, "Named", "Done"]
        assert starts.read_text() == "x"
    finally:
        for process in [*psutil.Process(window.pid).children(), psutil.Process(window.pid)]:
            process.kill()
        window.wait()


# --- what the window keeps


@pytest.mark.parametrize("what", ["settings", "judge"])
def test_a_window_killed_while_it_writes_leaves_the_old_or_the_new(tmp_path: Path, what: str) -> None:
    told = subprocess.run(
        [sys.executable, str(WRITING), what, str(tmp_path), "60"],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert told.returncode == 0, told.stderr
    assert told.stdout.strip() == "60 kills, 60 sound"

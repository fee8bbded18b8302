"""A training's life as a process: started, watched, stopped, killed, left alone and found again."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import psutil
import pytest

from engine.events import RunFinished
from engine.judges.spec import Contrast
from engine.recipe import Budget, Panel, Recipe, Taste
from engine.rundir import RunBusy, RunError, RunFolder
from studio.supervisor import NICENESS, Supervisor
from studio.views import run
from studio.views.run import RunView

ROOT = Path(__file__).parents[2]
SCRIPT = Path(__file__).with_name("scripted_training.py")
RECIPE = Recipe(name="My Poet", panel=Panel(tastes=(Taste("poet"),)), budget=Budget(steps=30))
JUDGES = {"poet": Contrast(name="Poet", asks="names with a mood", liked=("Sunset Dust",))}


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[RunFolder]:
    made = RunFolder.create(tmp_path / "runs", RECIPE, JUDGES, datetime(2026, 11, 23))
    yield made
    identity = made.process()
    if identity is not None and identity.alive():
        psutil.Process(identity.pid).kill()


def supervisor(mode: str = "") -> Supervisor:
    return Supervisor(command=lambda folder: [sys.executable, str(SCRIPT), str(folder.path), mode])


def follow(
    watcher: Supervisor, folder: RunFolder, until: Callable[[RunView], bool], seconds: float = 30.0
) -> RunView:
    """Watch as a window does until the view is as wanted."""
    view, offset, deadline = run.empty(folder.recipe()), 0, time.monotonic() + seconds
    while not until(view):
        assert time.monotonic() < deadline, (view, folder.log_path(1).read_text())
        seen = watcher.watch(folder, offset, limit=2000)
        view, offset = seen.fold(view), seen.offset
        time.sleep(0.002)
    return view


def pid(folder: RunFolder) -> int:
    identity = folder.process()
    assert identity is not None
    return identity.pid


def wait_dead(folder: RunFolder) -> None:
    deadline = time.monotonic() + 20
    while folder.alive():
        assert time.monotonic() < deadline
        time.sleep(0.002)


def test_a_training_runs_to_its_end(folder: RunFolder) -> None:
    watcher = supervisor()
    assert watcher.ended_sentence(folder) == "“My Poet” has not begun yet."
    watcher.start(folder)
    view = follow(watcher, folder, lambda v: v.status == "completed")
    assert (view.step, view.painter, view.unknown) == (30, "my-poet", 0)
    assert view.curve.steps == tuple(range(1, 31))
    wait_dead(folder)
    assert follow(watcher, folder, lambda v: v.step == 30).status == "completed"
    assert (
        watcher.ended_sentence(folder)
        == "“My Poet” is finished: 30 steps are done. Its painter is on the shelf."
    )
    with pytest.raises(RunError, match="is finished"):
        watcher.start(folder)


def test_one_that_has_stopped_and_is_not_gone_yet_can_be_resumed(folder: RunFolder) -> None:
    watcher = supervisor("lingering")
    watcher.start(folder)
    follow(watcher, folder, lambda v: v.step == 3)
    watcher.stop(folder)
    follow(watcher, folder, lambda v: v.status == "stopped")
    assert folder.alive()
    watcher.start(folder)
    follow(watcher, folder, lambda v: v.step == 6)
    watcher.kill(folder, grace=10)
    wait_dead(folder)


def test_it_has_a_session_of_its_own_and_steps_back_for_others(folder: RunFolder) -> None:
    watcher = supervisor("hold")
    watcher.start(folder)
    follow(watcher, folder, lambda v: v.step == 3)
    assert os.getsid(pid(folder)) == pid(folder)
    assert psutil.Process(pid(folder)).nice() == min(19, psutil.Process().nice() + NICENESS)
    autogroup = Path(f"/proc/{pid(folder)}/autogroup")
    assert not autogroup.exists() or autogroup.read_text().split()[-1] == str(NICENESS)
    log = folder.log_path(1).read_text()
    assert "environment PASSIVE 0" in log
    assert "step 3 is done" in log


def test_stop_then_resume(folder: RunFolder) -> None:
    watcher = supervisor("hold")
    watcher.start(folder)
    follow(watcher, folder, lambda v: v.step == 3)
    watcher.stop(folder)
    view = follow(watcher, folder, lambda v: v.status == "stopped")
    assert view.step == view.checkpoint == 3
    wait_dead(folder)
    assert "stopped after step 3 of 30, as asked" in watcher.ended_sentence(folder)

    (folder.path / "go").touch()
    watcher.start(folder)
    assert not folder.stop_requested()
    view = follow(watcher, folder, lambda v: v.status == "completed")
    assert (view.attempt, view.resumed_from, view.curve.steps) == (2, 3, tuple(range(1, 31)))
    assert folder.log_path(2).exists()


def test_asked_to_stop_shows_before_it_has(folder: RunFolder) -> None:
    watcher = supervisor("stubborn")
    watcher.start(folder)
    assert follow(watcher, folder, lambda v: v.step == 2).status == "running"
    watcher.stop(folder)
    assert follow(watcher, folder, lambda v: v.status == "stopping").step == 2
    assert "still going: step 2 of 30" in watcher.ended_sentence(folder)


def test_pause_then_go_on_then_stop_at_rest_and_resume(folder: RunFolder) -> None:
    watcher = supervisor("hold")
    watcher.start(folder)
    follow(watcher, folder, lambda v: v.step == 3)
    watcher.pause(folder)
    assert follow(watcher, folder, lambda v: v.status == "pausing").step == 3
    (folder.path / "go").touch()
    assert follow(watcher, folder, lambda v: v.status == "paused").step == 4
    watcher.go_on(folder)
    follow(watcher, folder, lambda v: v.step > 4 or v.status == "completed")
    wait_dead(folder)
    assert follow(watcher, folder, lambda v: v.status == "completed").step == 30


def test_a_start_does_not_rest_at_once(folder: RunFolder) -> None:
    watcher = supervisor("hold")
    watcher.pause(folder)
    assert not folder.pause_requested()
    folder.request_pause()
    watcher.start(folder)
    assert not folder.pause_requested()
    follow(watcher, folder, lambda v: v.step == 3)


def test_stopping_what_does_not_run_leaves_no_request_behind(folder: RunFolder) -> None:
    supervisor().stop(folder)
    assert not folder.stop_requested()


def test_one_that_is_going_is_not_started_twice(folder: RunFolder) -> None:
    supervisor("hold").start(folder)
    for other in (supervisor("hold"), supervisor()):
        with pytest.raises(RunBusy, match="“My Poet” is already going"):
            other.start(folder)


def test_a_run_outlives_who_started_it_and_is_found_again(folder: RunFolder) -> None:
    window = (
        "import sys; from pathlib import Path; from engine.rundir import RunFolder;"
        "from studio.supervisor import Supervisor; folder = RunFolder(Path(sys.argv[1]));"
        f"Supervisor(command=lambda f: [sys.executable, {str(SCRIPT)!r}, str(f.path), 'hold']).start(folder)"
    )
    subprocess.run([sys.executable, "-c", window, str(folder.path)], cwd=ROOT, check=True, timeout=60)
    again = supervisor()
    view = follow(again, folder, lambda v: v.step == 3)
    assert view.status == "running"
    assert folder.alive()
    with pytest.raises(RunBusy):
        again.start(folder)
    again.stop(folder)
    follow(again, folder, lambda v: v.status == "stopped")
    wait_dead(folder)


@pytest.mark.parametrize("own", [True, False], ids=["its own", "another's"])
def test_killed_from_outside_is_crashed_with_its_last_word(folder: RunFolder, own: bool) -> None:
    starter = supervisor("hold")
    starter.start(folder)
    follow(starter, folder, lambda v: v.step == 3)
    os.kill(pid(folder), signal.SIGKILL)
    watcher = starter if own else supervisor()
    view = follow(watcher, folder, lambda v: v.status == "crashed")
    assert (view.step, view.seconds_left) == (3, None)
    sentence = watcher.ended_sentence(folder)
    how = "was killed, perhaps because memory ran out, after" if own else "ended unexpectedly after"
    assert sentence == (
        f"“My Poet” {how} step 3 of 30. The last it said: step 3 is done. Start it again to begin anew."
    )
    (folder.path / "go").touch()
    watcher.start(folder)
    assert follow(watcher, folder, lambda v: v.status == "completed").curve.steps == tuple(range(1, 31))


def test_an_error_that_nobody_caught_is_the_last_word(folder: RunFolder) -> None:
    watcher = supervisor("failing")
    watcher.start(folder)
    follow(watcher, folder, lambda v: v.status == "crashed")
    sentence = watcher.ended_sentence(folder)
    assert "(exit code 1) after step 2 of 30" in sentence
    assert "The last it said: MemoryError: out of memory while sampling." in sentence


def test_one_that_dies_before_its_first_word_is_crashed_on_a_resume_too(folder: RunFolder) -> None:
    broken, sound = supervisor("deaf"), supervisor("hold")
    broken.start(folder)
    follow(broken, folder, lambda v: v.status == "crashed")
    assert "before its first step. The last it said: ModuleNotFoundError" in broken.ended_sentence(folder)

    sound.start(folder)
    follow(sound, folder, lambda v: v.step == 3)
    sound.stop(folder)
    follow(sound, folder, lambda v: v.status == "stopped")
    wait_dead(folder)
    broken.start(folder)
    assert follow(broken, folder, lambda v: v.status == "crashed").step == 3
    sentence = broken.ended_sentence(folder)
    assert "No module named 'torch'" in sentence
    assert sentence.endswith("Start it again to go on from step 3.")


def test_kill_lets_it_stop_within_the_grace(folder: RunFolder) -> None:
    watcher = supervisor("hold")
    watcher.start(folder)
    follow(watcher, folder, lambda v: v.step == 3)
    watcher.kill(folder, grace=20.0)
    assert not folder.alive()
    last = folder.recent()[-1]
    assert isinstance(last, RunFinished)
    assert last.outcome == "stopped"


def test_kill_ends_a_stubborn_one_by_force_and_says_so(folder: RunFolder) -> None:
    watcher = supervisor("stubborn")
    watcher.start(folder)
    follow(watcher, folder, lambda v: v.step == 2)
    watcher.kill(folder, grace=0.05)
    assert not folder.alive()
    assert follow(watcher, folder, lambda v: v.status == "crashed").step == 2
    assert "was ended by force after step 2 of 30" in watcher.ended_sentence(folder)
    watcher.kill(folder)  # nothing left to kill


def test_another_process_with_its_pid_is_left_alone(folder: RunFolder) -> None:
    bystander = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    created = psutil.Process(bystander.pid).create_time() - 3600
    (folder.path / "process.json").write_text(f'{{"pid": {bystander.pid}, "created": {created}}}')
    supervisor().kill(folder, grace=0.0)
    assert bystander.poll() is None
    assert not folder.stop_requested()
    bystander.communicate(b"\n")
    assert bystander.returncode == 0


def test_a_command_that_is_not_there_is_one_sentence(folder: RunFolder) -> None:
    broken = Supervisor(python=str(folder.path / "no-python"))
    with pytest.raises(RunError, match=r"^Could not start the training: .*\.$"):
        broken.start(folder)
    assert not folder.alive()


def test_a_folder_without_a_recipe_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="cannot be read"):
        supervisor().start(RunFolder(tmp_path))
    assert "cannot be read" in supervisor().ended_sentence(RunFolder(tmp_path))

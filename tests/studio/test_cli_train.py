"""``train`` on scripted trainings: its recipe, its endings, and Ctrl-C, once and twice."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from engine.events import CheckpointSaved, CollapseNoticed, EvalFinished
from engine.recipe import Breadth, Panel, Recipe, Rejection, Taste
from engine.rundir import RunFolder
from studio import cli
from studio.commands.desk import Desk
from studio.commands.training import ends, split_weight
from studio.judges import JudgeLibrary
from studio.runs import Runs

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "tests" / "process" / "scripted_training.py"
KEYS = ["alarm", "outcome", "painter", "reward_first", "reward_last", "rollouts_per_second", "run", "steps"]
# The same in a process of its own, which can be sent a Ctrl-C.
PROGRAM = f"""
import sys
from studio import cli
from studio.commands.desk import Desk
training = lambda folder: [sys.executable, {str(SCRIPT)!r}, str(folder.path), sys.argv[1]]
sys.exit(cli.main(sys.argv[2:], Desk(training=training)))
"""


def desk(mode: str = "") -> Desk:
    return Desk(training=lambda folder: [sys.executable, str(SCRIPT), str(folder.path), mode])


@pytest.fixture(autouse=True)
def no_training_is_left(home: Path) -> Iterator[None]:
    yield
    for summary in Runs(home).list():
        identity = RunFolder(summary.path).process()
        if identity is not None and identity.alive():
            psutil.Process(identity.pid).kill()


def only_run(home: Path) -> RunFolder:
    [summary] = Runs(home).list()
    return RunFolder(summary.path)


def wait_for(condition: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.01)


def started(mode: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, mode, "train", *arguments],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def reached(home: Path, step: int) -> Callable[[], bool]:
    def look() -> bool:
        runs = Runs(home).list()
        return bool(runs) and runs[0].step >= step

    return look


def test_a_training_in_json_has_the_promised_keys(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["train", "--steps", "12", "--json"], desk()) == 0
    said = json.loads(capsys.readouterr().out)
    assert sorted(said) == KEYS
    assert (said["painter"], said["steps"], said["outcome"]) == ("my-poet", 12, "completed")
    # The means of the first and the last five steps, whose rewards are 0.01, 0.02 and so on.
    assert said["reward_first"] == pytest.approx(0.03)
    assert said["reward_last"] == pytest.approx(0.10)
    assert said["rollouts_per_second"] > 0


def test_a_training_for_people_ends_with_what_to_try(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["train", "--steps", "3", "--name", "A [/b] \x1b[1m"], desk()) == 1
    assert "name" in capsys.readouterr().err
    assert cli.main(["train", "--steps", "3", "--name", "A [/b]"], desk()) == 0
    printed = capsys.readouterr()
    assert "my-poet is trained: 3 steps" in printed.out
    assert "--painter base --painter my-poet" in printed.out
    assert "A [/b]: step" in printed.err


def test_gates_and_normalising_make_the_recipe(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--judge", "poet", "--judge", "architect", "--gate", "correctness:0.3", "--gate", "terse:0.5"]
    assert cli.main(["train", "--steps", "2", "--normalize", *options], desk()) == 0
    folder = only_run(home)
    panel = folder.recipe().panel
    assert [(gate.judge, gate.at_least) for gate in panel.gates] == [("correctness", 0.3), ("terse", 0.5)]
    assert (panel.normalize, panel.guards) == (True, ("correctness",))
    assert set(folder.judges()) == {"poet", "architect", "correctness", "terse"}
    capsys.readouterr()
    assert cli.main(["train", "--steps", "2", "--gate", "correctness"], desk()) == 1
    assert "is no gate: give a judge and a number" in capsys.readouterr().err


def test_options_make_the_recipe(home: Path, tmp_path: Path) -> None:
    mine = tmp_path / "weather.toml"
    mine.write_text('version = 1\nkind = "contrast"\nname = "W"\nasks = "weather"\nliked = ["Monsoon Sky"]\n')
    options = ["--judge", "poet:0.5", "--judge", str(mine), "--guard", "correctness", "--guard", "terse"]
    options += ["--steps", "2", "--colors", "3", "--group", "4", "--name", "Mine", "--seed", "7"]
    options += ["--rank", "4", "--lr", "1e-3", "--objective", "dr_grpo", "--no-sameness"]
    assert cli.main(["train", *options], desk()) == 0
    folder = only_run(home)
    recipe = folder.recipe()
    assert [(taste.judge, taste.weight) for taste in recipe.panel.tastes] == [("poet", 0.5), ("weather", 1.0)]
    assert (recipe.panel.guards, recipe.panel.sameness) == (("correctness", "terse"), False)
    assert (recipe.budget.steps, recipe.budget.colors, recipe.budget.group) == (2, 3, 4)
    assert (recipe.name, recipe.seed, recipe.lora.rank, recipe.lora.alpha) == ("Mine", 7, 4, 8.0)
    assert (recipe.learning.learning_rate, recipe.learning.objective) == (1e-3, "dr_grpo")
    assert sorted(folder.judges()) == ["correctness", "poet", "terse", "weather"]


@pytest.mark.parametrize(
    ("options", "tastes", "guards"),
    [
        ([], ["poet"], ("correctness",)),
        (["--judge", "unhinged", "--guard", "none"], ["unhinged"], ()),
        (["--judge", "correctness"], ["correctness"], ()),
    ],
)
def test_a_taste_is_guarded_unless_it_is_said_otherwise(
    home: Path, options: list[str], tastes: list[str], guards: tuple[str, ...]
) -> None:
    assert cli.main(["train", "--steps", "1", *options], desk()) == 0
    panel = only_run(home).recipe().panel
    assert ([taste.judge for taste in panel.tastes], panel.guards) == (tastes, guards)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("poet", ("poet", 1.0)),
        ("poet:2", ("poet", 2.0)),
        ("./a:b.toml", ("./a:b.toml", 1.0)),
        ("./a:b.toml:0.5", ("./a:b.toml", 0.5)),
        ("C:\\mine.toml", ("C:\\mine.toml", 1.0)),
    ],
)
def test_a_weight_follows_the_last_colon(text: str, read: tuple[str, float]) -> None:
    assert split_weight(text) == read


def test_rewards_at_the_ends_pass_over_steps_without_one() -> None:
    assert ends([]) == (None, None)
    assert ends([None, None]) == (None, None)
    assert ends([None, 0.2, None, 0.4]) == (pytest.approx(0.3), pytest.approx(0.3))
    assert ends([0.0, 1.0, 2.0], count=1) == (0.0, 2.0)


@pytest.mark.parametrize(
    ("mode", "said"),
    [("failing", "MemoryError: out of memory while sampling"), ("deaf", "No module named 'torch'")],
)
def test_a_training_that_dies_is_1_and_says_of_what(
    mode: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["train", "--steps", "5", "--json"], desk(mode)) == 1
    printed = capsys.readouterr()
    document = json.loads(printed.out)
    assert sorted(document) == KEYS
    assert (document["outcome"], document["painter"]) == ("crashed", None)
    assert said in printed.err.strip().splitlines()[-1]


def test_a_judge_that_is_not_there_begins_nothing(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["train", "--judge", "nobody"], desk()) == 1
    assert "There is no judge “nobody”" in capsys.readouterr().err
    assert Runs(home).list() == []


def test_ctrl_c_saves_and_stops_and_the_run_can_be_resumed(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    process = started("hold", "--steps", "9", "--json")
    wait_for(reached(home, 3), process)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    said: dict[str, Any] = json.loads(out)
    assert (said["outcome"], said["steps"], said["painter"]) == ("stopped", 3, None)
    assert "Finishing the step and saving" in err
    checkpoint = only_run(home).latest_checkpoint()
    assert checkpoint is not None
    assert checkpoint.step == 3

    assert cli.main(["train", "--resume", said["run"], "--json"], desk()) == 0
    again = json.loads(capsys.readouterr().out)
    assert (again["run"], again["outcome"], again["steps"]) == (said["run"], "completed", 9)
    assert cli.main(["train", "--resume", said["run"]], desk()) == 1
    assert "is finished" in capsys.readouterr().err


def test_ctrl_c_for_people_says_how_to_go_on(home: Path) -> None:
    process = started("hold", "--steps", "9")
    wait_for(reached(home, 3), process)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert out == f"Saved at step 3; go on with: painter-studio train --resume {only_run(home).path.name}\n"


def test_a_second_ctrl_c_leaves_the_training_to_itself(home: Path) -> None:
    process = started("stubborn", "--steps", "9", "--json")
    wait_for(reached(home, 2), process)
    process.send_signal(signal.SIGINT)
    wait_for(only_run(home).stop_requested, process)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert json.loads(out)["outcome"] == "running"
    assert only_run(home).alive()


def test_a_detached_training_goes_on_and_is_followed_by_resuming_it(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["train", "--steps", "9", "--detach", "--json"], desk("hold")) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["outcome"] == "running"
    assert only_run(home).alive()
    process = started("hold", "--resume", said["run"], "--json")
    wait_for(reached(home, 3), process)
    # Its first word of progress: it follows now, and would find nothing to resume if the run ended before.
    assert "step" in process.stderr.readline()
    (only_run(home).path / "go").touch()
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert json.loads(out)["outcome"] == "completed"
    assert [log.name for log in (only_run(home).path / "logs").iterdir()] == ["attempt_1.log"]


def test_a_fork_begins_from_a_checkpoint_with_the_recipe_changed_or_not(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    process = started("hold", "--steps", "12", "--judge", "architect", "--name", "First")
    wait_for(reached(home, 3), process)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    first = only_run(home)
    assert first.latest_checkpoint().step == 3
    # Its frozen judges go before the library's, and need not be there any more.
    text = (
        (first.path / "judges" / "architect.toml").read_text().replace('name = "Architect"', 'name = "Then"')
    )
    (first.path / "judges" / "architect.toml").write_text(text)

    assert cli.main(["train", "--fork", "first:3", "--steps", "5", "--lr", "1e-3", "--json"], desk()) == 0
    forked = Runs(home).open(json.loads(capsys.readouterr().out)["run"])
    recipe = forked.recipe()
    assert (recipe.name, recipe.budget.steps, recipe.learning.learning_rate) == ("First (fork)", 5, 1e-3)
    assert (recipe.origin.run, recipe.origin.step) == (first.path.name, 3)
    assert recipe.panel == first.recipe().panel
    assert forked.judges()["architect"].name == "Then"
    assert (forked.origin / "adapter").exists()

    assert cli.main(["train", "--fork", "first:2"], desk()) == 1
    assert "no checkpoint of step 2" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        cli.main(["train", "--fork", "first", "--resume", "first"], desk())
    assert "leave out --fork" in capsys.readouterr().err


def test_a_cure_forks_from_the_last_healthy_checkpoint_and_options_change_it_further(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    judge = JudgeLibrary(home).get("unhinged")
    naked = Recipe(name="Loud", panel=Panel(tastes=(Taste("unhinged"),), sameness=False))
    loud = Runs(home).create(naked, {"unhinged": judge})
    for step in (5, 10):
        loud.commit_checkpoint(step, lambda part: (part / "adapter").mkdir())
    with loud.open_writer() as writer:
        for step in (5, 10):
            writer.write(CheckpointSaved(step=step))
            writer.write(EvalFinished(step=step, names={}))
        writer.write(CollapseNoticed(step=10, level="alarm", evidence="One name."))

    words = "--reject-worst 0.25 --reject-duplicates --redraws 2 --rare-colors 0.5 --phrasings 3"
    more = [*words.split(), *["--entropy-floor", "2", "--patience", "4", "--steps", "5", "--json"]]
    assert cli.main(["train", "--cure", "verifiable", loud.path.name, *more], desk()) == 0
    cured = Runs(home).open(json.loads(capsys.readouterr().out)["run"])
    recipe = cured.recipe()
    assert recipe.name == "Loud + Verifiable reward"
    assert (recipe.origin.run, recipe.origin.step) == (loud.path.name, 5)
    assert recipe.panel.guards == ("correctness",)
    assert sorted(cured.judges()) == ["correctness", "unhinged", "wording"]
    assert recipe.rejection == Rejection(worst=0.25, duplicates=True, redraws=2)
    assert recipe.breadth == Breadth(rare=0.5, phrasings=3)
    assert (recipe.learning.entropy_floor, recipe.patience) == (2.0, 4)

    at = f"{loud.path.name}:10"
    assert cli.main(["train", "--cure", "uniqueness", at, "--steps", "3", "--json"], desk()) == 0
    asked = Runs(home).open(json.loads(capsys.readouterr().out)["run"]).recipe()
    assert (asked.origin.step, asked.panel.sameness) == (10, True)
    assert cli.main(["train", "--cure", "wine", loud.path.name], desk()) == 1
    assert "There is no cure" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        cli.main(["train", "--cure", "kl", loud.path.name, "--fork", loud.path.name], desk())

"""``runs show RUN``: one training told in text and in JSON, its alarm among the rest."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from engine.events import CheckpointSaved, CollapseNoticed, EvalFinished, RunFinished, RunStarted
from engine.judges.spec import Form
from engine.palette import held_out_grid
from engine.recipe import Panel, Recipe, Taste
from studio import cli
from studio.commands.desk import Desk
from studio.runs import Runs


def evaluated(step: int, among: int) -> EvalFinished:
    names = {color: f"Name {place % among}" for place, color in enumerate(held_out_grid())}
    more = {"distinct": among, "effective": float(among), "kept": among / 48, "kl": step / 2}
    return EvalFinished(step=step, names=names, reward=0.3 + step / 50, held_out=0.4, **more)


@pytest.fixture
def run(home: Path) -> str:
    recipe = Recipe(name="Unhinged", panel=Panel(tastes=(Taste("short"),)))
    folder = Runs(home).create(recipe, {"short": Form(name="Short")}, datetime(2026, 11, 27))
    evidence = "“Superhero Movie” now names 75% of all colours; the base's commonest name has 6%."
    with folder.open_writer() as writer:
        writer.write(RunStarted(name="Unhinged", steps=20, device="cpu", dtype="float32"))
        writer.write(evaluated(0, 48))
        writer.write(CheckpointSaved(step=5))
        writer.write(evaluated(5, 40))
        writer.write(evaluated(10, 4))
        writer.write(CollapseNoticed(step=10, level="alarm", evidence=evidence, last_healthy=5))
        writer.write(RunFinished(outcome="stopped", step=10))
    return folder.path.name


def test_one_run_is_told_with_its_alarm(run: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["runs", "show", run], Desk()) == 0
    told = capsys.readouterr().out
    assert "Unhinged: Stopped at step" in told
    assert "Alarm at step 10: “Superhero Movie” now names 75% of all colours" in told
    assert "The last healthy checkpoint is of step 5." in told
    assert [line.split()[:2] for line in told.splitlines()[-3:]] == [["0", "48"], ["5", "40"], ["10", "4"]]


def test_one_run_in_json(run: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["runs", "show", run[-4:], "--json"], Desk()) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["alarm"]["level"] == "alarm"
    assert said["alarm"]["evidence"].startswith("“Superhero Movie” now names 75%")
    assert said["alarm"]["last_healthy"] == 5
    # Told of in the log, but no such checkpoint lies on the disk.
    assert said["healthy_checkpoint"] is None
    assert [one["step"] for one in said["evaluations"]] == [0, 5, 10]
    assert said["evaluations"][2]["kl"] == 5.0


def test_a_run_that_is_not_there(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["runs", "show", "nothing"], Desk()) == 1
    assert "There is no run “nothing”" in capsys.readouterr().err

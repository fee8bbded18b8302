"""Runs found and told of in a line, whatever state they are in."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from engine.events import GroupPainted, Rollout, RunFinished, RunStarted, StepFinished
from engine.judges.spec import Contrast, Correctness
from engine.recipe import Budget, Panel, Recipe, Taste
from engine.rundir import RunError, RunFolder
from studio.runs import Runs, summarize

JUDGES = {
    "poet": Contrast(name="Poet", asks="names with a mood", liked=("Sunset Dust",)),
    "correctness": Correctness(name="Correctness"),
}


def recipe(name: str = "My Poet") -> Recipe:
    panel = Panel(tastes=(Taste("poet"),), guards=("correctness",))
    return Recipe(name=name, panel=panel, budget=Budget(steps=60))


@pytest.fixture
def runs(home: Path) -> Runs:
    return Runs(home)


def make(runs: Runs, name: str = "My Poet", day: int = 23) -> RunFolder:
    return runs.create(recipe(name), JUDGES, datetime(2026, 11, day))


def train(folder: RunFolder, last: int, outcome: str = "", wide: int = 0) -> None:
    rollouts = tuple(Rollout(name="A name as long as they come", tokens=("x",) * 20) for _ in range(wide))
    with folder.open_writer() as writer:
        writer.write(RunStarted(name="My Poet", steps=60, device="cpu", dtype="float32"))
        for step in range(1, last + 1):
            if wide:
                writer.write(GroupPainted(step=step, color="#d48475", reading="", rollouts=rollouts))
            writer.write(StepFinished(step=step, reward=step / 100))
        if outcome:
            writer.write(RunFinished(outcome=outcome, step=last, painter="my-poet"))


def test_no_runs_yet(runs: Runs) -> None:
    assert runs.list() == []
    assert runs.going() == []


def test_a_new_run_waits(runs: Runs) -> None:
    folder = make(runs)
    [summary] = runs.list()
    assert (summary.id, summary.path) == (folder.path.name, folder.path)
    assert (summary.name, summary.date, summary.status) == ("My Poet", "2026-11-23", "waiting")
    assert (summary.step, summary.steps, summary.reward_first, summary.painter) == (0, 60, None, "")
    assert (summary.base, summary.judges) == ("smollm2-135m-instruct", ("poet", "correctness"))


@pytest.mark.parametrize("wide", [0, 1500], ids=["a short log", "a log read from its ends"])
def test_a_finished_run_is_told_in_a_line(runs: Runs, wide: int) -> None:
    folder = make(runs)
    train(folder, 8, "completed", wide)
    summary = summarize(folder)
    assert (summary.status, summary.step, summary.painter) == ("completed", 8, "my-poet")
    assert (summary.reward_first, summary.reward_last) == (0.01, 0.08)
    assert summary.updated == folder.recent()[-1].time


def test_a_run_without_an_end_is_going_or_crashed(runs: Runs) -> None:
    folder = make(runs)
    train(folder, 3)
    assert summarize(folder).status == "crashed"
    folder.write_process()
    assert summarize(folder).status == "running"
    assert [going.path for going in runs.going()] == [folder.path]
    folder.request_stop()
    assert summarize(folder).status == "stopping"


def test_a_resumed_run_tells_the_reward_that_it_resumed_from(runs: Runs) -> None:
    folder = make(runs)
    train(folder, 8)
    with folder.open_writer() as writer:
        writer.write(RunStarted(name="My Poet", steps=60, device="cpu", dtype="float32", resumed_from=5))
    summary = summarize(folder)
    assert (summary.step, summary.reward_first, summary.reward_last) == (5, 0.01, 0.05)


def test_the_newest_come_first_and_strangers_are_passed_over(runs: Runs) -> None:
    days = {day: make(runs, day=day).path.name for day in (3, 23, 11)}
    (runs.path / "notes").mkdir()
    (runs.path / ".new-1234").mkdir()
    (runs.path / "file").write_text("")
    assert [summary.id for summary in runs.list()] == [days[23], days[11], days[3]]


def test_a_broken_run_says_what_is_wrong_and_hides_no_other(runs: Runs) -> None:
    sound, broken = make(runs), make(runs)
    (broken.path / "recipe.toml").write_text("name = ")
    by_id = {summary.id: summary for summary in runs.list()}
    assert by_id[sound.path.name].error == ""
    assert by_id[broken.path.name].status == "failed"
    assert "TOML" in by_id[broken.path.name].error


def test_a_run_is_found_by_what_people_call_it(runs: Runs, tmp_path: Path) -> None:
    folder, other = make(runs), make(runs, "Sailor")
    name = folder.path.name
    for reference in (name, "my-poet", name[-4:], folder.path, str(folder.path)):
        assert runs.open(reference).path == folder.path.resolve()
    assert runs.open("sailor").path == other.path


def test_a_run_that_is_not_there_or_not_clear_is_a_sentence(runs: Runs) -> None:
    with pytest.raises(RunError, match="There is no run “my-poet”"):
        runs.open("my-poet")
    first, second = make(runs), make(runs)
    with pytest.raises(RunError, match="Several runs") as caught:
        runs.open("my-poet")
    assert first.path.name in str(caught.value)
    assert second.path.name in str(caught.value)


def test_damage_in_the_log_is_no_reason_to_fail(runs: Runs) -> None:
    folder = make(runs)
    train(folder, 3, "stopped")
    with folder.events_path.open("ab") as file:
        file.write(json.dumps({"event": "FromTheFuture", "seq": 9}).encode() + b'\n{"torn')
    assert summarize(folder).status == "stopped"

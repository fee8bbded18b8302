"""A run's numbers on dashboards: which, under what names, and what happens when a dashboard fails."""

import sys
from datetime import datetime
from pathlib import Path
from types import ModuleType

import pytest

from engine.durable import RunError
from engine.events import (
    EvalFinished,
    Event,
    GroupPainted,
    PhaseEntered,
    RunFinished,
    RunStarted,
    StepFinished,
    Warned,
)
from engine.judges.spec import Form
from engine.recipe import Panel, Recipe, Taste
from engine.rundir import RunFolder
from engine.train import __main__ as training
from engine.train import sink
from engine.train.sink import Reported, open_dashboard, scalars

STARTED = RunStarted(name="A", steps=3, device="CPU", dtype="float32", path="plain", resumed_from=1)
STEP = StepFinished(
    step=2, reward=0.5, reward_spread=0.1, judges={"poet": 0.25}, rollouts=8, distinct=6, seconds=2
)
LOOK = EvalFinished(step=2, names={"#123456": "Ink"}, reward=0.75, effective=3.5)
ENDED = RunFinished(outcome="completed", step=3)


class Log:
    def __init__(self) -> None:
        self.events: list[Event] = []

    def write(self, event: Event) -> Event:
        self.events.append(event)
        return event


def test_numbers_have_names_and_what_is_absent_is_left_out() -> None:
    told = scalars(STEP)
    assert told == {
        "train/reward": 0.5,
        "train/reward_spread": 0.1,
        "train/learning_rate": 0.0,
        "train/seconds": 2.0,
        "train/distinct": 0.75,
        "train/unreadable": 0.0,
        "train/judges/poet": 0.25,
    }
    assert scalars(LOOK) == {"eval/reward": 0.75, "eval/effective": 3.5}
    assert scalars(PhaseEntered(phase="judging", step=2)) == {}
    assert scalars(GroupPainted(step=2, color="#123456", reading="dark", rollouts=())) == {}


class Library(ModuleType):
    """What trackio and wandb have in common."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.calls: list[tuple] = []

    def init(self, **facts: str) -> None:
        self.calls.append(("init", facts))

    def log(self, scalars: dict[str, float], step: int) -> None:
        self.calls.append(("log", step, sorted(scalars)))

    def finish(self) -> None:
        self.calls.append(("finish",))


@pytest.mark.parametrize("name", ["trackio", "wandb"])
def test_a_hosted_dashboard_is_told_each_step(name: str, tmp_path: Path, monkeypatch) -> None:
    library, log = Library(name), Log()
    monkeypatch.setitem(sys.modules, name, library)
    reported = Reported(log, lambda first: open_dashboard(name, tmp_path / "2026-a", first))
    events = [PhaseEntered(phase="loading"), STARTED, STEP, LOOK, ENDED]
    assert [reported.write(event) for event in events] == log.events == events
    assert [call[0] for call in library.calls] == ["init", "log", "log", "finish"]
    assert library.calls[0][1] == {"project": "painter-studio", "name": "2026-a", "resume": "allow"}
    assert [call[1] for call in library.calls[1:3]] == [2, 2]


def test_tensorboard_gets_scalars_and_forgets_steps_that_are_done_again(tmp_path: Path, monkeypatch) -> None:
    made: list = []

    class Writer:
        def __init__(self, folder: str, purge_step: int) -> None:
            self.folder, self.purged, self.told, self.closed = folder, purge_step, {}, False
            made.append(self)

        def add_scalar(self, name: str, value: float, step: int) -> None:
            self.told[name, step] = value

        def flush(self) -> None:
            assert self.told

        def close(self) -> None:
            self.closed = True

    stub = ModuleType("torch.utils.tensorboard")
    stub.SummaryWriter = Writer
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", stub)
    reported = Reported(Log(), lambda first: open_dashboard("tensorboard", tmp_path, first))
    for event in (STARTED, STEP, ENDED):
        reported.write(event)
    [writer] = made
    assert (writer.folder, writer.purged, writer.closed) == (str(tmp_path / "tensorboard"), 2, True)
    assert writer.told["train/reward", 2] == 0.5


def test_a_dashboard_that_fails_is_told_of_once_and_the_training_goes_on(tmp_path: Path) -> None:
    class Broken:
        def tell(self, step: int, scalars: dict[str, float]) -> None:
            raise ConnectionError("no route")

        def close(self) -> None:
            raise AssertionError

    log = Log()
    reported = Reported(log, lambda first: Broken())
    for event in (STARTED, STEP, STEP, ENDED):
        reported.write(event)
    warned = [event for event in log.events if isinstance(event, Warned)]
    assert [event.message for event in warned] == [
        "The dashboard failed and is told nothing more (ConnectionError: no route)."
    ]
    assert log.events[-1] == ENDED


def test_a_dashboard_that_is_not_installed_is_a_sentence(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(sink.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(RunError, match="wandb is not installed"):
        sink.check("wandb")
    recipe = Recipe(name="A", panel=Panel(tastes=(Taste("any"),)))
    folder = RunFolder.create(tmp_path, recipe, {"any": Form(name="Any")}, datetime(2026, 11, 27))
    assert training.main([str(folder.path), "--report-to", "trackio"]) == 1
    [end] = folder.tail().events
    assert isinstance(end, RunFinished)
    assert "pip install trackio" in end.reason

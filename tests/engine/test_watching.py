"""Who watches a training: looks before their time, what is written, what is kept for a cure."""

from datetime import datetime
from pathlib import Path

import pytest

from engine.checkpoint import PIN
from engine.events import CollapseNoticed, EvalFinished
from engine.judges.spec import Form
from engine.palette import held_out_grid
from engine.recipe import Panel, Recipe, Taste
from engine.rundir import RunFolder
from engine.train.state import Progress
from engine.train.watching import APART, Watch

VARIED = [["Fog", "Ash"], ["Rust", "Sage"], ["Dune", "Kelp"]]
ALIKE = [["Fog", "Ash"], ["Fog", "Fog"], ["Fog", "Kelp"]]


def evaluated(among: int, step: int = 0, **more) -> EvalFinished:
    names = {color: f"Name {place % among}" for place, color in enumerate(held_out_grid())}
    return EvalFinished(step=step, names=names, **more)


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    recipe = Recipe(name="Watched", panel=Panel(tastes=(Taste("short"),)))
    return RunFolder.create(tmp_path, recipe, {"short": Form(name="Short")}, datetime(2026, 11, 27))


def test_a_narrowing_batch_calls_for_a_look_and_a_wide_one_does_not(folder: RunFolder) -> None:
    with folder.open_writer() as writer:
        watch = Watch(folder, writer, lambda model, step: evaluated(40, step))
        assert not any(watch.due(step, VARIED, 0.4) for step in range(1, 8))
        assert watch.due(8, ALIKE, 0.4)
        assert watch.calm("painter", "painter", 8)
        # What was seen is the new measure, and looks keep apart.
        assert not any(watch.due(step, ALIKE, 0.4) for step in range(9, 20))
        assert watch.calm("painter", "painter", 20)
        assert not watch.due(21, VARIED, 0.4)
        assert not any(watch.due(20 + step, ALIKE, 0.4) for step in range(2, APART))


def test_a_reward_that_rises_calls_for_a_look_and_one_that_wavers_does_not(folder: RunFolder) -> None:
    with folder.open_writer() as writer:
        watch = Watch(folder, writer, lambda model, step: evaluated(40, step))
        assert not any(watch.due(step, VARIED, 0.3 + 0.05 * (step % 2)) for step in range(1, 12))
        assert not watch.due(12, VARIED, 0.36)
        assert watch.due(13, VARIED, 0.5)
        assert watch.calm("painter", "painter", 13)
        assert not any(watch.due(step, VARIED, 0.5) for step in range(14, 20))
        # A step whose judges all failed has no reward, and is no rise.
        assert not watch.due(20, VARIED, None)


def test_what_is_found_is_written_and_the_healthy_checkpoint_kept(folder: RunFolder) -> None:
    found = {0: 40, 5: 36, 10: 8}
    with folder.open_writer() as writer:
        watch = Watch(folder, writer, lambda model, step: evaluated(found[step], step))
        assert watch.calm("painter", "painter", 0)
        assert watch.calm("painter", "base", 5)
        folder.commit_checkpoint(5, lambda part: (part / "adapter").mkdir())
        watch.healthy = 5
        assert not watch.calm("painter", "base", 10)
    events = folder.tail().events
    evals = [event for event in events if isinstance(event, EvalFinished)]
    assert [one.step for one in evals] == [0, 5, 10]
    assert evals[0].kept == 1.0
    assert evals[2].kept == pytest.approx(8 / 38.6, abs=0.02)
    [notice] = [event for event in events if isinstance(event, CollapseNoticed)]
    assert (notice.step, notice.level, notice.last_healthy) == (10, "alarm", 5)
    assert (folder.checkpoints / "step_000005" / PIN).exists()


def test_a_fork_is_measured_by_the_base_and_not_by_its_beginning(folder: RunFolder) -> None:
    asked = []

    def evaluate(model: str, step: int) -> EvalFinished:
        asked.append(model)
        return evaluated(40 if model == "base" else 8, step)

    with folder.open_writer() as writer:
        assert not Watch(folder, writer, evaluate).calm("painter", "base", 0)
        assert asked == ["painter", "base"]
        known = Watch(folder, writer, evaluate, Progress(step=0, base=evaluated(40)))
        assert not known.calm("painter", "base", 0)
        assert asked == ["painter", "base", "painter"]


def test_the_best_held_out_reward_is_remembered(folder: RunFolder) -> None:
    rewards = {0: (0.3, 0.4), 5: (0.5, 0.6), 10: (0.7, 0.42)}

    def evaluate(model: str, step: int) -> EvalFinished:
        reward, held_out = rewards[step]
        return evaluated(40, step, reward=reward, held_out=held_out, held_out_error=0.03)

    with folder.open_writer() as writer:
        watch = Watch(folder, writer, evaluate)
        assert [watch.calm("p", "p", step) for step in rewards] == [True, True, False]
        assert watch.best.step == 5
    [notice] = [event for event in folder.tail().events if isinstance(event, CollapseNoticed)]
    assert "held-out one fell from 0.60 to 0.42" in notice.evidence

"""A run that narrowed, cured by one click: a fork from its last healthy checkpoint, both curves together."""

import msgspec
import pytest
from PySide6.QtCore import Qt
from scripted import Training

from engine.events import CollapseNoticed
from engine.recipe import Budget, Panel, Recipe, Taste
from studio.runs import Runs


def waits(qtbot, condition):
    """Wait for something, on a busy machine for long."""
    qtbot.waitUntil(condition, timeout=30_000)


PANEL = Panel(tastes=(Taste("unhinged"),), sameness=False)


@pytest.fixture
def studio(world, open_studio):
    studio = open_studio(world)
    studio.window.open_titled("Train")
    return studio


def narrowed(world, saved=4, recipe=None):
    """Make a run of twelve steps that was calm until the fourth, and an alarm from the eighth on."""
    recipe = recipe or Recipe(name="Unhinged", panel=PANEL, budget=Budget(steps=20))
    folder = Runs(world.home).create(recipe, {"unhinged": world.makers.judges.get("unhinged")})
    world.supervisor.start(folder)
    training = Training(folder, 20, 3)
    training.begin("Unhinged")
    for step in range(13):
        if step:
            training.step(step, groups=2)
        if step == saved:
            folder.commit_checkpoint(step, lambda part: (part / "adapter").mkdir())
            training.save(step)
        if step % 4 == 0:
            training.evaluate(step)
        if step in (8, 12):
            evidence = "“Mulled Wine” now names 48% of the reds; the base's commonest name for them has 9%."
            training.writer.write(CollapseNoticed(step=step, level="alarm", evidence=evidence))
    training.finish("stopped", 12)
    world.supervisor.end(folder)
    world.supervisor.started.clear()
    return folder


def watched(studio, qtbot, folder):
    studio.trainings.refresh()
    pane = studio.train.pane
    waits(qtbot, lambda: pane.view is not None and pane.view.name == "Unhinged" and pane.view.step == 12)
    waits(qtbot, lambda: bool(pane.cures.buttons) and studio.trainings.watched == folder.path.name)
    return pane


def test_one_click_forks_from_the_last_healthy_checkpoint_and_lays_the_curves_over(studio, world, qtbot):
    folder = narrowed(world)
    pane = watched(studio, qtbot, folder)
    waits(qtbot, lambda: pane.plotted)
    waits(qtbot, lambda: pane.alarm.cures.isVisible())
    qtbot.mouseClick(pane.alarm.cures, Qt.MouseButton.LeftButton)
    waits(qtbot, pane.cures.isVisible)
    assert "from step 4, its last healthy checkpoint" in pane.cures.begins.text()
    button = pane.cures.buttons["uniqueness"]
    waits(qtbot, button.isEnabled)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    waits(qtbot, lambda: len(world.supervisor.started) == 1)
    (fork,) = world.supervisor.started
    recipe = fork.recipe()
    assert (recipe.origin.run, recipe.origin.step) == (folder.path.name, 4)
    assert recipe.panel == msgspec.structs.replace(PANEL, sameness=True)
    assert recipe.name == "Unhinged + Uniqueness in the batch"
    training = Training(fork, 20, 5)
    training.begin(recipe.name)
    for step in range(1, 4):
        training.step(step, groups=2)
    # Eight of the twelve steps of the run that it comes from lie after the fourth.
    waits(qtbot, lambda: pane.plot.reward.points(folder.path.name) == 8)
    waits(qtbot, lambda: pane.plot.reward.points("reward") == 3)
    assert pane.overlays.chosen == [folder.path.name]
    assert not any(one.isEnabled() for one in pane.cures.buttons.values())
    training.writer.close()
    world.supervisor.end(fork)


def test_guards_are_frozen_with_the_fork_and_what_is_so_already_is_closed(studio, world, qtbot):
    recipe = Recipe(name="Unhinged", panel=msgspec.structs.replace(PANEL, sameness=True))
    folder = narrowed(world, recipe=recipe)
    pane = watched(studio, qtbot, folder)
    assert not pane.cures.buttons["uniqueness"].isEnabled()
    assert pane.cures.buttons["uniqueness"].toolTip() == "This run was trained so already."
    pane.cures.buttons["verifiable"].click()
    waits(qtbot, lambda: len(world.supervisor.started) == 1)
    (fork,) = world.supervisor.started
    assert sorted(fork.judges()) == ["correctness", "unhinged", "wording"]
    world.supervisor.end(fork)


def test_with_no_healthy_checkpoint_it_begins_from_the_base(studio, world, qtbot):
    pane = watched(studio, qtbot, narrowed(world, saved=8))
    assert "from the base: no checkpoint of this run was healthy" in pane.cures.begins.text()
    pane.cures.buttons["kl"].click()
    waits(qtbot, lambda: len(world.supervisor.started) == 1)
    (made,) = world.supervisor.started
    assert made.recipe().origin is None
    assert made.recipe().learning.beta == 0.1
    world.supervisor.end(made)

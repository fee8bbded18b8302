"""Train, the live side: curves, steps, names over time, runs laid over each other, pause and fork."""

import pytest
from PySide6.QtCore import Qt
from scripted import Training

from engine.palette import held_out_grid
from engine.recipe import Budget, Panel, Recipe, Taste
from studio.runs import Runs
from studio.views.colors_over_time import spread_out
from ui.widgets.basics import Label

PANEL = Panel(tastes=(Taste("poet"),), guards=("correctness",))


@pytest.fixture
def studio(world, open_studio, qtbot):
    studio = open_studio(world)
    studio.window.open_titled("Train")
    return studio


def words(studio):
    return studio.train.pane.words.text()


def trained(studio, world, qtbot, steps=12, name="Weather Poet", seed=3):
    """Watch a run that was started elsewhere and has told of some steps, evaluations and a checkpoint."""
    judges = {slug: world.makers.judges.get(slug) for slug in PANEL.judges}
    recipe = Recipe(name=name, panel=PANEL, budget=Budget(steps=20), seed=seed)
    folder = Runs(world.home).create(recipe, judges)
    world.supervisor.start(folder)
    training = Training(folder, 20, seed)
    training.begin(name)
    for step in range(steps + 1):
        if step:
            training.step(step, groups=2)
        if step % 4 == 0:
            training.evaluate(step)
    folder.commit_checkpoint(4, lambda part: (part / "adapter").mkdir())
    training.save(4)
    studio.trainings.refresh()
    qtbot.waitUntil(lambda: folder.path.name in studio.train.runs.shown())
    if studio.trainings.watched != folder.path.name:
        studio.train.runs.choose(folder.path.name)
    qtbot.waitUntil(lambda: studio.train.pane.title.text() == name)
    qtbot.waitUntil(lambda: f"Step {steps} of 20" in words(studio))
    return folder, training


def test_pausing_and_going_on(studio, world, qtbot):
    head = studio.train.pane.head
    folder, training = trained(studio, world, qtbot)
    qtbot.mouseClick(head.pause, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(folder.pause_requested)
    qtbot.waitUntil(lambda: "Pausing: it finishes step 13" in words(studio))
    training.step(13, groups=2)
    training.phase("paused", 13)
    qtbot.waitUntil(lambda: "Paused after step 13 of 20" in words(studio))
    assert head.pause.text() == "Go on"
    assert head.stop.isEnabled()
    qtbot.mouseClick(head.pause, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not folder.pause_requested())
    training.phase("sampling", 14)
    qtbot.waitUntil(lambda: "sampling names" in words(studio))
    assert head.pause.text() == "Pause"


def test_any_step_opens_its_groups(studio, world, qtbot):
    pane = studio.train.pane
    qtbot.waitUntil(lambda: pane.plotted)
    folder, _ = trained(studio, world, qtbot)
    assert 2 not in pane.view.groups
    qtbot.waitUntil(lambda: pane.plot.reward.points("reward") == 12)
    qtbot.keyClick(pane.plot, Qt.Key.Key_Home)
    qtbot.keyClick(pane.plot, Qt.Key.Key_Right)
    assert pane.step_title.text() == "Step 2"
    qtbot.waitUntil(lambda: len(pane.groups.cards) == 2)
    told = [event for event in folder.tail().events if getattr(event, "step", 0) == 2]
    assert set(pane.groups.cards[0].names) == {rollout.name for rollout in told[0].rollouts}
    words_of_card = pane.groups.cards[0].accessibleDescription()
    assert "advantage +" in words_of_card
    assert "Correctness" in words_of_card
    qtbot.keyClick(pane.plot, Qt.Key.Key_End)
    assert pane.step_title.text() == "Step 12"


def test_a_stretch_of_steps_is_looked_at_by_keys(studio, world, qtbot):
    pane = studio.train.pane
    qtbot.waitUntil(lambda: pane.plotted)
    trained(studio, world, qtbot)
    qtbot.waitUntil(lambda: pane.plot.stretch == (0.0, 20.0))
    qtbot.keyClick(pane.plot, Qt.Key.Key_Home)
    qtbot.keyClick(pane.plot, Qt.Key.Key_Plus)
    assert pane.plot.stretch == (0.0, 10.0)
    qtbot.waitUntil(lambda: pane.plot.reward.points("reward") == 11)
    qtbot.keyClick(pane.plot, Qt.Key.Key_0)
    assert pane.plot.stretch == (0.0, 20.0)


def test_names_change_under_the_slider(studio, world, qtbot):
    pane = studio.train.pane
    story = pane.story
    trained(studio, world, qtbot)
    pane.tabs.choose(1)
    qtbot.waitUntil(story.slider.isVisible)
    assert story.story.pinned[0] == spread_out(held_out_grid(), near="#d48475")[0]
    assert [moment.step for moment in story.story.moments] == [0, 4, 8, 12]
    assert story.moment.step == 12
    story.slider.setFocus()
    qtbot.keyClick(story.slider, Qt.Key.Key_Home)
    assert story.moment.step == 0
    assert "Before the first step" in story.words.text()
    first = story.chips.accessibleDescription()
    qtbot.keyClick(story.slider, Qt.Key.Key_Right)
    assert story.chips.accessibleDescription() != first
    pinned = story.story.pinned
    story.swatches.setFocus()
    qtbot.keyClick(story.swatches, Qt.Key.Key_Right)
    qtbot.keyClick(story.swatches, Qt.Key.Key_Space)
    assert story.story.pinned == (*pinned[1:], story.story.known[1])
    qtbot.mouseClick(story.play, Qt.MouseButton.LeftButton)
    assert story.play.text() == "Halt"
    pane.tabs.choose(0)
    assert story.play.text() == "Play"


def test_an_alarm_is_said_in_words_and_its_map_goes_through_training(studio, world, qtbot):
    pane = studio.train.pane
    _, training = trained(studio, world, qtbot)
    qtbot.waitUntil(pane.alarm.isVisible)
    assert pane.alarm.word.text() == "Calm"
    training.alarm(12, "watch", "“Fog” now names 48% of the blues.")
    qtbot.waitUntil(lambda: pane.alarm.word.text() == "Watch at step 12")
    assert pane.alarm.accessibleDescription() == "Watch at step 12. “Fog” now names 48% of the blues."
    pane.tabs.choose(3)
    collapse = pane.collapse
    qtbot.waitUntil(collapse.slider.isVisible)
    assert collapse.evaluation.step == 12
    newest = collapse.map.view.names
    assert collapse.map.view.colors == held_out_grid()
    assert "√KL" in collapse.plot.accessibleDescription()
    collapse.slider.setFocus()
    qtbot.keyClick(collapse.slider, Qt.Key.Key_Home)
    assert collapse.evaluation.step == 0
    assert "Before the first step" in collapse.words.text()
    assert collapse.map.view.names != newest
    training.step(13, groups=2)
    training.evaluate(13)
    # An evaluation that is calm takes the word back; what is looked at stays.
    qtbot.waitUntil(lambda: pane.alarm.word.text() == "Calm")
    assert collapse.evaluation.step == 0


def test_a_run_is_forked_from_a_checkpoint_with_its_recipe_changed(studio, world, qtbot):
    page = studio.train
    folder, training = trained(studio, world, qtbot)
    training.finish("stopped", 12)
    world.supervisor.end(folder)
    qtbot.waitUntil(lambda: page.form.start.isEnabled())
    page.pane.head.fill()
    fork, recipe = [action for action in page.pane.head.menu.actions() if not action.isSeparator()]
    assert fork.text() == "Fork from step 4"
    fork.trigger()
    assert "weights of step 4" in page.fork_note.words.text()
    assert page.form.name.text() == "Weather Poet (fork)"
    world.supervisor.started.clear()
    page.form.press_start()
    qtbot.waitUntil(lambda: len(world.supervisor.started) == 1)
    made = world.supervisor.started[0]
    origin = made.recipe().origin
    assert (origin.run, origin.step) == (folder.path.name, 4)
    assert made.recipe().panel == folder.recipe().panel
    assert (made.origin / "adapter").is_dir()
    assert not page.fork_note.isVisible()
    qtbot.waitUntil(lambda: page.pane.title.text() == "Weather Poet (fork)")

    world.supervisor.end(made)
    recipe.trigger()
    assert page.form.name.text() == "Weather Poet"
    assert page.fork_note.origin is None


def test_another_run_is_laid_over_with_its_recipes_differences(studio, world, qtbot):
    pane = studio.train.pane
    qtbot.waitUntil(lambda: pane.plotted)
    first, training = trained(studio, world, qtbot, name="First")
    training.finish("stopped", 12)
    world.supervisor.end(first)
    trained(studio, world, qtbot, 6, "Second", seed=5)
    qtbot.waitUntil(lambda: pane.title.text() == "Second" and pane.plot.reward.points("poet") == 6)
    pane.tabs.choose(2)
    pane.overlays.menu.aboutToShow.emit()
    [action] = pane.overlays.menu.actions()
    assert action.text().startswith("First")
    action.trigger()
    qtbot.waitUntil(lambda: pane.plot.reward.points(first.path.name) == 12)
    assert pane.plot.reward.points("poet") == 0
    shown = {label.text() for label in pane.overlays.findChildren(Label) if label.isVisible()}
    assert {"Seed", "5", "3", "Second, watched", "First"} <= shown
    pane.overlays.choose(first.path.name)
    qtbot.waitUntil(lambda: pane.plot.reward.points("poet") == 6)


@pytest.mark.parametrize("motion", [True, False])
def test_the_flow_moves_only_while_something_happens(studio, world, qtbot, motion):
    studio.theme.motion = motion
    flow = studio.train.pane.flow
    _, training = trained(studio, world, qtbot)
    training.phase("judging", 13)
    qtbot.waitUntil(lambda: "judging" in flow.accessibleDescription())
    assert flow.moving == motion
    training.phase("paused", 13)
    qtbot.waitUntil(lambda: "paused" in flow.accessibleDescription())
    assert not flow.moving


def test_a_broken_run_cannot_be_resumed_beside_one_that_goes(studio, world, qtbot):
    first, training = trained(studio, world, qtbot, name="First")
    training.writer.close()
    world.supervisor.end(first)
    head = studio.train.pane.head
    qtbot.waitUntil(lambda: head.resume.isVisible() and studio.train.form.start.isEnabled())
    assert head.resume.isEnabled()
    trained(studio, world, qtbot, 2, "Second")
    studio.trainings.refresh()
    qtbot.waitUntil(lambda: studio.trainings.going is not None)
    studio.train.runs.choose(first.path.name)
    qtbot.waitUntil(lambda: head.title.text() == "First" and head.resume.isVisible())
    qtbot.waitUntil(lambda: not head.resume.isEnabled())
    assert "“Second” is training" in head.resume.toolTip()

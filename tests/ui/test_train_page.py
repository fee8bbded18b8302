"""Train: start, watch, stop, resume, finish; and find it all again after closing."""

import pytest
from PySide6.QtCore import Qt
from scripted import Training

from engine.recipe import Panel, Recipe, Taste
from studio.runs import Runs


@pytest.fixture
def studio(world, open_studio, qtbot):
    studio = open_studio(world)
    studio.window.open_titled("Train")
    qtbot.waitUntil(lambda: studio.train.form.panel.tastes == ["poet"])
    return studio


def start(studio, world, qtbot, name="Weather Poet", quick=True):
    form = studio.train.form
    form.name.setFocus()
    form.name.selectAll()
    qtbot.keyClicks(form.name, name)
    if quick:
        qtbot.keyClick(form.budget, Qt.Key.Key_Left)
    qtbot.keyClick(form.name, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(world.supervisor.started) == 1)
    qtbot.waitUntil(lambda: studio.train.pane.view is not None)
    return world.supervisor.started[0]


def words(studio):
    return studio.train.pane.words.text()


def test_before_the_first_run_the_page_says_what_will_be_here(studio):
    assert studio.train.pane.sketch.isVisible()
    assert not studio.train.runs.isVisible()
    assert studio.train.form.start.isEnabled()


def test_start_progress_stop_resume_finish_and_the_chip_appears(studio, world, qtbot):
    pane, form = studio.train.pane, studio.train.form
    folder = start(studio, world, qtbot)
    recipe = folder.recipe()
    assert (recipe.name, recipe.budget.steps) == ("Weather Poet", 20)
    assert recipe.panel.tastes[0].judge == "poet"
    assert recipe.panel.guards == ("listener", "correctness")
    assert not form.start.isEnabled()
    assert "Weather Poet" in form.why_not.text()

    training = Training(folder, 20)
    training.begin()
    training.load(0.5)
    qtbot.waitUntil(lambda: "Loading SmolLM2" in words(studio))
    assert pane.bar.share == pytest.approx(0.5)
    for step in range(1, 6):
        training.step(step)
    qtbot.waitUntil(lambda: "Step 5 of 20" in words(studio))
    assert "left" in words(studio)
    assert pane.bar.share == pytest.approx(0.25)
    assert len(pane.groups.cards) == 8
    names = pane.groups.cards[0].names
    rewards = {r.name: r.reward for r in pane.view.groups[5][0].rollouts}
    assert names == sorted(names, key=rewards.__getitem__, reverse=True)

    qtbot.mouseClick(pane.stop, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(folder.stop_requested)
    qtbot.waitUntil(lambda: "Stopping" in words(studio))
    assert not pane.stop.isEnabled()
    training.step(6)
    training.save(6)
    training.finish("stopped", 6)
    world.supervisor.end(folder)
    qtbot.waitUntil(lambda: "Stopped at step 6" in words(studio))
    qtbot.waitUntil(lambda: form.start.isEnabled())
    assert pane.resume.isVisible()
    assert not pane.stop.isVisible()

    qtbot.mouseClick(pane.resume, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(world.supervisor.started) == 2)
    qtbot.waitUntil(lambda: "Getting ready" in words(studio))
    training = Training(folder, 20)
    training.begin(resumed_from=6)
    for step in range(7, 21):
        training.step(step)
    world.add_painter("weather-poet", "Weather Poet", parent=world.home / "painters")
    training.finish("completed", 20, painter="weather-poet")
    world.supervisor.end(folder)
    qtbot.waitUntil(lambda: "Finished" in words(studio))
    assert pane.view.curve.steps == tuple(range(1, 21))
    qtbot.waitUntil(lambda: "weather-poet" in studio.compare.chips)
    qtbot.mouseClick(pane.compare, Qt.MouseButton.LeftButton)
    assert studio.window.title == "Compare"
    qtbot.waitUntil(lambda: bool(studio.compare.chips["weather-poet"].name))


def test_closing_leaves_the_run_going_and_opening_finds_it(studio, world, open_studio, qtbot):
    folder = start(studio, world, qtbot)
    training = Training(folder, 20)
    training.begin()
    training.step(1)
    qtbot.waitUntil(lambda: "Step 1 of 20" in words(studio))
    open_studio.close(studio)
    assert folder.alive()
    training.step(2)

    again = open_studio(world)
    qtbot.waitUntil(lambda: again.train.pane.view is not None and "Step 2 of 20" in words(again))
    assert again.window.title == "Train"
    assert not again.train.form.start.isEnabled()
    training.step(3)
    qtbot.waitUntil(lambda: "Step 3 of 20" in words(again))


def test_an_end_without_a_window_is_news_to_the_next_one_and_to_no_other(studio, world, open_studio, qtbot):
    folder = start(studio, world, qtbot)
    training = Training(folder, 20)
    training.begin()
    training.step(1)
    qtbot.waitUntil(lambda: studio.trainings.going is not None, timeout=20000)
    studio.window.open_titled("Compare")
    open_studio.close(studio)
    training.finish("completed", 20)
    world.supervisor.end(folder)
    for told in (["“Weather Poet” is finished: 20 steps are done."], []):
        again = open_studio(world)
        with qtbot.waitSignal(again.trainings.ended, timeout=20000):
            pass
        assert [toast.notice.text for toast in again.across.toasts.shown] == told
        open_studio.close(again)


def test_a_run_that_breaks_off_says_so_and_can_be_resumed(studio, world, qtbot):
    folder = start(studio, world, qtbot)
    training = Training(folder, 20)
    training.begin()
    training.step(1)
    qtbot.waitUntil(lambda: "Step 1 of 20" in words(studio))
    training.writer.close()
    world.supervisor.end(folder)
    pane = studio.train.pane
    qtbot.waitUntil(lambda: pane.resume.isVisible() and pane.notice.isVisible())
    assert "Weather Poet" in pane.notice.text()


def test_faults_stand_beside_their_fields(studio, world, qtbot):
    form = studio.train.form
    form.name.selectAll()
    qtbot.keyClicks(form.name, "x" * 61)
    qtbot.mouseClick(form.start, Qt.MouseButton.LeftButton)
    assert "61 characters" in form.name_field.fault
    form.name.selectAll()
    qtbot.keyClicks(form.name, "Fine")
    for member in list(form.panel._members):
        qtbot.mouseClick(member.remove, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(form.start, Qt.MouseButton.LeftButton)
    assert "Add a judge" in form.panel_field.fault
    assert not world.supervisor.started


def test_taking_a_judge_out_leaves_the_focus_off_the_next_one(studio, world, qtbot):
    panel = studio.train.form.panel
    qtbot.mouseClick(panel._members[0].remove, Qt.MouseButton.LeftButton)
    assert panel.tastes == []
    assert panel.add_taste.hasFocus()


def test_judges_are_added_with_weights_and_guards(studio, world, qtbot):
    panel = studio.train.form.panel
    panel.add("unhinged", "taste")
    panel.add("terse", "guard")
    assert panel.tastes == ["poet", "unhinged"]
    assert panel.guards == ["listener", "correctness", "terse"]
    share = panel._members[1].share
    qtbot.waitUntil(share.isVisible)
    share.setValue(75)
    made = studio.train.form.draft.panel
    assert [(taste.judge, taste.weight) for taste in made.tastes] == [("poet", 1.0), ("unhinged", 3.0)]


def test_a_step_is_as_wide_as_the_figures_say(studio, world, qtbot):
    form = studio.train.form
    form.fold.set_open(True)
    form.advanced.finish()
    form.advanced.rows["budget.colors"].control.setValue(12)
    form.advanced.rows["budget.group"].control.setValue(6)
    budget = start(studio, world, qtbot).recipe().budget
    assert (budget.steps, budget.colors, budget.group) == (20, 12, 6)


def test_the_curve_is_drawn_and_a_step_can_be_pinned(studio, world, qtbot):
    pane = studio.train.pane
    qtbot.waitUntil(lambda: pane.plotted)
    folder = start(studio, world, qtbot)
    training = Training(folder, 20)
    training.begin()
    for step in range(1, 8):
        training.step(step)
    qtbot.waitUntil(lambda: "Step 7" in words(studio))
    qtbot.waitUntil(lambda: pane.plot.reward.points("reward") == 7)
    for _ in range(3):
        qtbot.keyClick(pane.plot, Qt.Key.Key_Left)
    assert pane.step_title.text() == "Step 4"
    training.step(8)
    qtbot.waitUntil(lambda: "Step 8" in words(studio))
    assert pane.step_title.text() == "Step 4"
    qtbot.mouseClick(pane.latest, Qt.MouseButton.LeftButton)
    assert pane.step_title.text() == "Step 8"


def test_a_long_log_is_shown_once_it_is_read(studio, world, qtbot, monkeypatch):
    folder = start(studio, world, qtbot)
    training = Training(folder, 20)
    training.begin()
    for step in range(1, 21):
        training.step(step)
    training.finish("completed", 20, painter="poet")
    world.supervisor.end(folder)
    qtbot.waitUntil(lambda: "Finished" in words(studio))
    watch, looks, seen = world.supervisor.watch, [], []

    def short(folder, offset, limit, places):
        looks.append(offset)
        return watch(folder, offset, 10_000, places)

    monkeypatch.setattr(world.supervisor, "watch", short)
    studio.trainings.viewed.connect(lambda _, view: seen.append(view.status))
    studio.trainings._follow(folder)
    qtbot.waitUntil(lambda: bool(seen))
    assert len(looks) > 2
    assert seen == ["completed"]


def test_past_runs_are_listed_and_open(studio, world, qtbot):
    folder = start(studio, world, qtbot, "First")
    training = Training(folder, 20)
    training.begin("First")
    training.step(1)
    training.finish("failed", 1, reason="The base is not where it was")
    world.supervisor.end(folder)
    qtbot.waitUntil(lambda: studio.train.form.start.isEnabled())
    qtbot.waitUntil(lambda: studio.train.pane.notice.isVisible())
    assert "not where it was" in studio.train.pane.notice.text()
    world.supervisor.started.clear()
    start(studio, world, qtbot, "Second", quick=False)
    qtbot.waitUntil(lambda: studio.train.runs.count() == 2)
    assert studio.trainings.watched.startswith(Runs(world.home).list()[0].id[:10])
    studio.train.runs.choose(folder.path.name)
    qtbot.waitUntil(lambda: studio.train.pane.title.text() == "First")


def test_a_run_started_elsewhere_is_found(studio, world, qtbot):
    studio.window.open_titled("Compare")
    judges = {slug: world.makers.judges.get(slug) for slug in ("poet", "correctness")}
    recipe = Recipe(name="By hand", panel=Panel(tastes=(Taste("poet"),), guards=("correctness",)))
    world.supervisor.start(Runs(world.home).create(recipe, judges))
    studio.window.open_titled("Train")
    qtbot.waitUntil(lambda: studio.train.pane.title.text() == "By hand")
    qtbot.waitUntil(lambda: not studio.train.form.start.isEnabled())


def test_a_start_that_fails_says_why(studio, world, qtbot, monkeypatch):
    def no_disk(folder):
        raise OSError("no space left on the disk")

    monkeypatch.setattr(world.supervisor, "start", no_disk)
    qtbot.mouseClick(studio.train.form.start, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: studio.train.fault.isVisible())
    assert "no space" in studio.train.fault.text()
    assert studio.train.form.start.isEnabled()

"""Where the Train page's recipe comes from and goes to, its base, and the last look before a start."""

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QFileDialog
from scripted import Training

from engine.recipe import EMBEDDED_BASE, Panel, Recipe, Taste
from studio.recipes import LAST, RecipeBook
from studio.runs import Runs
from studio.views.preflight import Surroundings
from ui.widgets.train_form import OTHER


@pytest.fixture
def studio(world, open_studio, qtbot):
    studio = open_studio(world)
    studio.window.open_titled("Train")
    form = studio.train.form
    qtbot.waitUntil(lambda: form.panel.tastes == ["poet"] and bool(form.panel.judges))
    qtbot.waitUntil(lambda: "Takes about" in form.preflight.text())
    return studio


@pytest.fixture
def form(studio):
    return studio.train.form


def advanced(form):
    form.fold.set_open(True)
    form.advanced.finish()
    return form.advanced.rows


# The base.


def test_a_folder_is_chosen_as_base_and_a_wrong_one_says_why(studio, form, tmp_path, monkeypatch, qtbot):
    assert form.base.itemData(form.base.count() - 1) == OTHER
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(empty))
    form.base.activated.emit(form.base.count() - 1)
    qtbot.waitUntil(lambda: "There is no base" in form.base_field.fault)
    assert not form.start.isEnabled()
    assert form.base.value == str(empty)
    form.choose_base(EMBEDDED_BASE)
    qtbot.waitUntil(lambda: form.base_field.fault == "" and form.start.isEnabled())


def test_no_folder_chosen_leaves_the_base_as_it_was(form, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "")
    form.base.activated.emit(form.base.count() - 1)
    assert form.base.value == form.draft.base == EMBEDDED_BASE


# Where recipes come from, and go to.


def menu(links, *words):
    links.fill()
    found = links.sources
    for word in words:
        action = next(action for action in found.actions() if action.text().startswith(word))
        found = action.menu() or action
    found.trigger()


def test_a_house_recipe_is_started_from_and_undone(studio, form, qtbot):
    before = form.draft
    menu(studio.train.links, "Unhinged, cured")
    assert form.name.text() == "Unhinged, cured"
    assert (form.draft.budget.steps, form.draft.budget.colors) == (26, 10)
    assert form.draft.learning.learning_rate == 2.5e-4
    assert form.said.text() == "Started from the house's Unhinged, cured."
    assert form.custom.text() == "26 steps of 10 colours × 8 names."
    qtbot.mouseClick(form.undo, Qt.MouseButton.LeftButton)
    assert form.draft == before
    assert not form.said.isVisible()


def test_a_runs_recipe_comes_with_the_judges_that_are_gone_since(studio, form, world, qtbot):
    judges = {
        "weather": world.makers.judges.get("poet"),
        "correctness": world.makers.judges.get("correctness"),
    }
    recipe = Recipe(name="Old", panel=Panel(tastes=(Taste("weather"),), guards=("correctness",)), seed=5)
    folder = Runs(world.home).create(recipe, judges)
    studio.trainings.refresh()
    qtbot.waitUntil(lambda: bool(studio.train.links._runs))
    menu(studio.train.links, "An earlier run", "Old")
    qtbot.waitUntil(lambda: form.draft.seed == 5)
    assert form.draft == recipe
    qtbot.mouseClick(form.start, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(world.supervisor.started) == 1)
    again = world.supervisor.started[0]
    assert again.path != folder.path
    assert again.judges() == judges


def test_a_recipe_is_saved_opened_and_copied_as_a_command(studio, form, tmp_path, monkeypatch, qtbot):
    path = tmp_path / "mine.toml"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    form.set_value("seed", 11)
    studio.train.links.targets.actions()[0].trigger()
    qtbot.waitUntil(lambda: form.said.text() == "Saved as mine.toml.")
    form.set_value("seed", 12)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    menu(studio.train.links, "Open a file")
    qtbot.waitUntil(lambda: form.draft.seed == 11)
    studio.train.links.targets.actions()[1].trigger()
    qtbot.waitUntil(lambda: form.said.text().startswith("Copied: painter-studio train --recipe "))
    assert QGuiApplication.clipboard().text() in form.said.text()


def test_a_file_that_is_no_recipe_says_why_and_changes_nothing(studio, form, tmp_path, monkeypatch, qtbot):
    path = tmp_path / "bad.toml"
    path.write_text("name = [")
    before = form.draft
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    menu(studio.train.links, "Open a file")
    qtbot.waitUntil(lambda: "not valid TOML" in studio.train.fault.text())
    assert form.draft == before


def test_the_last_recipe_is_there_again(studio, form, world, open_studio, qtbot):
    form.set_value("budget.steps", 33)
    form.panel.add("unhinged", "taste")
    open_studio.close(studio)
    assert (world.home / LAST).is_file()
    again = open_studio(world)
    qtbot.waitUntil(lambda: again.train.form.panel.tastes == ["poet", "unhinged"])
    assert again.train.form.draft.budget.steps == 33
    assert again.train.form.name.text() == "My Poet"


# Before the start.


def test_what_cannot_fit_is_refused_until_it_is_changed(studio, form, qtbot):
    around = form._around
    tight = msgspec.structs.replace(around.machine, memory_free=3_200_000_000)
    small: Surroundings = msgspec.structs.replace(around, machine=tight)
    rows = advanced(form)
    rows["budget.colors"].set_value(128)
    rows["budget.group"].set_value(64)
    form.show_surroundings(small)
    assert not form.start.isEnabled()
    assert "are free" in form.why_not.text()
    spy = QSignalSpy(form.start_wanted)
    form.press_start()
    assert spy.count() == 0
    rows["budget.colors"].set_value(8)
    rows["budget.group"].set_value(8)
    assert form.start.isEnabled()
    assert not form.why_not.isVisible()


def test_a_run_that_was_made_here_is_the_measure(studio, form, world, qtbot):
    judges = {slug: world.makers.judges.get(slug) for slug in ("poet", "listener", "correctness")}
    recipe = Recipe(name="First", panel=form.draft.panel)
    folder = Runs(world.home).create(recipe, judges)
    world.supervisor.start(folder)
    training = Training(folder, 20)
    training.begin("First", device="CPU, 2 threads, float32")
    for step in range(1, 21):
        training.step(step, groups=1)
    training.finish("completed", 20, painter="first")
    world.supervisor.end(folder)
    studio.trainings.refresh()
    qtbot.waitUntil(lambda: "measured on “First”" in form.basis.text())


def test_a_faulty_name_turns_to_the_recipe(studio, form, world, qtbot):
    Runs(world.home).create(
        Recipe(name="A", panel=Panel(tastes=(Taste("poet"),))), {"poet": world.makers.judges.get("poet")}
    )
    studio.trainings.refresh()
    qtbot.waitUntil(lambda: studio.train.runs.count() == 1)
    studio.train.tabs.setFocus()
    qtbot.keyClick(studio.train.tabs, Qt.Key.Key_Right)
    assert studio.train.runs.isVisible()
    assert form.start.isVisible()
    form.name.clear()
    form._name_typed("")
    qtbot.mouseClick(form.start, Qt.MouseButton.LeftButton)
    assert form.name.isVisible()
    assert form.name_field.fault == "Give the painter a name."


def test_what_was_started_is_the_last_recipe(studio, form, world, qtbot):
    form.set_value("seed", 99)
    qtbot.mouseClick(form.start, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(world.supervisor.started) == 1)
    last = RecipeBook(world.home).last()
    assert last is not None
    assert last.seed == 99

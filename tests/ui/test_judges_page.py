"""Judges: the library, the editor with its faults beside the fields, and live scores."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox

from engine.judges.spec import Contrast, Pick, Preference, Remote
from ui.widgets import judge_facts


@pytest.fixture
def page(world, open_studio, qtbot):
    studio = open_studio(world)
    studio.window.open_titled("Judges")
    qtbot.waitUntil(lambda: bool(world.client.scores()))
    return studio.judges


def scored(page):
    return [score for score in page.trial.board.scores if score is not None]


def write(qtbot, field, text):
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, text) if text else qtbot.keyClick(field, Qt.Key.Key_Delete)


def test_shipped_judges_are_listed_and_read_only(page, world):
    assert {"poet", "architect", "unhinged", "correctness", "terse"} <= set(page.shelf.shown())
    assert page.opened == "poet"
    assert page.form.name.text() == "Poet"
    assert page.form.name.isReadOnly()
    assert page.form.liked.isReadOnly()
    assert not page.save.isVisible()
    assert not page.delete.isVisible()
    assert page.duplicate.isVisible()


def test_the_open_judge_scores_the_names_on_the_board(page, world, qtbot):
    qtbot.waitUntil(lambda: len(scored(page)) == 6)
    _, request = world.client.scores()[-1]
    assert request.judge.name == "Poet"
    assert request.color == "#d48475"
    assert page.trial.board.scores[0] == pytest.approx(0.81)


def test_typing_a_name_scores_it_once_typing_stops(page, world, qtbot):
    before = len(world.client.scores())
    blank = page.trial.board.line(6)
    qtbot.keyClicks(blank, "Ember Lullaby")
    qtbot.waitUntil(lambda: len(world.client.scores()) > before)
    assert len(world.client.scores()) == before + 1
    assert world.client.scores()[-1][1].names[-1] == "Ember Lullaby"
    qtbot.waitUntil(lambda: len(scored(page)) == 7)


def test_saving_is_said_and_leaves_the_focus_off_delete(page, world, qtbot):
    qtbot.mouseClick(page.duplicate, Qt.MouseButton.LeftButton)
    write(qtbot, page.form.name, "Sailing")
    page.save.setFocus()
    qtbot.keyClick(page.save, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: page.opened == "sailing" and page.said.text() == "Saved.")
    assert not page.delete.hasFocus()


def test_what_takes_long_is_said(slow_world, open_studio, qtbot):
    studio = open_studio(slow_world)
    studio.window.open_titled("Judges")
    board = studio.judges.trial
    qtbot.waitUntil(lambda: "known names" in board.note.text())
    slow_world.client.answer(slow_world.client.scores()[-1][0])
    qtbot.waitUntil(lambda: board.note.text() == "")


def test_a_form_judge_is_shown_with_its_facts_and_scores_too(page, world, qtbot):
    page.shelf.choose("terse")
    assert page.facts.isVisible()
    assert page.facts.name.text() == "Terse"
    qtbot.waitUntil(lambda: world.client.scores()[-1][1].judge.name == "Terse")


def test_duplicate_edit_with_faults_save_and_score(page, world, qtbot):
    qtbot.mouseClick(page.duplicate, Qt.MouseButton.LeftButton)
    assert not page.form.name.isReadOnly()
    write(qtbot, page.form.name, "Sailing")
    write(qtbot, page.form.asks, "")
    assert "asks for" in page.form.fields["asks"].fault
    assert page.form.fields["asks"].isVisible()
    assert page.form.fields["name"].fault == ""
    # Nothing is asked of a judge that is none.
    qtbot.waitUntil(lambda: "complete" in page.trial.note.text())
    write(qtbot, page.form.asks, "paint color names that sound like sailing")
    assert page.form.fields["asks"].fault == ""
    write(qtbot, page.form.liked, "")
    assert page.form.fields["liked"].fault
    page.form.liked.setFocus()
    qtbot.keyClicks(page.form.liked, "Spinnaker White")
    qtbot.keyClick(page.form.liked, Qt.Key.Key_Return)
    qtbot.keyClicks(page.form.liked, "Harbour Dusk")
    qtbot.waitUntil(lambda: world.client.scores()[-1][1].judge.liked == ("Spinnaker White", "Harbour Dusk"))
    qtbot.waitUntil(lambda: len(scored(page)) == 6)
    assert page.trial.note.text() == ""
    qtbot.mouseClick(page.save, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.opened == "sailing" and "sailing" in page.shelf.shown())
    saved = world.makers.judges.get("sailing")
    assert isinstance(saved, Contrast)
    assert saved.liked == ("Spinnaker White", "Harbour Dusk")
    assert not page.save.isEnabled()


def test_a_new_judge_has_no_faults_before_it_is_begun(page, world, qtbot):
    qtbot.mouseClick(page.new, Qt.MouseButton.LeftButton)
    assert all(field.fault == "" for field in page.form.fields.values())
    qtbot.waitUntil(lambda: "complete" in page.trial.note.text())
    page.save.setEnabled(True)
    qtbot.mouseClick(page.save, Qt.MouseButton.LeftButton)
    assert page.form.fields["name"].fault == "Give the judge a name."


def test_an_own_judge_can_be_changed_and_deleted(page, world, qtbot, monkeypatch):
    world.makers.judges.save("mine", Contrast(name="Mine", asks="names", liked=("One",)))
    page.reload("mine")
    qtbot.waitUntil(lambda: page.opened == "mine" and page.form.name.text() == "Mine")
    write(qtbot, page.form.name, "Ours")
    qtbot.keyClick(page.form.name, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: world.makers.judges.get("mine").name == "Ours")
    qtbot.waitUntil(lambda: not page.save.isEnabled())
    monkeypatch.setattr(QMessageBox, "exec", lambda box: box.buttons()[0].click())
    qtbot.mouseClick(page.delete, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "mine" not in page.shelf.shown())
    assert not world.makers.judges.has("mine")


def test_changes_are_not_lost_without_asking(page, world, qtbot, monkeypatch):
    world.makers.judges.save("mine", Contrast(name="Mine", asks="names", liked=("One",)))
    page.reload("mine")
    qtbot.waitUntil(lambda: page.form.name.text() == "Mine")
    write(qtbot, page.form.name, "Ours")
    asked = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: (asked.append(box.text()), box.buttons()[1].click()))
    page.shelf.choose("terse")
    assert len(asked) == 1
    assert page.opened == "mine"
    assert page.form.name.text() == "Ours"


def test_a_broken_file_is_listed_with_its_fault(page, world, qtbot):
    folder = world.home / "judges"
    folder.mkdir(exist_ok=True)
    (folder / "broken.toml").write_text("kind = 3")
    page.reload("broken")
    qtbot.waitUntil(lambda: page.opened == "broken" and page.facts.isVisible())
    assert page.facts.about.text()
    assert not page.duplicate.isVisible()
    qtbot.waitUntil(lambda: "complete" in page.trial.note.text())


def test_another_colour_is_scored_anew(page, world, qtbot):
    before = len(world.client.scores())
    page.window().findChild(type(page)).setFocus()
    page.trial._current.set_hex("#3b6ea5")
    qtbot.waitUntil(lambda: len(world.client.scores()) > before)
    assert world.client.scores()[-1][1].color == "#3b6ea5"


@pytest.mark.parametrize(
    ("spec", "kind", "facts"),
    [
        (
            Remote(name="Critic", url="http://localhost:1234/v1", model="m", asks="names", key_env="A_KEY"),
            "Another model, yours",
            {
                "Server": "http://localhost:1234/v1",
                "Key": "From A_KEY",
                "Budget": "20,000 requests a training",
            },
        ),
        (
            Preference(name="My taste", picks=tuple(Pick(f"A {n}", f"B {n}") for n in range(9))),
            "Your picks, yours",
            {"Picks": "9", "Latest": "\n".join(f"A {n} over B {n}" for n in (8, 7, 6, 5, 4))},
        ),
        (Preference(name="New"), "Your picks, yours", {"Picks": "0"}),
    ],
)
def test_kinds_without_a_form_are_shown_with_their_facts(page, world, qtbot, spec, kind, facts):
    world.makers.judges.save("other", spec)
    page.reload("other")
    qtbot.waitUntil(lambda: page.opened == "other" and page.facts.isVisible())
    assert page.kind.text() == kind
    assert facts.items() <= dict(judge_facts.facts(spec)).items()
    assert page.facts.about.text()
    assert not page.save.isVisible()
    assert page.delete.isVisible()
    qtbot.waitUntil(lambda: world.client.scores()[-1][1].judge == spec)

"""Judges: the library, the form with its faults beside the fields, and that nothing typed is lost."""

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFileDialog

from engine.judges import spec as specs
from engine.judges.spec import KINDS, Contrast, Form, Listener, Remote

MINE = Contrast(name="Mine", asks="names", liked=("One",))


@pytest.fixture
def page(world, open_studio, qtbot):
    studio = open_studio(world)
    studio.window.open_titled("Judges")
    qtbot.waitUntil(lambda: bool(world.client.scores()))
    return studio.judges


def write(qtbot, field, text):
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, text) if text else qtbot.keyClick(field, Qt.Key.Key_Delete)


def field(page, key):
    return page.form.controls[key].inner


def fault(page, key):
    return page.form.fields[key].fault


def said(page):
    return page.foot.notice.words.text()


def press(qtbot, control):
    qtbot.mouseClick(control, Qt.MouseButton.LeftButton)


def begin(page, qtbot, kind):
    press(qtbot, page.list.new)
    press(qtbot, page.desk.chooser.cards[kind])


def have(page, world, qtbot, slug, spec):
    world.makers.judges.save(slug, spec)
    page.reload(slug)
    qtbot.waitUntil(lambda: page.opened == slug and field(page, "name").text() == spec.name)


def test_shipped_judges_are_listed_by_part_and_read_only(page):
    shown = page.shelf.shown()
    assert {"poet", "architect", "unhinged", "correctness", "terse"} <= set(shown)
    # Tastes stand over guards.
    assert max(map(shown.index, ("poet", "terse"))) < min(map(shown.index, ("correctness", "listener")))
    assert page.opened == "poet"
    assert field(page, "name").text() == "Poet"
    assert field(page, "name").isReadOnly()
    assert field(page, "liked").isReadOnly()
    assert not page.foot.delete.isVisible()
    assert page.foot.duplicate.isVisible()
    assert "Duplicate it" in said(page)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_form_and_a_sentence_when_to_use_it(page, world, qtbot, kind):
    press(qtbot, page.list.new)
    card = page.desk.chooser.cards[kind]
    assert card.isVisible()
    assert card.kind.when in card.accessibleName()
    press(qtbot, card)
    assert page.form.kind == kind
    assert page.form.isVisible()
    assert all(one.fault == "" for one in page.form.fields.values())
    assert field(page, "name").hasFocus()
    if field(page, "name").text():
        # It is a judge as it stands, and is there at once.
        qtbot.waitUntil(lambda: bool(page.opened) and world.makers.judges.has(page.opened))
    else:
        assert said(page).startswith("Not saved yet. Give the judge a name.")


def test_a_judge_is_written_and_saved_as_one_types(page, world, qtbot):
    begin(page, qtbot, "contrast")
    write(qtbot, field(page, "name"), "Sailing")
    write(qtbot, field(page, "asks"), "paint color names that sound like sailing")
    assert said(page).startswith("Not saved yet. Give at least one name")
    field(page, "liked").setFocus()
    qtbot.keyClicks(field(page, "liked"), "Spinnaker White")
    qtbot.keyClick(field(page, "liked"), Qt.Key.Key_Return)
    qtbot.keyClicks(field(page, "liked"), "Harbour Dusk")
    qtbot.waitUntil(lambda: page.opened == "sailing" and "sailing" in page.shelf.shown())
    saved = world.makers.judges.get("sailing")
    assert isinstance(saved, Contrast)
    assert saved.liked == ("Spinnaker White", "Harbour Dusk")
    assert field(page, "liked").hasFocus()
    assert said(page) == "Saved as you type."
    assert world.client.scores()[-1][1].judge.liked == saved.liked


def test_a_fault_stands_beside_its_field_and_nothing_faulty_is_saved(page, world, qtbot):
    have(page, world, qtbot, "mine", MINE)
    write(qtbot, field(page, "asks"), "")
    assert "asks for" in fault(page, "asks")
    assert field(page, "asks").accessibleDescription() == fault(page, "asks")
    assert fault(page, "name") == ""
    qtbot.waitUntil(lambda: "complete" in page.trial.note.text())
    assert world.makers.judges.get("mine") == MINE
    write(qtbot, field(page, "asks"), "stormy names")
    assert fault(page, "asks") == ""
    qtbot.waitUntil(lambda: world.makers.judges.get("mine").asks == "stormy names")


def test_what_is_half_written_is_still_there_when_one_comes_back(page, world, qtbot):
    have(page, world, qtbot, "mine", MINE)
    write(qtbot, field(page, "liked"), "")
    page.shelf.choose("terse")
    assert page.form.kind == "form"
    page.shelf.choose("mine")
    assert field(page, "liked").toPlainText() == ""
    assert said(page).startswith("Not saved yet.")
    assert world.makers.judges.get("mine") == MINE


def test_typing_is_saved_when_one_goes_on_before_the_pause(page, world, qtbot):
    have(page, world, qtbot, "mine", MINE)
    write(qtbot, field(page, "name"), "Ours")
    page.shelf.choose("terse")
    qtbot.waitUntil(lambda: world.makers.judges.get("mine").name == "Ours")


def test_typing_is_saved_when_the_window_closes_before_the_pause(page, world, open_studio, qtbot):
    have(page, world, qtbot, "mine", MINE)
    write(qtbot, field(page, "name"), "Ours")
    page.window().close()
    assert world.makers.judges.get("mine").name == "Ours"


def test_a_change_is_undone_and_redone(page, world, qtbot):
    have(page, world, qtbot, "mine", MINE)
    write(qtbot, field(page, "name"), "Ours")
    qtbot.waitUntil(lambda: world.makers.judges.get("mine").name == "Ours")
    qtbot.waitUntil(lambda: page.foot.notice.action == "Undo")
    press(qtbot, page.foot.notice.link)
    assert field(page, "name").text() == "Mine"
    qtbot.waitUntil(lambda: world.makers.judges.get("mine") == MINE)
    page.shelf.setFocus()
    qtbot.keyClick(
        page.shelf, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    qtbot.waitUntil(lambda: world.makers.judges.get("mine").name == "Ours")


def test_a_deleted_judge_comes_back_by_undo(page, world, qtbot):
    have(page, world, qtbot, "mine", MINE)
    page.shelf.setFocus()
    qtbot.keyClick(page.shelf, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: "mine" not in page.shelf.shown())
    assert not world.makers.judges.has("mine")
    assert page.list.notice.words.text() == "“Mine” is deleted."
    assert page.opened
    press(qtbot, page.list.notice.link)
    qtbot.waitUntil(lambda: page.opened == "mine")
    assert world.makers.judges.get("mine") == MINE
    assert not page.list.notice.isVisible()


def test_a_new_judge_that_was_discarded_comes_back_by_undo(page, qtbot):
    begin(page, qtbot, "contrast")
    write(qtbot, field(page, "name"), "Sailing")
    press(qtbot, page.foot.delete)
    assert field(page, "name").text() != "Sailing"
    page.shelf.setFocus()
    qtbot.keyClick(page.shelf, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert field(page, "name").text() == "Sailing"


def test_a_new_judge_that_was_not_begun_leaves_nothing_behind(page, qtbot):
    before = page.shelf.shown()
    begin(page, qtbot, "contrast")
    page.shelf.choose("poet")
    assert page.shelf.shown() == before


def test_a_shipped_judge_is_duplicated_and_renamed(page, world, qtbot):
    press(qtbot, page.foot.duplicate)
    qtbot.waitUntil(lambda: page.opened == "poet-2")
    qtbot.keyClicks(field(page, "name"), "Night Poet")
    qtbot.waitUntil(lambda: world.makers.judges.get("poet-2").name == "Night Poet")
    page.shelf.setFocus()
    qtbot.keyClick(page.shelf, Qt.Key.Key_F2)
    assert field(page, "name").selectedText() == "Night Poet"
    assert [action.text() for action in page.list.menu().actions()] == [
        "Rename",
        "Duplicate",
        "Export…",
        "Delete",
    ]


def test_numbers_switches_and_lists_make_a_judge_of_rules(page, world, qtbot):
    have(page, world, qtbot, "rules", Form(name="Rules"))
    page.form.controls["max_words"].figure.setValue(2)
    press(qtbot, page.form.controls["alliteration"].toggle)
    field(page, "must_not_contain").setFocus()
    qtbot.keyClicks(field(page, "must_not_contain"), "beige")
    wanted = Form(name="Rules", max_words=2, alliteration=True, must_not_contain=("beige",))
    qtbot.waitUntil(lambda: world.makers.judges.get("rules") == wanted)
    assert page.form.controls["max_words"].figure.maximum() == 100
    page.form.controls["min_words"].figure.setValue(5)
    assert fault(page, "min_words") == "At least this many is more than at most."


def test_a_models_file_is_chosen(page, world, qtbot, monkeypatch, tmp_path):
    have(page, world, qtbot, "mine", MINE)
    assert not page.form.advanced.body.isVisible()
    press(qtbot, page.form.advanced.head)
    path = str(tmp_path / "judge.gguf")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (path, ""))
    press(qtbot, page.form.controls["model"].choose)
    qtbot.waitUntil(lambda: world.makers.judges.get("mine").model == path)


def test_a_fault_folded_away_is_folded_out(page, world, qtbot):
    have(page, world, qtbot, "mine", MINE)
    model = field(page, "model")
    model.setText("judge.gguf")
    model.textEdited.emit("judge.gguf")
    assert page.form.advanced.body.isVisible()
    assert "full path" in fault(page, "model")


def test_a_servers_key_is_looked_for_and_never_written(page, world, qtbot, monkeypatch):
    monkeypatch.delenv("CRITIC_API_KEY", raising=False)
    critic = Remote(name="Critic", url="http://localhost:1234/v1", model="m", asks="names")
    have(page, world, qtbot, "critic", critic)
    assert "sends every name with its colour to localhost:1234" in page.desk.notes.text()
    write(qtbot, field(page, "key_env"), "CRITIC_API_KEY")
    qtbot.waitUntil(lambda: world.makers.judges.get("critic").key_env == "CRITIC_API_KEY")
    assert "CRITIC_API_KEY is not set here" in page.desk.notes.text()
    write(qtbot, field(page, "key_entry"), "sk-proj-0123456789abcdef")
    assert "looks like a key" in fault(page, "key_entry")
    page.shelf.choose("poet")
    page.flush()
    assert "0123456789" not in (world.home / "judges" / "critic.toml").read_text()


def test_a_strangers_judge_is_shown_before_it_is_used(page, world, qtbot, tmp_path):
    critic = Remote(name="Critic", url="https://judge.example/v1", model="m", asks="names")
    file = tmp_path / "critic.toml"
    file.write_text(specs.dump(critic))
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file))])
    copy, buttons, keys = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    page.dropEvent(QDropEvent(QPointF(50, 50), copy, data, buttons, keys))
    qtbot.waitUntil(lambda: page.desk.facts.isVisible())
    assert "judge.example" in page.desk.facts.notes.text()
    assert "before you add it" in said(page)
    assert all(request.judge != critic for _, request in world.client.scores())
    assert not world.makers.judges.has("critic")
    press(qtbot, page.foot.leave)
    assert page.form.isVisible()
    assert not world.makers.judges.has("critic")
    page.files.look_at(file)
    qtbot.waitUntil(lambda: page.foot.add.isVisible())
    press(qtbot, page.foot.add)
    qtbot.waitUntil(lambda: page.opened == "critic")
    assert world.makers.judges.get("critic") == critic


def test_a_strangers_faulty_file_is_one_sentence(page, qtbot, tmp_path):
    (tmp_path / "bad.toml").write_text("kind = 'oracle'")
    page.files.look_at(tmp_path / "bad.toml")
    qtbot.waitUntil(lambda: "no judge kind “oracle”" in said(page))
    assert page.form.isVisible()


def test_a_judge_is_exported(page, world, qtbot, monkeypatch, tmp_path):
    out = tmp_path / "out.toml"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(out), ""))
    press(qtbot, page.foot.export)
    qtbot.waitUntil(lambda: said(page) == "Written to out.toml.")
    assert specs.load(out) == world.makers.judges.get("poet")


def test_a_broken_file_is_listed_with_its_fault(page, world, qtbot):
    folder = world.home / "judges"
    folder.mkdir(exist_ok=True)
    (folder / "broken.toml").write_text("kind = 3")
    page.reload("broken")
    qtbot.waitUntil(lambda: page.opened == "broken" and page.desk.facts.isVisible())
    assert page.desk.facts.about.text()
    assert not page.foot.duplicate.isVisible()
    assert page.foot.delete.isVisible()
    qtbot.waitUntil(lambda: "cannot be used" in page.trial.note.text())


def test_what_cannot_be_written_is_said_and_kept(page, world, qtbot, monkeypatch):
    have(page, world, qtbot, "mine", Listener(name="Mine"))

    def refuse(slug, spec):
        raise specs.JudgeError("The disk is full.")

    monkeypatch.setattr(world.makers.judges, "save", refuse)
    write(qtbot, field(page, "name"), "Ours")
    qtbot.waitUntil(lambda: said(page) == "The disk is full.")
    assert field(page, "name").text() == "Ours"
    monkeypatch.undo()
    qtbot.keyClicks(field(page, "name"), "!")
    qtbot.waitUntil(lambda: world.makers.judges.get("mine").name == "Ours!")

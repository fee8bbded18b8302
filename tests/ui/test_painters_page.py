"""Painters: the gallery as a person uses it, with a scripted service."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QMessageBox

from engine.service.protocol import Blend, NameAll, Report, TakeIn
from studio.views import gallery, name_map


@pytest.fixture
def furnished(world):
    for slug in ("primer", "poet", "unhinged"):
        world.add_painter(slug)
    world.add_painter("tide", parent=world.home / "painters", card={"judges": ["poet"]})
    return world


@pytest.fixture
def studio(furnished, open_studio, qtbot):
    opened = open_studio(furnished)
    opened.window.open_titled("Painters")
    qtbot.waitUntil(lambda: opened.painters.shelf.count() == 4)
    return opened


@pytest.fixture
def page(studio):
    return studio.painters


def press(qtbot, widget):
    qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)


def asked(world, kind):
    return [request for request in world.client.sent if isinstance(request, kind)]


def test_all_painters_have_a_card_and_the_first_is_open(page, qtbot):
    assert page.shelf.shown() == ["base", "poet", "unhinged", "tide"]
    assert page.opened == "poet"
    assert page.head.field.text() == "Poet"
    qtbot.waitUntil(lambda: all(name for _, name in page.fan.strips))
    assert len(page.fan.strips) == 12


def test_the_open_painters_deck_is_asked_for_first_and_nothing_twice(page, furnished, qtbot):
    qtbot.waitUntil(lambda: all(page.atlas.view(slug).whole for slug in page.shelf.shown()), timeout=30_000)
    requests = asked(furnished, NameAll)
    first = requests[0]
    assert first.painter.slug == "poet"
    assert first.colors == tuple(name_map.grid()[place] for place in gallery.deck_places())
    for slug in page.shelf.shown():
        colors = [color for one in requests if one.painter.slug == slug for color in one.colors]
        assert sorted(colors) == sorted(name_map.grid())


def test_known_maps_are_not_asked_for_again(page, furnished, studio, open_studio, qtbot):
    qtbot.waitUntil(lambda: all(page.atlas.view(slug).whole for slug in page.shelf.shown()), timeout=30_000)
    qtbot.waitUntil(lambda: studio.background._pool._work_queue.empty())
    open_studio.close(studio)
    again = open_studio(furnished)
    again.window.open_titled("Painters")
    qtbot.waitUntil(lambda: again.painters.atlas.view("poet").whole)
    assert not [one for one in asked(furnished, NameAll) if one.painter.slug == "poet"]


def test_nothing_is_asked_while_nobody_looks(furnished, open_studio, qtbot):
    studio = open_studio(furnished)
    qtbot.waitUntil(lambda: studio.painters.shelf.count() == 4)
    assert not asked(furnished, NameAll)


def test_arrow_keys_go_from_card_to_card(page, qtbot):
    page.shelf.setFocus()
    qtbot.keyClick(page.shelf, Qt.Key.Key_Right)
    assert page.opened == "unhinged"
    assert page.head.field.text() == "Unhinged"
    assert not page.details.delete.isVisible(), "house painters stay"
    page.shelf.choose("base")
    assert not page.details.duplicate.isVisible()


def test_a_strip_makes_its_colour_the_current_one(page, studio, qtbot):
    page.fan.setFocus()
    qtbot.keyClick(page.fan, Qt.Key.Key_Down)
    qtbot.keyClick(page.fan, Qt.Key.Key_Down)
    assert page.fan.strips[1][0] in page.fan.accessibleDescription()
    qtbot.keyClick(page.fan, Qt.Key.Key_Return)
    assert studio.current.hex == page.fan.strips[1][0]
    middle = QPoint(page.fan.width() // 2, page.fan.height() // 2)
    qtbot.mouseClick(page.fan, Qt.MouseButton.LeftButton, pos=middle)
    assert studio.current.hex in (page.fan.strips[5][0], page.fan.strips[6][0])


def test_ones_own_painter_is_renamed_where_its_name_stands(page, studio, qtbot):
    assert page.head.field.isReadOnly()
    page.shelf.choose("tide")
    assert not page.head.field.isReadOnly()
    page.head.field.selectAll()
    qtbot.keyClicks(page.head.field, "Ebb and Flow")
    qtbot.keyClick(page.head.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "Ebb and Flow" in page.said.text())
    qtbot.waitUntil(lambda: studio.compare.chips["tide"].accessibleName().startswith("Ebb and Flow"))
    page.head.field.selectAll()
    qtbot.keyClick(page.head.field, Qt.Key.Key_Delete)
    qtbot.keyClick(page.head.field, Qt.Key.Key_Return)
    assert page.head.field.text() == "Ebb and Flow", "a painter has a name"


def test_a_deleted_painter_comes_back(page, furnished, qtbot):
    page.shelf.choose("tide")
    press(qtbot, page.details.delete)
    qtbot.waitUntil(lambda: page.shelf.shown() == ["base", "poet", "unhinged"])
    qtbot.waitUntil(page.undo.isVisible)
    assert "“Tide” is in the trash." in page.said.text()
    qtbot.waitUntil(lambda: page.bin.text() == "Empty trash (1)")
    qtbot.keyClick(page.shelf, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: "tide" in page.shelf.shown())
    qtbot.waitUntil(lambda: page.opened == "tide")
    assert (furnished.home / "painters" / "tide" / "card.toml").is_file()


def test_the_trash_is_emptied_only_when_one_agrees(page, furnished, qtbot, monkeypatch):
    page.shelf.choose("tide")
    press(qtbot, page.details.delete)
    qtbot.waitUntil(page.bin.isVisible)
    answers = iter(["Keep in the trash", "Delete for good"])

    def answer(box):
        wanted = next(answers)
        monkeypatch.setattr(
            QMessageBox, "clickedButton", lambda _: next(b for b in box.buttons() if b.text() == wanted)
        )

    monkeypatch.setattr(QMessageBox, "exec", answer)
    trash = furnished.home / "trash" / "painters"
    press(qtbot, page.bin)
    assert len(list(trash.iterdir())) == 1
    press(qtbot, page.bin)
    qtbot.waitUntil(lambda: not list(trash.iterdir()))
    qtbot.waitUntil(lambda: not page.bin.isVisible())


def test_a_copy_of_a_house_painter_is_ones_own(page, qtbot):
    press(qtbot, page.details.duplicate)
    qtbot.waitUntil(lambda: page.opened == "poet-2" and "poet-2" in page.shelf.shown())
    assert page.details.delete.isVisible()
    assert page.head.kind.text() == "A copy"


def test_two_painters_are_blended(page, studio, furnished, qtbot):
    press(qtbot, page.details.blend)
    assert page.form.isVisible()
    assert set(page.form.shelf.shown()) == {"unhinged", "tide"}
    page.form.shelf.choose("tide")
    page.form.shares.setFocus()
    qtbot.keyClick(page.form.shares, Qt.Key.Key_Right)
    qtbot.keyClick(page.form.shares, Qt.Key.Key_Right)
    assert page.form.name.text() == "Poet 60 Tide 40"
    press(qtbot, page.form.blend)
    qtbot.waitUntil(lambda: page.opened == "poet-60-tide-40" and page.opened in page.shelf.shown())
    (request,) = asked(furnished, Blend)
    assert [ref.slug for ref in request.parents] == ["poet", "tide"]
    assert request.weights == pytest.approx((0.6, 0.4))
    assert page.details.isVisible()
    assert page.head.kind.text() == "A blend"
    qtbot.waitUntil(lambda: "poet-60-tide-40" in studio.compare.chips)
    left = [path.name for path in (furnished.home / "painters").iterdir()]
    assert sorted(left) == ["poet-60-tide-40", "tide"]


def test_a_blend_that_fails_says_why_and_keeps_the_form(page, furnished, qtbot, monkeypatch):
    press(qtbot, page.details.blend)
    furnished.client.prompt = False
    press(qtbot, page.form.blend)
    qtbot.waitUntil(lambda: bool(asked(furnished, Blend)))
    assert not page.form.blend.isEnabled()
    number = furnished.client.sent.index(asked(furnished, Blend)[0]) + 1
    furnished.client.fail(number, "The adapter in tide is damaged.")
    qtbot.waitUntil(lambda: page.form.said.text() == "The adapter in tide is damaged.")
    assert page.form.blend.isEnabled()
    press(qtbot, page.form.cancel)
    assert page.details.isVisible()


def test_a_folder_is_imported(page, furnished, qtbot, tmp_path, monkeypatch):
    folder = tmp_path / "sea-shanty"
    folder.mkdir()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(folder))
    page.take_in.menu().actions()[0].trigger()
    qtbot.waitUntil(lambda: page.opened == "sea-shanty")
    (request,) = asked(furnished, TakeIn)
    assert request.folder == str(folder)
    qtbot.waitUntil(lambda: page.head.kind.text() == "Imported")


def test_an_import_that_is_refused_says_why(page, qtbot, tmp_path):
    archive = tmp_path / "painter.zip"
    archive.write_bytes(b"PK\x05\x06" + bytes(18))
    page.import_folder(archive)
    qtbot.waitUntil(lambda: "unpack it" in page.said.text())


def test_measuring_fills_the_report_and_the_card(page, furnished, qtbot):
    page.shelf.choose("tide")
    assert page.details.said.text().startswith("Not measured yet.")
    press(qtbot, page.details.measure)
    qtbot.waitUntil(lambda: bool(page.details.figures.shown))
    (request,) = asked(furnished, Report)
    assert [ref.slug for ref in request.painters] == ["base", "tide"]
    assert request.colors == 96
    text = (furnished.home / "painters" / "tide" / "card.toml").read_text()
    assert "[report_small]" in text
    qtbot.waitUntil(lambda: not page.details.bar.isVisible())
    assert page.details.measure.isEnabled()


def test_measuring_can_be_stopped(page, furnished, qtbot):
    page.shelf.choose("tide")
    furnished.client.prompt = False
    press(qtbot, page.details.measure)
    qtbot.waitUntil(lambda: bool(asked(furnished, Report)))
    qtbot.waitUntil(page.details.stop.isVisible)
    press(qtbot, page.details.stop)
    number = furnished.client.sent.index(asked(furnished, Report)[0]) + 1
    assert number in furnished.client.cancelled
    assert not page.details.stop.isVisible()
    assert page.details.measure.isEnabled()


def test_files_are_shown_where_a_file_manager_answers_and_told_where_none_does(page, qtbot, monkeypatch):
    opened = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()) or False)
    press(qtbot, page.details.reveal)
    assert opened[0].endswith("poet")
    assert opened[0] in page.said.text()


def test_a_faulty_painter_is_shown_with_its_fault_and_can_be_thrown_away(furnished, open_studio, qtbot):
    (furnished.home / "painters" / "tide" / "adapter_model.safetensors").unlink()
    studio = open_studio(furnished)
    studio.window.open_titled("Painters")
    page = studio.painters
    qtbot.waitUntil(lambda: page.shelf.count() == 4)
    page.shelf.choose("tide")
    assert "adapter_model.safetensors is missing" in page.details.said.text()
    assert not page.details.map.isVisible()
    assert page.details.delete.isVisible()
    press(qtbot, page.details.delete)
    qtbot.waitUntil(lambda: "tide" not in page.shelf.shown())

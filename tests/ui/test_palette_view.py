"""The palette view: many colours are named, kept, exchanged with other programs, and printed."""

import dataclasses
import json

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication
from scripted import READY

from studio import palettes
from studio.palettes import HOUSE, Entry, Palette
from ui.file_dialogs import FileDialogs

LEFT = Qt.MouseButton.LeftButton
SIZE = len(HOUSE.entries)
GPL = "GIMP Palette\nName: Harbour\n 59 110 165\tSea\n239 223 176\tSand\n 42  15  56\tNight\n"


class Answers(FileDialogs):
    """Answers every question for a file with the same one."""

    def __init__(self):
        super().__init__()
        self.path = None
        self.offered = ""

    def to_open(self, parent, title, filters):
        return self.path

    def to_save(self, parent, title, name, filters):
        self.offered = name
        return self.path


def furnish(world):
    for slug in ("poet", "unhinged"):
        world.add_painter(slug)
    answers = Answers()
    world.makers = dataclasses.replace(world.makers, dialogs=answers)
    return answers


def show(studio):
    studio.compare.views.show_view(studio.palette)
    return studio.palette


@pytest.fixture
def answers(slow_world):
    return furnish(slow_world)


@pytest.fixture
def studio(slow_world, answers, open_studio, qtbot):
    made = open_studio(slow_world)
    qtbot.waitUntil(lambda: made.palette.model.columnCount() == 4)
    return made


@pytest.fixture
def view(studio):
    return show(studio)


@pytest.fixture
def named(world, open_studio, qtbot):
    answers = furnish(world)
    view = show(open_studio(world))
    view.answers = answers
    qtbot.waitUntil(lambda: view.model.columnCount() == 4 and view.naming.complete)
    return view


def words(view):
    return view.head.words.text()


def colors(view):
    return [entry.hex for entry in view.palette_.entries]


def asked(world, qtbot, color):
    """Wait until the palette has asked about a colour with all painters; return the request's id."""

    def found():
        return [n for n, r in world.client.names() if r.color == color and n not in world.client.cancelled]

    qtbot.waitUntil(lambda: bool(found()))
    return found()[-1]


def import_file(view, qtbot, path, text):
    path.write_text(text, encoding="utf-8")
    view.import_file(path)
    qtbot.waitUntil(lambda: "import" in words(view) or view.head.words.property("tone") == "danger")


def press(qtbot, view, key, *modifiers):
    view.table.setFocus()
    qtbot.waitUntil(view.table.hasFocus)
    qtbot.keyClick(view.table, key, *modifiers)


def test_it_opens_with_the_houses_colours_and_names_come_one_after_another(view, slow_world, qtbot):
    slow_world.client.reply(READY)
    first, second = colors(view)[:2]
    assert colors(view) == [entry.hex for entry in HOUSE.entries]
    request = view.naming._request
    assert slow_world.client.sent[request - 1].color == first
    assert [ref.slug for ref in slow_world.client.sent[request - 1].painters] == ["base", "poet", "unhinged"]
    assert words(view) == f"Naming 0 of {SIZE}"
    slow_world.client.answer(request)
    qtbot.waitUntil(lambda: words(view).startswith(f"Naming 1 of {SIZE}"))
    assert [view.model.index(0, column).data() for column in (1, 2, 3)] == [
        "Sandy Beige",
        "Sunset Dust",
        "Cinnamon Toast",
    ]
    assert slow_world.client.sent[view.naming._request - 1].color == second
    assert view.model.index(1, 1).data() == ""
    assert view.head.bar.share == pytest.approx(1 / SIZE)


def test_it_asks_no_more_once_left_and_goes_on_when_it_is_seen_again(view, studio, slow_world, qtbot):
    slow_world.client.answer(view.naming._request)
    qtbot.waitUntil(lambda: words(view).startswith("Naming 1"))
    request = view.naming._request
    studio.compare.views.switch.choose(0)
    assert request in slow_world.client.cancelled
    assert not view.naming.going
    # A late answer is none.
    slow_world.client.answer(request, {"base": ("Too Late",)})
    show(studio)
    qtbot.waitUntil(lambda: view.naming.going)
    assert view.model.index(1, 1).data() == ""
    assert slow_world.client.sent[view.naming._request - 1].color == colors(view)[1]
    studio.window.open_titled("Judges")
    assert not view.naming.going


def test_naming_is_stopped_and_gone_on_with(view, slow_world, qtbot):
    slow_world.client.answer(view.naming._request)
    qtbot.waitUntil(lambda: words(view).startswith("Naming 1"))
    qtbot.mouseClick(view.head.act, LEFT)
    assert words(view) == f"House colours: 1 of {SIZE} named"
    assert view.head.act.text() == "Name the rest"
    assert not view.head.bar.isVisible()
    qtbot.mouseClick(view.head.act, LEFT)
    assert words(view).startswith("Naming 1")


def test_a_failure_says_why_and_can_be_tried_again(view, slow_world, qtbot):
    slow_world.client.fail(view.naming._request, "The naming service stopped; ask again.")
    qtbot.waitUntil(lambda: "stopped" in words(view))
    assert view.head.act.text() == "Try again"
    qtbot.mouseClick(view.head.act, LEFT)
    slow_world.client.answer(view.naming._request)
    qtbot.waitUntil(lambda: view.model.index(0, 2).data() == "Sunset Dust")
    slow_world.client.fail(0, "The naming service stopped and was started again.")
    qtbot.waitUntil(lambda: "started again" in words(view))
    slow_world.client.reply(READY)
    qtbot.waitUntil(lambda: words(view).startswith("Naming 1"))


def test_rows_in_sight_are_named_first_and_hundreds_are_no_burden(view, slow_world, qtbot, tmp_path):
    import_file(view, qtbot, tmp_path / "all.txt", "\n".join(f"#{i * 30011:06x}" for i in range(500)))
    view.table.scrollToBottom()
    qtbot.waitUntil(lambda: view.table.verticalScrollBar().value() > 1000)
    slow_world.client.answer(view.naming._request)
    seen = [colors(view)[row] for row in view.table.seen()]
    assert len(seen) < 20
    asked(slow_world, qtbot, seen[0])
    # Painted, not built: a widget for each chip would make thousands.
    assert len(view.table.viewport().children()) < 20
    assert view.table.grab().width() == view.table.width()


def test_a_palette_is_imported_and_the_import_undone(view, answers, qtbot, tmp_path):
    answers.path = tmp_path / "harbour.gpl"
    answers.path.write_text(GPL, encoding="utf-8")
    qtbot.mouseClick(view.open, LEFT)
    qtbot.waitUntil(lambda: words(view) == "Harbour is imported: 3 colours.")
    assert [view.model.index(row, 0).data() for row in range(3)] == ["Sea", "Sand", "Night"]
    press(qtbot, view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert colors(view) == [entry.hex for entry in HOUSE.entries]
    assert words(view) == "Undone: the import."
    assert not view.undo.isEnabled()


def test_a_file_is_dropped_and_one_that_is_no_palette_is_told(view, qtbot, tmp_path):
    path = tmp_path / "sea.css"
    path.write_text(":root { --sea: #3b6ea5; }", encoding="utf-8")
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    entered = QDragEnterEvent(
        QPoint(50, 50), Qt.DropAction.CopyAction, mime, LEFT, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(view, entered)
    assert entered.isAccepted()
    dropped = QDropEvent(
        QPointF(50, 50), Qt.DropAction.CopyAction, mime, LEFT, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(view, dropped)
    qtbot.waitUntil(lambda: colors(view) == ["#3b6ea5"])
    import_file(view, qtbot, tmp_path / "torn.gpl", "GIMP Palette\n12 red\n")
    qtbot.waitUntil(lambda: "Line 2" in words(view))
    assert "torn.gpl" in words(view)
    assert colors(view) == ["#3b6ea5"]


def test_a_colour_is_added_removed_and_brought_back(view, studio, qtbot):
    studio.current.set_hex("#123456")
    qtbot.mouseClick(view.add, LEFT)
    assert colors(view)[-1] == "#123456"
    assert view.table.currentIndex().row() == SIZE
    press(qtbot, view, Qt.Key.Key_Delete)
    assert len(colors(view)) == SIZE
    assert words(view).startswith("#123456 is removed")
    # The row above takes its place, so that one can go on.
    assert view.table.currentIndex().row() == SIZE - 1
    qtbot.mouseClick(view.undo, LEFT)
    assert colors(view)[-1] == "#123456"
    view.table.selectAll()
    press(qtbot, view, Qt.Key.Key_Delete)
    assert colors(view) == []
    assert not view.deck.isEnabled()
    press(qtbot, view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert len(colors(view)) == SIZE + 1


def test_enter_and_two_presses_make_a_colour_the_current_one(view, studio, qtbot):
    view.table.setCurrentIndex(view.model.index(3, 1))
    press(qtbot, view, Qt.Key.Key_Return)
    assert studio.current.hex == colors(view)[3]
    at = view.table.visualRect(view.model.index(1, 2)).center()
    qtbot.mouseClick(view.table.viewport(), LEFT, pos=at)
    qtbot.mouseDClick(view.table.viewport(), LEFT, pos=at)
    assert studio.current.hex == colors(view)[1]


def test_colours_are_labelled_and_moved_by_keys(view, qtbot):
    view.table.setCurrentIndex(view.model.index(0, 0))
    press(qtbot, view, Qt.Key.Key_F2)
    field = QApplication.focusWidget()
    qtbot.keyClicks(field, "My Clay")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: view.palette_.entries[0].label == "My Clay")
    press(qtbot, view, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert view.palette_.entries[1].label == "My Clay"
    assert view.table.currentIndex().row() == 1
    press(qtbot, view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    press(qtbot, view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert view.palette_ == HOUSE


def test_a_name_is_copied(named, qtbot):
    named.table.setCurrentIndex(named.model.index(0, 2))
    press(qtbot, named, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "Sunset Dust"


@pytest.mark.parametrize("kind", ["ase", "gpl", "css", "json"])
def test_it_is_exported_with_a_painters_names(named, kind, qtbot, tmp_path):
    named.answers.path = tmp_path / f"mine.{kind}"
    named.speaker.choose("unhinged")
    (action,) = [a for a in named.menu.actions() if f".{kind}" in a.text()]
    action.trigger()
    qtbot.waitUntil(lambda: words(named) == f"mine.{kind} is saved.")
    assert named.answers.offered == f"house-colours.{kind}"
    data = named.answers.path.read_bytes()
    found = palettes.read(data)
    assert [entry.hex for entry in found.entries] == colors(named)
    assert found.entries[0].label == ("cinnamon-toast" if kind == "css" else "Cinnamon Toast")
    if kind == "json":
        names = json.loads(data)["colors"][0]["names"]
        assert names == {"base": "Sandy Beige", "poet": "Sunset Dust", "unhinged": "Cinnamon Toast"}


def test_what_cannot_be_written_is_told(named, qtbot, tmp_path):
    named.answers.path = tmp_path / "nowhere" / "mine.gpl"
    named.menu.actions()[1].trigger()
    qtbot.waitUntil(lambda: "cannot be written" in words(named))
    # A name without an ending gets one, but never another file's place.
    (tmp_path / "mine.gpl").write_text("mine", encoding="utf-8")
    named.answers.path = tmp_path / "mine"
    named.menu.actions()[1].trigger()
    qtbot.waitUntil(lambda: "is there already" in words(named))
    assert (tmp_path / "mine.gpl").read_text(encoding="utf-8") == "mine"


def test_the_palette_is_there_again_the_next_time(world, open_studio, qtbot, tmp_path):
    furnish(world)
    studio = open_studio(world)
    view = show(studio)
    import_file(view, qtbot, tmp_path / "harbour.gpl", GPL)
    open_studio.close(studio)
    again = open_studio(world).palette
    qtbot.waitUntil(lambda: again.palette_.name == "Harbour")
    assert again.palette_ == Palette(
        "Harbour", (Entry("#3b6ea5", "Sea"), Entry("#efdfb0", "Sand"), Entry("#2a0f38", "Night"))
    )


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_a_fan_deck_is_saved_and_opens_again(named, kind, qtbot, tmp_path):
    qtbot.mouseClick(named.deck, LEFT)
    fan = named.fan
    qtbot.waitUntil(lambda: not fan.preview.image.isNull())
    named.answers.path = tmp_path / f"deck.{kind}"
    qtbot.mouseClick(fan.save, LEFT)
    qtbot.waitUntil(lambda: fan.said.text() == f"deck.{kind} is saved.")
    check_picture(named.answers.path, 3200, 2000, pages=1, says="Sunset Dust")
    fan.close()


def check_picture(path, width, height, pages, says):
    data = path.read_bytes()
    if path.suffix == ".png":
        picture = QImage(str(path))
        assert (picture.width(), picture.height()) == (width, height)
        assert says in picture.text("Description")
        # More than its ground was painted.
        some = {picture.pixel(x, height // 3) for x in range(0, width, 7)}
        assert len(some) > 8 or (width < 2000 and len(some) > 1)
    elif path.suffix == ".svg":
        drawing = QSvgRenderer(str(path))
        assert drawing.isValid()
        assert drawing.viewBoxF().width() == width / 2
        assert says in data.decode()
        # Letters are outlines: nobody else has the fonts.
        assert b"<text" not in data
    else:
        assert data.startswith(b"%PDF-")
        assert data.count(b"/Type /Page\n") == pages
        assert b"Inter" in data


def test_a_pdf_of_many_colours_has_many_pages(named, qtbot, tmp_path):
    import_file(named, qtbot, tmp_path / "all.txt", "\n".join(f"#{i * 139_999:06x}" for i in range(100)))
    qtbot.waitUntil(lambda: named.naming.complete, timeout=20_000)
    qtbot.mouseClick(named.deck, LEFT)
    assert "first of 3 pages" in named.fan.said.text()
    named.answers.path = tmp_path / "deck.pdf"
    qtbot.mouseClick(named.fan.save, LEFT)
    qtbot.waitUntil(lambda: "saved" in named.fan.said.text())
    check_picture(named.answers.path, 0, 0, pages=3, says="")
    named.fan.close()


def test_a_fan_deck_shows_another_painter_the_rows_picked_out_and_is_copied(named, qtbot):
    named.table.setCurrentIndex(named.model.index(0, 0))
    named.table.selectionModel().select(
        named.model.index(1, 0),
        named.table.selectionModel().SelectionFlag.Select | named.table.selectionModel().SelectionFlag.Rows,
    )
    qtbot.mouseClick(named.deck, LEFT)
    fan = named.fan
    fan.speaker.choose("unhinged")
    fan.order.choose(1)
    (sheet,) = fan.sheets
    assert sheet.title == "Unhinged"
    assert sheet.subtitle == "House colours · 2 colours"
    fields = [field for strip in sheet.strips for field in strip]
    assert [(f.color, f.name) for f in fields] == [(c, "Cinnamon Toast") for c in colors(named)[:2]]
    qtbot.mouseClick(fan.copy, LEFT)
    qtbot.waitUntil(lambda: "copied" in fan.said.text())
    assert QGuiApplication.clipboard().image().width() == 3200
    fan.close()


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_a_chip_is_saved_from_its_menu(named, kind, qtbot, tmp_path):
    menu = named.offers(0, 2)
    named.answers.path = tmp_path / f"chip.{kind}"
    (action,) = [a for a in menu.actions() if "picture" in a.text()]
    action.trigger()
    qtbot.waitUntil(lambda: words(named) == f"chip.{kind} is saved.")
    assert named.answers.offered == "sunset-dust.png"
    check_picture(named.answers.path, 1240, 1640, pages=1, says="Sunset Dust")


def test_another_ending_is_told(named, qtbot, tmp_path):
    named.answers.path = tmp_path / "chip.bmp"
    (action,) = [a for a in named.offers(0, 1).actions() if "picture" in a.text()]
    action.trigger()
    qtbot.waitUntil(lambda: ".png, .svg or .pdf" in words(named))


def test_hostile_names_are_painted_as_text(view, slow_world, qtbot):
    evil = "<b>Rose</b> & " + "x" * 10_000
    said = {"base": (evil,), "poet": ("\x00\n\u202e" + "é" * 300,), "unhinged": ("",)}
    slow_world.client.answer(view.naming._request, said)
    qtbot.waitUntil(lambda: view.model.index(0, 1).data() == evil)
    assert view.table.grab().width() == view.table.width()
    (sheet,) = view.fans("base", True)
    assert "<b>Rose</b>" in sheet.words
    assert "x" * 200 not in sheet.words

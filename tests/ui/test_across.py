"""What belongs to no page: palette, keys, settings and words explained."""

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QSplitter, QToolTip, QWidget

from studio.settings import SettingsStore
from studio.views import recipe_fields
from studio.views.plots import Panel
from ui.terms import Term, explain, term_for
from ui.theme import DARK, LIGHT
from ui.widgets.basics import Label

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def studio(world, open_studio):
    world.add_painter("poet")
    return open_studio(world)


def press(qtbot, studio, key, modifier=Qt.KeyboardModifier.NoModifier):
    qtbot.keyClick(QApplication.focusWidget() or studio.window, key, modifier)


def open_finder(qtbot, studio, query=""):
    press(qtbot, studio, Qt.Key.Key_K, CTRL)
    finder = studio.across._finder
    assert finder.isVisible()
    assert finder.field.hasFocus()
    qtbot.keyClicks(finder.field, query)
    return finder


# The palette.


def test_the_palette_goes_to_a_page_by_keys_alone(studio, qtbot):
    finder = open_finder(qtbot, studio, "trai")
    assert finder.shown[0].entry.title == "Train"
    press(qtbot, studio, Qt.Key.Key_Return)
    assert not finder.isVisible()
    assert studio.window.title == "Train"


def test_the_palette_finds_judges_painters_terms_and_actions(studio, qtbot):
    finder = open_finder(qtbot, studio, "unhinged")
    assert finder.shown[0].entry.kind == "Judge"
    press(qtbot, studio, Qt.Key.Key_Return)
    assert (studio.window.title, studio.judges.opened) == ("Judges", "unhinged")
    for query, kind in (("poet", "Judge"), ("advantage", "Term"), ("dark", "Action")):
        finder = open_finder(qtbot, studio, query)
        assert kind in [offer.entry.kind for offer in finder.shown]
        press(qtbot, studio, Qt.Key.Key_Escape)
    assert "Painter" in [offer.entry.kind for offer in studio.across.offers()]


def test_a_colour_typed_into_the_palette_becomes_current(studio, qtbot):
    finder = open_finder(qtbot, studio, "#3b6ea5")
    assert finder.shown[0].entry.kind == "Colour"
    press(qtbot, studio, Qt.Key.Key_Return)
    assert studio.current.hex == "#3b6ea5"


def test_the_palettes_arrows_go_round_and_escape_gives_the_focus_back(studio, qtbot):
    studio.compare.picker.hex.setFocus()
    finder = open_finder(qtbot, studio)
    press(qtbot, studio, Qt.Key.Key_Up)
    assert finder.list.currentRow() == len(finder.shown) - 1
    press(qtbot, studio, Qt.Key.Key_Down)
    assert finder.list.currentRow() == 0
    press(qtbot, studio, Qt.Key.Key_PageDown)
    assert finder.list.currentRow() == 9
    press(qtbot, studio, Qt.Key.Key_Escape)
    assert studio.compare.picker.hex.hasFocus()


def test_nothing_found_is_said(studio, qtbot):
    finder = open_finder(qtbot, studio, "xyzzy")
    assert "xyzzy" in finder.none.text()
    assert finder.none.isVisible()
    press(qtbot, studio, Qt.Key.Key_Return)
    assert finder.isVisible()


def test_every_offer_of_the_palette_can_be_painted_in_both_schemes(studio, qtbot):
    finder = open_finder(qtbot, studio, "e")
    for mode in ("light", "dark"):
        studio.theme.set_mode(mode)
        assert not finder.grab().isNull()


def test_what_a_page_cannot_do_now_is_not_offered(studio, qtbot):
    titles = [offer.entry.title for offer in studio.across.offers()]
    assert "Stop and save" not in titles
    assert "New judge" in titles


# Keys.


def test_f1_and_the_question_mark_show_all_keys(studio, qtbot):
    for key in (Qt.Key.Key_F1, Qt.Key.Key_Question):
        press(qtbot, studio, key)
        sheet = studio.across._keys
        assert sheet.isVisible()
        listed = dict(row[::-1] for _, rows in sheet.sections for row in rows)
        assert listed["Find anything"] == "Ctrl+K"
        assert listed["Train"] == "Ctrl+3"
        assert listed["Start training"] == "Ctrl+Return"
        press(qtbot, studio, Qt.Key.Key_Escape)
        assert not sheet.isVisible()


def test_every_shortcut_is_listed_once(studio):
    for heading, rows in studio.across._sections():
        keys = [key for shortcut, _ in rows for key in shortcut.split(", ")]
        assert len(set(keys)) == len(keys), heading


# Settings.


def open_settings(qtbot, studio):
    press(qtbot, studio, Qt.Key.Key_Comma, CTRL)
    sheet = studio.across._sheet
    assert sheet.isVisible()
    return sheet


def test_settings_are_made_by_keys_and_written_at_once(studio, world, qtbot):
    sheet = open_settings(qtbot, studio)
    assert sheet.theme.hasFocus()
    press(qtbot, studio, Qt.Key.Key_Right)
    assert studio.theme.tokens is LIGHT
    press(qtbot, studio, Qt.Key.Key_Right)
    assert studio.theme.tokens is DARK
    press(qtbot, studio, Qt.Key.Key_Tab)
    assert sheet.motion.hasFocus()
    press(qtbot, studio, Qt.Key.Key_Right)
    assert studio.theme.motion
    press(qtbot, studio, Qt.Key.Key_Right)
    assert not studio.theme.motion
    store = SettingsStore(world.home)
    qtbot.waitUntil(lambda: (store.load()[0].theme, store.load()[0].motion) == ("dark", "off"))


def test_tab_stays_within_a_sheet(studio, qtbot):
    sheet = open_settings(qtbot, studio)
    seen = set()
    for _ in range(30):
        press(qtbot, studio, Qt.Key.Key_Tab)
        seen.add(QApplication.focusWidget())
    assert all(sheet.isAncestorOf(widget) for widget in seen)
    assert {sheet.leave, sheet.base, sheet.browse, sheet.tour, *sheet.opened} <= seen
    assert all(widget.accessibleName() for widget in seen)
    press(qtbot, studio, Qt.Key.Key_Tab, Qt.KeyboardModifier.ShiftModifier)
    assert sheet.isAncestorOf(QApplication.focusWidget())


def test_text_grows_live_and_back_to_what_it_was(studio, qtbot):
    label, field = studio.window.header.title, studio.compare.picker.hex
    before = {widget: widget.font().pixelSize() for widget in (label, field)}
    heights = {widget: widget.height() for widget in (studio.window.header, studio.train.form.start)}
    for _ in range(3):
        press(qtbot, studio, Qt.Key.Key_Plus, CTRL)
    assert studio.settings.text_size == 150
    assert {w: round(size * 1.5) for w, size in before.items()} == {w: w.font().pixelSize() for w in before}
    assert studio.window.header.height() == heights[studio.window.header] * 1.5
    for _ in range(5):
        press(qtbot, studio, Qt.Key.Key_Minus, CTRL)
    assert studio.settings.text_size == 100
    assert before == {widget: widget.font().pixelSize() for widget in before}
    assert heights == {widget: widget.height() for widget in heights}


def test_every_size_comes_back_to_each_font(studio):
    sizes = (12, 13, 15, 20, 28, 44)
    labels = [Label(studio.theme, "x", size) for size in sizes]
    for scale in (1.1, 1.25, 1.5, 1.1, 1.0):
        studio.theme.set_scale(scale)
        # Another scheme must leave fonts alone.
        studio.theme.set_mode("dark" if studio.theme.mode == "light" else "light")
        assert [label.font().pixelSize() for label in labels] == [studio.theme.px(size) for size in sizes]


@pytest.mark.parametrize("scale", [1.25, 1.5])
def test_the_window_keeps_its_size_with_large_text(studio, qtbot, scale):
    studio.window.resize(1100, 700)
    studio.theme.set_scale(scale)
    for page in studio.window.pages:
        studio.window.open_titled(page.title)
        qtbot.waitUntil(page.isVisible)
        assert (studio.window.width(), studio.window.height()) == (1100, 700)


def test_another_device_starts_the_service_anew(studio, world, qtbot):
    sheet = open_settings(qtbot, studio)
    sheet.device.setFocus()
    press(qtbot, studio, Qt.Key.Key_Right)
    assert world.client.used == [("", "cpu")]
    assert studio.settings.device == "cpu"


def test_a_folder_that_is_no_base_is_refused_beside_the_field(studio, world, qtbot, tmp_path):
    sheet = open_settings(qtbot, studio)
    sheet.base.setText(str(tmp_path))
    sheet.base.editingFinished.emit()
    qtbot.waitUntil(lambda: bool(sheet.base_field.fault))
    assert "There is no base" in sheet.base_field.fault
    assert world.client.used == []
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "model.safetensors").write_bytes(b"")
    sheet.base.editingFinished.emit()
    qtbot.waitUntil(lambda: world.client.used == [(str(tmp_path), "auto")])
    assert not sheet.base_field.fault
    qtbot.mouseClick(sheet.embedded, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: world.client.used[-1] == ("", "auto"))


def test_base_and_device_are_used_from_the_start(world, open_studio):
    (world.home / "settings.toml").write_text('toured = true\ndevice = "cpu"\ntext_size = 125\n')
    studio = open_studio(world)
    assert world.client.used == [("", "cpu")]
    assert studio.window.header.title.font().pixelSize() == 25


# Words.


@pytest.fixture
def term(studio, qtbot):
    label = Term(studio.theme, "Bar", 13)
    label.setParent(studio.compare)
    label.setGeometry(10, 10, 60, 20)
    label.show()
    return label


def test_a_term_is_defined_where_the_pointer_rests(studio, term, qtbot):
    at = term.rect().center()
    event = QHelpEvent(QEvent.Type.ToolTip, at, term.mapToGlobal(at))
    QApplication.sendEvent(term, event)
    assert QToolTip.text() == studio.across.glossary.find("bar").one
    QToolTip.hideText()


def test_a_term_that_is_clicked_or_asked_for_by_f1_is_opened(studio, term, qtbot):
    with qtbot.waitSignal(studio.window.term_asked) as asked:
        qtbot.mouseClick(term, Qt.MouseButton.LeftButton)
    assert asked.args == ["bar"]
    field = studio.compare.picker.hex
    explain(field, "colour")
    assert term_for(field) == "colour"
    opened = []
    object.__setattr__(studio.across._ways, "term", opened.append)
    field.setFocus()
    press(qtbot, studio, Qt.Key.Key_F1)
    assert opened == ["colour"]


def test_every_term_that_is_marked_is_in_the_glossary(studio):
    for widget in studio.window.findChildren(QWidget):
        word = widget.property("term")
        assert not word or studio.across._define(word), (widget, word)


MARKED = {
    *("painter", "base", "panel", "taste", "guard", "gate", "reward", "effective-names", "entropy", "group"),
    *("kl", "advantage", "lora", "rank", "seed", "checkpoint", "temperature", "contrast-judge", "sameness"),
}
"""Terms that show on the pages, and where they show must be marked."""


def test_words_that_show_are_marked_as_terms(studio, world, qtbot):
    qtbot.waitUntil(lambda: studio.train.pane.plotted, timeout=20000)
    for page in studio.window.pages:
        studio.window.open_titled(page.title)
    form = studio.train.form
    form.fold.head.click()
    qtbot.waitUntil(lambda: len(form.advanced.findChildren(Term)) >= len(recipe_fields.TERMS), timeout=20000)
    ticks = ((0.0, "0"), (0.5, ""), (1.0, "1"))
    for titled, key in zip(studio.train.pane.plot.small, ("names", "entropy", "kl"), strict=True):
        titled.show_panel(Panel(key=key, title=key, top=1.0, ticks=ticks, traces=()), 0, 1)
    marked = {
        (studio.across.glossary.find(word) or studio.across.glossary.get(word)).slug
        for widget in studio.window.findChildren(QWidget)
        if (word := widget.property("term")) and studio.across._define(word)
    }
    assert marked >= MARKED


@pytest.mark.parametrize("stage", range(5))
def test_each_stage_of_the_strip_over_a_training_is_defined(studio, stage):
    flow = studio.train.pane.flow
    flow.resize(500, 64)
    at = QPoint(stage * 100 + 50, 20)
    flow.event(QHelpEvent(QEvent.Type.ToolTip, at, flow.mapToGlobal(at)))
    assert studio.across._define(flow.property("term"))


# What is remembered.


def test_splitters_stand_where_they_were_left(world, open_studio, qtbot):
    world.add_painter("poet")
    studio = open_studio(world)
    parts = QSplitter(studio.compare)
    parts.setObjectName("test parts")
    for _ in range(2):
        parts.addWidget(QWidget())
    parts.resize(400, 100)
    parts.setSizes([100, 296])
    state = studio.window.splitters()
    parts.setSizes([300, 96])
    studio.window.restore_splitters(state)
    assert studio.window.splitters() == state
    open_studio.close(studio)
    assert SettingsStore(world.home).load()[0].splitters == state


def test_what_was_chosen_is_written_while_the_window_is_open(world, open_studio, qtbot):
    """A window that is killed has lost what was done in its last two seconds, no more."""
    world.add_painter("poet")
    studio = open_studio(world)
    studio._settling.setInterval(20)
    studio.window.open_titled("Learn")
    studio.current.set_hex("#123456")
    studio.current.settled.emit("#123456")

    def written() -> bool:
        settings = SettingsStore(world.home).load()[0]
        return (settings.color, settings.page) == ("#123456", "Learn")

    qtbot.waitUntil(written)

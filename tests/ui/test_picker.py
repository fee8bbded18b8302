"""The picker, driven as a person would."""

import math
import statistics
import time

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QPixmap

from engine import color as colors
from studio.settings import SettingsStore


@pytest.fixture
def studio(world, open_studio):
    return open_studio(world)


@pytest.fixture
def picker(studio):
    return studio.compare.picker


@pytest.fixture
def current(studio):
    return studio.current


def enter(qtbot, picker, text):
    picker.hex.setFocus()
    picker.hex.selectAll()
    qtbot.keyClicks(picker.hex, text)
    qtbot.keyClick(picker.hex, Qt.Key.Key_Return)


def around(picker, hue):
    return picker.ring.place(hue).toPoint()


def test_the_ring_is_turned_by_a_drag_that_may_leave_it(picker, current, qtbot):
    share, lightness = picker.pad.share(), current.lch[0]
    qtbot.mousePress(picker.ring, Qt.MouseButton.LeftButton, pos=around(picker, 40))
    assert current.lch[2] == pytest.approx(40, abs=1)
    for hue in range(50, 210, 10):
        qtbot.mouseMove(picker.ring, around(picker, hue))
    assert current.lch[2] == pytest.approx(200, abs=1)
    # Towards the middle, once it has hold of the ring.
    middle = picker.ring.rect().center()
    qtbot.mouseMove(picker.ring, (around(picker, 260) + middle) / 2)
    assert current.lch[2] == pytest.approx(260, abs=2)
    qtbot.mouseRelease(picker.ring, Qt.MouseButton.LeftButton, pos=middle)
    assert picker.pad.share() == share
    assert current.lch[0] == lightness


def test_a_press_beside_the_ring_turns_nothing(picker, current, qtbot):
    before = current.hex
    qtbot.mousePress(picker.ring, Qt.MouseButton.LeftButton, pos=QPoint(3, 3))
    assert current.hex == before


def test_the_true_shape_has_one_scale_and_ends_at_srgbs_edge(picker, current, qtbot):
    current.set_lch(0.6, 0.05, 200)
    qtbot.mouseClick(picker.wheel.gamut, Qt.MouseButton.LeftButton)
    assert picker.pad.true_shape
    pad = picker.pad
    qtbot.mouseClick(
        pad, Qt.MouseButton.LeftButton, pos=QPoint(round(0.06 / 0.33 * pad.width()), pad.height() // 2)
    )
    assert current.lch[1] == pytest.approx(0.06, abs=0.003)
    qtbot.mouseClick(pad, Qt.MouseButton.LeftButton, pos=QPoint(pad.width() - 2, pad.height() // 2))
    assert current.lch[1] == pytest.approx(float(colors.max_chroma(current.lch[0], 200)), abs=1e-4)
    picture = pad.grab().toImage()
    ratio = picture.width() / pad.width()
    beyond = picture.pixelColor(int((pad.width() - 20) * ratio), int(pad.height() * 0.3 * ratio))
    assert colors.oklch(beyond.name())[1] < 0.01
    qtbot.keyClick(picker.wheel.gamut, Qt.Key.Key_Space)
    assert not pad.true_shape


def test_sliders_move_one_figure_and_leave_the_others(picker, current, qtbot):
    for rows, axis in ((picker.figures.rows[0], 0), (picker.figures.rows[0], 2)):
        slider, before = rows.sliders[axis], current.lch
        qtbot.mouseClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(slider.width() // 2, 11))
        assert (current.lch[0] == pytest.approx(0.5, abs=0.02)) or axis
        assert current.lch[2] == before[2] or axis
    assert current.lch[2] == pytest.approx(180, abs=3)
    hue = picker.figures.rows[0].sliders[2]
    qtbot.keyClick(hue, Qt.Key.Key_End)
    qtbot.keyClick(hue, Qt.Key.Key_Right)
    assert current.lch[2] == pytest.approx(1, abs=0.01)
    qtbot.keyClick(hue, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert current.lch[2] == pytest.approx(0.9, abs=0.01)
    chroma = picker.figures.rows[0].sliders[1]
    qtbot.mouseClick(chroma, Qt.MouseButton.LeftButton, pos=QPoint(chroma.width() - 2, 11))
    assert current.lch[1] == pytest.approx(float(colors.max_chroma(current.lch[0], current.lch[2])))
    qtbot.keyClick(chroma, Qt.Key.Key_Home)
    assert current.lch[1] == 0
    assert current.lch[2] == pytest.approx(0.9, abs=0.01)


def test_rgb_and_hsl_are_chosen_by_segments(picker, current, qtbot):
    segments = picker.figures.segments
    qtbot.mouseClick(segments, Qt.MouseButton.LeftButton, pos=QPoint(segments.width() - 5, 14))
    red, green, blue = picker.figures.rows[2].fields
    assert red.isVisible()
    assert [field.value() for field in (red, green, blue)] == [212, 132, 117]
    red.setValue(10)
    assert current.hex == "#0a8475"
    slider = picker.figures.rows[2].sliders[2]
    qtbot.keyClick(slider, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    assert current.hex == "#0a8476"
    segments.setFocus()
    qtbot.keyClick(segments, Qt.Key.Key_Left)
    hue, saturation, lightness = picker.figures.rows[1].fields
    assert hue.isVisible()
    current.set_hex("#d48475")
    assert hue.value() == pytest.approx(9.5, abs=0.06)
    # Through grey and white, and back: what was entered stays.
    saturation.setValue(0)
    assert hue.value() == pytest.approx(9.5, abs=0.06)
    hue.setValue(200)
    assert hue.value() == 200
    lightness.setValue(100)
    assert current.hex == "#ffffff"
    lightness.setValue(50)
    saturation.setValue(50)
    assert hue.value() == pytest.approx(200, abs=0.1)
    assert current.hex == colors.from_srgb(colors.hsl_to_srgb([200, 0.5, 0.5]))


@pytest.mark.parametrize(
    ("text", "hex"),
    [
        ("rgb(10 132 118)", "#0a8476"),
        ("hsl(200, 50%, 50%)", "#4095bf"),
        ("rebeccapurple", "#663399"),
        ("#abc", "#aabbcc"),
        ("color: #123456;", "#123456"),
    ],
)
def test_any_css_is_taken(picker, current, qtbot, text, hex):
    enter(qtbot, picker, text)
    assert current.hex == hex
    assert picker.hex.text() == hex
    assert not picker.fault.isVisible()


def test_oklch_is_taken_exactly_and_what_is_beyond_srgb_is_said(picker, current, qtbot):
    enter(qtbot, picker, "oklch(70% 0.1 30)")
    assert current.lch == pytest.approx((0.7, 0.1, 30))
    assert not picker.field.note.isVisible()
    enter(qtbot, picker, "oklch(70% 0.4 30)")
    assert picker.field.note.text() == "Beyond sRGB; this is the nearest it can show."
    assert picker.field.note.isVisible()
    current.set_hex("#123456")
    assert not picker.field.note.isVisible()


def test_a_known_name_is_looked_up_and_a_misspelt_one_asked_about(picker, current, qtbot):
    enter(qtbot, picker, "acapulco sun")
    qtbot.waitUntil(lambda: current.hex == "#eb8a44", timeout=30_000)
    assert "Acapulco Sun" in picker.field.note.text()
    assert picker.hex.text() == "#eb8a44"
    enter(qtbot, picker, "Acapulko Sun")
    qtbot.waitUntil(picker.fault.isVisible, timeout=30_000)
    assert "did you mean Acapulco Sun?" in picker.fault.text()
    assert current.hex == "#eb8a44"


def test_what_is_typed_while_names_are_looked_up_wins(picker, current, qtbot):
    enter(qtbot, picker, "acapulco sun")
    enter(qtbot, picker, "#123456")
    done = []
    picker.field._background.run(lambda: None, lambda _: done.append(1), lambda _: None)
    qtbot.waitUntil(lambda: bool(done), timeout=30_000)
    assert current.hex == "#123456"


def test_a_very_long_text_gets_a_sentence(picker, current, qtbot):
    QGuiApplication.clipboard().setText("x" * 10_000)
    picker.hex.setFocus()
    picker.hex.selectAll()
    picker.hex.paste()
    qtbot.keyClick(picker.hex, Qt.Key.Key_Return)
    assert "too long" in picker.fault.text()
    assert current.hex == "#d48475"


def test_the_colour_is_copied_in_each_form(picker, current, qtbot):
    menu = picker.field.menu()
    assert [action.text().partition("\t")[0] for action in menu.actions()] == [
        "Hex",
        "RGB",
        "HSL",
        "OKLCH",
        "color()",
        "CSS",
    ]
    menu.actions()[3].trigger()
    assert QGuiApplication.clipboard().text() == "oklch(69.3% 0.102 31.3)"
    assert "is copied" in picker.field.note.text()
    qtbot.mouseClick(picker.field.copy, Qt.MouseButton.LeftButton)
    popup = QGuiApplication.focusWindow()
    assert popup is not None
    qtbot.keyClick(picker.pad, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "#d48475"


def test_a_colour_is_pasted_anywhere_on_the_picker(picker, current, qtbot):
    QGuiApplication.clipboard().setText("hsl(200 50% 50%)")
    qtbot.keyClick(picker.pad, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert current.hex == "#4095bf"


def test_harmonies_follow_and_are_chosen(picker, current, qtbot):
    current.set_lch(0.7, 0.06, 30)
    picker.trays.choose(1)
    assert picker.harmonies.isVisible()
    assert not picker.history.isVisible()
    assert [group.name for group in picker.harmonies.groups] == ["Complement", "Analogous", "Triad", "Split"]
    at = picker.harmonies.rects()[0].center().toPoint()
    qtbot.mouseClick(picker.harmonies, Qt.MouseButton.LeftButton, pos=at)
    assert current.lch == pytest.approx((0.7, 0.06, 210))
    qtbot.keyClick(picker.harmonies, Qt.Key.Key_Right)
    qtbot.keyClick(picker.harmonies, Qt.Key.Key_Return)
    assert current.lch[2] == pytest.approx(180)
    assert all(rect.right() <= picker.harmonies.width() + 1 for rect in picker.harmonies.rects())


def test_contrast_is_told_in_words(picker, current):
    picker.trays.choose(2)
    assert picker.contrast.words == ["Black 7.35 AAA", "White 2.85 Too weak"]
    current.set_hex("#000000")
    assert picker.contrast.accessibleDescription() == "Black 1.00 Too weak; White 21.00 AAA"


def test_how_the_picker_was_left_is_remembered(world, open_studio, qtbot):
    studio = open_studio(world)
    picker = studio.compare.picker
    with qtbot.waitSignal(studio.current.settled):
        studio.current.set_hex("#3b6ea5")
    picker.figures.segments.choose(2)
    picker.wheel.gamut.click()
    open_on_close = open_studio.close
    open_on_close(studio)
    saved, notice = SettingsStore(world.home).load()
    assert not notice
    assert saved.picker.history[:2] == ("#3b6ea5", "#d48475")
    studio = open_studio(world)
    again = studio.compare.picker
    assert again.history.colors == ["#3b6ea5", "#d48475"]
    assert again.figures.place == 2
    assert again.figures.rows[2].isVisible()
    assert again.pad.true_shape
    assert again.wheel.gamut.isChecked()


@pytest.mark.parametrize("size", [(1000, 680), (1100, 700), (1280, 800), (1600, 1000)])
def test_the_picker_fits_without_scrolling(studio, picker, qtbot, size):
    studio.window.resize(*size)
    for place in range(4):
        picker.trays.choose(place)
        qtbot.waitUntil(lambda: picker.wheel.ring.width() == picker.wheel.ring.height() > 170)
        assert studio.compare._side.verticalScrollBar().maximum() == 0
    tall = size[1] >= 1000
    assert picker.history.isVisible() is tall
    assert picker.trays.isVisible() is not tall
    for widget in (picker.hex, picker.picture, picker.contrast):
        if widget.isVisible():
            assert widget.mapTo(picker, widget.rect().bottomRight()).x() <= picker.width()


def test_a_repaint_during_a_drag_fits_into_half_a_frame(picker, current):
    paper, taken = QPixmap(400, 400), {}
    sliders = picker.figures.rows[0].sliders
    for turn in range(25):
        current.set_lch(0.6 + 0.1 * math.sin(turn), 0.1, 14.0 * turn)
        for name, widget in (
            ("pad", picker.pad),
            ("ring", picker.ring),
            ("L", sliders[0]),
            ("H", sliders[2]),
        ):
            start = time.thread_time()
            widget.render(paper)
            taken.setdefault(name, []).append(time.thread_time() - start)
    # The goal is 8 ms on a quiet machine (tests/bench/picker.py); here others work too.
    assert max(statistics.median(times) for times in taken.values()) < 0.016

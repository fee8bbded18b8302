"""Where else the picker gets colours from: pictures, what is dropped on it, and the screen."""

import struct
import zlib

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QGuiApplication, QImage, QPixmap
from PySide6.QtWidgets import QFileDialog

from engine import color as colors
from ui.widgets.eyedropper import Eyedropper, why_not


@pytest.fixture
def studio(world, open_studio):
    return open_studio(world)


@pytest.fixture
def picker(studio):
    return studio.compare.picker


@pytest.fixture
def current(studio):
    return studio.current


def drop(widget, data, at=None):
    """Drag something over a widget and let go."""
    place = QPointF(at or widget.rect().center())
    buttons, keys, copy = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.DropAction.CopyAction
    over = QDragEnterEvent(place.toPoint(), copy, data, buttons, keys)
    QGuiApplication.sendEvent(widget, over)
    assert over.isAccepted()
    QGuiApplication.sendEvent(widget, QDropEvent(place, copy, data, buttons, keys))


def picture(path, areas, side=60):
    """Write a picture of stripes, each of a colour and a height."""
    rows = [np.tile(colors.to_bytes(colors.to_srgb(color)), (height, side, 1)) for color, height in areas]
    rgb = np.ascontiguousarray(np.concatenate(rows))
    image = QImage(rgb.data, side, len(rgb), 3 * side, QImage.Format.Format_RGB888).copy()
    if path is not None:
        assert image.save(str(path))
    return image


def test_a_dropped_picture_gives_its_colours(picker, current, qtbot, tmp_path):
    path = tmp_path / "harbour.png"
    picture(path, (("#5b87b8", 60), ("#2f4a35", 30), ("#d0271d", 10)))
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    drop(picker, data)
    qtbot.waitUntil(lambda: bool(picker.picture.shares.colors), timeout=30_000)
    assert picker.trays.place == 3
    shares = picker.picture.shares
    assert shares.isVisible()
    assert shares.colors == ["#5b87b8", "#2f4a35", "#d0271d"]
    assert picker.picture.source.text() == "harbour.png"
    assert shares.says(0) == "#5b87b8, 60% of the picture"
    assert shares.rects()[-1].right() <= shares.width() + 1
    qtbot.mouseClick(shares, Qt.MouseButton.LeftButton, pos=shares.rects()[2].center().toPoint())
    assert current.hex == "#d0271d"


def test_a_picture_is_pasted_or_chosen(picker, qtbot, tmp_path, monkeypatch):
    picker.trays.choose(3)
    QGuiApplication.clipboard().setImage(picture(None, (("#5b87b8", 60), ("#2f4a35", 30))))
    qtbot.mouseClick(picker.picture.paste, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: picker.picture.shares.colors == ["#5b87b8", "#2f4a35"], timeout=30_000)
    path = tmp_path / "red.bmp"
    picture(path, (("#d0271d", 10),))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    qtbot.mouseClick(picker.picture.open, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: picker.picture.shares.colors == ["#d0271d"], timeout=30_000)


def bomb():
    """Return a PNG whose header claims 60,000 × 60,000 pixels."""

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"0" * 999))


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("notes.png", b"only words", "is no picture that can be read"),
        ("empty.jpg", b"", "is no picture that can be read"),
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "is no picture that can be read"),
        ("bomb.png", bomb(), "too many"),
        ("folder", None, "is no file that can be read"),
    ],
)
def test_what_is_no_picture_gets_a_sentence(picker, current, qtbot, tmp_path, name, content, sentence):
    path = tmp_path / name
    path.mkdir() if content is None else path.write_bytes(content)
    picker.trays.choose(3)
    picker.picture.take_file(path)
    qtbot.waitUntil(lambda: sentence in picker.picture.fault.text())
    assert picker.picture.fault.isVisible()
    assert current.hex == "#d48475"


def test_a_torn_picture_gets_a_sentence_and_the_colours_before_stay(picker, qtbot, tmp_path):
    sound, torn = tmp_path / "sound.png", tmp_path / "torn.png"
    picture(sound, (("#5b87b8", 60), ("#2f4a35", 30)))
    torn.write_bytes(sound.read_bytes()[:70])
    picker.trays.choose(3)
    picker.picture.take_file(sound)
    qtbot.waitUntil(lambda: bool(picker.picture.shares.colors), timeout=30_000)
    picker.picture.take_file(torn)
    qtbot.waitUntil(picker.picture.fault.isVisible)
    assert "torn.png” is torn" in picker.picture.fault.text()
    assert picker.picture.shares.isVisible()
    picker.picture.take_file(sound)
    qtbot.waitUntil(lambda: not picker.picture.fault.isVisible())


def test_what_has_no_picture_in_it_gets_a_sentence(picker, qtbot):
    picker.trays.choose(3)
    clear = QImage(20, 20, QImage.Format.Format_ARGB32)
    clear.fill(QColor(0, 0, 0, 0))
    QGuiApplication.clipboard().setImage(clear)
    qtbot.mouseClick(picker.picture.paste, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "transparent all over" in picker.picture.fault.text())
    data = QMimeData()
    data.setUrls([QUrl("https://example.org/a.png")])
    drop(picker, data)
    assert "save it here first" in picker.picture.fault.text()
    QGuiApplication.clipboard().setText("words")
    qtbot.mouseClick(picker.picture.paste, Qt.MouseButton.LeftButton)
    assert "no picture to paste" in picker.picture.fault.text()


def test_colours_and_texts_are_dropped_too(picker, current):
    data = QMimeData()
    data.setColorData(QColor("#123456"))
    drop(picker, data)
    assert current.hex == "#123456"
    data = QMimeData()
    data.setText("teal")
    drop(picker, data)
    assert current.hex == "#008080"


@pytest.mark.parametrize(
    ("platform", "environment", "works"),
    [
        ("xcb", {}, True),
        ("windows", {}, True),
        ("cocoa", {}, True),
        ("wayland", {"WAYLAND_DISPLAY": "wayland-0"}, False),
        ("xcb", {"WAYLAND_DISPLAY": "wayland-0"}, False),
        ("offscreen", {}, False),
    ],
)
def test_the_eyedropper_says_where_it_cannot_work(platform, environment, works):
    assert bool(why_not(platform, environment)) is not works


def test_the_eyedropper_is_off_here_and_says_why(picker):
    assert not picker.dropper.isEnabled()
    assert "cannot be looked at" in picker.dropper.toolTip()


def painted_screen(screen):
    """Return the picture of a screen that is red on its left and blue on its right."""
    shot = QPixmap(screen.size())
    shot.fill(QColor("#d0271d"))
    image = shot.toImage()
    image.fill(QColor("#d0271d"))
    for x in range(400, image.width()):
        for y in range(3):
            image.setPixelColor(x, y, QColor("#3b6ea5"))
    return QPixmap.fromImage(image)


def test_a_pixel_is_picked_under_the_magnifier(studio, picker, current, qtbot):
    dropper = picker.eyedropper
    dropper._grab = painted_screen
    dropper.start()
    loupe = dropper.loupes[0]
    qtbot.mouseMove(loupe, QPoint(398, 1))
    assert loupe.color == "#d0271d"
    picture = loupe.grab().toImage()
    # The lens shows the pixels on either side of the edge, enlarged.
    there = {picture.pixelColor(x, y).name() for x in range(400, 540) for y in range(20, 160)}
    assert {"#d0271d", "#3b6ea5"} <= there
    qtbot.keyClick(loupe, Qt.Key.Key_Right)
    qtbot.keyClick(loupe, Qt.Key.Key_Right)
    assert loupe.color == "#3b6ea5"
    qtbot.keyClick(loupe, Qt.Key.Key_Return)
    assert current.hex == "#3b6ea5"
    assert not dropper.loupes
    dropper.start()
    qtbot.mouseClick(dropper.loupes[0], Qt.MouseButton.LeftButton, pos=QPoint(20, 20))
    assert current.hex == "#d0271d"


def test_the_eyedropper_can_be_left_and_may_fail(studio, picker, current, qtbot):
    dropper = picker.eyedropper
    dropper._grab = painted_screen
    dropper.start()
    qtbot.keyClick(dropper.loupes[0], Qt.Key.Key_Escape)
    assert not dropper.loupes
    dropper.start()
    qtbot.mouseClick(dropper.loupes[0], Qt.MouseButton.RightButton, pos=QPoint(20, 20))
    assert not dropper.loupes
    assert current.hex == "#d48475"
    dropper._grab = lambda screen: QPixmap()
    dropper.start()
    assert not dropper.loupes
    assert "could not be looked at" in picker.fault.text()


def test_looking_at_this_screen_does_no_harm(studio, qtbot):
    dropper = Eyedropper(studio.theme)
    said = []
    dropper.failed.connect(said.append)
    dropper.start()
    assert bool(dropper.loupes) != bool(said)
    dropper.stop()

"""The colour pad: chroma and lightness of one hue, picked by eye, by mouse or by arrow keys."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QWidget

from engine import color as colors
from studio.views.figures import MOST_CHROMA
from ui.current import CurrentColor
from ui.theme import Theme

HANDLE = 16.0
_EDGE_POINTS = 49


def image_of(rgb: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> QImage:
    """Return sRGB bytes, shape (height, width, 3), as a picture that owns its pixels."""
    height, width = rgb.shape[:2]
    packed = np.full((height, width, 4), 255, np.uint8)
    packed[..., :3] = rgb[..., ::-1]
    # The copy owns its pixels, so that numpy's buffer may go.
    return QImage(packed.data, width, height, 4 * width, QImage.Format.Format_RGB32).copy()


def handle(painter: QPainter, at: QPointF, fill: QColor, size: float = HANDLE) -> None:
    """Paint the ring that marks a place: white between two dark lines, so that it is seen on any colour."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(0, 0, 0, 150), 1))
    painter.drawEllipse(at, size / 2 + 1, size / 2 + 1)
    painter.setBrush(fill)
    painter.setPen(QPen(QColor("white"), 2.5))
    painter.drawEllipse(at, size / 2 - 0.5, size / 2 - 0.5)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(0, 0, 0, 90), 1))
    painter.drawEllipse(at, size / 2 - 2, size / 2 - 2)


def step_size(event: QKeyEvent) -> float:
    """Return how far an arrow key goes: one step, with Shift a tenth."""
    fine = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
    return 0.1 if fine else 1.0


def gamut_outline(hue: float, rect: QRectF) -> QPainterPath:
    """Return the outline of what sRGB shows of a hue: chroma to the right up to 0.33, lightness upward."""
    # In OKLab the gamut comes to black as a cone: its last stretch is straight.
    light = np.linspace(1.0, 0.06, _EDGE_POINTS)
    chroma = colors.max_chroma(light, hue) / MOST_CHROMA
    path = QPainterPath(rect.topLeft())
    for x, y in zip(chroma.tolist(), (1.0 - light).tolist(), strict=True):
        path.lineTo(rect.left() + x * rect.width(), rect.top() + y * rect.height())
    path.lineTo(rect.bottomLeft())
    path.closeSubpath()
    return path


class ColorPad(QWidget):
    """Chroma to the right, lightness upward, at the current hue.

    Either each row is as wide as the pad, so that every point of it is a colour, or it shows the true shape
    of what sRGB has, on one scale of chroma for all hues. Arrow keys move by a hundredth, with Shift by a
    thousandth; Page Up and Down change lightness by a tenth.
    """

    def __init__(self, theme: Theme, current: CurrentColor) -> None:
        super().__init__()
        self._current = current
        self._theme = theme
        self._image: QImage | None = None
        self._made_for: tuple[float, int, int, float, bool] | None = None
        self._outline = QPainterPath()
        self._share = current.share
        self._moved_here = False
        self._coarse = False
        self._true_shape = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setMinimumSize(120, 120)
        self.setAccessibleName("Colour pad: chroma across, lightness up")
        theme.changed.connect(self.update)
        current.changed.connect(self._follow)
        current.settled.connect(self._rest)

    def sizeHint(self) -> QSize:
        """Be a square within the hue ring."""
        return QSize(168, 168)

    @property
    def true_shape(self) -> bool:
        """Whether the true shape of what sRGB can show is seen."""
        return self._true_shape

    def show_true_shape(self, wanted: bool) -> None:
        """Show the true shape of what sRGB can show, or let each row fill the pad."""
        self._true_shape = wanted
        self._made_for = None
        self.update()

    def share(self) -> float:
        """Return the handle's place from left to right, 0..1; it stays where it was while the hue turns."""
        return self._share

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the colours of this hue and the ring on the current one."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect())
        path = QPainterPath()
        path.addRoundedRect(rect, 6, 6)
        image = self._pixels()
        if self._true_shape:
            painter.fillPath(path, self._theme.color("sunken"))
            painter.setClipPath(self._outline & path)
            painter.drawImage(rect, image)
            painter.setClipPath(path)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._theme.color("text_2"), 1.25))
            painter.drawPath(self._outline)
            painter.setFont(self._theme.font(12))
            painter.setPen(self._theme.color("text_3"))
            corner = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom)
            painter.drawText(rect.adjusted(8, 8, -8, -6), corner, "sRGB’s edge")
        else:
            painter.setClipPath(path)
            painter.drawImage(rect, image)
        painter.setClipping(False)
        lightness, chroma, _ = self._current.lch
        across = chroma / MOST_CHROMA if self._true_shape else self._share
        at = QPointF(across * rect.width(), (1 - lightness) * rect.height())
        margin = HANDLE / 2 + 2
        at.setX(min(max(at.x(), margin), rect.width() - margin))
        at.setY(min(max(at.y(), margin), rect.height() - margin))
        handle(painter, at, QColor(self._current.hex))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Pick what is under the pointer."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._pick(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pick along a drag."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._pick(event.position())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move by keys."""
        moves = {
            Qt.Key.Key_Left: (-1.0, 0.0),
            Qt.Key.Key_Right: (1.0, 0.0),
            Qt.Key.Key_Up: (0.0, 1.0),
            Qt.Key.Key_Down: (0.0, -1.0),
            Qt.Key.Key_PageUp: (0.0, 10.0),
            Qt.Key.Key_PageDown: (0.0, -10.0),
        }
        move = moves.get(Qt.Key(event.key()))
        if move is None:
            super().keyPressEvent(event)
            return
        size = step_size(event) / 100
        lightness, chroma, _ = self._current.lch
        across = chroma / MOST_CHROMA if self._true_shape else self._share
        self._move(across + move[0] * size, lightness + move[1] * size)

    def turn(self, hue: float) -> None:
        """Turn the hue and leave the handle where it is."""
        self._coarse = True
        lightness, _, _ = self._current.lch
        self._set_share(self._share, lightness, hue)

    def _pick(self, at: QPointF) -> None:
        self._move(at.x() / max(self.width(), 1), 1 - at.y() / max(self.height(), 1))

    def _move(self, across: float, lightness: float) -> None:
        _, _, hue = self._current.lch
        if self._true_shape:
            self._current.set_lch(lightness, across * MOST_CHROMA, hue)
        else:
            self._set_share(across, lightness, hue)

    def _set_share(self, share: float, lightness: float, hue: float) -> None:
        self._share = min(max(share, 0.0), 1.0)
        self._moved_here = True
        self._current.set_share(lightness, self._share, hue)
        self._moved_here = False
        self.update()

    def _follow(self) -> None:
        if not self._moved_here:
            self._share = self._current.share
        self.update()

    def _rest(self) -> None:
        if self._coarse:
            self._coarse = False
            self.update()

    def _pixels(self) -> QImage:
        hue = round(self._current.lch[2], 2)
        # While the hue is dragged a new picture is due at every move: a quarter of the pixels is enough.
        ratio = self.devicePixelRatioF() / (2 if self._coarse else 1)
        wanted = (hue, self.width(), self.height(), ratio, self._coarse)
        if self._image is None or wanted != self._made_for:
            width, height = max(round(self.width() * ratio), 2), max(round(self.height() * ratio), 2)
            reach = MOST_CHROMA if self._true_shape else None
            self._image = image_of(colors.pad(hue, width, height, reach))
            if self._true_shape:
                self._outline = gamut_outline(hue, QRectF(self.rect()))
            self._made_for = wanted
        return self._image

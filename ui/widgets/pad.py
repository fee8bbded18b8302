"""The colour pad and the hue strip: where a colour is picked by eye, by mouse or by arrow keys."""

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
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine import color as colors
from ui.current import CurrentColor
from ui.theme import Theme

_RING = 16.0
_HUE_LIGHTNESS, _HUE_CHROMA = 0.74, 0.13


def _image(rgb: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], ratio: float) -> QImage:
    height, width = rgb.shape[:2]
    packed = np.full((height, width, 4), 255, np.uint8)
    packed[..., :3] = rgb[..., ::-1]
    # The copy owns its pixels, so that numpy's buffer may go.
    image = QImage(packed.data, width, height, 4 * width, QImage.Format.Format_RGB32).copy()
    image.setDevicePixelRatio(ratio)
    return image


def _ring(painter: QPainter, at: QPointF, fill: QColor) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(0, 0, 0, 150), 1))
    painter.drawEllipse(at, _RING / 2 + 1, _RING / 2 + 1)
    painter.setBrush(fill)
    painter.setPen(QPen(QColor("white"), 2.5))
    painter.drawEllipse(at, _RING / 2 - 0.5, _RING / 2 - 0.5)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(0, 0, 0, 90), 1))
    painter.drawEllipse(at, _RING / 2 - 2, _RING / 2 - 2)


def _step(event: QKeyEvent) -> float:
    fine = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
    return 0.1 if fine else 1.0


class ColorPad(QWidget):
    """Chroma to the right, lightness upward, at the current hue.

    Arrow keys move by a hundredth, with Shift by a thousandth; Page Up and Down change lightness by a tenth.
    """

    def __init__(self, theme: Theme, current: CurrentColor) -> None:
        super().__init__()
        self._current = current
        self._theme = theme
        self._image: QImage | None = None
        self._made_for: tuple[float, int, int, float, bool] | None = None
        self._share = current.share
        self._moved_here = False
        self._coarse = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(200)
        self.setAccessibleName("Colour pad: chroma across, lightness up")
        current.changed.connect(self._follow)
        current.settled.connect(self._rest)

    def sizeHint(self) -> QSize:
        """Be three wide and two high."""
        return QSize(320, 213)

    def resizeEvent(self, event: object) -> None:
        """Keep the proportion of three to two."""
        self.setFixedHeight(round(self.width() * 2 / 3))

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
        painter.setClipPath(path)
        painter.drawImage(rect, self._pixels())
        painter.setClipping(False)
        lightness, _, _ = self._current.lch
        at = QPointF(self._share * rect.width(), (1 - lightness) * rect.height())
        margin = _RING / 2 + 2
        at.setX(min(max(at.x(), margin), rect.width() - margin))
        at.setY(min(max(at.y(), margin), rect.height() - margin))
        _ring(painter, at, QColor(self._current.hex))

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
        size = _step(event) / 100
        lightness, _, hue = self._current.lch
        self._move(self._share + move[0] * size, lightness + move[1] * size, hue)

    def _pick(self, at: QPointF) -> None:
        _, _, hue = self._current.lch
        self._move(at.x() / max(self.width(), 1), 1 - at.y() / max(self.height(), 1), hue)

    def _move(self, share: float, lightness: float, hue: float) -> None:
        self._share = min(max(share, 0.0), 1.0)
        self._moved_here = True
        self._current.set_share(lightness, self._share, hue)
        self._moved_here = False
        self.update()

    def turn(self, hue: float) -> None:
        """Turn the hue and leave the handle where it is."""
        self._coarse = True
        lightness, _, _ = self._current.lch
        self._move(self._share, lightness, hue)

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
            self._image = _image(colors.pad(hue, width, height), 1.0)
            self._made_for = wanted
        return self._image


class HueStrip(QWidget):
    """All hues at one lightness and chroma, so that none shouts louder than another."""

    def __init__(self, theme: Theme, current: CurrentColor, pad: ColorPad) -> None:
        super().__init__()
        self._current, self._pad = current, pad
        self._image: QImage | None = None
        self._made_for = 0
        self.setFixedHeight(20)
        self.setMinimumWidth(120)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName("Hue, in degrees")
        current.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the strip and the ring."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect()).adjusted(0, 3, 0, -3)
        path = QPainterPath()
        path.addRoundedRect(rect, 6, 6)
        painter.setClipPath(path)
        painter.drawImage(rect, self._pixels())
        painter.setClipping(False)
        hue = self._current.lch[2]
        margin = _RING / 2 + 2
        x = margin + hue / 360 * (self.width() - 2 * margin)
        _ring(
            painter,
            QPointF(x, self.height() / 2),
            QColor(colors.from_oklch(_HUE_LIGHTNESS, _HUE_CHROMA, hue)),
        )

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Turn to the hue under the pointer."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._pick(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Turn along a drag."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._pick(event.position().x())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Turn by keys: a degree, with Shift a tenth, Page Up and Down ten."""
        turns = {
            Qt.Key.Key_Left: -1.0,
            Qt.Key.Key_Down: -1.0,
            Qt.Key.Key_Right: 1.0,
            Qt.Key.Key_Up: 1.0,
            Qt.Key.Key_PageUp: 10.0,
            Qt.Key.Key_PageDown: -10.0,
        }
        turn = turns.get(Qt.Key(event.key()))
        if turn is None:
            super().keyPressEvent(event)
            return
        self._pad.turn((self._current.lch[2] + turn * _step(event)) % 360)

    def _pick(self, x: float) -> None:
        margin = _RING / 2 + 2
        share = (x - margin) / max(self.width() - 2 * margin, 1)
        self._pad.turn(min(max(share, 0.0), 1.0) * 359.99)

    def _pixels(self) -> QImage:
        width = max(round(self.width() * self.devicePixelRatioF()), 2)
        if self._image is None or self._made_for != width:
            margin = (_RING / 2 + 2) * self.devicePixelRatioF()
            hue = np.clip((np.arange(width) - margin) / max(width - 2 * margin, 1), 0, 1) * 360
            chroma = np.minimum(colors.max_chroma(_HUE_LIGHTNESS, hue), _HUE_CHROMA)
            lch = np.stack([np.full(width, _HUE_LIGHTNESS), chroma, hue], axis=-1)
            self._image = _image(colors.to_bytes(colors.oklch_to_srgb(lch))[None, :, :], 1.0)
            self._made_for = width
        return self._image

"""The wheel: a ring of all hues around the pad, and what else fits into its corners."""

from __future__ import annotations

import math
from functools import lru_cache

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
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from engine import color as colors
from ui.current import CurrentColor
from ui.theme import Theme
from ui.widgets.pad import ColorPad, gamut_outline, handle, image_of, step_size

THICKNESS = 18.0
_GAP = 6.0
_LIGHTNESS, _CHROMA = 0.74, 0.13


class HueRing(QWidget):
    """All hues at one lightness and chroma, so that none shouts louder than another; red at the top.

    Arrow keys turn by a degree, with Shift by a tenth, Page Up and Down by ten.
    """

    def __init__(self, theme: Theme, current: CurrentColor, pad: ColorPad) -> None:
        super().__init__()
        self._theme, self._current, self._pad = theme, current, pad
        self._image: QImage | None = None
        self._made_for = (0, 0.0)
        self._dragged = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName("Hue, in degrees")
        current.changed.connect(self._follow)
        self._follow()

    def sizeHint(self) -> QSize:
        """Be as wide as the column."""
        return QSize(272, 272)

    @property
    def radius(self) -> float:
        """The outer radius, in pixels."""
        return min(self.width(), self.height()) / 2 - 1

    def place(self, hue: float) -> QPointF:
        """Return the middle of the ring at a hue."""
        angle = math.radians(hue - 90)
        away = self.radius - THICKNESS / 2
        return QPointF(self.width() / 2 + away * math.cos(angle), self.height() / 2 + away * math.sin(angle))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ring, and the handle on the current hue."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        side = 2 * self.radius
        square = QRectF(self.width() / 2 - side / 2, self.height() / 2 - side / 2, side, side)
        painter.drawImage(square, self._pixels(side))
        hue = self._current.lch[2]
        fill = QColor(_hue_color(round(hue)))
        handle(painter, self.place(hue), fill, THICKNESS - 1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Turn to the hue under the pointer, if that is on the ring."""
        self._dragged = event.button() == Qt.MouseButton.LeftButton and self._on_ring(event.position())
        if self._dragged:
            self._pick(event.position())
        else:
            event.ignore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Turn along a drag, wherever the pointer goes once it has hold of the ring."""
        if self._dragged and event.buttons() & Qt.MouseButton.LeftButton:
            self._pick(event.position())
        elif self._on_ring(event.position()):
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        else:
            self.unsetCursor()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._dragged = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Turn by keys."""
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
        self._pad.turn((self._current.lch[2] + turn * step_size(event)) % 360)

    def _from_middle(self, at: QPointF) -> QPointF:
        return QPointF(at.x() - self.width() / 2, at.y() - self.height() / 2)

    def _on_ring(self, at: QPointF) -> bool:
        away = self._from_middle(at)
        return self.radius - THICKNESS - 4 <= math.hypot(away.x(), away.y()) <= self.radius + 4

    def _pick(self, at: QPointF) -> None:
        away = self._from_middle(at)
        self._pad.turn((math.degrees(math.atan2(away.y(), away.x())) + 90) % 360)

    def _follow(self) -> None:
        self.setAccessibleDescription(f"{self._current.lch[2]:.0f}")
        self.update()

    def _pixels(self, side: float) -> QImage:
        ratio = self.devicePixelRatioF()
        wanted = (max(round(side * ratio), 8), ratio)
        if self._image is None or wanted != self._made_for:
            self._image = _painted(wanted[0], THICKNESS * ratio)
            self._made_for = wanted
        return self._image


@lru_cache(maxsize=361)
def _hue_color(hue: int) -> str:
    return colors.from_oklch(_LIGHTNESS, _CHROMA, hue)


def _painted(side: int, thickness: float) -> QImage:
    """Paint the ring; its edges fade within a pixel."""
    middle = (side - 1) / 2
    y, x = np.mgrid[0:side, 0:side] - middle
    away = np.hypot(x, y)
    hues = np.arange(0, 361)
    chroma = np.minimum(colors.max_chroma(_LIGHTNESS, hues), _CHROMA)
    table = colors.oklch_to_srgb(np.stack([np.full(361, _LIGHTNESS), chroma, hues], axis=-1))
    hue = (np.degrees(np.arctan2(y, x)) + 90) % 360
    rgb = np.stack([np.interp(hue, hues, table[:, channel]) for channel in range(3)], axis=-1)
    inside = np.clip(side / 2 - away, 0, 1) * np.clip(away - (side / 2 - thickness), 0, 1)
    opaque = image_of(colors.to_bytes(rgb)).convertToFormat(QImage.Format.Format_ARGB32)
    mask = colors.to_bytes(inside)
    opaque.setAlphaChannel(QImage(mask.tobytes(), side, side, side, QImage.Format.Format_Alpha8).copy())
    return opaque.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)


class GamutSwitch(QAbstractButton):
    """Shows the true shape of what sRGB has of the current hue, and switches the pad to it."""

    def __init__(self, theme: Theme, current: CurrentColor) -> None:
        super().__init__()
        self._theme, self._current = theme, current
        self.setCheckable(True)
        self.setFixedSize(28, 28)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("True shape of what sRGB can show")
        self.setToolTip("Show the true shape of what sRGB can show of this hue")
        theme.changed.connect(self.update)
        current.settled.connect(self.update)

    def enterEvent(self, event: object) -> None:
        """Come forward under the pointer."""
        self.update()

    def leaveEvent(self, event: object) -> None:
        """Stand back again."""
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the shape: a line, or filled while it is on."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        over = self.underMouse() or self.isDown()
        if over or self.isChecked():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color("sunken"))
            painter.drawRoundedRect(QRectF(self.rect()), 6, 6)
        color = self._theme.color("text" if over or self.isChecked() else "text_2")
        frame = QRectF(6.5, 6.5, 15, 15)
        whole = QPainterPath()
        whole.addRoundedRect(frame, 2.5, 2.5)
        shape = gamut_outline(self._current.lch[2], frame) & whole
        pen = QPen(color, 1.25)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.setBrush(color if self.isChecked() else Qt.BrushStyle.NoBrush)
        painter.drawPath(shape)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(whole)


class Wheel(QWidget):
    """The hue ring, the pad in its middle, and small buttons in its corners.

    Parameters
    ----------
    theme, current
        The look, and the colour that is picked.
    """

    def __init__(self, theme: Theme, current: CurrentColor) -> None:
        super().__init__()
        self.pad = ColorPad(theme, current)
        self.ring = HueRing(theme, current, self.pad)
        self.gamut = GamutSwitch(theme, current)
        self._corners: list[tuple[QWidget, Qt.Corner]] = []
        self.ring.setParent(self)
        self.pad.setParent(self)
        self.add(self.gamut, Qt.Corner.TopRightCorner)
        self.gamut.toggled.connect(self.pad.show_true_shape)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(180, 180)

    def sizeHint(self) -> QSize:
        """Need no more than what is useful; it takes the room there is, up to a square."""
        return QSize(320, 180)

    def add(self, widget: QWidget, corner: Qt.Corner) -> None:
        """Put a small widget into a corner."""
        widget.setParent(self)
        self._corners.append((widget, corner))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the ring round, and the pad as large as fits into it."""
        self.setMaximumHeight(max(self.width(), 180))
        side = min(self.width(), self.height())
        left, top = (self.width() - side) // 2, (self.height() - side) // 2
        self.ring.setGeometry(left, top, side, side)
        # The pad's corners are round, so that a little more than the inscribed square fits.
        half = int((self.ring.radius - THICKNESS - _GAP) / math.sqrt(2) + 1.5)
        self.pad.setGeometry(self.width() // 2 - half, self.height() // 2 - half, 2 * half, 2 * half)
        for widget, corner in self._corners:
            right = corner in (Qt.Corner.TopRightCorner, Qt.Corner.BottomRightCorner)
            bottom = corner in (Qt.Corner.BottomLeftCorner, Qt.Corner.BottomRightCorner)
            widget.move(
                self.width() - widget.width() if right else 0,
                self.height() - widget.height() if bottom else 0,
            )

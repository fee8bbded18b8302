"""The fan deck: a painter's names on a dozen strips about one rivet, opened to the right to be read."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QEasingCurve, QPointF, QRectF, QSize, Qt, QVariantAnimation, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import SLOW, Theme
from ui.widgets.basics import elide

OPEN = 44.0
"""Degrees from the first strip to the last."""
_PAINT = 0.6  # of a strip's length
_PAD = 20
_TAIL = 22


class FanDeck(QWidget):
    """Strips of paint with their names.

    Parameters
    ----------
    theme
        The look.

    Attributes
    ----------
    color_chosen
        A strip was clicked, or Enter pressed on it; carries ``#rrggbb``.
    """

    color_chosen = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._strips: list[tuple[str, str | None]] = []
        self._painter = ""
        self._at: int | None = None
        self._open = 1.0
        self._motion = QVariantAnimation(self)
        self._motion.setStartValue(0.35)
        self._motion.setEndValue(1.0)
        self._motion.setDuration(SLOW)
        self._motion.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._motion.valueChanged.connect(self._opened)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(360, 220)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._describe()
        theme.changed.connect(self.update)

    @property
    def strips(self) -> list[tuple[str, str | None]]:
        """The colours and names that are shown; ``None`` where the name is still to come."""
        return list(self._strips)

    def sizeHint(self) -> QSize:
        """Want the page's middle."""
        return QSize(680, 380)

    def show_deck(self, painter: str, strips: Sequence[tuple[str, str | None]]) -> None:
        """Show a painter's deck; another painter's opens before the eye."""
        fresh = painter != self._painter
        self._painter, self._strips = painter, list(strips)
        if fresh:
            self._at = None
            if self._theme.motion and self.isVisible():
                self._motion.start()
        self._describe()
        self.update()

    def leaveEvent(self, event: object) -> None:
        """Lift no strip any more."""
        self._lift(None)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Lift the strip under the pointer."""
        self._lift(self._strip_at(event.position()))
        over = self._at is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Choose the colour of the strip."""
        place = self._strip_at(event.position())
        if place is not None and event.button() == Qt.MouseButton.LeftButton:
            self.color_chosen.emit(self._strips[place][0])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from strip to strip by the arrow keys; Enter chooses the colour."""
        key = Qt.Key(event.key())
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_Left: -1}.get(key)
        if step is not None and self._strips:
            before = -1 if self._at is None and step > 0 else (self._at or 0)
            self._lift(min(max(before + step, 0), len(self._strips) - 1))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._at is not None:
            self.color_chosen.emit(self._strips[self._at][0])
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: object) -> None:
        """Let go of the strip with the focus."""
        self._lift(None)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground, the strips from the top one down, and the rivet."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("stage"))
        painter.drawRoundedRect(QRectF(self.rect()), 10, 10)
        order = [place for place in range(len(self._strips)) if place != self._at]
        for place in [*order, *([self._at] if self._at is not None else [])]:
            painter.save()
            painter.translate(self._rivet())
            painter.rotate(self._angle(place))
            self._paint_strip(painter, place)
            painter.restore()
        self._paint_rivet(painter)

    # Where things lie.

    def _rivet(self) -> QPointF:
        # What is seen reaches from a little left of the rivet to the strips' outer end: that is centred.
        left = (self.width() - self._length() - _TAIL) / 2
        return QPointF(left + _TAIL, self.height() / 2)

    def _length(self) -> float:
        """As long as fits across, and upwards when they are opened by :data:`OPEN`."""
        by_width = self.width() - _TAIL - 2 * _PAD
        # Half a strip's width stands out beyond its middle line.
        half = math.radians(OPEN / 2)
        by_height = (self.height() / 2 - _PAD) / (math.sin(half) + self._step() / 2)
        return max(min(by_width, by_height), 160.0)

    def _step(self) -> float:
        """Return the radians from strip to strip when the deck is open."""
        return math.radians(OPEN) / max(len(self._strips) - 1, 1)

    def _wide(self) -> float:
        """As wide as it takes for strips to touch at their outer end."""
        return min(self._length() * self._step() * 1.04, 72.0)

    def _angle(self, place: int) -> float:
        return self._open * (math.degrees(self._step()) * place - OPEN / 2)

    def _strip_at(self, point: QPointF) -> int | None:
        rivet = self._rivet()
        x, y = point.x() - rivet.x(), point.y() - rivet.y()
        if not 60 < math.hypot(x, y) < self._length():
            return None
        angle = math.degrees(math.atan2(y, x))
        nearest = min(
            range(len(self._strips)), key=lambda place: abs(angle - self._angle(place)), default=None
        )
        if nearest is None or abs(angle - self._angle(nearest)) > math.degrees(self._step()):
            return None
        return nearest

    # Painting.

    def _paint_strip(self, painter: QPainter, place: int) -> None:
        theme = self._theme
        color, name = self._strips[place]
        length, wide = self._length(), self._wide()
        lifted = place == self._at
        out = 10.0 if lifted else 0.0
        card = QRectF(-_TAIL + out, -wide / 2, length + _TAIL, wide)
        path = QPainterPath()
        path.addRoundedRect(card, 3, 3)
        painter.fillPath(path, theme.color("surface"))
        paint = QRectF(card.left(), card.top(), length * _PAINT, wide)
        painter.save()
        painter.setClipPath(path)
        painter.fillRect(paint, QColor(color))
        painter.restore()
        edge = QColor(255, 255, 255, 34) if theme.tokens.dark else QColor(0, 0, 0, 40)
        painter.strokePath(path, QPen(theme.color("text") if lifted else edge, 1))
        room = card.right() - paint.right() - 26
        if name is None:
            painter.fillRect(QRectF(card.right() - 14 - room * 0.5, -0.5, room * 0.5, 1), theme.color("line"))
            return
        said = ("".join(c for c in name if c.isprintable()) or "no name")[:60]
        size = self._name_size(room)
        painter.setFont(theme.font(size, 600, display=size > 15))
        across = min(painter.fontMetrics().horizontalAdvance(said), room)
        # The next strip lies over this one's lower side, the more so the nearer to the rivet.
        seen = wide if self._whole(place) else min((length - 14 - across) * self._step(), wide)
        words = QRectF(card.right() - 14 - room, card.top(), room, seen)
        painter.setPen(theme.color("text" if name else "text_3"))
        text = elide(painter.fontMetrics().elidedText, said, int(room))
        painter.drawText(words, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)

    def _name_size(self, room: float) -> int:
        """Return the size at which all names fit, or the smallest: one deck, one size."""
        said = [name[:60] for _, name in self._strips if name]
        for size in (19, 17, 15, 13):
            metrics = QFontMetricsF(self._theme.font(size, 600, display=size > 15))
            most = max((metrics.horizontalAdvance(name) for name in said), default=0.0)
            if most <= room and size * 1.3 <= (self._length() - 14 - most) * self._step():
                return size
        return 12

    def _whole(self, place: int) -> bool:
        """Tell whether nothing lies over a strip."""
        return place == self._at or place == len(self._strips) - 1

    def _paint_rivet(self, painter: QPainter) -> None:
        dark = self._theme.tokens.dark
        painter.setPen(QPen(QColor(0, 0, 0, 70), 1))
        for radius, color in (
            (11.0, "#8f8d8a" if dark else "#d9d8d5"),
            (5.5, "#c9c7c3" if dark else "#f4f3f0"),
        ):
            painter.setBrush(QColor(color))
            painter.drawEllipse(self._rivet(), radius, radius)

    def _lift(self, place: int | None) -> None:
        if place != self._at:
            self._at = place
            self._describe()
            self.update()

    def _opened(self, share: float) -> None:
        self._open = share
        self.update()

    def _describe(self) -> None:
        self.setAccessibleName(f"Fan deck of {self._painter[:60]}" if self._painter else "Fan deck")
        told = [f"{color} {name[:60] or 'no name'}" for color, name in self._strips if name is not None]
        if self._at is not None:
            color, name = self._strips[self._at]
            told = [f"{color} {name if name else 'no name yet'}"]
        self.setAccessibleDescription(", ".join(told))
        self.setToolTip("Press a strip to make its colour the current one")

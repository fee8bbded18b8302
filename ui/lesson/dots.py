"""Where one is in the lesson: a dot a step, those seen filled."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from ui.theme import Theme
from ui.tips import tip

_PITCH = 20


class Dots(QWidget):
    """Dots to see where one is, and to go to a step by.

    Attributes
    ----------
    chosen
        A dot was pressed; carries its place.
    """

    chosen = Signal(int)

    def __init__(self, theme: Theme, titles: Sequence[str]) -> None:
        super().__init__()
        self._theme, self._titles = theme, list(titles)
        self._place = 0
        self._seen: frozenset[int] = frozenset()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Steps of the lesson")
        theme.changed.connect(self.update)
        theme.accent_changed.connect(self.update)

    def show_place(self, place: int, seen: frozenset[int]) -> None:
        """Show where one is, and which steps were revealed."""
        self._place, self._seen = place, seen
        self.setAccessibleDescription(f"Step {place + 1} of {len(self._titles)}: {self._titles[place]}")
        self.update()

    def sizeHint(self) -> QSize:
        """Want room for the dots."""
        return QSize(_PITCH * len(self._titles), 28)

    def event(self, event: QEvent) -> bool:
        """Say which step a dot is."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            place = self._at(event.pos().x())
            QToolTip.showText(event.globalPos(), tip(f"{place + 1}. {self._titles[place]}"), self)
            return True
        return super().event(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Go to the step under the pointer."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(self._at(int(event.position().x())))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go a step back or on by the arrows."""
        way = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if way is None:
            super().keyPressEvent(event)
        elif 0 <= self._place + way < len(self._titles):
            self.chosen.emit(self._place + way)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the dots; the present one is larger, and stands on a line where the keyboard is here."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.hasFocus():
            under = QRectF(_PITCH * (self._place + 0.1), self.height() - 3.0, _PITCH * 0.8, 2.0)
            painter.fillRect(under, self._theme.ink)
        for place in range(len(self._titles)):
            here, seen = place == self._place, place in self._seen
            color = self._theme.ink if here else self._theme.color("text_2" if seen else "edge")
            painter.setPen(QPen(color, 1.5))
            painter.setBrush(color if here or seen else Qt.BrushStyle.NoBrush)
            size = 5.5 if here else 3.5
            painter.drawEllipse(QPointF(_PITCH * (place + 0.5), self.height() / 2), size, size)

    def _at(self, x: int) -> int:
        return min(max(x // _PITCH, 0), len(self._titles) - 1)

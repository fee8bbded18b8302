"""On or off."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton

from ui.theme import Theme
from ui.tips import tip


class Switch(QAbstractButton):
    """A switch; Space or a click turns it."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self.setCheckable(True)
        self.setAccessibleName(name)
        self.setToolTip(tip(name))
        self.setFixedSize(36, 20)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Want the pill's size."""
        return QSize(36, 20)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a pill with its knob on the side that it is on."""
        theme, on = self._theme, self.isChecked()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        # In the text's colour, not the user's: what is on must be seen whatever colour is picked.
        painter.setPen(QPen(theme.color("text" if on else "edge"), 1))
        painter.setBrush(theme.color("text" if on else "surface"))
        painter.drawRoundedRect(QRectF(0.5, 0.5, 35, 19), 9.5, 9.5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("surface" if on else "edge"))
        painter.drawEllipse(QRectF(19 if on else 3, 3, 14, 14))

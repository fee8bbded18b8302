"""A slider for a share of a whole, in hundredths."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSlider

from ui.theme import Theme
from ui.tips import tip

_KNOB = 12


class ShareSlider(QSlider):
    """A thin slider, filled as far as the share goes; a click goes where it is made."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._theme = theme
        self.setRange(1, 99)
        self.setPageStep(10)
        self.setAccessibleName(name)
        self.setToolTip(tip(name))
        self.setFixedHeight(20)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        theme.changed.connect(self.update)
        theme.accent_changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Want enough to tell shares apart."""
        return QSize(72, 20)

    def minimumSizeHint(self) -> QSize:
        """Need a little less."""
        return QSize(48, 20)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go where the pointer is."""
        self._follow(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the pointer while its button is down."""
        self._follow(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Stay."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the groove, the share in the ink, and the knob."""
        theme = self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle, room = self.height() / 2, self.width() - _KNOB
        at = _KNOB / 2 + room * (self.value() - self.minimum()) / (self.maximum() - self.minimum())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("line"))
        painter.drawRoundedRect(QRectF(0, middle - 2, self.width(), 4), 2, 2)
        painter.setBrush(theme.ink)
        painter.drawRoundedRect(QRectF(0, middle - 2, at, 4), 2, 2)
        painter.setPen(QPen(theme.ink, 2))
        painter.setBrush(theme.color("surface"))
        painter.drawEllipse(QPointF(at, middle), _KNOB / 2 - 1, _KNOB / 2 - 1)

    def _follow(self, at: QPointF) -> None:
        share = (at.x() - _KNOB / 2) / max(self.width() - _KNOB, 1)
        self.setValue(round(self.minimum() + share * (self.maximum() - self.minimum())))

"""A switch with its words: on or off, at once."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from ui.theme import Theme

_TRACK, _HEIGHT = 34, 20


class Toggle(QAbstractButton):
    """A track with a knob, and words to its right; on, it has the user's ink."""

    def __init__(self, theme: Theme, text: str) -> None:
        super().__init__()
        self._theme = theme
        self.setCheckable(True)
        self.setText(text)
        self.setAccessibleName(text)
        self.setFont(theme.font(13))
        theme.fit(self, height=28)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)
        theme.accent_changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Want room for the track and the words."""
        return QSize(_TRACK + 10 + self.fontMetrics().horizontalAdvance(self.text()) + 2, 28)

    def event(self, event: QEvent) -> bool:
        """Repaint as it is switched on and off for use."""
        if event.type() == QEvent.Type.EnabledChange:
            self.update()
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint track, knob and words."""
        theme = self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        track = QRectF(0.5, (self.height() - _HEIGHT) / 2 + 0.5, _TRACK - 1, _HEIGHT - 1)
        on = self.isChecked()
        edge = theme.color("edge" if self.isEnabled() else "line")
        ground = theme.ink if on and self.isEnabled() else edge if on else theme.color("surface")
        painter.setPen(QPen(ground if on else edge, 1))
        painter.setBrush(ground)
        painter.drawRoundedRect(track, _HEIGHT / 2, _HEIGHT / 2)
        side = _HEIGHT - 7.0
        x = track.right() - side - 3 if on else track.left() + 3
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("surface") if on else edge)
        painter.drawEllipse(QRectF(x, track.center().y() - side / 2, side, side))
        painter.setPen(theme.color("text" if self.isEnabled() else "text_2"))
        words = QRectF(_TRACK + 10, 0, self.width() - _TRACK - 10, self.height())
        painter.drawText(words, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), self.text())

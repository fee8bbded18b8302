"""The Train page before the first run: what will be there, and the one thing to do."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from ui.theme import Theme
from ui.widgets.basics import Label, column, hairline


class _Outline(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setFixedSize(420, 150)
        theme.changed.connect(self.update)
        theme.accent_changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(2, 2, -2, -24)
        for share in (0.0, 0.5, 1.0):
            y = area.top() + share * area.height()
            hairline(painter, area.left(), y, area.right(), y, self._theme.color("line"))
        path = QPainterPath()
        for place in range(61):
            # As rewards usually go: up, and ever slower.
            at = QPointF(
                area.left() + area.width() * place / 60,
                area.bottom() - area.height() * (0.12 + 0.7 * (1 - 0.94**place)),
            )
            if place == 0:
                path.moveTo(at)
            else:
                path.lineTo(at)
        pen = QPen(self._theme.ink, 2.25)
        pen.setDashPattern([0.1, 2.6])
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawPath(path)


class Sketch(QWidget):
    """What will be here once something was trained: an outline of a curve, and the one thing to do."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        words = (
            "Choose a judge, name the painter, and start.\n"
            "Its reward grows here, step by step,\nwith the names that earned it below."
        )
        said = Label(theme, words, 15, "2")
        said.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        layout = column(self, 8)
        layout.addStretch(2)
        for widget in (_Outline(theme), Label(theme, "No training yet", 20, weight=600, display=True), said):
            layout.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)

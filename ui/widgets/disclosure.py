"""What is folded away until one asks for it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from ui.icons import Icons
from ui.theme import Theme
from ui.widgets.basics import column


class _Head(QAbstractButton):
    def __init__(self, theme: Theme, icons: Icons, text: str) -> None:
        super().__init__()
        self._theme, self._icons = theme, icons
        self.setText(text)
        self.setAccessibleName(text)
        self.setCheckable(True)
        self.setFont(theme.font(13, 500))
        theme.fit(self, height=24)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(20 + self.fontMetrics().horizontalAdvance(self.text()) + 4, 24)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        color = self._theme.color("text" if self.underMouse() else "text_2")
        middle = self.height() / 2
        painter.save()
        painter.translate(7, middle)
        painter.rotate(90 if self.isChecked() else 0)
        self._icons.paint(painter, "chevron-right", QRectF(-7, -7, 14, 14), color)
        painter.restore()
        painter.setPen(color)
        words = QRectF(20, 0, self.width() - 20, self.height())
        painter.drawText(words, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), self.text())


class Disclosure(QWidget):
    """A line that folds its body out and in.

    Attributes
    ----------
    body
        What is folded; give it a layout.
    """

    def __init__(self, theme: Theme, icons: Icons, text: str) -> None:
        super().__init__()
        self.head = _Head(theme, icons, text)
        self.body = QWidget()
        layout = column(self, 8)
        layout.addWidget(self.head)
        layout.addWidget(self.body)
        self.body.hide()
        self.head.toggled.connect(self.body.setVisible)

    def set_open(self, opened: bool) -> None:
        """Fold it out or in."""
        self.head.setChecked(opened)

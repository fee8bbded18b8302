"""Something that is folded away until it is wanted."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from ui.icons import Icons
from ui.theme import Theme
from ui.widgets.basics import column


class _Head(QAbstractButton):
    def __init__(self, theme: Theme, icons: Icons, text: str) -> None:
        super().__init__()
        self._theme, self._icons = theme, icons
        self.note = ""
        self.setText(text)
        self.setCheckable(True)
        self.setAccessibleName(text)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.updateGeometry)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        high = QFontMetrics(self._theme.font(13, 600)).height() + 10
        return QSize(120, high)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.save()
        painter.translate(7, self.height() / 2)
        painter.rotate(0 if self.isChecked() else -90)
        self._icons.paint(painter, "chevron-down", QRectF(-7, -7, 14, 14), theme.color("text_2"))
        painter.restore()
        left = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        painter.setFont(theme.font(13, 600))
        painter.setPen(theme.color("text"))
        painter.drawText(QRectF(20, 0, self.width() - 20, self.height()), left, self.text())
        wide = painter.fontMetrics().horizontalAdvance(self.text()) + 28
        painter.setFont(theme.font(12))
        painter.setPen(theme.color("text_3"))
        painter.drawText(QRectF(wide, 0, self.width() - wide, self.height()), left, self.note)


class Fold(QWidget):
    """A heading with a chevron; what is below it is shown when it is open.

    Attributes
    ----------
    toggled
        It was opened or closed; carries which.
    """

    toggled = Signal(bool)

    def __init__(self, theme: Theme, icons: Icons, text: str) -> None:
        super().__init__()
        self.head = _Head(theme, icons, text)
        self._content: QWidget | None = None
        self._layout = column(self, 8)
        self._layout.addWidget(self.head)
        self.head.toggled.connect(self._turned)

    @property
    def opened(self) -> bool:
        """Whether it is open."""
        return self.head.isChecked()

    def set_open(self, opened: bool) -> None:
        """Open or close it."""
        self.head.setChecked(opened)

    def set_note(self, note: str) -> None:
        """Say something beside the heading."""
        if note != self.head.note:
            self.head.note = note
            self.head.setAccessibleDescription(note)
            self.head.update()

    def set_content(self, content: QWidget) -> None:
        """Put something below the heading."""
        self._content = content
        self._layout.addWidget(content)
        content.setVisible(self.opened)

    def _turned(self, opened: bool) -> None:
        if self._content is not None:
            self._content.setVisible(opened)
        self.updateGeometry()
        self.toggled.emit(opened)

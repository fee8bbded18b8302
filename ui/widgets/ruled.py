"""Fields of several lines: a phrase at reading size, and a list of names on ruled paper."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QTextOption
from PySide6.QtWidgets import QFrame, QPlainTextEdit

from ui.theme import Theme
from ui.widgets.basics import hairline

_PITCH = 26


class Phrase(QPlainTextEdit):
    """A phrase at 15/22 over a few lines; Tab leaves it and Enter starts no line."""

    def __init__(self, theme: Theme, name: str, rows: int = 2) -> None:
        super().__init__()
        self.setFont(theme.font(15))
        self.setAccessibleName(name)
        self.setTabChangesFocus(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWordWrapMode(QTextOption.WrapMode.WordWrap)
        self.document().setDocumentMargin(7)
        self.setFixedHeight(self.fontMetrics().lineSpacing() * rows + 18)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keep to one paragraph."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.ignore()
            return
        super().keyPressEvent(event)


class RuledList(QPlainTextEdit):
    """Names, one a line, on ruled paper; Tab leaves it."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self.setFont(theme.font(15))
        self.setAccessibleName(name)
        self.setTabChangesFocus(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(8)
        self.setMinimumHeight(_PITCH * 4 + 16)
        theme.changed.connect(self.viewport().update)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Rule the paper below the text."""
        painter = QPainter(self.viewport())
        spacing = self._spacing()
        offset = self.contentOffset().y() + self.document().documentMargin()
        y = offset + spacing
        color = self._theme.color("line")
        while y < self.viewport().height():
            if y > 0:
                hairline(painter, 10, y, self.viewport().width() - 10, y, color)
            y += spacing
        painter.end()
        super().paintEvent(event)

    def _spacing(self) -> float:
        block = self.document().firstBlock()
        rect: QRectF = self.blockBoundingRect(block)
        lines = max(block.layout().lineCount(), 1)
        return max(rect.height() / lines, 12.0)

"""Fields of several lines: a phrase at reading size, and a list of names on ruled paper."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QTextBlockFormat, QTextCursor, QTextOption
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QTextEdit

from ui.theme import Theme
from ui.widgets.basics import hairline

_PITCH = 26
_MARGIN = 10


class Phrase(QPlainTextEdit):
    """A phrase at 15/22 over a few lines; Tab leaves it and Enter starts no line."""

    def __init__(self, theme: Theme, name: str, rows: int = 2) -> None:
        super().__init__()
        self.setFont(theme.font(15))
        self.setAccessibleName(name)
        self.setTabChangesFocus(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWordWrapMode(QTextOption.WrapMode.WordWrap)
        self.document().setDocumentMargin(6)
        self.setFixedHeight(self.fontMetrics().lineSpacing() * rows + 18)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keep to one paragraph."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.ignore()
            return
        super().keyPressEvent(event)


class RuledList(QTextEdit):
    """Names in plain text, one a line, on ruled paper; Tab leaves it.

    Qt gives plain text no line height of its own, so this is its rich field with everything rich turned off.
    """

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self.setAcceptRichText(False)
        self.setFont(theme.font(15))
        self.setAccessibleName(name)
        self.setTabChangesFocus(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setLineWrapMode(QTextEdit.LineWrapMode.NoWrap)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(_MARGIN)
        self.setMinimumHeight(_PITCH * 4 + 2 * _MARGIN)
        self.write("")
        theme.changed.connect(self.viewport().update)

    def sizeHint(self) -> QSize:
        """Want five lines; it takes what there is."""
        return QSize(200, _PITCH * 5 + 2 * _MARGIN)

    def write(self, text: str) -> None:
        """Replace the text; lines keep the paper's pitch."""
        self.setPlainText(text)
        pitch = QTextBlockFormat()
        pitch.setLineHeight(_PITCH, QTextBlockFormat.LineHeightTypes.FixedHeight.value)
        cursor = QTextCursor(self.document())
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.setBlockFormat(pitch)
        self.document().clearUndoRedoStacks()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Rule the paper below the text."""
        painter = QPainter(self.viewport())
        y = _MARGIN + _PITCH - 1 - self.verticalScrollBar().value()
        color = self._theme.color("line")
        while y < self.viewport().height() - 4:
            if y > 0:
                hairline(painter, _MARGIN, y, self.viewport().width() - _MARGIN, y, color)
            y += _PITCH
        painter.end()
        super().paintEvent(event)

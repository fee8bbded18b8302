"""Text to be read: a paragraph in plain text, set with the line height that the design gives its size.

Qt's label sets lines as close as the font allows, and can be told otherwise only through markup.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QTextLayout, QTextOption
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import Theme
from ui.widgets.basics import Tone

PITCH = {12: 16, 13: 18, 15: 22, 20: 26, 28: 34, 44: 48}
"""Line heights by size, in pixels; see the design tokens."""
_TOKENS = {"": "text", "2": "text_2", "3": "text_3", "danger": "danger"}


class Prose(QWidget):
    """A paragraph that is as tall as its text needs at the width it is given.

    Parameters
    ----------
    theme
        Gives font and colour.
    size
        One of :data:`PITCH`.
    weight, tone, display
        As for ``Label``.
    """

    def __init__(
        self,
        theme: Theme,
        text: str = "",
        size: int = 15,
        tone: Tone = "",
        weight: int = 400,
        *,
        display: bool = False,
    ) -> None:
        super().__init__()
        self._theme, self._tone = theme, tone
        self._size, self._weight, self._display = size, weight, display
        self._text = ""
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        theme.changed.connect(self.update)
        self.set_text(text)

    @property
    def text(self) -> str:
        """What it says."""
        return self._text

    def set_text(self, text: str) -> None:
        """Say something else."""
        self._text = text
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def hasHeightForWidth(self) -> bool:
        """Grow with the lines."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height of the lines at a width."""
        return max(len(self._lines(width)), 1) * self._pitch

    def minimumSizeHint(self) -> QSize:
        """Take any width, and the height that follows from it."""
        return QSize(80, self.heightForWidth(self.width()))

    def sizeHint(self) -> QSize:
        """Want a measure that reads well."""
        return QSize(480, self.heightForWidth(max(self.width(), 480)))

    def event(self, event: QEvent) -> bool:
        """Measure anew when the font of the whole app grows."""
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self.updateGeometry()
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Set the lines, each in the middle of its height."""
        painter = QPainter(self)
        painter.setPen(QColor(self._theme.color(_TOKENS[self._tone])))
        font = self._font()
        painter.setFont(font)
        pitch = self._pitch
        metrics = painter.fontMetrics()
        drop = (pitch - metrics.height()) / 2 + metrics.ascent()
        for place, line in enumerate(self._lines(self.width())):
            painter.drawText(QPointF(0, place * pitch + drop), line)

    @property
    def _pitch(self) -> int:
        # Where the app's text is scaled, the lines move apart as the letters grow.
        return round(PITCH[self._size] * max(self._font().pixelSize(), 1) / self._size)

    def _font(self) -> QFont:
        return self._theme.font(self._size, self._weight, display=self._display)

    def _lines(self, width: int) -> list[str]:
        lines: list[str] = []
        for paragraph in self._text.split("\n"):
            layout = QTextLayout(paragraph, self._font())
            option = QTextOption(Qt.AlignmentFlag.AlignLeft)
            option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
            layout.setTextOption(option)
            layout.beginLayout()
            while (line := layout.createLine()).isValid():
                line.setLineWidth(max(width, 40))
                lines.append(paragraph[line.textStart() : line.textStart() + line.textLength()].rstrip())
            layout.endLayout()
        return lines

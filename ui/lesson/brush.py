"""What the lesson's pictures are all painted with: text in its place, rows, and how far a motion has come."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from ui.theme import Theme
from ui.widgets.basics import elide

LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
MIDDLE = int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter)


@dataclass(frozen=True)
class Brush:
    """A painter with the look at hand.

    Attributes
    ----------
    grown
        How far the picture's motion has come, 0..1; 1 where nothing moves.
    zoom
        How much larger than usual all is drawn, where there is room.
    """

    painter: QPainter
    theme: Theme
    grown: float = 1.0
    zoom: float = 1.0

    def px(self, length: float) -> int:
        """Return a length that grows with the text."""
        return self.theme.px(length * self.zoom)

    def _font(self, size: int, weight: int, *, display: bool = False, tabular: bool = False) -> QFont:
        return self.theme.font(round(size * self.zoom), weight, display=display, tabular=tabular)

    def write(
        self,
        text: str,
        area: QRectF,
        size: int = 13,
        tone: str = "text",
        weight: int = 400,
        align: int = LEFT,
        *,
        display: bool = False,
        color: QColor | None = None,
    ) -> None:
        """Write one line, cut with an ellipsis where it does not fit."""
        self.painter.setFont(self._font(size, weight, display=display, tabular=not display))
        self.painter.setPen(color if color is not None else self.theme.color(tone))
        shown = elide(self.painter.fontMetrics().elidedText, text, int(area.width()) + 1)
        self.painter.drawText(area, align, shown)

    def width(self, text: str, size: int = 13, weight: int = 400) -> float:
        """Return how wide a line is."""
        return QFontMetricsF(self._font(size, weight, tabular=True)).horizontalAdvance(text)

    def fill(self, area: QRectF, color: QColor, radius: float = 3) -> None:
        """Fill a rounded rectangle."""
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(color)
        self.painter.drawRoundedRect(area, radius, radius)

    def line(self, x1: float, y1: float, x2: float, y2: float, color: QColor, width: float = 1) -> None:
        """Draw a line."""
        self.painter.setPen(QPen(color, width))
        self.painter.drawLine(round(x1), round(y1), round(x2), round(y2))

    def dashes(self, x1: float, y1: float, x2: float, y2: float, color: QColor) -> None:
        """Draw a dashed line: a guess."""
        pen = QPen(color, 1.5)
        pen.setDashPattern([3, 3])
        self.painter.setPen(pen)
        self.painter.drawLine(round(x1), round(y1), round(x2), round(y2))

    def trough(self) -> QColor:
        """Return what can hardly be seen on the stage."""
        return QColor(255, 255, 255, 22) if self.theme.tokens.dark else QColor(0, 0, 0, 18)

    def fitted(self, text: str, area: QRectF, sizes: tuple[int, ...], flags: int) -> QFont:
        """Return the largest font in which a text fits an area in several lines; else the smallest."""
        for size in sizes:
            font = self._font(size, 600, display=True)
            wanted = QFontMetricsF(font).boundingRect(area, flags, text)
            longest = max((QFontMetricsF(font).horizontalAdvance(w) for w in text.split()), default=0.0)
            if wanted.height() <= area.height() + 1 and longest <= area.width():
                return font
        return self._font(sizes[-1], 600, display=True)


def rows(area: QRectF, count: int, least: float, most: float) -> tuple[float, float]:
    """Return the pitch of ``count`` rows in an area, and where the first begins, so that they are centred."""
    pitch = min(max(area.height() / max(count, 1), least), most)
    return pitch, area.top() + max((area.height() - pitch * count) / 2, 0.0)

"""How black and white read on the current colour."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from studio.views.entry import contrast
from ui.current import CurrentColor
from ui.theme import Theme

_TEXTS = (("Black", "#000000"), ("White", "#ffffff"))


class ContrastPair(QWidget):
    """Two samples of text on the colour, each with its ratio and what WCAG calls it."""

    def __init__(self, theme: Theme, current: CurrentColor) -> None:
        super().__init__()
        self._theme, self._current = theme, current
        theme.fit(self, height=42)
        self.setAccessibleName("Contrast with black and white")
        self.setToolTip("WCAG 2.2: AA asks for 4.5, AAA for 7; for large text 3 and 4.5")
        theme.changed.connect(self.update)
        current.changed.connect(self._follow)
        self._follow()

    @property
    def words(self) -> list[str]:
        """What is said of black and of white, such as ``Black 7.37 AAA``."""
        found = [(name, contrast(self._current.hex, text)) for name, text in _TEXTS]
        return [f"{name} {view.ratio} {view.grade}" for name, view in found]

    def sizeHint(self) -> QSize:
        """Want room for both."""
        return QSize(240, 42)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the two samples with their figures beside them."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        half = (self.width() - 12) / 2
        for place, (_, text) in enumerate(_TEXTS):
            view = contrast(self._current.hex, text)
            swatch = QRectF(place * (half + 12) + 0.5, 0.5, 41, 41)
            painter.setPen(QPen(self._theme.color("line"), 1))
            painter.setBrush(QColor(self._current.hex))
            painter.drawRoundedRect(swatch, 2, 2)
            painter.setPen(QColor(text))
            painter.setFont(self._theme.font(20, 600, display=True))
            painter.drawText(swatch, Qt.AlignmentFlag.AlignCenter, "Aa")
            words = QRectF(swatch.right() + 8, 2, half - 48, 20)
            painter.setFont(self._theme.font(13, 500, tabular=True))
            painter.setPen(self._theme.color("text"))
            painter.drawText(words, left, view.ratio)
            painter.setFont(self._theme.font(12))
            painter.setPen(self._theme.color("text_2"))
            painter.drawText(words.translated(0, 19), left, view.grade)

    def _follow(self) -> None:
        self.setAccessibleDescription("; ".join(self.words))
        self.update()

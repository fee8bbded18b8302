"""The header: which page this is, and the colour that all pages share."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QWidget

from engine.reading import reading
from ui.current import CurrentColor
from ui.theme import Theme
from ui.widgets.basics import Label, row

HEIGHT = 64


class ColorTag(QAbstractButton):
    """The current colour: a swatch, its hex and its reading; pressing it opens the picker's page."""

    def __init__(self, theme: Theme, current: CurrentColor) -> None:
        super().__init__()
        self._theme, self._current = theme, current
        self._words = ""
        theme.fit(self, height=40)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolTip("The current colour; press to pick another")
        current.changed.connect(self._follow)
        theme.changed.connect(self.update)
        self._follow(current.hex)

    def sizeHint(self) -> QSize:
        """Want room for the words beside the swatch."""
        words = QFontMetricsF(self._theme.font(12)).horizontalAdvance(self._words)
        figures = QFontMetricsF(self._theme.font(13, 500, tabular=True)).horizontalAdvance(self._current.hex)
        return QSize(round(max(words, figures)) + self._theme.px(40) + 12, self._theme.px(40))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the swatch, the hex and the reading."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        px = self._theme.px
        side = px(36)
        swatch = QRectF(self.width() - side - 0.5, 2.5, side - 1, side - 1)
        painter.setBrush(QColor(self._current.hex))
        painter.setPen(QPen(self._theme.color("line"), 1))
        painter.drawRoundedRect(swatch, 2, 2)
        right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        width = self.width() - side - 12
        painter.setFont(self._theme.font(13, 500, tabular=True))
        painter.setPen(self._theme.color("text"))
        painter.drawText(QRectF(0, px(2), width, px(18)), right, self._current.hex)
        painter.setFont(self._theme.font(12))
        painter.setPen(self._theme.color("text_3"))
        painter.drawText(QRectF(0, px(20), width, px(16)), right, self._words)

    def _follow(self, color: str) -> None:
        self._words = reading(color)
        self.setAccessibleName(f"Current colour {color}, {self._words}")
        self.updateGeometry()
        self.update()


class Header(QWidget):
    """A page's title on the left and the current colour on the right."""

    def __init__(self, theme: Theme, current: CurrentColor) -> None:
        super().__init__()
        theme.fit(self, height=HEIGHT)
        self.title = Label(theme, size=20, weight=600, display=True)
        self.tag = ColorTag(theme, current)
        self._layout: QHBoxLayout = row(self)
        self._layout.addWidget(self.title)
        self._layout.addStretch(1)
        self._layout.addWidget(self.tag)

    def resizeEvent(self, event: object) -> None:
        """Keep the pages' margins."""
        margin = 32 if self.width() >= 1100 else 24
        self._layout.setContentsMargins(margin, 8, margin, 0)

"""A few faces of one place, of which one is shown: words in a row, the shown one underlined."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import Theme

_GAP = 16


class Tabs(QWidget):
    """Words to choose one from; arrow keys move along them.

    Attributes
    ----------
    chosen
        Another was chosen; carries its place.
    """

    chosen = Signal(int)

    def __init__(self, theme: Theme, name: str, words: Sequence[str]) -> None:
        super().__init__()
        self._theme, self._words = theme, list(words)
        self._place = 0
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._describe()
        theme.changed.connect(self.updateGeometry)
        theme.changed.connect(self.update)
        theme.accent_changed.connect(self.update)

    @property
    def place(self) -> int:
        """Which one is shown, from 0."""
        return self._place

    def set_words(self, words: Sequence[str]) -> None:
        """Call them something else; there may be fewer or more."""
        if list(words) != self._words:
            self._words = list(words)
            self._place = min(self._place, len(self._words) - 1)
            self._describe()
            self.updateGeometry()
            self.update()

    def choose(self, place: int) -> None:
        """Show another one."""
        place = min(max(place, 0), len(self._words) - 1)
        if place != self._place:
            self._place = place
            self._describe()
            self.update()
            self.chosen.emit(place)

    def sizeHint(self) -> QSize:
        """Want room for the words."""
        return QSize(round(self._ends()[-1]) + 1, round(self._metrics().height()) + 12)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose what is under the pointer."""
        at = event.position().x()
        self.choose(next((i for i, end in enumerate(self._ends()) if at < end + _GAP / 2), self._place))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose by arrow keys."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.choose(self._place + step)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the words, and a line under the chosen one where there are others."""
        theme, metrics = self._theme, self._metrics()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font(13, 600))
        for place, (word, end) in enumerate(zip(self._words, self._ends(), strict=True)):
            wide = metrics.horizontalAdvance(word)
            shown = place == self._place
            painter.setPen(theme.color("text" if shown else "text_2"))
            painter.drawText(
                QRectF(end - wide, 0, wide + 1, self.height()),
                int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter),
                word,
            )
            if shown and len(self._words) > 1:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.ink)
                painter.drawRoundedRect(QRectF(end - wide, self.height() - 2, wide, 2), 1, 1)

    def _metrics(self) -> QFontMetricsF:
        return QFontMetricsF(self._theme.font(13, 600))

    def _ends(self) -> list[float]:
        metrics, at, ends = self._metrics(), 0.0, []
        for word in self._words:
            at += metrics.horizontalAdvance(word)
            ends.append(at)
            at += _GAP
        return ends

    def _describe(self) -> None:
        self.setAccessibleDescription(self._words[self._place])

"""How long to train: a few lengths side by side, each with the time and memory that it takes here."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.views.preflight import Card
from ui.theme import Theme

_PAD = 8


class BudgetCards(QWidget):
    """The lengths; arrow keys move along them.

    Attributes
    ----------
    chosen
        A length was chosen; carries its place.
    """

    chosen = Signal(int)

    def __init__(self, theme: Theme, name: str, cards: Sequence[Card]) -> None:
        super().__init__()
        self._theme, self._cards, self._place = theme, list(cards), -1
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme.changed.connect(self.updateGeometry)
        theme.changed.connect(self.update)
        theme.accent_changed.connect(self.update)

    @property
    def place(self) -> int:
        """Which length is chosen, from 0; -1 for none of these."""
        return self._place

    def show_cards(self, cards: Sequence[Card], place: int) -> None:
        """Show the lengths with one of them chosen, or none (-1); says nothing."""
        if (list(cards), place) != (self._cards, self._place):
            self._cards, self._place = list(cards), place
            said = "another length"
            if 0 <= place < len(cards):
                card = cards[place]
                said = ", ".join(filter(None, (card.word, card.steps, card.time, card.memory)))
            self.setAccessibleDescription(said)
            self.update()

    def choose(self, place: int) -> None:
        """Choose a length as a person would."""
        place = min(max(place, 0), len(self._cards) - 1)
        if place != self._place:
            self.show_cards(self._cards, place)
            self.chosen.emit(place)

    def sizeHint(self) -> QSize:
        """Want four lines."""
        words, facts = QFontMetrics(self._word(False)), QFontMetrics(self._fact())
        return QSize(80 * len(self._cards), words.height() + 3 * (facts.height() + 1) + 2 * _PAD + 2)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose what is under the pointer."""
        self.choose(int(event.position().x() * len(self._cards) / max(self.width(), 1)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose by arrow keys."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.choose(self._place + step if self._place >= 0 else 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the cards; the chosen one is framed in the ink."""
        theme = self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        gap = 6
        wide = (self.width() - gap * (len(self._cards) - 1)) / len(self._cards)
        for place, card in enumerate(self._cards):
            area = QRectF(place * (wide + gap), 0, wide, self.height())
            chosen = place == self._place
            painter.setPen(QPen(theme.ink if chosen else theme.color("line"), 2 if chosen else 1))
            painter.setBrush(theme.color("surface"))
            edge = 1.0 if chosen else 0.5
            painter.drawRoundedRect(area.adjusted(edge, edge, -edge, -edge), 6, 6)
            self._write(painter, area.adjusted(10, _PAD, -4, -_PAD), card, chosen)

    def _write(self, painter: QPainter, area: QRectF, card: Card, chosen: bool) -> None:
        theme, top = self._theme, area.top()
        lines = (
            (card.word, self._word(chosen), "text"),
            (card.steps, self._fact(), "text_2"),
            (card.time or "–", self._fact(), "text_2"),
            (card.memory or "–", self._fact(), "text_3"),
        )
        for place, (text, font, tone) in enumerate(lines):
            painter.setFont(font)
            painter.setPen(theme.color(tone))
            high = painter.fontMetrics().height() + (2 if place == 0 else 1)
            painter.drawText(
                QRectF(area.left(), top, area.width(), high), Qt.AlignmentFlag.AlignVCenter, text
            )
            top += high

    def _word(self, chosen: bool) -> QFont:
        return self._theme.font(13, 600 if chosen else 500)

    def _fact(self) -> QFont:
        return self._theme.font(12, tabular=True)

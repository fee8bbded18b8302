"""One choice out of a few, side by side."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import Theme


class Segments(QWidget):
    """A few choices, with a line of facts each or without; arrow keys move along them.

    Parameters
    ----------
    theme
        Gives tokens and fonts.
    name
        What is chosen.
    choices
        (word, facts) of each. Without any facts it is one line high.
    place
        The choice to begin with.
    stretched
        Whether it takes all the width there is; if not, a slim one is as wide as its words.

    Attributes
    ----------
    chosen
        Another choice was made; carries its place.
    """

    chosen = Signal(int)

    def __init__(
        self,
        theme: Theme,
        name: str,
        choices: Sequence[tuple[str, str]],
        place: int = 0,
        *,
        stretched: bool = False,
    ) -> None:
        super().__init__()
        self._theme, self._name = theme, name
        self._choices = list(choices)
        self._place = place
        self._slim = not any(facts for _, facts in self._choices)
        theme.fit(self, height=28 if self._slim else 48)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        narrow = self._slim and not stretched
        # Words may be squeezed before what is beside them is cut.
        wide = QSizePolicy.Policy.Maximum if narrow else QSizePolicy.Policy.Expanding
        self.setSizePolicy(wide, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._describe()
        theme.changed.connect(self.update)

    @property
    def place(self) -> int:
        """Which choice is made, from 0."""
        return self._place

    def show_choice(self, place: int) -> None:
        """Show a choice that was made elsewhere; tells of nothing."""
        self._place = min(max(place, 0), len(self._choices) - 1)
        self._describe()
        self.update()

    def choose(self, place: int) -> None:
        """Make a choice."""
        place = min(max(place, 0), len(self._choices) - 1)
        if place != self._place:
            self._place = place
            self._describe()
            self.update()
            self.chosen.emit(place)

    def sizeHint(self) -> QSize:
        """Want room for the words."""
        px = self._theme.px
        if not self._slim:
            return QSize(px(80) * len(self._choices), px(48))
        metrics = QFontMetrics(self._theme.font(13, 600))
        widest = max(metrics.horizontalAdvance(word) for word, _ in self._choices)
        return QSize((widest + px(28)) * len(self._choices), px(28))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose what is under the pointer."""
        self.choose(int(event.position().x() * len(self._choices) / max(self.width(), 1)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose by arrow keys."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.choose(self._place + step)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the trough and the chosen card in it."""
        theme = self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("sunken"))
        painter.drawRoundedRect(QRectF(self.rect()), 6, 6)
        width, px = self.width() / len(self._choices), theme.px
        # Where large text leaves no room, all words are set smaller rather than one of them cut.
        widest = QFontMetrics(theme.font(13, 600)).horizontalAdvance(
            max((w for w, _ in self._choices), key=len)
        )
        size = 13 * self._fit(widest, width)
        plain = QFontMetrics(theme.font(12, tabular=True))
        small = 12 * self._fit(max(plain.horizontalAdvance(facts) for _, facts in self._choices), width)
        for place, (word, facts) in enumerate(self._choices):
            area = QRectF(place * width, 0, width, self.height())
            chosen = place == self._place
            if chosen:
                painter.setPen(QPen(theme.color("edge"), 1))
                painter.setBrush(theme.color("surface"))
                painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
            painter.setPen(theme.color("text" if chosen and self.isEnabled() else "text_2"))
            painter.setFont(theme.font(size, 600 if chosen else 500))
            if self._slim:
                painter.drawText(area, Qt.AlignmentFlag.AlignCenter, word)
                continue
            painter.drawText(area.adjusted(0, px(6), 0, -px(22)), Qt.AlignmentFlag.AlignCenter, word)
            painter.setPen(theme.color("text_3"))
            painter.setFont(theme.font(small, tabular=True))
            painter.drawText(area.adjusted(0, px(22), 0, -px(6)), Qt.AlignmentFlag.AlignCenter, facts)

    def _fit(self, widest: int, width: float) -> float:
        """Return by how much words are set smaller to fit; never below their size at 100%."""
        return min(1.0, max((width - 8) / max(widest, 1), 1 / self._theme.scale))

    def _describe(self) -> None:
        word, facts = self._choices[self._place]
        self.setAccessibleName(self._name)
        self.setAccessibleDescription(f"{word}, {facts}" if facts else word)

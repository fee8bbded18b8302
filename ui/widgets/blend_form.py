"""Two painters into one: which, in what shares, and under what name."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget

from studio import blending
from studio.painters import PainterCard
from ui.theme import Theme
from ui.widgets.basics import AccentButton, Label, button, column, row
from ui.widgets.prose import Prose
from ui.widgets.shelf import Item, Shelf

_STEP, _LEAST = 5, 5


class Shares(QWidget):
    """How much of the one and of the other, in percent; drag, or use the arrow keys.

    Attributes
    ----------
    changed
        Carries the first one's percent.
    """

    changed = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.percent = 50
        self.setFixedHeight(44)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.SizeHorCursor)
        self.setAccessibleName("Shares")
        theme.changed.connect(self.update)
        theme.accent_changed.connect(self.update)

    def set_percent(self, percent: int) -> None:
        """Give the first so much, between 5 and 95."""
        percent = min(max(percent, _LEAST), 100 - _LEAST)
        if percent != self.percent:
            self.percent = percent
            self.setAccessibleDescription(f"{percent} and {100 - percent} percent")
            self.update()
            self.changed.emit(percent)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to where the pointer is."""
        self._follow(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the pointer."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._follow(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move by the arrow keys: 5, with Shift 1."""
        step = 1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else _STEP
        turn = {Qt.Key.Key_Left: -step, Qt.Key.Key_Right: step}.get(Qt.Key(event.key()))
        if turn is None:
            super().keyPressEvent(event)
        else:
            self.set_percent(self.percent + turn)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the two shares as two fields beside each other."""
        theme = self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        cut = area.left() + area.width() * self.percent / 100
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("sunken"))
        painter.drawRoundedRect(area, 6, 6)
        painter.setClipRect(QRectF(0, 0, cut, self.height()))
        painter.setBrush(theme.fill)
        painter.drawRoundedRect(area, 6, 6)
        painter.setClipping(False)
        painter.setFont(theme.font(15, 600, tabular=True))
        painter.setPen(theme.text_over_fill())
        centre = Qt.AlignmentFlag.AlignCenter
        if cut > 40:
            painter.drawText(QRectF(area.left(), 0, cut, self.height()), centre, f"{self.percent}%")
        painter.setPen(theme.color("text"))
        rest = area.right() - cut
        if rest > 40:
            painter.drawText(QRectF(cut, 0, rest, self.height()), centre, f"{100 - self.percent}%")
        painter.setPen(QPen(theme.color("edge"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(area, 6, 6)
        painter.setPen(QPen(theme.color("text"), 2))
        painter.drawLine(int(cut), 6, int(cut), self.height() - 6)

    def _follow(self, event: QMouseEvent) -> None:
        share = event.position().x() / max(self.width(), 1)
        self.set_percent(round(100 * share / _STEP) * _STEP)


class BlendForm(QWidget):
    """The first painter is the chosen one; the second is picked from those that suit it.

    Attributes
    ----------
    wanted
        The blend was asked for: the second's slug, the first's percent, and a name.
    left
        The form was left without a blend.
    """

    wanted = Signal(str, int, str)
    left = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._first: PainterCard | None = None
        self._others: dict[str, PainterCard] = {}
        self._second = ""
        self._own_name = False
        self.title = Prose(theme, "", 20, weight=600, display=True)
        self.how = Prose(
            theme,
            "Both are small additions to one base, so their weights can be added in shares. The blend is "
            "exact and takes no training; how it will name things, nobody can promise.",
            13,
            "2",
        )
        self.shelf = Shelf(theme, "The other painter")
        self.shares = Shares(theme)
        self.pair = Label(theme, size=12, tone="3")
        self.name = QLineEdit()
        self.name.setFont(theme.font(13))
        self.name.setMaxLength(60)
        self.name.setAccessibleName("Name of the blend")
        self.said = Label(theme, size=12, tone="3", wrap=True)
        self.blend = AccentButton(theme, "Blend")
        self.cancel = button(theme, "Cancel", kind="quiet")
        layout = column(self, 8)
        layout.addWidget(self.title)
        layout.addWidget(self.how)
        layout.addSpacing(8)
        layout.addWidget(Label(theme, "With", 13, "2", 600))
        layout.addWidget(self.shelf, 1)
        layout.addWidget(Label(theme, "Shares", 13, "2", 600))
        layout.addWidget(self.shares)
        layout.addWidget(self.pair)
        layout.addSpacing(4)
        layout.addWidget(Label(theme, "Name", 13, "2", 600))
        layout.addWidget(self.name)
        layout.addWidget(self.said)
        foot = row(space=8)
        foot.addWidget(self.blend, 1)
        foot.addWidget(self.cancel)
        layout.addLayout(foot)
        self.shelf.chosen.connect(self._choose)
        self.shares.changed.connect(lambda _: self._tell())
        self.name.textEdited.connect(self._named)
        self.name.returnPressed.connect(self._want)
        self.blend.clicked.connect(self._want)
        self.cancel.clicked.connect(self.left)

    def begin(self, first: PainterCard, cards: Sequence[PainterCard]) -> None:
        """Begin with a painter, and offer those that suit it."""
        self._first, self._own_name = first, False
        suits = {card.slug: card for card in cards if not blending.suits(first, card)}
        self._others = suits
        self._second = next(iter(suits), "")
        self.title.set_text(f"Blend {first.name}")
        self._tell()
        self.said.set_tone("3")
        self.said.setText("" if suits else "There is no other painter on its base yet; train or import one.")

    def say(self, sentence: str, *, fault: bool = False) -> None:
        """Say what goes on, or what went wrong."""
        self.said.set_tone("danger" if fault else "3")
        self.said.setText(sentence)
        self.blend.setEnabled(bool(self._second) and (fault or not sentence))

    def _choose(self, slug: str) -> None:
        self._second = slug
        self._tell()

    def _named(self, text: str) -> None:
        self._own_name = bool(text.strip())

    def _tell(self) -> None:
        first, second = self._first, self._others.get(self._second)
        items = [Item(card.slug, card.name, _facts(card)) for card in self._others.values()]
        self.shelf.show_items(items, self._second)
        self.blend.setEnabled(second is not None)
        self.shares.setEnabled(second is not None)
        if first is None or second is None:
            self.pair.setText("")
            return
        percent = self.shares.percent
        self.pair.setText(f"{percent}% {first.name[:24]}, {100 - percent}% {second.name[:24]}")
        if not self._own_name:
            self.name.setText(blending.blended_name(first.name, second.name, percent / 100))

    def _want(self) -> None:
        if self._second and self.blend.isEnabled():
            self.wanted.emit(self._second, self.shares.percent, self.name.text().strip())


def _facts(card: PainterCard) -> str:
    return "House painter" if card.shipped else "Yours"

"""Cures for a run that narrows: a card each, with what it does and costs, and one click to take it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QScrollArea, QWidget

from studio.views.cures import Card, CuresView
from ui.theme import Theme
from ui.tips import tip
from ui.widgets.basics import Label, button, column, plate, row


class Cures(QWidget):
    """The cures of the run that is watched.

    Attributes
    ----------
    wanted
        A cure is to be taken: its slug.
    """

    wanted = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._shown: CuresView | None = None
        self._busy = ""
        self.begins = Label(theme, size=13, tone="2", wrap=True)
        self.buttons: dict[str, QPushButton] = {}
        holder = QWidget()
        holder.setObjectName("bare")
        self._cards = column(holder, 8)
        self._cards.setContentsMargins(0, 0, 10, 0)
        scroll = QScrollArea()
        scroll.setWidget(holder)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setAccessibleName("Cures")
        layout = column(self, 8)
        layout.addWidget(self.begins)
        layout.addWidget(scroll, 1)

    def show_cures(self, shown: CuresView | None) -> None:
        """Show the cures of a run; nothing is made anew that is there."""
        if shown == self._shown:
            return
        before, self._shown = self._shown, shown
        self.begins.setText(shown.begins if shown is not None else "")
        cards = shown.cards if shown is not None else ()
        if before is not None and before.cards == cards:
            return
        while (item := self._cards.takeAt(0)) is not None:
            if (gone := item.widget()) is not None:
                gone.hide()
                gone.deleteLater()
        self.buttons = {}
        for card in cards:
            self._cards.addWidget(self._card(card))
        self._cards.addStretch(1)
        self._settle()

    def set_busy(self, reason: str) -> None:
        """Say why none can be taken now; empty if any can."""
        if reason != self._busy:
            self._busy = reason
            self._settle()

    def _card(self, card: Card) -> QWidget:
        made = plate("surface")
        take = button(self._theme, "Fork with it", f"Start a fork with {card.name}")
        take.clicked.connect(lambda _=False: self.wanted.emit(card.slug))
        self.buttons[card.slug] = take
        head = row(space=8)
        head.addWidget(Label(self._theme, card.name, 13, weight=600, wrap=True), 1)
        head.addWidget(take, 0, Qt.AlignmentFlag.AlignTop)
        inner = column(made, 4, 12)
        inner.addLayout(head)
        inner.addWidget(Label(self._theme, card.does, 13, wrap=True))
        inner.addWidget(Label(self._theme, f"Costs: {card.costs}", 12, "2", wrap=True))
        told = card.closed or card.changes
        inner.addWidget(Label(self._theme, told, 12, "3", wrap=True, tabular=True))
        return made

    def _settle(self) -> None:
        cards = self._shown.cards if self._shown is not None else ()
        for card in cards:
            why = card.closed or self._busy
            self.buttons[card.slug].setEnabled(not why)
            self.buttons[card.slug].setToolTip(tip(why))

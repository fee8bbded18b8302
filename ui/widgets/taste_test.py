"""The blind taste test: chips without painters, the best is picked, then the painters are told."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from engine.palette import held_out_colors
from engine.service.protocol import Done, Failed, PainterRef, Reply
from studio.painters import PainterCard
from studio.tasting import Tasted, Tastes
from studio.views import names, taste_test
from studio.views.names import CompareView
from studio.views.taste_test import TasteView
from ui.background import Background
from ui.bridge import Service
from ui.theme import Theme
from ui.widgets.basics import AccentButton, Label, button, column, row, takes_escape
from ui.widgets.chip import PaintChip
from ui.widgets.focus import RINGLESS
from ui.widgets.stage import Stage
from ui.widgets.standings import Standings

PALETTE = 500
"""How many colours there are to be asked about, none of which a painter was trained on."""
_KEYS = (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_4, Qt.Key.Key_5, Qt.Key.Key_6)
MOST = len(_KEYS)


class TasteTest(QWidget):
    """Asks for names of a colour nobody trained on, and lets a person pick without knowing who said which.

    Parameters
    ----------
    theme, service
        The look, and who names.
    tastes
        The tests that were taken.
    background
        Where files are read and written.
    seed
        Gives a number for each colour and order; the time by default.

    Attributes
    ----------
    left
        The person is done.
    judge_wanted
        The tests are to be made into a judge; carries them.
    """

    left = Signal()
    judge_wanted = Signal(tuple)

    def __init__(
        self,
        theme: Theme,
        service: Service,
        tastes: Tastes,
        background: Background,
        seed: Callable[[], int] = time.time_ns,
    ) -> None:
        super().__init__()
        self._theme, self._service = theme, service
        self._tastes, self._background, self._seed = tastes, background, seed
        self._cards: list[PainterCard] = []
        self._history: tuple[Tasted, ...] = ()
        self._palette: list[str] = []
        self._named = CompareView()
        self._view = TasteView()
        self._order = 0
        self.chips: list[PaintChip] = []
        self.question = Label(theme, size=20, weight=600, display=True)
        self.hint = Label(theme, size=13, tone="2", wrap=True)
        self.next = AccentButton(theme, "Next colour")
        theme.fit(self.next, height=28)
        self.done = button(theme, "Done", "End the taste test")
        self.stage = Stage(theme, listed=False)
        self.standings = Standings(theme)
        self.verdict = Label(theme, size=13, tone="2", wrap=True)
        self.verdict.setAccessibleName("What the picks show")
        self.make = button(theme, "Make a judge of my picks")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty(RINGLESS, True)
        self.setAccessibleName("Blind taste test")
        self._lay_out()
        self.next.clicked.connect(self.begin)
        self.done.clicked.connect(self.left)
        self.make.clicked.connect(lambda: self.judge_wanted.emit(self._history))
        for signal in (service.named, service.done, service.failed):
            signal.connect(self._replied)
        self._show_history()

    def _lay_out(self) -> None:
        words = column(space=2)
        words.addWidget(self.question)
        words.addWidget(self.hint)
        top = row(space=8)
        top.addLayout(words, 1)
        top.addWidget(self.next, 0, Qt.AlignmentFlag.AlignTop)
        top.addWidget(self.done, 0, Qt.AlignmentFlag.AlignTop)
        foot = row(space=16)
        foot.addWidget(self.verdict, 1)
        foot.addWidget(self.make, 0, Qt.AlignmentFlag.AlignTop)
        layout = column(self, 12)
        layout.addLayout(top)
        layout.addWidget(self.stage, 1)
        layout.addWidget(self.standings)
        layout.addLayout(foot)

    @property
    def view(self) -> TasteView:
        """What is offered."""
        return self._view

    @property
    def history(self) -> tuple[Tasted, ...]:
        """The tests that were taken."""
        return self._history

    def show_painters(self, cards: Sequence[PainterCard]) -> None:
        """Take the painters that can be used; the first few take part."""
        self._cards = [card for card in cards if not card.error][:MOST]
        self._show_history()

    def read(self) -> None:
        """Read the tests that were taken before."""
        self._background.run(self._tastes.read, self._have_read, lambda error: self._say(str(error)))

    def begin(self) -> None:
        """Ask for the names of another colour."""
        self.drop()
        self.setFocus()
        if not self._palette:
            # Making it takes longer than a frame.
            self._background.run(
                lambda: held_out_colors(PALETTE), self._have_palette, lambda error: self._say(str(error))
            )
            return
        self._order = self._seed()
        color = random.Random(self._order).choice(self._palette)
        self._view = TasteView(color=color)
        refs = tuple(PainterRef(slug=card.slug, folder=card.folder) for card in self._cards)
        labels = tuple((card.slug, card.name) for card in self._cards)
        if len(refs) < 2:
            self._say("A taste test needs two painters: train one, and come back.")
            return
        request = self._service.name(color, refs)
        self._named = names.ask(CompareView(), request, color, labels)
        self._lay_chips(len(refs))
        self._show()

    def drop(self) -> None:
        """Let go of what was asked."""
        self._service.cancel(self._named.request)
        self._named = CompareView()

    def pick(self, place: int) -> None:
        """Pick the name at a place as the best."""
        self._view, tasted = taste_test.pick(self._view, place, time.time())
        if tasted is None:
            return
        self._history = (*self._history, tasted)
        self._background.run(
            lambda: self._tastes.add(tasted),
            lambda _: None,
            lambda error: self._say(f"Your pick counts here, but could not be kept: {error}."),
        )
        self._show()
        self._show_history()
        self.next.setFocus()

    def event(self, event: QEvent) -> bool:
        """Keep Esc from the window, for which it lets go of fields."""
        if takes_escape(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Pick by 1 to 6, go on by Space or Enter, end by Esc."""
        key = Qt.Key(event.key())
        if key in _KEYS:
            self.pick(_KEYS.index(key))
        elif key == Qt.Key.Key_Escape:
            self.left.emit()
        elif key in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._view.state != "open":
            if self._view.state != "waiting":
                self.begin()
        else:
            super().keyPressEvent(event)

    def _replied(self, reply: Reply) -> None:
        if not self._named.request or reply.id != self._named.request:
            return
        self._named = names.fold(self._named, reply)
        if isinstance(reply, Failed):
            self._named = CompareView()
            if not reply.cancelled:
                self._view = TasteView(color=self._view.color, state="none")
                self._show()
                self._say(reply.reason)
        elif isinstance(reply, Done):
            said = [(chip.painter, chip.name if chip.state == "ready" else "") for chip in self._named.chips]
            self._named = CompareView()
            self._view = taste_test.offer(self._view.color, said, self._order)
            self._lay_chips(len(self._view.offers))
            self._show()

    def _lay_chips(self, count: int) -> None:
        while len(self.chips) < count:
            place = len(self.chips)
            chip = PaintChip(self._theme, str(place), str(place + 1), self._view.color or "#808080")
            chip.pressed.connect(lambda _, place=place: self.pick(place))
            self.chips.append(chip)
        # Chips that are not laid out are let go by the stage.
        self.chips = self.chips[:count]
        self.stage.show_chips(self.chips)

    def _show(self) -> None:
        view = self._view
        labels = {card.slug: card.name for card in self._cards}
        for place, chip in enumerate(self.chips):
            chip.set_color(view.color)
            chip.set_chosen(place == view.picked)
            if place < len(view.offers):
                offered = view.offers[place]
                chip.set_painter(
                    labels.get(offered.painter, offered.painter)
                    if view.state == "revealed"
                    else str(place + 1)
                )
                chip.set_name(offered.name)
            else:
                chip.set_painter(str(place + 1))
                chip.blank()
        count = len(view.offers)
        self.next.setEnabled(view.state in ("revealed", "none"))
        if view.state == "revealed":
            winner = view.offers[view.picked]
            self.question.setText(f"You picked {labels.get(winner.painter, winner.painter)}.")
            self._say("Space for the next colour.")
        elif view.state == "none":
            self.question.setText("Nothing to choose between")
            self._say("The painters do not give two different names to this colour. Space for the next one.")
        else:
            self.question.setText("Which name do you like best for this colour?")
            keys = f"Click it or press 1 to {count}." if count else "The painters are asked…"
            self._say(f"{keys} Who said it is shown afterwards.")

    def _have_palette(self, colors: list[str]) -> None:
        self._palette = colors
        if self.isVisible():
            self.begin()

    def _have_read(self, history: tuple[Tasted, ...]) -> None:
        # What was picked before the file had been read is in it, or will be.
        fresh = [one for one in self._history if one not in history]
        self._history = (*history, *fresh)
        self._show_history()

    def _show_history(self) -> None:
        rows = taste_test.standings(self._history, {card.slug: card.name for card in self._cards})
        self.standings.show_rows(rows)
        self.standings.setVisible(bool(rows))
        self.verdict.setText(taste_test.verdict(rows))
        words = taste_test.offer_to_judge(self._history)
        self.make.setText(words or "Make a judge of my picks")
        self.make.setVisible(bool(words))

    def _say(self, sentence: str) -> None:
        self.hint.setText(sentence)

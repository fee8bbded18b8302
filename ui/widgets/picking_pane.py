"""Picking the better of two names, quickly: ← the left, → the right, ↑ neither, Backspace takes it back."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.judges.spec import Preference
from engine.service.protocol import Reply
from studio.views import picking
from studio.views.picking import Picking, Side
from ui.bridge import Service
from ui.current import CurrentColor
from ui.theme import Theme
from ui.widgets.accuracy import AccuracyCurve
from ui.widgets.basics import Label, button, column, row
from ui.widgets.name_card import NameCard

PATIENCE = 500
"""Milliseconds without a pair after which it is said what is waited for."""


class PickingPane(QWidget):
    """Two names large, what is known of the taste so far, and how well.

    Attributes
    ----------
    picked
        A pick was made or taken back; carries the judge with its picks, to be saved at once.
    """

    picked = Signal(Preference)

    def __init__(self, theme: Theme, current: CurrentColor, service: Service) -> None:
        super().__init__()
        self._service = service
        self._state: Picking | None = None
        self._sittings: dict[str, Picking] = {}
        self._opened = ""
        self.question = Label(theme, "Which name is better?", 15, weight=600, display=True)
        self.left = NameCard(theme, current, "←")
        self.right = NameCard(theme, current, "→")
        self.left.beside, self.right.beside = self.right, self.left
        self.skip = button(theme, "↑  Neither", "Neither of the two")
        self.back = button(theme, "⌫  Take back", "Take the last decision back", kind="quiet")
        self.standing = Label(theme, size=13, tone="2", wrap=True)
        self.note = Label(theme, size=12, tone="danger", wrap=True)
        self.again = button(theme, "Ask again", "Ask for two names again")
        self.curve = AccuracyCurve(theme)
        self.likes = Label(theme, size=12, tone="3", wrap=True)
        cards = row(space=16)
        cards.addWidget(self.left, 1)
        cards.addWidget(self.right, 1)
        buttons = row(space=8)
        buttons.addWidget(self.skip)
        buttons.addWidget(self.back)
        buttons.addWidget(self.again)
        buttons.addStretch(1)
        layout = column(self, 10)
        layout.addWidget(self.question)
        layout.addLayout(cards, 100)
        layout.addLayout(buttons)
        layout.addWidget(self.note)
        layout.addWidget(self.standing)
        layout.addWidget(self.curve)
        layout.addWidget(self.likes)
        layout.addStretch(1)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self._late = QTimer(self)
        self._late.setSingleShot(True)
        self._late.setInterval(PATIENCE)
        self._late.timeout.connect(self._explain)

        self.left.clicked.connect(lambda: self.choose("left"))
        self.right.clicked.connect(lambda: self.choose("right"))
        self.skip.clicked.connect(self.pass_over)
        self.back.clicked.connect(self.take_back)
        self.again.clicked.connect(self._ask)
        for signal in (service.asked, service.done, service.failed):
            signal.connect(self._replied)

    @property
    def state(self) -> Picking | None:
        """Where the picking stands; ``None`` while no judge of this kind is open."""
        return self._state

    def set_judge(self, judge: Preference | None, slug: str) -> None:
        """Take the judge as it is written now; a sitting goes on where it was left."""
        if judge is None or slug != self._opened:
            self._leave()
            self._opened = slug
            self._state = self._sittings.get(slug)
        if judge is None:
            self._state = None
            return
        if self._state is None:
            self._state = Picking(judge=judge)
        same = self._state.judge.picks == judge.picks
        if same:
            self._state = msgspec.structs.replace(self._state, judge=judge)
        else:
            # Its picks were changed elsewhere: what was decided here cannot be taken back any more.
            self._service.cancel(self._state.request)
            self._state = Picking(judge=judge)
        self._go_on()

    def adopt(self, slug: str) -> None:
        """Take note that the open judge has a slug by now; the sitting goes on."""
        self._opened = slug

    def choose(self, side: Side) -> None:
        """Pick the left or the right name."""
        if self._state is None or self._state.pair is None or self._state.full:
            return
        self._state = picking.choose(self._state, side)
        self.picked.emit(self._state.judge)
        self._ask()

    def pass_over(self) -> None:
        """Skip a pair that cannot be decided."""
        if self._state is not None and self._state.pair is not None:
            self._state = picking.skip(self._state)
            self._ask()

    def take_back(self) -> bool:
        """Take the last decision back; tells whether there was one."""
        before = self._state
        if before is None:
            return False
        state = picking.undo(before)
        if state is before:
            return False
        self._service.cancel(before.request)
        self._state = state
        if state.judge != before.judge:
            self.picked.emit(state.judge)
        self._go_on()
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Pick by arrows, take back by Backspace."""
        match event.key():
            case Qt.Key.Key_Left:
                self.choose("left")
            case Qt.Key.Key_Right:
                self.choose("right")
            case Qt.Key.Key_Up:
                self.pass_over()
            case Qt.Key.Key_Backspace:
                self.take_back()
            case _:
                super().keyPressEvent(event)

    def showEvent(self, event: object) -> None:
        """Ask for a pair, if none was asked for yet."""
        self._go_on()

    def _leave(self) -> None:
        if self._state is not None and self._opened:
            self._service.cancel(self._state.request)
            self._sittings[self._opened] = msgspec.structs.replace(self._state, request=0)

    def _go_on(self) -> None:
        state = self._state
        if state is not None and state.pair is None and not state.request and not state.full:
            self._ask()
        else:
            self._show()

    def _ask(self) -> None:
        if self._state is None:
            return
        if self.isVisible() and not self._state.full:
            self._state = picking.asked(self._state, self._service.pair(picking.question(self._state)))
            self._late.start()
        self._show()

    def _replied(self, reply: Reply) -> None:
        if self._state is None or not self._state.request or reply.id != self._state.request:
            return
        self._state = picking.fold(self._state, reply)
        self._show()

    def _explain(self) -> None:
        state = self._state
        if state is not None and state.pair is None and state.request and not state.note:
            self.question.setText("Gathering names to choose from…")

    def _show(self) -> None:
        state = self._state
        if state is None:
            return
        pair, heard = state.pair, state.heard
        if pair is not None or state.full:
            self.question.setText("It is full of picks." if state.full else "Which name is better?")
        self.left.show_name(pair.left if pair is not None else "")
        self.right.show_name(pair.right if pair is not None else "")
        self.left.update()
        self.skip.setEnabled(pair is not None)
        self.back.setEnabled(bool(state.decided or state.judge.picks))
        self.note.setText(state.note)
        self.note.setVisible(bool(state.note))
        self.again.setVisible(bool(state.note))
        self.standing.setText(state.standing)
        self.curve.show_points(state.curve)
        said = ""
        if heard is not None and heard.best:
            said = f"So far for: {', '.join(heard.best)}.\nSo far against: {', '.join(heard.worst)}."
        self.likes.setText(said)
        self.likes.setVisible(bool(said))

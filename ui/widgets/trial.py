"""Try it: a board of names for the current colour, scored by the judge as it is written now."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from engine.judges.base import Verdict
from engine.judges.spec import JudgeSpec
from engine.service.protocol import Reply
from studio.views import judge as boards
from studio.views.judge import JudgeBoard
from ui.bridge import Service
from ui.current import CurrentColor
from ui.theme import Theme
from ui.widgets.basics import Label, column
from ui.widgets.board import NameBoard

REST = 250
"""Milliseconds after the last change before the names are scored again."""
PATIENCE = 900
"""Milliseconds without an answer after which the board says what it waits for."""
TRIED = ("Sunset Dust", "Sandy Beige", "Burnt Sienna", "Cinnamon Toast", "Thunderhead", "Light Grey")


class Trial(QFrame):
    """Names that one may edit, with the scores that the judge at hand gives them.

    Parameters
    ----------
    theme, current, service
        The look, the shared colour, and who scores.
    """

    def __init__(self, theme: Theme, current: CurrentColor, service: Service) -> None:
        super().__init__()
        self.setProperty("plate", "sunken")
        self._current, self._service = current, service
        self._judge: JudgeSpec | None = None
        self._board = JudgeBoard()
        self.board = NameBoard(theme, TRIED)
        self.note = Label(theme, size=12, tone="3", wrap=True)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REST)
        self._timer.timeout.connect(self._ask)

        self._late = QTimer(self)
        self._late.setSingleShot(True)
        self._late.setInterval(PATIENCE)
        self._late.timeout.connect(self._explain)

        explained = "Names for the current colour. The notch is the median of known names."
        holder = QWidget()
        holder.setObjectName("bare")
        inner = column(holder)
        inner.addWidget(self.board)
        inner.addStretch(1)
        area = QScrollArea()
        area.setWidget(holder)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout = column(self, 4, 20)
        layout.addWidget(Label(theme, "Try it", 15, weight=600, display=True))
        layout.addWidget(Label(theme, explained, 12, "3", wrap=True))
        layout.addSpacing(8)
        layout.addWidget(area, 1)
        layout.addWidget(self.note)

        self.board.edited.connect(self._timer.start)
        current.settled.connect(self._timer.start)
        for signal in (service.scored, service.done, service.failed):
            signal.connect(self._replied)

    def set_judge(self, judge: JudgeSpec | None) -> None:
        """Take the judge as it is written now; ``None`` while what is written is no judge."""
        self._judge = judge
        self._timer.start()

    def showEvent(self, event: object) -> None:
        """Score for the colour as it is now."""
        self._timer.start()

    def _ask(self) -> None:
        if not self.isVisible():
            return
        self._service.cancel(self._board.request)
        names = list(dict.fromkeys(self.board.names))
        if self._judge is None:
            self._show(boards.refuse(self._board, "Scores come once the judge is complete."))
        elif not names:
            self._show(boards.refuse(self._board, "Add a name to see its score."))
        else:
            request = self._service.score(self._current.hex, names, self._judge)
            self._show(boards.ask(self._board, request, self._current.hex, names))
            self._late.start()

    def _replied(self, reply: Reply) -> None:
        self._show(boards.fold(self._board, reply))

    def _explain(self) -> None:
        if self._board.waiting:
            self.note.setText("A new judge reads known names first, to learn what is usual…")

    def _show(self, board: JudgeBoard) -> None:
        if board is self._board:
            return
        self._board = board
        self.note.setText(board.note)
        fresh = [row for row in board.rows if not row.stale]
        if len(fresh) < len(board.rows):
            self.board.wait()
        verdicts = [Verdict(score=row.score, reason=row.reason) for row in fresh]
        self.board.show_verdicts([row.name for row in fresh], verdicts)

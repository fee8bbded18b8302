"""Asks judges about the names on the chips, one question at a time, once nothing more urgent is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QObject, Signal

from engine.service.protocol import Done, Failed, Reply, Scored
from studio.judges import JudgeEntry
from studio.painters import PainterCard
from studio.views.chip_scores import ChipScore, Question, ScoreBoard
from ui.bridge import Service


class ChipScorer(QObject):
    """Keeps what judges said, and asks for what they have not.

    Parameters
    ----------
    service
        Who scores.

    Attributes
    ----------
    scored
        More is known: the rows may be read anew.
    """

    scored = Signal()

    def __init__(self, service: Service, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._service = service
        self._board = ScoreBoard()
        self._color = ""
        self._names: dict[str, str] = {}
        self._question: Question | None = None
        self._request = 0
        for signal in (service.scored, service.done, service.failed):
            signal.connect(self._replied)
        service.ready.connect(lambda _: self._board.forget_failures())

    def show_judges(self, entries: Sequence[JudgeEntry]) -> None:
        """Take the library of judges; :meth:`show_painters` is to follow."""
        self._board.show_judges(entries)

    def show_painters(self, cards: Sequence[PainterCard]) -> None:
        """Take the painters whose chips are shown."""
        self._board.show_painters(cards)

    def rows(self, painter: str, color: str, name: str) -> tuple[ChipScore, ...]:
        """Return the scores of a painter's name of a colour, as far as they are known."""
        return self._board.rows(painter, color, name)

    def ask(self, color: str, names: Mapping[str, str]) -> None:
        """Ask for what is not known of these names, painter's slug → name."""
        self.drop()
        self._color, self._names = color, dict(names)
        self._ask_next()

    def drop(self) -> None:
        """Let go of what is asked: something more urgent has come."""
        self._service.cancel(self._request)
        self._request, self._question = 0, None

    def _ask_next(self) -> None:
        self._question = self._board.next_question(self._color, self._names)
        if self._question is None:
            self._request = 0
            return
        spec = self._board.spec(self._question.judge)
        self._request = self._service.score(self._color, self._question.names, spec)

    def _replied(self, reply: Reply) -> None:
        if not self._request or reply.id != self._request or self._question is None:
            return
        if isinstance(reply, Scored):
            self._board.take(self._question, self._color, reply.verdicts)
            self.scored.emit()
        elif isinstance(reply, Failed):
            if reply.cancelled:
                return
            self._board.fail(self._question, self._color, reply.reason)
            self.scored.emit()
            self._ask_next()
        elif isinstance(reply, Done):
            if self._board.next_question(self._color, self._names) == self._question:
                self._board.fail(self._question, self._color, "The judge gave no verdict.")
            self._ask_next()

"""The board beside the judge editor: names, and what the judge as it stands now gives them.

While a person types, a request follows a request; only the latest counts, and until its verdicts come each
name keeps its last score, as stale.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from engine.service.protocol import Done, Failed, Progress, Reply, Scored


class ScoreRow(msgspec.Struct, frozen=True, kw_only=True):
    """One name and its score.

    Attributes
    ----------
    score
        0..1; ``None`` before the first verdict, and when the judge failed on it.
    reason
        The judge's sentence.
    stale
        Whether the score is from before the last change.
    """

    name: str
    score: float | None = None
    reason: str = ""
    stale: bool = True


class JudgeBoard(msgspec.Struct, frozen=True, kw_only=True):
    """Names with their scores, in the order asked for.

    Attributes
    ----------
    color
        What the names were scored for.
    request
        The id of the request that counts; 0 before the first.
    rows
        One a name.
    note
        Why there are no scores, in a sentence; empty when all is well.
    going
        What the judge is being made ready by, in a few words, while it is; empty else.
    done
        The share of that, while it is known.
    """

    color: str = ""
    request: int = 0
    rows: tuple[ScoreRow, ...] = ()
    note: str = ""
    going: str = ""
    done: float | None = None

    @property
    def waiting(self) -> bool:
        """Whether verdicts are still to come."""
        return not self.note and any(row.stale for row in self.rows)

    @property
    def ranked(self) -> tuple[ScoreRow, ...]:
        """The rows, best first; those without a score last, else in the order asked for."""
        return tuple(
            sorted(self.rows, key=lambda row: -1.0 if row.score is None else row.score, reverse=True)
        )


def ask(board: JudgeBoard, request: int, color: str, names: Sequence[str]) -> JudgeBoard:
    """Return the board after a new request was sent; scores of names that stay are kept as stale."""
    before = {row.name: row for row in board.rows}
    rows = tuple(msgspec.structs.replace(before.get(name, ScoreRow(name=name)), stale=True) for name in names)
    return JudgeBoard(color=color, request=request, rows=rows)


def refuse(board: JudgeBoard, reason: str) -> JudgeBoard:
    """Return the board while the judge cannot be asked, because what was typed is no judge yet."""
    rows = tuple(msgspec.structs.replace(row, stale=True) for row in board.rows)
    return msgspec.structs.replace(board, request=0, rows=rows, note=reason, going="", done=None)


def fold(board: JudgeBoard, reply: Reply) -> JudgeBoard:
    """Return the board after one reply of the service; replies to superseded requests change nothing."""
    if not board.request or reply.id != board.request:
        return board
    match reply:
        case Scored() if len(reply.verdicts) == len(board.rows):
            rows = tuple(
                ScoreRow(name=row.name, score=verdict.score, reason=verdict.reason, stale=False)
                for row, verdict in zip(board.rows, reply.verdicts, strict=True)
            )
            return msgspec.structs.replace(board, rows=rows, note="", going="", done=None)
        case Progress():
            return msgspec.structs.replace(board, going=reply.note, done=reply.done)
        case Failed():
            reason = "This was called off." if reply.cancelled else reply.reason
            return msgspec.structs.replace(board, note=reason, going="", done=None)
        case Done() if any(row.stale for row in board.rows):
            return msgspec.structs.replace(board, note="The judge did not score every name; try again.")
        case _:
            return board

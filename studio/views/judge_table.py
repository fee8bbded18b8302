"""The live board: the person's names × some judges for the current colour, and the reward that they make.

Each judge's column is a :class:`studio.views.judge.JudgeBoard` of its own, so that the one that is being
written is asked again at every pause, and the others only when names or colour change.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from engine.judges.base import Verdict
from engine.recipe import Panel, Taste
from engine.service.protocol import Reply
from studio.views import judge as boards
from studio.views.explained import ExplainedName, explained
from studio.views.judge import JudgeBoard, ScoreRow
from studio.views.judge_kinds import Part

MOST_BESIDE = 3
"""How many judges stand beside the one that is open."""


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """One judge's column.

    Attributes
    ----------
    key
        The judge's slug, or what stands for one that has none yet.
    title
        Its name.
    part
        What it plays in the reward.
    board
        Its scores.
    """

    key: str
    title: str
    part: Part
    board: JudgeBoard = JudgeBoard()


class JudgeTable(msgspec.Struct, frozen=True, kw_only=True):
    """All columns, the open judge's first."""

    columns: tuple[Column, ...] = ()

    @property
    def note(self) -> str:
        """Why scores are missing, in a sentence, of the first judge that has none; empty when all is well."""
        for place, column in enumerate(self.columns):
            if column.board.note:
                return column.board.note if place == 0 else f"{column.title}: {column.board.note}"
        return ""

    @property
    def going(self) -> tuple[str, float | None]:
        """What is being made ready, and the share that is done while it is known; no words for nothing."""
        boards = (column.board for column in self.columns if column.board.waiting)
        return next(((board.going, board.done) for board in boards if board.going), ("", None))

    @property
    def waiting(self) -> bool:
        """Whether any verdict is still to come."""
        return any(column.board.waiting for column in self.columns)

    @property
    def has_reward(self) -> bool:
        """Whether there are several judges and a taste among them, so that they make a reward."""
        return len(self.columns) > 1 and any(column.part == "taste" for column in self.columns)

    def row(self, name: str) -> tuple[ScoreRow, ...]:
        """Return the scores of a name, one a column."""
        found = []
        for column in self.columns:
            rows = column.board.rows
            found.append(next((row for row in rows if row.name == name), ScoreRow(name=name)))
        return tuple(found)

    def reward(self, name: str) -> ExplainedName | None:
        """Return the reward of a name, tastes weighed alike; ``None`` while a verdict is missing."""
        row = self.row(name)
        if not self.has_reward or any(cell.stale for cell in row):
            return None
        tastes = tuple(Taste(column.key) for column in self.columns if column.part == "taste")
        guards = tuple(column.key for column in self.columns if column.part == "guard")
        verdicts = {
            column.key: [Verdict(score=cell.score, reason=cell.reason)]
            for column, cell in zip(self.columns, row, strict=True)
        }
        titles = {column.key: column.title for column in self.columns}
        return explained(Panel(tastes=tastes, guards=guards), [name], verdicts, titles)[0]


def arrange(table: JudgeTable, columns: Sequence[Column]) -> JudgeTable:
    """Return the table with these columns; scores of judges that stay are kept."""
    before = {column.key: column.board for column in table.columns}
    return JudgeTable(
        columns=tuple(
            msgspec.structs.replace(column, board=before.get(column.key, column.board)) for column in columns
        )
    )


def ask(table: JudgeTable, key: str, request: int, color: str, names: Sequence[str]) -> JudgeTable:
    """Return the table after a judge was asked about names."""
    return _with(table, key, lambda board: boards.ask(board, request, color, names))


def refuse(table: JudgeTable, key: str, reason: str) -> JudgeTable:
    """Return the table while a judge cannot be asked."""
    return _with(table, key, lambda board: boards.refuse(board, reason))


def fold(table: JudgeTable, reply: Reply) -> JudgeTable:
    """Return the table after one reply of the service; the same one if it changes nothing."""
    columns = tuple(_folded(column, reply) for column in table.columns)
    alike = all(new is old for new, old in zip(columns, table.columns, strict=True))
    return table if alike else JudgeTable(columns=columns)


def _folded(column: Column, reply: Reply) -> Column:
    board = boards.fold(column.board, reply)
    return column if board is column.board else msgspec.structs.replace(column, board=board)


def _with(table: JudgeTable, key: str, change: Callable[[JudgeBoard], JudgeBoard]) -> JudgeTable:
    return JudgeTable(
        columns=tuple(
            msgspec.structs.replace(column, board=change(column.board)) if column.key == key else column
            for column in table.columns
        )
    )

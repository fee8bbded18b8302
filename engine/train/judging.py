"""A batch, judged: replies to names, names to scores, scores to rewards, rewards to advantages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar, cast

import numpy as np

from engine.advantage import Scale, advantages, decoupled
from engine.judges import panel
from engine.judges.base import Judge, Verdict
from engine.recipe import Recipe
from engine.rejection import Reason, rejected
from engine.task import Reply
from engine.train.grpo import OBJECTIVES, Batch

Tell = Callable[[str, str, int], None]
_Value = TypeVar("_Value")


@dataclass(frozen=True)
class Judged:
    """What was said of a batch.

    Attributes
    ----------
    replies, rewards
        Of each group's rollouts; a reward is ``None`` where a judge failed.
    scores
        Judge slug → scores in the same shape.
    rejected
        Why each rollout is left out of the loss; empty for those that are not.
    """

    replies: list[list[Reply]]
    scores: dict[str, list[list[float | None]]]
    rewards: list[list[float | None]]
    rejected: list[list[Reason]]

    @property
    def names(self) -> list[list[str | None]]:
        """The names; ``None`` for what is none."""
        return [[None if reply.unreadable else reply.name for reply in group] for group in self.replies]

    @property
    def readable(self) -> list[list[str]]:
        """Each colour's readable names."""
        return [[name for name in group if name is not None] for group in self.names]

    @property
    def failed(self) -> int:
        """How many verdicts are missing."""
        return sum(score is None for rows in self.scores.values() for row in rows for score in row)

    @property
    def left(self) -> list[list[float | None]]:
        """The rewards that the update goes by: without those of what was rejected."""
        return _left(self.rewards, self.rejected)

    def means(self) -> dict[str, float]:
        """Return each judge's mean over the names that it spoke of."""
        out: dict[str, float] = {}
        for slug, rows in self.scores.items():
            told = [
                score
                for row, group in zip(rows, self.replies, strict=True)
                for score, reply in zip(row, group, strict=True)
                if score is not None and not reply.unreadable
            ]
            if told:
                out[slug] = float(np.mean(told))
        return out


def judged(
    batch: Batch,
    read: Callable[[tuple[int, ...]], Reply],
    judges: Mapping[str, Judge],
    recipe: Recipe,
    before: Judged | None,
    tell: Tell,
) -> Judged:
    """Judge a batch's fresh groups, and reward and reject over all of them.

    Parameters
    ----------
    batch
        Its rejected rollouts are put down in it.
    read
        Tokens → the reply that they are.
    before
        What was said of the batch before its fresh groups were drawn; ``None`` if all are fresh.
    tell
        Told (slug, reason, how many) where a judge gave no verdict.
    """
    replies = [[read(tokens) for tokens in group] for group in batch.replies]
    names = [[None if reply.unreadable else reply.name for reply in group] for group in replies]
    pairs = [(batch.colors[c], name) for c in batch.fresh for name in names[c] if name is not None]
    scores: dict[str, list[list[float | None]]] = {}
    for slug, judge in judges.items():
        verdicts = iter(judge.score(pairs))
        rows = [
            [next(verdicts) if name is not None else Verdict(0.0) for name in names[c]] for c in batch.fresh
        ]
        scores[slug] = list(before.scores[slug]) if before is not None else [[] for _ in names]
        for c, row in zip(batch.fresh, rows, strict=True):
            scores[slug][c] = [verdict.score for verdict in row]
        silent = [verdict for row in rows for verdict in row if verdict.score is None]
        if silent:
            tell(slug, silent[0].reason, len(silent))
    rewards = panel.rewards(recipe.panel, names, scores)
    reasons = [rejected(recipe.rejection, group, row) for group, row in zip(names, rewards, strict=True)]
    batch.rejected = [[bool(why) for why in row] for row in reasons]
    return Judged(replies, scores, rewards, reasons)


def advantages_of(said: Judged, recipe: Recipe) -> list[list[float]]:
    """Return what the update uses of each rollout; 0 for one that was left out."""
    if recipe.panel.normalize:
        earned = panel.guarded_tastes(recipe.panel, said.names, said.scores)
        weights = [taste.weight for taste in recipe.panel.tastes]
        left = _left(earned, said.rejected)
        return decoupled(left, weights, min_spread=recipe.learning.min_spread)
    scale = cast(Scale, OBJECTIVES[recipe.learning.objective]["scale_rewards"])
    return advantages(said.left, scale=scale, min_spread=recipe.learning.min_spread)


def _left(rows: list[list[_Value | None]], reasons: list[list[Reason]]) -> list[list[_Value | None]]:
    return [
        [None if why else value for value, why in zip(row, whys, strict=True)]
        for row, whys in zip(rows, reasons, strict=True)
    ]

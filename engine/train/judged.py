"""A step's rollouts and what the judges said of them: each process makes a share, rank 0 tells of all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import TypeVar

import numpy as np

from engine.advantage import Scale, advantages, decoupled
from engine.events import JudgeFailed
from engine.judges import panel
from engine.judges.base import Judge, Verdict
from engine.recipe import Recipe
from engine.rejection import Reason, rejected
from engine.task import Reply
from engine.train import sound
from engine.train.memory import Parts

_Value = TypeVar("_Value")


@dataclass
class Judged:
    """What the judges said of some groups, kept until the update is done.

    Attributes
    ----------
    colors, tokens, logps, replies
        By group, and within it by rollout.
    scores
        Judge's slug → the same shape; ``None`` where it could not tell.
    failures
        The judges that could not tell of some names that were asked about last.
    before
        The first group's token log-probabilities before the update.
    rewards, rejected, advantages
        Once they are known; why a rollout is left out of the loss, empty for those that are not.
    """

    colors: list[str]
    tokens: list[list[tuple[int, ...]]]
    logps: list[list[tuple[float, ...]]]
    replies: list[list[Reply]]
    scores: dict[str, list[list[float | None]]]
    failures: list[JudgeFailed]
    before: list[tuple[float, ...]]
    rewards: list[list[float | None]] = field(default_factory=list)
    rejected: list[list[Reason]] = field(default_factory=list)
    advantages: list[list[float]] = field(default_factory=list)

    @property
    def names(self) -> list[list[str | None]]:
        """The names; ``None`` for a reply that is none."""
        return names_of(self.replies)

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

    def rate(self, recipe: Recipe, scale: Scale) -> None:
        """Turn scores into rewards, leave out what the recipe rejects, and compare what is left."""
        self.rewards = panel.rewards(recipe.panel, self.names, self.scores)
        self.rejected = [
            rejected(recipe.rejection, group, row)
            for group, row in zip(self.names, self.rewards, strict=True)
        ]
        min_spread = recipe.learning.min_spread
        if recipe.panel.normalize:
            earned: Sequence[Sequence[Sequence[float] | None]] = panel.guarded_tastes(
                recipe.panel, self.names, self.scores
            )
            weights = [taste.weight for taste in recipe.panel.tastes]
            self.advantages = decoupled(_left(earned, self.rejected), weights, min_spread=min_spread)
        else:
            self.advantages = advantages(self.left, scale=scale, min_spread=min_spread)

    def means(self) -> dict[str, float]:
        """Return each judge's mean over the readable names that it spoke of."""
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


def _left(rows: Sequence[Sequence[_Value | None]], reasons: list[list[Reason]]) -> list[list[_Value | None]]:
    return [
        [None if why else value for value, why in zip(row, whys, strict=True)]
        for row, whys in zip(rows, reasons, strict=True)
    ]


def names_of(replies: Sequence[Sequence[Reply]]) -> list[list[str | None]]:
    """Return the names that replies come to; ``None`` for one that is unreadable."""
    return [[None if reply.unreadable else reply.name for reply in group] for group in replies]


def ask(
    judges: Mapping[str, Judge],
    step: int,
    colors: Sequence[str],
    names: Sequence[Sequence[str | None]],
    parts: Parts,
) -> tuple[dict[str, list[list[float | None]]], list[JudgeFailed]]:
    """Ask each judge once about all names; return their scores by slug, and who could not tell.

    ``parts`` says into how many the names are cut where memory ran out.
    """
    pairs = [
        (color, name)
        for color, group in zip(colors, names, strict=True)
        for name in group
        if name is not None
    ]
    scores: dict[str, list[list[float | None]]] = {}
    failures: list[JudgeFailed] = []
    for slug, judge in judges.items():
        verdicts = iter(sound.verdicts(judge, pairs, parts))
        rows = [[next(verdicts) if name is not None else Verdict(0.0) for name in group] for group in names]
        scores[slug] = [[verdict.score for verdict in row] for row in rows]
        silent = [verdict for row in rows for verdict in row if verdict.score is None]
        if silent:
            failures.append(JudgeFailed(step=step, judge=slug, reason=silent[0].reason, count=len(silent)))
    return scores, failures


def inserted(
    before: Mapping[str, list[list[float | None]]],
    fresh: Mapping[str, list[list[float | None]]],
    places: Sequence[int],
) -> dict[str, list[list[float | None]]]:
    """Return the scores of a batch some of whose groups, at ``places``, were drawn and judged again."""
    scores = {slug: list(rows) for slug, rows in before.items()}
    for slug, rows in fresh.items():
        for place, row in zip(places, rows, strict=True):
            scores[slug][place] = row
    return scores


def joined(shares: Sequence[Judged]) -> Judged:
    """Return the whole step of all processes' shares, the first rank's groups first."""
    first = shares[0]
    found: dict[str, JudgeFailed] = {}
    for failure in chain.from_iterable(share.failures for share in shares):
        before = found.get(failure.judge)
        count = failure.count + (before.count if before else 0)
        found[failure.judge] = JudgeFailed(
            step=failure.step, judge=failure.judge, reason=(before or failure).reason, count=count
        )
    return Judged(
        colors=[color for share in shares for color in share.colors],
        tokens=[group for share in shares for group in share.tokens],
        logps=[group for share in shares for group in share.logps],
        replies=[group for share in shares for group in share.replies],
        scores={slug: [row for share in shares for row in share.scores[slug]] for slug in first.scores},
        failures=list(found.values()),
        before=first.before,
    )

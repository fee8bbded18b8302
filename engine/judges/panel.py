"""The panel: several judges' scores to one reward a rollout.

``reward = (Σ w·taste / Σ w) · Π (floor + (1 − floor)·guard) / colours that share the name``, and 0 where a
gate is shut. A taste is weighed, a guard multiplies: a weighted mean lets a painter buy off the guard with
style (it collapsed within forty steps when we tried), a product does not. The batch itself is a judge of
sameness. Pure: numbers in, numbers out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from engine.recipe import Panel

Role = Literal["taste", "guard", "gate", "sameness"]


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """What one judge does to a name's reward.

    Attributes
    ----------
    judge
        Its slug; empty for sameness.
    score
        In 0..1, ``None`` where it failed; for sameness, one over the colours that share the name.
    share
        What it adds to the reward: a taste its part of the weighted mean, the others less than nothing.
        All shares sum to the reward. ``None`` where there is none.
    """

    judge: str
    role: Role
    score: float | None
    share: float | None


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """A name's reward and each judge's share of it; the reward is ``None`` where any judge failed."""

    reward: float | None
    shares: tuple[Share, ...]


def rewards(
    panel: Panel,
    groups: Sequence[Sequence[str | None]],
    scores: Mapping[str, Sequence[Sequence[float | None]]],
) -> list[list[float | None]]:
    """Return the reward of every rollout.

    Parameters
    ----------
    panel
        Who counts and how.
    groups
        ``groups[color][rollout]``: the name, or None if the reply was unreadable (it earns 0).
    scores
        Judge slug → scores in the same shape; None where the judge failed.

    Returns
    -------
    list of list of float or None
        None where any judge failed: the rollout is left out of the update.
    """
    weights = [taste.weight for taste in panel.tastes]
    return [
        [None if earned is None else _mean(earned, weights) for earned in row]
        for row in guarded_tastes(panel, groups, scores)
    ]


def guarded_tastes(
    panel: Panel,
    groups: Sequence[Sequence[str | None]],
    scores: Mapping[str, Sequence[Sequence[float | None]]],
) -> list[list[tuple[float, ...] | None]]:
    """Return what every rollout would earn by each taste alone, guards, gates and sameness included.

    The parameters are those of :func:`rewards`, which is the weighted mean of what is returned here.
    """
    shared = sharing(groups)
    out: list[list[tuple[float, ...] | None]] = []
    for c, group in enumerate(groups):
        row: list[tuple[float, ...] | None] = []
        for r, name in enumerate(group):
            if name is None:
                row.append((0.0,) * len(panel.tastes))
                continue
            told = _told(panel, {judge: scores[judge][c][r] for judge in panel.judges})
            row.append(None if told is None else _earned(panel, told, shared[name.casefold()]))
        out.append(row)
    return out


def explain(panel: Panel, scores: Mapping[str, float | None], colors: int = 1) -> Explanation:
    """Tell how one name comes to its reward.

    What guards, gates and sameness take away is shared out among them by the logarithms of what they
    multiply by, so that it does not matter who is asked first; a shut gate takes all.

    Parameters
    ----------
    scores
        Judge slug → its score for the name, ``None`` where it failed.
    colors
        To how many colours of the batch the name was given.
    """
    told = _told(panel, scores)
    weights = [taste.weight for taste in panel.tastes]
    if told is None:
        rows = _rows(panel, {judge: scores[judge] for judge in panel.judges}, colors)
        return Explanation(
            reward=None, shares=tuple(Share(judge=j, role=r, score=s, share=None) for j, r, s in rows)
        )
    factors = _factors(panel, told, colors)
    whole = _mean([told[taste.judge] for taste in panel.tastes], weights)
    reward = whole * math.prod(factors)
    parts = [taste.weight * told[taste.judge] / sum(weights) for taste in panel.tastes]
    taken = [-(whole - reward) * part for part in _parts(factors)]
    rows = _rows(panel, told, colors)
    return Explanation(
        reward=reward,
        shares=tuple(
            Share(judge=judge, role=role, score=score, share=share)
            for (judge, role, score), share in zip(rows, [*parts, *taken], strict=True)
        ),
    )


def _told(panel: Panel, scores: Mapping[str, float | None]) -> dict[str, float] | None:
    """Return the panel's scores, or ``None`` if any judge failed."""
    told: dict[str, float] = {}
    for judge in panel.judges:
        score = scores[judge]
        if score is None:
            return None
        told[judge] = score
    return told


def _factors(panel: Panel, told: Mapping[str, float], colors: int) -> list[float]:
    """Return what the tastes are multiplied by: for each guard, each gate, and sameness if it counts."""
    guards = [panel.floor + (1 - panel.floor) * told[guard] for guard in panel.guards]
    gates = [float(told[gate.judge] >= gate.at_least) for gate in panel.gates]
    return [*guards, *gates, *([1 / colors] if panel.sameness else [])]


def _rows(
    panel: Panel, scores: Mapping[str, float | None], colors: int
) -> list[tuple[str, Role, float | None]]:
    """Return who takes part, in the order in which shares are told."""
    rows: list[tuple[str, Role, float | None]] = []
    rows += [(taste.judge, "taste", scores[taste.judge]) for taste in panel.tastes]
    rows += [(guard, "guard", scores[guard]) for guard in panel.guards]
    rows += [(gate.judge, "gate", scores[gate.judge]) for gate in panel.gates]
    return [*rows, ("", "sameness", 1 / colors)] if panel.sameness else rows


def _earned(panel: Panel, told: Mapping[str, float], colors: int) -> tuple[float, ...]:
    factor = math.prod(_factors(panel, told, colors))
    return tuple(told[taste.judge] * factor for taste in panel.tastes)


def _mean(values: Sequence[float], weights: Sequence[float]) -> float:
    return sum(w * value for w, value in zip(weights, values, strict=True)) / sum(weights)


def _parts(factors: Sequence[float]) -> list[float]:
    """Return how a loss is shared out among factors in 0..1; the parts sum to 1 if anything is lost."""
    if 0.0 in factors:
        shut = factors.count(0.0)
        return [1 / shut if factor == 0 else 0.0 for factor in factors]
    logs = [-math.log(factor) for factor in factors]
    total = sum(logs)
    return [one / total if total else 0.0 for one in logs]


def sharing(groups: Sequence[Sequence[str | None]]) -> dict[str, int]:
    """Return, for each name (case folded), to how many colours of the batch it was given."""
    counts: dict[str, int] = {}
    for group in groups:
        for name in {name.casefold() for name in group if name is not None}:
            counts[name] = counts.get(name, 0) + 1
    return counts

"""The panel: several judges' scores to one reward a rollout.

``reward = (Σ w·taste / Σ w) · Π (floor + (1 − floor)·guard) / colours that share the name``.
A taste is weighed, a guard multiplies: a weighted mean lets a painter buy off the guard with style (it
collapsed within forty steps when we tried), a product does not. The batch itself is a judge of sameness.
Pure: numbers in, numbers out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.recipe import Panel


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
    shared = sharing(groups)
    total = sum(taste.weight for taste in panel.tastes)
    out: list[list[float | None]] = []
    for c, group in enumerate(groups):
        row: list[float | None] = []
        for r, name in enumerate(group):
            if name is None:
                row.append(0.0)
                continue
            tastes = [scores[taste.judge][c][r] for taste in panel.tastes]
            guards = [scores[guard][c][r] for guard in panel.guards]
            row.append(_reward(panel, total, tastes, guards, shared[name.casefold()]))
        out.append(row)
    return out


def _reward(
    panel: Panel,
    total: float,
    tastes: Sequence[float | None],
    guards: Sequence[float | None],
    colors: int,
) -> float | None:
    value = 0.0
    for taste, score in zip(panel.tastes, tastes, strict=True):
        if score is None:
            return None
        value += taste.weight * score / total
    for score in guards:
        if score is None:
            return None
        value *= panel.floor + (1 - panel.floor) * score
    return value / colors if panel.sameness else value


def sharing(groups: Sequence[Sequence[str | None]]) -> dict[str, int]:
    """Return, for each name (case folded), to how many colours of the batch it was given."""
    counts: dict[str, int] = {}
    for group in groups:
        for name in {name.casefold() for name in group if name is not None}:
            counts[name] = counts.get(name, 0) + 1
    return counts

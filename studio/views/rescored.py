"""A run's rollouts under another judge: what would have been rewarded otherwise.

The rewards then are those in the log; the rewards now are the panel's own formula with one judge's scores
replaced, batch by batch, since names that colours share divide their reward.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import msgspec
from scipy.stats import spearmanr

from engine.advantage import bar_and_spread
from engine.events import Event, GroupPainted, RunStarted
from engine.judges import panel as panels
from engine.recipe import Panel

SHOWN = 10
# Below this a change is rounding: logs hold scores in full, judges may compute in bf16.
_CHANGE = 1e-6


class NameChange(msgspec.Struct, frozen=True, kw_only=True):
    """What a name was worth on average and what it would have been, over ``count`` rollouts."""

    name: str
    then: float
    now: float
    count: int


class Rescored(msgspec.Struct, frozen=True, kw_only=True):
    """The comparison.

    Attributes
    ----------
    steps, rollouts
        How many there were.
    left_out
        Rollouts without a reward then or now, because a judge failed.
    mean_then, mean_now
        Mean reward over the others; ``None`` if there are none.
    rank_correlation
        Spearman's, between the rewards of readable names then and now; ``None`` where one side is all alike.
    turned
        The share of rollouts that were above their group's bar and would not have been, or the reverse.
    gained, lost
        The names whose mean reward rises or falls most.
    """

    steps: int
    rollouts: int
    left_out: int
    mean_then: float | None
    mean_now: float | None
    rank_correlation: float | None
    turned: float | None
    gained: tuple[NameChange, ...]
    lost: tuple[NameChange, ...]

    @property
    def sentence(self) -> str:
        """The comparison in a sentence."""
        if self.mean_then is None or self.mean_now is None:
            return "There is no rollout to compare."
        alike = (
            ""
            if self.rank_correlation is None
            else f", in an order that agrees to {self.rank_correlation:+.2f}"
        )
        turned = "" if self.turned is None else f"; {self.turned:.0%} would have been pushed the other way"
        return f"Mean reward {self.mean_then:.2f} then, {self.mean_now:.2f} now{alike}{turned}."


def batches(events: Iterable[Event], into: dict[int, list[GroupPainted]]) -> None:
    """Gather groups by step; steps that a resumed attempt began again are replaced."""
    for event in events:
        if isinstance(event, RunStarted):
            for step in [step for step in into if step > event.resumed_from]:
                del into[step]
        elif isinstance(event, GroupPainted):
            into.setdefault(event.step, []).append(event)


def readable(groups: Sequence[GroupPainted]) -> tuple[tuple[str, str], ...]:
    """Return the (colour, name) pairs of a batch that a judge is asked about, in order."""
    return tuple((group.color, one.name) for group in groups for one in group.rollouts if not one.unreadable)


def rescored(
    panel: Panel,
    judge: str,
    steps: Mapping[int, Sequence[GroupPainted]],
    scores: Mapping[int, Sequence[float | None]],
) -> Rescored:
    """Compare a run's rewards with those under another judge.

    Parameters
    ----------
    panel
        The run's.
    judge
        The slug, in the panel, of the judge that is replaced.
    steps
        Step → its groups, as :func:`batches` gathers them.
    scores
        Step → the other judge's score for each of :func:`readable`'s pairs.
    """
    pairs: list[tuple[str, float, float]] = []
    rollouts = turned = 0
    for step, groups in steps.items():
        now = _now(panel, judge, groups, scores[step])
        for group, fresh in zip(groups, now, strict=True):
            rollouts += len(group.rollouts)
            both = [
                ("" if one.unreadable else one.name, one.reward, value)
                for one, value in zip(group.rollouts, fresh, strict=True)
                if one.reward is not None and value is not None
            ]
            pairs += both
            bar_then, _ = bar_and_spread(then for _, then, _ in both)
            bar_now, _ = bar_and_spread(value for _, _, value in both)
            if bar_then is not None and bar_now is not None:
                turned += sum((then > bar_then) != (value > bar_now) for _, then, value in both)
    changes = _by_name(pairs)
    return Rescored(
        steps=len(steps),
        rollouts=rollouts,
        left_out=rollouts - len(pairs),
        mean_then=_mean([then for _, then, _ in pairs]),
        mean_now=_mean([value for _, _, value in pairs]),
        rank_correlation=_correlation(pairs),
        turned=turned / len(pairs) if pairs else None,
        gained=tuple(one for one in reversed(changes[-SHOWN:]) if one.now - one.then > _CHANGE),
        lost=tuple(one for one in changes[:SHOWN] if one.then - one.now > _CHANGE),
    )


def _now(
    panel: Panel, judge: str, groups: Sequence[GroupPainted], fresh: Sequence[float | None]
) -> list[list[float | None]]:
    names = [[None if one.unreadable else one.name for one in group.rollouts] for group in groups]
    scores: dict[str, list[list[float | None]]] = {
        slug: [[one.scores.get(slug) for one in group.rollouts] for group in groups] for slug in panel.judges
    }
    rest = iter(fresh)
    scores[judge] = [[None if name is None else next(rest) for name in group] for group in names]
    return panels.rewards(panel, names, scores)


def _by_name(pairs: Sequence[tuple[str, float, float]]) -> list[NameChange]:
    """Return each name's change, the largest loss first."""
    met: dict[str, list[tuple[float, float]]] = {}
    for name, then, now in pairs:  # what was unreadable has none, and 0 both times
        met.setdefault(name, []).append((then, now))
    changes = [
        NameChange(
            name=name,
            then=math.fsum(then for then, _ in both) / len(both),
            now=math.fsum(now for _, now in both) / len(both),
            count=len(both),
        )
        for name, both in met.items()
    ]
    return sorted(changes, key=lambda one: (one.now - one.then, one.name))


def _correlation(pairs: Sequence[tuple[str, float, float]]) -> float | None:
    then = [one for name, one, _ in pairs if name]
    now = [one for name, _, one in pairs if name]
    if len(set(then)) < 2 or len(set(now)) < 2:
        return None
    return float(spearmanr(then, now).statistic)


def _mean(values: Sequence[float]) -> float | None:
    return math.fsum(values) / len(values) if values else None

"""Rewards to advantages, in plain floats: how much better than its group's bar each rollout did.

Group-relative advantages come from GRPO (Shao et al., 2402.03300, eq. 3 ff.): ``(r − mean) / (std + ε)``
within the group of names for one colour. Dr. GRPO (Liu et al., 2503.20783) leaves the division out, since
it makes groups that hardly differ count as much as those that do. The mean is the *bar*, the sample
standard deviation (n − 1) the *spread*; ε and n − 1 are as in TRL 1.16's ``GRPOTrainer``. Where several
tastes are weighed, GDPO (Liu et al., 2601.05242) normalises each by itself: see :func:`decoupled`.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable, Sequence
from typing import Literal

EPSILON = 1e-4
Scale = Literal["group", "batch", "none"]


def bar_and_spread(rewards: Iterable[float | None]) -> tuple[float | None, float | None]:
    """Return a group's mean and sample standard deviation over the rewards that are there.

    Returns
    -------
    tuple
        ``(bar, spread)``; the bar is ``None`` for no rewards, the spread for fewer than two.
    """
    known = [reward for reward in rewards if reward is not None]
    if not known:
        return None, None
    # Equal rewards have exactly themselves as their mean: rounding must not make advantages of them.
    bar = known[0] if min(known) == max(known) else math.fsum(known) / len(known)
    if len(known) < 2:
        return bar, None
    return bar, math.sqrt(math.fsum((reward - bar) ** 2 for reward in known) / (len(known) - 1))


def advantages(
    rewards: Sequence[Sequence[float | None]], *, scale: Scale, min_spread: float
) -> list[list[float]]:
    """Turn rewards into advantages.

    Parameters
    ----------
    rewards
        One sequence a group. ``None`` is a rollout that no judge could speak of: it is left out of the
        mean and the spread, and its advantage is 0, so that it neither helps nor hurts.
    scale
        What the distance to the bar is divided by: ``"group"``, the group's own spread (GRPO);
        ``"batch"``, the spread of all rewards of the batch; ``"none"``, nothing (Dr. GRPO).
    min_spread
        A group whose spread is below this gets zeros: what is left there is the judges' noise, and
        dividing by it would make it the loudest group of all.

    Returns
    -------
    list of list of float
        The shape of ``rewards``.

    Raises
    ------
    ValueError
        If a reward is not finite: that is a fault of the judge, to be caught where it speaks.
    """
    for group in rewards:
        _check(reward for reward in group if reward is not None)
    _, whole = bar_and_spread(reward for group in rewards for reward in group)
    return [_group(group, scale, min_spread, whole or 0.0) for group in rewards]


def decoupled(
    rewards: Sequence[Sequence[Sequence[float] | None]], weights: Sequence[float], *, min_spread: float
) -> list[list[float]]:
    """Turn several rewards a rollout into advantages, each normalised within its group before the sum.

    ``A = Σ w·(r − mean) / (std + ε)`` over the rewards, each within its group, over the spread of that in the
    batch, whose mean is 0 (GDPO, 2601.05242; TRL calls it ``normalize_then_sum``). Summed first, a reward
    that spreads widely drowns the others, and different mixes come to the same sum.

    It departs from the paper in three ways: the rewards that a panel hands in are its tastes *after* guards,
    gates and sameness, since a guard that were merely another summand could be bought off; in a group
    where one of them hardly differs (``min_spread``), it counts nothing there instead of as noise, nor does
    a batch in which they cancel out; a rollout without a verdict is left out.

    Parameters
    ----------
    rewards
        One sequence a group, of one sequence a rollout, as long as ``weights``; ``None`` is left out.
    weights
        What each reward counts.
    min_spread
        As in :func:`advantages`, for each reward in each group.

    Returns
    -------
    list of list of float
        The shape of ``rewards`` without its innermost; 0 for what was left out.

    Raises
    ------
    ValueError
        If a reward is not finite.
    """
    summed: list[list[float | None]] = []
    for group in rewards:
        known = [rollout for rollout in group if rollout is not None]
        _check(value for rollout in known for value in rollout)
        columns = [_group(column, "group", min_spread, 0.0) for column in zip(*known, strict=True)]
        sums = iter([math.fsum(map(operator.mul, weights, row)) for row in zip(*columns, strict=True)])
        summed.append([None if rollout is None else next(sums) for rollout in group])
    _, whole = bar_and_spread(one for group in summed for one in group)
    if not whole or whole < min_spread * sum(weights):
        # The rewards cancel out everywhere: dividing would blow up what rounding left over.
        return [[0.0] * len(group) for group in summed]
    # The batch's mean is 0, since each group's is; taking it off would add its rounding to exact zeros.
    return [[0.0 if one is None else one / (whole + EPSILON) for one in group] for group in summed]


def _check(rewards: Iterable[float]) -> None:
    if not all(map(math.isfinite, rewards)):
        raise ValueError("A reward is not a finite number.")


def _group(group: Sequence[float | None], scale: Scale, min_spread: float, whole: float) -> list[float]:
    bar, spread = bar_and_spread(group)
    if bar is None or spread is None or spread < min_spread:
        return [0.0] * len(group)
    divisor = {"group": spread + EPSILON, "batch": whole + EPSILON, "none": 1.0}[scale]
    return [0.0 if reward is None else (reward - bar) / divisor for reward in group]

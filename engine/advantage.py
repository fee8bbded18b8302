"""Rewards to advantages, in plain floats: how much better than its group's bar each rollout did.

Group-relative advantages come from GRPO (Shao et al., 2402.03300, eq. 3 ff.): ``(r − mean) / (std + ε)``
within the group of names for one colour. Dr. GRPO (Liu et al., 2503.20783) leaves the division out, since
it makes groups that hardly differ count as much as those that do. The mean is the *bar*, the sample
standard deviation (n − 1) the *spread*; ε and n − 1 are as in TRL 1.16's ``GRPOTrainer``.
"""

from __future__ import annotations

import math
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
        if any(reward is not None and not math.isfinite(reward) for reward in group):
            raise ValueError("A reward is not a finite number.")
    _, whole = bar_and_spread(reward for group in rewards for reward in group)
    return [_group(group, scale, min_spread, whole or 0.0) for group in rewards]


def _group(group: Sequence[float | None], scale: Scale, min_spread: float, whole: float) -> list[float]:
    bar, spread = bar_and_spread(group)
    if bar is None or spread is None or spread < min_spread:
        return [0.0] * len(group)
    divisor = {"group": spread + EPSILON, "batch": whole + EPSILON, "none": 1.0}[scale]
    return [0.0 if reward is None else (reward - bar) / divisor for reward in group]

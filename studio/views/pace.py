"""How fast a run goes, and how long it still takes at that."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

PACE = 20
"""Steps that the estimates look back on."""


def seconds_left(recent: Sequence[tuple[float, float, int]], steps: int) -> float | None:
    """Return how long the steps that are left take, in seconds.

    Parameters
    ----------
    recent
        ``(time, seconds, rollouts)`` of the last steps, oldest first; times since the epoch.
    steps
        How many are left.

    Returns
    -------
    float or None
        ``None`` without a step to go by, or without one to go.
    """
    if not recent or steps <= 0:
        return None
    own = statistics.median(seconds for _, seconds, _ in recent)
    pace = own
    if len(recent) >= 3:
        # From clock to clock, so that saving and evaluating between the steps count; unless the clock was
        # set or the machine slept meanwhile.
        wall = (recent[-1][0] - recent[0][0]) / (len(recent) - 1)
        if own <= wall <= 4 * own:
            pace = wall
    return pace * steps


def speed(recent: Sequence[tuple[float, float, int]]) -> float | None:
    """Return the rollouts a second over the last steps; ``None`` where there are none."""
    seconds = sum(entry[1] for entry in recent)
    return sum(entry[2] for entry in recent) / seconds if seconds > 0 else None

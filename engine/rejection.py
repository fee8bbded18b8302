"""Rejection sampling: which rollouts of a group never reach the loss. Pure: numbers in, reasons out.

A group's worst and its repeats are left out *before* the bar is taken, so that the bar, the spread and the
loss are means over what is left. Leaving out the worst makes an update learn more from what was good
than from what was bad, up to rejection fine-tuning (as RAFT, 2304.06767); leaving out repeats takes away
the weight that a name gets by being said often, which is what a collapse feeds on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from engine.collapse import key
from engine.recipe import Rejection

Reason = Literal["", "duplicate", "worst"]


def rejected(
    rejection: Rejection, names: Sequence[str | None], rewards: Sequence[float | None]
) -> list[Reason]:
    """Tell which rollouts of one group are left out of the loss.

    Parameters
    ----------
    rejection
        What is asked for.
    names
        The group's names, ``None`` where a reply was unreadable: those are no repeats of each other.
    rewards
        The panel's number of each, ``None`` where a judge failed: such a rollout is not among the worst.

    Returns
    -------
    list
        For each rollout why it is left out, empty if it is not. Repeats go first, and count among
        the share that is left out, so that at least two of a group of different names are left; of
        equal rewards the later one is the worse.
    """
    reasons: list[Reason] = [""] * len(names)
    if rejection.duplicates:
        seen: set[str] = set()
        for place, name in enumerate(names):
            if name is not None:
                reasons[place] = "duplicate" if key(name) in seen else ""
                seen.add(key(name))
    left = [
        (reward, -place) for place, reward in enumerate(rewards) if reward is not None and not reasons[place]
    ]
    gone = len(names) - reasons.count("")
    count = max(int(rejection.worst * len(names)) - gone, 0)
    for _, place in sorted(left)[:count]:
        reasons[-place] = "worst"
    return reasons

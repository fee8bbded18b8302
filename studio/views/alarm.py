"""The collapse alarm of a run: how it stands now, and what a cure may begin from."""

from __future__ import annotations

from collections.abc import Sequence

from studio.views.run import RunView


def last_healthy_step(view: RunView, kept: Sequence[int] | None = None) -> int:
    """Return the step of the last checkpoint that a calm evaluation vouches for.

    A checkpoint is healthy if the first evaluation at or after its step was calm. What no evaluation has
    looked at yet is not taken for healthy.

    Parameters
    ----------
    view
        Folded from the whole log.
    kept
        The steps of the checkpoints that are still there, as ``RunFolder.listed_checkpoints`` gives them;
        by default all that were ever saved. The training pins the healthy one as soon as it is needed.

    Returns
    -------
    int
        0 where no checkpoint is healthy: then what the run began from is.
    """
    loud = {told.step for told in view.alarms}
    looks = [told.step for told in view.evals]
    healthy = 0
    for saved in view.checkpoints if kept is None else sorted(kept):
        look = next((step for step in looks if step >= saved), None)
        if look is not None and look not in loud:
            healthy = saved
    return healthy

"""Early stopping: train until held-out colours earn no more, and keep what earned the most.

By patience (Prechelt, "Early stopping – but when?", 1998): so many evaluations in a row without a better one
are enough. What is looked at is the reward of judges that nothing is trained against, where there are any:
the trained one goes on rising while a painter learns to please it.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from engine.checkpoint import Checkpoint
from engine.events import EvalFinished
from engine.rundir import RunFolder


class Best(msgspec.Struct, frozen=True):
    """The best evaluation so far, how many came after it, and the last step that was looked at."""

    step: int = 0
    reward: float | None = None
    since: int = 0
    looked: int = 0

    def look(self, step: int, reward: float | None) -> Best:
        """Return the state after one more evaluation; a reward that is not there is no better.

        The untrained painter does not count, as there is no checkpoint of it, nor does a second look.
        """
        if step <= self.looked:
            return self
        if reward is not None and (self.reward is None or reward > self.reward):
            return Best(step, reward, 0, step)
        return Best(self.step, self.reward, self.since + 1, step)


class Stopping:
    """When a training has waited long enough, and which checkpoint was its best.

    Parameters
    ----------
    folder
        The run.
    patience
        See :attr:`engine.recipe.Recipe.patience`; 0 never stops, and keeps nothing.
    best
        Where a resumed training stood.
    """

    def __init__(self, folder: RunFolder, patience: int, best: Best) -> None:
        self._folder, self._patience, self.best = folder, patience, best

    @property
    def enough(self) -> bool:
        """Whether it has waited long enough."""
        return 0 < self._patience <= self.best.since

    def look(self, found: EvalFinished, save: Callable[[], None]) -> None:
        """Take note of an evaluation; the best one's checkpoint is saved and kept, and no other's."""
        if not self._patience:
            return
        before = self.best
        self.best = before.look(found.step, found.reward if found.held_out is None else found.held_out)
        if self.best.step != before.step:
            save()
            self._folder.pin_checkpoint(self.best.step)
            if before.step:
                self._folder.unpin_checkpoint(before.step)

    def earlier(self, step: int) -> Checkpoint | None:
        """Return the best checkpoint, if it is kept and is not the one of the last step."""
        if not self._patience or self.best.step == step:
            return None
        kept = self._folder.listed_checkpoints()
        return next((one for one in kept if one.step == self.best.step), None)

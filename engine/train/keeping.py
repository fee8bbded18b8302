"""What a long run keeps: a log that stays of a size to open, and its last healthy checkpoint."""

from __future__ import annotations

from engine.events import Warned
from engine.rundir import RunFolder
from engine.train.ranks import Log

LOG_ROOM = 64_000_000
"""Bytes of log after which the groups of ten times fewer steps are told."""


class Keeping:
    """Decides whether a step's groups are told, and which checkpoint is kept for good.

    Parameters
    ----------
    folder, writer
        The run and its open log.
    """

    def __init__(self, folder: RunFolder, writer: Log) -> None:
        self._folder, self._writer = folder, writer
        self._every = 1
        self._saved = self._healthy = 0

    def wants_groups(self, step: int, last: bool) -> bool:
        """Tell whether a step's groups go into the log, of which they are nearly all.

        A long log has those of every tenth step, a longer one of every hundredth, and the last step's.
        """
        every = 10 ** (self._writer.size // LOG_ROOM)
        if every > self._every:
            self._every = every
            told = f"The log has grown long: from here on it has the names of every {every}th step."
            self._writer.write(Warned(message=told, step=step))
        return last or step % every == 0

    def saved(self, step: int) -> None:
        """Take note of a checkpoint."""
        self._saved = step

    def evaluated(self, healthy: bool) -> None:
        """Pin the last checkpoint that was healthy, as soon as one is not: later ones would crowd it out."""
        if healthy:
            self._healthy = self._saved
        elif self._healthy:
            if any(kept.step == self._healthy for kept in self._folder.listed_checkpoints()):
                self._folder.pin_checkpoint(self._healthy)
            self._healthy = 0

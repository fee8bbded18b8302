"""What a long run keeps: a log that stays of a size to open."""

from __future__ import annotations

from engine.events import Warned
from engine.train.ranks import Log

LOG_ROOM = 64_000_000
"""Bytes of log after which the groups of ten times fewer steps are told."""


class Keeping:
    """Decides whether a step's groups are told.

    Parameters
    ----------
    writer
        The run's open log.
    """

    def __init__(self, writer: Log) -> None:
        self._writer = writer
        self._every = 1

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

"""One training in several processes: what each does alone, and what all must agree on.

accelerate starts the processes and averages their gradients; here is only which of them this one is. The
step's colours are shared out among the processes in whole groups. Each names its own colours and asks the
judges about them; the verdicts are gathered, and every process makes the same rewards and advantages of the
whole batch (sameness and objectives that scale by the batch need all of it) and learns from its share. A
recipe therefore means the same whatever the number of processes. Only rank 0 writes.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Protocol, TypeVar

from engine.durable import RunError
from engine.events import Event, RunFinished, StepFinished
from engine.recipe import Recipe, Rejection
from engine.rundir import RunFolder

T = TypeVar("T")
_LINK = re.compile(r"gloo|nccl|connection (closed|reset)|DistBackend", re.IGNORECASE)


@dataclass(frozen=True)
class Ranks:
    """One process among those of its training.

    Attributes
    ----------
    rank
        Its number, from 0.
    count
        How many there are.
    """

    rank: int = 0
    count: int = 1

    @classmethod
    def launched(cls) -> Ranks:
        """Return this process's place as its launcher told it in the environment; alone if none did."""
        return cls(int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1")))

    def join(self, recipe: Recipe) -> None:
        """Find the other processes, once; waits for them.

        Raises
        ------
        RunError
            If the recipe's colours cannot be shared out evenly, or it rejects rollouts.
        """
        if self.count == 1:
            return
        if recipe.rejection != Rejection():
            raise RunError(
                "Rejection sampling looks at a whole batch, which one process alone does: leave it out, or "
                "train without a launcher."
            )
        budget, parts = recipe.budget, recipe.learning.accumulation
        if budget.colors % self.count or budget.colors * budget.group % (self.count * parts):
            raise RunError(
                f"{budget.colors} colours a step, learnt from in {parts} parts, cannot be shared out evenly "
                f"among {self.count} processes: set the colours to a multiple of {self.count * parts}."
            )
        import torch
        from accelerate import PartialState

        # The trainer's own state joins this one: it must be on the same device.
        PartialState(cpu=recipe.device == "cpu" or not torch.cuda.is_available())

    def gather(self, mine: T) -> list[T]:
        """Return what all processes have, by rank; each hands in its own."""
        if self.count == 1:
            return [mine]
        from accelerate.utils import gather_object

        return list(gather_object([mine]))

    def agree(self, said: T) -> T:
        """Return what rank 0 says; what the others say is not heard."""
        if self.count == 1:
            return said
        from accelerate.utils import broadcast_object_list

        agreed: T = broadcast_object_list([said])[0]
        return agreed

    @contextmanager
    def one_first(self) -> Iterator[None]:
        """Let rank 0 go through the block before the others, who find in the cache what it made."""
        if self.count == 1:
            yield
            return
        from accelerate import PartialState

        with PartialState().main_process_first():
            yield


ALONE = Ranks()


class Log(Protocol):
    """Where events are written."""

    @property
    def size(self) -> int:
        """How many bytes are in it."""
        ...

    def write(self, event: Event) -> Event:
        """Write one."""
        ...


class Silent:
    """Stands for the log where another process writes it."""

    size = 0

    def write(self, event: Event) -> Event:
        """Write nothing."""
        return event


def reason_of(error: BaseException, ranks: Ranks) -> str:
    """Return why a process could not go on, where that is because another one is gone; else nothing."""
    if ranks.count > 1 and isinstance(error, RuntimeError) and _LINK.search(f"{type(error)} {error}"):
        return (
            f"One of the {ranks.count} processes of this training ended, so the others could not go on; the "
            "log says what it said last. Start it again to go on from the latest checkpoint."
        )
    return ""


def last_word(folder: RunFolder, reason: str) -> None:
    """Tell that a run failed, if rank 0, who should have told, is gone without a word."""
    with suppress(RunError), folder.open_writer() as writer:  # while it lives, it holds the log's lock
        recent = folder.recent()
        if recent and isinstance(recent[-1], RunFinished):
            return
        # No attempt of its own: the end of the one that broke.
        writer.attempt = max(1, writer.attempt - 1)
        step = next((e.step for e in reversed(recent) if isinstance(e, StepFinished)), 0)
        writer.write(RunFinished(outcome="failed", step=step, reason=reason))

"""Who watches a training for collapse: when to look at the held-out colours, and what is said of it.

Looks are taken every few steps, as the recipe says, and before their time when the painter changes fast. Two
things tell that for nothing, both known at each step: the mean reward, and the share of a batch's names that
several of its colours were given. When either has risen by so much since the last look, the next one does
not wait. (The reward is the earlier sign: the shipped Unhinged has lost two thirds of its base's greedy names
while its sampled names still all differ.)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from msgspec.structs import replace

from engine import alarm, collapse
from engine.events import CollapseNoticed, EvalFinished
from engine.rundir import RunFolder
from engine.train.ranks import Log
from engine.train.state import Progress

NARROWED = 0.15
"""A rise in the share of shared names that is worth a look; the noise of a batch of 64 is a third of it."""
LEARNED = 0.08
"""A rise in the mean reward that is worth a look: some ten of them lie between a base and its best."""
APART = 3
"""Steps between two looks at least: one may take as long as a step."""


class Watch:
    """What was found so far, and which checkpoint is healthy.

    Parameters
    ----------
    folder, writer
        The run and its open log.
    evaluate
        (weights, step) → what is found.
    progress
        Where a resumed training, or a fork's origin, stood.

    Attributes
    ----------
    base, best
        The base's evaluation, and the one of the best held-out reward so far.
    healthy
        The step of the last checkpoint that a calm evaluation vouched for, 0 for none.
    last
        The last evaluation of this attempt.
    looking
        What the next look goes by; saved, so that a resumed training looks when an unbroken one would.
    """

    def __init__(
        self,
        folder: RunFolder,
        writer: Log,
        evaluate: Callable[[Any, int], EvalFinished],
        progress: Progress | None = None,
    ) -> None:
        self._folder, self._writer, self._evaluate = folder, writer, evaluate
        progress = progress or Progress(step=0)
        self.base, self.best, self.healthy = progress.base, progress.best, progress.healthy
        self.last: EvalFinished | None = None
        self.looking = progress.looking

    def due(
        self, step: int, groups: Sequence[Sequence[str]], reward: float | None, anyway: bool = False
    ) -> bool:
        """Take note of a step's names by colour and mean reward; tell whether a look is to be taken.

        It is ``anyway``, and before its time where they call for it.
        """
        recent = (*self.looking.recent[-1:], (collapse.shared(groups), reward or 0.0))
        shared, earned = (sum(column) / len(recent) for column in zip(*recent, strict=True))
        then = self.looking.then or (shared, earned)
        changed = shared - then[0] >= NARROWED or earned - then[1] >= LEARNED
        owed = anyway or (changed and step - self.looking.looked >= APART)
        self.looking = replace(self.looking, recent=recent, then=then, owed=owed)
        return owed

    def done(self) -> None:
        """Take note that all that follows from a look is done."""
        self.looking = replace(self.looking, owed=False)

    def calm(self, painter: Any, base: Any, step: int) -> bool:
        """Evaluate a painter, tell what is found, and say whether all is well.

        Parameters
        ----------
        painter, base
            Their weights; the base is evaluated only where it is not known how it stands.
        """
        found = self._evaluate(painter, step)
        if self.base is None:
            self.base = found if painter is base else self._evaluate(base, 0)
        told = alarm.grade(found, self.base, [self.best] if self.best is not None else [])
        if found.held_out is not None and (self.best is None or found.held_out > (self.best.held_out or 0.0)):
            self.best = found
        self.looking, self.last = replace(self.looking, looked=step, then=None), found
        self._writer.write(alarm.with_kept(found, self.base))
        if told.level == "calm":
            return True
        self._writer.write(
            CollapseNoticed(step=step, level=told.level, evidence=told.evidence, last_healthy=self.healthy)
        )
        if self.healthy:
            # Later checkpoints would sweep it away, and it is what a cure begins from.
            self._folder.pin_checkpoint(self.healthy)
        return False

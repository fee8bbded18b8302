"""One real training step on one colour, for the lesson: the training engine's own, told in one piece.

There is no second GRPO here. A one-step run is made in a scratch folder and trained by
:class:`engine.train.loop.Training`, as any run is; what its event log says is the answer. The LoRA that was
updated is thrown away, and the base is as it was.
"""

from __future__ import annotations

import gc
import tempfile
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from engine.color import parse_hex
from engine.durable import RunError
from engine.eventlog import EventWriter
from engine.events import Event, GroupPainted, StepFinished
from engine.judges.base import Judge, Verdict
from engine.lm.load import LoadedBase
from engine.recipe import Budget, Learning, Recipe
from engine.rundir import RunFolder
from engine.service.protocol import StepTaken, TakeStep
from engine.train.loop import Training

Tell = Callable[[str, float | None], None]
_Told = TypeVar("_Told", GroupPainted, StepFinished)
NOTES = {
    "sampling": "The base names the colour",
    "judging": "The judge reads the names",
    "updating": "Taking the update",
    "telling": "Asking again",
}


def recipe_of(request: TakeStep, base: str) -> Recipe:
    """Return the recipe of a lesson's step: a run's, but one step long and one colour wide."""
    return Recipe(
        name="Lesson",
        base=base,
        panel=request.panel,
        seed=request.seed,
        budget=Budget(steps=1, colors=1, group=request.group),
        learning=Learning(learning_rate=request.learning_rate),
        checkpoint_every=0,
        eval_every=0,
    )


class OneStep(Training):
    """A training of one step on a colour that a person chose; it neither surveys nor keeps anything.

    Parameters
    ----------
    color
        The colour.
    tell
        Told what is going on; what it raises ends the step.
    """

    def __init__(
        self,
        folder: RunFolder,
        writer: EventWriter,
        recipe: Recipe,
        base: LoadedBase,
        judges: Mapping[str, Judge],
        scratch: Path,
        color: str,
        tell: Tell = lambda note, done: None,
    ) -> None:
        self._color, self._told = color, tell
        super().__init__(folder, writer, recipe, base, judges, scratch)

    def _colors(self, step: int) -> list[str]:
        return [self._color]

    def _probe(self) -> str:
        # The app's own base is known to be exact; to ask again takes seconds that somebody waits.
        return "" if self._base.base.embedded else super()._probe()

    def _weigh(self) -> int | None:
        """Weigh nothing: one colour's names are less than any training has."""
        return None

    def _phase(self, phase: str, step: int) -> None:
        self._told(NOTES.get(phase, ""), None)
        super()._phase(phase, step)

    def _evaluate(self, step: int) -> None:
        """Leave held-out colours alone: a lesson is about one."""

    def _save(self) -> None:
        """Keep nothing: what was learned is thrown away."""


def take_step(
    base: LoadedBase, judges: Mapping[str, Judge], request: TakeStep, tell: Tell = lambda note, done: None
) -> StepTaken:
    """Sample a group, judge it, and take one update; see :class:`engine.service.protocol.TakeStep`.

    Parameters
    ----------
    base
        In memory; it is not changed.
    judges
        All of the request's, by slug, ready to score.
    tell
        Told what is going on.

    Raises
    ------
    RunError
        If the base can only be trained by the plain path, which tells no log-probabilities after an update.
    """
    color = parse_hex(request.color)
    recipe = recipe_of(request, base.base.slug)
    panel = {slug: judges[slug] for slug in request.panel.judges}
    with tempfile.TemporaryDirectory(prefix="painter-studio-") as scratch:
        specs = {slug: request.judges[slug] for slug in panel}
        folder = RunFolder.create(Path(scratch), recipe, specs, datetime.now())
        with folder.open_writer() as writer:
            training = OneStep(folder, writer, recipe, base, panel, Path(scratch), color, tell)
            if training.not_shared:
                raise RunError(f"The lesson needs another base: {training.not_shared}.")
            training.run()
        events = folder.tail().events
        trained = sum(p.numel() for p in training.model.parameters() if p.requires_grad)
    # Trainer, model and optimizer point at each other: half a gigabyte waits for the collector otherwise.
    del training
    gc.collect()
    group = _only(events, GroupPainted)
    names = [rollout.name for rollout in group.rollouts if not rollout.unreadable]
    asked = list(dict.fromkeys([*names, *request.asides]))
    return StepTaken(
        id=request.id,
        group=group,
        step=_only(events, StepFinished),
        asides=_verdicts(judges, color, asked),
        trained=trained,
        weights=sum(p.numel() for p in base.raw.parameters()),
    )


def _only(events: list[Event], kind: type[_Told]) -> _Told:
    return next(event for event in events if isinstance(event, kind))


def _verdicts(judges: Mapping[str, Judge], color: str, names: list[str]) -> dict[str, dict[str, Verdict]]:
    pairs = [(color, name) for name in names]
    told = {slug: judge.score(pairs) for slug, judge in judges.items()} if pairs else {}
    return {name: {slug: told[slug][i] for slug in told} for i, name in enumerate(names)}

"""A run as a page shows it: a frozen view, folded from the events, the same whatever pieces they come in.

:func:`fold` is pure. :func:`fold_many` does the same for many events at once and touches each curve once,
so that a long run opens fast; in between, a step costs one copy of the curves.
What the events cannot say, that the process died or was asked to stop, :func:`settle` adds; a fold forgets
it again, so settle after each.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

import msgspec

from engine.events import (
    VERSION,
    CheckpointSaved,
    CollapseNoticed,
    EvalFinished,
    Event,
    GroupPainted,
    JudgeFailed,
    Phase,
    PhaseEntered,
    RunFinished,
    RunStarted,
    StepFinished,
    Warned,
)
from engine.recipe import Recipe
from studio.views.pace import PACE, seconds_left, speed
from studio.views.run_parts import Curve, Notice

Status = Literal[
    "waiting",
    "loading",
    "running",
    "pausing",
    "paused",
    "stopping",
    "completed",
    "stopped",
    "failed",
    "crashed",
]
LIVE: frozenset[Status] = frozenset({"loading", "running", "pausing", "paused", "stopping"})

KEEP_GROUPS = 8  # steps
KEEP_NOTICES = 200


class RunView(msgspec.Struct, frozen=True, kw_only=True):
    """A run, ready to be drawn.

    Attributes
    ----------
    name, steps
        The painter's name, and how many steps it is to have.
    step
        The last step that is done.
    attempt, resumed_from
        Which attempt this is, and the step it went on from.
    status
        ``waiting`` (nothing was said yet), ``loading``, ``running``, ``pausing`` and ``stopping`` (asked to;
        finishing its step), ``paused`` (rests, in memory, until it is let go on), ``completed``,
        ``stopped``, ``failed`` (it said why), ``crashed`` (it died without a word).
    told
        The status by the events alone.
    phase, phase_step, phase_note, phase_done
        What it does now; ``done`` in 0..1 when known.
    seconds_left
        At the pace of the last steps, as of ``updated``; ``None`` until a step is done and after the end.
    rollouts_per_second
        Over the last steps of this attempt.
    curve, judge_curves
        Columns by step; those of the judges (by slug) are as long as ``curve.steps``.
    groups
        Step → the groups told of, for the latest few steps.
    evals
        All of them, by rising step.
    alarms
        The evaluations that were not calm, by rising step; see :mod:`studio.views.alarm`.
    checkpoints
        The steps of the checkpoints that were saved, rising; most are swept away by later ones.
    checkpoint
        The step of the last checkpoint, 0 if there is none.
    warnings
        The latest notices, oldest first.
    painter
        The finished painter's slug; empty before.
    reason
        Why it failed; empty otherwise.
    updated
        The time of the last event, in seconds since the epoch.
    unknown
        How many lines of the log were not understood.
    recent
        ``(time, seconds, rollouts)`` of this attempt's last steps.
    recipe
        What it is trained by; ``None`` where a view was not made from one.
    """

    name: str = ""
    steps: int = 0
    step: int = 0
    attempt: int = 0
    resumed_from: int = 0
    status: Status = "waiting"
    told: Status = "waiting"
    device: str = ""
    dtype: str = ""
    phase: Phase | None = None
    phase_step: int = 0
    phase_note: str = ""
    phase_done: float | None = None
    seconds_left: float | None = None
    rollouts_per_second: float | None = None
    curve: Curve = Curve()
    judge_curves: dict[str, tuple[float | None, ...]] = {}
    groups: dict[int, tuple[GroupPainted, ...]] = {}
    evals: tuple[EvalFinished, ...] = ()
    alarms: tuple[CollapseNoticed, ...] = ()
    checkpoints: tuple[int, ...] = ()
    checkpoint: int = 0
    warnings: tuple[Notice, ...] = ()
    painter: str = ""
    reason: str = ""
    updated: float = 0.0
    unknown: int = 0
    recent: tuple[tuple[float, float, int], ...] = ()
    recipe: Recipe | None = None

    @property
    def live(self) -> bool:
        """Whether it goes on by itself."""
        return self.status in LIVE

    @property
    def done(self) -> float:
        """The share of its steps that are done, 0..1."""
        return min(self.step / self.steps, 1.0) if self.steps else 0.0

    @property
    def reward_first(self) -> float | None:
        """The first step's mean reward."""
        return next((reward for reward in self.curve.reward if reward is not None), None)

    @property
    def reward_last(self) -> float | None:
        """The last step's mean reward."""
        return next((reward for reward in reversed(self.curve.reward) if reward is not None), None)


def empty(recipe: Recipe) -> RunView:
    """Return the view of a run that has said nothing yet."""
    return RunView(name=recipe.name, steps=recipe.budget.steps, recipe=recipe)


def fold(view: RunView, event: Event) -> RunView:
    """Return the view after one more event."""
    return fold_many(view, (event,))


def fold_many(view: RunView, events: Iterable[Event], unknown: int = 0) -> RunView:
    """Return the view after more events, and ``unknown`` more lines that were not understood."""
    folding = _Folding(view)
    for event in events:
        folding.take(event)
    return folding.result(unknown)


def settle(
    view: RunView,
    alive: bool,
    *,
    stopping: bool = False,
    pausing: bool = False,
    started: bool = True,
    silent: bool = False,
) -> RunView:
    """Add what only the outside knows.

    Parameters
    ----------
    view
        Folded from all events that were there *after* ``alive`` was looked up: a process may say its last
        word between two looks.
    alive
        Whether the training's process runs.
    stopping, pausing
        Whether it was asked to stop, to rest.
    started
        Whether it ever had a process; one that had not is waiting, not dead.
    silent
        Whether its latest process left a log but no event, so that the events tell of an earlier attempt.

    Returns
    -------
    RunView
        ``crashed`` if it is dead and never said how it ended.
    """
    status = view.told
    if not alive and (silent or status in LIVE or (status == "waiting" and started)):
        status = "crashed"
    elif alive and stopping and status in LIVE:
        status = "stopping"
    elif alive and pausing and status == "running":
        status = "pausing"
    if status == view.status:
        return view
    left = view.seconds_left if status in LIVE else None
    return msgspec.structs.replace(view, status=status, seconds_left=left)


class _Folding:
    """Many events being folded: what grows is mutable here, and frozen once at the end."""

    def __init__(self, view: RunView) -> None:
        self.view = view
        self.changes: dict[str, Any] = {}
        self.steps = list(view.curve.steps)
        self.added: list[StepFinished] = []
        self.kept = len(self.steps)  # how much of the old columns stays
        self.groups = dict(view.groups)
        self.evals = list(view.evals)
        self.alarms = list(view.alarms)
        self.checkpoints = list(view.checkpoints)
        self.warnings = list(view.warnings)
        self.recent = list(view.recent)

    def take(self, event: Event) -> None:
        self.changes["updated"] = event.time
        match event:
            case RunStarted():
                self._start(event)
            case PhaseEntered():
                again = self._get("told") != "running" or event.attempt > self._get("attempt")
                loading = event.phase == "loading" and again
                if self._get("phase") == "paused":
                    self.recent = []  # the clock went on meanwhile, and the pace did not
                told = "loading" if loading else "paused" if event.phase == "paused" else "running"
                self._set(told=told, phase=event.phase, phase_step=event.step)
                self._set(phase_note=event.note, phase_done=event.done)
            case GroupPainted():
                self.groups[event.step] = (*self.groups.get(event.step, ()), event)
                if len(self.groups) > KEEP_GROUPS:
                    del self.groups[min(self.groups)]
            case StepFinished():
                self._drop_after(event.step - 1, curve_only=True)
                self.steps.append(event.step)
                self.added.append(event)
                self.recent = [*self.recent[1 - PACE :], (event.time, event.seconds, event.rollouts)]
                self._set(told="running", step=event.step)
            case EvalFinished():
                while self.evals and self.evals[-1].step >= event.step:
                    self.evals.pop()
                self.evals.append(event)
                # What a resumed attempt found after this step before is void.
                self.alarms = [told for told in self.alarms if told.step < event.step]
            case CheckpointSaved():
                self.checkpoints = [*(at for at in self.checkpoints if at < event.step), event.step]
                self._set(checkpoint=event.step)
            case RunFinished():
                # One that fails is not always in a position to say where.
                step = event.step or self._get("step")
                self._set(told=event.outcome, step=step, painter=event.painter, reason=event.reason)
                self._set(phase=None, phase_step=0, phase_note="", phase_done=None)
            case CollapseNoticed():
                self.alarms = [*(told for told in self.alarms if told.step < event.step), event]
                self._notice(Notice(level=event.level, text=event.evidence, step=event.step, time=event.time))
            case JudgeFailed():
                many = f" ({event.count} names)" if event.count > 1 else ""
                text = f"The judge {event.judge} gave no verdict{many}: {event.reason}"
                self._notice(Notice(level="note", text=text, step=event.step, time=event.time))
            case Warned():
                self._notice(Notice(level="note", text=event.message, step=event.step, time=event.time))

    def result(self, unknown: int) -> RunView:
        curve, judges = self._columns()
        view = msgspec.structs.replace(
            self.view,
            **self.changes,
            curve=curve,
            judge_curves=judges,
            groups=self.groups,
            evals=tuple(self.evals),
            alarms=tuple(self.alarms),
            checkpoints=tuple(self.checkpoints),
            warnings=tuple(self.warnings),
            recent=tuple(self.recent),
            unknown=self.view.unknown + unknown,
        )
        return msgspec.structs.replace(
            view,
            status=view.told,
            seconds_left=seconds_left(view.recent, view.steps - view.step) if view.told in LIVE else None,
            rollouts_per_second=speed(view.recent),
        )

    def _set(self, **changes: Any) -> None:
        self.changes.update(changes)

    def _get(self, field: str) -> Any:
        return self.changes.get(field, getattr(self.view, field))

    def _start(self, event: RunStarted) -> None:
        self._drop_after(event.resumed_from)
        self.recent = []
        self._set(
            name=event.name,
            steps=event.steps,
            step=event.resumed_from,
            attempt=event.attempt,
            resumed_from=event.resumed_from,
            told="loading",
            device=event.device,
            dtype=event.dtype,
            phase="loading",
            phase_step=0,
            phase_note="",
            phase_done=None,
            checkpoint=event.resumed_from,
            painter="",
            reason="",
        )
        if (event.version or 1) > VERSION:
            text = (
                "A newer version of Painter Studio wrote this run, so things may be missing: update the app."
            )
            self._notice(Notice(level="note", text=text, time=event.time))

    def _drop_after(self, step: int, curve_only: bool = False) -> None:
        """Forget what was told of later steps: they will come again."""
        while self.steps and self.steps[-1] > step:
            self.steps.pop()
            if self.added:
                self.added.pop()
            else:
                self.kept -= 1
        if not curve_only:
            self.groups = {at: groups for at, groups in self.groups.items() if at <= step}
            self.evals = [event for event in self.evals if event.step <= step]
            self.alarms = [event for event in self.alarms if event.step <= step]
            self.checkpoints = [at for at in self.checkpoints if at <= step]
            self.warnings = [notice for notice in self.warnings if notice.step <= step]

    def _notice(self, notice: Notice) -> None:
        self.warnings = [*self.warnings[1 - KEEP_NOTICES :], notice]

    def _columns(self) -> tuple[Curve, dict[str, tuple[float | None, ...]]]:
        old = self.view.curve
        if not self.added and self.kept == len(old.steps):
            return old, self.view.judge_curves
        new, kept = self.added, self.kept
        curve = Curve(
            steps=tuple(self.steps),
            reward=(*old.reward[:kept], *(e.reward for e in new)),
            spread=(*old.spread[:kept], *(e.reward_spread for e in new)),
            distinct=(*old.distinct[:kept], *(e.distinct / e.rollouts if e.rollouts else None for e in new)),
            entropy=(*old.entropy[:kept], *(e.entropy for e in new)),
            kl=(*old.kl[:kept], *(e.kl for e in new)),
            loss=(*old.loss[:kept], *(e.loss for e in new)),
            grad_norm=(*old.grad_norm[:kept], *(e.grad_norm for e in new)),
            seconds=(*old.seconds[:kept], *(e.seconds for e in new)),
        )
        absent = (None,) * kept
        slugs = dict.fromkeys([*self.view.judge_curves, *(slug for event in new for slug in event.judges)])
        judges = {
            slug: (*self.view.judge_curves.get(slug, absent)[:kept], *(e.judges.get(slug) for e in new))
            for slug in slugs
        }
        # A judge of whom nothing is left (its steps were dropped) leaves no empty curve.
        return curve, {slug: c for slug, c in judges.items() if any(value is not None for value in c)}

"""The collapse alarm of a run: how it stands now, what it stands on, and what a cure may begin from."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from engine import alarm, collapse
from engine.alarm import Level
from engine.events import EvalFinished
from engine.palette import GRID_COLUMNS, GRID_ROWS, held_out_grid
from studio.views import name_map
from studio.views.name_map import NameMapView
from studio.views.run import RunView

WORDS: dict[Level, str] = {"calm": "Calm", "watch": "Watch", "alarm": "Alarm"}


class Standing(msgspec.Struct, frozen=True):
    """How a run stands at its last evaluation: a level, and one sentence of evidence.

    Attributes
    ----------
    step
        After which step that was.
    last_healthy
        See :func:`last_healthy_step`; of interest where the level is not calm.
    """

    level: Level
    evidence: str
    step: int
    last_healthy: int = 0

    @property
    def word(self) -> str:
        """The level in a word."""
        return WORDS[self.level]


class Point(msgspec.Struct, frozen=True):
    """An evaluation's two rewards, and how far the painter was from its base: √KL, in nats^½ a name."""

    step: int
    away: float
    trained: float
    held_out: float


class Figure(msgspec.Struct, frozen=True):
    """A measure of an evaluation, beside the same of the run's first; written out."""

    label: str
    now: str
    first: str
    meaning: str


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


def standing(view: RunView) -> Standing | None:
    """Return how a run stands; ``None`` before its first evaluation."""
    if not view.evals:
        return None
    last = view.evals[-1]
    told = view.alarms[-1] if view.alarms and view.alarms[-1].step == last.step else None
    if told is not None:
        return Standing(told.level, told.evidence, told.step, last_healthy_step(view))
    return Standing("calm", _calm(last), last.step, last_healthy_step(view))


def sentence(at: Standing) -> str:
    """Return the standing as a line of text, such as a terminal shows."""
    back = ""
    if at.level != "calm":
        back = f" The last healthy checkpoint is of step {at.last_healthy}." if at.last_healthy else ""
    return f"{at.word} at step {at.step}: {at.evidence}{back}"


def document(view: RunView) -> dict[str, Any] | None:
    """Return the standing as plain data for JSON; ``None`` before the first evaluation."""
    at = standing(view)
    return None if at is None else msgspec.to_builtins(at)


def parting(view: RunView) -> tuple[Point, ...]:
    """Return the trained and the held-out reward against √KL, by rising step (Gao et al., 2210.10760).

    KL is estimated from a few samples; where chance makes it negative, it is 0.
    """
    return tuple(
        Point(one.step, math.sqrt(max(one.kl, 0.0)), one.reward, one.held_out)
        for one in view.evals
        if one.kl is not None and one.reward is not None and one.held_out is not None
    )


def map_of(told: EvalFinished) -> NameMapView | None:
    """Return the map of an evaluation's names; ``None`` where it was of other colours than the grid's."""
    colors = held_out_grid()
    if set(told.names) != set(colors):
        return None
    names = tuple(told.names[color] for color in colors)
    return name_map.laid_out(NameMapView(columns=GRID_COLUMNS, rows=GRID_ROWS, colors=colors, names=names))


def figures(told: EvalFinished, first: EvalFinished) -> tuple[Figure, ...]:
    """Return what was measured at an evaluation beside the run's first."""
    return tuple(Figure(label, write(told), write(first), meaning) for label, write, meaning in _FIGURES)


def hues(told: EvalFinished, first: EvalFinished) -> str:
    """Return the family of hues that one name has most of, in a sentence; empty where there is none."""
    found = alarm.families(told, first)
    if not found:
        return ""
    worst = max(found, key=lambda one: (one.count / one.of, one.of))
    return (
        f"Most alike: “{worst.name}” names {worst.count} of {worst.of} {worst.hues}; "
        f"at first the commonest name had {worst.base_count} of {worst.base_of}."
    )


def _calm(told: EvalFinished) -> str:
    if told.effective is None:
        return "No reply is a name yet."
    of_base = f", {told.kept:.0%} of the base's" if told.kept is not None and told.step else ""
    return (
        f"{len(told.names)} names of what it has not seen are as varied as {told.effective:.0f} "
        f"equally common ones{of_base}."
    )


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.0%}"


def _number(value: float | None, digits: int) -> str:
    return "–" if value is None else f"{value:.{digits}f}"


def _commonest(told: EvalFinished) -> str:
    name, share = collapse.top_share([name for name in told.names.values() if name])
    return f"{share:.0%} “{name}”" if name else "–"


_FIGURES: tuple[tuple[str, Callable[[EvalFinished], str], str], ...] = (
    ("Different names", lambda e: str(e.distinct), "Of the grid's unseen colours, each named once."),
    (
        "Effective names",
        lambda e: _number(e.effective, 0),
        "So many equally common names would be as varied: 2 to the entropy of the names.",
    ),
    ("Commonest name", _commonest, "The share of the colours that the commonest name has."),
    (
        "Repeated in a group",
        lambda e: _share(e.duplicates),
        "Of four names sampled for one colour, how many say again what was said.",
    ),
    (
        "Entropy",
        lambda e: _number(e.entropy, 1),
        "How undecided the painter is about a whole name, in nats.",
    ),
    ("KL to the base", lambda e: _number(e.kl, 1), "How far its names are from the base's, in nats a name."),
    ("Trained reward", lambda e: _number(e.reward, 2), "By the panel that it is trained against."),
    (
        "Held-out reward",
        lambda e: _number(e.held_out, 2),
        "By judges of the same taste that nothing is trained against, guarded by correctness.",
    ),
)

"""A step's rollouts on their way, and what a training does around them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Batch:
    """One step's rollouts as they pass through: filled by sampling, then judging, then learning.

    ``fresh`` are the places of the groups that judges have not seen yet, ``redrawn`` is how many groups
    were drawn again.
    """

    step: int
    colors: list[str] = field(default_factory=list)
    prompts: list[list[int]] = field(default_factory=list)
    replies: list[list[tuple[int, ...]]] = field(default_factory=list)
    logps: list[list[tuple[float, ...]]] = field(default_factory=list)
    advantages: list[list[float]] = field(default_factory=list)
    unsound: str = ""  # why nothing can be learned from it, as a clause; empty when something can
    rejected: list[list[bool]] = field(default_factory=list)
    fresh: list[int] = field(default_factory=list)
    redrawn: int = 0
    theirs: dict[int, list[Any]] = field(default_factory=dict)  # by place, where vLLM drew: its own logps


@dataclass(frozen=True)
class Hooks:
    """What a training does around TRL's loop.

    Attributes
    ----------
    colors
        (step) → the colours of the step.
    prompt
        (color) → the conversation that asks for a name.
    judge
        (batch) → the advantage of each rollout, after sampling; it puts down in the batch which rollouts
        are rejected. Called again, with the groups that are new since, where some were drawn again.
    redraw
        (step, how many times before, how many) → other colours for groups without spread.
    updated
        (batch, TRL's metrics) → whether to go on; called when the step's updates are done.
    phase
        (phase name, step), as the training turns from one thing to the next.
    """

    colors: Callable[[int], list[str]]
    prompt: Callable[[str], list[dict[str, str]]]
    judge: Callable[[Batch], list[list[float]]]
    updated: Callable[[Batch, dict[str, float]], bool]
    phase: Callable[[str, int], None]
    redraw: Callable[[int, int, int], list[str]] = lambda step, again, count: []

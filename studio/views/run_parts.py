"""What a run's view is made of: its curves and its notices."""

from __future__ import annotations

from typing import Literal

import msgspec


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a person should know, as a sentence; ``step`` 0 is the run as a whole."""

    level: Literal["note", "watch", "alarm"]
    text: str
    step: int = 0
    time: float = 0.0


class Curve(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured at each step; columns of one length, ``None`` where a number is absent.

    Attributes
    ----------
    steps
        Step numbers, strictly rising.
    reward, spread
        The step's mean reward in 0..1, and the spread of rewards.
    distinct
        Different names over rollouts, 0..1.
    entropy, kl, loss, grad_norm
        As the objective reports them.
    seconds
        How long the step took.
    """

    steps: tuple[int, ...] = ()
    reward: tuple[float | None, ...] = ()
    spread: tuple[float | None, ...] = ()
    distinct: tuple[float | None, ...] = ()
    entropy: tuple[float | None, ...] = ()
    kl: tuple[float | None, ...] = ()
    loss: tuple[float | None, ...] = ()
    grad_norm: tuple[float | None, ...] = ()
    seconds: tuple[float | None, ...] = ()

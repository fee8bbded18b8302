"""Numbers that can be learned from: what judges say and what gradients are is looked at before it is used.

A verdict that is no number is left out; a step that leaves nothing to learn from, or a gradient that is not
finite, moves no weight. A few such steps are bad luck, five in a row are a fault that training on cures not.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.judges.base import Judge, Verdict
from engine.train.memory import Parts

IN_A_ROW = 5
"""Skipped steps after which a run ends."""


@dataclass
class Streak:
    """How many steps were skipped, in a row and in all.

    Attributes
    ----------
    length, total
        In a row until now, and in all.
    good
        The last step before the row, and how many steps had a reward until then.
    """

    length: int = 0
    total: int = 0
    good: tuple[int, int] = (0, 0)

    def count(self, unsound: str, step: int, earned: int) -> str:
        """Count a step, before which ``earned`` had a reward; return what to say of it if it was skipped."""
        if not unsound:
            self.length = 0
            return ""
        if not self.length:
            self.good = (step - 1, earned)
        self.length += 1
        self.total += 1
        return f"Step {step} was skipped, since {unsound} ({self.length} in a row, {self.total} in all)."


def verdicts(judge: Judge, pairs: Sequence[tuple[str, str]], parts: Parts) -> list[Verdict]:
    """Ask a judge; what it does not say, or not as a finite number, is a failed verdict.

    Parameters
    ----------
    judge, pairs
        As :class:`engine.judges.base.Judge` has them.
    parts
        Into how many parts the pairs are cut, should memory run out.
    """

    def ask() -> list[Verdict]:
        return [verdict for part in parts.split(pairs) for verdict in _ask(judge, part)]

    return parts.run(ask) if pairs else []


def _ask(judge: Judge, pairs: Sequence[tuple[str, str]]) -> list[Verdict]:
    told: list[Verdict] | None = judge.score(pairs)
    if told is None or len(told) != len(pairs):
        said = "nothing" if not told else f"{len(told)} verdicts"
        return [Verdict(None, f"It was asked for {len(pairs)} verdicts and gave {said}.")] * len(pairs)
    return [
        verdict
        if verdict.score is None or math.isfinite(verdict.score)
        else Verdict(None, "Its score was not a finite number.")
        for verdict in told
    ]


def finite(weights: Sequence[Tensor]) -> bool:
    """Tell whether all gradients that there are, are finite."""
    return all(bool(torch.isfinite(weight.grad).all()) for weight in weights if weight.grad is not None)

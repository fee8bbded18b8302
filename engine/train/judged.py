"""What the judges said of a batch, kept until its update is done."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.task import Reply


@dataclass
class Judged:
    """One step's replies and what became of them, ``[color][rollout]`` each.

    Attributes
    ----------
    scores
        Judge slug → scores; ``None`` where it failed.
    rewards
        The panel's numbers; ``None`` where any judge failed.
    before
        The first group's token log-probabilities before the update.
    failed
        How many verdicts there were not.
    """

    replies: list[list[Reply]]
    scores: dict[str, list[list[float | None]]]
    rewards: list[list[float | None]]
    before: list[tuple[float, ...]]
    failed: int = 0

    def means(self) -> dict[str, float]:
        """Return each judge's mean over the readable names that it spoke of."""
        out: dict[str, float] = {}
        for slug, rows in self.scores.items():
            told = [
                score
                for row, group in zip(rows, self.replies, strict=True)
                for score, reply in zip(row, group, strict=True)
                if score is not None and not reply.unreadable
            ]
            if told:
                out[slug] = float(np.mean(told))
        return out

"""Names for a whole grid of colours, and what judges say of them: the heavy half of ``engine.reports``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch

from engine.judges.base import Judge
from engine.lm.load import LoadedBase
from engine.lm.sampling import sample
from engine.reports import Survey

# As many colours at once as a wide training step has: a listener chooses among a batch's colours, and no
# batch needs more memory than a training.
BATCH = 64
LONGEST = 16
SHIFT_SEED = 0x5EED


def greedy_names(model: Any, base: LoadedBase, colors: Sequence[str]) -> list[str]:
    """Return each colour's greedy name, empty where the reply is unreadable."""
    with torch.no_grad():
        grouped = sample(
            model,
            [base.prompt(color) for color in colors],
            [1] * len(colors),
            ends=base.ends,
            longest=LONGEST,
            temperature=0.0,
            seed=0,
        )
    replies = [base.read(group[0].tokens) for group in grouped]
    return ["" if reply.unreadable else reply.name for reply in replies]


def other_colors(colors: Sequence[str]) -> list[str]:
    """Return for each colour a random other one: a fixed permutation, turned by one place."""
    order = np.random.default_rng(SHIFT_SEED).permutation(len(colors))
    turned = np.empty_like(order)
    turned[order] = np.roll(order, 1)
    return [colors[i] for i in turned]


def survey(
    painter: str,
    model: Any,
    base: LoadedBase,
    colors: Sequence[str],
    judges: Mapping[str, Judge],
    correctness: Judge,
    progress: Callable[[float], bool],
) -> Survey | None:
    """Name a grid and judge the names.

    Parameters
    ----------
    painter
        Its slug.
    model
        Its merged weights.
    judges
        Slug → judge, to score every name with its colour.
    correctness
        The judge that compares a name's own colour with another.
    progress
        Told the share that is done, in 0..1; returns whether to go on.

    Returns
    -------
    Survey or None
        ``None`` if it was told to stop.
    """
    names: list[str] = []
    scores: dict[str, list[float | None]] = {slug: [] for slug in judges}
    for start in range(0, len(colors), BATCH):
        if not progress(start / len(colors)):
            return None
        part = colors[start : start + BATCH]
        said = greedy_names(model, base, part)
        names.extend(said)
        for slug, judge in judges.items():
            scores[slug].extend(_scores(judge, part, said))
    return Survey(
        painter=painter,
        names=tuple(names),
        scores={slug: tuple(told) for slug, told in scores.items()},
        correct=tuple(_scores(correctness, colors, names)),
        mistaken=tuple(_scores(correctness, other_colors(colors), names)),
    )


def _scores(judge: Judge, colors: Sequence[str], names: Sequence[str]) -> list[float | None]:
    verdicts = iter(judge.score([pair for pair in zip(colors, names, strict=True) if pair[1]]))
    return [next(verdicts).score if name else None for name in names]

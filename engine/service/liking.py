"""Finds out what a judge really likes: samples the base, scores known names, and looks for shortcuts.

What the numbers mean is decided in :mod:`engine.judges.liking`. A known name is scored for its own colour; a
likely shortcut for each of a few colours that nobody trains on, where it must beat what the base says there.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch

from engine.judges.base import Judge
from engine.judges.build import JudgeBuilder
from engine.judges.liking import Liking, analyse
from engine.judges.spec import JudgeSpec
from engine.lm.load import LoadedBase
from engine.lm.sampling import sample
from engine.palette import held_out_colors

COLORS = 16
EACH = 8
CANDIDATES = 40
LONGEST = 16
PART = 256
# Of the sample of known names: another than the one that judges are calibrated on.
SEED = 1

Heard = Callable[[str, float], bool]


def find_out(
    base: LoadedBase,
    builder: JudgeBuilder,
    spec: JudgeSpec,
    known: int,
    rated: Mapping[str, float],
    progress: Heard,
) -> tuple[Liking, dict[str, float]] | None:
    """Find out what a judge really likes.

    Parameters
    ----------
    base
        Sampled with its primer, painters apart.
    known
        How many names of the lexicon to score.
    rated
        Names as the person rated them.
    progress
        Told what is going on and the share that is done; returns whether to go on.

    Returns
    -------
    tuple of Liking and dict
        With the seconds that each part took; ``None`` if it was called off.
    """
    seconds: dict[str, float] = {}
    mark = time.monotonic()

    def took(part: str) -> None:
        nonlocal mark
        now = time.monotonic()
        seconds[part] = seconds.get(part, 0.0) + now - mark
        mark = now

    if not progress("Calibrating the judge", 0.0):
        return None
    judge = builder.build(spec)
    took("calibrating")
    if not progress("Asking the base for names", 0.05):
        return None
    colors = held_out_colors(COLORS)
    said = _base_names(base, colors)
    took("sampling")
    pairs = [(color, name) for name, color in builder.lexicon.reference(known, SEED)]
    scored: dict[str, float | None] = {}
    for start in range(0, len(pairs), PART):
        if not progress("Scoring known names", 0.1 + 0.8 * start / len(pairs)):
            return None
        part = pairs[start : start + PART]
        scored.update(zip((name for _, name in part), _scores(judge, part), strict=True))
    took("scoring known names")
    if not progress("Looking for shortcuts", 0.9):
        return None
    own = [
        dict(zip(names, _scores(judge, [(color, name) for name in names]), strict=True))
        for color, names in zip(colors, said, strict=True)
    ]
    likely = _likely(scored, own)
    row = _scores(judge, [(color, name) for name in likely for color in colors])
    candidates = {name: row[i * len(colors) : (i + 1) * len(colors)] for i, name in enumerate(likely)}
    judged = dict(zip(rated, _scores(judge, [(colors[0], name) for name in rated]), strict=True))
    took("looking for shortcuts")
    return analyse(scored, own, candidates, judged, rated), seconds


def _base_names(base: LoadedBase, colors: Sequence[str]) -> list[list[str]]:
    """Return what the base says to each colour: its greedy name and some sampled ones, readable ones only."""
    greedy = readable(base, base.primed, colors, 1, 0.0, SEED)
    sampled = readable(base, base.primed, colors, EACH, 1.0, SEED)
    return [list(dict.fromkeys((*first, *more))) for first, more in zip(greedy, sampled, strict=True)]


@torch.no_grad()
def readable(
    base: LoadedBase, model: Any, colors: Sequence[str], each: int, temperature: float, seed: int
) -> list[list[str]]:
    """Return what a model says to each colour, those of ``each`` replies that are names.

    Parameters
    ----------
    model
        The primed base, or it with a painter's adapter merged in.
    temperature
        0 is greedy.
    """
    prompts = [base.prompt(color) for color in colors]
    drawn = sample(
        model,
        prompts,
        [each] * len(prompts),
        ends=base.ends,
        longest=LONGEST,
        temperature=temperature,
        seed=seed,
    )
    read = [[base.read(reply.tokens) for reply in replies] for replies in drawn]
    return [[one.name for one in replies if not one.unreadable] for replies in read]


def _likely(known: Mapping[str, float | None], own: Sequence[Mapping[str, float | None]]) -> list[str]:
    """Return the names that score best, known ones and the base's own: where shortcuts are looked for."""
    best: dict[str, float] = {}
    for names in (known, *own):
        for name, score in names.items():
            if score is not None:
                best[name] = max(score, best.get(name, 0.0))
    return sorted(best, key=lambda name: (-best[name], name))[:CANDIDATES]


def _scores(judge: Judge, pairs: Sequence[tuple[str, str]]) -> list[float | None]:
    return [verdict.score for verdict in judge.score(pairs)]

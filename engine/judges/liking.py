"""What a judge really likes, told from its scores alone: a prediction of how a painter will please it.

A painter trained on a judge finds what the judge likes best, not what its author meant. So we look first:
what comes out on top among known names, whether length or colour words decide, how far scores are spread,
and which names beat everything that the base would say, whatever the colour: those are the shortcuts.
Pure: names and numbers in, numbers and a sentence out. Who samples and scores is
:mod:`engine.service.liking`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from engine.lexicon import fold

SHOWN = 20
_WORDS = (
    "red orange yellow green blue purple violet pink brown black white gray grey beige teal turquoise cyan "
    "magenta maroon navy olive lime tan cream ivory gold golden silver coral peach salmon lavender lilac "
    "mauve crimson scarlet indigo aqua khaki mustard plum burgundy rose rust mint amber apricot emerald "
    "charcoal reddish pinkish orangish yellowish greenish bluish purplish brownish grayish greyish "
    "dark light pale bright deep vivid dull muted soft"
)
COLOR_WORDS = frozenset(_WORDS.split())
"""What people call colours by, shades of light and strength included."""

# From here on it is worth a word: a correlation, too little between the quartiles, too little agreement.
_TELLING = 0.35
_NO_SPREAD = 0.05
_DISAGREES = 0.65


class ScoredName(msgspec.Struct, frozen=True):
    """A name and what the judge gives it, 0..1."""

    name: str
    score: float


class Shortcut(msgspec.Struct, frozen=True):
    """A name that a painter may find.

    Attributes
    ----------
    score
        Its mean over the colours.
    beats
        The share of colours for which it beats every name that the base said for them.
    """

    name: str
    score: float
    beats: float


class Spread(msgspec.Struct, frozen=True):
    """How scores lie: the least, the quartiles, the greatest."""

    least: float
    low: float
    median: float
    high: float
    greatest: float


class Liking(msgspec.Struct, frozen=True, kw_only=True):
    """What a judge really likes.

    Attributes
    ----------
    best, worst
        The names with the highest and the lowest scores, the extreme first.
    known, base
        How the scores of known names lie, and of what the base says.
    length, color_words
        Rank correlation of a known name's score with its letters, and with whether one of its words is a
        colour's; 0 where nothing varies.
    shortcuts
        Names that beat all of the base's for every colour, the worst first.
    shortcut_share
        The share of known names that score above the base's best for its best colour: for a judge that does
        not look at the colour, all of them are shortcuts.
    rated, agreement
        How many names the person rated, and in which share of the pairs rated apart the judge
        puts the same one first; ``None`` without such a pair.
    scored, failed
        Of how many known names there is a score, and of how many the judge gave none.
    sentence
        What a painter trained on this judge alone will come to, for people.
    """

    best: tuple[ScoredName, ...]
    worst: tuple[ScoredName, ...]
    known: Spread
    base: Spread
    length: float
    color_words: float
    shortcuts: tuple[Shortcut, ...]
    shortcut_share: float
    rated: int
    agreement: float | None
    scored: int
    failed: int
    sentence: str


def has_color_word(name: str) -> bool:
    """Tell whether a word of the name is a colour's."""
    return not COLOR_WORDS.isdisjoint(fold(name).split())


def letters(name: str) -> int:
    """Return a name's letters and digits, the measure of its length."""
    return len(fold(name).replace(" ", ""))


def spread(scores: Sequence[float]) -> Spread:
    """Return how scores lie; all zeros where there are none."""
    if not scores:
        return Spread(0.0, 0.0, 0.0, 0.0, 0.0)
    return Spread(*(float(value) for value in np.percentile(scores, [0, 25, 50, 75, 100])))


def correlation(a: Sequence[float], b: Sequence[float]) -> float:
    """Return Spearman's rank correlation, ties at their mean rank; 0 where either does not vary."""
    ranks = [_ranks(values) for values in (a, b)]
    if any(len(one) < 2 or float(np.ptp(one)) == 0.0 for one in ranks):
        return 0.0
    return float(np.corrcoef(ranks[0], ranks[1])[0, 1])


def _ranks(values: Sequence[float]) -> NDArray[np.float64]:
    _, places, counts = np.unique(np.asarray(values, float), return_inverse=True, return_counts=True)
    ranks: NDArray[np.float64] = (np.cumsum(counts) - (counts - 1) / 2)[places]
    return ranks


def agreement(judged: Mapping[str, float], rated: Mapping[str, float]) -> float | None:
    """Return in which share of the pairs that a person rated apart the judge puts the same one first.

    A tie of the judge's counts half, so 0.5 is chance. ``None`` without such a pair.
    """
    names = [name for name in rated if name in judged]
    shares = [
        0.5 if judged[a] == judged[b] else float((judged[a] > judged[b]) == (rated[a] > rated[b]))
        for place, a in enumerate(names)
        for b in names[:place]
        if rated[a] != rated[b]
    ]
    return sum(shares) / len(shares) if shares else None


def shortcuts(
    candidates: Mapping[str, Sequence[float | None]], rivals: Sequence[Sequence[float]]
) -> list[Shortcut]:
    """Weigh candidates against what the base says, colour by colour.

    Parameters
    ----------
    candidates
        Name → its score for each colour; ``None`` where the judge failed, which beats nothing.
    rivals
        For each colour the scores of the base's own names; a colour without any is passed over.

    Returns
    -------
    list of Shortcut
        One a candidate that has any score, those that beat the base for most colours first.
    """
    bars = [max(scores) if scores else None for scores in rivals]
    counted = sum(bar is not None for bar in bars)
    found = []
    for name, scores in candidates.items():
        known = [score for score in scores if score is not None]
        if not known:
            continue
        wins = sum(
            score is not None and bar is not None and score > bar
            for score, bar in zip(scores, bars, strict=True)
        )
        found.append(Shortcut(name, sum(known) / len(known), wins / counted if counted else 0.0))
    return sorted(found, key=lambda one: (-one.beats, -one.score, one.name))


def analyse(
    known: Mapping[str, float | None],
    base: Sequence[Mapping[str, float | None]],
    candidates: Mapping[str, Sequence[float | None]],
    judged: Mapping[str, float | None],
    rated: Mapping[str, float],
) -> Liking:
    """Put together what a judge really likes.

    Parameters
    ----------
    known
        Known name → its score; ``None`` where the judge failed.
    base
        For each colour the base's own names for it and their scores there.
    candidates
        Likely shortcuts, see :func:`shortcuts`; their scores are in the order of ``base``.
    judged, rated
        The names that the person rated: the judge's scores of them, and the person's.
    """
    scored = {name: score for name, score in known.items() if score is not None}
    own = [[score for score in names.values() if score is not None] for names in base]
    order = sorted(scored, key=lambda name: (-scored[name], name))
    found = [one for one in shortcuts(candidates, own) if one.beats == 1.0]
    bar = max((max(scores) for scores in own if scores), default=None)
    share = sum(bar is not None and score > bar for score in scored.values()) / len(scored) if scored else 0.0
    values = [scored[name] for name in order]
    length = correlation(values, [letters(name) for name in order])
    words = correlation(values, [has_color_word(name) for name in order])
    apart = spread(values)
    agrees = agreement({name: one for name, one in judged.items() if one is not None}, rated)
    return Liking(
        best=tuple(ScoredName(name, scored[name]) for name in order[:SHOWN]),
        worst=tuple(ScoredName(name, scored[name]) for name in order[::-1][:SHOWN]),
        known=apart,
        base=spread([score for scores in own for score in scores]),
        length=length,
        color_words=words,
        shortcuts=tuple(found),
        shortcut_share=share,
        rated=len(rated),
        agreement=agrees,
        scored=len(scored),
        failed=len(known) - len(scored),
        sentence=predict(apart, length, words, found, agrees),
    )


def predict(
    known: Spread, length: float, color_words: float, found: Sequence[Shortcut], agrees: float | None
) -> str:
    """Return one plain sentence: what a painter trained on this judge alone will come to."""
    if agrees is not None and agrees < _DISAGREES:
        return (
            f"This judge puts your own ratings in the right order only {agrees:.0%} of the time, so a "
            "painter trained on it will learn another taste than yours."
        )
    if known.high - known.low < _NO_SPREAD:
        return "This judge hardly tells known names apart, so a painter trained on it will learn noise."
    habits = []
    if abs(length) >= _TELLING:
        habits.append("long" if length > 0 else "short")
    drift = f"{habits[0]} names" if habits else "names"
    if abs(color_words) >= _TELLING:
        drift += " with a colour’s word in them" if color_words > 0 else " without a colour’s word"
    if found:
        best = " or ".join(f"“{one.name}”" for one in found[:2])
        return (
            f"Trained on this judge alone, a painter will drift to {drift} such as {best}, which beat all "
            "that the base says whatever the colour: give it a guard."
        )
    if drift != "names":
        return f"Trained on this judge alone, a painter will drift to {drift}; no known name wins everywhere."
    return "No known name beats what the base says for every colour, so there is no easy shortcut here."

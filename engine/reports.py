"""The report: what a painter is worth over a fixed grid of colours that nobody trained on.

Pure: names and scores in, numbers out. Where they come from is ``engine.service.survey``'s work. The figures
are those by which the essay's own painters were measured (distinct and effective names, the share of the
ten commonest), and what it takes to trust them: whether the names still describe the colours, and
whether a judge that was *not* trained against agrees that the taste was learned.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from engine import collapse


class Survey(msgspec.Struct, frozen=True, kw_only=True):
    """One painter's greedy names for the grid, and what judges say of them.

    Attributes
    ----------
    painter
        Its slug.
    names
        For each colour its name; empty where the reply was unreadable.
    scores
        Judge slug → a score in 0..1 for each colour; ``None`` where there is no name or no verdict.
    correct
        For each colour, how ``correctness`` scores the name with its own colour.
    mistaken
        The same with a random other colour of the grid.
    """

    painter: str
    names: tuple[str, ...]
    scores: dict[str, tuple[float | None, ...]] = {}
    correct: tuple[float | None, ...] = ()
    mistaken: tuple[float | None, ...] = ()


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One painter's line in the report; shares and AUCs in 0..1.

    Attributes
    ----------
    distinct, effective
        Different names, and 2 to the entropy of the names.
    top10_share
        The share of the colours that the ten commonest names take.
    top_hue_share
        The largest share that one name takes of any sector of hue (30° of OKLCH, or the greys).
    unreadable
        The share of replies that are no name.
    correctness
        How often the name fits its own colour better than a random other one, ties half.
    style_auc, style_auc_held_out
        How often the name outscores the base's for the same colour, ties half: by the painter's own
        judge, and by one that it was not trained on. ``None`` for the base, and where there is no such judge.
    judges
        Each judge's mean score.
    """

    painter: str
    distinct: int
    effective: float
    top10_share: float
    top_hue_share: float
    unreadable: float
    correctness: float | None
    style_auc: float | None = None
    style_auc_held_out: float | None = None
    judges: dict[str, float] = {}


def row(
    colors: Sequence[str],
    survey: Survey,
    base: Survey | None = None,
    judge: str | None = None,
    held_out: str | None = None,
) -> Row:
    """Return a painter's line.

    Parameters
    ----------
    colors
        The grid, as ``#rrggbb``.
    survey, base
        The painter's names and the base's, over the same colours.
    judge, held_out
        Slugs of the painter's own judge and of one that it was not trained on, if there are any.
    """
    named = [(color, name) for color, name in zip(colors, survey.names, strict=True) if name]
    names = [name for _, name in named]
    shares = collapse.shares_by_hue([color for color, _ in named], names)
    return Row(
        painter=survey.painter,
        distinct=collapse.distinct(names),
        effective=collapse.effective_names(names),
        top10_share=top_names_share(names, 10),
        top_hue_share=max((share.share for share in shares), default=0.0),
        unreadable=1 - len(names) / len(colors) if colors else 0.0,
        correctness=wins(survey.correct, survey.mistaken),
        style_auc=_against(base, survey, judge),
        style_auc_held_out=_against(base, survey, held_out),
        judges={
            slug: value for slug, scores in survey.scores.items() if (value := _mean(scores)) is not None
        },
    )


def wins(ours: Sequence[float | None], theirs: Sequence[float | None]) -> float | None:
    """Return how often a score of ours is the higher of its pair, ties half; ``None`` if no pair is whole."""
    pairs = [(a, b) for a, b in zip(ours, theirs, strict=True) if a is not None and b is not None]
    if not pairs:
        return None
    return sum((a > b) + 0.5 * (a == b) for a, b in pairs) / len(pairs)


def top_names_share(names: Sequence[str], count: int) -> float:
    """Return the share that the ``count`` commonest names take together; 0 for no names."""
    if not names:
        return 0.0
    return sum(n for _, n in Counter(map(collapse.key, names)).most_common(count)) / len(names)


def _against(base: Survey | None, survey: Survey, judge: str | None) -> float | None:
    if base is None or judge is None or judge not in survey.scores or judge not in base.scores:
        return None
    return wins(survey.scores[judge], base.scores[judge])


def _mean(scores: Sequence[float | None]) -> float | None:
    told = [score for score in scores if score is not None]
    return sum(told) / len(told) if told else None


def rows(
    colors: Sequence[str],
    surveys: Sequence[Survey],
    base: Survey,
    judges: Mapping[str, tuple[str | None, str | None]],
) -> list[Row]:
    """Return the lines of several painters; ``judges`` tells each one's own judge and its held-out one."""
    out = []
    for survey in surveys:
        own, held_out = judges.get(survey.painter, (None, None))
        out.append(row(colors, survey, base, own, held_out))
    return out

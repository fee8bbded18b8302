"""A painter in the gallery: where it comes from, what it was measured to be, and the colours of its fan deck.

Every figure stands beside the base's over the same colours, with a plain word for what the difference means.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Literal

import msgspec
import numpy as np

from engine import color as colors_of
from engine.recipe import EMBEDDED_BASE
from studio.painters import BASE, PainterCard
from studio.views import name_map

Tone = Literal["", "good", "bad"]
STRIPS = 12
BASES = {EMBEDDED_BASE: "SmolLM2 135M"}


class Fact(msgspec.Struct, frozen=True):
    """One line of a painter's lineage; ``term`` is the glossary's slug for its label, if it has one."""

    label: str
    words: str
    term: str = ""


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One figure of a painter's report.

    Attributes
    ----------
    term
        The glossary's slug for it.
    label, value, base
        What it is, the painter's figure and the base's as text; ``base`` is empty where there is none.
    share, base_share
        The same as shares of a bar, 0..1.
    word
        What it means, in plain words.
    tone
        Whether that is a reason for joy or for worry.
    """

    term: str
    label: str
    value: str
    word: str
    share: float
    base: str = ""
    base_share: float | None = None
    tone: Tone = ""


class ReportView(msgspec.Struct, frozen=True, kw_only=True):
    """A painter's report; no figures where it was not measured yet, and ``said`` tells so."""

    figures: tuple[Figure, ...] = ()
    said: str = ""


@cache
def deck_places() -> tuple[int, ...]:
    """Return the cells of the name map that make a fan deck: once around the hues, each at its strongest."""
    grid = np.array([colors_of.oklch(color) for color in name_map.grid()]).reshape(
        name_map.ROWS, name_map.COLUMNS, 3
    )
    columns = np.round(np.arange(STRIPS) * name_map.COLUMNS / STRIPS).astype(int)
    # Neither the palest nor the darkest row: a name should have a colour to speak of.
    rows = 1 + np.argmax(grid[1:-2, columns, 1], axis=0)
    return tuple(int(row * name_map.COLUMNS + column) for row, column in zip(rows, columns, strict=True))


def origin(card: PainterCard) -> str:
    """Return in a few words where a painter is from, for its card in the gallery."""
    if card.error:
        return "Cannot be used"
    if card.slug == BASE:
        return "Before any taste"
    if card.parents:
        return "A blend" if len(card.parents) > 1 else "A copy"
    if card.imported:
        return "Imported"
    return f"{'House' if card.shipped else 'Yours'}, {card.steps} steps" if card.steps else "Yours"


def lineage(card: PainterCard, judges: Mapping[str, str]) -> tuple[Fact, ...]:
    """Return where a painter comes from, from its base on.

    Parameters
    ----------
    judges
        Slug → name of the judges that are known; others go by their slug.
    """
    if card.gguf:
        facts = [Fact("Model", f"{card.gguf}, a GGUF of its own")]
    else:
        facts = [Fact("Base", BASES.get(card.base, card.base), "base")]
        facts.append(Fact("Primer", _primer(card), "primer"))
    if len(card.parents) > 1:
        parts = " and ".join(f"{parent.weight:.0%} {parent.name}" for parent in card.parents)
        facts.append(Fact("Blend of", parts, "blend"))
    elif card.parents:
        facts.append(Fact("Copy of", card.parents[0].name, "painter"))
    if card.imported:
        facts.append(Fact("Imported from", card.imported))
    if card.judges:
        facts.append(Fact("Panel", _panel(card, judges), "panel"))
    if card.run:
        facts.append(Fact("Run", card.run, "run"))
    if card.steps:
        facts.append(Fact("Steps", _steps(card), "recipe"))
    rank = _number(card.recipe.get("lora"), "rank") or card.rank
    if rank:
        facts.append(Fact("Rank", f"{rank:.0f}", "rank"))
    if card.steps:
        facts.append(Fact("Seed", str(card.seed), "seed"))
    if card.date:
        facts.append(Fact("Made", _day(card.date)))
    if card.machine:
        facts.append(Fact("On", card.machine))
    if card.reward_first is not None and card.reward_last is not None:
        facts.append(Fact("Reward", f"{card.reward_first:.2f} → {card.reward_last:.2f}", "reward"))
    return tuple(facts)


def report_view(card: PainterCard, base: PainterCard | None) -> ReportView:
    """Return a painter's report beside its base's, over the same number of colours."""
    figures, theirs = card.report, base.report if base is not None else {}
    if not figures:
        figures, theirs = card.report_small, base.report_small if base is not None else {}
    if not figures:
        return ReportView(said="Not measured yet. It takes a minute, and the figures are kept in its card.")
    if card.slug == BASE or theirs.get("colors") != figures.get("colors"):
        theirs = {}
    makers = (_effective, _top, _correct, _style, _held_out, _unreadable)
    made = tuple(figure for make in makers if (figure := make(figures, theirs)) is not None)
    count = int(_number(figures, "colors") or 0)
    return ReportView(figures=made, said=f"Greedy names for {count} colours that nobody trained on.")


# The figures, each None where the report does not tell it.


def _effective(ours: dict[str, Any], base: dict[str, Any]) -> Figure | None:
    value, theirs, count = (
        _number(t, k) for t, k in ((ours, "effective"), (base, "effective"), (ours, "colors"))
    )
    if value is None or not count:
        return None
    word, tone = _variety(value, theirs, count)
    return Figure(
        term="effective-names",
        label="Effective names",
        value=f"{value:.0f}",
        word=word,
        share=min(value / count, 1.0),
        base="" if theirs is None else f"{theirs:.0f}",
        base_share=None if theirs is None else min(theirs / count, 1.0),
        tone=tone,
    )


def _variety(value: float, base: float | None, count: float) -> tuple[str, Tone]:
    if base is None:
        return f"as varied as {value:.0f} equally common names", ""
    if value <= base / 4:
        return "collapsed: few names for everything", "bad"
    if value <= base / 2:
        return "narrow: half the base’s names or fewer", "bad"
    if value < 0.9 * base:
        return "a little narrower than the base", ""
    if value <= 1.1 * base:
        return "as varied as the base", ""
    return "more varied than the base", "good"


def _top(ours: dict[str, Any], base: dict[str, Any]) -> Figure | None:
    value, theirs = _number(ours, "top10_share"), _number(base, "top10_share")
    if value is None:
        return None
    if value >= 0.8:
        word, tone = "ten names for nearly every colour", "bad"
    elif theirs is None:
        word, tone = "of the colours have one of its ten commonest names", ""
    elif value < theirs - 0.05:
        word, tone = "fewer favourites than the base", "good"
    elif value > theirs + 0.05:
        word, tone = "more of favourites than the base", ""
    else:
        word, tone = "as fond of favourites as the base", ""
    return _share("mode-collapse", "Ten commonest names", value, theirs, word, tone)  # type: ignore[arg-type]


def _correct(ours: dict[str, Any], base: dict[str, Any]) -> Figure | None:
    value, theirs = _number(ours, "correctness"), _number(base, "correctness")
    if value is None:
        return None
    words: tuple[tuple[float, str, Tone], ...] = (
        (0.85, "its names describe their colours", ""),
        (0.7, "its names mostly describe their colours", ""),
        (0.6, "its names describe their colours loosely", "bad"),
        (0.0, "hardly better than names at random", "bad"),
    )
    word, tone = next(((word, tone) for least, word, tone in words if value >= least), words[-1][1:])
    if theirs is not None and value > theirs + 0.02:
        word, tone = "describes colours better than the base", "good"
    return _share("correctness", "Describes its colour", value, theirs, word, tone)


def _style(ours: dict[str, Any], base: dict[str, Any]) -> Figure | None:
    value = _number(ours, "style_auc")
    if value is None:
        return None
    words: tuple[tuple[float, str, Tone], ...] = (
        (0.9, "its judge hears it at once", "good"),
        (0.7, "its judge tells it from the base", ""),
        (0.55, "its judge hears a little of it", ""),
        (0.0, "its judge hears no difference from the base", "bad"),
    )
    word, tone = next(((word, tone) for least, word, tone in words if value >= least), words[-1][1:])
    return _share("taste", "Style, by its judge", value, 0.5, word, tone)


def _held_out(ours: dict[str, Any], base: dict[str, Any]) -> Figure | None:
    value, own = _number(ours, "style_auc_held_out"), _number(ours, "style_auc")
    if value is None:
        return None
    agrees = own is None or value >= own - 0.1
    word = "a judge it never met agrees" if agrees else "a judge it never met is less sure"
    return _share(
        "over-optimization", "Style, by another judge", value, 0.5, word, "bad" if value < 0.6 else ""
    )


def _unreadable(ours: dict[str, Any], base: dict[str, Any]) -> Figure | None:
    value, theirs = _number(ours, "unreadable"), _number(base, "unreadable")
    if not value:
        return None
    word = "of its replies are no name"
    return _share("name", "Unreadable", value, theirs, word, "bad" if value > 0.1 else "")


def _share(term: str, label: str, value: float, base: float | None, word: str, tone: Tone) -> Figure:
    return Figure(
        term=term,
        label=label,
        value=f"{value:.0%}",
        word=word,
        share=min(max(value, 0.0), 1.0),
        base="" if base is None else f"{base:.0%}",
        base_share=base,
        tone=tone,
    )


def _number(table: object, key: str) -> float | None:
    """Return a number of a card's table, which may have been written by any hand."""
    value = table.get(key) if isinstance(table, dict) else None
    # A card may hold an integer beyond all floats.
    return float(value) if isinstance(value, int | float) and abs(value) < 1e300 else None


def _primer(card: PainterCard) -> str:
    if not card.primer:
        return "None"
    return "Plain names of known colours" if card.base == EMBEDDED_BASE else card.primer


def _panel(card: PainterCard, judges: Mapping[str, str]) -> str:
    panel = card.recipe.get("panel")
    named_so = panel.get("guards") if isinstance(panel, dict) else None
    guards = named_so if isinstance(named_so, list) else []

    def named(slugs: Sequence[str]) -> str:
        return " and ".join(judges.get(slug, slug) for slug in slugs)

    tastes = [slug for slug in card.judges if slug not in guards]
    if guards and tastes:
        return f"{named(tastes)}, guarded by {named([slug for slug in card.judges if slug in guards])}"
    return named(card.judges)


def _steps(card: PainterCard) -> str:
    budget = card.recipe.get("budget")
    colors, group = _number(budget, "colors"), _number(budget, "group")
    if colors is None or group is None:
        return str(card.steps)
    return f"{card.steps}, each of {colors:.0f} colours × {group:.0f} names"


def _day(date: str) -> str:
    try:
        when = datetime.fromisoformat(date)
    except ValueError:  # a card written by hand
        return date[:40]
    return f"{when.day} {when:%B %Y}"

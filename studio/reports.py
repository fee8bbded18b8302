"""Reports on painters: which judges are asked, and how a painter's line is written into its card."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from engine import places, reports
from engine.judges import spec as specs
from engine.judges.spec import JudgeSpec
from engine.palette import held_out_colors
from engine.reports import Row, Survey
from engine.service.protocol import PainterRef, Report
from studio.judges import JudgeLibrary
from studio.painters import BASE, PainterCard

HELD_OUT = " (held out)"
SMALL = 96
"""So many colours are quick to ask about, and enough to tell a collapse; cards keep them apart."""


def judges_of(
    cards: Iterable[PainterCard], library: JudgeLibrary, *, listener: bool = False, only_own: bool = False
) -> tuple[dict[str, JudgeSpec], dict[str, tuple[str | None, str | None]]]:
    """Return the judges to score by, and each painter's own and held-out one.

    The held-out twin of a judge has its slug and lies in ``resources/judges/held-out``.

    Parameters
    ----------
    listener
        Whether the listener is asked too, which takes as long as the rest together.
    only_own
        Leave out the shipped judges that trained none of the painters.
    """
    shipped = {
        entry.slug: entry.spec
        for entry in library.list()
        if entry.shipped and entry.spec and (listener or not isinstance(entry.spec, specs.Listener))
    }
    judges = {} if only_own else dict(shipped)
    own: dict[str, tuple[str | None, str | None]] = {}
    for card in cards:
        slug = taste_of(card)
        if not slug:
            continue
        if slug not in judges and library.has(slug):
            judges[slug] = library.get(slug)
        twin = places.resources() / "judges" / "held-out" / f"{slug}.toml"
        if twin.is_file():
            judges[slug + HELD_OUT] = specs.load(twin)
        own[card.slug] = (
            slug if slug in judges else None,
            slug + HELD_OUT if slug + HELD_OUT in judges else None,
        )
    return judges, own


def taste_of(card: PainterCard) -> str:
    """Return the slug of the taste that a painter is measured by; empty if it was not trained.

    It is the first of its recipe's; a blend has no recipe, and is measured by its first parent's.
    """
    panel = card.recipe.get("panel", {})
    tastes = panel.get("tastes", []) if isinstance(panel, dict) else []
    first = tastes[0] if isinstance(tastes, list) and tastes else {}
    named = str(first.get("judge", "")) if isinstance(first, dict) else ""
    return named or next(iter(card.judges), "")


class Measure(msgspec.Struct, frozen=True, kw_only=True):
    """A report on one painter, asked for and then read.

    Attributes
    ----------
    request
        What to ask the service; the base comes first, since a style is measured against it.
    slug
        Whose report it is.
    own
        Slugs of its own judge and of the held-out one, if there are any.
    """

    request: Report
    slug: str
    own: tuple[str | None, str | None] = (None, None)

    def figures(self, surveys: Sequence[Survey]) -> dict[str, Any] | None:
        """Return the painter's line as its card keeps it; ``None`` while a survey is still to come."""
        told = {survey.painter: survey for survey in surveys}
        if BASE not in told or self.slug not in told:
            return None
        colors = held_out_colors(self.request.colors)
        row = reports.row(colors, told[self.slug], told[BASE], *self.own)
        return as_table(row, len(colors))


def measure(card: PainterCard, library: JudgeLibrary, colors: int = SMALL) -> Measure:
    """Return how one painter is measured, by its own taste and its held-out twin.

    Raises
    ------
    JudgeError
        If its judge is there but faulty.
    """
    judges, own = judges_of([card], library, only_own=True)
    painters = [PainterRef(BASE), *([PainterRef(card.slug, card.folder)] if card.folder else [])]
    return Measure(
        request=Report(painters=tuple(painters), judges=judges, colors=colors),
        slug=card.slug,
        own=own.get(card.slug, (None, None)),
    )


def as_table(row: Row, colors: int) -> dict[str, Any]:
    """Return a line of a report as a card's table: without the painter, and without what is not known."""
    told = {name: getattr(row, name) for name in row.__struct_fields__ if name != "painter"}
    return {"colors": colors, **{name: value for name, value in told.items() if value is not None}}

"""Many colours and what every painter calls them: what to ask next, how long it takes, how it is laid out.

Names come one colour at a time, since the one naming service also serves the colour that is being picked.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import msgspec
import numpy as np

from engine import color as colors
from engine.collapse import GREY_CHROMA
from engine.service.protocol import Named, PainterRef
from studio.palettes import Entry
from studio.views import names
from studio.views.names import CompareView

STRIPS, FIELDS = 7, 6
FAN = STRIPS * FIELDS
"""How many colours one fan deck holds."""


class Cell(msgspec.Struct, frozen=True):
    """What one painter calls one colour: a name, or a sentence that says why there is none."""

    name: str = ""
    note: str = ""


Book = Mapping[tuple[str, PainterRef], Cell]
"""The names so far, by colour and painter."""


def cell(reply: Named, label: str) -> Cell:
    """Return the cell that a reply fills."""
    asked = names.ask(CompareView(), reply.id, reply.color, [(reply.painter, label)])
    (chip,) = names.fold(asked, reply).chips
    return Cell(chip.name, chip.note)


def missing(color: str, painters: Iterable[PainterRef], book: Book) -> tuple[PainterRef, ...]:
    """Return the painters that have not been asked about a colour."""
    return tuple(ref for ref in painters if (color, ref) not in book)


def upcoming(order: Iterable[str], painters: Sequence[PainterRef], book: Book) -> str:
    """Return the first colour that a painter has not named yet, or ``""`` when all are named."""
    return next((color for color in order if missing(color, painters, book)), "")


class Pace(msgspec.Struct, frozen=True):
    """How far naming has come.

    Attributes
    ----------
    named, colors
        How many different colours have all their names, and how many there are.
    answered, seconds
        How many were answered since naming began, and in which time.
    """

    named: int = 0
    colors: int = 0
    answered: int = 0
    seconds: float = 0.0

    @property
    def share(self) -> float:
        """The share of colours that are named, 0..1."""
        return self.named / self.colors if self.colors else 1.0

    @property
    def words(self) -> str:
        """Such as “12 of 40, about 20 s left”."""
        told = f"{self.named} of {self.colors}"
        if not self.answered:
            return told
        left = (self.colors - self.named) * self.seconds / self.answered
        if left < 1.5:
            return told
        # Rounded as people would say it: by fives below a minute.
        if left < 55:
            return f"{told}, about {5 * math.ceil(left / 5)} s left"
        return f"{told}, about {max(round(left / 60), 1)} min left"


def pace(
    palette: Iterable[str], painters: Sequence[PainterRef], book: Book, answered: int, seconds: float
) -> Pace:
    """Return how far naming the colours has come."""
    different = set(palette)
    waiting = sum(1 for color in different if missing(color, painters, book))
    return Pace(len(different) - waiting, len(different), answered, seconds)


def counted(count: int) -> str:
    """Return how many colours, in words."""
    return "1 colour" if count == 1 else f"{count} colours"


def by_hue(entries: Sequence[Entry]) -> list[Entry]:
    """Return colours around the hue circle from the reds, the greys last, from light to dark."""
    if not entries:
        return []
    lch = colors.srgb_to_oklch(colors.to_srgb_many(tuple(entry.hex for entry in entries)))

    def key(place: int) -> tuple[bool, float, float]:
        light, chroma, hue = lch[place]
        grey = bool(chroma < GREY_CHROMA)
        # Around from where purple turns to pink, so that the reds are not cut in two.
        return grey, 0.0 if grey else float((hue - 350) % 360), -float(light)

    return [entries[place] for place in sorted(range(len(entries)), key=key)]


def strips(entries: Sequence[Entry], *, sort: bool) -> list[list[Entry]]:
    """Deal colours out to the strips of one fan deck.

    Parameters
    ----------
    entries
        At most ``FAN`` are taken.
    sort
        Arrange by hue from strip to strip, and from light to dark along each; else in their order.

    Returns
    -------
    list of list
        Up to ``STRIPS`` strips of up to ``FIELDS`` colours, none longer than another by more than one.
    """
    taken = list(entries[:FAN])
    if not taken:
        return []
    if sort:
        taken = by_hue(taken)
    wanted = round(math.sqrt(1.5 * len(taken)))
    count = min(max(wanted, -(-len(taken) // FIELDS), 1), STRIPS)
    dealt = [list(part) for part in _parts(taken, count)]
    if sort:
        for strip in dealt:
            strip.sort(key=lambda entry: -colors.oklch(entry.hex)[0])
    return dealt


def _parts(entries: list[Entry], count: int) -> list[list[Entry]]:
    bounds = np.linspace(0, len(entries), count + 1).round().astype(int).tolist()
    return [entries[a:b] for a, b in pairwise(bounds)]

"""The blind taste test: names without their painters, one pick, then who said what, and the score so far."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import Literal

import msgspec

from engine.judges.spec import FEWEST_PICKS
from studio.tasting import Offer, Tasted, picks

Z95 = 1.959964
"""The normal distribution's 97.5% point."""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How a painter has fared.

    Attributes
    ----------
    painter, label
        Its slug, and its name for people.
    wins, appearances
        How often it was picked, and offered.
    share
        Wins over appearances.
    low, high
        The share's 95% interval by Wilson's score.
    chance
        The share that picking blindly would have given it.
    """

    painter: str
    label: str
    wins: int
    appearances: int
    share: float
    low: float
    high: float
    chance: float

    @property
    def words(self) -> str:
        """Wins in words."""
        return f"{self.wins} of {self.appearances}"


class TasteView(msgspec.Struct, frozen=True, kw_only=True):
    """One colour of the test.

    Attributes
    ----------
    color
        As ``#rrggbb``; empty before the first.
    offers
        Shuffled; painters that gave no name or another's name are not among them. Fewer than two: there is
        nothing to choose from.
    state
        ``waiting`` for names, ``open`` to a pick, ``revealed``, or ``none`` where no two names differ.
    picked
        The place that was picked.
    """

    color: str = ""
    offers: tuple[Offer, ...] = ()
    state: Literal["waiting", "open", "revealed", "none"] = "waiting"
    picked: int = -1


def offer(color: str, named: Sequence[tuple[str, str]], seed: int) -> TasteView:
    """Lay out the painters' names in an order that tells nothing.

    Parameters
    ----------
    named
        (painter's slug, its name; empty for none).
    seed
        Of the order.

    Notes
    -----
    A name that several painters gave is offered once, as that of one of them drawn by the same dice: two
    chips that read alike would be a choice between nothing.
    """
    dice = random.Random(seed)
    shuffled = list(named)
    dice.shuffle(shuffled)
    offers: dict[str, Offer] = {}
    for painter, name in shuffled:
        if name.strip():
            offers.setdefault(" ".join(name.casefold().split()), Offer(painter, name))
    state: Literal["open", "none"] = "open" if len(offers) > 1 else "none"
    return TasteView(color=color, offers=tuple(offers.values()), state=state)


def pick(view: TasteView, place: int, time: float) -> tuple[TasteView, Tasted | None]:
    """Return the view after a pick, and what is to be kept of it; nothing where there is nothing to pick."""
    if view.state != "open" or not 0 <= place < len(view.offers):
        return view, None
    tasted = Tasted(color=view.color, offers=view.offers, picked=place, time=time)
    return msgspec.structs.replace(view, state="revealed", picked=place), tasted


def standings(tasted: Sequence[Tasted], labels: dict[str, str]) -> tuple[Standing, ...]:
    """Return how each painter has fared, the best share first.

    Parameters
    ----------
    labels
        Slug → name of the painters that are there; those that have gone keep their slug.
    """
    wins: dict[str, int] = {}
    shown: dict[str, int] = {}
    luck: dict[str, float] = {}
    for one in tasted:
        for place, offered in enumerate(one.offers):
            shown[offered.painter] = shown.get(offered.painter, 0) + 1
            luck[offered.painter] = luck.get(offered.painter, 0.0) + 1 / len(one.offers)
            wins[offered.painter] = wins.get(offered.painter, 0) + (place == one.picked)
    rows = []
    for painter, count in shown.items():
        low, high = wilson(wins[painter], count)
        rows.append(
            Standing(
                painter=painter,
                label=labels.get(painter, painter),
                wins=wins[painter],
                appearances=count,
                share=wins[painter] / count,
                low=low,
                high=high,
                chance=luck[painter] / count,
            )
        )
    return tuple(sorted(rows, key=lambda row: (-row.share, -row.appearances, row.label)))


def wilson(wins: int, count: int) -> tuple[float, float]:
    """Return the 95% interval of a share by Wilson's score (E. B. Wilson, 1927); (0, 1) for no trials."""
    if count == 0:
        return 0.0, 1.0
    share, square = wins / count, Z95 * Z95
    middle = share + square / (2 * count)
    spread = Z95 * math.sqrt(share * (1 - share) / count + square / (4 * count * count))
    whole = 1 + square / count
    return max(0.0, (middle - spread) / whole), min(1.0, (middle + spread) / whole)


def verdict(rows: Sequence[Standing]) -> str:
    """Say in a sentence what the tests so far show, and no more.

    A painter is said to be picked more often than chance when so many wins or more would come by chance in
    fewer than one of twenty such tests, by the binomial tail, shared out among the painters (Bonferroni).
    """
    tests = sum(row.wins for row in rows)
    if not tests:
        return "Pick the name that you like best. Who said it is shown afterwards."
    counted = f"{tests} pick{'' if tests == 1 else 's'}"
    best = min(rows, key=lambda row: tail(row.wins, row.appearances, row.chance))
    if tail(best.wins, best.appearances, best.chance) * len(rows) < 0.05:
        return f"{counted}: you pick {best.label} more often than chance would ({best.words})."
    return f"{counted}: none is picked more often than chance would explain."


def tail(wins: int, count: int, chance: float) -> float:
    """Return how likely so many wins or more are when each comes with this chance, 0 < chance < 1."""

    def log_ways(n: int) -> float:
        return math.lgamma(count + 1) - math.lgamma(n + 1) - math.lgamma(count - n + 1)

    likely, unlikely = math.log(chance), math.log1p(-chance)
    return math.fsum(
        math.exp(log_ways(n) + n * likely + (count - n) * unlikely) for n in range(wins, count + 1)
    )


def offer_to_judge(tasted: Sequence[Tasted]) -> str:
    """Return the words of the button that makes a judge; empty while there are too few picks."""
    if len(picks(tasted)) < FEWEST_PICKS:
        return ""
    count = len(tasted)
    return f"Make a judge of my {count} pick{'' if count == 1 else 's'}"

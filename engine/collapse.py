"""Collapse, measured: few names for many colours.

A painter that has found one name which its judge likes says it to every colour. How far that has gone is
told by the *effective names*, 2 to the entropy of the names over a grid of colours: the number of
equally common names that would be as varied. A collapse often begins in one corner ("Mulled Wine" to every
red), so the commonest name is also told for each sector of hue.

Names are the same when they differ only in case or spaces.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import msgspec

from engine import color as colors_

SECTORS = 12
# Below this OKLCH chroma a colour passes for a grey, and its hue means nothing to the eye.
GREY_CHROMA = 0.03


class HueShare(msgspec.Struct, frozen=True, kw_only=True):
    """The commonest name in one sector of hue.

    Attributes
    ----------
    sector
        0 is the sector that begins at hue 0°; ``None`` stands for the greys.
    start, end
        Its hues in degrees (OKLCH), end excluded; both 0 for the greys.
    count
        How many colours lie in it.
    name, share
        The commonest name, and its share of those colours in 0..1.
    """

    sector: int | None
    start: float
    end: float
    count: int
    name: str
    share: float


def key(name: str) -> str:
    """Return what names are compared by: without case, and with single spaces."""
    return " ".join(name.casefold().split())


def distinct(names: Sequence[str]) -> int:
    """Return how many different names there are."""
    return len({key(name) for name in names})


def effective_names(names: Sequence[str]) -> float:
    """Return 2 to the entropy (in bits) of the names: 1 if all are one, ``len(names)`` if all differ.

    0 for no names.
    """
    if not names:
        return 0.0
    shares = [count / len(names) for count in Counter(map(key, names)).values()]
    return float(2 ** -math.fsum(share * math.log2(share) for share in shares))


def top_share(names: Sequence[str]) -> tuple[str, float]:
    """Return the commonest name, as it was first spelled, and its share in 0..1; ``("", 0.0)`` for none.

    Of equally common names the first one said counts.
    """
    if not names:
        return "", 0.0
    common, count = Counter(map(key, names)).most_common(1)[0]
    return next(name for name in names if key(name) == common), count / len(names)


def duplicates(names: Sequence[str]) -> int:
    """Return how many of a group's names repeat an earlier one: 0 if all differ."""
    return len(names) - distinct(names)


def shared(groups: Sequence[Sequence[str]]) -> float:
    """Return the share of the names of several colours that another of these colours was given too, 0..1.

    Parameters
    ----------
    groups
        ``groups[color]`` are a colour's names.
    """
    holders = Counter(name for group in groups for name in {key(name) for name in group})
    names = [key(name) for group in groups for name in group]
    return sum(holders[name] > 1 for name in names) / len(names) if names else 0.0


def shares_by_hue(colors: Sequence[str], names: Sequence[str], sectors: int = SECTORS) -> list[HueShare]:
    """Return the commonest name in each sector of hue, and among the greys.

    Parameters
    ----------
    colors
        As ``#rrggbb``, one for each name.
    names
        What the painter called them.
    sectors
        How many equal parts the circle of OKLCH hues is cut into.

    Returns
    -------
    list of HueShare
        By rising hue, the greys last; empty sectors are left out.
    """
    buckets: dict[int, list[str]] = {}
    for color, name in zip(colors, names, strict=True):
        _, chroma, hue = colors_.oklch(color)
        sector = sectors if chroma < GREY_CHROMA else min(int((hue % 360) / 360 * sectors), sectors - 1)
        buckets.setdefault(sector, []).append(name)
    width = 360 / sectors
    shares = []
    for sector, said in sorted(buckets.items()):
        grey = sector == sectors
        name, share = top_share(said)
        shares.append(
            HueShare(
                sector=None if grey else sector,
                start=0.0 if grey else sector * width,
                end=0.0 if grey else (sector + 1) * width,
                count=len(said),
                name=name,
                share=share,
            )
        )
    return shares

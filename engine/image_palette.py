"""The few colours of a picture: k-means in OKLab, so that what is merged is what looks alike.

scipy is imported where it is used: the window starts without it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine import color as colors
from engine.color import Floats

COUNT = 8
MOST_PIXELS = 16_384
"""Pixels that are looked at; of more, that many are drawn by lot."""
_ALIKE = 0.035


@dataclass(frozen=True)
class Share:
    """A colour of a picture, ``#rrggbb``, and the share of the picture that is nearest to it, 0..1."""

    color: str
    share: float


def palette(pixels: NDArray[np.uint8], count: int = COUNT, seed: int = 0) -> tuple[Share, ...]:
    """Return the colours that a picture is made of, those with the largest share first.

    Parameters
    ----------
    pixels
        sRGB bytes, shape (n, 3).
    count
        How many colours at most; there are fewer where they would look alike.
    seed
        The same picture and seed give the same colours.

    Returns
    -------
    tuple of Share
        Each colour occurs in the picture; the shares sum to 1. Empty for no pixels.
    """
    if len(pixels) == 0:
        return ()
    rng = np.random.default_rng([seed, 0x1AA6E])
    if len(pixels) > MOST_PIXELS:
        pixels = pixels[rng.choice(len(pixels), MOST_PIXELS, replace=False)]
    found, counts = np.unique(pixels, axis=0, return_counts=True)
    lab = colors.srgb_to_oklab(found / 255.0)
    owner = np.arange(len(found)) if len(found) <= count else _cluster(lab, counts, count, rng)
    owner = _merge(lab, counts, owner)
    shares = []
    for which in np.unique(owner):
        members = np.flatnonzero(owner == which)
        middle = np.average(lab[members], axis=0, weights=counts[members])
        # The colour nearest to the middle, not the middle: that may be a grey which the picture has not.
        typical = members[np.linalg.norm(lab[members] - middle, axis=1).argmin()]
        shares.append(
            Share("#" + found[typical].tobytes().hex(), float(counts[members].sum() / counts.sum()))
        )
    return tuple(sorted(shares, key=lambda one: (-one.share, one.color)))


def _cluster(
    lab: Floats, counts: NDArray[np.int64], count: int, rng: np.random.Generator
) -> NDArray[np.intp]:
    """Return which cluster each of the different colours belongs to.

    Each colour counts by the root of how often it occurs: else a sky takes all clusters and the red boat
    under it none.
    """
    from scipy.cluster.vq import kmeans2, vq

    weight = np.sqrt(counts)
    drawn = rng.choice(len(lab), MOST_PIXELS // 2, p=weight / weight.sum())
    middles, _ = kmeans2(lab[drawn], count, iter=20, minit="++", missing="warn", rng=rng)
    owner: NDArray[np.intp] = vq(lab, middles)[0]
    return owner


def _merge(lab: Floats, counts: NDArray[np.int64], owner: NDArray[np.intp]) -> NDArray[np.intp]:
    """Join clusters whose middles look alike, nearest first."""
    owner = owner.copy()
    while True:
        names = np.unique(owner)
        middles = np.array(
            [np.average(lab[owner == one], axis=0, weights=counts[owner == one]) for one in names]
        )
        apart = np.linalg.norm(middles[:, None] - middles[None], axis=-1)
        np.fill_diagonal(apart, np.inf)
        first, second = np.unravel_index(apart.argmin(), apart.shape)
        if not apart[first, second] < _ALIKE:
            return owner
        owner[owner == names[second]] = names[first]

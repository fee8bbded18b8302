"""A colour in figures: the axes of OKLCH, HSL and RGB, where a colour is on them and what moving it gives.

The colour itself is OKLCH, so that its hue survives grey; HSL and RGB are ways to look at it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from engine import color as colors
from engine.color import Floats

Triple = tuple[float, float, float]
MOST_CHROMA = 0.33
"""The largest chroma of any colour in sRGB, rounded up."""
_GREY = 2e-4


@dataclass(frozen=True)
class Axis:
    """One figure.

    Attributes
    ----------
    letter, name
        How it is called, shortly and in full.
    least, most
        Its range.
    places, step
        Decimals shown, and what an arrow key adds.
    round
        The end is the beginning.
    """

    letter: str
    name: str
    least: float
    most: float
    places: int
    step: float
    round: bool = False


@dataclass(frozen=True)
class Space:
    """Three figures that make a colour."""

    word: str
    axes: tuple[Axis, Axis, Axis]


OKLCH = Space(
    "OKLCH",
    (
        Axis("L", "Lightness, 0 to 100", 0, 100, 1, 1),
        Axis("C", "Chroma, 0 to 0.33", 0, MOST_CHROMA, 3, 0.01),
        Axis("H", "Hue, 0 to 360 degrees", 0, 360, 1, 1, round=True),
    ),
)
HSL = Space(
    "HSL",
    (
        Axis("H", "HSL hue, 0 to 360 degrees", 0, 360, 1, 1, round=True),
        Axis("S", "HSL saturation, 0 to 100", 0, 100, 1, 1),
        Axis("L", "HSL lightness, 0 to 100", 0, 100, 1, 1),
    ),
)
RGB = Space(
    "RGB",
    (
        Axis("R", "Red, 0 to 255", 0, 255, 0, 1),
        Axis("G", "Green, 0 to 255", 0, 255, 0, 1),
        Axis("B", "Blue, 0 to 255", 0, 255, 0, 1),
    ),
)
SPACES = (OKLCH, HSL, RGB)


def figures(space: Space, lch: Triple, color: str) -> Triple:
    """Return where a colour is on a space's axes.

    Parameters
    ----------
    space
        One of :data:`SPACES`.
    lch, color
        The colour as OKLCH, and as it is shown.
    """
    if space is OKLCH:
        return lch[0] * 100, lch[1], lch[2]
    if space is RGB:
        red, green, blue = colors.to_bytes(colors.to_srgb(color)).tolist()
        return float(red), float(green), float(blue)
    hue, saturation, lightness = colors.srgb_to_hsl(np.clip(colors.oklch_to_srgb(lch), 0.0, 1.0)).tolist()
    if lch[1] < _GREY:
        # A grey has no hue in HSL; it has the one that it would take on.
        faint = [min(max(lch[0], 0.2), 0.9), 0.03, lch[2]]
        hue, saturation = float(colors.srgb_to_hsl(colors.oklch_to_srgb(faint))[0]), 0.0
    return hue, saturation * 100, lightness * 100


def moved(space: Space, values: Triple) -> Triple | str:
    """Return the colour at a place on the axes: as OKLCH, chroma perhaps too much; of RGB as ``#rrggbb``."""
    first, second, third = values
    if space is OKLCH:
        return first / 100, second, third
    if space is RGB:
        return colors.from_srgb(np.array(values) / 255)
    hsl = [first, second / 100, third / 100]
    lightness, chroma, hue = colors.srgb_to_oklch(colors.hsl_to_srgb(hsl)).tolist()
    if chroma < _GREY:
        hsl = [first, 0.1, min(max(third / 100, 0.2), 0.9)]
        hue = float(colors.srgb_to_oklch(colors.hsl_to_srgb(hsl))[2])
    return lightness, chroma, hue


@lru_cache(maxsize=4)
def _edge_at_lightness(percent: float) -> tuple[Floats, Floats]:
    """Return hues, and the most chroma at each; remembered, since a drag of the hue asks again and again."""
    hues = np.linspace(0, 360, 91)
    return hues, colors.max_chroma(percent / 100, hues)


@lru_cache(maxsize=4)
def _edge_at_hue(hue: float) -> tuple[Floats, Floats]:
    """Return lightnesses, and the most chroma at each."""
    light = np.linspace(0, 1, 65)
    return light, colors.max_chroma(light, hue)


def groove(space: Space, values: Triple, which: int, count: int) -> tuple[NDArray[np.uint8], float]:
    """Paint the colours along one axis, the other two as they are.

    Returns
    -------
    colors
        sRGB bytes, shape (count, 3).
    end
        Share of the axis, 0..1, at which sRGB ends: only chroma has such an end.
    """
    axis = space.axes[which]
    along = np.tile(np.array(values, float), (count, 1))
    along[:, which] = np.linspace(axis.least, axis.most, count)
    if space is RGB:
        return colors.to_bytes(along / 255), 1.0
    if space is HSL:
        return colors.to_bytes(colors.hsl_to_srgb(along / np.array([1, 100, 100]))), 1.0
    along[:, 0] /= 100
    if axis.letter == "H":
        most = np.interp(along[:, 2], *_edge_at_lightness(values[0]))
    elif axis.letter == "L":
        most = np.interp(along[:, 0], *_edge_at_hue(values[2]))
    else:
        most = np.full(count, float(colors.max_chroma(along[0, 0], values[2])))
    end = min(float(most[0]) / axis.most, 1.0) if axis.letter == "C" else 1.0
    along[:, 1] = np.minimum(along[:, 1], most)
    return colors.to_bytes(colors.oklch_to_srgb(along)), end

"""Colours to train on and colours to be judged on, spread evenly, and never the same.

OKLab is cut into small cubes, an eighth of which is held out in a regular lattice. Which side a colour is
on is thus decided by the colour alone: whoever trains, with whatever seed, never meets a held-out one, and
near-twins mostly share a cube. Colours to be judged on keep away from their cube's walls, so that none of
them has a twin just across.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from itertools import product

import numpy as np

from engine import color as colors_of
from engine.color import Floats
from engine.lexicon import Lexicon

# The edge of a cube, in OKLab: about 3 just noticeable differences.
_CELL = 0.03
_STRIDE = np.array([1, 3, 5])
_EVERY = 8
# How far held-out colours stay from their cube's walls.
_MARGIN = 0.004
# People pick dark and pale colours too, but none so dark that no hue is left.
_DARKEST, _LIGHTEST = 0.2, 0.97
# Below 1, so that strong colours are as common as greyish ones to the eye.
_CHROMA_POWER = 0.7
_PURPOSE = 0xC0105
_RARE_PURPOSE = 0x4A4E
# A rare colour is the one of so many with the fewest known names in its cube of this edge, in OKLab.
_CANDIDATES, _CROWD = 24, 0.06

GRID_COLUMNS, GRID_ROWS = 12, 4
"""The grid that a training is evaluated on: hues across, lightness down."""
_GRID_LIGHTEST, _GRID_DARKEST = 0.86, 0.36
# Of the chroma that can be shown: colourful, as most paints are that people pick.
_GRID_CHROMA = 0.7


def is_held_out(color: str) -> bool:
    """Say whether a colour is kept from every training; about an eighth of all colours are."""
    return bool(_in_held_out_cell(colors_of.oklab(color)))


def training_colors(seed: int, step: int, count: int, rare: float = 0.0) -> list[str]:
    """Return the colours of one training step, from the seed and the step alone.

    They are a Latin hypercube over hue, lightness, and chroma as a share of what can be shown: any step
    of 8 colours has one in each eighth of the hue circle, one in each eighth of lightness, and some greyish
    ones among the strong.

    Parameters
    ----------
    seed, step
        Not negative.
    count
        How many.
    rare
        The share of them, rounded, that is rare instead: see :func:`rare_colors`.

    Returns
    -------
    list of str
        ``count`` colours as ``#rrggbb``, in no order of hue; none is held out.
    """
    few = round(rare * count)
    return [*rare_colors(seed, step, few), *_common_colors(seed, step, count - few)]


def rare_colors(seed: int, step: int, count: int) -> list[str]:
    """Return colours that few of the known names lie near, one in each of ``count`` parts of the hue circle.

    Each is the least crowded of 24 that are drawn in its part; none is held out.
    """
    rng = np.random.default_rng([seed, step, _RARE_PURPOSE])
    chosen: list[str] = []
    for part in range(count):
        unit = rng.random((_CANDIDATES, 3))
        unit[:, 0] = (part + unit[:, 0]) / count
        drawn = _paint(unit)
        lab = colors_of.srgb_to_oklab(colors_of.to_srgb_many(drawn))
        near = np.array([_crowds().get(cell, 0) for cell in map(tuple, _crowd_cells(lab))], dtype=float)
        near[_in_held_out_cell(lab)] = np.inf
        chosen.append(drawn[int(near.argmin())])
    return chosen


def _common_colors(seed: int, step: int, count: int) -> list[str]:
    rng = np.random.default_rng([seed, step, _PURPOSE])
    strata = np.stack([rng.permutation(count) for _ in range(3)], axis=1)
    chosen = [""] * count
    waiting = np.arange(count)
    reach = 0.0
    while waiting.size:
        # A colour that falls among the held out is drawn again in its own stratum, then ever farther out:
        # a stratum may be so narrow that all of it is held out.
        middle = (strata[waiting] + rng.random((waiting.size, 3))) / count
        drawn = _paint(middle + rng.uniform(-reach, reach, middle.shape))
        held = _in_held_out_cell(colors_of.srgb_to_oklab(colors_of.to_srgb_many(drawn)))
        for index, color, out in zip(waiting.tolist(), drawn, held.tolist(), strict=True):
            if not out:
                chosen[index] = color
        waiting = waiting[held]
        reach += 0.01
    return chosen


@lru_cache(maxsize=8)
def _held_out(count: int) -> tuple[str, ...]:
    chosen: dict[str, None] = {}
    start = 0
    while len(chosen) < count:
        size = 2 * (count - len(chosen)) + 16
        # Roberts's R3 sequence: every beginning of it is spread evenly over the cube.
        index = np.arange(start, start + size)[:, None] + 1
        targets = (0.5 + index * (1 / 1.2207440846057596) ** np.arange(1, 4)) % 1.0
        for color in _snap(colors_of.srgb_to_oklab(colors_of.to_srgb_many(_paint(targets)))):
            if color and len(chosen) < count:
                chosen.setdefault(color)
        start += size
    return tuple(chosen)


def held_out_colors(count: int) -> list[str]:
    """Return ``count`` different held-out colours, always the same, evenly spread.

    Fewer are the beginning of more: ``held_out_colors(24) == held_out_colors(2000)[:24]``.
    """
    return list(_held_out(count))


@lru_cache(maxsize=1)
def held_out_grid() -> tuple[str, ...]:
    """Return held-out colours that make a picture: rows of hues from the lightest to the darkest.

    Each is the held-out colour nearest to its place in the grid, at most 0.06 away in OKLab; all differ.
    """
    lightness = np.linspace(_GRID_LIGHTEST, _GRID_DARKEST, GRID_ROWS)
    hue = (np.arange(GRID_COLUMNS) + 0.5) * 360 / GRID_COLUMNS
    light, turn = np.meshgrid(lightness, hue, indexing="ij")
    lch = np.stack([light, colors_of.max_chroma(light, turn) * _GRID_CHROMA, turn], axis=-1).reshape(-1, 3)
    return tuple(_snap(colors_of.srgb_to_oklab(np.clip(colors_of.oklch_to_srgb(lch), 0.0, 1.0))))


def _crowd_cells(lab: Floats) -> list[list[int]]:
    cells: list[list[int]] = np.floor(lab / _CROWD).astype(int).tolist()
    return cells


@lru_cache(maxsize=1)
def _crowds() -> Counter[tuple[int, ...]]:
    """Return how many known names lie in each cube of OKLab."""
    return Counter(map(tuple, _crowd_cells(Lexicon.load().oklab)))


def _in_held_out_cell(lab: Floats) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    cell = np.floor(lab / _CELL + 0.5).astype(int)
    return np.asarray((cell @ _STRIDE) % _EVERY == 0)


def _paint(unit: Floats) -> list[str]:
    """Colours for points of the unit cube: hue, lightness, and share of the chroma that can be shown."""
    hue = (unit[:, 0] % 1.0) * 360.0
    lightness = _DARKEST + (_LIGHTEST - _DARKEST) * np.clip(unit[:, 1], 0.0, 1.0)
    share = np.clip(unit[:, 2], 0.0, 1.0) ** _CHROMA_POWER
    chroma = colors_of.max_chroma(lightness, hue) * share
    return colors_of.from_srgb_many(colors_of.oklch_to_srgb(np.stack([lightness, chroma, hue], axis=-1)))


def _snap(targets: Floats) -> list[str]:
    """Move each OKLab colour into the nearest held-out cube; "" where that cannot be shown."""
    near = np.array(list(product((-2, -1, 0, 1, 2), repeat=3)))
    cells = np.floor(targets / _CELL + 0.5)[:, None, :] + near
    half = _CELL / 2 - _MARGIN
    moved = np.clip(targets[:, None, :], cells * _CELL - half, cells * _CELL + half)
    usable = (cells.astype(int) @ _STRIDE) % _EVERY == 0
    usable &= colors_of.in_gamut(colors_of.oklab_to_linear(moved))
    apart = np.where(usable, np.linalg.norm(moved - targets[:, None, :], axis=-1), np.inf)
    best = apart.argmin(axis=1)
    rows = np.arange(len(targets))
    colors = colors_of.from_srgb_many(np.clip(colors_of.oklab_to_srgb(moved[rows, best]), 0.0, 1.0))
    # Rounding to whole bytes moves a dark colour by up to a margin, so ask the color itself.
    lab = colors_of.srgb_to_oklab(colors_of.to_srgb_many(colors))
    sound = np.isfinite(apart[rows, best]) & _in_held_out_cell(lab)
    return [color if good else "" for color, good in zip(colors, sound.tolist(), strict=True)]

"""The map of names: hue across, lightness up, tiled by what a painter calls each colour.

A painter that has many names gives back the rainbow; one that has collapsed, a few flat fields that can be
seen from across the room. Neighbouring cells of one name are one tile.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from engine import collapse
from engine import color as colors_of

COLUMNS, ROWS = 16, 9
_LIGHTEST, _DARKEST = 0.94, 0.26
SATURATION = 0.72
"""Of the most chroma that can be shown: strong colours, as paints are."""
BLANK = ""


class Tile(msgspec.Struct, frozen=True, kw_only=True):
    """Neighbouring cells of one name.

    Attributes
    ----------
    name
        As it was first spelled.
    color
        The mean of all colours of that name, wherever they lie, as ``#rrggbb``.
    ink
        Black or white, whichever reads better on it.
    cells
        (row, column) of each, from the lightest row and hue 0.
    label
        The widest run of cells of one row, where its name is set: (row, first column, columns). The name is
        set once, in its largest tile.
    largest
        Whether it is the largest tile of its name.
    """

    name: str
    color: str
    ink: str
    cells: tuple[tuple[int, int], ...]
    label: tuple[int, int, int]
    largest: bool


class NameMapView(msgspec.Struct, frozen=True, kw_only=True):
    """A painter's map.

    Attributes
    ----------
    columns, rows
        The grid.
    colors
        The grid's colours, by rows from the lightest.
    names
        What each is called; ``None`` where it is not known yet, empty where the reply was no name.
    tiles
        By size, the largest first.
    known
        The share of cells that are known, 0..1.
    effective
        How many equally common names would be as varied.
    top, top_share
        The commonest name, and its share of the known cells.
    sentence
        What that means, under the map.
    """

    columns: int
    rows: int
    colors: tuple[str, ...]
    names: tuple[str | None, ...]
    tiles: tuple[Tile, ...] = ()
    known: float = 0.0
    effective: float = 0.0
    top: str = ""
    top_share: float = 0.0
    sentence: str = ""

    @property
    def whole(self) -> bool:
        """Whether every cell is known."""
        return None not in self.names


def grid(columns: int = COLUMNS, rows: int = ROWS) -> tuple[str, ...]:
    """Return the map's colours, by rows from the lightest, each row once around the hues."""
    lightness = np.linspace(_LIGHTEST, _DARKEST, rows)
    hue = (np.arange(columns) + 0.5) * 360 / columns
    light, turn = np.meshgrid(lightness, hue, indexing="ij")
    chroma = colors_of.max_chroma(light, turn) * SATURATION
    lch = np.stack([light, chroma, turn], axis=-1).reshape(-1, 3)
    return tuple(colors_of.from_srgb_many(np.clip(colors_of.oklch_to_srgb(lch), 0.0, 1.0)))


def empty(columns: int = COLUMNS, rows: int = ROWS) -> NameMapView:
    """Return a map of which nothing is known."""
    colors = grid(columns, rows)
    return NameMapView(columns=columns, rows=rows, colors=colors, names=(None,) * len(colors))


def missing(view: NameMapView) -> tuple[int, ...]:
    """Return the cells that are not known, in the order in which they are best asked for.

    A coarse grid goes first and is halved twice, so that the whole can be told early.
    """
    places: dict[int, None] = {}
    for step in (4, 2, 1):
        for row in range(0, view.rows, step):
            for column in range(0, view.columns, step):
                places[row * view.columns + column] = None
    return tuple(place for place in places if view.names[place] is None)


def fill(view: NameMapView, places: Sequence[int], names: Sequence[str]) -> NameMapView:
    """Return the map with the names of some cells; names without a cell are passed over."""
    known = list(view.names)
    for place, name in zip(places, names, strict=False):
        known[place] = name
    return laid_out(msgspec.structs.replace(view, names=tuple(known)))


def laid_out(view: NameMapView) -> NameMapView:
    """Return the map with its tiles and figures made from its names."""
    told = [name for name in view.names if name]
    tried = [name for name in view.names if name is not None]
    effective = collapse.effective_names(told)
    top, _ = collapse.top_share(told)
    count = sum(collapse.key(name) == collapse.key(top) for name in told) if top else 0
    share = count / len(tried) if tried else 0.0
    return msgspec.structs.replace(
        view,
        tiles=_tiles(view),
        known=len(tried) / len(view.names),
        effective=effective,
        top=top,
        top_share=share,
        sentence=_sentence(view, told, effective, top, share),
    )


def _sentence(view: NameMapView, told: list[str], effective: float, top: str, share: float) -> str:
    if not told:
        return ""
    many = collapse.distinct(told)
    if many == len(told):
        return f"All {many} names differ."
    size = f"{share:.0%}" if share >= 0.095 else f"{share:.1%}"
    varied = f"{many} name{'' if many == 1 else 's'}, as varied as {effective:.0f}"
    return f"“{top}” covers {size} of the map; {varied} equally common."


def _tiles(view: NameMapView) -> tuple[Tile, ...]:
    keys = [BLANK if not name else collapse.key(name) for name in view.names]
    if not any(keys):
        return ()
    paint = fills(view.colors, keys)
    ink = dict(zip(paint, _inks(list(paint.values())), strict=True))
    spelled = {key: view.names[keys.index(key)] or "" for key in paint}
    parts = sorted(_connected(keys, view.columns), key=lambda cells: (-len(cells), cells[0]))
    seen: set[str] = set()
    tiles = []
    for cells in parts:
        key = keys[cells[0]]
        tiles.append(
            Tile(
                name=spelled[key],
                color=paint[key],
                ink=ink[key],
                cells=tuple(divmod(cell, view.columns) for cell in cells),
                label=_widest(cells, view.columns),
                largest=key not in seen,
            )
        )
        seen.add(key)
    return tuple(tiles)


def fills(colors: Sequence[str], keys: Sequence[str]) -> dict[str, str]:
    """Return what each name's tiles are painted with: the mean, in OKLab, of all colours that bear it.

    Parameters
    ----------
    colors, keys
        Colours as ``#rrggbb``, and what each name is compared by; empty for none.
    """
    lab = colors_of.srgb_to_oklab(colors_of.to_srgb_many(tuple(colors)))
    members: dict[str, list[int]] = {}
    for place, key in enumerate(keys):
        if key:
            members.setdefault(key, []).append(place)
    if not members:
        return {}
    means = np.stack([lab[places].mean(axis=0) for places in members.values()])
    painted = colors_of.from_srgb_many(np.clip(colors_of.oklab_to_srgb(means), 0.0, 1.0))
    return dict(zip(members, painted, strict=True))


def _inks(colors: list[str]) -> list[str]:
    """Return black or white for each colour, whichever contrasts more: ``engine.color.text_over`` of many."""
    light = colors_of.srgb_to_linear(colors_of.to_srgb_many(colors)) @ np.array([0.2126, 0.7152, 0.0722])
    # (L + 0.05) / 0.05 against 1.05 / (L + 0.05).
    return ["#000000" if dark else "#ffffff" for dark in (light + 0.05) ** 2 >= 0.05 * 1.05]


def _connected(keys: Sequence[str], columns: int) -> list[list[int]]:
    """Return the cells of each tile, in order: neighbours by an edge that have one name."""
    left = {place for place, key in enumerate(keys) if key}
    found = []
    while left:
        first = min(left)
        left.discard(first)
        cells, front = [first], [first]
        while front:
            place = front.pop()
            row, column = divmod(place, columns)
            beside = [place - columns, place + columns]
            beside += [row * columns + c for c in (column - 1, column + 1) if 0 <= c < columns]
            for near in beside:
                if near in left and keys[near] == keys[first]:
                    left.discard(near)
                    cells.append(near)
                    front.append(near)
        found.append(sorted(cells))
    return found


def _widest(cells: Sequence[int], columns: int) -> tuple[int, int, int]:
    """Return the longest run of cells in one row: (row, first column, columns); the middle one of equals."""
    runs: list[tuple[int, int, int]] = []
    for place in cells:
        row, column = divmod(place, columns)
        if runs and runs[-1][0] == row and runs[-1][1] + runs[-1][2] == column:
            runs[-1] = (row, runs[-1][1], runs[-1][2] + 1)
        else:
            runs.append((row, column, 1))
    longest = max(width for _, _, width in runs)
    widest = [run for run in runs if run[2] == longest]
    return widest[len(widest) // 2]

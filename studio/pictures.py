"""Pictures of names as SVG: what many colours are called, to be seen from across the room.

SVG because it is text: nothing to install, sharp at any size, and a browser or README shows it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from xml.sax.saxutils import escape

import numpy as np

from engine import collapse
from engine import color as colors_of
from engine.color import Floats
from studio.views import name_map

Named = tuple[str, Sequence[str]]

FONT = "Inter, 'Helvetica Neue', Arial, sans-serif"
PAPER, INK, SOFT = "#FDFDFB", "#1A1917", "#686764"
COLUMNS, ROWS, CELL = 90, 34, 6
LABELS = 9


def name_maps(colors: Sequence[str], painters: Sequence[Named]) -> str:
    """Draw what each painter calls the colours: hue across, lightness up, tiled by name.

    Every tile has the mean colour of all colours that share its name. A varied painter gives back the
    rainbow; one that has collapsed, a few flat fields.

    Parameters
    ----------
    colors
        As ``#rrggbb``.
    painters
        (title, the name of each colour; empty where there is none).
    """
    lch = colors_of.srgb_to_oklch(colors_of.to_srgb_many(tuple(colors)))
    nearest = _nearest(lch)
    width, height, gap = COLUMNS * CELL, ROWS * CELL, 32
    across = 2 if len(painters) > 1 else 1
    down = -(-len(painters) // across)
    whole = (gap + across * (width + gap), gap + down * (height + 28 + gap))
    parts = [_open(*whole)]
    for i, (title, names) in enumerate(painters):
        x = gap + (i % across) * (width + gap)
        y = gap + (i // across) * (height + 28 + gap)
        effective = round(collapse.effective_names([name for name in names if name]))
        parts.append(_text(x, y + 14, title, 15, INK, weight=600))
        parts.append(
            _text(
                x + width,
                y + 14,
                f"{effective} effective name{'' if effective == 1 else 's'}",
                12,
                SOFT,
                anchor="end",
            )
        )
        parts.append(f'<g transform="translate({x} {y + 28})">')
        parts.extend(_tiles(colors, names, nearest))
        parts.append("</g>")
    return "\n".join([*parts, "</svg>"])


def _nearest(lch: Floats) -> np.ndarray:
    """Return for each cell, (ROWS, COLUMNS), the index of the nearest colour by hue and lightness."""
    hue = (np.arange(COLUMNS) + 0.5) * 360 / COLUMNS
    light = 0.97 - (np.arange(ROWS) + 0.5) * (0.97 - 0.2) / ROWS
    turn = np.abs(hue[:, None] - lch[:, 2]) % 360
    turn = np.minimum(turn, 360 - turn) / 360
    # Greys have no hue to speak of, so they give way to colours.
    shy = np.where(lch[:, 1] < collapse.GREY_CHROMA, 0.05, 0.0)
    rows = [np.argmin(turn**2 * 4 + (light[row] - lch[:, 0]) ** 2 + shy, axis=1) for row in range(ROWS)]
    return np.stack(rows)


def _tiles(colors: Sequence[str], names: Sequence[str], nearest: np.ndarray) -> list[str]:
    keys = [collapse.key(name) for name in names]
    fill = {"": PAPER, **name_map.fills(colors, keys)}
    out: list[str] = []
    cells: dict[str, list[tuple[int, int]]] = {}
    for row in range(ROWS):
        start = 0
        said = [keys[i] for i in nearest[row]]
        for column in range(COLUMNS):
            cells.setdefault(said[column], []).append((row, column))
            if column + 1 == COLUMNS or said[column + 1] != said[start]:
                # A hair wider than the tile: no seams between neighbours.
                out.append(
                    f'<rect x="{start * CELL}" y="{row * CELL}" width="{(column + 1 - start) * CELL + 0.4}" '
                    f'height="{CELL + 0.4}" fill="{fill[said[start]]}"/>'
                )
                start = column + 1
    spelled = {collapse.key(name): name for name in names}
    common = [key for key, _ in Counter(keys).most_common(LABELS) if key and key in cells]
    placed: list[tuple[float, float, float]] = []
    for key in common:
        # In the middle of its own tiles: at that one which is nearest to all of them.
        spots = np.array(cells[key], dtype=float)
        row, column = spots[np.argmin(((spots - np.median(spots, axis=0)) ** 2).sum(axis=1))]
        half = len(key) * 2.9 + 2
        x = min(max((column + 0.5) * CELL, half), COLUMNS * CELL - half)
        y = (row + 0.5) * CELL + 4
        if any(abs(y - b) < 13 and abs(x - a) < half + c for a, b, c in placed):
            continue
        placed.append((x, y, half))
        ink = colors_of.text_over(fill[key])
        out.append(_text(x, y, spelled[key], 10.5, ink, anchor="middle", weight=500))
    return out


def names_table(colors: Sequence[str], painters: Sequence[Named]) -> str:
    """Draw colours as chips down the side, and beside each what every painter calls it.

    Parameters
    ----------
    colors
        As ``#rrggbb``.
    painters
        (title, names); the names of the first ``len(colors)`` colours are used.
    """
    chip, column, line, gap = 132, 200, 34, 24
    width = 2 * gap + chip + len(painters) * column
    height = 2 * gap + line * (len(colors) + 1)
    parts = [_open(width, height)]
    for i, (title, _) in enumerate(painters):
        parts.append(_text(gap + chip + 20 + i * column, gap + 18, title, 13, SOFT, weight=600))
    for row, color in enumerate(colors):
        y = gap + line * (row + 1)
        parts.append(f'<rect x="{gap}" y="{y}" width="{chip}" height="{line - 4}" rx="2" fill="{color}"/>')
        parts.append(_text(gap + 10, y + 20, color, 11, colors_of.text_over(color)))
        for i, (_, names) in enumerate(painters):
            said, ink = (names[row], INK) if names[row] else ("no name", SOFT)
            parts.append(_text(gap + chip + 20 + i * column, y + 20, said, 14, ink, weight=500))
    return "\n".join([*parts, "</svg>"])


def _open(width: float, height: float) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" font-family="{FONT}">\n'
        f'<rect width="{width}" height="{height}" fill="{PAPER}"/>'
    )


def _text(
    x: float, y: float, text: str, size: float, ink: str, anchor: str = "start", weight: int = 400
) -> str:
    # A name may be anything that a model said: it goes in as text, never as markup.
    shown = escape("".join(c for c in text if c.isprintable())[:60])
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{size:g}" font-weight="{weight}" text-anchor="{anchor}" '
        f'fill="{ink}">{shown}</text>'
    )

"""A colour in plain words, by rule: "a light, muted coral red".

Tiny language models cannot read a hex, so that the reading goes into their prompt; it is also what a screen
reader says of a colour. The words are few and common on purpose: people know them, and so does a model
of 135 M weights. Hues are OKLCH's; the borders were set by eye on the names that CSS and the lexicon
give to colours. American spelling, since that is what the models have read most of.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from engine import color as colors_of

# Below this chroma a colour is a gray; up to the second, a gray with a cast.
_GRAY, _CAST = 0.012, 0.03

# Up to which OKLCH lightness. Between, at middling lightness, nothing is said.
_LIGHTNESS = (
    (0.27, "very dark"),
    (0.42, "dark"),
    (0.55, "medium dark"),
    (0.67, ""),
    (0.78, "light"),
    (0.87, "very light"),
)
_LIGHTEST = "pale"

# Up to which strength (see _strength).
_STRENGTH = ((0.24, "grayish"), (0.52, "muted"), (0.85, ""))
_STRONGEST = "vivid"

# Hue words up to a hue in degrees, for dark, middling, light and pale colours. Where a language has a word
# of its own for one end of a hue (brown, olive, pink, cream), it is used there.
_Words = tuple[float, str, str, str, str]
_HUES: tuple[_Words, ...] = (
    (7, "berry red", "raspberry pink", "rose pink", "pink"),
    (18, "wine red", "rose red", "rose pink", "pink"),
    (26, "maroon red", "crimson red", "rose red", "salmon pink"),
    (36, "maroon red", "red", "coral red", "coral pink"),
    (46, "rust brown", "orange red", "coral orange", "peach pink"),
    (58, "brown", "rust orange", "orange", "peach"),
    (70, "brown", "burnt orange", "orange", "peach"),
    (79, "golden brown", "amber orange", "amber orange", "apricot"),
    (88, "golden brown", "amber yellow", "golden yellow", "cream yellow"),
    (97, "olive brown", "mustard yellow", "golden yellow", "cream yellow"),
    (106, "olive brown", "mustard yellow", "yellow", "yellow"),
    (115, "olive", "olive yellow", "yellow", "lemon yellow"),
    (124, "olive green", "olive green", "yellow green", "lime yellow"),
    (134, "moss green", "moss green", "lime green", "lime green"),
    (145, "leaf green", "grass green", "grass green", "lime green"),
    (155, "forest green", "green", "green", "spring green"),
    (167, "pine green", "emerald green", "emerald green", "mint green"),
    (180, "pine green", "sea green", "sea green", "mint green"),
    (191, "teal green", "teal green", "turquoise green", "turquoise"),
    (203, "teal", "teal", "cyan", "cyan"),
    (218, "teal blue", "teal blue", "turquoise blue", "aqua blue"),
    (233, "ocean blue", "ocean blue", "sky blue", "sky blue"),
    (247, "steel blue", "azure blue", "sky blue", "sky blue"),
    (258, "blue", "blue", "cornflower blue", "baby blue"),
    (268, "navy blue", "royal blue", "cornflower blue", "baby blue"),
    (278, "navy blue", "indigo blue", "periwinkle blue", "periwinkle blue"),
    (289, "indigo", "violet blue", "periwinkle blue", "lavender blue"),
    (299, "indigo", "violet", "lavender", "lavender"),
    (309, "violet purple", "violet purple", "lavender purple", "lavender"),
    (320, "purple", "purple", "lilac purple", "lilac"),
    (330, "plum purple", "magenta purple", "orchid purple", "lilac pink"),
    (341, "plum purple", "magenta", "orchid pink", "orchid pink"),
    (352, "plum red", "magenta pink", "hot pink", "bubblegum pink"),
    (360, "berry red", "raspberry pink", "hot pink", "pink"),
)

# The same for low chromas, where paint has words of its own, which need no "muted".
_EARTHS: tuple[_Words, ...] = (
    (12, "plum brown", "dusty mauve", "dusty pink", "blush pink"),
    (40, "mahogany brown", "rosy brown", "dusty rose", "blush pink"),
    (65, "chocolate brown", "cocoa brown", "clay tan", "peach beige"),
    (82, "coffee brown", "brown", "tan", "beige"),
    (98, "olive brown", "khaki brown", "sandy tan", "cream"),
    (115, "olive", "olive gray", "khaki", "ivory cream"),
    (135, "olive green", "sage green", "sage green", "pale sage"),
    (165, "forest green", "sage green", "sage green", "mint"),
)

_GRAYS = (
    (0.15, "black"),
    (0.30, "charcoal black"),
    (0.45, "dark gray"),
    (0.57, "medium dark gray"),
    (0.67, "medium gray"),
    (0.78, "medium light gray"),
    (0.88, "light gray"),
    (0.955, "pale gray"),
    (0.99, "off-white"),
)

_CASTS: tuple[tuple[float, str], ...] = (
    (20, "pinkish"),
    (50, "reddish"),
    (80, "brownish"),
    (115, "yellowish"),
    (170, "greenish"),
    (215, "teal"),
    (280, "bluish"),
    (335, "purplish"),
)

# The lightness and the chroma of the strongest colour of each whole degree of hue.
_LEVELS = np.linspace(0.3, 0.98, 69)
_CHROMAS = colors_of.max_chroma(_LEVELS[:, None], np.arange(360.0)[None, :])
_CUSP_LIGHTNESS = _LEVELS[_CHROMAS.argmax(axis=0)]
_CUSP_CHROMA = _CHROMAS.max(axis=0)


@lru_cache(maxsize=4096)
def reading(color: str) -> str:
    """Say a colour in at most six plain words, such as "a light, muted coral red".

    Parameters
    ----------
    color
        ``#rrggbb``.

    Returns
    -------
    str
        A noun phrase with its article ("black" and "white" stand alone), in American spelling.

    Raises
    ------
    ColorError
        If the color is none.
    """
    lightness, chroma, hue = colors_of.oklch(color)
    if chroma < _GRAY or lightness < 0.12:
        return _phrase([], _first(_GRAYS, lightness, "white"))
    if chroma < _CAST:
        return _cast(lightness, hue)
    strength = _strength(lightness, chroma, hue)
    if _is_earthy(lightness, chroma, hue):
        word = _word(_EARTHS, hue, _band(lightness, 0.42, 0.62, 0.85))
        return _phrase([_first(_LIGHTNESS, lightness, _LIGHTEST)], word)
    if strength > _STRENGTH[-1][0]:
        tone = lightness - float(_CUSP_LIGHTNESS[int(hue) % 360])
        light = "dark" if tone < -0.12 else "light" if tone > 0.1 else ""
    else:
        light = _first(_LIGHTNESS, lightness, _LIGHTEST)
    return _phrase([light, _first(_STRENGTH, strength, _STRONGEST)], _hue_word(lightness, strength, hue))


def _strength(lightness: float, chroma: float, hue: float) -> float:
    # Against what can be shown at this lightness: a dark red is as red as darkness lets it be. But not only:
    # a pastel at the very edge of the gamut is still no vivid colour.
    shown = float(colors_of.max_chroma(lightness, hue))
    share = chroma / max(shown, 0.6 * float(_CUSP_CHROMA[int(hue) % 360]))
    # Pale colours are muted by nature; only what is duller than most of them is called so.
    return share * (1.5 if lightness > 0.85 and share < 0.55 else 1.0)


def _is_earthy(lightness: float, chroma: float, hue: float) -> bool:
    limit = 0.055 if lightness > 0.85 else 0.09 if hue > 110 else 0.07
    return hue <= _EARTHS[-1][0] and chroma < limit


def _hue_word(lightness: float, strength: float, hue: float) -> str:
    dull = strength < 0.6
    if 40 < hue <= 79:
        # Brown is a dark orange, and a dull one too.
        band = _band(lightness, 0.76 if dull else 0.56, 0.76 if dull else 0.68, 0.84)
    elif 79 < hue <= 124:
        band = _band(lightness, 0.60, 0.80 if dull else 0.72, 0.88)
        # A vivid yellow is light by nature, and no cream.
        band = min(band, 2) if strength > _STRENGTH[-1][0] else band
    else:
        band = _band(lightness, 0.44, 0.64, 0.80)
    return _word(_HUES, hue, band)


def _cast(lightness: float, hue: float) -> str:
    if lightness > 0.955:
        warm = "peachy" if 45 < hue <= 75 else "creamy" if 75 < hue <= 110 else ""
        return _phrase([warm or _first(_CASTS, hue, "pinkish")], "white")
    if lightness > 0.88:
        return _phrase(["very pale"], _word(_EARTHS if hue <= _EARTHS[-1][0] else _HUES, hue, 3))
    cast = _first(_CASTS, hue, "pinkish")
    if lightness < 0.24:
        return _phrase([cast], "black")
    return _phrase([_first(_LIGHTNESS, lightness, _LIGHTEST), cast], "gray")


def _band(value: float, *borders: float) -> int:
    return sum(value >= border for border in borders)


def _word(table: tuple[_Words, ...], hue: float, band: int) -> str:
    row = next(row for row in table if hue <= row[0])
    return (row[1], row[2], row[3], row[4])[band]


def _phrase(modifiers: list[str], noun: str) -> str:
    text = f"{', '.join(part for part in modifiers if part)} {noun}".strip()
    if text in ("black", "white"):
        return text
    return f"{'an' if text[0] in 'aeiou' else 'a'} {text}"


def _first(table: tuple[tuple[float, str], ...], value: float, beyond: str) -> str:
    return next((word for limit, word in table if value <= limit), beyond)

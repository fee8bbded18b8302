"""What a text typed into the picker means, what to carry away from it, and how a colour contrasts."""

from __future__ import annotations

import math
from dataclasses import dataclass

from engine import color as colors
from engine import css_color
from engine.color import ColorError
from engine.css_color import UnknownColorError
from engine.lexicon import Lexicon

_MAPPED = "Beyond sRGB; this is the nearest it can show."
_OPAQUE = "Paint is opaque: the transparency is left out."
_COPIES = (
    ("Hex", "hex"),
    ("RGB", "rgb"),
    ("HSL", "hsl"),
    ("OKLCH", "oklch"),
    ("color()", "color"),
    ("CSS", "declaration"),
)


@dataclass(frozen=True)
class Entry:
    """What a text came to.

    Attributes
    ----------
    hex
        The colour, ``#rrggbb``; empty when the text is none.
    lch
        OKLCH to take as it was written, if it was.
    note
        What a person should know of how it was taken.
    fault
        Why it was not taken.
    ask_names
        It is in no form of CSS and may be a known name: read it again with the lexicon.
    """

    hex: str = ""
    lch: tuple[float, float, float] | None = None
    note: str = ""
    fault: str = ""
    ask_names: bool = False


def read(text: str, lexicon: Lexicon | None = None) -> Entry:
    """Read what a person typed or pasted: any form of CSS, or, given the lexicon, a known name."""
    try:
        found = css_color.parse(text)
    except UnknownColorError as error:
        if not any(letter.isalpha() for letter in text):
            return Entry(fault=str(error))
        return Entry(fault=str(error), ask_names=True) if lexicon is None else _named(text, lexicon, error)
    except ColorError as error:
        return Entry(fault=str(error))
    notes = [_MAPPED] * found.mapped + [_OPAQUE] * found.translucent
    return Entry(hex=found.hex, lch=found.lch, note=" ".join(notes))


def is_whole(text: str) -> bool:
    """Say whether a text being typed is a colour already, so that one need not press Enter.

    A name may always grow, and three digits may become six.
    """
    plain = text.strip().rstrip(";")
    digits = plain.removeprefix("#")
    if len(digits) == 6 or plain.endswith(")"):
        entry = read(text)
        return bool(entry.hex) and not plain.isalpha()
    return False


def copies(color: str) -> tuple[tuple[str, str], ...]:
    """Return (what it is called, text) of each form in which a colour can be carried away."""
    texts = css_color.texts(color)
    return tuple((name, texts[key]) for name, key in _COPIES)


@dataclass(frozen=True)
class ContrastView:
    """How text in black or white reads on the colour.

    Attributes
    ----------
    ratio
        Such as ``7.61``, rounded down: 4.4999 is no 4.5.
    grade
        What WCAG 2.2 says of it.
    """

    ratio: str
    grade: str


def contrast(color: str, text: str) -> ContrastView:
    """Grade text of one hex colour on another by WCAG 2.2."""
    ratio = colors.contrast(color, text)
    grades = ((7.0, "AAA"), (4.5, "AA"), (3.0, "AA, large text"), (0.0, "Too weak"))
    grade = next(words for least, words in grades if ratio >= least)
    return ContrastView(f"{math.floor(ratio * 100 + 1e-9) / 100:.2f}", grade)


def _named(text: str, lexicon: Lexicon, error: ColorError) -> Entry:
    if len(text) > css_color.LONGEST:
        return Entry(fault=str(error))
    found = lexicon.find(text)
    if found is not None:
        name, color = found
        return Entry(hex=color, note=f"{name}, one of {len(lexicon):,} known names.")
    closest = lexicon.closest(text)
    if closest:
        shown = " ".join(text.split())[:40]
        return Entry(fault=f"“{shown}” is no colour that is known; did you mean {closest}?")
    return Entry(fault=str(error))

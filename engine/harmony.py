"""Colours that go with a colour: its hue turned in OKLCH, lightness kept, chroma kept where sRGB has it."""

from __future__ import annotations

from dataclasses import dataclass

from engine import color as colors

_TURNS = {
    "Complement": (180.0,),
    "Analogous": (-30.0, 30.0),
    "Triad": (120.0, 240.0),
    "Split": (150.0, 210.0),
}


@dataclass(frozen=True)
class Harmony:
    """One way of going together.

    Attributes
    ----------
    name
        What it is called.
    hues
        Of each colour, in degrees.
    colors
        The colours, ``#rrggbb``; the colour that they go with is not among them.
    """

    name: str
    hues: tuple[float, ...]
    colors: tuple[str, ...]


def harmonies(lightness: float, chroma: float, hue: float) -> tuple[Harmony, ...]:
    """Return the harmonies of an OKLCH colour.

    A colour that sRGB cannot show at that chroma has the most chroma that it can, so that all stay equally
    light: that is what OKLCH is better at than turning HSL's hue.
    """
    return tuple(
        Harmony(
            name,
            tuple((hue + turn) % 360.0 for turn in turns),
            tuple(colors.from_oklch(lightness, chroma, hue + turn) for turn in turns),
        )
        for name, turns in _TURNS.items()
    )

"""Colours as CSS writes them, read and written: what people paste into the picker and carry away from it.

It reads every form of CSS Color Module Level 4 that a paint can have, and is more lenient than a browser
where the meaning is plain: commas or spaces, a missing ``#`` or closing bracket, a whole declaration with its
semicolon. What it cannot read it says in a sentence. What sRGB cannot show is mapped into it as CSS says.

Sources: CSS Color Module Level 4 (https://www.w3.org/TR/css-color-4/), sections 5–10 for the forms, 13.2.2
for the mapping, 17 for the matrices.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from engine import color as colors
from engine.color import ColorError, Floats
from engine.css_names import NAMED

LONGEST = 200
"""Characters beyond which a text is not read at all."""

_DECLARATION = re.compile(r"[\w-]{1,60}\s*:\s*([^;{}]+);?", re.ASCII)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_BARE_HEX = re.compile(r"[0-9a-f]{6}|[0-9a-f]{3}")
_FUNCTION = re.compile(r"([a-z]+)\(([^()]*)\)?")
_NUMBER = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)(%|deg|grad|rad|turn|°)?", re.ASCII)
_TURNS = {None: 1.0, "deg": 1.0, "°": 1.0, "grad": 0.9, "rad": 180 / math.pi, "turn": 360.0}
_NOTICED = 0.02
_BRIEFEST = 1e-4

_D50_TO_D65 = np.array(
    [
        [0.955473421488075, -0.02309845494876471, 0.06325924320057072],
        [-0.0283697093338637, 1.0099953980813041, 0.021041441191917323],
        [0.012314014864481998, -0.020507649298898964, 1.330365926242124],
    ]
)
_XYZ_TO_RGB = np.array(
    [
        [12831 / 3959, -329 / 214, -1974 / 3959],
        [-851781 / 878810, 1648619 / 878810, 36519 / 878810],
        [705 / 12673, -2585 / 12673, 705 / 667],
    ]
)
_P3_TO_XYZ = np.array(
    [
        [608311 / 1250200, 189793 / 714400, 198249 / 1000160],
        [35783 / 156275, 247089 / 357200, 198249 / 2500400],
        [0.0, 32229 / 714400, 5220557 / 5000800],
    ]
)
_WHITE_D50 = np.array([0.3457 / 0.3585, 1.0, (1 - 0.3457 - 0.3585) / 0.3585])


class UnknownColorError(ColorError):
    """Text that is in none of CSS's forms; it may still be the name of a colour."""


@dataclass(frozen=True)
class CssColor:
    """A colour as it was read.

    Attributes
    ----------
    hex
        What sRGB shows for it, ``#rrggbb``.
    form
        How it was written: ``hex``, ``named``, or the function's name.
    lch
        OKLCH as it was written, unrounded, when it was written in OKLCH and can be shown; else nothing.
    mapped
        sRGB cannot show it: ``hex`` is the nearest that it can.
    translucent
        It was written with a transparency, which paint does not have.
    """

    hex: str
    form: str
    lch: tuple[float, float, float] | None = None
    mapped: bool = False
    translucent: bool = False


@dataclass(frozen=True)
class _Part:
    """One number of a form: what 100% means, and the range that it is held to. No range: an angle."""

    whole: float
    low: float = -math.inf
    high: float = math.inf
    angle: bool = False


@dataclass(frozen=True)
class _Form:
    parts: tuple[_Part, _Part, _Part]
    example: str
    convert: Callable[[Floats], Floats]
    """From the numbers as written to sRGB, unclipped."""


def _from_hwb(value: Floats) -> Floats:
    hue, white, black = value
    white, black = white / 100, black / 100
    if white + black >= 1:
        return np.full(3, white / (white + black))
    pure: Floats = colors.hsl_to_srgb([hue, 1.0, 0.5])
    lighter: Floats = pure * (1 - white - black) + white
    return lighter


def _from_lab(value: Floats) -> Floats:
    y = (value[0] + 16) / 116
    f = np.array([value[1] / 500 + y, y, y - value[2] / 200])
    ratio = np.where(f > 6 / 29, f**3, (116 * f - 16) / (24389 / 27))
    return colors.linear_to_srgb(_XYZ_TO_RGB @ _D50_TO_D65 @ (ratio * _WHITE_D50))


def _from_polar(value: Floats) -> Floats:
    angle = math.radians(value[2])
    return np.array([value[0], value[1] * math.cos(angle), value[1] * math.sin(angle)])


def _from_p3(value: Floats) -> Floats:
    return colors.linear_to_srgb(_XYZ_TO_RGB @ _P3_TO_XYZ @ colors.srgb_to_linear(value))


_BYTE, _HUNDRED, _UNIT = _Part(255, 0, 255), _Part(100, 0, 100), _Part(1, -8, 8)
_HUE, _LIGHT = _Part(360, angle=True), _Part(1, 0, 1)
_FORMS = {
    "rgb": _Form((_BYTE, _BYTE, _BYTE), "rgb(212 132 117)", lambda value: value / 255),
    "hsl": _Form(
        (_HUE, _HUNDRED, _HUNDRED),
        "hsl(9.5 52% 65%)",
        lambda value: colors.hsl_to_srgb([value[0], value[1] / 100, value[2] / 100]),
    ),
    "hwb": _Form((_HUE, _HUNDRED, _HUNDRED), "hwb(9.5 46% 17%)", _from_hwb),
    "lab": _Form((_HUNDRED, _Part(125, -1e3, 1e3), _Part(125, -1e3, 1e3)), "lab(62% 30 22)", _from_lab),
    "lch": _Form(
        (_HUNDRED, _Part(150, 0, 1e3), _HUE), "lch(62% 37 36)", lambda value: _from_lab(_from_polar(value))
    ),
    "oklab": _Form(
        (_LIGHT, _Part(0.4, -4, 4), _Part(0.4, -4, 4)), "oklab(69% 0.09 0.05)", colors.oklab_to_srgb
    ),
    "oklch": _Form((_LIGHT, _Part(0.4, 0, 4), _HUE), "oklch(69% 0.1 31)", colors.oklch_to_srgb),
}
_SPACES: dict[str, Callable[[Floats], Floats]] = {
    "srgb": lambda value: value,
    "srgb-linear": colors.linear_to_srgb,
    "display-p3": _from_p3,
}
_SPACE_EXAMPLE = "color(srgb 0.83 0.52 0.46)"


def parse(text: str) -> CssColor:
    """Read a colour in any form of CSS.

    Parameters
    ----------
    text
        ``#rgb``, ``#rrggbb`` and both with transparency, ``rgb()``, ``hsl()``, ``hwb()``, ``lab()``,
        ``lch()``, ``oklab()``, ``oklch()``, ``color()`` in srgb, srgb-linear or display-p3, or one of CSS's
        names; in any case, alone or as a declaration (``color: red;``).

    Raises
    ------
    ColorError
        If it is none; the sentence says what is wrong with it.
    """
    if len(text) > LONGEST:
        raise ColorError(f"{_quoted(text)} is too long for a colour; write one, such as #d48475.")
    plain = _COMMENT.sub(" ", text).strip().strip("\"'“”").rstrip(";").strip().lower()
    declaration = _DECLARATION.fullmatch(plain)
    if declaration is not None:
        plain = declaration.group(1).strip()
    if plain.startswith("#"):
        return _read_hex(plain)
    if _BARE_HEX.fullmatch(plain):
        return CssColor(colors.parse_hex(plain), "hex")
    if plain in NAMED:
        return CssColor(NAMED[plain], "named")
    function = _FUNCTION.fullmatch(plain)
    if function is not None:
        return _read_function(function.group(1), function.group(2))
    raise UnknownColorError(
        f"{_quoted(text)} is not a colour; write six hex digits, a CSS colour, or a known name."
    )


def map_to_gamut(lch: ArrayLike) -> Floats:
    """Return the sRGB, shape (3,), by which an OKLCH colour is best shown.

    CSS Color 4's mapping: chroma is reduced, lightness and hue kept, until plain clipping makes a difference
    that cannot be noticed any more (0.02 in OKLab). So strong colours stay a little stronger than with
    :func:`engine.color.from_oklch`, at the price of a hue that may be off by as much.
    """
    lightness, chroma, hue = (float(part) for part in np.asarray(lch, float))
    if not 0.0 < lightness < 1.0:
        return np.full(3, float(lightness >= 1.0))
    wanted = colors.oklch_to_srgb([lightness, chroma, hue])
    shown: Floats = np.clip(wanted, 0.0, 1.0)
    if colors.in_gamut(wanted) or _apart(shown, wanted) < _NOTICED:
        return shown
    low, high, low_inside = 0.0, chroma, True
    while high - low > _BRIEFEST:
        middle = (low + high) / 2
        wanted = colors.oklch_to_srgb([lightness, middle, hue])
        shown = np.clip(wanted, 0.0, 1.0)
        apart = _apart(shown, wanted)
        if low_inside and colors.in_gamut(wanted):
            low = middle
        elif apart >= _NOTICED:
            high = middle
        elif _NOTICED - apart < _BRIEFEST:
            return shown
        else:
            low, low_inside = middle, False
    return shown


def texts(color: str) -> dict[str, str]:
    """Return how CSS writes a hex colour, by the name of the form.

    The forms are ``hex``, ``rgb``, ``hsl``, ``oklch``, ``color`` and ``declaration``; each has the fewest
    decimals with which it can be read back as the same colour.
    """
    color = colors.parse_hex(color)
    rgb = colors.to_srgb(color)
    red, green, blue = colors.to_bytes(rgb).tolist()
    hue, saturation, light = colors.srgb_to_hsl(rgb).tolist()
    lightness, chroma, angle = colors.oklch(color)
    angle = angle if chroma > 1e-4 else 0.0
    return {
        "hex": color,
        "rgb": f"rgb({red} {green} {blue})",
        "hsl": _shortest(
            color,
            lambda places: (
                f"hsl({_figure(hue, places)} {_figure(saturation * 100, places)}% "
                f"{_figure(light * 100, places)}%)"
            ),
        ),
        "oklch": _shortest(
            color,
            lambda places: (
                f"oklch({_figure(lightness * 100, places)}% {_figure(chroma, places + 2)} "
                f"{_figure(angle, places)})"
            ),
        ),
        "color": _shortest(
            color, lambda places: f"color(srgb {' '.join(_figure(part, places + 2) for part in rgb)})"
        ),
        "declaration": f"color: {color};",
    }


def _read_hex(text: str) -> CssColor:
    digits = text[1:]
    if not re.fullmatch("[0-9a-f]+", digits) or len(digits) not in (3, 4, 6, 8):
        raise ColorError(f"{_quoted(text)} is not a colour; write six hex digits, such as #d48475.")
    if len(digits) in (3, 4):
        digits = "".join(2 * digit for digit in digits)
    return CssColor("#" + digits[:6], "hex", translucent=digits[6:] not in ("", "ff"))


def _read_function(name: str, body: str) -> CssColor:
    name = {"rgba": "rgb", "hsla": "hsl"}.get(name, name)
    form = _FORMS.get(name)
    words, slash, alpha = body.partition("/")
    numbers = re.split(r"\s*,\s*|\s+", words.strip()) if words.strip() else []
    if name == "color":
        convert = _SPACES.get(numbers.pop(0) if numbers else "")
        if convert is None:
            raise ColorError(
                f"color() is read in srgb, srgb-linear and display-p3; write it like {_SPACE_EXAMPLE}."
            )
        form = _Form((_UNIT, _UNIT, _UNIT), _SPACE_EXAMPLE, convert)
    if form is None:
        known = ", ".join(f"{known}()" for known in _FORMS)
        raise ColorError(f"{name[:20]}() is no way to write a colour here; {known} and color() are.")
    if len(numbers) == 4 and not slash:
        alpha = numbers.pop()
    if len(numbers) != 3:
        raise ColorError(f"{name}() takes three numbers; write it like {form.example}.")
    value = np.array(
        [_read_part(word, part, form) for word, part in zip(numbers, form.parts, strict=True)], float
    )
    opacity = _read_part(alpha.strip(), _Part(1), form) if alpha.strip() else 1.0
    held = np.array(
        [min(max(part, spec.low), spec.high) for part, spec in zip(value, form.parts, strict=True)]
    )
    return _shown(name, held, form, bool(np.any(held != value)), opacity < 1.0)


def _shown(name: str, value: Floats, form: _Form, cut: bool, translucent: bool) -> CssColor:
    rgb = form.convert(value)
    # Less than half a step of a byte beyond is no more than the rounding of what was written.
    inside = bool(colors.in_gamut(rgb, 0.5 / 255))
    mapped = cut or not inside
    if not inside:
        rgb = map_to_gamut(colors.srgb_to_oklch(rgb))
    exact = (float(value[0]), float(value[1]), float(value[2])) if name == "oklch" and not mapped else None
    return CssColor(colors.from_srgb(rgb), name, exact, mapped, translucent)


def _read_part(word: str, part: _Part, form: _Form) -> float:
    if word == "none":
        return 0.0
    match = _NUMBER.fullmatch(word)
    size = float(match.group(1)) if match is not None else math.nan
    unit = match.group(2) if match is not None else None
    turned = unit not in (None, "%")
    if not math.isfinite(size) or (turned and not part.angle):
        raise ColorError(f"{_quoted(word)} is no number that fits there; write it like {form.example}.")
    if unit == "%":
        return size / 100 * part.whole
    return size * _TURNS[unit] % 360.0 if part.angle else size


def _apart(first: Floats, second: Floats) -> float:
    return float(np.linalg.norm(colors.srgb_to_oklab(first) - colors.srgb_to_oklab(second)))


def _shortest(color: str, write: Callable[[int], str]) -> str:
    # Three decimals are always enough; a test goes through many colours.
    return next((text for text in map(write, range(3)) if _comes_back(color, text)), write(3))


def _comes_back(color: str, text: str) -> bool:
    read = parse(text)
    return read.hex == color and not read.mapped


def _figure(value: float, places: int) -> str:
    text = f"{value:.{places}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def _quoted(text: str) -> str:
    shown = " ".join(text.split())
    return f"“{shown[:40]}…”" if len(shown) > 40 else f"“{shown}”"

"""Colour maths in numpy: sRGB, OKLab, OKLCH, CIE Lab, ΔE2000, WCAG contrast, and the sRGB gamut.

A colour is written ``#rrggbb`` everywhere in the project; arrays are for what must be done to many at once
(a colour pad, a palette, a lexicon). Arrays have the three coordinates on their last axis: sRGB in 0..1,
OKLab as (L, a, b) with L in 0..1, OKLCH as (L, C, H) with H in degrees, HSL as (H, S, L) with H in degrees
and the others in 0..1.

Sources: OKLab is Björn Ottosson's (https://bottosson.github.io/posts/oklab/, matrices of 2021-01-25); the
sRGB transfer curve is IEC 61966-2-1; ΔE2000 follows Sharma, Wu and Dalal, "The CIEDE2000
Color-Difference Formula" (2005); contrast is WCAG 2.2's.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.floating[Any]]

GAMUT_EPSILON = 1e-5

_HEX = re.compile(r"#?([0-9a-fA-F]{6}|[0-9a-fA-F]{3})")

_RGB_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_LMS_TO_OKLAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
# Inverted here rather than quoted, so that there and back again loses nothing.
_LMS_TO_RGB = np.linalg.inv(_RGB_TO_LMS)
_OKLAB_TO_LMS = np.linalg.inv(_LMS_TO_OKLAB)

_RGB_TO_XYZ = np.array(
    [
        [0.41239079926595934, 0.357584339383878, 0.1804807884018343],
        [0.21263900587151027, 0.715168678767756, 0.07219231536073371],
        [0.01933081871559182, 0.11919477979462598, 0.9505321522496607],
    ]
)
_WHITE_D65 = _RGB_TO_XYZ.sum(axis=1)


class ColorError(ValueError):
    """Text that is no colour, in one sentence."""


def parse_hex(text: str) -> str:
    """Read a hex colour as people write it and return it as ``#rrggbb`` in lower case.

    Raises
    ------
    ColorError
        If the text is not three or six hex digits, with or without ``#``.
    """
    match = _HEX.fullmatch(text.strip())
    if match is None:
        raise ColorError(f"“{text.strip()[:40]}” is not a colour; write six hex digits, such as #d48475.")
    digits = match.group(1).lower()
    return "#" + (digits if len(digits) == 6 else "".join(2 * digit for digit in digits))


def to_srgb(color: str) -> Floats:
    """Return a hex colour's sRGB, shape (3,), in 0..1."""
    return np.frombuffer(bytes.fromhex(parse_hex(color)[1:]), dtype=np.uint8) / 255.0


def from_srgb(rgb: ArrayLike) -> str:
    """Return ``#rrggbb`` for sRGB in 0..1, shape (3,); what lies outside is clipped."""
    return "#" + bytes(to_bytes(rgb).tolist()).hex()


def to_bytes(rgb: ArrayLike) -> NDArray[np.uint8]:
    """Round sRGB in 0..1 to 0..255, clipping; any shape."""
    rounded: NDArray[np.uint8] = (np.clip(np.asarray(rgb), 0.0, 1.0) * 255.0 + 0.5).astype(np.uint8)
    return rounded


def to_srgb_many(colors: list[str] | tuple[str, ...]) -> Floats:
    """Return the sRGB, shape (n, 3), of colours already written ``#rrggbb``."""
    digits = "".join(colors).replace("#", "")
    return np.frombuffer(bytes.fromhex(digits), dtype=np.uint8).reshape(-1, 3) / 255.0


def from_srgb_many(rgb: ArrayLike) -> list[str]:
    """Return ``#rrggbb`` for each row of an (n, 3) array of sRGB in 0..1, clipping."""
    return ["#" + row.tobytes().hex() for row in to_bytes(rgb)]


def srgb_to_linear(rgb: ArrayLike) -> Floats:
    """Undo the sRGB transfer curve; negative values are mirrored, so that no colour is lost."""
    value = np.asarray(rgb, dtype=float)
    size = np.abs(value)
    curve: Floats = np.sign(value) * ((size + 0.055) / 1.055) ** 2.4
    linear: Floats = np.where(size <= 0.04045, value / 12.92, curve)
    return linear


def linear_to_srgb(linear: ArrayLike) -> Floats:
    """Apply the sRGB transfer curve; negative values are mirrored."""
    value = np.asarray(linear, dtype=float)
    size = np.abs(value)
    curve: Floats = np.sign(value) * (1.055 * size ** (1 / 2.4) - 0.055)
    rgb: Floats = np.where(size <= 0.0031308, value * 12.92, curve)
    return rgb


def srgb_to_oklab(rgb: ArrayLike) -> Floats:
    """Convert sRGB, shape (…, 3), to OKLab."""
    lms: Floats = np.cbrt(srgb_to_linear(rgb) @ _RGB_TO_LMS.T)
    lab: Floats = lms @ _LMS_TO_OKLAB.T
    return lab


def oklab_to_linear(lab: ArrayLike) -> Floats:
    """Convert OKLab, shape (…, 3), to linear sRGB, unclipped."""
    lms = np.asarray(lab, dtype=float) @ _OKLAB_TO_LMS.T
    linear: Floats = (lms * lms * lms) @ _LMS_TO_RGB.T
    return linear


def oklab_to_srgb(lab: ArrayLike) -> Floats:
    """Convert OKLab, shape (…, 3), to sRGB, unclipped."""
    return linear_to_srgb(oklab_to_linear(lab))


def oklab_to_oklch(lab: ArrayLike) -> Floats:
    """Convert OKLab to OKLCH; the hue of a grey is whatever rounding makes it."""
    value = np.asarray(lab, dtype=float)
    a, b = value[..., 1], value[..., 2]
    return np.stack([value[..., 0], np.hypot(a, b), np.degrees(np.arctan2(b, a)) % 360.0], axis=-1)


def oklch_to_oklab(lch: ArrayLike) -> Floats:
    """Convert OKLCH to OKLab."""
    value = np.asarray(lch, dtype=float)
    hue = np.radians(value[..., 2])
    return np.stack([value[..., 0], value[..., 1] * np.cos(hue), value[..., 1] * np.sin(hue)], axis=-1)


def oklch_to_srgb(lch: ArrayLike) -> Floats:
    """Convert OKLCH, shape (…, 3), to sRGB, unclipped."""
    return oklab_to_srgb(oklch_to_oklab(lch))


def srgb_to_oklch(rgb: ArrayLike) -> Floats:
    """Convert sRGB, shape (…, 3), to OKLCH."""
    return oklab_to_oklch(srgb_to_oklab(rgb))


def hsl_to_srgb(hsl: ArrayLike) -> Floats:
    """Convert HSL, shape (…, 3), to sRGB (CSS Color 4, section 7.1)."""
    value = np.asarray(hsl, dtype=float)
    hue, saturation, lightness = value[..., 0:1], value[..., 1:2], value[..., 2:3]
    k = (np.array([0.0, 8.0, 4.0]) + hue / 30.0) % 12.0
    reach = saturation * np.minimum(lightness, 1.0 - lightness)
    rgb: Floats = lightness - reach * np.clip(np.minimum(k - 3.0, 9.0 - k), -1.0, 1.0)
    return rgb


def srgb_to_hsl(rgb: ArrayLike) -> Floats:
    """Convert sRGB, shape (…, 3), to HSL; a grey has hue 0, black and white have saturation 0."""
    value = np.asarray(rgb, dtype=float)
    most, least = value.max(axis=-1), value.min(axis=-1)
    spread = most - least
    lightness = (most + least) / 2
    room = np.minimum(lightness, 1.0 - lightness)
    with np.errstate(divide="ignore", invalid="ignore"):
        saturation = np.where(room > 0, spread / (2 * room), 0.0)
        turned = (np.roll(value, -1, axis=-1) - np.roll(value, -2, axis=-1)) / spread[..., None]
    sextant = turned + np.array([0.0, 2.0, 4.0])
    which = value.argmax(axis=-1)[..., None]
    hue = np.take_along_axis(sextant, which, axis=-1)[..., 0] * 60.0 % 360.0
    return np.stack([np.where(spread > 0, hue, 0.0), saturation, lightness], axis=-1)


def oklab(color: str) -> Floats:
    """Return a hex colour's OKLab, shape (3,)."""
    return srgb_to_oklab(to_srgb(color))


def oklch(color: str) -> tuple[float, float, float]:
    """Return a hex colour's OKLCH: lightness in 0..1, chroma, hue in degrees."""
    lightness, chroma, hue = srgb_to_oklch(to_srgb(color))
    return float(lightness), float(chroma), float(hue)


def in_gamut(rgb: ArrayLike, eps: float = GAMUT_EPSILON) -> NDArray[np.bool_]:
    """Say which sRGB (or linear sRGB) colours, shape (…, 3), lie within 0..1, give or take ``eps``."""
    value = np.asarray(rgb)
    inside: NDArray[np.bool_] = np.all((value >= -eps) & (value <= 1.0 + eps), axis=-1)
    return inside


def max_chroma(lightness: ArrayLike, hue: ArrayLike) -> Floats:
    """Return the largest chroma that sRGB can show at each lightness and hue.

    Parameters
    ----------
    lightness, hue
        OKLCH's L in 0..1 and H in degrees; they broadcast.

    Returns
    -------
    array
        Chroma, of the broadcast shape; 0 at and beyond black and white. Always in gamut: it is found by
        bisection, from the side that is inside, to within 1e-6.
    """
    light, angle = np.broadcast_arrays(np.asarray(lightness, float), np.radians(np.asarray(hue, float)))
    # Along a ray of hue, OKLab's cone responses are linear in chroma: l' = L + C·k. Working with k saves
    # converting the whole of OKLab at every halving.
    ray = np.stack([np.zeros_like(light), np.cos(angle), np.sin(angle)], axis=-1) @ _OKLAB_TO_LMS.T
    low = np.zeros_like(light)
    high = np.full_like(light, 0.4)
    for _ in range(19):
        middle = (low + high) / 2
        lms = light[..., None] + middle[..., None] * ray
        inside = in_gamut((lms * lms * lms) @ _LMS_TO_RGB.T, GAMUT_EPSILON)
        low = np.where(inside, middle, low)
        high = np.where(inside, high, middle)
    return np.where((light <= 0.0) | (light >= 1.0), 0.0, low)


def from_oklch(lightness: float, chroma: float, hue: float) -> str:
    """Return OKLCH as a hex colour, its chroma reduced, lightness and hue kept, until sRGB can show it."""
    light = min(max(lightness, 0.0), 1.0)
    wanted = oklch_to_srgb([light, max(chroma, 0.0), hue])
    if in_gamut(wanted):
        return from_srgb(wanted)
    return from_srgb(oklch_to_srgb([light, float(max_chroma(light, hue)), hue]))


def pad(hue: float, width: int, height: int, reach: float | None = None) -> NDArray[np.uint8]:
    """Paint a colour pad of one hue: chroma to the right, lightness upward.

    Each row runs from grey to the most that sRGB can show at its lightness, so that every point of the
    pad is a colour and every colour of the hue is on it.

    Parameters
    ----------
    hue
        In degrees.
    width, height
        In pixels.
    reach
        Let each row run to this chroma instead, the same for all; beyond what sRGB can show it stays at
        the edge's colour.

    Returns
    -------
    array of uint8
        Shape (height, width, 3). A pad of 360 × 240 takes a few milliseconds.
    """
    light = np.linspace(1.0, 0.0, height)
    most, share = max_chroma(light, hue)[:, None], np.linspace(0.0, 1.0, width)[None, :]
    chroma = most * share if reach is None else np.minimum(most, reach * share)
    angle = np.radians(hue)
    ray = _OKLAB_TO_LMS @ np.array([0.0, np.cos(angle), np.sin(angle)])
    # Channels first and in single precision: twice as fast as rows of three.
    lms = ray.astype(np.float32)[:, None, None] * chroma.astype(np.float32)
    lms += light.astype(np.float32)[:, None]
    linear = _LMS_TO_RGB.astype(np.float32) @ (lms * lms * lms).reshape(3, -1)
    np.clip(linear, 0.0, 1.0, out=linear)
    np.sqrt(linear, out=linear)
    # The curve is looked up by the square root of the light: even steps of it are nearly even to the eye,
    # so that a table of 4096 is never off by more than a rounding.
    painted = np.empty((height * width, 3), dtype=np.uint8)
    painted[:] = _CURVE.take((linear * np.float32(len(_CURVE) - 1) + np.float32(0.5)).astype(np.intp)).T
    return painted.reshape(height, width, 3)


_CURVE = to_bytes(linear_to_srgb(np.linspace(0.0, 1.0, 4096) ** 2))


def srgb_to_lab(rgb: ArrayLike) -> Floats:
    """Convert sRGB, shape (…, 3), to CIE L*a*b* under sRGB's own white, D65."""
    ratio = (srgb_to_linear(rgb) @ _RGB_TO_XYZ.T) / _WHITE_D65
    f = np.where(ratio > 216 / 24389, np.cbrt(ratio), (24389 / 27 * ratio + 16) / 116)
    x, y, z = f[..., 0], f[..., 1], f[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def ciede2000(lab_a: ArrayLike, lab_b: ArrayLike) -> Floats:
    """Return ΔE2000 between CIE L*a*b* colours, shape (…, 3); they broadcast (Sharma et al., 2005)."""
    first, second = np.broadcast_arrays(np.asarray(lab_a, float), np.asarray(lab_b, float))
    l1, a1, b1 = first[..., 0], first[..., 1], first[..., 2]
    l2, a2, b2 = second[..., 0], second[..., 1], second[..., 2]
    c7 = ((np.hypot(a1, b1) + np.hypot(a2, b2)) / 2) ** 7
    g = 0.5 * (1 - np.sqrt(c7 / (c7 + 25.0**7)))
    a1, a2 = (1 + g) * a1, (1 + g) * a2
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    h1, h2 = np.degrees(np.arctan2(b1, a1)) % 360, np.degrees(np.arctan2(b2, a2)) % 360
    grey = c1 * c2 == 0

    turn = h2 - h1
    turn = np.where(turn > 180, turn - 360, np.where(turn < -180, turn + 360, turn))
    turn = np.where(grey, 0.0, turn)
    delta_l, delta_c = l2 - l1, c2 - c1
    delta_h = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2))

    mean_l, mean_c = (l1 + l2) / 2, (c1 + c2) / 2
    total = h1 + h2
    around = np.where(total < 360, total + 360, total - 360) / 2
    mean_h = np.where(np.abs(h1 - h2) <= 180, total / 2, around)
    mean_h = np.where(grey, total, mean_h)

    def cosine(degrees: Floats) -> Floats:
        return np.asarray(np.cos(np.radians(degrees)))

    t = (
        1
        - 0.17 * cosine(mean_h - 30)
        + 0.24 * cosine(2 * mean_h)
        + 0.32 * cosine(3 * mean_h + 6)
        - 0.20 * cosine(4 * mean_h - 63)
    )
    bend = (mean_l - 50) ** 2
    scale_l = 1 + 0.015 * bend / np.sqrt(20 + bend)
    scale_c = 1 + 0.045 * mean_c
    scale_h = 1 + 0.015 * mean_c * t
    c7 = mean_c**7
    rotation = (
        -2 * np.sqrt(c7 / (c7 + 25.0**7)) * np.sin(2 * np.radians(30 * np.exp(-(((mean_h - 275) / 25) ** 2))))
    )
    part_l, part_c, part_h = delta_l / scale_l, delta_c / scale_c, delta_h / scale_h
    squared = part_l**2 + part_c**2 + part_h**2 + rotation * part_c * part_h
    return np.asarray(np.sqrt(np.maximum(squared, 0.0)))


def delta_e_2000(color_a: str, color_b: str) -> float:
    """Return ΔE2000 between two hex colours: about 1 is just noticeable, 50 is another colour altogether."""
    return float(ciede2000(srgb_to_lab(to_srgb(color_a)), srgb_to_lab(to_srgb(color_b))))


def luminance(color: str) -> float:
    """Return a hex colour's relative luminance in 0..1 (WCAG 2.2)."""
    return float(srgb_to_linear(to_srgb(color)) @ np.array([0.2126, 0.7152, 0.0722]))


def contrast(color_a: str, color_b: str) -> float:
    """Return the WCAG contrast ratio of two hex colours, from 1 to 21, in either order."""
    darker, lighter = sorted((luminance(color_a), luminance(color_b)))
    return (lighter + 0.05) / (darker + 0.05)


def text_over(color: str) -> str:
    """Return ``#000000`` or ``#ffffff``, whichever reads better over a colour; never below 4.5 to 1."""
    return "#000000" if contrast(color, "#000000") >= contrast(color, "#ffffff") else "#ffffff"

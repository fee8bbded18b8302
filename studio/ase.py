"""Adobe Swatch Exchange: the binary palette that Photoshop, Illustrator and Affinity read and write.

All numbers are big-endian: ``ASEF``, a version (1.0), the number of blocks, then the blocks, each with a
type, a length and its data. A colour's block holds a name in UTF-16 with its length in units, the end's
zero counted; a model (``RGB ``, ``CMYK``, ``LAB `` or ``Gray``), its figures as 32-bit floats, and a type.
Adobe never published the format; this is how its own files and all readers of them have it.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence

import numpy as np

from engine import color as colors

SIGNATURE = b"ASEF"
_GROUP, _GROUP_END, _COLOR = 0xC001, 0xC002, 0x0001
_GLOBAL = 0
_FIGURES = {b"RGB ": 3, b"CMYK": 4, b"LAB ": 3, b"Gray": 1}
# Lab is told under D50, as print has it: XYZ of its white, and Bradford's way to linear sRGB under D65
# (http://www.brucelindbloom.com/index.html?Eqn_RGB_XYZ_Matrix.html).
_WHITE_D50 = np.array([0.96422, 1.0, 0.82521])
_XYZ_D50_TO_RGB = np.array(
    [
        [3.1338561, -1.6168667, -0.4906146],
        [-0.9787684, 1.9161415, 0.0334540],
        [0.0719453, -0.2289914, 1.4052427],
    ]
)


class AseError(ValueError):
    """Bytes that are no sound ASE file; says what is wrong, as the end of a sentence."""


def read(data: bytes, most: int) -> tuple[str, list[tuple[str, str]]]:
    """Read an ASE file.

    Parameters
    ----------
    data
        The whole file.
    most
        How many colours there may be; reading ends at one more.

    Returns
    -------
    tuple
        The first group's name, or ``""``; and (``#rrggbb``, name) of each colour in order. CMYK is turned
        into sRGB without a profile, Lab from D50.

    Raises
    ------
    AseError
        If it is cut off or not sound.
    """
    reader = _Reader(data)
    if reader.take(4) != SIGNATURE:
        raise AseError("it does not begin as an ASE file does")
    version, _, blocks = reader.unpack(">HHI")
    if version != 1:
        raise AseError(f"it is of version {version}, and only version 1 is known")
    title = ""
    found: list[tuple[str, str]] = []
    for _ in range(blocks):
        kind, length = reader.unpack(">HI")
        block = _Reader(reader.take(length))
        if kind == _GROUP:
            title = title or block.text()
        elif kind == _COLOR:
            name = block.text()
            found.append((_color(block), name))
            if len(found) > most:
                break
    return title, found


def write(title: str, swatches: Sequence[tuple[str, str]]) -> bytes:
    """Write (``#rrggbb``, name) as an ASE file of one group; a name has at most 65,534 units."""
    blocks = [(_GROUP, _text(title))]
    for color, name in swatches:
        rgb = [float(part) for part in colors.to_srgb(color)]
        blocks.append((_COLOR, _text(name) + b"RGB " + struct.pack(">3fH", *rgb, _GLOBAL)))
    blocks.append((_GROUP_END, b""))
    head = SIGNATURE + struct.pack(">HHI", 1, 0, len(blocks))
    return head + b"".join(struct.pack(">HI", kind, len(body)) + body for kind, body in blocks)


def _text(text: str) -> bytes:
    encoded = text.encode("utf-16-be") + b"\0\0"
    return struct.pack(">H", len(encoded) // 2) + encoded


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def take(self, count: int) -> bytes:
        piece = self._data[self._at : self._at + count]
        if len(piece) < count:
            raise AseError("it ends too early")
        self._at += count
        return piece

    def unpack(self, form: str) -> tuple[int, ...]:
        values: tuple[int, ...] = struct.unpack(form, self.take(struct.calcsize(form)))
        return values

    def text(self) -> str:
        (units,) = self.unpack(">H")
        return self.take(2 * units).decode("utf-16-be", errors="replace").split("\0", 1)[0]

    def floats(self, count: int) -> list[float]:
        figures = struct.unpack(f">{count}f", self.take(4 * count))
        if not all(math.isfinite(figure) for figure in figures):
            raise AseError("one of its colours has a figure that is no number")
        return list(figures)


def _color(block: _Reader) -> str:
    model = block.take(4)
    if model not in _FIGURES:
        raise AseError(f"one of its colours is of the unknown model “{model.decode('latin-1').strip()}”")
    figures = np.array(block.floats(_FIGURES[model]))
    match model:
        case b"CMYK":
            rgb = (1 - np.clip(figures[:3], 0, 1)) * (1 - np.clip(figures[3], 0, 1))
        case b"LAB ":
            rgb = _from_lab(np.clip(figures, [0, -128, -128], [1, 128, 128]))
        case b"Gray":
            rgb = np.repeat(figures, 3)
        case _:
            rgb = figures
    return colors.from_srgb(rgb)


def _from_lab(lab: colors.Floats) -> colors.Floats:
    """Turn Lab under D50, its L in 0..1, into sRGB; the inverse of CIE 1976's formula."""
    light = (100 * lab[0] + 16) / 116
    bent = np.array([light + lab[1] / 500, light, light - lab[2] / 200])
    xyz = np.where(bent > 6 / 29, bent**3, 3 * (6 / 29) ** 2 * (bent - 4 / 29)) * _WHITE_D50
    return colors.linear_to_srgb(np.clip(_XYZ_D50_TO_RGB @ xyz, 0, 1))

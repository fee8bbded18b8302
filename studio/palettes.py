"""Palettes: a list of colours with labels, read from and written to the files that other programs use.

Which kind a file is shows in its first bytes, whatever it is called. Reading is strict about damage, since
a palette that comes in half is worse than a sentence that says so; and it never takes more than it can show.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal

import msgspec

from engine import color as colors
from engine.durable import write_whole
from engine.outside import UNSOUND
from studio import ase
from studio.files import slugify

Kind = Literal["ase", "gpl", "css", "json"]
KINDS: dict[Kind, str] = {
    "ase": "Adobe Swatch Exchange",
    "gpl": "GIMP palette",
    "css": "CSS custom properties",
    "json": "JSON",
}
VERSION = 1
"""Of our JSON; one that tells none is of version 1."""
MOST = 500
LARGEST = 8_000_000
LABEL_LIMIT = 80
_UNTITLED = "Untitled"
_GPL_HEAD = "GIMP Palette"
_GPL_COLOR = re.compile(r"\s*(\d{1,3})\s+(\d{1,3})\s+(\d{1,3})(?:\s+(.*))?")
_CSS_COLOR = re.compile(r"#([0-9a-fA-F]{3,8})(?![\w-])|\brgba?\(([^()]{1,80})\)")


class PaletteError(ValueError):
    """A palette that cannot be read or written, in a sentence that says what to do."""


class Entry(msgspec.Struct, frozen=True):
    """One colour.

    Attributes
    ----------
    hex
        ``#rrggbb``.
    label
        What the person calls it; may be empty.
    names
        What painters call it, by their slugs, where it was read from a file that tells.
    """

    hex: str
    label: str = ""
    names: dict[str, str] = {}


class Palette(msgspec.Struct, frozen=True):
    """Colours in their order; a colour may come more than once."""

    name: str = ""
    entries: tuple[Entry, ...] = ()


HOUSE = Palette(
    name="House colours",
    entries=tuple(
        Entry(color)
        for color in (
            *("#d48475", "#b8372e", "#7a2230", "#e7a08c", "#e2703a", "#c98b3b", "#efdfb0", "#d9c24a"),
            *("#9acd32", "#4f7a45", "#23503f", "#8fc7b5", "#5fa8b8", "#3b6ea5", "#1f2d50", "#b591f9"),
            *("#6d4a8f", "#2a0f38", "#d79ab5", "#a3447f"),
        )
    ),
)
"""What is shown before there is a palette of the person's own."""


def clean(label: str) -> str:
    """Return a label as one line of printable text, cut to ``LABEL_LIMIT``."""
    spaced = "".join(c if c.isprintable() else " " for c in label[: 4 * LABEL_LIMIT])
    return " ".join(spaced.split())[:LABEL_LIMIT].rstrip()


def read(data: bytes, name: str = "") -> Palette:
    """Read a palette of any of the kinds.

    Parameters
    ----------
    data
        The whole file.
    name
        What the palette is called, if the file does not say.

    Raises
    ------
    PaletteError
        If it is too large, damaged, or holds no colour.
    """
    if len(data) > LARGEST:
        raise PaletteError("This file is larger than 8 MB; a palette is small, so choose another file.")
    if data.startswith(ase.SIGNATURE):
        found = _read_ase(data)
    else:
        text = _decode(data)
        start = text.lstrip()[:12]
        if start.startswith(_GPL_HEAD):
            found = _read_gpl(text.lstrip())
        elif start.startswith(("{", "[")):
            found = _read_json(text)
        else:
            found = Palette(entries=tuple(_several(_in_css(text))))
    if not found.entries:
        raise PaletteError(
            "There is no colour in this file; choose an ASE, GPL, CSS or JSON palette, "
            "or a text with hex colours such as #d48475."
        )
    return msgspec.structs.replace(found, name=clean(found.name) or clean(name))


def read_file(path: Path) -> Palette:
    """Read a palette's file; see :func:`read`.

    Raises
    ------
    PaletteError
        Also if the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        why = error.strerror or error
        raise PaletteError(f"{path.name} cannot be read ({why}); choose another file.") from error
    try:
        return read(data, path.stem)
    except PaletteError as error:
        raise PaletteError(f"{path.name}: {error}") from error


def write(palette: Palette, kind: Kind) -> bytes:
    """Return the palette as a file of a kind."""
    match kind:
        case "ase":
            return ase.write(clean(palette.name), [(e.hex, clean(e.label)) for e in palette.entries])
        case "gpl":
            return _gpl(palette).encode()
        case "css":
            return _css(palette).encode()
        case "json":
            return msgspec.json.format(msgspec.json.encode(_document(palette)), indent=2) + b"\n"


def write_file(path: Path, palette: Palette, kind: Kind) -> None:
    """Write a palette's file, whole or not at all.

    Raises
    ------
    PaletteError
        If it cannot be written.
    """
    save(path, write(palette, kind))


def save(path: Path, data: bytes) -> None:
    """Write bytes that a person asked for to where they said.

    Raises
    ------
    PaletteError
        If they cannot be written there.
    """
    try:
        write_whole(path, data)
    except OSError as error:
        why = error.strerror or error
        raise PaletteError(f"{path.name} cannot be written ({why}); choose another folder.") from error


def named(palette: Palette, names: Mapping[str, Mapping[str, str]], painter: str = "") -> Palette:
    """Return the palette with what painters call its colours.

    Parameters
    ----------
    names
        By hex, then by the painter's slug.
    painter
        Whose names become the labels, where there are some; a colour without keeps its own label.
    """
    return msgspec.structs.replace(
        palette,
        entries=tuple(
            msgspec.structs.replace(
                entry,
                label=clean(names.get(entry.hex, {}).get(painter, "")) or entry.label,
                names={**entry.names, **names.get(entry.hex, {})},
            )
            for entry in palette.entries
        ),
    )


def _several(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Pass entries on, and refuse when there are too many."""
    for count, entry in enumerate(entries, 1):
        if count > MOST:
            raise PaletteError(f"It has more than {MOST} colours; cut it into smaller palettes.")
        yield entry


def _decode(data: bytes) -> str:
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"", "utf-8-sig")):
        if data.startswith(mark):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError as error:
                raise PaletteError(
                    "This file is neither an ASE palette nor text in UTF-8; "
                    "export it as ASE, GPL, CSS or JSON."
                ) from error
    raise AssertionError  # the last mark is at the start of anything


def _read_ase(data: bytes) -> Palette:
    try:
        title, swatches = ase.read(data, MOST)
    except ase.AseError as error:
        raise PaletteError(f"This ASE file is damaged: {error}; export it again.") from error
    return Palette(title, tuple(_several(Entry(color, clean(label)) for color, label in swatches)))


def _read_gpl(text: str) -> Palette:
    name = ""

    def entries() -> Iterator[Entry]:
        nonlocal name
        for number, line in enumerate(text.splitlines()[1:], 2):
            if not line.strip() or line.lstrip().startswith("#"):
                continue
            key, _, value = line.partition(":")
            if key.strip() in ("Name", "Columns", "Channels"):
                name = value.strip() if key.strip() == "Name" else name
                continue
            match = _GPL_COLOR.fullmatch(line[:1000])
            parts = [int(part) for part in match.groups()[:3]] if match else [256]
            if match is None or max(parts) > 255:
                raise PaletteError(
                    f"Line {number} of this GIMP palette is no colour (“{clean(line)[:30]}”); "
                    "each is three numbers from 0 to 255 and a name."
                )
            label = clean(match.group(4) or "")
            yield Entry("#" + bytes(parts).hex(), "" if label == _UNTITLED else label)

    found = tuple(_several(entries()))
    return Palette(name, found)


def _gpl(palette: Palette) -> str:
    lines = [_GPL_HEAD, f"Name: {clean(palette.name) or _UNTITLED}", "Columns: 0", "#"]
    for entry in palette.entries:
        red, green, blue = bytes.fromhex(entry.hex[1:])
        lines.append(f"{red:3d} {green:3d} {blue:3d}\t{clean(entry.label) or _UNTITLED}")
    return "\n".join(lines) + "\n"


class _Item(msgspec.Struct):
    hex: str
    label: str = ""
    names: dict[str, str] = {}


class _Document(msgspec.Struct):
    colors: list[str | _Item]
    name: str = ""
    version: int = 1


def _read_json(text: str) -> Palette:
    try:
        read_in = msgspec.json.decode(text.encode(), type=_Document | list[str | _Item])
    except UNSOUND as error:
        raise PaletteError(
            f"This JSON is no palette ({error}); write a list of hex colours, "
            'or of {"hex": "#d48475", "label": "Clay"}.'
        ) from error
    document = read_in if isinstance(read_in, _Document) else _Document(read_in)
    if document.version > VERSION:
        raise PaletteError("This palette was written by a newer version of Painter Studio: update the app.")

    def entries() -> Iterator[Entry]:
        for item in document.colors:
            item = item if isinstance(item, _Item) else _Item(item)
            try:
                color = colors.parse_hex(item.hex)
            except colors.ColorError as error:
                raise PaletteError(str(error)) from error
            names = {clean(who): clean(name) for who, name in item.names.items()}
            yield Entry(color, clean(item.label), names)

    return Palette(document.name, tuple(_several(entries())))


def _document(palette: Palette) -> dict[str, object]:
    items: list[dict[str, object]] = []
    for entry in palette.entries:
        item: dict[str, object] = {"hex": entry.hex, "label": entry.label}
        items.append({**item, "names": entry.names} if entry.names else item)
    return {"version": VERSION, "name": palette.name, "colors": items}


def _in_css(text: str) -> Iterator[Entry]:
    """Find the colours in a style sheet's declarations, or, where it has none, anywhere in the text."""
    # Selectors are passed over: an #add or #fade there is no colour.
    found = False
    for match in re.finditer(r"([^;{}]*)([;{}]|\Z)", _without_comments(text)):
        prop, colon, value = match.group(1).partition(":")
        if match.group(2) == "{" or not colon:
            continue
        own = re.search(r"--(\S+)\s*\Z", prop[-4 * LABEL_LIMIT :])
        label = clean(own.group(1)) if own else ""
        for color in _colors_in(value):
            found = True
            yield Entry(color, label)
    if not found:
        for line in text.splitlines():
            bare = line.strip()
            # A list of hexes is written with or without the mark.
            shown = f"#{bare}" if re.fullmatch(r"[0-9a-fA-F]{6}", bare) else line
            yield from (Entry(color) for color in _colors_in(shown))


def _colors_in(text: str) -> Iterator[str]:
    for match in _CSS_COLOR.finditer(text):
        digits, parts = match.groups()
        if digits is None:
            color = _rgb(parts)
        else:
            # Four and eight digits have the opacity last; paint has none.
            opaque = {3: digits, 4: digits[:3], 6: digits, 8: digits[:6]}.get(len(digits))
            color = colors.parse_hex(opaque) if opaque else None
        if color:
            yield color


def _rgb(parts: str) -> str | None:
    figures = [part for part in re.split(r"[\s,/]+", parts.strip()) if part]
    if len(figures) not in (3, 4):
        return None
    values = []
    for figure in figures[:3]:
        match = re.fullmatch(r"(\d{1,3}(?:\.\d+)?)(%?)", figure)
        if match is None:
            return None
        values.append(float(match.group(1)) / (100 if match.group(2) else 255))
    return colors.from_srgb(values)


def _without_comments(text: str) -> str:
    kept: list[str] = []
    at = 0
    while (start := text.find("/*", at)) >= 0:
        kept.append(text[at:start])
        end = text.find("*/", start + 2)
        if end < 0:
            return " ".join(kept)
        at = end + 2
    return " ".join([*kept, text[at:]])


def _css(palette: Palette) -> str:
    lines = [":root {"]
    free = _unique()
    for place, entry in enumerate(palette.entries, 1):
        lines.append(f"  --{free(slugify(entry.label, f'color-{place}'))}: {entry.hex};")
    return "\n".join([*lines, "}", ""])


def _unique() -> Callable[[str], str]:
    taken: set[str] = set()

    def free(slug: str) -> str:
        candidate, count = slug, 1
        while candidate in taken:
            count += 1
            candidate = f"{slug}-{count}"
        taken.add(candidate)
        return candidate

    return free

"""The bases that are known by name, and those that were fetched from a hub: what each is and where it lies.

Light: it knows of files and of ``resources/models.toml``. :mod:`engine.hub` fetches.
"""

from __future__ import annotations

import functools
import re
import tomllib
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from engine import places

SOURCE = "source.json"
_REPO = re.compile(r"^[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}$")


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A base of the catalogue.

    Attributes
    ----------
    id
        What recipes call it.
    repo
        Where the hub has it, ``owner/name``; empty for the base that comes with the app.
    gated
        Whether its terms must be accepted on the hub first.
    disk_mb, memory_mb
        What it takes on disk, and a training on it of 8 × 8 names in bfloat16.
    reading
        Whether it is told the colour in words: it is too small to read a hex.
    primer
        Whether it has a primer, should be given one (``painter-studio prime``), or needs none.
    measured
        Whether its figures were measured in Painter Studio.
    """

    id: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9.-]{0,59}$")]
    title: str
    repo: str = ""
    licence: str
    gated: bool = False
    parameters: int
    disk_mb: int
    memory_mb: int
    reading: bool
    primer: Literal["comes with the app", "make one", "not needed"]
    measured: bool = False
    about: str = ""


class FileFact(msgspec.Struct, frozen=True):
    """A fetched file's size in bytes, and its sha256 in hexadecimal digits."""

    size: int
    sha256: str


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """Where a fetched base comes from: written beside its weights, once they are whole."""

    repo: str
    commit: str
    licence: str = ""
    files: dict[str, FileFact] = {}

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return sum(fact.size for fact in self.files.values())


class _Catalogue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: Literal[1]
    model: tuple[Entry, ...]


@functools.cache
def catalogue() -> tuple[Entry, ...]:
    """Return the catalogue, the smallest need first."""
    text = (places.resources() / "models.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), _Catalogue).model


def entry(slug: str) -> Entry | None:
    """Return the catalogue's entry of a base, by its id or the hub's name for it; ``None`` if it has none."""
    return next((one for one in catalogue() if slug in (one.id, one.repo) and slug), None)


def repo_of(slug: str) -> str:
    """Return the hub's name for a base; empty if it is not one that a hub could have."""
    known = entry(slug)
    if known is not None:
        return known.repo
    return slug if _REPO.match(slug) else ""


def slug_of(repo: str) -> str:
    """Return what recipes call a base of the hub: its id in the catalogue, else the hub's name."""
    known = entry(repo)
    return known.id if known is not None else repo


def title(slug: str) -> str:
    """Return what people are shown for a base: the catalogue's title, else a folder's or the hub's name."""
    known = entry(slug)
    return known.title if known is not None else Path(slug).name or slug


def folder_of(repo: str) -> Path:
    """Return where a base of the hub lies, or would lie."""
    return places.cache() / "bases" / f"hub--{repo.replace('/', '--')}"


def source_of(folder: Path) -> Source | None:
    """Return where a folder's base comes from; ``None`` if it was not fetched, or is not whole."""
    try:
        source = msgspec.json.decode((folder / SOURCE).read_bytes(), type=Source)
        whole = all((folder / name).stat().st_size == fact.size for name, fact in source.files.items())
    except (OSError, msgspec.DecodeError):
        return None
    return source if whole else None


def fetched() -> list[Source]:
    """Return the bases that were fetched, by name."""
    found = [source_of(folder) for folder in sorted((places.cache() / "bases").glob("hub--*"))]
    return [source for source in found if source is not None]

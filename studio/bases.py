"""The bases at hand and those that can be had: listed, fetched by a child process, removed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

from engine import catalogue
from engine.catalogue import Entry
from engine.models import BaseError
from engine.recipe import EMBEDDED_BASE
from studio.children import child_environment


class BaseCard(msgspec.Struct, frozen=True, kw_only=True):
    """A base in a line.

    Attributes
    ----------
    slug
        What recipes call it.
    here
        Whether it can be trained on at once.
    disk_mb
        What it takes on disk; what it will take, while it is not here.
    entry
        The catalogue's; ``None`` for one that was fetched by the hub's name.
    """

    slug: str
    title: str
    licence: str
    here: bool
    disk_mb: int
    entry: Entry | None = None


class Progress(msgspec.Struct, frozen=True):
    """What a child that fetches says in a line: bytes so far and in all, or how it ended."""

    done: int = 0
    total: int = 0
    folder: str = ""
    error: str = ""


def list_bases() -> list[BaseCard]:
    """Return the catalogue's bases, and after them what else was fetched. Reads files."""
    fetched = {source.repo: source for source in catalogue.fetched()}
    cards = []
    for known in catalogue.catalogue():
        source = fetched.pop(known.repo, None)
        embedded = known.id == EMBEDDED_BASE
        cards.append(
            BaseCard(
                slug=known.id,
                title=known.title,
                licence=known.licence,
                here=embedded or source is not None,
                disk_mb=round(source.size / 1e6) if source else known.disk_mb,
                entry=known,
            )
        )
    for repo, source in fetched.items():
        licence = source.licence or "see its page"
        size = round(source.size / 1e6)
        cards.append(BaseCard(slug=repo, title=repo, licence=licence, here=True, disk_mb=size))
    return cards


class Fetching:
    """A base on its way: a child process whose lines are read one by one.

    Parameters
    ----------
    slug
        Of the catalogue, or the hub's ``OWNER/NAME``.
    offline
        Whether the person wants nothing fetched.

    Raises
    ------
    BaseError
        If no hub could have it.
    """

    def __init__(self, slug: str, *, python: str = sys.executable, offline: bool = False) -> None:
        repo = catalogue.repo_of(slug)
        if slug == EMBEDDED_BASE:
            raise BaseError("This base comes with the app; there is nothing to fetch.")
        if not repo:
            known = ", ".join(one.id for one in catalogue.catalogue() if one.repo)
            raise BaseError(
                f"There is no model “{slug}”: give OWNER/NAME as the hub has it, or one of {known}."
            )
        environment = child_environment() | ({"HF_HUB_OFFLINE": "1"} if offline else {})
        self._child = subprocess.Popen(
            [python, "-m", "engine.hub", repo],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        )

    def lines(self) -> Iterator[Progress]:
        """Yield what the child says, as it says it; the last has a folder or an error."""
        assert self._child.stdout is not None
        last = Progress()
        for line in self._child.stdout:
            last = msgspec.json.decode(line, type=Progress)
            yield last
        self._child.stdout.close()
        self._child.wait()
        if not (last.folder or last.error):
            yield Progress(
                error="Fetching was stopped; what came so far is kept, so fetch it again to go on."
            )

    def cancel(self) -> None:
        """Stop; what came so far is kept."""
        self._child.terminate()


def remove(slug: str) -> int:
    """Delete a base that was fetched; return how many bytes that frees.

    Raises
    ------
    BaseError
        If it is not one that was fetched.
    """
    repo = catalogue.repo_of(slug)
    folder = catalogue.folder_of(repo) if repo else Path()
    begun = list(folder.parent.glob(f".{folder.name}@*.part")) if repo else []
    if not repo or not (folder.is_dir() or begun):
        raise BaseError(
            f"“{slug}” was not fetched, so there is nothing to remove; `painter-studio models` lists all."
        )
    freed = 0
    for path in filter(Path.is_dir, (folder, *begun)):
        freed += sum(file.stat().st_size for file in path.iterdir() if file.is_file())
        shutil.rmtree(path)
    return freed


def fitting(memory: int) -> str:
    """Return the title of the largest base that is here and trains in so many bytes; empty if none does."""
    fits = [
        card for card in list_bases() if card.here and card.entry and card.entry.memory_mb * 1e6 <= memory
    ]
    return max(fits, key=lambda card: card.disk_mb).title if fits else ""


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """A base that is not here and can be fetched, with what that takes in a sentence."""

    slug: str
    sentence: str


def offer(slug: str) -> Offer | None:
    """Return what is to be known of a base before it is fetched; ``None`` if it is here, or no hub has it."""
    known = catalogue.entry(slug)
    if known is None or not known.repo or catalogue.source_of(catalogue.folder_of(known.repo)):
        return None
    said = [
        f"{known.disk_mb:,} MB to fetch, {known.licence}.",
        f"A training takes about {known.memory_mb / 1000:.1f} GB of memory (reckoned, not measured).",
    ]
    if known.gated:
        said.append("Gated: its terms are accepted on its page, and HF_TOKEN must be set.")
    if known.primer == "make one":
        said.append(f"Give it a primer then: painter-studio prime --base {known.id}")
    return Offer(slug=known.id, sentence=" ".join(said))

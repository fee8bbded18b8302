"""Keeping painters: duplicates, the trash and the way back from it, and what is written into a card later.

Whatever makes a new painter writes it beside its place and moves it there whole; whatever takes one away
moves it to ``home/trash``, from where it comes back until the trash is emptied.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import tomli_w

from engine.outside import OutsideError, read_toml
from studio.files import free_slug, write_atomically
from studio.painters import PainterCard, PainterError, PainterLibrary, read_card, sound_name, weights_of

_KEY = re.compile(r"(?P<slug>[a-z0-9][a-z0-9-]*)~(?P<date>[0-9]{8}T[0-9]{6})-[0-9a-f]{4}")


class Discarded(msgspec.Struct, frozen=True, kw_only=True):
    """A painter in the trash.

    Attributes
    ----------
    key
        The name of its folder there.
    slug, name
        What it was called, and what it is called again once it is back and that is free.
    date
        When it was thrown away, ISO 8601 in UTC.
    """

    key: str
    slug: str
    name: str
    date: str


def now() -> str:
    """Return this moment as cards tell it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _moment(stamp: str) -> datetime | None:
    try:
        return datetime.strptime(stamp, "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None  # made by somebody else, who knows no calendar


class PainterKeeper:
    """Makes, throws away and brings back painters of the person's own.

    Parameters
    ----------
    library
        Where they lie.
    """

    def __init__(self, library: PainterLibrary) -> None:
        self._library = library
        self._trash = library.folder.parent / "trash" / "painters"

    def duplicate(self, slug: str, name: str = "") -> PainterCard:
        """Make a painter of the person's own that is the same as another, shipped ones too.

        Raises
        ------
        PainterError
            If there is none, it is the base, or it cannot be copied.
        """
        card = self._library.get(slug)
        name = sound_name(name) if name else self._free_name(card.name)
        if not card.folder:
            raise PainterError("The base has no adapter to copy; it is there for every painter already.")
        room = self.room()
        try:
            room.mkdir(parents=True)
            for file in weights_of(Path(card.folder), card.gguf):
                shutil.copyfile(Path(card.folder) / file, room / file)
            data = read_toml(Path(card.folder) / "card.toml")
            copied = [{"slug": card.slug, "name": card.name, "weight": 1.0}]
            facts = {**data, "name": name, "date": now(), "parents": copied}
            return self.adopt(room, facts)
        except OSError as error:
            raise PainterError(f"“{card.name}” cannot be copied: {error.strerror or error}.") from error
        except OutsideError as error:  # it was changed since it was listed
            raise PainterError(f"The card of “{card.name}” cannot be copied: {error}.") from error
        finally:
            shutil.rmtree(room, ignore_errors=True)

    def discard(self, slug: str) -> Discarded:
        """Move a painter of the person's own to the trash.

        Raises
        ------
        PainterError
            If it is not the person's own, or cannot be moved.
        """
        folder = self._library.own(slug)
        name = read_card(folder, shipped=False).name
        stamp = datetime.now(UTC)
        key = f"{slug}~{stamp:%Y%m%dT%H%M%S}-{secrets.token_hex(2)}"
        try:
            self._trash.mkdir(parents=True, exist_ok=True)
            folder.rename(self._trash / key)
        except OSError as error:
            raise PainterError(
                f"“{name}” cannot be moved to the trash: {error.strerror or error}."
            ) from error
        return Discarded(key=key, slug=slug, name=name, date=stamp.isoformat(timespec="seconds"))

    def trash(self) -> list[Discarded]:
        """Return what is in the trash, the latest first."""
        found = []
        for path in self._trash.glob("*/"):
            match = _KEY.fullmatch(path.name)
            stamp = _moment(match["date"]) if match and not path.is_symlink() else None
            if match and stamp:
                slug = match["slug"]
                name = read_card(path, shipped=False, slug=slug).name
                found.append(
                    Discarded(key=path.name, slug=slug, name=name, date=stamp.isoformat(timespec="seconds"))
                )
        return sorted(found, key=lambda one: (one.date, one.key), reverse=True)

    def restore(self, wanted: str) -> PainterCard:
        """Bring a painter back, by its key or by the slug that it had: of several, the latest.

        Raises
        ------
        PainterError
            If it is not in the trash, or cannot be moved.
        """
        found = next((one for one in self.trash() if wanted in (one.key, one.slug)), None)
        if found is None:
            raise PainterError(f"There is no “{wanted:.60}” in the trash.")
        slug = free_slug(found.slug, self._library.has)
        try:
            self._library.folder.mkdir(parents=True, exist_ok=True)
            (self._trash / found.key).rename(self._library.folder / slug)
        except OSError as error:
            raise PainterError(
                f"“{found.name}” cannot be brought back: {error.strerror or error}."
            ) from error
        return read_card(self._library.folder / slug, shipped=False)

    def empty(self) -> int:
        """Delete what is in the trash for good, and return how many painters that were.

        Raises
        ------
        PainterError
            If something of it cannot be deleted.
        """
        gone = 0
        for one in self.trash():
            try:
                shutil.rmtree(self._trash / one.key)
            except OSError as error:
                raise PainterError(f"“{one.name}” cannot be deleted: {error.strerror or error}.") from error
            gone += 1
        return gone

    def room(self) -> Path:
        """Return a folder beside the painters, not there yet, for one in the making; lists pass it over."""
        return self._library.folder / f".new.{os.getpid()}.{secrets.token_hex(4)}"

    def adopt(self, room: Path, facts: Mapping[str, Any]) -> PainterCard:
        """Give an adapter that lies in :meth:`room` its card and its place.

        Parameters
        ----------
        room
            The folder; it is gone afterwards.
        facts
            The card's fields but for ``version``; what is ``None`` is left out.

        Raises
        ------
        PainterError
            If it is not whole, or cannot be written.
        """
        wanted = weights_of(room, str(facts.get("gguf", "")))
        missing = [name for name in wanted if not (room / name).is_file()]
        if missing:
            raise PainterError(f"The new painter is not whole: {missing[0]} is missing.")
        data = {"version": 1, **{key: value for key, value in facts.items() if value is not None}}
        slug = free_slug(str(data["name"]), self._library.has, "painter")
        try:
            write_atomically(room / "card.toml", tomli_w.dumps(data))
            room.rename(self._library.folder / slug)
        except OSError as error:
            shutil.rmtree(room, ignore_errors=True)
            raise PainterError(f"The new painter cannot be written: {error.strerror or error}.") from error
        return read_card(self._library.folder / slug, shipped=False)

    def note_report(self, slug: str, table: str, figures: Mapping[str, Any]) -> PainterCard:
        """Write what was measured into the card of a painter of the person's own.

        Parameters
        ----------
        table
            ``report`` or ``report_small``.

        Raises
        ------
        PainterError
            If it is not the person's own, or the card cannot be written.
        """
        path = self._library.own(slug) / "card.toml"
        try:
            data = read_toml(path)
            write_atomically(path, tomli_w.dumps({**data, table: dict(figures)}))
        except (OSError, ValueError) as error:
            raise PainterError(f"The card of “{slug}” cannot be changed: {error}.") from error
        return read_card(path.parent, shipped=False)

    def _free_name(self, name: str) -> str:
        taken = {card.name for card in self._library.list()}
        stem = re.sub(r" \d+$", "", name)
        number = 2
        while f"{stem} {number}" in taken:
            number += 1
        return f"{stem} {number}"[:60]

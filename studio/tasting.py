"""The blind taste tests that a person has taken, in ``home/tastes.jsonl``: one line a colour, only added to.

What was offered is kept whole, not only who won: a pick of one name out of five is four picks of the better
of two, and those can be made into a judge.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import msgspec

from engine.judges.spec import EXAMPLE_LIMIT, MOST_PICKS, Pick, Preference
from engine.outside import UNSOUND

FILE = "tastes.jsonl"
READ_LIMIT = 8_000_000
"""Bytes of the file's end that are read: tens of thousands of tests."""


class Offer(msgspec.Struct, frozen=True):
    """A painter's name for the colour."""

    painter: str
    name: str


class Tasted(msgspec.Struct, frozen=True, kw_only=True):
    """One test that was decided.

    Attributes
    ----------
    color
        As ``#rrggbb``.
    offers
        In the order in which they lay.
    picked
        The place of the best among them.
    time
        When, in seconds since 1970.
    """

    color: str
    offers: tuple[Offer, ...]
    picked: int
    time: float = 0.0

    @property
    def sound(self) -> bool:
        """Whether what was read can be true."""
        return len(self.offers) >= 2 and 0 <= self.picked < len(self.offers)


class Tastes:
    """Reads and adds to ``home/tastes.jsonl``."""

    def __init__(self, home: Path) -> None:
        self.path = home / FILE

    def read(self) -> tuple[Tasted, ...]:
        """Return all tests, oldest first; lines that are torn or not understood are passed over.

        Raises
        ------
        OSError
            If the file is there and cannot be read.
        """
        try:
            with self.path.open("rb") as file:
                size = file.seek(0, os.SEEK_END)
                file.seek(max(0, size - READ_LIMIT))
                lines = file.read().split(b"\n")
        except FileNotFoundError:
            return ()
        found = []
        for line in lines:
            try:
                tasted = msgspec.json.decode(line, type=Tasted)
            except UNSOUND:
                continue  # torn by a crash, or of a later version
            if tasted.sound:
                found.append(tasted)
        return tuple(found)

    def add(self, tasted: Tasted) -> None:
        """Add one test.

        Raises
        ------
        OSError
            If the file cannot be written.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("ab+") as file:
            # A line that was torn off must not swallow this one.
            if file.seek(0, os.SEEK_END):
                file.seek(-1, os.SEEK_END)
                if file.read(1) != b"\n":
                    file.write(b"\n")
            file.write(msgspec.json.encode(tasted) + b"\n")


def picks(tasted: Sequence[Tasted]) -> tuple[Pick, ...]:
    """Return tests as picks of the better of two names, the newest kept where there are too many.

    The name that was picked is better than each of the others; names that are alike tell nothing.
    """
    found: dict[tuple[str, str], Pick] = {}
    for one in tasted:
        best = _example(one.offers[one.picked].name)
        for offer in one.offers:
            other = _example(offer.name)
            if best and other and best.casefold().split() != other.casefold().split():
                found.pop((best, other), None)
                found[best, other] = Pick(better=best, worse=other)
    return tuple(list(found.values())[-MOST_PICKS:])


def judge_of(tasted: Sequence[Tasted], name: str) -> Preference:
    """Return a preference judge that is fitted from these tests."""
    count = len(tasted)
    about = f"From {count} blind taste test{'' if count == 1 else 's'}."
    return Preference(name=name, about=about, picks=picks(tasted))


def _example(name: str) -> str:
    """Return a name as a judge's example may be: printable, one line, not too long."""
    return "".join(c if c.isprintable() else " " for c in name).strip()[:EXAMPLE_LIMIT].strip()

"""The person's bench: the names on which judges are tried, how they are rated, and who stands beside.

Kept in ``home/bench.toml``. It never stands in the way: in place of what cannot be read is the usual one.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import tomli_w

from engine.outside import UNSOUND, read_toml, upgrade
from studio.files import write_atomically

Name = Annotated[str, msgspec.Meta(max_length=200)]
Names = Annotated[tuple[Name, ...], msgspec.Meta(max_length=500)]
USUAL = ("Sunset Dust", "Sandy Beige", "Burnt Sienna", "Cinnamon Toast", "Thunderhead", "Light Grey")


class Bench(msgspec.Struct, frozen=True, kw_only=True):
    """What is on the bench.

    Attributes
    ----------
    names
        In their order.
    up, down
        Names that the person likes and does not.
    beside
        Slugs of the judges that stand beside the open one.
    """

    names: Names = USUAL
    up: Names = ()
    down: Names = ()
    beside: Names = ()

    def rating(self, name: str) -> int:
        """Return 1, −1, or 0 for a name that is not rated."""
        return (name in self.up) - (name in self.down)

    def rated(self) -> dict[str, float]:
        """Return the ratings as a judge's liking is asked with them."""
        return {**dict.fromkeys(self.up, 1.0), **dict.fromkeys(self.down, -1.0)}

    def rate(self, name: str, rating: int) -> Bench:
        """Return the bench with a name rated anew."""
        up = tuple(one for one in self.up if one != name) + ((name,) if rating > 0 else ())
        down = tuple(one for one in self.down if one != name) + ((name,) if rating < 0 else ())
        return msgspec.structs.replace(self, up=up[-500:], down=down[-500:])


class _File(msgspec.Struct, frozen=True, kw_only=True):
    """The bench as ``bench.toml`` has it, from version 2 on: a table of ratings, so that a name has one."""

    version: Literal[2] = 2
    names: Names = USUAL
    beside: Names = ()
    ratings: Annotated[dict[Name, Literal[-1, 1]], msgspec.Meta(max_length=1000)] = {}

    def bench(self) -> Bench:
        up = tuple(name for name, rating in self.ratings.items() if rating > 0)
        down = tuple(name for name, rating in self.ratings.items() if rating < 0)
        return Bench(names=self.names, up=up, down=down, beside=self.beside)


def _to_ratings(old: dict[str, Any]) -> dict[str, Any]:
    """Turn version 1, which had two lists, into version 2; a name in both was rated neither way."""
    up, down = (msgspec.convert(old.get(key, ()), Names) for key in ("up", "down"))
    rated = {**dict.fromkeys(up, 1), **dict.fromkeys(down, -1)}
    both = set(up) & set(down)
    kept = {key: value for key, value in old.items() if key not in ("up", "down")}
    return {**kept, "ratings": {name: rating for name, rating in rated.items() if name not in both}}


class BenchStore:
    """Reads and writes ``home/bench.toml``."""

    def __init__(self, home: Path) -> None:
        self.path = home / "bench.toml"

    def load(self) -> Bench:
        """Return the bench; the usual one if there is none that can be read.

        A file that is torn, not sound or of a newer version is renamed to ``bench.broken.toml``, so that no
        name is lost.
        """
        try:
            return msgspec.convert(upgrade(read_toml(self.path), (_to_ratings,)), _File).bench()
        except OSError:
            return Bench()
        except UNSOUND:
            with contextlib.suppress(OSError):  # a read-only home: it is not written over either
                self.path.replace(self.path.with_name("bench.broken.toml"))
            return Bench()

    def save(self, bench: Bench) -> None:
        """Write the bench, whole or not at all.

        Raises
        ------
        OSError
            If the home cannot be written.
        """
        ratings: dict[str, Literal[-1, 1]] = {**dict.fromkeys(bench.up, 1), **dict.fromkeys(bench.down, -1)}
        whole = _File(names=bench.names, beside=bench.beside, ratings=ratings)
        write_atomically(self.path, tomli_w.dumps(msgspec.to_builtins(whole)))

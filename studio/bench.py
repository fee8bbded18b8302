"""The person's bench: the names on which judges are tried, how they are rated, and who stands beside.

Kept in ``home/bench.toml``. It never stands in the way: in place of what cannot be read is the usual one.
"""

from __future__ import annotations

import contextlib
import tomllib
from pathlib import Path
from typing import Annotated

import msgspec
import tomli_w

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


class BenchStore:
    """Reads and writes ``home/bench.toml``."""

    def __init__(self, home: Path) -> None:
        self.path = home / "bench.toml"

    def load(self) -> Bench:
        """Return the bench; the usual one if there is none that can be read.

        A file that is torn or not sound is renamed to ``bench.broken.toml``, so that no name is lost.
        """
        try:
            return msgspec.convert(tomllib.loads(self.path.read_text(encoding="utf-8")), Bench)
        except OSError:
            return Bench()
        except ValueError:
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
        write_atomically(self.path, tomli_w.dumps(msgspec.to_builtins(bench)))

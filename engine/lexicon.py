"""The lexicon: 31,881 known colour names with their colours, and what can be asked of them.

It tells which known names are nearest to a colour and how new a name is, and it is what ``correctness``
learns from. A tenth of it is held out by a rule on the name itself; nothing may be fitted on that part,
so that what is measured on it means something. The list is ``meodai/color-names`` (MIT), see
``resources/lexicon/README.md``.
"""

from __future__ import annotations

import gzip
import re
import unicodedata
import zlib
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine import color as colors_of
from engine import places

HELD_OUT_SHARE = 0.1

_BETWEEN_WORDS = re.compile(r"[^a-z0-9]+")
# Letters that Unicode does not take apart into a letter and its accent; apostrophes join.
_LETTERS = str.maketrans(
    {"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ı": "i", "'": "", "’": "", "ʻ": ""}
)


class LexiconError(ValueError):
    """A lexicon that cannot be read, in one sentence."""


def fold(name: str) -> str:
    """Return a name as it is compared: lower-case words of a–z and 0–9, no accents, one space between."""
    plain = name.casefold().translate(_LETTERS)
    if not plain.isascii():
        plain = unicodedata.normalize("NFKD", plain)
        plain = "".join(c for c in plain if not unicodedata.combining(c))
    return _BETWEEN_WORDS.sub(" ", plain).strip()


class Lexicon:
    """Known names and their colours.

    Attributes
    ----------
    names, colors
        The names as written, and their colours as ``#rrggbb``, in the same order.
    oklab
        The colours in OKLab, shape (n, 3).
    held_out
        Shape (n,): which names nothing is ever fitted on. Decided by a name's words whatever their order
        or case, so that a name and its trivial twins fall on the same side.
    """

    def __init__(self, names: tuple[str, ...], colors: tuple[str, ...]) -> None:
        self.names = names
        self.colors = colors
        self.oklab = colors_of.srgb_to_oklab(colors_of.to_srgb_many(colors))

    @classmethod
    def load(cls, path: Path | None = None) -> Lexicon:
        """Read the lexicon that ships with the app, or another of the same form.

        Raises
        ------
        LexiconError
            If the file is missing or damaged.
        """
        source = path or places.resources() / "lexicon" / "colornames.tsv.gz"
        try:
            text = gzip.decompress(source.read_bytes()).decode("utf-8")
        except (OSError, EOFError, zlib.error, UnicodeDecodeError):
            text = ""
        if not text:
            raise LexiconError(f"The list of color names, {source}, cannot be read; install the app again.")
        rows = [line.partition("\t") for line in text.splitlines()]
        return cls(tuple(row[0] for row in rows), tuple("#" + row[2] for row in rows))

    def __len__(self) -> int:
        """Return the number of names."""
        return len(self.names)

    @cached_property
    def held_out(self) -> NDArray[np.bool_]:
        """See the class."""
        limit = int(HELD_OUT_SHARE * 2**32)
        return np.array(
            [zlib.crc32("".join(sorted(words.split())).encode()) < limit for words in self.folded]
        )

    @cached_property
    def folded(self) -> tuple[str, ...]:
        """The names as :func:`fold` gives them."""
        return tuple(fold(name) for name in self.names)

    def nearest(self, color: str, n: int = 5) -> list[tuple[str, str, float]]:
        """Return the ``n`` known names whose colours are nearest, as (name, color, distance in OKLab)."""
        apart = np.sqrt(np.sum((self.oklab - colors_of.oklab(color)) ** 2, axis=1))
        count = max(0, min(n, len(self)))
        # Stable, so that names which share a colour always come in the same order.
        order = np.argsort(apart, kind="stable")[:count]
        return [(self.names[i], self.colors[i], float(apart[i])) for i in order]

    def novelty(self, name: str) -> float:
        """Say how new a name is: 0 for a known one, 1 for one that shares nothing with any known name.

        One minus the largest Dice coefficient, over all known names, of the sets of letter triples (each
        name with a space at either end).
        """
        return float(1.0 - np.max(self._alike(name)))

    def find(self, name: str) -> tuple[str, str] | None:
        """Return a known name as the lexicon writes it, and its color; case and accents do not matter."""
        place = self._places.get(fold(name))
        return None if place is None else (self.names[place], self.colors[place])

    def closest(self, name: str) -> str:
        """Return the known name that is spelled most like this one, or "" if none is much like it."""
        alike = self._alike(name)
        best = int(alike.argmax())
        return self.names[best] if alike[best] >= 0.4 else ""

    def _alike(self, name: str) -> NDArray[np.float64]:
        """Return the Dice coefficient of this name's letter triples and each known name's."""
        wanted = _triples(fold(name))
        keys, owners, sizes = self._postings
        starts, ends = np.searchsorted(keys, wanted, "left"), np.searchsorted(keys, wanted, "right")
        found = [owners[start:end] for start, end in zip(starts, ends, strict=True) if end > start]
        if not found:
            return np.zeros(len(self))
        shared = np.bincount(np.concatenate(found), minlength=len(self))
        alike: NDArray[np.float64] = 2.0 * shared / (sizes + wanted.size)
        return alike

    def reference(self, n: int = 512, seed: int = 0) -> list[tuple[str, str]]:
        """Return a fixed sample of (name, color) from the part that is not held out, to calibrate with."""
        pool = np.flatnonzero(~self.held_out)
        chosen = np.random.default_rng([seed, 0x1E51]).choice(pool, size=min(n, len(pool)), replace=False)
        return [(self.names[i], self.colors[i]) for i in chosen]

    @cached_property
    def _places(self) -> dict[str, int]:
        # Backwards, so that of names that fold alike the first is found.
        return {self.folded[place]: place for place in reversed(range(len(self)))}

    @cached_property
    def _postings(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Letter triples in order, whose name each is of, and how many different ones each name has."""
        text = np.frombuffer("".join(f" {name} " for name in self.folded).encode(), dtype=np.uint8).astype(
            np.int64
        )
        lengths = np.array([len(name) + 2 for name in self.folded])
        owner = np.repeat(np.arange(len(self)), lengths)
        triples = _pack(text)
        whole = owner[:-2] == owner[2:]
        pairs = np.unique((triples[whole] << 24) | owner[:-2][whole])
        owners = pairs & 0xFFFFFF
        return pairs >> 24, owners, np.bincount(owners, minlength=len(self))


def _pack(text: NDArray[np.int64]) -> NDArray[np.int64]:
    packed: NDArray[np.int64] = (text[:-2] << 16) | (text[1:-1] << 8) | text[2:]
    return packed


def _triples(folded: str) -> NDArray[np.int64]:
    if not folded:
        return np.zeros(0, dtype=np.int64)
    return np.unique(_pack(np.frombuffer(f" {folded} ".encode(), dtype=np.uint8).astype(np.int64)))

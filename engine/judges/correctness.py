"""The guard, which asks whether a name points to its colour, by what 31,881 known names say.

A name becomes a distribution over some hundreds of small regions of OKLab, from its words, its last word
(mostly the noun that carries the colour) and its letters, by a small network fitted in
:mod:`engine.judges.correctness_fit`. What counts is how much likelier the colour is under the name than by
chance, ``r = p(color | name) / p(color)``, and the score is ``r / (1 + r)``: the probability that the pair
belongs together if half of all pairs do. So 0.5 says nothing, near 1 says this colour, near 0 another one.

It is a guard, so a painter will look for names that please it everywhere. There are none: for any name
``r`` is made to average 1 over an even palette, and ``r / (1 + r)`` is concave, so that no name's score
averages above 0.5 over all colours (Jensen's inequality).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine import color as colors_of
from engine import places
from engine.judges.base import Verdict
from engine.judges.spec import Correctness
from engine.lexicon import Lexicon, LexiconError, fold
from engine.reading import reading

_Array = NDArray[Any]

MEMBERS = 3
BUCKETS = 1 << 14
_GRAMS = (3, 4, 5)
# More of a name than this is not read; the task allows four words.
_MOST_WORDS = 8
_LONGEST_WORD = 24
# Below this much information, in nats, a name is said to tell no color.
_SAYS_NOTHING = 0.25


def weights_path() -> Path:
    """Return the file of the fitted network that ships with the app."""
    return places.resources() / "lexicon" / "correctness.npz"


def words_of(name: str) -> list[str]:
    """Return the words that count: folded, each once, not too many and not too long."""
    return [word[:_LONGEST_WORD] for word in dict.fromkeys(fold(name).split()[:_MOST_WORDS])]


def grams_of(words: Sequence[str]) -> list[int]:
    """Return the buckets of the words' letter sequences, edges included (hashed as fastText does)."""
    return [zlib.crc32(gram.encode()) % BUCKETS for word in words for gram in _pieces(f"<{word}>")]


def _pieces(word: str) -> Iterator[str]:
    for size in _GRAMS:
        for start in range(len(word) - size + 1):
            yield word[start : start + size]


def memberships(oklab: _Array, cells: _Array, width: float) -> NDArray[np.float32]:
    """Share each colour out among the regions, by a Gaussian of its distance to their middles.

    Parameters
    ----------
    oklab
        Shape (n, 3).
    cells
        The regions' middles in OKLab, shape (k, 3).
    width
        The Gaussian's standard deviation in OKLab.

    Returns
    -------
    array
        Shape (n, k); rows sum to 1.
    """
    squared = ((oklab**2).sum(1)[:, None] - 2 * oklab @ cells.T + (cells**2).sum(1)).astype(np.float32)
    weights = np.exp((squared.min(axis=1, keepdims=True) - squared) / (2 * width * width))
    shares: NDArray[np.float32] = weights / weights.sum(axis=1, keepdims=True)
    return shares


class Network:
    """The fitted network, on numpy alone.

    Parameters
    ----------
    arrays
        As :func:`engine.judges.correctness_fit.fit` makes them. Tables are bytes with a scale a column.
    """

    def __init__(self, arrays: dict[str, _Array]) -> None:
        self.cells: _Array = arrays["cells"].astype(np.float64)
        self.width = float(arrays["width"])
        self._chance: _Array = arrays["chance"]
        self._even: _Array = arrays["even"]
        vocabulary = arrays["vocabulary"].tobytes().decode().split("\n")
        self._rows = {word: row for row, word in enumerate(vocabulary)}
        self._members = [
            {
                key.partition(".")[2]: value if value.dtype == np.int8 else value.astype(np.float32)
                for key, value in arrays.items()
                if key.startswith(f"{number}.")
            }
            for number in range(MEMBERS)
        ]

    @classmethod
    def load(cls, path: Path | None = None) -> Network:
        """Read the network that ships with the app, or another of the same form.

        Raises
        ------
        LexiconError
            If the file is missing or damaged.
        """
        source = path or weights_path()
        try:
            with np.load(source, allow_pickle=False) as arrays:
                return cls({key: arrays[key] for key in arrays.files})
        except (OSError, ValueError, KeyError, EOFError, zlib.error) as error:
            raise LexiconError(
                f"What Correctness learned, {source}, cannot be read; install the app again."
            ) from error

    def ratios(self, names: Sequence[str]) -> NDArray[np.float32]:
        """Say how much likelier each region is under each name than by chance.

        Returns
        -------
        array
            Shape (names, regions). A row's mean over an even palette is 1; a name without letters has 1
            everywhere.
        """
        words = [words_of(name) for name in names]
        known = [[self._rows[word] for word in some if word in self._rows] for some in words]
        last = [[self._rows[some[-1]]] if some and some[-1] in self._rows else [] for some in words]
        grams = [grams_of(some) for some in words]
        logs = sum(_log_softmax(_forward(member, known, last, grams)) for member in self._members) / MEMBERS
        likelier = np.exp(logs - self._chance)
        likelier /= likelier @ self._even[:, None]
        likelier[[not some for some in words]] = 1.0
        ratios: NDArray[np.float32] = likelier.astype(np.float32)
        return ratios

    def information(self, ratios: _Array) -> _Array:
        """Return how much each row of ratios says, in nats, over an even palette."""
        told: _Array = (ratios * np.log(np.maximum(ratios, 1e-9))) @ self._even
        return told


def _forward(
    member: dict[str, _Array], known: list[list[int]], last: list[list[int]], grams: list[list[int]]
) -> _Array:
    features = (
        _gather(member["words"], member["words_scale"], known)
        + _gather(member["lasts"], member["lasts_scale"], last)
        + _gather(member["grams"], member["grams_scale"], grams)
    )
    middle = features.mean(axis=1, keepdims=True)
    spread = np.sqrt(features.var(axis=1, keepdims=True) + 1e-5)
    hidden = (features - middle) / spread @ member["in_weight"].T + member["in_bias"]
    logits: _Array = np.maximum(hidden, 0.0) @ member["out_weight"].T + member["out_bias"]
    return logits


def _gather(table: _Array, scale: _Array, lists: list[list[int]]) -> _Array:
    """Sum the rows of each list over the root of their number, so that long names are not louder."""
    sizes = np.array([len(rows) for rows in lists])
    total = np.zeros((len(lists), table.shape[1]), dtype=np.float32)
    some = np.flatnonzero(sizes)
    if some.size:
        starts = np.concatenate([[0], np.cumsum(sizes[some])[:-1]])
        rows = table[np.fromiter(chain.from_iterable(lists), dtype=np.int64)].astype(np.float32)
        total[some] = np.add.reduceat(rows, starts, axis=0) / np.sqrt(sizes[some])[:, None]
    return total * scale


def _log_softmax(logits: _Array) -> _Array:
    lifted = logits - logits.max(axis=1, keepdims=True)
    logs: _Array = lifted - np.log(np.exp(lifted).sum(axis=1, keepdims=True))
    return logs


class CorrectnessJudge:
    """Scores whether a name points to its colour.

    Parameters
    ----------
    spec
        The judge's declaration; it has nothing to set.
    lexicon
        The known names; a name that is one of them is judged like any other.
    network
        The fitted network; the one that ships with the app if absent.
    """

    def __init__(self, spec: Correctness, lexicon: Lexicon, network: Network | None = None) -> None:
        self.spec = spec
        self.lexicon = lexicon
        self._network = network or Network.load()

    def score(self, pairs: Sequence[tuple[str, str]]) -> list[Verdict]:
        """Score (colour, name) pairs; see :class:`engine.judges.base.Judge`."""
        if not pairs:
            return []
        unique = {name: row for row, name in enumerate(dict.fromkeys(name for _, name in pairs))}
        table = self._network.ratios(list(unique))
        rows = [unique[name] for _, name in pairs]
        scores = self._scores(table[rows], [color for color, _ in pairs])
        peaks = table.argmax(axis=1)
        told = self._network.information(table) >= _SAYS_NOTHING
        return [
            Verdict(float(score), self._reason(float(score), bool(told[row]), int(peaks[row])))
            for score, row in zip(scores, rows, strict=True)
        ]

    def grid(self, names: Sequence[str], colors: Sequence[str]) -> NDArray[np.float32]:
        """Score every name against every colour; shape (names, colors)."""
        shares = self._shares(colors)
        likelier = self._network.ratios(names) @ shares.T
        scores: NDArray[np.float32] = likelier / (1.0 + likelier)
        return scores

    def expected_color(self, name: str) -> str | None:
        """Return the colour that a name speaks of, or ``None`` if it speaks of none in particular."""
        ratios = self._network.ratios([name])
        if self._network.information(ratios)[0] < _SAYS_NOTHING:
            return None
        # Squared, to lean to where most of it is: between a red and a green lies no colour that was meant.
        weights = ratios[0].astype(float) ** 2
        middle = weights @ self._network.cells / weights.sum()
        lightness, chroma, hue = colors_of.oklab_to_oklch(middle)
        return colors_of.from_oklch(float(lightness), float(chroma), float(hue))

    def _shares(self, colors: Sequence[str]) -> NDArray[np.float32]:
        oklab = colors_of.srgb_to_oklab(colors_of.to_srgb_many(tuple(colors)))
        return memberships(oklab, self._network.cells, self._network.width)

    def _scores(self, ratios: _Array, colors: Sequence[str]) -> _Array:
        likelier = np.einsum("nk,nk->n", ratios, self._shares(colors))
        scores: _Array = likelier / (1.0 + likelier)
        return scores

    def _reason(self, score: float, told: bool, peak: int) -> str:
        if not told:
            return "It speaks of no colour in particular."
        if score >= 0.67:
            return "It points to this colour."
        lightness, chroma, hue = colors_of.oklab_to_oklch(self._network.cells[peak])
        said = reading(colors_of.from_srgb(colors_of.oklch_to_srgb([lightness, chroma, hue])))
        if score >= 0.4:
            return f"It may be this colour, but sounds more like {said}."
        return f"It sounds like {said}."

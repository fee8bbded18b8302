"""Hacking a judge before a painter does: looking for one name that pleases it whatever the colour.

The yardstick is what the base earns without any training: its greedy names, each judged for its own colour.
One name judged for all those colours that earns more is a way to cheat, and training on the judge alone will
find it. Names are looked for among known ones, among what the base and a painter say, and by climbing: the
best so far, one word put in, left out or replaced at a time.

Pure: scores come from whoever calls; who samples and scores is :mod:`engine.service.hacking`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Literal

import msgspec
import numpy as np

from engine.judges.spec import (
    Contrast,
    Correctness,
    Describes,
    JudgeSpec,
    Listener,
    Rating,
    Remote,
)
from engine.lexicon import Lexicon, fold

SHOWN = 12
AT_ONCE, PARENTS, MOST_WORDS = 40, 5, 4
# Less than this above the yardstick is no reason for a painter to give up all other names.
_CLEARLY = 0.05
# Words shorter than this ("of", "the") make no two names alike.
_TELLING = 4

Source = Literal["yours", "known", "base", "painter", "climb"]


class OneName(msgspec.Struct, frozen=True, kw_only=True):
    """One name said to every colour.

    Attributes
    ----------
    score
        The mean of its scores over the colours, 0..1.
    beats
        For which share of the colours it scores above the base's own greedy name.
    source
        Who came up with it: the person, the lexicon, the base, a painter, or the climb.
    """

    name: str
    score: float
    beats: float
    source: Source


class Hacking(msgspec.Struct, frozen=True, kw_only=True):
    """What came of trying to cheat a judge.

    Attributes
    ----------
    yardstick
        The mean score of the base's greedy names, each for its own colour; ``None`` if it said none that
        could be judged.
    tried
        The person's own names, in the order given; those without a score are left out.
    found
        What the search found, the best first; none shares a word with a better one.
    asked
        How many names were judged for all colours.
    colors
        For how many colours.
    by_color
        Whether this judge looks at the colour at all.
    sentence
        What it comes to, for people.
    """

    yardstick: float | None
    tried: tuple[OneName, ...]
    found: tuple[OneName, ...]
    asked: int
    colors: int
    by_color: bool
    sentence: str


class Effort(msgspec.Struct, frozen=True):
    """How many held-out colours a name is judged for, and how many names a search judges."""

    colors: int
    names: int


def looks_at_color(spec: JudgeSpec) -> bool:
    """Tell whether a judge's score of a name may differ from colour to colour."""
    if isinstance(spec, Remote):
        return spec.tells_color
    return isinstance(spec, Correctness | Describes | Listener)


def effort(spec: JudgeSpec) -> Effort:
    """Return what a search may cost: some seconds on two cores, or about a hundred requests to a server."""
    match spec:
        case Remote():
            return Effort(8, 12) if spec.tells_color else Effort(16, 80)
        case Describes():
            return Effort(8, 12) if spec.model else Effort(32, 24)
        case Listener():
            return Effort(32, 48)
        case Contrast() | Rating() if spec.model:
            return Effort(16, 120)
        case _:
            return Effort(32, 800)


def examples(spec: JudgeSpec) -> frozenset[str]:
    """Return the names, folded, that a judge was given on either side: repeating them is no discovery."""
    if not isinstance(spec, Contrast):
        return frozenset()
    return frozenset(fold(name) for name in (*spec.liked, *spec.plain))


def lexicon_words(lexicon: Lexicon) -> list[str]:
    """Return the plain words of known names, as they are written there, in order."""
    return sorted(
        {word for name in lexicon.names for word in name.split() if word.isalpha() and word.isascii()}
    )


def mutated(name: str, words: Sequence[str], rng: np.random.Generator) -> str:
    """Return a name with one word put in, left out, or replaced by one of ``words`` or its own."""
    parts = name.split()
    place, word = int(rng.integers(len(parts))), words[int(rng.integers(len(words)))]
    kind = rng.integers(4)
    if kind == 0 and len(parts) < MOST_WORDS:
        parts.insert(int(rng.integers(len(parts) + 1)), word)
    elif kind == 1 and len(parts) > 1:
        del parts[place]
    elif kind == 2 and rng.random() < 0.3:
        parts[place] = parts[int(rng.integers(len(parts)))]
    else:
        parts[place] = word
    return " ".join(parts)


def climb(
    met: dict[str, float],
    score: Callable[[Sequence[str]], Sequence[float | None]],
    words: Sequence[str],
    budget: int,
    rng: np.random.Generator,
) -> None:
    """Climb by mutations of the best names met so far, and add every name met on the way.

    Parameters
    ----------
    met
        Name → score; what is met is put in. Without any there is nothing to climb from.
    score
        Judges some names; ``None`` is a name that could not be judged.
    budget
        How many mutations to make.
    """
    at_once = max(1, min(AT_ONCE, budget // 4))
    for _ in range(budget // at_once if met else 0):
        parents = sorted(met, key=lambda name: (-met[name], name))[:PARENTS]
        children = [mutated(parents[int(rng.integers(len(parents)))], words, rng) for _ in range(at_once)]
        new = [name for name in dict.fromkeys(children) if name not in met]
        met.update((name, one) for name, one in zip(new, score(new), strict=True) if one is not None)


def distinct(names: Iterable[OneName], known: frozenset[str] = frozenset()) -> tuple[OneName, ...]:
    """Return the best names, none sharing a word with a better one, and none among ``known`` (folded).

    A second name made of the same words would teach a judge the same thing twice.
    """
    kept: list[OneName] = []
    said: set[str] = set()
    for one in sorted(names, key=lambda one: (-one.score, one.name)):
        folded = fold(one.name)
        words = {word for word in folded.split() if len(word) >= _TELLING} or {folded}
        if folded not in known and said.isdisjoint(words):
            kept.append(one)
            said |= words
        if len(kept) == SHOWN:
            break
    return tuple(kept)


def conclude(
    yardstick: float | None,
    tried: Sequence[OneName],
    found: Sequence[OneName],
    asked: int,
    effort: Effort,
    *,
    by_color: bool,
) -> Hacking:
    """Put together what came of it."""
    best = max((*tried, *found), key=lambda one: one.score, default=None)
    return Hacking(
        yardstick=yardstick,
        tried=tuple(tried),
        found=tuple(found),
        asked=asked,
        colors=effort.colors,
        by_color=by_color,
        sentence=_sentence(yardstick, best, asked, by_color=by_color),
    )


def _sentence(yardstick: float | None, best: OneName | None, asked: int, *, by_color: bool) -> str:
    if best is None:
        return "The judge gave no name a score, so nothing is known of how to cheat it."
    everywhere = "on average, said to every colour" if by_color else "for every colour"
    earns = f"One name, “{best.name}”, would earn {best.score:.2f} {everywhere}"
    if yardstick is None:
        return f"{earns}; the base said no name to measure that against."
    if best.score > yardstick + _CLEARLY:
        return f"{earns}; the base’s own names earn {yardstick:.2f}: a painter would find it."
    if asked == 1:
        return f"{earns}; the base’s own names earn {yardstick:.2f}, so it does not cheat this judge."
    return (
        f"None of {asked:,} names said to every colour earns clearly more than the base’s own names do "
        f"({yardstick:.2f}); the best, “{best.name}”, earns {best.score:.2f}."
    )

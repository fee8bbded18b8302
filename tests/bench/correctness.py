"""How well ``correctness`` tells a name's own colour from a random one.

Run it with ``python -m tests.bench.correctness``.

Every held-out lexicon name is asked to choose between its own colour and each of 64 random ones (an even
palette's, or other names'); a tie counts half. Beside it stand what is known to be easy: chance, how common
a colour is among names, and the mean colour of the known names that share a word.
"""

from __future__ import annotations

import time

import numpy as np
from numpy.typing import NDArray

from engine import color as colors_of
from engine.judges.correctness import CorrectnessJudge
from engine.judges.spec import Correctness
from engine.lexicon import Lexicon
from engine.palette import held_out_colors

Scores = NDArray[np.floating]


def two_way(true: Scores, other: Scores) -> float:
    """Share of choices won: scores of the true colours, shape (n,), against others', shape (n, m)."""
    return float(np.mean((true[:, None] > other) + 0.5 * (true[:, None] == other)))


def choices(lexicon: Lexicon, against: str, each: int = 64) -> tuple[list[str], list[str], list[list[str]]]:
    """Held-out names, their own colours, and ``each`` random colours for each of them."""
    rng = np.random.default_rng(11)
    held = np.flatnonzero(lexicon.held_out)
    pool = held_out_colors(2000) if against == "palette" else list(lexicon.colors)
    drawn = rng.integers(0, len(pool), (len(held), each))
    names = [lexicon.names[i] for i in held]
    return names, [lexicon.colors[i] for i in held], [[pool[j] for j in row] for row in drawn.tolist()]


def accuracy(judge: CorrectnessJudge, against: str, each: int = 64) -> float:
    """Two-way accuracy of the judge on all held-out names."""
    names, own, others = choices(judge.lexicon, against, each)
    flat = [(color, name) for name, row in zip(names, others, strict=True) for color in row]
    true = np.array([verdict.score for verdict in judge.score(list(zip(own, names, strict=True)))])
    other = np.array([verdict.score for verdict in judge.score(flat)]).reshape(len(names), each)
    return two_way(true, other)


def word_means(lexicon: Lexicon, against: str) -> float:
    """Return the floor that needs no learning: near the mean colour of the names that share a word."""
    names, own, others = choices(lexicon, against)
    sums: dict[str, tuple[NDArray[np.float64], int]] = {}
    for words, lab, out in zip(lexicon.folded, lexicon.oklab, lexicon.held_out, strict=True):
        if not out:
            for word in words.split():
                total, count = sums.get(word, (np.zeros(3), 0))
                sums[word] = (total + lab, count + 1)
    middle = lexicon.oklab[~lexicon.held_out].mean(0)
    folded = dict(zip(lexicon.names, lexicon.folded, strict=True))
    guess = np.array(
        [
            np.mean(
                [sums[word][0] / sums[word][1] for word in folded[name].split() if word in sums] or [middle],
                axis=0,
            )
            for name in names
        ]
    )
    own_lab = colors_of.srgb_to_oklab(colors_of.to_srgb_many(tuple(own)))
    flat = colors_of.srgb_to_oklab(colors_of.to_srgb_many(tuple(color for row in others for color in row)))
    apart = np.linalg.norm(flat.reshape(len(names), -1, 3) - guess[:, None], axis=-1)
    return two_way(-np.linalg.norm(own_lab - guess, axis=-1), -apart)


def most_pleasing(judge: CorrectnessJudge, tries: int = 4000) -> tuple[float, str]:
    """Of many random names of one to four lexicon words, the highest mean score over an even palette."""
    rng = np.random.default_rng(3)
    words = sorted({word for name in judge.lexicon.folded for word in name.split()})
    names = [" ".join(rng.choice(words, rng.integers(1, 5))) for _ in range(tries)]
    means = judge.grid(names, held_out_colors(500)).mean(axis=1)
    return float(means.max()), names[int(means.argmax())]


def main() -> None:
    """Print the figures."""
    lexicon = Lexicon.load()
    start = time.perf_counter()
    judge = CorrectnessJudge(Correctness(name="Correctness"), lexicon)
    print(f"load {1e3 * (time.perf_counter() - start):.0f} ms")
    print(f"held-out names: {int(lexicon.held_out.sum())}; chance 0.500")
    for against in ("palette", "lexicon"):
        print(f"against random {against} colours:")
        print(f"  mean colour of the words   {word_means(lexicon, against):.3f}")
        print(f"  correctness                {accuracy(judge, against):.3f}")
    pairs = [(color, f"{name} {i}") for i, (name, color) in enumerate(lexicon.reference(128))]
    judge.score(pairs)
    start = time.perf_counter()
    judge.score(pairs)
    print(f"128 pairs {1e3 * (time.perf_counter() - start):.1f} ms")
    mean, name = most_pleasing(judge)
    print(f"highest mean score of 4000 random names over an even palette: {mean:.3f} ({name})")


if __name__ == "__main__":
    main()

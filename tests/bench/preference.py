"""How well picks teach a taste: AUC on names that were never picked from, and how long a pick takes.

``python -m tests.bench.preference``. Ten tastes are known from names labelled by hand. Half of each side is
picked from, a liked name over a plain one; the other half tells how well the fitted judge knows the taste.
Compared: after how many picks, at which depth of the base, and pairs chosen where the model is least sure
against pairs drawn at random.
"""

import statistics
import time
import tomllib
from itertools import product
from pathlib import Path

import numpy as np
import torch

from engine.judges import preference_fit as fits
from engine.judges.preference import SAMPLE
from engine.lexicon import Lexicon
from engine.lm.embedding import embed_names
from engine.lm.load import load_base, pick_dtype
from engine.models import find_base

ROOT = Path(__file__).resolve().parents[2]
TRIALS = 3
DEPTHS = (0.25, 0.5, 0.75, 1.0)
PICKS = (10, 30, 100)


def tastes() -> dict[str, tuple[list[str], list[str]]]:
    """Return each labelled set's liked and plain names, hard ones too."""
    found = {}
    for path in sorted((ROOT / "tests" / "data" / "labelled").glob("*.toml")):
        data = tomllib.loads(path.read_text("utf-8"))
        parts = [data[key] for key in ("seen", "unseen", "names") if key in data]
        sides = ("liked", "plain")
        found[path.stem] = tuple(
            [name for part in parts for key in (side, f"hard_{side}") for name in part.get(key, [])]
            for side in sides
        )
    return found


def auc(liked: np.ndarray, plain: np.ndarray) -> float:
    """Return how often a liked name scores above a plain one."""
    return float((liked[:, None] > plain).mean() + 0.5 * (liked[:, None] == plain).mean())


def learned(
    places: dict[str, np.ndarray], liked: list[str], plain: list[str], picks: int, seed: int, active: bool
) -> float:
    """Pick from a half of the names, and return the AUC on the other half."""
    random = np.random.default_rng(seed)
    sides = [list(random.permutation(side)) for side in (liked, plain)]
    seen = [np.stack([places[name] for name in side[: len(side) // 2]]) for side in sides]
    unseen = [np.stack([places[name] for name in side[len(side) // 2 :]]) for side in sides]
    if active:
        x, asked, both = np.zeros((0, seen[0].shape[1])), [], np.concatenate(seen)
        while len(x) < picks:
            a, b = fits.choose(fits.fit(x), both, asked, random)
            asked.append((a, b))
            good = [place < len(seen[0]) for place in (a, b)]
            if good[0] == good[1]:
                # Nobody could say; it costs a question as well.
                if len(asked) >= picks:
                    break
                continue
            x = np.concatenate([x, (both[a] - both[b])[None] * (1 if good[0] else -1)])
    else:
        x = random.choice(seen[0], picks) - random.choice(seen[1], picks)
    weights = fits.fit(x).weights
    return auc(unseen[0] @ weights, unseen[1] @ weights)


def main() -> None:
    """Print the tables."""
    base = load_base(find_base("smollm2-135m-instruct"), torch.device("cpu"), pick_dtype(torch.device("cpu")))
    known = [name for name, _ in Lexicon.load().reference(SAMPLE)]
    sets = tastes()
    names = list(
        dict.fromkeys([*known, *(name for sides in sets.values() for side in sides for name in side)])
    )
    places: dict[float, dict[str, np.ndarray]] = {}
    for depth in DEPTHS:
        began = time.perf_counter()
        vectors = embed_names(base.raw, base.tokenizer, names, depth)
        took = time.perf_counter() - began
        space = fits.Space.of(vectors[: len(known)])
        places[depth] = dict(zip(names, space.place(vectors), strict=True))
    print(f"{len(names)} names embedded in {took:.1f} s, {base.dtype}")
    print("depth  picks  AUC, mean over the tastes (lowest)")
    for depth, picks in product(DEPTHS, PICKS):
        found = [
            statistics.mean(learned(places[depth], *sides, picks, seed, False) for seed in range(TRIALS))
            for sides in sets.values()
        ]
        print(f"{depth:5}  {picks:5}  {statistics.mean(found):.3f} ({min(found):.3f})", flush=True)
    for name, active in (("least sure", True), ("at random", False)):
        found = [
            learned(places[0.5], *sides, 20, seed, active) for sides in sets.values() for seed in range(2)
        ]
        print(f"20 questions, {name}: {statistics.mean(found):.3f}", flush=True)
    random = np.random.default_rng(0)
    vectors = np.stack(list(places[0.5].values()))
    for picks in PICKS:
        x = random.choice(vectors, picks) - random.choice(vectors, picks)
        began = time.perf_counter()
        model = fits.fit(x)
        fits.accuracy(x, list(range(picks)))
        fits.choose(model, vectors[:400], [], random)
        print(f"{picks} picks: fit, validation and next pair took {time.perf_counter() - began:.2f} s")


if __name__ == "__main__":
    main()

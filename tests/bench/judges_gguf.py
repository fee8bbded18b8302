"""How fast and how well a GGUF judges through llama.cpp, against one chat completion a name.

Run it with ``python -m tests.bench.judges_gguf``; it needs llama-cpp-python and brings a real 1.5B model
(``tests.bench.judge_model``), unless ``--model`` gives another GGUF.

Speed: 128 names on one rubric, none seen before, the rubric computed beforehand for everybody; against
llama-cpp-python's own ``create_chat_completion`` asked for a mark, which keeps the rubric too, once as it is
mostly used and once with a single token to say. Quality: the area under the ROC curve on labelled names, by
contrast, by rating, and by yes or no.
"""

from __future__ import annotations

import argparse
import json
import os
import time
import tomllib
from collections.abc import Callable
from pathlib import Path

from engine import places
from engine.judges.contrast import ContrastJudge
from engine.judges.measure import try_describing
from engine.judges.rating import RatingJudge, question
from engine.judges.spec import Contrast, Rating, load
from engine.judges.trial import told_apart
from engine.lexicon import Lexicon
from engine.lm.judge_model import JudgeModel, TorchModel
from engine.lm.llama import LlamaModel
from tests.bench.judge_model import ensure

NAMES = 128
SHIPPED = ("poet", "architect", "unhinged")


def base() -> TorchModel:
    """Return the embedded base as judges ask it."""
    import torch

    from engine.lm.load import load_base, pick_dtype
    from engine.models import find_base
    from engine.recipe import EMBEDDED_BASE

    device = torch.device("cpu")
    loaded = load_base(find_base(EMBEDDED_BASE), device, pick_dtype(device))
    return TorchModel(loaded.raw, loaded.tokenizer, loaded.base.title)


def judges(model: JudgeModel, slug: str) -> tuple[ContrastJudge, RatingJudge]:
    """Return a shipped taste by contrast and by rating."""
    spec = load(places.resources() / "judges" / f"{slug}.toml")
    assert isinstance(spec, Contrast)
    return ContrastJudge(spec, model), RatingJudge(Rating(name=spec.name, asks=spec.asks), model)


def rate(score: Callable[[list[str]], object], names: list[str]) -> float:
    """Return names a second; the rubric is computed before, by two other names."""
    score(["Warm Up", "Warm Down"])
    start = time.perf_counter()
    score(names)
    return len(names) / (time.perf_counter() - start)


def completions(path: Path, asks: str, names: list[str], most: int) -> tuple[float, list[str]]:
    """Return names a second by one chat completion a name, and what was said."""
    from llama_cpp import Llama

    llama = Llama(str(path), n_ctx=2048, n_threads=os.cpu_count(), verbose=False)
    said: list[str] = []

    def ask(them: list[str]) -> None:
        for name in them:
            turn = {"role": "user", "content": f"{question(asks)} {name}"}
            answer = llama.create_chat_completion([turn], max_tokens=most, temperature=0.0)
            said.append(answer["choices"][0]["message"]["content"])

    found = rate(ask, names)
    llama.close()
    return found, said


def speed(path: Path) -> dict[str, float]:
    """Return names a second of each way."""
    names = [name for name, _ in Lexicon.load().reference(NAMES, seed=7)]
    found: dict[str, float] = {}
    contrast, _ = judges(base(), "poet")
    found["contrast (base)"] = rate(contrast.raw, names)
    model = LlamaModel(path, os.cpu_count() or 1)
    contrast, rating = judges(model, "poet")
    found["contrast (GGUF)"] = rate(contrast.raw, names)
    found["rating (GGUF)"] = rate(rating.raw, names)
    model.close()
    asks = rating.spec.asks
    found["one completion a name"], said = completions(path, asks, names, 16)
    print("said, for example:", said[2:8])
    found["one completion a name, one token"], _ = completions(path, asks, names, 1)
    return found


def quality(path: Path, folder: Path) -> dict[str, dict[str, float]]:
    """Return, for each taste with labelled names, the share of pairs told apart by each kind of judge."""
    model = LlamaModel(path, os.cpu_count() or 1)
    found: dict[str, dict[str, float]] = {}
    for slug in SHIPPED:
        part = tomllib.loads((folder / f"{slug}.toml").read_text("utf-8"))["unseen"]
        liked = [*part["liked"], *part.get("hard_liked", [])]
        plain = [*part["plain"], *part.get("hard_plain", [])]
        found[slug] = {}
        for kind, judge in zip(("contrast", "rating"), judges(model, slug), strict=True):
            raw = judge.raw([*liked, *plain])
            found[slug][kind] = told_apart(raw[: len(liked)], raw[len(liked) :])
    share = try_describing(model, Lexicon.load(), lambda note, done: None)
    found["known names, own color against another"] = {"describes": share}
    return found


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, help="a GGUF")
    parser.add_argument("--labelled", type=Path, default=Path(__file__).parents[1] / "data" / "labelled")
    parser.add_argument("--only", choices=("speed", "quality"))
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    path = options.model or ensure()
    out: dict[str, object] = {}
    if options.only != "quality":
        out["speed"] = speed(path)
    if options.only != "speed":
        out["quality"] = quality(path, options.labelled)
    print(json.dumps(out, indent=None if options.json else 2))


if __name__ == "__main__":
    main()

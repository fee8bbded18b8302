"""How good the contrast judge is: whether it tells liked names from plain ones, and what pleases it most.

Run it with ``python -m tests.bench.judges --quality`` or ``--climb``.

What came out on 2 CPU cores in fp32, for the seen halves and further tastes (AUC, mean of ten):

    as shipped before                    0.981
    headed by the ask, mean a token      0.983
    headed “Paint color names”           0.981
    under a title                        0.980
    examples twice, turned               0.974
    with commas                          0.969
    mean of four orders                  0.983
    sum                                  0.977
    sum / √tokens                        0.981
    mean, the line's end left out        0.981
    mean, each within ±4 nats            0.982
    mean, each within ±3 nats            0.979
    mean, each within ±2 nats            0.975
    the most telling token               0.949
    the first example only               0.976
    the first two examples               0.978
    the default plain list               0.978
    DC-PMI                               0.962
    half DC-PMI, half plain              0.983

Means over tokens lead, however the list is headed; DC-PMI, one telling token and examples turned round cost
more than they give. A climb of 2,000 mutations decided the rest: by the plain mean "Lolly Drake" and
"Varnish" won for Poet and Architect, a single token carrying each name, and "Night Night" was as good
as two words. So a token counts for four nats at the most (0.982) and a word said again earns nothing; then
"Stingray Lair" and the like win, which are names again, if not poems.
"""

from __future__ import annotations

import argparse
import time
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray

from engine import places
from engine.judges import spec as specs
from engine.judges.contrast import ContrastJudge, framing
from engine.judges.hacking import PARENTS, climb, lexicon_words
from engine.judges.spec import PLAIN_EXAMPLES, Contrast
from engine.lexicon import Lexicon
from engine.lm.judge_model import TorchModel
from engine.lm.load import LoadedBase, load_base
from engine.lm.scoring import score_names, trunk_keys
from engine.models import find_base
from engine.recipe import EMBEDDED_BASE

LABELLED = Path(__file__).parents[1] / "data" / "labelled"
SHIPPED = ("poet", "architect", "unhinged")
MUTATIONS = 2000

Each = NDArray[np.float64]
Scores = Sequence[float]
Frame = Callable[[str, Sequence[str]], str]
Pool = Callable[[Each], float]
Variant = Callable[["Lab", Contrast, Sequence[str]], Scores]


@dataclass(frozen=True)
class Labelled:
    """Names labelled by hand for one judge.

    ``half`` is ``seen`` (what may be looked at while judges are mended), ``unseen``, or ``names`` for a
    taste that no shipped judge has. The last names of either side were written to be hard.
    """

    taste: str
    half: str
    judge: Contrast
    liked: tuple[str, ...]
    plain: tuple[str, ...]


def labelled() -> list[Labelled]:
    """Read every labelled set."""
    found = []
    for path in sorted(LABELLED.glob("*.toml")):
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        if "judge" in data:
            judge = specs.from_data({"kind": "contrast", "name": path.stem, **data.pop("judge")})
        else:
            judge = specs.load(places.resources() / "judges" / path.name)
        assert isinstance(judge, Contrast)
        for half, names in data.items():
            liked = (*names["liked"], *names.get("hard_liked", ()))
            plain = (*names["plain"], *names.get("hard_plain", ()))
            found.append(Labelled(path.stem, half, judge, liked, plain))
    return found


def auc(liked: Scores, plain: Scores) -> float:
    """Return how often a liked name scores above a plain one; a tie counts half."""
    a, b = np.asarray(liked)[:, None], np.asarray(plain)[None, :]
    return float(np.mean((a > b) + 0.5 * (a == b)))


class Lab:
    """The base, asked for the log-probability of each token of a name in any frame; nothing twice."""

    def __init__(self, base: LoadedBase) -> None:
        self._model, self._tokenizer = base.raw, base.tokenizer
        self._known: dict[tuple[str, str], Each] = {}

    @torch.no_grad()
    def logps(self, frame: str, names: Sequence[str], end: str = "\n") -> list[Each]:
        """Return log p of each token of each name, its end included, as what comes next in a frame."""
        new = sorted({name for name in names if (frame, name) not in self._known}, key=len)
        if new:
            ids = self._tokenizer.encode(frame)
            trunk = trunk_keys(self._model, ids[:-1])
            texts = [self._tokenizer.encode(f" {name}{end}", add_special_tokens=False) for name in new]
            scored = score_names(self._model, ids[:-1], [ids[-1:]], [texts], trunk_cache=trunk)
            for name, part in zip(new, scored.logps.split(list(scored.lengths)), strict=True):
                self._known[frame, name] = part.double().numpy()
        return [self._known[frame, name] for name in names]


def head(asks: str) -> str:
    """Return what is asked for, beginning a line."""
    return asks[:1].upper() + asks[1:]


def lines(examples: Sequence[str]) -> str:
    """Return examples as a list that goes on."""
    return "".join(f"- {example}\n" for example in examples) + "-"


def contrasts(
    lab: Lab, judge: Contrast, names: Sequence[str], frame: Frame = framing, end: str = "\n"
) -> list[Each]:
    """Return log p(token | liked) − log p(token | plain) of each name."""
    liked = lab.logps(frame(judge.asks, judge.liked), names, end)
    plain = lab.logps(frame(judge.plain_asks, judge.plain), names, end)
    return [up - down for up, down in zip(liked, plain, strict=True)]


def pooled(pool: Pool, frame: Frame = framing, end: str = "\n") -> Variant:
    """Return a way to score: tokens put together by ``pool``, lists written by ``frame``."""
    return lambda lab, judge, names: [float(pool(one)) for one in contrasts(lab, judge, names, frame, end)]


def turned(lab: Lab, judge: Contrast, names: Sequence[str]) -> Scores:
    """Score by the mean over four orders of the examples; four times the work."""
    rows = []
    for turn in range(4):
        liked = (*judge.liked[turn:], *judge.liked[:turn])
        plain = (*judge.plain[turn:], *judge.plain[:turn])
        other = msgspec.structs.replace(judge, liked=liked, plain=plain)
        rows.append([one.mean() for one in contrasts(lab, other, names)])
    return [float(mean) for mean in np.mean(rows, axis=0)]


def fewer(count: int) -> Variant:
    """Return a way to score with the first few liked examples only."""

    def score(lab: Lab, judge: Contrast, names: Sequence[str]) -> Scores:
        other = msgspec.structs.replace(judge, liked=judge.liked[:count])
        return [float(one.mean()) for one in contrasts(lab, other, names)]

    return score


def default_plain(lab: Lab, judge: Contrast, names: Sequence[str]) -> Scores:
    """Score with the four plain examples that a judge gets if it names none."""
    other = msgspec.structs.replace(judge, plain=PLAIN_EXAMPLES)
    return [float(one.mean()) for one in contrasts(lab, other, names)]


def domain_conditional(share: float) -> Variant:
    """Return a way to score against names that nothing is known of, mixed with the plain ones.

    Wholly so (``share`` 1) it is DC-PMI (Holtzman et al. 2021, arXiv:2104.08315).
    """

    def score(lab: Lab, judge: Contrast, names: Sequence[str]) -> Scores:
        liked = lab.logps(framing(judge.asks, judge.liked), names)
        plain = lab.logps(framing(judge.plain_asks, judge.plain), names)
        free = lab.logps("Paint color names:\n-", names)
        with np.errstate(divide="ignore"):
            mixed = [
                np.logaddexp(np.log(1 - share) + b.sum(), np.log(share) + c.sum())
                for b, c in zip(plain, free, strict=True)
            ]
        return [float((a.sum() - b) / len(a)) for a, b in zip(liked, mixed, strict=True)]

    return score


VARIANTS: dict[str, Variant] = {
    "as shipped before": pooled(np.mean, lambda asks, examples: f"A list of {asks}:\n{lines(examples)}"),
    "headed by the ask, mean a token": pooled(np.mean),
    "headed “Paint color names”": pooled(
        np.mean, lambda asks, examples: f"Paint color names:\n{lines(examples)}"
    ),
    "under a title": pooled(np.mean, lambda asks, examples: f"# {head(asks)}\n\n{lines(examples)}"),
    "examples twice, turned": pooled(
        np.mean, lambda asks, examples: framing(asks, [*examples, *reversed(examples)])
    ),
    "with commas": pooled(np.mean, lambda asks, examples: f"{head(asks)}: {', '.join(examples)},", ","),
    "mean of four orders": turned,
    "sum": pooled(np.sum),
    "sum / √tokens": pooled(lambda each: each.sum() / len(each) ** 0.5),
    "mean, the line's end left out": pooled(lambda each: each[:-1].mean()),
    "mean, each within ±4 nats": pooled(lambda each: np.clip(each, -4, 4).mean()),
    "mean, each within ±3 nats": pooled(lambda each: np.clip(each, -3, 3).mean()),
    "mean, each within ±2 nats": pooled(lambda each: np.clip(each, -2, 2).mean()),
    "the most telling token": pooled(lambda each: each[:-1].max()),
    "the first example only": fewer(1),
    "the first two examples": fewer(2),
    "the default plain list": default_plain,
    "DC-PMI": domain_conditional(1.0),
    "half DC-PMI, half plain": domain_conditional(0.5),
}


def quality(base: LoadedBase, sets: Sequence[Labelled]) -> None:
    """Print the AUC of every variant on the seen halves and the further tastes, and of ours on the unseen."""
    lab = Lab(base)
    columns = [one for one in sets if one.half != "unseen"]
    print(f"{'':36}" + " ".join(f"{one.taste:>9}" for one in columns) + "      mean")
    for title, variant in VARIANTS.items():
        row = [share(variant(lab, one.judge, (*one.liked, *one.plain)), one) for one in columns]
        print(
            f"{title:36}" + " ".join(f"{value:9.3f}" for value in row) + f" {np.mean(row):9.3f}", flush=True
        )
    print("\nas shipped now:")
    for one in sets:
        judge = ContrastJudge(one.judge, TorchModel(base.raw, base.tokenizer))
        print(f"{one.taste:10} {one.half:7} {share(judge.raw((*one.liked, *one.plain)), one):.3f}")


def share(scores: Scores, one: Labelled) -> float:
    """Return the AUC of scores of a set's names, liked ones first."""
    return auc(scores[: len(one.liked)], scores[len(one.liked) :])


def climbed(score: Callable[[Sequence[str]], Scores], lexicon: Lexicon, seed: int) -> dict[str, float]:
    """Climb from some known names by mutations of the best; return every name met with its score."""
    rng = np.random.default_rng(seed)
    first = [lexicon.names[i] for i in rng.choice(len(lexicon), PARENTS, replace=False)]
    met = dict(zip(first, score(first), strict=True))
    climb(met, score, lexicon_words(lexicon), MUTATIONS, rng)
    return met


def climbs(base: LoadedBase, sets: Sequence[Labelled], seeds: Sequence[int]) -> None:
    """Print what wins, judge by judge, before and after our mending."""
    lexicon = Lexicon.load()
    for slug in SHIPPED:
        judge = next(one.judge for one in sets if one.taste == slug)
        lab, now = Lab(base), ContrastJudge(judge, TorchModel(base.raw, base.tokenizer))
        plainly = msgspec.structs.replace(judge, plain=PLAIN_EXAMPLES)
        ways = {"before": partial(VARIANTS["as shipped before"], lab, plainly), "now": now.raw}
        for when, score in ways.items():
            for seed in seeds:
                met = climbed(score, lexicon, seed)
                best = sorted(met, key=lambda name: -met[name])[:8]
                print(
                    f"{slug} {when} {seed}: " + ", ".join(f"{name} {met[name]:.2f}" for name in best),
                    flush=True,
                )


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.judges")
    parser.add_argument("--quality", action="store_true", help="AUC of variants on labelled names")
    parser.add_argument("--climb", action="store_true", help="hill-climb each shipped judge alone")
    parser.add_argument("--seeds", type=int, default=2, help="climbs a judge")
    options = parser.parse_args()
    base = load_base(find_base(EMBEDDED_BASE), torch.device("cpu"), torch.float32)
    start = time.perf_counter()
    if options.quality:
        quality(base, labelled())
    if options.climb:
        climbs(base, labelled(), range(options.seeds))
    print(f"{time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()

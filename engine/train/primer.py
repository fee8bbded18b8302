"""The primer: an SFT warm start that teaches a tiny base to read a colour and answer with a plain name.

What a step sees: colours near those of known names, and for each colour a few names that people gave to
nearly the same colour, drawn with a Gaussian kernel in OKLab. One prompt thus teaches a *distribution* of
fitting names rather than one right answer, which keeps the base varied; and the shared prefix pays for
the prompt once. The lexicon is full of jokes, so only plain names are used: one to three ordinary words
whose colour can be told from the words alone, by a regression that did not see them (five folds).

Held-out names, and the palette's held-out colours, are never trained on.
"""

from __future__ import annotations

import argparse
import math
import os
import re
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import tomli_w
import torch
from numpy.typing import NDArray
from peft import LoraConfig, get_peft_model

from engine import color as colors_of
from engine.lexicon import Lexicon
from engine.lm.load import LoadedBase, load_base, lora_targets, pick_device, pick_dtype
from engine.lm.scoring import score_names
from engine.lm.tree import common_prefix
from engine.models import BaseError, find_base
from engine.palette import is_held_out
from engine.recipe import EMBEDDED_BASE
from engine.train.painter import machine, write_adapter

PLAIN = re.compile(r"[A-Z][a-z]{2,11}( (of|and|the|in) | |-)?([A-Z]?[a-z]{2,11})?( [A-Z][a-z]{2,11})?")


@dataclass(frozen=True)
class PrimerSettings:
    """How the primer is trained: by default as the one that ships was.

    Attributes
    ----------
    colors, names
        Colours a step, and names for each.
    spread
        The kernel's width in OKLab.
    tolerance
        How far a name's colour, as told from its words, may lie from its own, in OKLab.
    """

    steps: int = 150
    colors: int = 128
    names: int = 4
    learning_rate: float = 6e-4
    rank: int = 16
    alpha: float = 32.0
    spread: float = 0.02
    tolerance: float = 0.11
    seed: int = 0


def plain_names(lexicon: Lexicon, tolerance: float) -> NDArray[np.int64]:
    """Return the indices of the lexicon's plain names, held-out ones included.

    A name is plain when it is one to three ordinary words and ridge regressions on its words and letters,
    each fitted on the other four fifths of the lexicon, tell its colour to within ``tolerance`` in OKLab.
    """
    from scipy import sparse
    from scipy.sparse.linalg import lsqr

    vocabulary: dict[str, int] = {}
    rows, columns = [], []
    for i, name in enumerate(lexicon.folded):
        words = name.split()
        parts = [f"={word}" for word in words] + [f"${words[-1]}" if words else ""]
        parts += [f" {word} "[j : j + n] for word in words for n in (3, 4) for j in range(len(word) + 3 - n)]
        for part in parts:
            rows.append(i)
            columns.append(vocabulary.setdefault(part, len(vocabulary)))
    features = sparse.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(lexicon), len(vocabulary)))
    common = np.asarray((features > 0).sum(axis=0)).ravel() >= 3
    features = features[:, common]
    norms = np.sqrt(np.asarray(features.multiply(features).sum(axis=1)).ravel())
    features = sparse.diags(1 / np.maximum(norms, 1e-9)) @ features
    folds = np.arange(len(lexicon)) % 5
    predicted = np.zeros_like(lexicon.oklab)
    for fold in range(5):
        seen = folds != fold
        mean = lexicon.oklab[seen].mean(axis=0)
        for axis in range(3):
            weights = lsqr(features[seen], lexicon.oklab[seen, axis] - mean[axis], damp=1.0, iter_lim=60)[0]
            predicted[~seen, axis] = features[~seen] @ weights + mean[axis]
    near = np.linalg.norm(predicted - lexicon.oklab, axis=1) < tolerance
    ordinary = np.array([PLAIN.fullmatch(name) is not None for name in lexicon.names])
    return np.flatnonzero(near & ordinary)


class Examples:
    """Draws (colour, names) for each step from (seed, step) alone."""

    def __init__(self, lexicon: Lexicon, chosen: NDArray[np.int64], settings: PrimerSettings) -> None:
        self._settings = settings
        self.names = [lexicon.names[i] for i in chosen]
        self.oklab = lexicon.oklab[chosen]
        distance = (
            np.sum(self.oklab**2, 1)[:, None] - 2 * self.oklab @ self.oklab.T + np.sum(self.oklab**2, 1)
        )
        # Where many names crowd (reds, blues), each is drawn less often, so that all regions are heard.
        crowd = np.exp(-np.maximum(distance, 0) / (2 * (2 * settings.spread) ** 2)).sum(1)
        self._weight = (1 / np.sqrt(crowd)) / (1 / np.sqrt(crowd)).sum()

    def draw(self, step: int) -> tuple[list[str], list[list[str]]]:
        """Return a step's colours and, for each, its names."""
        s = self._settings
        random = np.random.default_rng([s.seed, step, 0x5F7])
        colors: list[str] = []
        names: list[list[str]] = []
        while len(colors) < s.colors:
            center = self.oklab[random.choice(len(self.names), p=self._weight)]
            point = center + random.normal(0, s.spread / 2, 3)
            color = colors_of.from_srgb(np.clip(colors_of.oklab_to_srgb(point), 0, 1))
            if is_held_out(color):
                continue
            apart = np.sum((self.oklab - colors_of.oklab(color)) ** 2, 1)
            near = np.argpartition(apart, 64)[:64]
            kernel = np.exp(-(apart[near] - apart[near].min()) / (2 * s.spread**2))
            picked = random.choice(near, size=s.names, p=kernel / kernel.sum())
            colors.append(color)
            names.append([self.names[i] for i in picked])
        return colors, names


def mean_loss(
    model: Any, base: LoadedBase, colors: Sequence[str], names: Sequence[Sequence[str]]
) -> torch.Tensor:
    """Return the mean negative log-probability per token, in nats, of names given their colours."""
    prompts = [base.prompt(color) for color in colors]
    shared = common_prefix(prompts)
    tokens = [[base.name_tokens(name) for name in group] for group in names]
    scored = score_names(model, prompts[0][:shared], [prompt[shared:] for prompt in prompts], tokens)
    return -scored.logps.mean()


@torch.no_grad()
def held_out_losses(model: Any, base: LoadedBase, pairs: Sequence[tuple[str, str]]) -> tuple[float, float]:
    """Return the loss on held-out names with their own colours, and with each other's."""
    names = [[name] for name, _ in pairs]
    colors = [color for _, color in pairs]
    turned = [*colors[len(colors) // 2 :], *colors[: len(colors) // 2]]
    order = np.random.default_rng(0).permutation(len(pairs))
    names, colors = [names[i] for i in order], [colors[i] for i in order]
    turned = [turned[i] for i in order]
    own, other = [], []
    for start in range(0, len(pairs), 64):
        part = slice(start, start + 64)
        own.append(float(mean_loss(model, base, colors[part], names[part])))
        other.append(float(mean_loss(model, base, turned[part], names[part])))
    return float(np.mean(own)), float(np.mean(other))


def train_primer(
    base: LoadedBase,
    lexicon: Lexicon,
    settings: PrimerSettings,
    out: Path,
    say: Callable[[int, float, tuple[float, float] | None], None],
) -> dict[str, float]:
    """Train the primer on ``base.raw`` and write its adapter to ``out``.

    Parameters
    ----------
    say
        Told (step, loss, (held-out loss, held-out loss with shuffled colours) or None).

    Returns
    -------
    dict
        The last held-out losses, the number of names learned from, and the seconds taken.
    """
    started = time.monotonic()
    chosen = plain_names(lexicon, settings.tolerance)
    learned, kept = chosen[~lexicon.held_out[chosen]], chosen[lexicon.held_out[chosen]]
    examples = Examples(lexicon, learned, settings)
    pairs = [(lexicon.names[i], lexicon.colors[i]) for i in kept[:512]]
    torch.manual_seed(settings.seed)
    model = get_peft_model(
        base.raw,
        LoraConfig(
            r=settings.rank,
            lora_alpha=settings.alpha,
            target_modules=list(lora_targets(base.raw)),
            lora_dropout=0.0,
            task_type="CAUSAL_LM",
        ),
    )
    weights = [p for p in model.parameters() if p.requires_grad]
    for weight in weights:
        weight.data = weight.data.float()
    optimizer = torch.optim.AdamW(weights, lr=settings.learning_rate, weight_decay=0.0, betas=(0.9, 0.98))

    def pace(step: int) -> float:
        return min(1.0, (step + 1) / 20) * (0.5 + 0.5 * math.cos(math.pi * step / settings.steps))

    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, pace)
    losses = (math.nan, math.nan)
    for step in range(settings.steps):
        colors, names = examples.draw(step)
        loss = mean_loss(model, base, colors, names)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
        schedule.step()
        last = step + 1 == settings.steps
        if last or (step + 1) % 40 == 0:
            losses = held_out_losses(model, base, pairs)
        say(step + 1, float(loss.detach()), losses if last or (step + 1) % 40 == 0 else None)
    write_adapter(model, base.base.slug, out, torch.bfloat16)
    return {
        "names": float(len(learned)),
        "held_out_loss": losses[0],
        "held_out_loss_shuffled": losses[1],
        "seconds": time.monotonic() - started,
    }


def main(arguments: list[str] | None = None) -> int:
    """Train a primer and write it with its card: ``python -m engine.train.primer OUT``."""
    defaults = PrimerSettings()
    parser = argparse.ArgumentParser(prog="python -m engine.train.primer", description=main.__doc__)
    parser.add_argument("out", type=Path, help="the folder to write")
    parser.add_argument("--base", default=EMBEDDED_BASE, help="the base's name or folder")
    parser.add_argument("--steps", type=int, default=defaults.steps)
    parser.add_argument("--seed", type=int, default=defaults.seed)
    options = parser.parse_args(arguments)
    device = pick_device()
    dtype = pick_dtype(device)
    try:
        base = load_base(msgspec.structs.replace(find_base(options.base), primer=None), device, dtype)
    except BaseError as error:
        print(error, file=sys.stderr)
        return 1
    settings = replace(defaults, steps=options.steps, seed=options.seed)

    def say(step: int, loss: float, held_out: tuple[float, float] | None) -> None:
        told = f"  held-out {held_out[0]:.3f}, shuffled colours {held_out[1]:.3f}" if held_out else ""
        print(f"step {step}/{settings.steps}  loss {loss:.3f}{told}", flush=True)

    out = options.out.absolute()
    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    results = train_primer(base, Lexicon.load(), settings, part, say)
    card = {
        "version": 1,
        "name": "Primer",
        "about": "Reads a colour and answers with a plain name: an SFT warm start on names of the lexicon.",
        "base": options.base,
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(device, dtype),
        **asdict(settings),
        **results,
    }
    (part / "card.toml").write_text(tomli_w.dumps(card), encoding="utf-8")
    # Whole or not at all: a base uses a primer as soon as it is there.
    part.rename(out)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Fits what ``correctness`` knows: ``python -m engine.judges.correctness_fit`` writes its weights anew.

Run it when the lexicon, the palette or the network's form changes; it takes a minute on two cores. It learns
from the part of the lexicon that is not held out, and prints nothing that was tuned on the rest. It alone
needs torch; the judge does not, and nothing imports this module.

Each name's colour is a soft target over regions of OKLab. Words and letters are dropped at random while
learning, so that a name is understood from any part of it, and rare words from their letters.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from engine import color as colors_of
from engine.judges import correctness as judge
from engine.lexicon import Lexicon
from engine.palette import training_colors

CELLS = 300
WIDTH = 0.02
JUDGED_WIDTH = 0.03
SIZE = 32
HIDDEN = 256
EPOCHS = 3
BATCH = 512
LEARNING_RATE = 3e-3
WEIGHT_DECAY = 0.3
FEWEST = 2


class _Net(nn.Module):
    def __init__(self, words: int) -> None:
        super().__init__()
        self.words = _table(words)
        self.lasts = _table(words)
        self.grams = _table(judge.BUCKETS)
        self.norm = nn.LayerNorm(SIZE, elementwise_affine=False)
        self.into = nn.Linear(SIZE, HIDDEN)
        self.out = nn.Linear(HIDDEN, CELLS)

    def forward(self, words: Tensor, lasts: Tensor, grams: Tensor) -> Tensor:
        features = (
            self._bag(self.words, words, 0.25)
            + self._bag(self.lasts, lasts, 0.25)
            + self._bag(self.grams, grams, 0.2)
        )
        hidden = functional.relu(self.into(self.norm(functional.dropout(features, 0.2, self.training))))
        logits: Tensor = self.out(functional.dropout(hidden, 0.3, self.training))
        return logits

    def _bag(self, table: nn.Embedding, rows: Tensor, drop: float) -> Tensor:
        held: Tensor = table(rows)
        if self.training:
            held = held * (torch.rand(rows.shape) > drop)[..., None]
        return held.sum(1) / (rows > 0).sum(1, keepdim=True).clamp(min=1).sqrt()


def _table(rows: int) -> nn.Embedding:
    # Row 0 stands for nothing and stays zero.
    table = nn.Embedding(rows + 1, SIZE, padding_idx=0)
    nn.init.normal_(table.weight, std=0.05)
    with torch.no_grad():
        table.weight[0] = 0
    return table


def fit(lexicon: Lexicon, seed: int = 0) -> dict[str, NDArray[Any]]:
    """Learn from the part of the lexicon that is not held out; return the arrays that the judge reads."""
    rng = np.random.default_rng(seed)
    kept = np.flatnonzero(~lexicon.held_out)
    oklab = lexicon.oklab[kept]
    palette = _even_palette()
    cells = _middles(
        np.concatenate([palette, oklab[rng.choice(len(oklab), len(palette), replace=False)]]), rng
    )
    targets = torch.tensor(judge.memberships(oklab, cells, WIDTH))
    split = [judge.words_of(lexicon.names[i]) for i in kept]
    counts = Counter(word for words in split for word in words)
    vocabulary = sorted(word for word, count in counts.items() if count >= FEWEST)
    rows = {word: row + 1 for row, word in enumerate(vocabulary)}
    inputs = (
        _pad([[rows.get(word, 0) for word in words] for words in split]),
        _pad([[rows.get(word, 0) for word in words[-1:]] for words in split]),
        _pad([[gram + 1 for gram in judge.grams_of(words)] for words in split]),
    )
    shipped = {
        "cells": cells.astype(np.float32),
        "width": np.array(JUDGED_WIDTH),
        "chance": np.log(targets.numpy().mean(axis=0)).astype(np.float32),
        "even": judge.memberships(palette, cells, JUDGED_WIDTH).mean(axis=0),
        "vocabulary": np.frombuffer("\n".join(vocabulary).encode(), dtype=np.uint8),
    }
    for number in range(judge.MEMBERS):
        net = _learn(inputs, targets, len(vocabulary), seed + number)
        shipped |= {f"{number}.{key}": value for key, value in _ship(net).items()}
    return shipped


def _learn(inputs: tuple[Tensor, Tensor, Tensor], targets: Tensor, words: int, seed: int) -> _Net:
    torch.manual_seed(seed)
    net = _Net(words)
    steps = EPOCHS * (len(targets) // BATCH)
    optimizer = torch.optim.AdamW(net.parameters(), LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, LEARNING_RATE, total_steps=steps, pct_start=0.15
    )
    for _ in range(EPOCHS):
        order = torch.randperm(len(targets))
        for start in range(0, len(order) - BATCH + 1, BATCH):
            chosen = order[start : start + BATCH]
            logs = functional.log_softmax(net(*(rows[chosen] for rows in inputs)), dim=-1)
            loss = -(targets[chosen] * logs).sum(-1).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    return net.eval()


def _ship(net: _Net) -> dict[str, NDArray[Any]]:
    arrays: dict[str, NDArray[Any]] = {}
    for key, table in (("words", net.words), ("lasts", net.lasts), ("grams", net.grams)):
        weights = table.weight.detach().numpy()[1:]
        scale = np.abs(weights).max(axis=0) / 127
        arrays[key] = np.round(weights / scale).astype(np.int8)
        arrays[f"{key}_scale"] = scale.astype(np.float32)
    for key, layer in (("in", net.into), ("out", net.out)):
        arrays[f"{key}_weight"] = layer.weight.detach().numpy().astype(np.float16)
        arrays[f"{key}_bias"] = layer.bias.detach().numpy().astype(np.float16)
    return arrays


def _even_palette() -> NDArray[Any]:
    colors = [color for step in range(512) for color in training_colors(0, step, 8)]
    return colors_of.srgb_to_oklab(colors_of.to_srgb_many(colors))


def _middles(points: NDArray[Any], rng: np.random.Generator) -> NDArray[Any]:
    """Lloyd's k-means."""
    middles = points[rng.choice(len(points), CELLS, replace=False)].copy()
    for _ in range(15):
        nearest = ((points[:, None] - middles) ** 2).sum(-1).argmin(1)
        for cell in range(CELLS):
            if (nearest == cell).any():
                middles[cell] = points[nearest == cell].mean(0)
    return middles


def _pad(lists: list[list[int]]) -> Tensor:
    padded = np.zeros((len(lists), max(len(rows) for rows in lists)), dtype=np.int64)
    for index, rows in enumerate(lists):
        padded[index, : len(rows)] = rows
    return torch.from_numpy(padded)


def main(path: Path | None = None) -> None:
    """Fit and write the weights that ship with the app."""
    target = path or judge.weights_path()
    with target.open("wb") as file:
        np.savez_compressed(file, **fit(Lexicon.load()))  # type: ignore[arg-type]
    print(f"{target}: {target.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()

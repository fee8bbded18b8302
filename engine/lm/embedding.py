"""Names as vectors: the mean of a base's final hidden states over a name's tokens, in a short framing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from engine.lm.scoring import run_body, trunk_keys
from engine.lm.tree import Tree

FRAMING = "A paint color named"
BATCH = 256


@torch.no_grad()
def embed_names(model: Any, tokenizer: Any, names: Sequence[str]) -> NDArray[np.float32]:
    """Return the vectors of names.

    Parameters
    ----------
    model, tokenizer
        A causal model and its tokenizer.
    names
        None of them empty. A marker in a name is text.

    Returns
    -------
    array
        Shape (names, hidden size).
    """
    frame: list[int] = tokenizer.encode(FRAMING, split_special_tokens=True)
    tokens: list[list[int]] = [
        tokenizer.encode(f" {' '.join(name.split())}", add_special_tokens=False, split_special_tokens=True)
        for name in names
    ]
    device = next(model.parameters()).device
    cache = trunk_keys(model, frame[:-1])
    # Of like length together: a batch is as wide as its longest name.
    order = sorted(range(len(names)), key=lambda i: len(tokens[i]))
    found = np.zeros((len(names), model.config.hidden_size), dtype=np.float32)
    for start in range(0, len(order), BATCH):
        part = order[start : start + BATCH]
        leaves = [tokens[i] for i in part]
        tree = Tree.build(frame[:-1], [frame[-1:]], [leaves], device, cache)
        hidden = run_body(model, tree).float()
        for i, begin, name in zip(part, tree.starts, leaves, strict=True):
            found[i] = hidden[begin : begin + len(name)].mean(0).cpu().numpy()
    return found

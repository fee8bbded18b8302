"""TRL's padded rows, read as a tree: what learning computes of them, through the shared prefix."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from engine.lm.scoring import score_names
from engine.lm.tree import common_prefix


def tree_logps(
    model: Any,
    input_ids: Tensor,
    attention_mask: Tensor,
    keep: int,
    temperature: float,
    entropy: bool,
    slope: bool = False,
) -> tuple[Tensor, Tensor]:
    """Return per-token log-probabilities and entropies of TRL's padded rows, through the shared prefix.

    Rows are grouped by prompt, wherever in the batch they lie. Positions that the mask leaves out are 0.

    Parameters
    ----------
    input_ids, attention_mask
        (rows, prompt + completion); prompts padded left, completions right.
    keep
        How many columns are completion.
    slope
        Whether entropies are to be differentiable.

    Returns
    -------
    tuple of Tensor
        Both (rows, keep), float32; the first differentiable.
    """
    width = input_ids.shape[1] - keep
    ids, mask = input_ids.tolist(), attention_mask.tolist()
    prompts: dict[tuple[int, ...], list[int]] = {}
    names: list[list[int]] = []
    for row, (tokens, seen) in enumerate(zip(ids, mask, strict=True)):
        prompt = tuple(t for t, m in zip(tokens[:width], seen[:width], strict=True) if m)
        names.append([t for t, m in zip(tokens[width:], seen[width:], strict=True) if m])
        prompts.setdefault(prompt, []).append(row)
    shared = common_prefix(list(prompts))
    trunk = list(next(iter(prompts)))[:shared]
    order = [row for rows in prompts.values() for row in rows if names[row]]
    groups = [[names[row] for row in rows if names[row]] for rows in prompts.values()]
    if not order:
        nothing = torch.zeros(input_ids.shape[0], keep, device=input_ids.device, requires_grad=True)
        return nothing * 1.0, nothing.detach()
    scored = score_names(
        model,
        trunk,
        [list(prompt)[shared:] for prompt in prompts],
        groups,
        temperature=temperature,
        entropy=entropy,
        slope=slope,
    )
    rows = torch.tensor(order, device=input_ids.device)
    blank = torch.zeros(input_ids.shape[0], keep, device=input_ids.device)
    logps = blank.index_copy(0, rows, scored.padded(scored.logps, keep))
    entropies = blank.index_copy(0, rows, scored.padded(scored.entropies, keep))
    return logps, entropies

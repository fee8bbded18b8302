"""Log-probabilities of TRL's padded rows: through the shared prefix, and in parts where memory is short."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.utils.checkpoint import checkpoint

from engine.lm.scoring import score_names
from engine.lm.tree import common_prefix
from engine.train.memory import Parts


def in_parts(
    score: Callable[[Tensor, Tensor], tuple[Tensor, Tensor | None]], parts: Parts, ids: Tensor, mask: Tensor
) -> tuple[Tensor, Tensor | None]:
    """Score rows a part at a time, and compute each part again in its backward: one is held at any time.

    The loss is of the whole batch as ever, so that its gradient is the same, whatever the objective divides
    by: this is the accumulation of micro-batches, at the price of one more forward.
    """
    # Rows of one prompt lie together, so that a part shares as much of it as there is.
    order = sorted(range(len(ids)), key=lambda row: ids[row].tolist())
    scored = [
        checkpoint(score, ids[rows], mask[rows], use_reentrant=False, preserve_rng_state=False)
        for rows in (torch.tensor(part, device=ids.device) for part in parts.split(order))
    ]
    back = torch.argsort(torch.tensor(order, device=ids.device))
    logps = torch.cat([one[0] for one in scored])[back]
    if scored[0][1] is None:
        return logps, None
    return logps, torch.cat([one[1] for one in scored])[back]


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
        nothing = torch.zeros(input_ids.shape[0], keep, device=input_ids.device)
        # Other processes wait for this one's gradients, zeros as they are.
        touched = sum((p.sum() for p in model.parameters() if p.requires_grad), nothing.sum())
        return nothing + 0.0 * touched, nothing
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

"""How much memory a step will take, told before the first one.

What backward needs is counted, not modelled: a forward of two small trees, with hooks that weigh every
tensor kept for it. The difference is what one colour and its names cost; the rest is plain arithmetic.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psutil
import torch
from torch import Tensor

from engine.lm.head import CHUNK
from engine.lm.scoring import body_and_head, score_names
from engine.lm.tree import common_prefix

# Of what is free, how much a training may fill before it trades time for memory.
SHARE = 0.85


def kept_bytes(model: Any, prompts: Sequence[Sequence[int]], names: Sequence[Sequence[Sequence[int]]]) -> int:
    """Return the bytes that a forward over prompts and names keeps for its backward, weights left out."""
    weights = {p.untyped_storage().data_ptr() for p in model.parameters()}
    kept: dict[int, int] = {}

    def weigh(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in weights:
            kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    shared = common_prefix(prompts)
    with torch.autograd.graph.saved_tensors_hooks(weigh, lambda tensor: tensor), torch.enable_grad():
        score_names(model, prompts[0][:shared], [prompt[shared:] for prompt in prompts], names)
    return sum(kept.values())


def resident(device: torch.device) -> int:
    """Return the bytes that are taken now: the device's, or the process's own."""
    if device.type == "cuda":
        return torch.cuda.memory_allocated(device)
    return int(psutil.Process().memory_info().rss)


def free(device: torch.device) -> int:
    """Return the bytes that could still be had."""
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    return int(psutil.virtual_memory().available)


def estimate(
    model: Any,
    prompts: Sequence[Sequence[int]],
    group: int,
    name: Sequence[int],
    colors: int,
    accumulation: int,
) -> int:
    """Return the bytes at the peak of a step, all that is loaded now included.

    Parameters
    ----------
    model
        The peft model.
    prompts
        Four real prompts.
    group
        Names a colour.
    name
        Token ids of a name of the usual length.
    colors, accumulation
        Colours a step, and into how many parts it is cut.
    """
    device = next(model.parameters()).device
    # Equal names would be computed once; these differ in their first token.
    names = [[[i + 5, *name[1:]] for i in range(group)] for _ in range(4)]
    few = kept_bytes(model, prompts[:2], names[:2])
    more = kept_bytes(model, prompts, names)
    each = max(0, (more - few) // 2)
    kept = max(few - 2 * each, 0) + each * colors // accumulation
    _, head = body_and_head(model)
    # One chunk of logits in fp32, twice for their probabilities, and in the weights' dtype.
    logits = min(CHUNK, colors * group * len(name)) * head.shape[0] * (12 + head.element_size())
    trained = sum(p.numel() for p in model.parameters() if p.requires_grad)
    # Gradients and Adam's two moments, fp32.
    return int(resident(device) + kept + logits + 12 * trained)

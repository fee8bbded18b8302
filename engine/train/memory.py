"""How much memory a step will take, told before the first one.

What backward needs is counted, not modelled: a forward of two small trees, with hooks that weigh every
tensor kept for it. The difference is what one colour and its names cost; the rest is plain arithmetic.
Where memory runs out all the same, :class:`Parts` has the step done again in smaller parts.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

import psutil
import torch
from torch import Tensor

from engine.lm.head import CHUNK
from engine.lm.scoring import body_and_head, score_names
from engine.lm.tree import common_prefix

T = TypeVar("T")

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
    # While backward goes through a layer, the gradients of what it kept stand beside all that is kept.
    passing = kept // model.config.num_hidden_layers
    # Gradients and Adam's two moments, fp32.
    return int(resident(device) + kept + passing + logits + 12 * trained)


def ran_out(error: BaseException) -> bool:
    """Tell whether an error says that there is no memory: Python's, CUDA's or the CPU allocator's."""
    # On the CPU torch raises a plain RuntimeError: "DefaultCPUAllocator: can't allocate memory …".
    said = str(error).lower()
    return isinstance(error, MemoryError | torch.OutOfMemoryError) or (
        isinstance(error, RuntimeError) and ("allocate memory" in said or "out of memory" in said)
    )


class Parts:
    """Into how many parts a step's work is cut so that it fits; it stays as fine as it was once needed.

    Parameters
    ----------
    most
        How many parts make sense.
    tell
        Called with a sentence when it is cut finer.
    """

    def __init__(self, most: int, tell: Callable[[str], None]) -> None:
        self.count = 1
        self._most, self._tell = most, tell

    def finer(self, error: BaseException) -> bool:
        """Cut twice as fine, if ``error`` says that memory ran out and it can be; tell whether it was."""
        if not ran_out(error) or self.count >= self._most:
            return False
        self.count = min(2 * self.count, self._most)
        self._tell(f"Memory ran out: the step is done again in {self.count} parts, with the same result.")
        return True

    def run(self, work: Callable[[], T], again: Callable[[], None] = lambda: None) -> T:
        """Do ``work``, which goes by :attr:`count`; where memory runs out, ``again`` and once more."""
        while True:
            try:
                return work()
            except (MemoryError, RuntimeError) as error:
                if not self.finer(error):
                    raise
            # Past the handler, which holds on to all that the error's frames held.
            gc.collect()
            if torch.cuda.is_available():
                torch.cuda.empty_cache()
            again()

    def split(self, items: Sequence[T]) -> Iterator[Sequence[T]]:
        """Yield the items in as many parts as there are now, in order; none is empty."""
        each = -(-len(items) // self.count)
        for start in range(0, len(items), each):
            yield items[start : start + each]

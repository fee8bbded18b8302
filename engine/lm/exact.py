"""Whether the shared prefix is exact for a model: tried, not looked up.

A sliding window shorter than the prompt, attention sinks, soft-capped logits, a layer that is no attention:
whatever makes a model more than plain causal attention shows as different log-probabilities, and the
plain path is taken instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from engine.lm.scoring import score_names
from engine.lm.tree import common_prefix

TOLERANCE = {torch.float32: 1e-3, torch.bfloat16: 0.15, torch.float16: 0.05}


@torch.no_grad()
def inexact(model: Any, prompts: Sequence[Sequence[int]], name: Sequence[int]) -> str:
    """Return why the shared prefix cannot be used, or an empty string.

    Parameters
    ----------
    model
        A transformers causal model.
    prompts
        Two real prompts or more, of the lengths that will be used.
    name
        Token ids of a reply of about the usual length.
    """
    device = next(model.parameters()).device
    shared = common_prefix(prompts)
    try:
        scored = score_names(
            model, prompts[0][:shared], [p[shared:] for p in prompts], [[list(name)] for _ in prompts]
        )
    except (AttributeError, KeyError, NotImplementedError, RuntimeError, TypeError, ValueError) as error:
        # Model code of any kind may run here; whatever it raises means that it cannot be run this way.
        return f"its layers do not take a packed batch ({type(error).__name__}: {error})"
    plain: list[torch.Tensor] = []
    for prompt in prompts:
        ids = torch.tensor([[*prompt, *name]], device=device)
        logits = model(input_ids=ids).logits[0, len(prompt) - 1 : -1].float()
        plain.append(torch.log_softmax(logits, -1).gather(1, ids[0, len(prompt) :, None])[:, 0])
    # The median, since bf16 may err more on a single unlikely token.
    apart = float((scored.logps - torch.cat(plain)).abs().median())
    limit = TOLERANCE.get(model.dtype, 0.15)
    return "" if apart <= limit else f"its log-probabilities would differ by {apart:.2g} nats"

"""Log-probabilities of chosen tokens, the head on those positions only, without ever keeping the logits.

For one token, ∂ log p(y) / ∂h = (W[y] − Σ_v p(v) W[v]) / temperature: a vector as wide as the hidden
state. It is computed in the forward pass, chunk by chunk, and the backward pass only weighs it; so the
(tokens × vocabulary) logits, the largest tensors of a stock step, live for one chunk at a time.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from engine.lm.product import logits

CHUNK = 256


class _TokenLogps(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        hidden: Tensor,
        weight: Tensor,
        rows: Tensor,
        tokens: Tensor,
        temperature: float,
        entropy: bool,
        slope: bool,
    ) -> tuple[Tensor, Tensor]:
        need_grad = ctx.needs_input_grad[0]
        count = hidden.shape[0]
        logps = torch.empty(rows.shape[0], dtype=torch.float32, device=hidden.device)
        entropies = torch.full((count,), float("nan"), device=hidden.device)
        expected = torch.empty_like(hidden) if need_grad else None
        steep = torch.empty_like(hidden) if need_grad and slope else None
        # Rows are sorted, so each chunk's tokens are one slice.
        bounds = torch.searchsorted(rows, torch.arange(0, count + CHUNK, CHUNK, device=rows.device)).tolist()
        for i, start in enumerate(range(0, count, CHUNK)):
            chunk = hidden[start : start + CHUNK]
            scores = logits(chunk, weight).float()
            if temperature != 1.0:
                scores = scores / temperature
            norm = torch.logsumexp(scores, -1, keepdim=True)
            low, high = bounds[i], bounds[i + 1]
            local = rows[low:high] - start
            logps[low:high] = scores[local, tokens[low:high]] - norm[local, 0]
            if expected is not None:
                scores.sub_(norm)
                probs = scores.exp().to(weight.dtype) if steep is not None else scores.exp_().to(weight.dtype)
                mean = probs @ weight
                expected[start : start + CHUNK] = mean
                # H = log Z − E[score], and E[score] is linear in what was just computed.
                mean_score = (mean.float() * chunk.float()).sum(-1) / temperature
                entropies[start : start + CHUNK] = norm[:, 0] - mean_score
                if steep is not None:
                    # ∂H / ∂h = −Σ_v p(v) (log p(v) + H) W[v] / temperature.
                    entropy_now = entropies[start : start + CHUNK, None]
                    tilted = (probs * scores.to(weight.dtype)) @ weight
                    steep[start : start + CHUNK] = -(tilted.float() + entropy_now * mean.float())
            elif entropy:
                probs = torch.softmax(scores, -1)
                entropies[start : start + CHUNK] = norm[:, 0] - (probs * scores).sum(-1)
        if expected is not None:
            ctx.save_for_backward(expected, weight, rows, tokens, steep)
            ctx.temperature = temperature
        if steep is None:
            ctx.mark_non_differentiable(entropies)
        return logps, entropies

    @staticmethod
    def backward(
        ctx: Any, grad: Tensor, entropy_grad: Tensor
    ) -> tuple[Tensor, None, None, None, None, None, None]:
        expected, weight, rows, tokens, steep = ctx.saved_tensors
        chosen = weight.index_select(0, tokens).float() * grad.unsqueeze(1)
        total = torch.zeros(expected.shape[0], dtype=torch.float32, device=grad.device)
        total.index_add_(0, rows, grad)
        out = expected.float() * -total.unsqueeze(1)
        out.index_add_(0, rows, chosen)
        if steep is not None:
            out = out + steep.float() * entropy_grad.unsqueeze(1)
        if ctx.temperature != 1.0:
            out = out / ctx.temperature
        return out.to(expected.dtype), None, None, None, None, None, None


def token_logps(
    hidden: Tensor,
    weight: Tensor,
    rows: Tensor,
    tokens: Tensor,
    temperature: float = 1.0,
    entropy: bool = True,
    slope: bool = False,
) -> tuple[Tensor, Tensor]:
    """Return log p(token) at the given rows, and each row's entropy.

    Parameters
    ----------
    hidden
        (u, d) final hidden states, each position once however many tokens are read at it.
    weight
        (vocabulary, d) of the head; frozen: it gets no gradient.
    rows, tokens
        (n,) which row predicts which token; rows ascending.
    temperature
        Divides the logits.
    entropy
        Whether entropies are wanted where no gradient is: there they cost a pass over the vocabulary.
    slope
        Whether entropies are to be differentiable too: one more product with the head.

    Returns
    -------
    logps
        (n,) float32, differentiable in ``hidden``.
    entropies
        (u,) float32 in nats, differentiable only with ``slope``; NaN where they were not wanted.
    """
    out: tuple[Tensor, Tensor] = _TokenLogps.apply(hidden, weight, rows, tokens, temperature, entropy, slope)
    return out

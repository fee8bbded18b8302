"""A linear layer's product for a few rows on a CPU, the weights on the left.

``x @ Wᵀ`` for two to some sixty rows, as when names are written token by token, takes two to three times as
long as reading the weights does; ``(W @ xᵀ)ᵀ`` is the same sum and does not (fp32, AVX2: a token of five
painters' names in 145 ms instead of 270). Beyond that, and for a single row, there is no difference.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

FEW = 64
"""Up to so many rows a linear layer gains."""
_FEW_OF_HEAD = 256  # the head, with its tens of thousands of outputs, gains for longer


def product(x: Tensor, weight: Tensor, bias: Tensor | None = None, few: int = FEW) -> Tensor:
    """Return ``x @ weight.t() + bias``, (…, in) and (out, in) → (…, out)."""
    flat = x.reshape(-1, x.shape[-1])
    if not 1 < flat.shape[0] <= few or torch.is_grad_enabled() or not _plain(x):
        return functional.linear(x, weight, bias)
    out = torch.mm(weight, flat.t()).t().contiguous()
    if bias is not None:
        out += bias
    return out.view(*x.shape[:-1], out.shape[-1])


def logits(hidden: Tensor, head: Tensor) -> Tensor:
    """Return all tokens' scores: (…, d) hidden states, the head's (vocabulary, d) → (…, vocabulary)."""
    return product(hidden, head, few=_FEW_OF_HEAD)


def _plain(x: Tensor) -> bool:
    return x.device.type == "cpu" and x.dtype == torch.float32


class FewRows(torch.nn.Linear):
    """A linear layer that goes by :func:`product`."""

    def forward(self, input: Tensor) -> Tensor:
        """See :class:`torch.nn.Linear`."""
        return product(input, self.weight, self.bias)


def quicken(model: torch.nn.Module) -> None:
    """Let all plain linear layers of a model go by :func:`product`."""
    for module in model.modules():
        if type(module) is torch.nn.Linear:
            module.__class__ = FewRows

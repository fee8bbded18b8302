"""LoRA products as one fused step each way, with fp32 adapters beside a bf16 base.

peft casts every input to the adapter's dtype, which on a CPU doubles the time of a layer. Here the small
matrices are cast instead, and the backward pass makes only the products that LoRA needs.

:class:`Painters` is for naming with many adapters at once: the base's products are made once for all rows,
and each row gets its own painter's small ones. No painter needs a copy of the weights.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from peft.tuners.lora import Linear as PeftLinear
from torch import Tensor
from torch.nn import functional

from engine.lm.product import product


class _LoraLinear(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, x: Tensor, weight: Tensor, bias: Tensor | None, down: Tensor, up: Tensor, scale: float
    ) -> Tensor:
        flat = x.reshape(-1, x.shape[-1])
        a, b = down.to(x.dtype), (up * scale).to(x.dtype)
        inner = flat @ a.t()
        out = functional.linear(flat, weight, bias)
        out.addmm_(inner, b.t())
        ctx.save_for_backward(flat, weight, inner, a, b)
        ctx.scale = scale
        return out.view(*x.shape[:-1], out.shape[-1])

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        flat, weight, inner, a, b = ctx.saved_tensors
        g = grad.reshape(-1, grad.shape[-1])
        through = g @ b
        grad_x = None
        if ctx.needs_input_grad[0]:
            grad_x = g @ weight
            grad_x.addmm_(through, a)
            grad_x = grad_x.view(*grad.shape[:-1], flat.shape[-1])
        grad_down = (through.t() @ flat).float()
        grad_up = (g.t() @ inner).float() * ctx.scale
        return grad_x, None, None, grad_down, grad_up, None


def _simple(module: PeftLinear) -> str | None:
    """Return the one active adapter's name if the layer is plain LoRA, which is what is fused here."""
    active = [name for name in module.active_adapters if name in module.lora_A]
    if module.disable_adapters or module.merged or len(active) != 1:
        return None
    name = active[0]
    plain = (
        not getattr(module, "use_dora", {}).get(name, False)
        and not isinstance(module.lora_dropout[name], torch.nn.Dropout)
        and module.lora_A[name].bias is None
        and module.lora_B[name].bias is None
    )
    return name if plain else None


def _fused(module: PeftLinear, x: Tensor, *args: Any, **kwargs: Any) -> Tensor:
    name = _simple(module)
    if name is None or args or kwargs:
        out: Tensor = type(module).forward(module, x, *args, **kwargs)
        return out
    base = module.get_base_layer()
    down, up = module.lora_A[name].weight, module.lora_B[name].weight
    result: Tensor = _LoraLinear.apply(x, base.weight, base.bias, down, up, module.scaling[name])
    return result


@contextmanager
def fused_lora(model: torch.nn.Module) -> Iterator[None]:
    """Within this context plain LoRA layers of ``model`` take the fused path."""
    layers = [m for m in model.modules() if type(m) is PeftLinear]
    for layer in layers:
        layer.forward = _fused.__get__(layer)
    try:
        yield
    finally:
        for layer in layers:
            del layer.forward


def merge_into(target: torch.nn.Module, model: torch.nn.Module) -> None:
    """Write W + BA of every LoRA layer of ``model`` into ``target``, whose weights are its own copies.

    The pristine weights are only read, so nothing drifts however often this is done.
    """
    plain = dict(target.named_modules())
    with torch.no_grad():
        for path, module in model.named_modules():
            if type(module) is not PeftLinear:
                continue
            name = _simple(module)
            weight = plain[path.removeprefix("base_model.model.")].weight
            base = module.get_base_layer().weight
            if name is None:
                weight.copy_(base)
                continue
            down, up = module.lora_A[name].weight, module.lora_B[name].weight
            # One product that adds in fp32 and rounds once.
            torch.addmm(base, (up * module.scaling[name]).to(base.dtype), down.to(base.dtype), out=weight)


Adapter = Mapping[str, tuple[Tensor, Tensor]]
"""Layer path → (A, B), the scale already in B, on the model's device and in its dtype."""


FEW = 64
"""Up to so many rows, all painters' parts are made by two products and what is not a row's own is struck
out: on a CPU many small products take longer than a large one that is half in vain."""


@dataclass(frozen=True)
class _Stack:
    """All adapters of one layer: (R, in), (R, out), and whose each of the R ranks is."""

    down: Tensor
    up: Tensor
    owners: tuple[int, ...]


class Painters:
    """Runs one model for several painters in one pass, each on rows of its own.

    Inside :meth:`painting` a call tells how many of the next forward's packed rows belong to each painter,
    in order; it is what ``Sampler`` takes as ``rows``.

    Parameters
    ----------
    layers
        Layer path → the linear layer that the adapters sit on.
    adapters
        One for each painter; an empty one is the model itself.
    """

    def __init__(self, layers: Mapping[str, torch.nn.Linear], adapters: Sequence[Adapter]) -> None:
        self._layers, self._adapters = layers, adapters
        self._counts: Sequence[int] = ()
        self._masks: dict[tuple[int, ...], Tensor] = {}
        # One painter alone has all rows.
        self._stacks = {path: self._stack(path) for path in layers} if len(adapters) > 1 else {}

    def __call__(self, counts: Sequence[int]) -> None:
        """Set how many rows of the next forward are each painter's."""
        self._counts = counts
        self._masks = {}

    @contextmanager
    def painting(self) -> Iterator[None]:
        """Within this context the layers add each painter's part to its rows; for inference only."""
        for path, layer in self._layers.items():
            pairs = [one.get(path) for one in self._adapters]
            if any(pairs):
                stack = self._stacks.get(path)
                layer.forward = partial(self._forward, layer, pairs, stack)  # type: ignore[method-assign]
        try:
            yield
        finally:
            for layer in self._layers.values():
                layer.__dict__.pop("forward", None)

    def _stack(self, path: str) -> _Stack | None:
        found = [(place, one[path]) for place, one in enumerate(self._adapters) if path in one]
        if not found:
            return None
        owners = tuple(place for place, (down, _) in found for _ in range(down.shape[0]))
        down = torch.cat([down for _, (down, _) in found])
        up = torch.cat([up.t() for _, (_, up) in found])
        return _Stack(down, up.contiguous(), owners)

    def _mask(self, owners: tuple[int, ...], like: Tensor) -> Tensor:
        if owners not in self._masks:
            rows = torch.arange(len(self._counts)).repeat_interleave(torch.tensor(self._counts))
            self._masks[owners] = (rows[:, None] == torch.tensor(owners)).to(like)
        return self._masks[owners]

    def _forward(
        self,
        layer: torch.nn.Linear,
        pairs: Sequence[tuple[Tensor, Tensor] | None],
        stack: _Stack | None,
        x: Tensor,
    ) -> Tensor:
        out = product(x, layer.weight, layer.bias)
        if stack is not None and x.shape[1] <= FEW:
            inner = product(x[0], stack.down).mul_(self._mask(stack.owners, x))
            out[0].addmm_(inner, stack.up)
            return out
        start = 0
        for count, pair in zip(self._counts, pairs, strict=True):
            if pair is not None and count:
                down, up = pair
                rows = slice(start, start + count)
                out[0, rows].addmm_(x[0, rows] @ down.t(), up.t())
            start += count
        return out


__all__ = ["Adapter", "Painters", "fused_lora", "merge_into"]

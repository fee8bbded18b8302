"""How fast this machine multiplies: what a training's time is estimated from before there was one."""

from __future__ import annotations

import time

import torch

# A layer's shape in the embedded base, as in ``tests/bench/engine.py``.
ROWS, INNER, COLUMNS = 512, 576, 1536
_LONGEST = 0.3
_FEWEST, _MOST = 3, 30


def product_rates(device: torch.device) -> dict[str, float]:
    """Return GFLOP/s of a plain product of a layer's shape, by dtype; the best of many, as others work too.

    Takes about a third of a second; a dtype that the device cannot multiply is left out.
    """
    rates = {}
    for dtype in (torch.float32, torch.bfloat16):
        try:
            a = torch.randn(ROWS, INNER, device=device).to(dtype)
            b = torch.randn(INNER, COLUMNS, device=device).to(dtype)
            rates[str(dtype).removeprefix("torch.")] = 2e-9 * ROWS * INNER * COLUMNS / _best(a, b)
        except RuntimeError:  # not every backend has every dtype
            continue
    return rates


def _best(a: torch.Tensor, b: torch.Tensor) -> float:
    """Return the seconds of the fastest product."""
    best, began = float("inf"), time.perf_counter()
    for count in range(_MOST):
        if count >= _FEWEST and time.perf_counter() - began > _LONGEST:
            break
        _finish(a.device)
        start = time.perf_counter()
        a @ b
        _finish(a.device)
        best = min(best, time.perf_counter() - start)
    return best


def _finish(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()

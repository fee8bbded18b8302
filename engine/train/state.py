"""What a checkpoint holds: the adapter in fp32 and the optimizer's moments, as safetensors.

There is no generator to save: all randomness derives from (seed, step, purpose).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from engine.events import EvalFinished
from engine.train.painter import disk_faults, write_adapter
from engine.train.stopping import Best

MOMENTS = ("exp_avg", "exp_avg_sq", "step")


class Looking(msgspec.Struct, frozen=True):
    """When held-out colours were looked at last, and what steps said since; see :mod:`engine.train.watching`.

    Attributes
    ----------
    looked
        The step of the last look.
    recent, then
        (share of shared names, mean reward) of the last two steps, and as it was after the last look.
    owed
        Whether a look at this very step is still to be taken.
    """

    looked: int = 0
    recent: tuple[tuple[float, float], ...] = ()
    then: tuple[float, float] | None = None
    owed: bool = True


class Progress(msgspec.Struct, frozen=True):
    """What a resumed training goes on from besides weights and moments.

    Attributes
    ----------
    base, best
        The base's evaluation, and the one of the best held-out reward so far.
    healthy
        The last checkpoint that a calm evaluation vouched for, 0 for none.
    stopping
        What early stopping goes by.
    entropy_weight, entropy
        The entropy bonus's weight, and the last step's entropy that it goes by; ``None`` at first.
    looking
        What the next look at held-out colours goes by.
    """

    step: int
    rewards: tuple[float, ...] = ()
    base: EvalFinished | None = None
    best: EvalFinished | None = None
    healthy: int = 0
    stopping: Best = Best()
    entropy_weight: float = 0.0
    entropy: float | None = None
    looking: Looking = Looking()


def save(
    folder: Path,
    model: Any,
    base: str,
    weights: Sequence[Tensor],
    optimizer: torch.optim.Optimizer,
    at: Progress,
) -> None:
    """Fill a checkpoint's folder."""
    write_adapter(model, base, folder / "adapter", torch.float32)
    state = folder / "trainer_state"
    state.mkdir(parents=True)
    moments: dict[str, Tensor] = {}
    for i, weight in enumerate(weights):
        for key in MOMENTS:
            if key in optimizer.state[weight]:
                moments[f"{i}.{key}"] = optimizer.state[weight][key].detach().cpu().contiguous().clone()
    with disk_faults():
        save_file(moments, state / "optimizer.safetensors")
    (state / "progress.json").write_bytes(msgspec.json.encode(at))


def load(folder: Path, model: Any, weights: Sequence[Tensor], optimizer: torch.optim.Optimizer) -> Progress:
    """Put a checkpoint's adapter and moments back; see :func:`save`.

    Raises
    ------
    ValueError
        If the checkpoint does not fit the model: nothing is initialised silently.
    """
    at = load_weights(folder, model)
    moments = load_file(folder / "trainer_state" / "optimizer.safetensors")
    for i, weight in enumerate(weights):
        own = {key: moments[f"{i}.{key}"] for key in MOMENTS if f"{i}.{key}" in moments}
        if own:
            optimizer.state[weight] = {
                key: value if key == "step" else value.to(weight.device) for key, value in own.items()
            }
    return at


def load_weights(folder: Path, model: Any) -> Progress:
    """Put a checkpoint's adapter back and leave the optimizer as it is; see :func:`load`."""
    saved = load_file(folder / "adapter" / "adapter_model.safetensors")
    named = {name.replace(".default.", "."): p for name, p in model.named_parameters() if p.requires_grad}
    if named.keys() != saved.keys():
        raise ValueError("The checkpoint's adapter does not fit this base.")
    with torch.no_grad():
        for name, parameter in named.items():
            parameter.copy_(saved[name])
    return msgspec.json.decode((folder / "trainer_state" / "progress.json").read_bytes(), type=Progress)

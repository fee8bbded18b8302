"""Painters made of adapters that are there: two blended into one, and a stranger's taken in.

Both write a plain LoRA of our own making, so that nothing of a foreign folder but its checked numbers ever
reaches the library.

A blend is exact. Painters of one base add ``s·B·A`` to its layers, so the weighted sum of two is again of
that form: the A matrices one below the other, the B matrices side by side, each scaled by its weight. Its
rank is the sum of theirs; a smaller one is got by singular values, which keeps as much of it as that rank
can (Eckart and Young, 1936).
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

from engine.lm.load import fitting_adapter
from engine.models import BaseError
from engine.outside import UNSOUND

Pairs = Mapping[str, tuple[Tensor, Tensor]]
"""Layer path → (A, B), the scale already in B, float32."""

LARGEST = 2 << 30
_PICKLES = ("*.bin", "*.pt", "*.pth", "*.pkl", "*.ckpt")
# Settings of peft that change what the matrices mean, and that nothing here reads.
_STRANGE = {
    "use_dora": "is a DoRA",
    "rank_pattern": "gives layers ranks of their own",
    "alpha_pattern": "scales layers differently",
    "modules_to_save": "replaces whole layers",
    "layer_replication": "repeats layers",
    "trainable_token_indices": "changes the vocabulary",
    "alora_invocation_tokens": "is an activated LoRA",
    "use_qalora": "is a QA-LoRA",
    "use_bdlora": "is a block-diagonal LoRA",
    "arrow_config": "is routed between several",
    "target_parameters": "changes parameters that are no layers",
}


def blend(adapters: Sequence[Pairs], weights: Sequence[float]) -> dict[str, tuple[Tensor, Tensor]]:
    """Return the adapter whose change of each layer is the weighted sum of the others' changes.

    Parameters
    ----------
    adapters
        As :func:`engine.lm.load.fitting_adapter` returns them, for one base.
    weights
        One a piece, finite.

    Returns
    -------
    dict
        Layer path → (A, B) of rank ``r1 + r2 + …``; where a painter leaves a layer alone, zeros stand for it,
        so that all layers have the same rank.
    """
    ranks = [max(down.shape[0] for down, _ in one.values()) for one in adapters]
    blended = {}
    for path in dict.fromkeys(path for one in adapters for path in one):
        like = next(one[path] for one in adapters if path in one)
        downs, ups = [], []
        for one, weight, rank in zip(adapters, weights, ranks, strict=True):
            down, up = one.get(path, (like[0][:0], like[1][:, :0]))
            spare = rank - down.shape[0]
            downs += [down, down.new_zeros(spare, like[0].shape[1])]
            ups += [up * weight, up.new_zeros(like[1].shape[0], spare)]
        blended[path] = (torch.cat(downs), torch.cat(ups, dim=1))
    return blended


def truncate(adapter: Pairs, rank: int) -> tuple[dict[str, tuple[Tensor, Tensor]], float]:
    """Return the nearest adapter of a smaller rank, and the share of the change that it keeps.

    The change B·A is never made: with ``B = Q·R`` and ``Aᵀ = P·S`` its singular values are those of the small
    ``R·Sᵀ``. The share is that of the squared singular values, over all layers, in 0..1.
    """
    kept = whole = 0.0
    out = {}
    for path, (down, up) in adapter.items():
        left, upper = torch.linalg.qr(up)
        right, lower = torch.linalg.qr(down.t())
        u, values, v = torch.linalg.svd(upper @ lower.t(), full_matrices=False)
        most = min(rank, values.shape[0])
        root = values[:most].sqrt()
        out[path] = ((right @ v[:most].t() * root).t().contiguous(), (left @ u[:, :most]) * root)
        squares = values.double().square()
        kept, whole = kept + float(squares[:most].sum()), whole + float(squares.sum())
    return out, kept / whole if whole else 1.0


def write(adapter: Pairs, base: str, folder: Path) -> int:
    """Write an adapter as peft reads it, in a folder that may be there, and return its rank.

    Raises
    ------
    OSError
        If the folder cannot be written.
    """
    rank = max(down.shape[0] for down, _ in adapter.values())
    facts: dict[str, Any] = {
        "peft_type": "LORA",
        "task_type": "CAUSAL_LM",
        "base_model_name_or_path": base,
        "inference_mode": True,
        "r": rank,
        # The scale alpha / r is 1: it stands in B already.
        "lora_alpha": float(rank),
        "lora_dropout": 0.0,
        "bias": "none",
        "target_modules": sorted({path.rpartition(".")[2] for path in adapter}),
    }
    weights = {}
    for path, (down, up) in adapter.items():
        weights[f"base_model.model.{path}.lora_A.weight"] = down.float().cpu().contiguous()
        weights[f"base_model.model.{path}.lora_B.weight"] = up.float().cpu().contiguous()
    folder.mkdir(parents=True, exist_ok=True)
    save_file(weights, folder / "adapter_model.safetensors")
    text = json.dumps(facts, indent=2) + "\n"
    (folder / "adapter_config.json").write_text(text, encoding="utf-8")
    return rank


def blend_folders(
    model: Any, base: str, parents: Sequence[Path], weights: Sequence[float], out: Path, rank: int = 0
) -> tuple[int, float]:
    """Blend painters on disk into a new folder.

    Parameters
    ----------
    model
        What all of them sit on.
    base
        Its slug, for the folder's config.
    parents, weights
        Two or more, and as many weights.
    rank
        Of the blend; 0 is as large as it takes to be exact.

    Returns
    -------
    tuple
        The rank, and the share of the change that is kept: 1 unless the rank was cut.

    Raises
    ------
    BaseError
        If a parent does not fit the model, or the weights are none.
    """
    if len(parents) < 2 or len(parents) != len(weights):
        raise BaseError("A blend takes two painters, and a weight for each.")
    if not all(math.isfinite(weight) and weight > 0 for weight in weights):
        raise BaseError("The weights of a blend are numbers above 0.")
    adapter = blend([fitting_adapter(model, folder) for folder in parents], weights)
    kept = 1.0
    if rank and rank < max(down.shape[0] for down, _ in adapter.values()):
        adapter, kept = truncate(adapter, rank)
    return write(adapter, base, out), kept


def import_folder(model: Any, base: str, folder: Path, out: Path, primer: Path | None = None) -> int:
    """Check a foreign adapter against a base, and write what it comes to into a new folder.

    Links are not followed. Only its config and its safetensors are opened, and only numbers that were
    checked are written.

    Parameters
    ----------
    primer
        The primer that it does *not* lie on, while painters here do: it is taken off again, exactly, by a
        LoRA of as much more rank.

    Returns
    -------
    int
        Its rank.

    Raises
    ------
    BaseError
        In a sentence: no adapter, a pickle, another kind of adapter, another base, numbers that are none.
    """
    name = folder.name
    weights, config = folder / "adapter_model.safetensors", folder / "adapter_config.json"
    for path in (weights, config):
        if path.is_symlink():
            raise BaseError(
                f"{path.name} in {name} is a link, which is not followed: put the file itself there."
            )
    if not weights.is_file():
        if any(next(folder.glob(pattern), None) for pattern in _PICKLES):
            raise BaseError(
                f"The weights in {name} are a pickle, which is never opened since it can run code: save the "
                "adapter with safe_serialization=True and import that."
            )
        raise BaseError(
            f"There is no adapter_model.safetensors in {name}: choose the folder that peft saved a LoRA in."
        )
    if weights.stat().st_size > LARGEST:
        raise BaseError(f"The weights in {name} are larger than 2 GB; no painter is.")
    facts = _facts(config, name)
    for key, why in _STRANGE.items():
        if facts.get(key):
            raise BaseError(
                f"The adapter in {name} {why} ({key}), so it cannot be a painter: train a plain LoRA."
            )
    if facts.get("bias", "none") != "none" or facts.get("lora_bias"):
        raise BaseError(f"The adapter in {name} trains biases too, so it cannot be a painter.")
    _refuse_more_than_lora(weights, name)
    adapter = fitting_adapter(model, folder)
    if not any(bool(up.any()) and bool(down.any()) for down, up in adapter.values()):
        raise BaseError(f"The adapter in {name} changes nothing: it was never trained.")
    if primer is not None:
        adapter = blend([adapter, fitting_adapter(model, primer)], (1.0, -1.0))
    return write(adapter, base, out)


def _facts(path: Path, name: str) -> dict[str, Any]:
    try:
        if not path.is_file():  # what is no file, a pipe say, may never end
            raise OSError(f"{path.name} is no file")
        facts = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, *UNSOUND) as error:  # not there, not UTF-8, not JSON
        raise BaseError(
            f"The adapter_config.json in {name} cannot be read: choose the folder that peft saved."
        ) from error
    if not isinstance(facts, dict) or facts.get("peft_type") != "LORA":
        raise BaseError(f"The adapter in {name} is not a plain LoRA, so it cannot be a painter.")
    return facts


def _refuse_more_than_lora(path: Path, name: str) -> None:
    try:
        with safe_open(path, framework="pt") as file:
            keys = list(file.keys())
    except Exception as error:  # safetensors raises its own kinds for torn files
        raise BaseError(f"The weights in {name} are damaged ({error}): fetch them again.") from error
    others = [key for key in keys if not key.endswith((".lora_A.weight", ".lora_B.weight"))]
    if others:
        raise BaseError(f"The adapter in {name} holds more than a LoRA ({others[0]:.80}), so it is refused.")
    alone = [k for k in keys if ".lora_B." in k and k.replace(".lora_B.", ".lora_A.") not in keys]
    if alone:
        raise BaseError(f"The adapter in {name} is not whole: {alone[0]:.80} lacks its A matrix.")

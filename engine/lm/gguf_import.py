"""GGUF files made elsewhere, taken in as painters: a whole model, or a LoRA beside the base it was made for.

Everything that can be told without llama.cpp is checked here, since it may be off; where it is there, the
painter is opened and says a name before it counts as taken in.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import gguf
import numpy as np

from engine.lm.gguf_painter import LORA, MODEL, GgufPainter
from engine.lm.llama import is_there
from engine.models import BaseError

_MAGIC = b"GGUF"
# Bytes of a block, and where its scales (float16) lie in it; what is not here is not looked into.
_SCALES = {
    gguf.GGMLQuantizationType.Q8_0: (34, 1),
    gguf.GGMLQuantizationType.Q4_0: (18, 1),
    gguf.GGMLQuantizationType.Q4_1: (20, 2),
    gguf.GGMLQuantizationType.Q5_0: (22, 1),
    gguf.GGMLQuantizationType.Q5_1: (24, 2),
}
_TRIED = "#d48475"


class _Reader(gguf.GGUFReader):  # type: ignore[misc]
    """The library's reader, which fills the memory where a file announces more than it holds."""

    def _get(self, offset: int, dtype: Any, count: int = 1, override_order: Any = None) -> Any:
        if offset + np.dtype(dtype).itemsize * int(count) > len(self.data):
            raise ValueError("the file ends before what it announces")
        return super()._get(offset, dtype, count, override_order)


def import_gguf(path: Path, out: Path, base: Path | None = None) -> None:
    """Check a GGUF, and copy it into a new folder as a painter.

    Parameters
    ----------
    path
        A whole model, or a LoRA.
    base
        For a LoRA, the GGUF that it was made for.

    Raises
    ------
    BaseError
        In a sentence: no GGUF, torn, a part of one, no language model, another base, numbers that are none.
    LlamaError
        If llama.cpp cannot open it.
    OSError
        If it cannot be copied.
    """
    reader = _read(path)
    is_lora = _text(reader, "general.type") == "adapter"
    if is_lora:
        if base is None:
            raise BaseError(f"{path.name} is a LoRA: say which GGUF it was made for.")
        _check_lora(path.name, reader, base.name, _read(base))
    else:
        _check_model(path.name, reader)
    _check_numbers(path.name, reader)
    out.mkdir(parents=True, exist_ok=True)
    if is_lora and base is not None:
        shutil.copyfile(base, out / MODEL)
        shutil.copyfile(path, out / LORA)
    else:
        shutil.copyfile(path, out / MODEL)
    if is_there():
        GgufPainter(out, 1).write(_TRIED, 1, 0.0, 0)


def _read(path: Path) -> Any:
    try:
        with path.open("rb") as file:
            magic = file.read(len(_MAGIC))
    except OSError as error:
        raise BaseError(f"{path.name} cannot be read ({error.strerror or error}).") from error
    if magic != _MAGIC:
        raise BaseError(f"{path.name} is not a GGUF file: choose one.")
    try:
        return _Reader(path)
    except Exception as error:  # a torn file makes the reader fail in many ways
        raise BaseError(f"{path.name} is damaged or was cut short: fetch it again.") from error


def _check_model(name: str, reader: Any) -> None:
    parts = _fact(reader, "split.count")
    if isinstance(parts, int) and parts > 1:
        raise BaseError(f"{name} is one of {parts} parts: join them with llama-gguf-split --merge first.")
    if reader.get_field("tokenizer.ggml.tokens") is None or not reader.tensors:
        raise BaseError(f"{name} is no language model: it holds no vocabulary.")


def _check_lora(name: str, reader: Any, base_name: str, base: Any) -> None:
    """Check that a LoRA has whole pairs of matrices that fit its base's weights."""
    if _text(reader, "adapter.type") != "lora":
        raise BaseError(f"The adapter in {name} is not a plain LoRA, so it cannot be a painter.")
    _check_model(base_name, base)
    theirs, ours = (_text(one, "general.architecture") for one in (reader, base))
    if theirs != ours:
        raise BaseError(f"{name} was made for a base of the kind {theirs}, and {base_name} is a {ours}.")
    weights = {tensor.name: [int(n) for n in tensor.shape] for tensor in base.tensors}
    pairs = {tensor.name: [int(n) for n in tensor.shape] for tensor in reader.tensors}
    for key, shape in pairs.items():
        path, _, side = key.rpartition(".")
        if side not in ("lora_a", "lora_b"):
            raise BaseError(f"The adapter in {name} holds more than a LoRA ({key:.80}), so it is refused.")
        partner = pairs.get(f"{path}.{'lora_b' if side == 'lora_a' else 'lora_a'}")
        if partner is None:
            raise BaseError(f"The adapter in {name} is not whole: {path:.80} lacks one of its matrices.")
        down, up = (shape, partner) if side == "lora_a" else (partner, shape)
        # In a GGUF what is read along comes first: (in, rank) and (rank, out).
        if weights.get(path) != [down[0], up[1]] or down[1] != up[0]:
            raise BaseError(
                f"{name} was made for another base than {base_name}: it does not fit at {path:.80}."
            )


def _check_numbers(name: str, reader: Any) -> None:
    for tensor in reader.tensors:
        kind = tensor.tensor_type
        if kind in (gguf.GGMLQuantizationType.F32, gguf.GGMLQuantizationType.F16):
            numbers = tensor.data
        elif kind in _SCALES:
            size, count = _SCALES[kind]
            blocks = tensor.data.reshape(-1, size)[:, : 2 * count]
            numbers = np.ascontiguousarray(blocks).view(np.float16)
        else:
            continue
        if not np.isfinite(numbers).all():
            raise BaseError(f"{name} is damaged: not all of its numbers are finite, see {tensor.name}.")


def _fact(reader: Any, key: str) -> Any:
    field = reader.get_field(key)
    return None if field is None else field.contents()


def _text(reader: Any, key: str) -> str:
    return str(_fact(reader, key) or "")

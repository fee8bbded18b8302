"""Loading a base: the embedded one is converted once, a primer is merged in, device and dtype are chosen."""

from __future__ import annotations

import copy
import importlib.util
import json
import math
import os
import shutil
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor

from engine.durable import FileLock, RunBusy
from engine.lm.product import quicken
from engine.models import GGUF_NAME, Base, BaseError, embedded_gguf
from engine.task import Reply, Task, color_task

Progress = Callable[[str, float | None], None]


@dataclass
class LoadedBase:
    """A base in memory.

    Attributes
    ----------
    raw
        The pristine weights: what contrast judges read.
    primed
        With the primer merged in; a twin of ``raw`` if there is none. What does not differ is shared, so
        that a LoRA may be put on ``primed`` without ``raw`` knowing.
    task
        What it is asked.
    """

    base: Base
    raw: Any
    primed: Any
    tokenizer: Any
    device: torch.device
    dtype: torch.dtype
    task: Task = field(default_factory=color_task)

    def messages(self, given: str, phrasing: int = 0) -> list[dict[str, str]]:
        """Return the conversation that asks for a name of a colour, or of whatever the task is about."""
        return self.task.messages(given, self.base.with_reading, phrasing)

    def prompt(self, given: str) -> list[int]:
        """Return its token ids, up to where the reply begins."""
        ids: list[int] = encode_chat(self.tokenizer, self.messages(given))
        return ids

    @property
    def ends(self) -> tuple[int, ...]:
        """Token ids that end a reply."""
        ids = {self.tokenizer.eos_token_id}
        configured = getattr(self.raw.generation_config, "eos_token_id", None)
        ids.update(configured if isinstance(configured, list) else [configured])
        return tuple(sorted(i for i in ids if i is not None))

    def name_tokens(self, name: str) -> list[int]:
        """Return a name's token ids as a reply, its end included."""
        # A marker in a name is text.
        ids: list[int] = self.tokenizer.encode(name, add_special_tokens=False, split_special_tokens=True)
        return [*ids, self.tokenizer.eos_token_id]

    def read(self, tokens: Sequence[int]) -> Reply:
        """Return what a sampled reply comes to; the inverse of :meth:`name_tokens`."""
        ended = tokens[-1] in self.ends
        return self.task.reply.read(self.tokenizer.decode(tokens[:-1] if ended else tokens), ended)


def encode_chat(tokenizer: Any, turns: list[dict[str, str]]) -> list[int]:
    """Return a conversation's token ids by the model's template, or plainly if it has none."""
    if tokenizer.chat_template:
        out = tokenizer.apply_chat_template(turns, add_generation_prompt=True, return_dict=True)
        return list(out["input_ids"])
    text = "\n".join(turn["content"] for turn in turns) + "\n"
    return list(tokenizer.encode(text))


def available_devices() -> list[str]:
    """Return the devices that are there, the best first."""
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    return [name for name, ok in there.items() if ok]


def pick_device(wanted: str = "auto", place: int = 0) -> torch.device:
    """Return the device asked for, or the best that is there: CUDA, MPS, CPU.

    Parameters
    ----------
    place
        Which one of several GPUs; the first is the current one.

    Raises
    ------
    BaseError
        If the device that was asked for is not there.
    """
    there = available_devices()
    kind = there[0] if wanted == "auto" else wanted
    if kind not in there:
        raise BaseError(f"There is no {kind} device here: set device to auto or cpu.")
    return torch.device(kind, place) if kind == "cuda" and place else torch.device(kind)


def pick_dtype(device: torch.device, wanted: str = "auto") -> torch.dtype:
    """Return bfloat16 where it is fast, else float32; on a CPU that is measured, not looked up."""
    if wanted != "auto":
        return torch.bfloat16 if wanted == "bfloat16" else torch.float32
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float32
    if device.type == "mps":
        return torch.float32
    return torch.bfloat16 if _bfloat16_pays() else torch.float32


def _bfloat16_pays() -> bool:
    """Time products of a layer's shape in both dtypes, in turn; the best of many, since others work too."""
    best = dict.fromkeys((torch.bfloat16, torch.float32), math.inf)
    for _ in range(25):
        for dtype in best:
            a, b = torch.ones(256, 576, dtype=dtype), torch.ones(576, 1536, dtype=dtype)
            start = time.perf_counter()
            a @ b
            best[dtype] = min(best[dtype], time.perf_counter() - start)
    return best[torch.bfloat16] < 0.7 * best[torch.float32]


def convert_embedded(base: Base, progress: Progress) -> None:
    """Make the embedded base's transformers folder in the cache, once, whole or not at all.

    Raises
    ------
    BaseError
        If the package is missing or damaged, or the disk is full.
    """
    base.folder.parent.mkdir(parents=True, exist_ok=True)
    with closing(_wait_for_lock(base.folder.with_name(base.folder.name + ".lock"), progress)):
        if base.ready():
            return
        progress("Checking the embedded base", 0.02)
        gguf = embedded_gguf()
        progress("Converting the embedded base, once", 0.1)
        from transformers import AutoModelForCausalLM, AutoTokenizer

        source = str(gguf.parent)
        model = AutoModelForCausalLM.from_pretrained(source, gguf_file=GGUF_NAME, dtype=torch.float32)
        progress("Converting the embedded base, once", 0.7)
        tokenizer = AutoTokenizer.from_pretrained(source, gguf_file=GGUF_NAME)
        facts = model.config.to_dict()
        facts.pop("quantization_config", None)
        # A model read from a GGUF refuses to be saved; a plain one with its weights does not.
        plain = type(model)(type(model.config)(**facts))
        plain.load_state_dict(model.state_dict())
        plain.generation_config = model.generation_config
        part = base.folder.with_name(f"{base.folder.name}.{os.getpid()}.part")
        try:
            plain.to(torch.bfloat16).save_pretrained(part)
            tokenizer.save_pretrained(part)
            shutil.rmtree(base.folder, ignore_errors=True)
            part.rename(base.folder)
        except OSError as error:
            raise BaseError(
                f"The base could not be written to {base.folder.parent}: {error.strerror or error}. It needs "
                "300 MB; free some space or set PAINTER_STUDIO_CACHE to another folder."
            ) from error
        finally:
            shutil.rmtree(part, ignore_errors=True)
        progress("Converting the embedded base, once", 1.0)


def _wait_for_lock(path: Path, progress: Progress) -> FileLock:
    """Wait until no other process is converting."""
    while True:
        try:
            return FileLock(path)
        except RunBusy:
            progress("Waiting for another process that converts the base", None)
            time.sleep(0.2)


def in_four_bits(base: Base, device: torch.device, dtype: torch.dtype) -> Any:
    """Return transformers' settings for weights in 4 bits: NF4 with its constants quantized too (QLoRA).

    Raises
    ------
    BaseError
        If CUDA or bitsandbytes is missing, or the base has a primer, which 4 bits cannot take in.
    """
    if device.type != "cuda":
        raise BaseError("4-bit weights need a CUDA device, and there is none here: set quantize to none.")
    if importlib.util.find_spec("bitsandbytes") is None:
        raise BaseError(
            "4-bit weights need bitsandbytes: “pip install bitsandbytes”, or set quantize to none."
        )
    if base.primer is not None:
        raise BaseError(
            f"{base.title} has a primer, which cannot be merged into 4 bits: set quantize to none."
        )
    from transformers import BitsAndBytesConfig

    return BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=dtype,
    )


def load_base(
    base: Base,
    device: torch.device,
    dtype: torch.dtype,
    progress: Progress = lambda note, done: None,
    task: Task | None = None,
    quantize: str = "none",
) -> LoadedBase:
    """Load a base, converting the embedded one if that was not done before.

    Parameters
    ----------
    task
        What it is to be asked; the app's own by default. A primer teaches to read a colour, so that only
        tasks about colours have it.
    quantize
        ``"nf4"`` for weights in 4 bits.
    """
    task = task or color_task()
    four = {}
    if quantize == "nf4":
        # Placed while they are loaded: packed weights are not moved.
        four = {"quantization_config": in_four_bits(base, device, dtype), "device_map": {"": device}}
    if base.embedded and not base.ready():
        convert_embedded(base, progress)
    progress(f"Loading {base.title}", None)
    from transformers import AutoModelForCausalLM, AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(base.folder, trust_remote_code=False)
        raw = AutoModelForCausalLM.from_pretrained(
            base.folder, dtype=dtype, trust_remote_code=False, use_safetensors=True, **four
        )
        if not four:
            raw = raw.to(device)
    except (MemoryError, torch.OutOfMemoryError):
        raise
    except Exception as error:  # a foreign folder can make transformers raise anything
        said = str(error).strip().splitlines()
        raise BaseError(
            f"{base.title} cannot be loaded: {(said or [type(error).__name__])[0][:200]} "
            "Choose another base, or put its files there again."
        ) from error
    if tokenizer.eos_token_id is None:
        raise BaseError(f"{base.title} has no end-of-turn token, so its names would never end.")
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    tokenizer.padding_side = "left"
    raw.requires_grad_(False).eval()
    quicken(raw)
    if base.primer is not None and task.of_colors:
        primed = copy_linears(raw)
        merge_adapter(primed, base.primer)
    else:
        primed = twin(raw)
    return LoadedBase(base, raw, primed, tokenizer, device, dtype, task)


def copy_linears(model: Any) -> Any:
    """Return a copy of ``model`` with linear weights of its own; embeddings, norms and head are shared."""
    own = {id(module.weight) for module in lora_targets(model).values()}
    shared = {id(p): p for p in model.parameters() if id(p) not in own}
    return copy.deepcopy(model, shared)


def twin(model: Any) -> Any:
    """Return a second module tree on the very same tensors."""
    shared = {id(x): x for x in [*model.parameters(), *model.buffers()]}
    return copy.deepcopy(model, shared)


def lora_targets(model: Any) -> dict[str, torch.nn.Linear]:
    """Return the linear layers that a painter's LoRA sits on: all but the head."""
    head = model.get_output_embeddings()
    return {
        path: module
        for path, module in model.named_modules()
        if isinstance(module, torch.nn.Linear) and module is not head
    }


def adapter_weights(folder: Path) -> tuple[dict[str, tuple[Tensor, Tensor]], float]:
    """Read a LoRA adapter's folder: layer path → (A, B), and the scale of B·A.

    Raises
    ------
    BaseError
        If the files are missing, torn, or not a plain LoRA.
    """
    try:
        config = json.loads((folder / "adapter_config.json").read_text(encoding="utf-8"))
        weights = load_file(folder / "adapter_model.safetensors")
    except Exception as error:  # safetensors raises its own kinds for torn files
        raise BaseError(
            f"The adapter in {folder.name} cannot be read ({error}): train or import it again."
        ) from error
    facts = config if isinstance(config, dict) else {}
    rank, alpha = facts.get("r"), facts.get("lora_alpha")
    numbers = isinstance(rank, int) and 0 < rank < 1e6 and isinstance(alpha, int | float) and abs(alpha) < 1e6
    if not numbers or facts.get("peft_type") != "LORA" or facts.get("use_dora"):
        raise BaseError(f"The adapter in {folder.name} is not a plain LoRA.")
    pairs: dict[str, tuple[Tensor, Tensor]] = {}
    for key, value in weights.items():
        if key.endswith(".lora_A.weight"):
            path = key.removeprefix("base_model.model.").removesuffix(".lora_A.weight")
            partner = weights.get(key.replace(".lora_A.", ".lora_B."))
            if (
                partner is None
                or value.ndim != 2
                or partner.shape[1:] != value.shape[:1]
                or not (value.numel() and partner.numel())
            ):
                raise BaseError(
                    f"The adapter in {folder.name} is not whole: {path} lacks a B matrix that fits."
                )
            pairs[path] = (value, partner)
    if not pairs:
        raise BaseError(f"The adapter in {folder.name} holds no LoRA matrices.")
    scale = float(facts["lora_alpha"]) / (facts["r"] ** 0.5 if facts.get("use_rslora") else facts["r"])
    return pairs, float(scale)


def fitting_adapter(model: Any, folder: Path) -> dict[str, tuple[Tensor, Tensor]]:
    """Read an adapter for ``model``: layer path → (A, B), the scale in B, on its device, float32.

    Raises
    ------
    BaseError
        If it cannot be read, or was made for another base.
    """
    pairs, scale = adapter_weights(folder)
    targets = lora_targets(model)
    for path, (down, up) in pairs.items():
        fits = path in targets and targets[path].weight.shape == (up.shape[0], down.shape[1])
        if not fits:
            raise BaseError(
                f"The adapter in {folder.name} was made for another base: it does not fit at {path}."
            )
        most = abs(scale) * down.shape[0] * float(down.abs().max()) * float(up.abs().max())
        if not most < torch.finfo(torch.float32).max:  # so that NaN is refused too
            raise BaseError(
                f"The adapter in {folder.name} is damaged: not all of its numbers are finite, products "
                f"included, see {path}."
            )
    return {
        path: (down.to(model.device, torch.float32), up.to(model.device, torch.float32) * scale)
        for path, (down, up) in pairs.items()
    }


@torch.no_grad()
def merge_adapter(model: Any, folder: Path, source: Any = None) -> None:
    """Write W + BA into ``model`` for an adapter on disk, W taken from ``source`` (``model`` itself if none).

    Layers that the adapter does not touch are copied from ``source``.
    """
    pairs = fitting_adapter(model, folder)
    targets = lora_targets(model)
    origin = lora_targets(source if source is not None else model)
    for path, module in targets.items():
        weight = origin[path].weight
        if path in pairs:
            down, up = pairs[path]
            module.weight.copy_(weight.float() + up @ down)
        elif module is not origin[path]:
            module.weight.copy_(weight)

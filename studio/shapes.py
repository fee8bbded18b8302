"""A base's shape, read from its ``config.json``: how wide and deep it is, without its weights."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from engine.models import Base
from engine.outside import UNSOUND


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """What a model's time and memory follow from.

    Attributes
    ----------
    hidden, inner
        Width of a layer, and of its middle.
    layers, vocabulary
        How many.
    queries, keys
        Widths of all query heads and of all key heads together.
    with_reading, primed
        As :class:`engine.models.Base` has them.
    tied
        Whether the head is the embedding.
    """

    hidden: int
    inner: int
    layers: int
    vocabulary: int
    queries: int
    keys: int
    with_reading: bool = True
    primed: bool = False
    tied: bool = True

    @property
    def body(self) -> int:
        """Weights of all linear layers but the head."""
        attention = 2 * self.hidden * self.queries + 2 * self.hidden * self.keys
        return self.layers * (attention + 3 * self.hidden * self.inner)

    @property
    def head(self) -> int:
        """Weights of the head."""
        return self.vocabulary * self.hidden

    @property
    def parameters(self) -> int:
        """All weights."""
        return self.body + self.head * (1 if self.tied else 2)

    @property
    def edges(self) -> int:
        """Inputs and outputs of all linear layers: what a LoRA of rank 1 has weights for."""
        attention = 2 * (self.hidden + self.queries) + 2 * (self.hidden + self.keys)
        return self.layers * (attention + 3 * (self.hidden + self.inner))


_SMOLLM2 = Shape(hidden=576, inner=1536, layers=30, vocabulary=49152, queries=576, keys=192)


def shape_of(base: Base) -> Shape | None:
    """Return a base's shape; ``None`` if its ``config.json`` does not tell it. Reads a file."""
    shape: Shape | None
    if base.embedded:
        shape = _SMOLLM2  # known before it is converted
    else:
        try:
            facts = json.loads((base.folder / "config.json").read_text(encoding="utf-8"))
            shape = _read(facts.get("text_config") or facts)
        except (OSError, *UNSOUND, OverflowError, AttributeError, TypeError, KeyError, ZeroDivisionError):
            return None  # a foreign folder may hold anything; it is the training that says what is wrong
    return msgspec.structs.replace(shape, with_reading=base.with_reading, primed=base.primer is not None)


def _read(facts: dict[str, Any]) -> Shape:
    hidden, heads = int(facts["hidden_size"]), int(facts["num_attention_heads"])
    wide = int(facts.get("head_dim") or hidden // heads)
    return Shape(
        hidden=hidden,
        inner=int(facts["intermediate_size"]),
        layers=int(facts["num_hidden_layers"]),
        vocabulary=int(facts["vocab_size"]),
        queries=heads * wide,
        keys=int(facts.get("num_key_value_heads") or heads) * wide,
        tied=bool(facts.get("tie_word_embeddings", True)),
    )

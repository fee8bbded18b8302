"""Which token carries which sequences: texts with a common beginning as one batch for llama.cpp.

llama.cpp knows of *sequences*, each with an id, and a token may belong to many. So texts that begin alike
are packed as a tree: a token that several texts share is there once and carries all their ids; from where
they part, each token carries fewer, to the last, which carry one. Pure: numbers in, numbers out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

Tokens = Sequence[int]


@dataclass(frozen=True)
class Packed:
    """A batch.

    Attributes
    ----------
    tokens, positions
        One a packed row. A text's rows come in the order of its tokens.
    sequences
        For each row, the ids of the sequences that it belongs to, lowest first.
    rows
        For each text, the packed row of each of its tokens.
    """

    tokens: list[int]
    positions: list[int]
    sequences: list[list[int]]
    rows: list[list[int]]


def pack(texts: Sequence[Tokens], position: int, sequence: int) -> Packed:
    """Pack texts as a tree.

    Parameters
    ----------
    texts
        Token ids; no text may be empty.
    position
        Of each text's first token.
    sequence
        The first text's id; the others count on from it.
    """
    packed = Packed([], [], [], [])
    seen: dict[tuple[int, int], int] = {}
    for number, text in enumerate(texts):
        rows: list[int] = []
        before = -1
        for depth, token in enumerate(text):
            # A row is told by the row before it and its token: that is a path from the root.
            row = seen.setdefault((before, token), len(packed.tokens))
            if row == len(packed.tokens):
                packed.tokens.append(token)
                packed.positions.append(position + depth)
                packed.sequences.append([])
            packed.sequences[row].append(sequence + number)
            rows.append(row)
            before = row
        packed.rows.append(rows)
    return packed


def parts(texts: Sequence[Tokens], most_sequences: int, most_tokens: int) -> Iterator[list[int]]:
    """Split texts into batches that fit, those that begin alike together.

    Parameters
    ----------
    texts
        Token ids.
    most_sequences, most_tokens
        The most texts, and the most packed rows, of one batch.

    Yields
    ------
    list of int
        Indices into ``texts``. A text that is alone longer than ``most_tokens`` is in none.
    """
    part: list[int] = []
    rows = 0
    before: Tokens = ()
    for index in sorted(range(len(texts)), key=lambda i: tuple(texts[i])):
        text = texts[index]
        if len(text) > most_tokens:
            continue
        new = len(text) - (_shared(before, text) if part else 0)
        if part and (len(part) == most_sequences or rows + new > most_tokens):
            yield part
            part, rows, new = [], 0, len(text)
        part.append(index)
        rows += new
        before = text
    if part:
        yield part


def _shared(one: Tokens, other: Tokens) -> int:
    """Return how many leading tokens two texts share."""
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count

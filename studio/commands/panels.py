"""A panel from options: judges with weights, guards, gates."""

from __future__ import annotations

import contextlib

from engine.recipe import Gate, RecipeError
from studio.judges import JudgeLibrary


def split_weight(text: str) -> tuple[str, float]:
    """Read ``JUDGE[:WEIGHT]``; a colon that no number follows belongs to the judge's path."""
    reference, colon, weight = text.rpartition(":")
    if colon and reference:
        with contextlib.suppress(ValueError):
            return reference, float(weight)
    return text, 1.0


def split_gate(text: str) -> tuple[str, float]:
    """Read ``JUDGE:NUMBER``.

    Raises
    ------
    RecipeError
        If there is no number above 0 and up to 1.
    """
    reference, _, number = text.rpartition(":")
    with contextlib.suppress(ValueError):
        if reference and 0 < float(number) <= 1:
            return reference, float(number)
    raise RecipeError(f"“{text:.60}” is no gate: give a judge and a number up to 1, such as correctness:0.3.")


def gates_of(texts: list[str], library: JudgeLibrary) -> dict[str, Gate]:
    """Return gates by what the person called their judges."""
    split = [split_gate(text) for text in texts]
    return {reference: Gate(library.slug_of(reference), number) for reference, number in split}

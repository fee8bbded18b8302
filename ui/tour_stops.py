"""The six stops of the first-run tour, in the words that a newcomer reads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget


@dataclass(frozen=True)
class Stop:
    """One stop of the tour.

    Attributes
    ----------
    page
        The page that is opened for it; empty to stay.
    target
        Returns what is shown; None for nothing but the sentence.
    title, text
        What it is, and one sentence about it.
    """

    page: str
    target: Callable[[], QWidget | None]
    title: str
    text: str


def stops(
    *,
    picker: Callable[[], QWidget | None],
    chips: Callable[[], QWidget | None],
    judge: Callable[[], QWidget | None],
    recipe: Callable[[], QWidget | None],
    curve: Callable[[], QWidget | None],
    finder: Callable[[], QWidget | None],
) -> Sequence[Stop]:
    """Return the stops, given what each one shows."""
    return (
        Stop(
            "Compare",
            picker,
            "One colour",
            "Pick it here or paste it; every page works on this colour, and the whole app wears it.",
        ),
        Stop(
            "Compare",
            chips,
            "Its names",
            "Each chip is what one painter calls the colour, beside the base model that none has trained.",
        ),
        Stop(
            "Judges",
            judge,
            "A judge says what is good",
            "Write what a name should sound like and a few names you like; it scores any name at once.",
        ),
        Stop(
            "Train",
            recipe,
            "Train a painter",
            "Choose judges and a length, and a painter learns to please them on your own machine.",
        ),
        Stop(
            "Train",
            curve,
            "Watch it learn",
            "Its reward grows here, step by step, with the names that earned it; stop whenever you like.",
        ),
        Stop(
            "Compare",
            finder,
            "Find anything",
            "Ctrl+K goes to every page, judge, painter, run and word; F1 explains, and lists all keys.",
        ),
    )

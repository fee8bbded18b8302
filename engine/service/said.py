"""What the service says of names: choices, guesses token by token, pairs to pick from."""

from __future__ import annotations

import msgspec


class Choice(msgspec.Struct, frozen=True):
    """A name with the painter's probability of it (the product over its tokens, its end included).

    ``unreadable`` says why a reply is no name; only a greedy reply is told although it is none.
    """

    name: str
    probability: float
    greedy: bool = False
    unreadable: str = ""


class Guess(msgspec.Struct, frozen=True):
    """What a model might say next, and how likely; an empty text ends the name."""

    text: str
    probability: float


class TokenChance(msgspec.Struct, frozen=True, kw_only=True):
    """One token of a name.

    Attributes
    ----------
    text
        What it adds to the name, a space before it included; empty for the name's end.
    painter, base
        The probability that each gives it, after all that comes before it.
    painter_best, base_best
        What each would most like to say here, the likeliest first; the token itself may be among them.
    """

    text: str
    painter: float
    base: float
    painter_best: tuple[Guess, ...] = ()
    base_best: tuple[Guess, ...] = ()


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """Two names to choose from, and what is known so far.

    Attributes
    ----------
    left, right
        The names.
    chance
        How likely, by the picks so far, the left one is to be picked.
    accuracy
        The share of picks told right when left out, in 0..1; ``None`` while there are too few.
    best, worst
        Of the candidates, those that the picks so far speak for and against most.
    """

    left: str
    right: str
    chance: float
    accuracy: float | None = None
    best: tuple[str, ...] = ()
    worst: tuple[str, ...] = ()

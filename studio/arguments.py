"""Types of arguments that several commands take: a colour, a text, a number, each checked with a sentence.

Standard library only until one is used; see ``studio.cli``.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TypeVar

_Number = TypeVar("_Number", int, float)


def color(text: str) -> str:
    """Read a colour as ``#rrggbb``."""
    from engine.color import ColorError, parse_hex

    try:
        return parse_hex(text)
    except ColorError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def line(text: str) -> str:
    """Read a name or another text."""
    # Bytes that are not in the terminal's encoding come as half surrogates, which no file or service takes.
    try:
        text.encode()
    except UnicodeEncodeError:
        raise argparse.ArgumentTypeError("a name is text in the terminal's own encoding") from None
    return text


def number(kind: type[_Number], low: float, high: float) -> Callable[[str], _Number]:
    """Return what reads a number of a kind and range."""

    def read(text: str) -> _Number:
        try:
            value = kind(text)
        except ValueError:
            value = None
        # Written so that "nan" is refused as well.
        if value is None or not low <= value <= high:
            whole = "a whole number" if kind is int else "a number"
            raise argparse.ArgumentTypeError(f"“{text:.40}” is not {whole} from {low:g} to {high:g}")
        return value

    return read

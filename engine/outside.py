"""Reading what anyone may have written: files that are torn, hostile, or of another version of the app.

``msgspec``, ``json`` and ``tomllib`` raise a :class:`ValueError` of some kind for what is not sound, and a
:class:`RecursionError` for what is nested without end; ``UNSOUND`` is both.

A file says its ``version``; one that says none is of version 1. :func:`upgrade` takes an older one up step by
step and refuses a newer one, whose meaning cannot be guessed.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

UNSOUND = (ValueError, RecursionError)
LARGEST = 1_000_000
"""Bytes of a file that people write and read; judges have a limit of their own."""

# Control characters, line separators, what turns the text behind it about, and halves of characters.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")

Step = Callable[[dict[str, Any]], dict[str, Any]]
"""Turns the table of one version into that of the next."""


class OutsideError(ValueError):
    """A file that is not sound; says why, as the end of a sentence."""


def has_unseen(text: str) -> bool:
    """Tell whether a text holds what is obeyed instead of shown: an escape, a change of direction."""
    return _UNSEEN.search(text) is not None


def parse_toml(text: str) -> dict[str, Any]:
    """Read TOML.

    Raises
    ------
    OutsideError
        If it is none, or holds numbers or brackets without end.
    """
    try:
        data = tomllib.loads(text)
        _check_integers(data)
        return data
    except tomllib.TOMLDecodeError as error:
        raise OutsideError(f"it is not valid TOML: {error}") from error
    except UNSOUND as error:
        raise OutsideError("it is not valid TOML: a number or its nesting has no end") from error


def _check_integers(value: object) -> None:
    """Refuse integers that TOML does not know, of more than 64 bits: written in hex, Python reads any."""
    if isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            _check_integers(one)
    elif isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise ValueError(value.bit_length())


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file.

    Raises
    ------
    OSError
        If it cannot be read.
    OutsideError
        If it is larger than ``LARGEST``, or not TOML in UTF-8.
    """
    with path.open("rb") as file:
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise OutsideError("it is larger than 1 MB, which no such file is")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise OutsideError("it is not UTF-8 text") from error
    return parse_toml(text.replace("\r\n", "\n"))


def upgrade(data: dict[str, Any], steps: Sequence[Step] = ()) -> dict[str, Any]:
    """Return a file's table as the newest version has it.

    Parameters
    ----------
    data
        The table as it was read; it stays as it is.
    steps
        From version 1 to 2, from 2 to 3, and so on; the newest version is one more than there are steps.

    Raises
    ------
    OutsideError
        If it is of a newer version, or its version is none.
    """
    newest = len(steps) + 1
    version = data.get("version", 1)
    if type(version) is not int or version < 1:
        raise OutsideError("its version is no number from 1 on")
    if version > newest:
        raise OutsideError(
            f"it was written by a newer version of Painter Studio (of version {min(version, 9999)}, up to "
            f"{newest} is known): update the app"
        )
    for step in steps[version - 1 :]:
        data = step(data)
    return {**data, "version": newest}

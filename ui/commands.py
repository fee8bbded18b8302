"""What a person can do on a page, as the command palette and the sheet of keys list it.

A page that has a ``commands()`` offers them; one with ``keys`` names the keys that need no command, such as
the arrows on the colour area.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from PySide6.QtGui import QKeySequence


@dataclass(frozen=True)
class Command:
    """One thing that can be done now.

    Attributes
    ----------
    title
        What it does, as a verb: "Start training".
    call
        Does it.
    shortcut
        The keys that do the same, spelled portably (``Ctrl+Return``); the page itself listens to them.
    words
        Other words a person may look for.
    ready
        Tells whether it can be done now; what cannot is not offered by the palette.
    """

    title: str
    call: Callable[[], None]
    shortcut: str = ""
    words: str = ""
    ready: Callable[[], bool] | None = None


@runtime_checkable
class Commanding(Protocol):
    """A page that offers commands."""

    def commands(self) -> Sequence[Command]:
        """Return what can be done here."""
        ...


@runtime_checkable
class Keyed(Protocol):
    """A page some of whose parts have keys of their own: (keys, what they do)."""

    keys: Sequence[tuple[str, str]]


@runtime_checkable
class TakesBack(Protocol):
    """A page that keeps what was done on it, and can undo it."""

    def take_back(self) -> bool:
        """Undo the last thing that was done here; False when there is none."""
        ...


def commands_of(page: object) -> Sequence[Command]:
    """Return what a page offers; nothing if it offers nothing."""
    return page.commands() if isinstance(page, Commanding) else ()


def keys_of(page: object) -> Sequence[tuple[str, str]]:
    """Return the keys that a page names."""
    return page.keys if isinstance(page, Keyed) else ()


def spelled(shortcut: str) -> str:
    """Return keys as this desktop writes them: ``Ctrl+K``, ``⌘K``."""
    return QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText) or shortcut

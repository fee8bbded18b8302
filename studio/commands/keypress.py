"""What a person decides at a terminal: a key at a time where there is one, a line at a time elsewhere."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Literal, TextIO

Decision = Literal["left", "right", "skip", "end"]

_WORDS: dict[str, Decision] = {
    "1": "left",
    "2": "right",
    "s": "skip",
    "q": "end",
    "\x1b[D": "left",
    "\x1b[C": "right",
    "\x1b[A": "skip",
    # The same keys where a terminal is in application mode.
    "\x1bOD": "left",
    "\x1bOC": "right",
    "\x1bOA": "skip",
    "\x1b": "end",
    "\x04": "end",
}


class Decisions:
    """Reads one decision after another.

    Parameters
    ----------
    stdin
        Where from; keys if it is a terminal.
    """

    def __init__(self, stdin: TextIO) -> None:
        self._stdin = stdin
        self.keys = stdin.isatty()

    def next(self) -> Decision:
        """Return the next decision; anything that is none is passed over, and the end is ``end``."""
        try:
            for said in self._keys() if self.keys else self._lines():
                if said in _WORDS:
                    return _WORDS[said]
        except OSError:
            pass  # the terminal is gone, which is an end as well
        return "end"

    def _lines(self) -> Iterator[str]:
        while line := self._stdin.readline():
            yield line.strip().lower()

    def _keys(self) -> Iterator[str]:
        if sys.platform == "win32":
            yield from _windows_keys()
        else:
            with _single_keys(self._stdin.fileno()) as descriptor:
                # An arrow's three bytes come together.
                while data := os.read(descriptor, 16):
                    said = data.decode("ascii", "replace")
                    yield said if said.startswith("\x1b") else said.lower()


if sys.platform == "win32":
    import msvcrt

    _ARROWS = {"K": "\x1b[D", "M": "\x1b[C", "H": "\x1b[A"}

    def _windows_keys() -> Iterator[str]:
        while True:
            key = msvcrt.getwch()
            if key == "\x03":
                raise KeyboardInterrupt
            yield _ARROWS.get(msvcrt.getwch(), "") if key in ("\x00", "\xe0") else key.lower()

else:
    import termios
    import tty

    @contextmanager
    def _single_keys(descriptor: int) -> Iterator[int]:
        try:
            before = termios.tcgetattr(descriptor)
        except termios.error as error:
            raise OSError(*error.args) from error  # which it is, by another name
        try:
            # Keys come at once and unseen; Ctrl-C goes on meaning what it means.
            tty.setcbreak(descriptor, termios.TCSADRAIN)
            yield descriptor
        finally:
            with suppress(termios.error):  # the terminal is gone
                termios.tcsetattr(descriptor, termios.TCSADRAIN, before)

"""What every command is handed: the person's folders, and the commands of the child processes.

Standard library only; see ``studio.cli``.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # its import would make `--help` wait
    from engine.rundir import RunFolder


# What a terminal obeys instead of showing, and what turns text about: control characters but for line
# breaks and tabs, separators, directional marks, and bytes that were no text.
_COMMANDS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)


class CommandError(Exception):
    """Why a command failed, in a sentence for people; the exit status is 1."""


@dataclass(frozen=True)
class Desk:
    """Where a command finds things.

    Attributes
    ----------
    python
        The interpreter for child processes.
    service, training, export
        The whole commands of the naming service, of a training and of an export instead, for tests.
    """

    python: str = sys.executable
    service: Sequence[str] | None = None
    training: Callable[[RunFolder], list[str]] | None = None
    export: Sequence[str] | None = None

    @property
    def home(self) -> Path:
        """The folder of what is the user's."""
        from engine import places

        return places.home()


def printable(text: str) -> str:
    """Return text with what a terminal would obey written out: names and files may come from anywhere."""
    return _COMMANDS.sub(lambda match: f"\\u{ord(match.group()):04x}", text)


def print_json(document: dict[str, Any]) -> None:
    """Print the one JSON document of a command. Non-ASCII stays readable; NaN is never written.

    What a terminal would obey is escaped, which JSON means the same by.
    """
    import json

    readable = (sys.stdout.encoding or "").lower().startswith("utf")
    print(printable(json.dumps(document, ensure_ascii=not readable, allow_nan=False, indent=2)))


def print_table(
    headings: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    right: Container[str] = (),
    bold: Container[int] = (),
) -> None:
    """Print rows under headings; cells are text, never markup.

    Parameters
    ----------
    right
        Those headings whose columns are numbers.
    bold
        The numbers of the rows that stand out, counted from 0.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    shown = Table(box=None, pad_edge=False, header_style="dim")
    for heading in headings:
        shown.add_column(heading, justify="right" if heading in right else "left")
    for number, row in enumerate(rows):
        shown.add_row(*(Text(printable(cell)) for cell in row), style="bold" if number in bold else "")
    # Piped, the table is as wide as it needs to be: nothing is cut or wrapped for a terminal's sake.
    console = Console() if sys.stdout.isatty() else Console(width=10_000)
    console.print(shown)

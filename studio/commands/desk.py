"""What every command is handed: the person's folders, and the commands of the child processes.

Standard library only; see ``studio.cli``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # its import would make `--help` wait
    from engine.rundir import RunFolder


class CommandError(Exception):
    """Why a command failed, in a sentence for people; the exit status is 1."""


@dataclass(frozen=True)
class Desk:
    """Where a command finds things.

    Attributes
    ----------
    python
        The interpreter for child processes.
    service, training
        The whole commands of the naming service and of a training instead, for tests.
    """

    python: str = sys.executable
    service: Sequence[str] | None = None
    training: Callable[[RunFolder], list[str]] | None = None

    @property
    def home(self) -> Path:
        """The folder of what is the user's."""
        from engine import places

        return places.home()


def print_json(document: dict[str, Any]) -> None:
    """Print the one JSON document of a command. Non-ASCII stays readable; NaN is never written."""
    import json

    print(json.dumps(document, ensure_ascii=False, allow_nan=False, indent=2))

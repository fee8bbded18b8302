"""What the window works with that lies outside it: tests hand in their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from engine import places
from engine.export.order import Order
from engine.service.protocol import Reply
from studio.exporting import Export
from studio.judges import JudgeLibrary
from studio.painters import PainterLibrary
from studio.service_client import ServiceClient
from studio.supervisor import Supervisor
from ui.bridge import Client
from ui.exporting import Job
from ui.file_dialogs import FileDialogs


@dataclass(frozen=True)
class Makers:
    """What the window works with that lies outside it; tests hand in their own.

    Attributes
    ----------
    home
        The folder of what is the user's.
    connect
        Makes the naming service's client, given what to call with each reply.
    supervisor
        Starts and watches trainings.
    painters, judges
        The libraries.
    dialogs
        Asks for files.
    export
        Makes the job that does an export.
    """

    home: Path
    connect: Callable[[Callable[[Reply], None]], Client]
    supervisor: Supervisor
    painters: PainterLibrary
    judges: JudgeLibrary
    dialogs: FileDialogs = field(default_factory=FileDialogs)
    export: Callable[[Order], Job] = Export

    @classmethod
    def usual(cls) -> Makers:
        """Return those of the app itself."""
        home = places.home()
        return cls(home, ServiceClient, Supervisor(), PainterLibrary(home), JudgeLibrary(home))

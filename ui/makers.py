"""What the window works with that lies outside it: tests hand in their own."""

from __future__ import annotations

import sys
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


def teacher(on_reply: Callable[[Reply], None]) -> ServiceClient:
    """Return the client of a second child that can train as well: the lesson's. Nothing is started yet."""
    command = [sys.executable, "-m", "engine.service", "--trains"]
    return ServiceClient(on_reply, command=command, log=places.home() / "logs" / "teacher.log")


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
    teach
        Makes the client of the lesson's teacher; see ``ui.lesson.desk``.
    """

    home: Path
    connect: Callable[[Callable[[Reply], None]], Client]
    supervisor: Supervisor
    painters: PainterLibrary
    judges: JudgeLibrary
    dialogs: FileDialogs = field(default_factory=FileDialogs)
    export: Callable[[Order], Job] = Export
    teach: Callable[[Callable[[Reply], None]], Client] = teacher

    @classmethod
    def usual(cls) -> Makers:
        """Return those of the app itself."""
        home = places.home()
        return cls(home, ServiceClient, Supervisor(), PainterLibrary(home), JudgeLibrary(home))

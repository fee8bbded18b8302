"""Exports on a thread of their own, told on Qt's: each waits for a child process until that is done."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, Qt, Signal

from engine.export.order import Exported, Order
from engine.service.protocol import Progress
from studio.exporting import ExportStopped
from studio.painters import PainterError


class Job(Protocol):
    """What is needed of ``studio.exporting.Export``."""

    def run(self, tell: Callable[[Progress], None]) -> Exported:
        """Do it, and wait for its end."""
        ...

    def stop(self) -> None:
        """Call it off."""


class Exporter(QObject):
    """Does one export at a time.

    Parameters
    ----------
    make
        Makes the job of an order.

    Attributes
    ----------
    moved
        It goes on; carries ``Progress``.
    done
        It is in its place; carries ``Exported``.
    failed
        There is none; carries a sentence, empty where it was stopped.
    """

    moved = Signal(Progress)
    done = Signal(Exported)
    failed = Signal(str)

    _told = Signal(object)

    def __init__(self, make: Callable[[Order], Job], parent: QObject) -> None:
        super().__init__(parent)
        self._make = make
        self._job: Job | None = None
        self._told.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    @property
    def busy(self) -> bool:
        """Whether an export is under way."""
        return self._job is not None

    def start(self, order: Order) -> None:
        """Begin; one that is under way goes on, and nothing else happens."""
        if self.busy:
            return
        job = self._job = self._make(order)

        def work() -> None:
            told: Exported | Exception
            try:
                told = job.run(self._told.emit)
            except (PainterError, ExportStopped, OSError) as error:
                told = error
            self._told.emit(told)

        threading.Thread(target=work, name="export", daemon=True).start()

    def stop(self) -> None:
        """Call off what is under way."""
        if self._job is not None:
            self._job.stop()

    def _deliver(self, told: Progress | Exported | Exception) -> None:
        if isinstance(told, Progress):
            self.moved.emit(told)
            return
        self._job = None
        if isinstance(told, Exported):
            self.done.emit(told)
        else:
            self.failed.emit("" if isinstance(told, ExportStopped) else str(told))

"""Asks the naming service about many colours, one after another, and keeps what it said.

One request is under way at a time: what a person does meanwhile, such as picking another colour, waits for
no more than one colour's names.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal

from engine.service.protocol import Done, Failed, Named, PainterRef, Progress, Ready
from studio.views.palette import Cell, Pace, cell, missing, pace, upcoming
from ui.bridge import Service

_SILENT = Cell(note="This painter gave no name; try again.")


class Naming(QObject):
    """The names of a palette's colours, as they come.

    Parameters
    ----------
    service
        Who names.
    order
        Returns the colours there are, those first that should be named first.

    Attributes
    ----------
    named
        Names of a colour have come; carries ``#rrggbb``.
    moved
        It began, went on, came to its end, or failed.
    """

    named = Signal(str)
    moved = Signal()

    def __init__(
        self, service: Service, order: Callable[[], Sequence[str]], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._service, self._order = service, order
        self.book: dict[tuple[str, PainterRef], Cell] = {}
        self.painters: tuple[PainterRef, ...] = ()
        self._labels: dict[str, str] = {}
        self.going = False
        self.fault = ""
        self.note = ""
        self._request = 0
        self._color = ""
        self._asked: tuple[PainterRef, ...] = ()
        self._began = 0.0
        self._answered = 0
        service.named.connect(self._take)
        service.done.connect(self._done)
        service.failed.connect(self._failed)
        service.progress.connect(self._progress)
        service.ready.connect(self._ready)

    @property
    def pace(self) -> Pace:
        """How far it has come."""
        seconds = time.monotonic() - self._began if self.going else 0.0
        return pace(self._order(), self.painters, self.book, self._answered, seconds)

    @property
    def complete(self) -> bool:
        """Whether every colour has been named by every painter."""
        return not upcoming(self._order(), self.painters, self.book)

    def name(self, color: str, ref: PainterRef) -> str:
        """Return a name, or ``""`` while there is none."""
        found = self.book.get((color, ref))
        return found.name if found else ""

    def set_painters(self, painters: Sequence[tuple[PainterRef, str]]) -> None:
        """Say who names, and what they are called."""
        self.painters = tuple(ref for ref, _ in painters)
        self._labels = {ref.slug: label for ref, label in painters}

    def go(self) -> None:
        """Ask for what is missing, until all is there; does nothing while it is under way."""
        if self.going:
            return
        self.fault = ""
        self._began, self._answered = time.monotonic(), 0
        self.going = True
        self._next()

    def stop(self) -> None:
        """Ask no more; what was asked last is taken back."""
        request, self._request = self._request, 0
        self._service.cancel(request)
        if self.going:
            self.going = False
            self.moved.emit()

    def _next(self) -> None:
        self._color = upcoming(self._order(), self.painters, self.book)
        self._asked = missing(self._color, self.painters, self.book)
        self.going = bool(self._color)
        self._request = self._service.name(self._color, self._asked) if self._color else 0
        self.moved.emit()

    def _take(self, reply: Named) -> None:
        if reply.id != self._request:
            return
        for ref in self._asked:
            if ref.slug == reply.painter:
                self.book[reply.color, ref] = cell(reply, self._labels.get(ref.slug, ref.slug))
        self.named.emit(reply.color)

    def _done(self, reply: Done) -> None:
        if reply.id != self._request:
            return
        for ref in missing(self._color, self._asked, self.book):
            self.book[self._color, ref] = _SILENT
        self.named.emit(self._color)
        self._answered += 1
        self.note = ""
        self._next()

    def _failed(self, reply: Failed) -> None:
        if not self.going or reply.id not in (0, self._request):
            return
        self._request, self.going = 0, False
        self.fault = reply.reason
        self.moved.emit()

    def _progress(self, reply: Progress) -> None:
        if self.going and reply.id in (0, self._request):
            self.note = reply.note
            self.moved.emit()

    def _ready(self, reply: Ready) -> None:
        self.note = ""
        if self.fault:
            # It was started again: what it owed is asked for once more.
            self.go()

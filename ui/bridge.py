"""Between the naming service and the pages: its replies, from a thread of its client, as typed Qt signals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from PySide6.QtCore import QObject, Qt, Signal

from engine.judges.spec import JudgeSpec
from engine.service.protocol import (
    Describe,
    Described,
    Done,
    Failed,
    Name,
    Named,
    PainterRef,
    Progress,
    Ready,
    Reply,
    Request,
    Score,
    Scored,
    Tried,
    Try,
)


class Client(Protocol):
    """What the bridge needs of ``studio.service_client.ServiceClient``."""

    def start(self) -> None:
        """Start the child, so that it is warm."""

    def send(self, request: Request) -> int:
        """Send a request and return its id."""
        ...

    def cancel(self, request_id: int) -> None:
        """Drop a request."""

    def close(self) -> None:
        """End the child."""


class Service(QObject):
    """The naming service as the pages see it.

    Parameters
    ----------
    connect
        Makes the client, given what to call with each reply; that may happen on any thread.

    Attributes
    ----------
    ready
        The base is loaded.
    progress
        Long work goes on: a request's, or (id 0) loading.
    named, scored, tried, facts, done, failed
        The protocol's replies; see ``engine.service.protocol``.
    """

    ready = Signal(Ready)
    progress = Signal(Progress)
    named = Signal(Named)
    scored = Signal(Scored)
    tried = Signal(Tried)
    facts = Signal(Described)
    done = Signal(Done)
    failed = Signal(Failed)

    _arrived = Signal(object)

    def __init__(
        self, connect: Callable[[Callable[[Reply], None]], Client], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._closed = False
        self.described: Ready | None = None
        # Queued, whichever thread it comes from: a reply is never sorted before `send` has returned its id.
        self._arrived.connect(self._sort, Qt.ConnectionType.QueuedConnection)
        self._client = connect(self._receive)

    def start(self) -> None:
        """Start the service now, before it is needed."""
        self._client.start()

    def name(self, color: str, painters: Sequence[PainterRef], samples: int = 0, seed: int = 0) -> int:
        """Ask for names of a colour; returns the id that the replies carry."""
        return self._client.send(Name(color=color, painters=tuple(painters), samples=samples, seed=seed))

    def score(self, color: str, names: Sequence[str], judge: JudgeSpec) -> int:
        """Ask a judge, saved or not, about names for a colour; returns the id that the replies carry."""
        return self._client.send(Score(color=color, names=tuple(names), judge=judge))

    def try_model(self, judge: JudgeSpec) -> int:
        """Ask that a judge's model be tried on labelled names; returns the id that the replies carry."""
        return self._client.send(Try(judge=judge))

    def describe(self) -> int:
        """Ask what the service runs on; returns the id that the replies carry."""
        return self._client.send(Describe())

    def cancel(self, request: int) -> None:
        """Drop a request, if it is not done; 0 is none."""
        if request and not self._closed:
            self._client.cancel(request)

    def close(self) -> None:
        """End the service and tell of nothing more."""
        self._closed = True
        self._client.close()

    def _receive(self, reply: Reply) -> None:
        if not self._closed:
            self._arrived.emit(reply)

    def _sort(self, reply: Reply) -> None:
        if self._closed:
            return
        match reply:
            case Ready():
                self.described = reply
                self.ready.emit(reply)
            case Progress():
                self.progress.emit(reply)
            case Named():
                self.named.emit(reply)
            case Scored():
                self.scored.emit(reply)
            case Tried():
                self.tried.emit(reply)
            case Described():
                self.facts.emit(reply)
            case Done():
                self.done.emit(reply)
            case Failed():
                self.failed.emit(reply)

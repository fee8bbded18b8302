"""Between the naming service and the pages: its replies, from a thread of its client, as typed Qt signals."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from PySide6.QtCore import QObject, Qt, Signal

from engine.judges.spec import JudgeSpec
from engine.service.protocol import (
    Ask,
    Asked,
    Blend,
    Describe,
    Described,
    Done,
    Explain,
    Explained,
    Failed,
    Hack,
    Hacked,
    Like,
    Likes,
    Name,
    NameAll,
    Named,
    NamedAll,
    PainterRef,
    Progress,
    Ready,
    Reply,
    Report,
    Request,
    Score,
    Scored,
    StepTaken,
    Surveyed,
    TakeIn,
    TakeStep,
    Tried,
    Try,
    Written,
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

    def use(self, base: str, device: str = "auto") -> None:
        """Go on with another base or device."""

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
    named, named_all, explained, scored, asked, likes, hacked, tried, surveyed, written, facts, step_taken,
    done, failed
        The protocol's replies; see ``engine.service.protocol``.
    """

    ready = Signal(Ready)
    progress = Signal(Progress)
    named = Signal(Named)
    named_all = Signal(NamedAll)
    explained = Signal(Explained)
    scored = Signal(Scored)
    surveyed = Signal(Surveyed)
    written = Signal(Written)
    asked = Signal(Asked)
    likes = Signal(Likes)
    hacked = Signal(Hacked)
    tried = Signal(Tried)
    facts = Signal(Described)
    step_taken = Signal(StepTaken)
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

    def name_all(self, colors: Sequence[str], painter: PainterRef) -> int:
        """Ask for one painter's greedy names of many colours; returns the id that the replies carry."""
        return self._client.send(NameAll(colors=tuple(colors), painter=painter))

    def explain(self, color: str, name: str, painter: PainterRef) -> int:
        """Ask how likely a painter and the base are to say a name; returns the id that the reply carries."""
        return self._client.send(Explain(color=color, name=name, painter=painter))

    def score(self, color: str, names: Sequence[str], judge: JudgeSpec) -> int:
        """Ask a judge, saved or not, about names for a colour; returns the id that the replies carry."""
        return self._client.send(Score(color=color, names=tuple(names), judge=judge))

    def report(self, request: Report) -> int:
        """Ask for a report on painters; returns the id that the replies carry."""
        return self._client.send(request)

    def make(self, request: Blend | TakeIn) -> int:
        """Ask for a painter's adapter to be written; returns the id that the reply carries."""
        return self._client.send(request)

    def use(self, base: str, device: str) -> None:
        """Go on with another base or device; what runs is started anew, and ``ready`` follows."""
        self._client.use(base, device)

    def pair(self, question: Ask) -> int:
        """Ask for the next two names to pick from; returns the id that the replies carry."""
        return self._client.send(question)

    def like(self, judge: JudgeSpec, rated: Mapping[str, float]) -> int:
        """Ask what a judge really likes; ``rated`` are names as the person rated them."""
        return self._client.send(Like(judge=judge, rated=dict(rated)))

    def hack(self, judge: JudgeSpec, names: Sequence[str] = (), *, search: bool = False) -> int:
        """Ask what names, said to every colour, earn by a judge, and for better ones if it is a search."""
        return self._client.send(Hack(judge=judge, names=tuple(names), search=search))

    def try_model(self, judge: JudgeSpec) -> int:
        """Ask that a judge's model be tried on labelled names; returns the id that the replies carry."""
        return self._client.send(Try(judge=judge))

    def describe(self) -> int:
        """Ask what the service runs on; returns the id that the replies carry."""
        return self._client.send(Describe())

    def take_step(self, question: TakeStep) -> int:
        """Ask for the lesson's one real training step; returns the id that the reply carries."""
        return self._client.send(question)

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
            case NamedAll():
                self.named_all.emit(reply)
            case Explained():
                self.explained.emit(reply)
            case Scored():
                self.scored.emit(reply)
            case Surveyed():
                self.surveyed.emit(reply)
            case Written():
                self.written.emit(reply)
            case Asked():
                self.asked.emit(reply)
            case Likes():
                self.likes.emit(reply)
            case Hacked():
                self.hacked.emit(reply)
            case Tried():
                self.tried.emit(reply)
            case Described():
                self.facts.emit(reply)
            case StepTaken():
                self.step_taken.emit(reply)
            case Done():
                self.done.emit(reply)
            case Failed():
                self.failed.emit(reply)

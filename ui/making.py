"""New painters and new figures by way of the naming service: blends, imports, and reports on one painter."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from engine.reports import Survey
from engine.service.protocol import Done, Failed, Progress, Reply, Surveyed, Written
from studio.blending import Making
from studio.keeping import PainterKeeper
from studio.painters import PainterCard
from studio.reports import Measure
from ui.background import Background
from ui.bridge import Service


class Workshop(QObject):
    """Makes one painter at a time, and gives it its place.

    Attributes
    ----------
    made
        The painter is there; carries its card.
    failed
        It was not made; carries a sentence.
    """

    made = Signal(PainterCard)
    failed = Signal(str)

    def __init__(
        self, service: Service, keeper: PainterKeeper, background: Background, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._service, self._keeper, self._background = service, keeper, background
        self._making: Making | None = None
        self._request = 0
        self._rank = 0
        for signal in (service.written, service.done, service.failed):
            signal.connect(self._replied)

    @property
    def busy(self) -> bool:
        """Whether a painter is being made."""
        return self._making is not None

    def make(self, plan: Callable[[Path], Making]) -> None:
        """Make what ``plan`` says, given the folder to write into; it is called off Qt's thread."""
        if self.busy:
            self.failed.emit("Another painter is being made; wait until it is there.")
            return

        def prepare() -> Making:
            room = self._keeper.room()
            making = plan(room)
            room.parent.mkdir(parents=True, exist_ok=True)
            return making

        self._background.run(prepare, self._ask, lambda error: self._fail(str(error)))

    def _ask(self, making: Making) -> None:
        self._making, self._rank = making, 0
        self._request = self._service.make(making.request)

    def _replied(self, reply: Reply) -> None:
        making = self._making
        if making is None or reply.id != self._request:
            return
        if isinstance(reply, Written):
            self._rank = reply.rank
        elif isinstance(reply, Failed):
            self._end(making)
            self.failed.emit(reply.reason)
        elif isinstance(reply, Done):
            facts: dict[str, Any] = {**making.facts, "rank": self._rank}
            self._making = None
            self._background.run(
                lambda: self._keeper.adopt(Path(making.request.out), facts),
                self.made.emit,
                lambda error: self._fail(str(error)),
            )

    def _end(self, making: Making) -> None:
        self._making = None
        room = Path(making.request.out)
        self._background.run(
            lambda: shutil.rmtree(room, ignore_errors=True), lambda _: None, lambda error: None
        )

    def _fail(self, sentence: str) -> None:
        self._making = None
        self.failed.emit(sentence)


class Gauge(QObject):
    """Measures one painter at a time.

    Attributes
    ----------
    moved
        It goes on: the share that is done, and words with the time left.
    measured
        The figures are there; carries the painter's slug and its card's table.
    ended
        It is over, well or not; carries a sentence, empty where it was stopped or all is well.
    """

    moved = Signal(float, str)
    measured = Signal(str, object)
    ended = Signal(str)

    def __init__(self, service: Service, parent: QObject) -> None:
        super().__init__(parent)
        self._service = service
        self._asked: Measure | None = None
        self._request = 0
        self._surveys: list[Survey] = []
        self._since = 0.0
        for signal in (service.progress, service.surveyed, service.done, service.failed):
            signal.connect(self._replied)

    @property
    def slug(self) -> str:
        """Who is being measured; empty for nobody."""
        return self._asked.slug if self._asked is not None else ""

    def measure(self, asked: Measure) -> None:
        """Begin; what was being measured is dropped."""
        self.stop()
        self._asked, self._surveys, self._since = asked, [], time.monotonic()
        self._request = self._service.report(asked.request)
        self.moved.emit(0.0, "Getting ready to measure…")

    def stop(self) -> None:
        """Drop what is being measured."""
        if self._asked is not None:
            self._service.cancel(self._request)
            self._asked = None
            self.ended.emit("")

    def _replied(self, reply: Reply) -> None:
        asked = self._asked
        if asked is None or reply.id != self._request:
            return
        if isinstance(reply, Progress):
            done = reply.done or 0.0
            left = (time.monotonic() - self._since) * (1 - done) / done if done > 0.1 else 0.0
            words = f"{done:.0%} measured" + (f", about {max(round(left), 1)} s left" if left else "")
            self.moved.emit(done, words)
        elif isinstance(reply, Surveyed):
            self._surveys.append(reply.survey)
        elif isinstance(reply, Failed):
            self._asked = None
            self.ended.emit("" if reply.cancelled else reply.reason)
        elif isinstance(reply, Done):
            self._asked = None
            figures = asked.figures(self._surveys)
            if figures is not None:
                self.measured.emit(asked.slug, figures)
            self.ended.emit("" if figures is not None else "The service told too little; measure again.")

"""Between the lesson and the two children that make it real: the teacher, and the naming service.

The teacher is the naming service's program in a second process, which has the trainer loaded as well. It is
started when the lesson is first seen, and ended when it has not been seen for a while: it holds the base.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
from PySide6.QtCore import QObject, QTimer, Signal

from engine.models import BaseError, find_base
from engine.recipe import EMBEDDED_BASE
from engine.service.protocol import PainterRef, Reply
from studio import recording
from studio.judges import JudgeEntry
from studio.painters import PainterCard
from studio.recording import RecordingError
from studio.settings import Settings
from studio.views import lesson
from studio.views.lesson import BASE, CURED, GROUPS, HOUSE, LessonView, Setup, can_teach
from ui.background import Background
from ui.bridge import Client, Service

REST = 120_000
"""Milliseconds unseen after which the teacher is ended."""
FIRST = "poet"


class LessonDesk(QObject):
    """The lesson as it stands, and all that can be asked for it.

    Parameters
    ----------
    connect
        Makes the teacher's client, given what to call with each reply.
    service
        The naming service, for the house painters.
    settings
        The colour to begin with, and the base and device that the teacher loads.
    background
        Where a teacher is ended, which takes its time.

    Attributes
    ----------
    changed
        There is news; see :attr:`view`.
    """

    changed = Signal()

    def __init__(
        self,
        connect: Callable[[Callable[[Reply], None]], Client],
        service: Service,
        settings: Settings,
        background: Background,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._connect, self._service, self._background = connect, service, background
        self._base: str = settings.base
        self._device: str = settings.device
        self._teacher: Service | None = None
        self._judges: dict[str, JudgeEntry] = {}
        self._cards: dict[str, PainterCard] = {}
        self._color = settings.color
        self._seen = False
        self.view: LessonView | None = None
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST)
        self._rest.timeout.connect(self._end_teacher)
        for signal in (service.named, service.named_all, service.done, service.failed):
            signal.connect(self._named)

    @property
    def judges(self) -> list[JudgeEntry]:
        """The judges at hand."""
        return list(self._judges.values())

    def show_judges(self, entries: Sequence[JudgeEntry]) -> None:
        """Take the judges that there are; the first time, the lesson can begin."""
        self._judges = {entry.slug: entry for entry in entries}
        if self.view is None:
            self._begin_first()
        self.changed.emit()

    def show_painters(self, cards: Sequence[PainterCard]) -> None:
        """Take the painters that there are."""
        self._cards = {card.slug: card for card in cards if not card.error}
        self._remember_poet()
        if self.view is not None and self.view.taken is not None and not self.view.painters:
            self._ask_painters()

    def use(self, base: str, device: str) -> None:
        """Go on with another base or device; what was learned on the old one is void."""
        if (base, device) == (self._base, self._device):
            return
        self._base, self._device = base, device
        self._end_teacher()
        if self.view is not None:
            self.restart(self.view.setup.color, self.view.setup.judge, self.view.setup.group)

    def seen(self) -> None:
        """Say that the lesson is looked at: what it needs is fetched now."""
        self._seen = True
        self._rest.stop()
        if self._teacher is None:
            self._teacher = Service(self._connect, self)
            teacher = self._teacher
            for signal in (teacher.ready, teacher.progress, teacher.step_taken, teacher.failed):
                signal.connect(self._taught)
            if self._base or self._device != "auto":
                teacher.use(self._base, self._device)
            teacher.start()
        self._ask()

    def unseen(self) -> None:
        """Say that the lesson is not looked at; after a while the teacher goes."""
        self._seen = False
        if self._teacher is not None:
            self._rest.start()

    def restart(self, color: str, judge: str, group: int, *, seed: int = 0) -> None:
        """Begin again with another colour, judge, group, or other dice."""
        entry = self._judges.get(judge)
        if self.view is None or entry is None or entry.spec is None:
            return
        setup = Setup(
            color=color, judge=judge, spec=entry.spec, group=group, seed=seed, with_reading=self._reads()
        )
        if self._teacher is not None:
            self._teacher.cancel(self.view.request)
        for number in self.view.asked:
            self._service.cancel(number)
        self.view = lesson.restart(self.view, setup)
        self.changed.emit()
        if self._seen:
            self._ask()

    def again(self) -> None:
        """Try once more what failed."""
        if self.view is not None:
            setup = self.view.setup
            self.restart(setup.color, setup.judge, setup.group, seed=setup.seed)

    def close(self) -> None:
        """End the teacher."""
        self._rest.stop()
        if self._teacher is not None:
            self._teacher.close()
            self._teacher = None

    def _begin_first(self) -> None:
        able = [e for e in self._judges.values() if e.spec is not None and can_teach(e.spec)]
        entry = next((e for e in able if e.slug == FIRST), able[0] if able else None)
        if entry is None or entry.spec is None:
            return
        setup = Setup(
            color=self._color, judge=entry.slug, spec=entry.spec, group=GROUPS[1], with_reading=self._reads()
        )
        self.view = LessonView(setup=setup, recording=_recorded())
        self._remember_poet()
        if self._seen:
            self._ask()

    def _reads(self) -> bool:
        try:
            return find_base(self._base or EMBEDDED_BASE).with_reading
        except BaseError:
            return True  # the teacher will say what is wrong with it

    def _remember_poet(self) -> None:
        card = self._cards.get(FIRST)
        if self.view is not None and self.view.recording is None and card is not None:
            self.view = msgspec.structs.replace(self.view, recording=recording.of_card(card))
            self.changed.emit()

    def _ask(self) -> None:
        if self.view is None or self._teacher is None or self.view.request or self.view.taken is not None:
            return
        request = self._teacher.take_step(lesson.question(self.view.setup))
        self.view = msgspec.structs.replace(self.view, request=request)

    def _end_teacher(self) -> None:
        teacher, self._teacher = self._teacher, None
        if teacher is not None:
            self._background.run(teacher.close, lambda _: teacher.deleteLater(), lambda error: None)
        if self.view is not None and self.view.taken is None:
            self.view = msgspec.structs.replace(self.view, request=0)

    def _taught(self, reply: Reply) -> None:
        if self.view is None:
            return
        before = self.view
        self.view = lesson.taught(before, reply)
        if self.view is not before:
            self.changed.emit()
        if self.view.taken is not None and before.taken is None:
            # Not before: three processes on two cores would only hold each other up.
            self._ask_painters()

    def _ask_painters(self) -> None:
        """Let the house painters speak: of the colour, then of those near it, the cured one last."""
        assert self.view is not None
        if any(slug not in self._cards for slug in HOUSE):
            return
        color, asked = self.view.setup.color, dict(self.view.asked)
        refs = (PainterRef(BASE), *(self._ref(slug) for slug in HOUSE))
        asked[self._service.name(color, refs)] = ""
        for slug in ("unhinged", CURED):
            if slug in self._cards:
                asked[self._service.name_all(lesson.nearby(color), self._ref(slug))] = slug
        self.view = msgspec.structs.replace(self.view, asked=asked)

    def _ref(self, slug: str) -> PainterRef:
        return PainterRef(slug, self._cards[slug].folder)

    def _named(self, reply: Reply) -> None:
        if self.view is None:
            return
        before = self.view
        self.view = lesson.named(before, reply)
        if self.view is not before:
            self.changed.emit()


def _recorded() -> recording.Recording | None:
    try:
        return recording.load()
    except RecordingError:
        return None  # a test guards what ships

"""Between the runs on disk and the Train page: one poll, off Qt's thread, told as typed signals.

Nothing here holds a training: it is started, left alone, and found again by its folder.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec
from PySide6.QtCore import QObject, QTimer, Signal

from engine.judges.spec import JudgeSpec
from engine.recipe import Origin, Recipe
from engine.rundir import RunError, RunFolder
from studio.history import GroupPlaces, skim
from studio.runs import Outside, Runs, RunSummary
from studio.supervisor import Supervisor, Watched
from studio.views import plots
from studio.views import run as views
from studio.views.overlay import Overlay, over
from studio.views.plots import Sheet
from studio.views.run import LIVE, RunView
from ui.background import Background

POLL = 300
"""Milliseconds between two looks at the run that is watched."""
LIST = 4000
"""Milliseconds between two looks at all runs, while one of them is going."""
GLANCE = 1 << 22
"""Bytes of a log that are read at a look; other work waits meanwhile."""


@dataclass(frozen=True)
class Aside:
    """What a run's folder tells beside its events: its judges' names by slug, its checkpoints' steps."""

    titles: Mapping[str, str] = field(default_factory=dict)
    checkpoints: tuple[int, ...] = ()


@dataclass
class _Followed:
    """The run that is watched; what is found of it in the background is kept there."""

    folder: RunFolder
    places: GroupPlaces = field(default_factory=GroupPlaces)
    view: RunView | None = None
    offset: int = 0
    outside: Outside | None = None
    aside: Aside | None = None


@dataclass(frozen=True)
class _Look:
    view: RunView
    news: Watched
    sentence: str
    sheet: Sheet | None
    aside: Aside


class Trainings(QObject):
    """The runs, one of which is watched.

    Parameters
    ----------
    runs, supervisor
        Where runs lie, and who starts, watches and stops them.
    background
        Where all of it is done.

    Attributes
    ----------
    listed
        All runs, newest first (a list of ``RunSummary``).
    viewed
        The watched run as it is now: its id and its ``RunView``.
    drawn
        The watched run's curves: its id and its ``Sheet``; comes after ``viewed``.
    noted
        What the watched run's folder tells beside: its id and an ``Aside``; comes before ``viewed``.
    stepped
        A step's groups were read back: the run's id, the step, a tuple of ``GroupPainted``.
    overlaid
        The runs that are laid over the watched one, a list of ``Overlay``.
    ended
        The watched run went on until now and has ended: its id, and a sentence about how.
    finished
        A run has made a painter; carries the painter's slug.
    failed
        What was asked for could not be done; carries a sentence.
    """

    listed = Signal(list)
    viewed = Signal(str, RunView)
    drawn = Signal(str, Sheet)
    noted = Signal(str, Aside)
    stepped = Signal(str, int, tuple)
    overlaid = Signal(list)
    ended = Signal(str, str)
    finished = Signal(str)
    failed = Signal(str)

    def __init__(
        self, runs: Runs, supervisor: Supervisor, background: Background, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._runs, self._supervisor, self._background = runs, supervisor, background
        self._summaries: dict[str, RunSummary] = {}
        self._followed: _Followed | None = None
        self._overlays: tuple[Overlay, ...] = ()
        self._untold = False  # the view has changed, and more of the log is still to be read
        self._looking = self._listing = self._list_again = False
        self._poll = QTimer(self)
        self._poll.setInterval(POLL)
        self._poll.timeout.connect(self._look)
        self._list = QTimer(self)
        self._list.setInterval(LIST)
        self._list.timeout.connect(self.refresh)

    @property
    def watched(self) -> str:
        """The id of the run that is watched; empty for none."""
        return self._followed.folder.path.name if self._followed is not None else ""

    @property
    def view(self) -> RunView | None:
        """The watched run, once it has been looked at."""
        return self._followed.view if self._followed is not None else None

    @property
    def going(self) -> RunSummary | None:
        """A run that goes on now, as far as the last look at all of them tells."""
        return next((summary for summary in self._summaries.values() if summary.status in LIVE), None)

    def refresh(self) -> None:
        """Look at all runs."""
        if self._listing:
            # What is being read may be older than what this call is about.
            self._list_again = True
            return
        self._listing, self._list_again = True, False
        self._background.run(self._runs.list, self._listed, self._list_failed)

    def watch(self, run: str) -> None:
        """Watch a run, from its first event on."""
        summary = self._summaries.get(run)
        if summary is None or run == self.watched:
            return
        self._follow(RunFolder(summary.path))

    def start(self, recipe: Recipe, judges: Mapping[str, JudgeSpec]) -> None:
        """Make a run and start its training, and watch it."""
        self._begin(lambda: self._runs.create(recipe, judges))

    def fork(self, recipe: Recipe, judges: Mapping[str, JudgeSpec], origin: Origin) -> None:
        """Make a run from a checkpoint of another, start it, and watch it.

        Judges that the other run knows are those it was judged by, even if they were changed since.
        """

        def make() -> RunFolder:
            source = self._runs.open(origin.run)
            return self._runs.fork(source, origin.step, recipe, {**judges, **source.judges()})

        self._begin(make, over=origin.run)

    def cure(self, run: str, recipe: Recipe, judges: Mapping[str, JudgeSpec], origin: Origin | None) -> None:
        """Do as :meth:`fork` does, or begin from the base where there is no origin, and lay a run over it."""

        def make() -> RunFolder:
            own = self._runs.open(run).judges()
            if origin is None:
                return self._runs.create(recipe, {**judges, **own})
            return self._runs.fork(self._runs.open(origin.run), origin.step, recipe, {**judges, **own})

        self._begin(make, over=run)

    def stop(self) -> None:
        """Ask the watched run to finish its step, save and end."""
        self._ask(self._supervisor.stop)

    def pause(self) -> None:
        """Ask the watched run to finish its step, save and rest."""
        self._ask(self._supervisor.pause)

    def go_on(self) -> None:
        """Let the watched run go on from its rest."""
        self._ask(self._supervisor.go_on)

    def resume(self) -> None:
        """Let the watched run go on from its latest checkpoint."""
        if self._followed is None:
            return
        followed = self._followed

        def resumed(_: None) -> None:
            if self._followed is followed and followed.view is not None:
                self._poll.start()
                self._look()
            self.refresh()

        self._background.run(lambda: self._supervisor.start(followed.folder), resumed, self._say)

    def open_step(self, step: int) -> None:
        """Read a step's groups back from the watched run's log."""
        if self._followed is None:
            return
        followed = self._followed
        run = followed.folder.path.name
        self._background.run(
            lambda: followed.places.read(followed.folder, step),
            lambda groups: self.stepped.emit(run, step, groups),
            self._say,
        )

    def overlay(self, runs: Sequence[str]) -> None:
        """Lay these runs over the watched one."""
        paths = [self._summaries[run].path for run in runs if run in self._summaries]
        followed = self._followed
        if followed is None:
            return

        def work() -> list[Overlay]:
            return [_overlay(RunFolder(path), followed.folder) for path in paths]

        def done(overlays: list[Overlay]) -> None:
            if followed is not self._followed:
                return
            self._overlays = tuple(overlays)
            self.overlaid.emit(overlays)
            self._untold = True  # drawn with them at the next look
            self._look()

        self._background.run(work, done, self._say)

    def close(self) -> None:
        """Look no more; what runs goes on."""
        self._poll.stop()
        self._list.stop()

    def _begin(self, make: Callable[[], RunFolder], over: str = "") -> None:
        def work() -> RunFolder:
            folder = make()
            self._supervisor.start(folder)
            return folder

        def started(folder: RunFolder) -> None:
            self._follow(folder)
            self.refresh()
            if over:
                self.overlay([over])

        self._background.run(work, started, self._say)

    def _ask(self, what: Callable[[RunFolder], None]) -> None:
        if self._followed is not None:
            folder = self._followed.folder
            self._background.run(lambda: what(folder), lambda _: self._look(), self._say)

    def _follow(self, folder: RunFolder) -> None:
        self._followed = _Followed(folder)
        self._looking = self._untold = False
        if self._overlays:
            self._overlays = ()
            self.overlaid.emit([])
        self._poll.start()
        self._look()

    def _look(self) -> None:
        followed = self._followed
        if followed is None or self._looking:
            return
        self._looking = True
        before, untold = followed.view, self._untold
        others = self._overlays

        def seen(look: _Look) -> None:
            if self._followed is followed:
                self._looking = False
                self._tell(followed, before, look)

        def failed(error: Exception) -> None:
            if self._followed is followed:
                self._looking = False
                self._poll.stop()
            self._say(error)

        self._background.run(lambda: _look(self._supervisor, followed, others, untold), seen, failed)

    def _tell(self, followed: _Followed, before: RunView | None, look: _Look) -> None:
        run, view, news = followed.folder.path.name, look.view, look.news
        followed.offset, followed.outside = news.offset, news.outside
        before_status = before.status if before is not None else None
        self._untold = self._untold or view is not before
        followed.view = view
        if followed.aside != look.aside:
            followed.aside = look.aside
            self.noted.emit(run, look.aside)
        # A long log comes in pieces: what the first of them say is not how the run is now.
        if self._untold and not news.more:
            self._untold = False
            self.viewed.emit(run, view)
            if look.sheet is not None:
                self.drawn.emit(run, look.sheet)
        if news.more:
            self._look()
        elif look.sentence:
            self._poll.stop()
            self.ended.emit(run, look.sentence)
        if before_status is not None and before_status != view.status:
            self.refresh()
        if before is not None and view.painter and view.painter != before.painter:
            self.finished.emit(view.painter)

    def _listed(self, summaries: list[RunSummary]) -> None:
        self._listing = False
        before = self._summaries
        self._summaries = {summary.id: summary for summary in summaries}
        for summary in summaries:
            old = before.get(summary.id)
            # The watched run tells of its own end, sooner.
            if old is not None and summary.painter and not old.painter and summary.id != self.watched:
                self.finished.emit(summary.painter)
        if self.going is not None and not self._list.isActive():
            self._list.start()
        elif self.going is None:
            self._list.stop()
        self.listed.emit(summaries)
        if self._list_again:
            self.refresh()

    def _list_failed(self, error: Exception) -> None:
        self._listing = False
        self._say(error)

    def _say(self, error: Exception) -> None:
        self.failed.emit(str(error))


def _look(supervisor: Supervisor, followed: _Followed, others: Sequence[Overlay], untold: bool) -> _Look:
    """Look at a run, in the background."""
    folder, before = followed.folder, followed.view
    view = before if before is not None else views.empty(folder.recipe())
    news = supervisor.watch(folder, followed.offset, GLANCE, followed.places)
    if before is None or news.events or news.unknown or news.outside != followed.outside:
        view = news.fold(view)
    quiet = news.outside.alive and view.status not in LIVE
    if quiet and folder.log_path(folder.next_attempt()).exists():
        # The log is made by who starts the process: it is there and has yet to say its first word.
        view = msgspec.structs.replace(view, status="loading")
    over = not (view.status in LIVE or news.more or news.outside.alive) and news.outside.started
    aside = followed.aside
    if aside is None or (before is not None and before.checkpoint != view.checkpoint):
        titles = aside.titles if aside is not None else _titles(folder)
        aside = Aside(titles, tuple(one.step for one in folder.listed_checkpoints()))
    # The pieces of a long log before its last are not shown.
    drawn = not news.more and (untold or view is not before)
    rewards, names = [one.reward for one in others], [one.names for one in others]
    sheet = plots.sheet(view, aside.titles, rewards, names) if drawn else None
    return _Look(view, news, supervisor.ended_sentence(folder) if over else "", sheet, aside)


def _titles(folder: RunFolder) -> dict[str, str]:
    try:
        return {slug: spec.name for slug, spec in folder.judges().items()}
    except RunError:
        return {}  # a damaged judge's file is no reason not to show what was trained by it


def _overlay(folder: RunFolder, watched: RunFolder) -> Overlay:
    recipe = folder.recipe()
    view, offset, more = views.empty(recipe), 0, True
    while more:
        tail = skim(folder, offset, GLANCE, GroupPlaces())
        view, offset, more = views.fold_many(view, tail.events, tail.unknown), tail.offset, tail.more
    return over(watched.path.name, watched.recipe(), view, folder.path.name, recipe)

"""Between the runs on disk and the Train page: one poll, off Qt's thread, told as typed signals.

Nothing here holds a training: it is started, left alone, and found again by its folder.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from PySide6.QtCore import QObject, QTimer, Signal

from engine.judges.spec import JudgeSpec
from engine.recipe import Recipe
from engine.rundir import RunFolder
from studio.runs import Outside, Runs, RunSummary
from studio.supervisor import Supervisor, Watched
from studio.views import run as views
from studio.views.run import LIVE, RunView
from ui.background import Background

POLL = 300
"""Milliseconds between two looks at the run that is watched."""
LIST = 4000
"""Milliseconds between two looks at all runs, while one of them is going."""


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
    ended
        The watched run went on until now and has ended: its id, and a sentence about how.
    finished
        A run has made a painter; carries the painter's slug.
    failed
        What was asked for could not be done; carries a sentence.
    """

    listed = Signal(list)
    viewed = Signal(str, RunView)
    ended = Signal(str, str)
    finished = Signal(str)
    failed = Signal(str)

    def __init__(
        self, runs: Runs, supervisor: Supervisor, background: Background, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._runs, self._supervisor, self._background = runs, supervisor, background
        self._summaries: dict[str, RunSummary] = {}
        self._folder: RunFolder | None = None
        self._view: RunView | None = None
        self._offset = 0
        self._outside: Outside | None = None
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
        return self._folder.path.name if self._folder is not None else ""

    @property
    def view(self) -> RunView | None:
        """The watched run, once it has been looked at."""
        return self._view

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

        def work() -> RunFolder:
            folder = self._runs.create(recipe, judges)
            self._supervisor.start(folder)
            return folder

        self._background.run(work, self._started, self._say)

    def stop(self) -> None:
        """Ask the watched run to finish its step, save and end."""
        folder = self._folder
        if folder is not None:
            self._background.run(lambda: self._supervisor.stop(folder), lambda _: self._look(), self._say)

    def resume(self) -> None:
        """Let the watched run go on from its latest checkpoint."""
        folder = self._folder
        if folder is None:
            return

        def work() -> RunFolder:
            self._supervisor.start(folder)
            return folder

        self._background.run(work, self._resumed, self._say)

    def close(self) -> None:
        """Look no more; what runs goes on."""
        self._poll.stop()
        self._list.stop()

    def _started(self, folder: RunFolder) -> None:
        self._follow(folder)
        self.refresh()

    def _resumed(self, folder: RunFolder) -> None:
        if self._folder is folder and self._view is not None:
            self._poll.start()
            self._look()
        self.refresh()

    def _follow(self, folder: RunFolder) -> None:
        self._folder, self._view, self._offset = folder, None, 0
        self._outside = None
        self._looking = self._untold = False
        self._poll.start()
        self._look()

    def _look(self) -> None:
        folder = self._folder
        if folder is None or self._looking:
            return
        self._looking = True
        before, offset, outside = self._view, self._offset, self._outside

        def work() -> tuple[RunView, Watched, str]:
            view = before if before is not None else views.empty(folder.recipe())
            news = self._supervisor.watch(folder, offset)
            if before is None or news.events or news.unknown or news.outside != outside:
                view = news.fold(view)
            quiet = news.outside.alive and view.status not in LIVE
            if quiet and folder.log_path(folder.next_attempt()).exists():
                # The log is made by who starts the process: it is there and has yet to say its first word.
                view = msgspec.structs.replace(view, status="loading")
            over = not (view.status in LIVE or news.more or news.outside.alive) and news.outside.started
            return view, news, self._supervisor.ended_sentence(folder) if over else ""

        def seen(found: tuple[RunView, Watched, str]) -> None:
            if self._folder is not folder:
                return
            self._looking = False
            view, news, sentence = found
            self._offset, self._outside = news.offset, news.outside
            before_status = before.status if before is not None else None
            self._untold = self._untold or view is not before
            self._view = view
            # A long log comes in pieces: what the first of them say is not how the run is now.
            if self._untold and not news.more:
                self._untold = False
                self.viewed.emit(folder.path.name, view)
            if news.more:
                self._look()
            elif sentence:
                self._poll.stop()
                self.ended.emit(folder.path.name, sentence)
            if before_status is not None and before_status != view.status:
                self.refresh()
            if before is not None and view.painter and view.painter != before.painter:
                self.finished.emit(view.painter)

        def failed(error: Exception) -> None:
            if self._folder is folder:
                self._looking = False
                self._poll.stop()
            self._say(error)

        self._background.run(work, seen, failed)

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

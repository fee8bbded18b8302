"""The application: everything is made here once, handed on by constructor, and wired together."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QByteArray, QObject
from PySide6.QtWidgets import QApplication

from engine import places
from engine.service.protocol import Reply
from studio.judges import JudgeEntry, JudgeLibrary
from studio.painters import PainterCard, PainterLibrary
from studio.runs import Runs
from studio.service_client import ServiceClient
from studio.settings import SettingsStore
from studio.supervisor import Supervisor
from ui.background import Background
from ui.bridge import Client, Service
from ui.current import CurrentColor
from ui.icons import Icons, chip_icon
from ui.interrupts import Interrupts
from ui.pages.compare import ComparePage
from ui.pages.judges import JudgesPage
from ui.pages.train import TrainPage
from ui.theme import Mode, Theme
from ui.trainings import Trainings
from ui.window import Window

if TYPE_CHECKING:
    from ui.plots.board import PlotBoard


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
    """

    home: Path
    connect: Callable[[Callable[[Reply], None]], Client]
    supervisor: Supervisor
    painters: PainterLibrary
    judges: JudgeLibrary

    @classmethod
    def usual(cls) -> Makers:
        """Return those of the app itself."""
        home = places.home()
        return cls(home, ServiceClient, Supervisor(), PainterLibrary(home), JudgeLibrary(home))


class Studio(QObject):
    """The app, wired: owns the window and what the pages share.

    Parameters
    ----------
    app
        The application.
    makers
        What lies outside the window.
    """

    def __init__(self, app: QApplication, makers: Makers) -> None:
        super().__init__(app)
        self._store = SettingsStore(makers.home)
        self.settings, self.notice = self._store.load()
        self._painters = makers.painters
        resources = places.resources()
        self.theme = Theme(app, resources / "fonts", self.settings.theme)
        self.theme.set_accent(self.settings.color)
        icons = Icons(resources / "icons")
        self.current = CurrentColor(self.settings.color, self)
        self.background = Background(self)
        self.service = Service(makers.connect, self)
        self.trainings = Trainings(Runs(makers.home), makers.supervisor, self.background, self)

        self.compare = ComparePage(self.theme, self.current, self.service)
        self.judges = JudgesPage(
            self.theme, self.current, self.service, makers.judges, self.background, self.settings.judge
        )
        self.train = TrainPage(
            self.theme, icons, self.trainings, watched=self.settings.run, steps=self.settings.steps
        )
        self.window = Window(self.theme, icons, self.current, [self.compare, self.judges, self.train])
        if self.settings.geometry:
            self.window.restoreGeometry(QByteArray.fromBase64(self.settings.geometry.encode()))
        self.window.open_titled(self.settings.page)
        if self.notice:
            self.compare.say(self.notice)

        self.current.settled.connect(self.theme.set_accent)
        self.current.settled.connect(lambda color: self.window.setWindowIcon(chip_icon(color)))
        self.train.show_color(self.current.hex)
        self.current.settled.connect(self.train.show_color)
        self.compare.train_wanted.connect(lambda: self.window.open_titled(self.train.title))
        self.train.compare_wanted.connect(lambda: self.window.open_titled(self.compare.title))
        self.judges.judges_changed.connect(self._judges_read)
        self.trainings.finished.connect(self.read_painters)
        self.window.rail.mode_chosen.connect(self._mode_chosen)
        # Painters may have come from the command line meanwhile.
        self.window.stack.currentChanged.connect(lambda _: self.read_painters())
        self.window.shown.connect(self._shown)
        self.window.closing.connect(self._remember)
        app.aboutToQuit.connect(self.close)

    def show(self) -> None:
        """Show the window; what takes its time begins after the first frame."""
        self.window.show()

    def read_painters(self) -> None:
        """Look at the painters on disk and lay out their chips."""
        self.background.run(
            self._painters.list, self._painters_read, lambda error: self.compare.say(str(error))
        )

    def close(self) -> None:
        """End what the window started for itself; trainings go on."""
        self.trainings.close()
        self.background.close()
        self.service.close()

    def _shown(self) -> None:
        self.window.setWindowIcon(chip_icon(self.current.hex))
        self.read_painters()
        self.judges.reload()
        self.trainings.refresh()
        self.service.start()
        self.background.run(_load_plots, self._plots_loaded, lambda error: self.train.say(str(error)))

    def _plots_loaded(self, make: Callable[[Theme], PlotBoard]) -> None:
        self.train.pane.set_plot(make(self.theme))

    def _painters_read(self, cards: Sequence[PainterCard]) -> None:
        self.compare.show_painters(cards)

    def _judges_read(self, entries: Sequence[JudgeEntry]) -> None:
        self.train.show_judges(entries)

    def _mode_chosen(self, mode: Mode) -> None:
        self.settings = msgspec.structs.replace(self.settings, theme=mode)

    def _remember(self) -> None:
        geometry = bytes(self.window.saveGeometry().toBase64().data()).decode()
        self.settings = msgspec.structs.replace(
            self.settings,
            color=self.current.hex,
            judge=self.judges.opened or self.settings.judge,
            run=self.trainings.watched,
            page=self.window.title,
            steps=self.train.form.steps,
            geometry=geometry,
        )
        try:
            self._store.save(self.settings)
        except OSError:
            # A home that cannot be written must not keep a window open; the defaults will do next time.
            return


def _load_plots() -> type[PlotBoard]:
    """Import pyqtgraph off Qt's thread: it takes as long as the window's first frame."""
    from ui.plots.board import PlotBoard

    return PlotBoard


def main(makers: Makers | None = None, arranged: Callable[[Studio], None] | None = None) -> int:
    """Open the window and stay until it is closed.

    Parameters
    ----------
    makers
        What lies outside the window; the app's own by default.
    arranged
        Called with the app before its window is shown; for measurements.

    Returns
    -------
    int
        The process's exit status.
    """
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName("Painter Studio")
    app.setDesktopFileName("painter-studio")
    studio = Studio(app, makers or Makers.usual())
    if arranged is not None:
        arranged(studio)
    studio.show()
    interrupts = Interrupts(app.closeAllWindows)
    try:
        return app.exec()
    finally:
        interrupts.end()

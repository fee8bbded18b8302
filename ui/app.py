"""The application: everything is made here once, handed on by constructor, and wired together."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
from PySide6.QtCore import QByteArray, QObject, QTimer
from PySide6.QtWidgets import QApplication

from engine import places
from engine.service.protocol import Failed
from engine.task import COLOR
from studio import glossary, lesson
from studio.bench import BenchStore
from studio.judges import JudgeEntry
from studio.name_maps import NameMaps
from studio.painters import PainterCard
from studio.palette_store import PaletteStore
from studio.recipes import RecipeBook
from studio.runs import Runs, RunSummary
from studio.settings import Settings, SettingsStore
from studio.tasting import Tastes
from studio.views.run import LIVE, RunView
from ui.across import Across, Known, Ways
from ui.background import Background
from ui.bridge import Service
from ui.current import CurrentColor
from ui.garbage import Garbage
from ui.icons import Icons, chip_icon
from ui.interrupts import Interrupts
from ui.lesson.desk import LessonDesk
from ui.makers import Makers
from ui.notices import Notices
from ui.pages.compare import ComparePage
from ui.pages.judges import JudgesPage
from ui.pages.learn import LearnPage
from ui.pages.painters import PaintersPage
from ui.pages.palette import PaletteView
from ui.pages.train import TrainPage
from ui.theme import Mode, Theme
from ui.tour_stops import stops
from ui.trainings import Trainings
from ui.warm import Warming, desktop_moves, load_plots
from ui.widgets.eyedropper import Eyedropper
from ui.widgets.picker import Picker
from ui.window import Window

SETTLING = 2000
"""Milliseconds after a colour or a page was chosen until that is written down."""


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
        self.theme = Theme(app, resources / "fonts", self.settings.theme, self.settings.text_size / 100)
        self.theme.motion = self.settings.motion != "off"
        self.theme.set_accent(self.settings.color)
        icons = Icons(resources / "icons")
        self.current = CurrentColor(self.settings.color, self)
        self.background = Background(self)
        self._warming = Warming(self)
        self._warming.done.connect(self._warm)
        self.notices = Notices(self)
        self.service = Service(makers.connect, self)
        if self.settings.base or self.settings.device != "auto":
            self.service.use(self.settings.base, self.settings.device)
        self.trainings = Trainings(Runs(makers.home), makers.supervisor, self.background, self)

        picker = Picker(
            self.theme,
            icons,
            self.current,
            self.background,
            self.settings.picker,
            Eyedropper(self.theme),
        )
        self.palette = PaletteView(
            self.theme,
            self.current,
            self.service,
            PaletteStore(makers.home),
            self.background,
            makers.dialogs,
        )
        maps = NameMaps(places.cache())
        self.compare = ComparePage(
            self.theme,
            self.current,
            self.service,
            self.background,
            picker,
            judges=makers.judges,
            tastes=Tastes(makers.home),
            maps=maps,
            views=[("Palette", self.palette)],
        )
        self.judges = JudgesPage(
            self.theme,
            icons,
            self.current,
            self.service,
            makers.judges,
            BenchStore(makers.home),
            self.background,
            self.settings.judge,
        )
        self.train = TrainPage(
            self.theme,
            icons,
            self.trainings,
            RecipeBook(makers.home),
            self.background,
            self.service,
            watched=self.settings.run,
        )
        terms = glossary.load()
        self.painters = PaintersPage(
            self.theme,
            self.current,
            self.service,
            makers.painters,
            makers.judges,
            maps,
            self.background,
            terms,
            makers.export,
        )
        self.desk = LessonDesk(makers.teach, self.service, self.settings, self.background, self)
        self.learn = LearnPage(self.theme, icons, self.current, self.desk, lesson.load(), terms)
        self.window = Window(
            self.theme,
            icons,
            self.current,
            [self.compare, self.judges, self.train, self.painters, self.learn],
        )
        if self.settings.geometry:
            self.window.restoreGeometry(QByteArray.fromBase64(self.settings.geometry.encode()))
        self.window.restore_splitters(self.settings.splitters)
        self.window.open_titled(self.settings.page)
        self._known = Known()
        self._going = set(self.settings.going)  # runs whose end is news
        self.across = self._span(icons, makers.home)
        if self.notice:
            self.notices.fault(self.notice)

        self._rested = self.current.hex
        self.current.settled.connect(self.theme.set_accent)
        self.current.settled.connect(self._color_rested)
        self.current.settled.connect(lambda color: self.window.setWindowIcon(chip_icon(color)))
        self.train.show_color(self.current.hex)
        self.current.settled.connect(self.train.show_color)
        self.compare.train_wanted.connect(lambda: self.window.open_titled(self.train.title))
        self.compare.judge_made.connect(self._judge_made)
        self.train.compare_wanted.connect(lambda: self.window.open_titled(self.compare.title))
        self.painters.painters_changed.connect(self.read_painters)
        self.learn.page_wanted.connect(self.window.open_titled)
        self.judges.judges_changed.connect(self._judges_read)
        self.trainings.finished.connect(self.read_painters)
        self.trainings.listed.connect(self._runs_read)
        self.trainings.viewed.connect(self._run_viewed)
        self.trainings.ended.connect(self._training_ended)
        self.service.failed.connect(self._service_failed)
        self.window.rail.mode_chosen.connect(self._mode_chosen)
        # Painters may have come from the command line meanwhile.
        self.window.stack.currentChanged.connect(lambda _: self.read_painters())
        self.window.shown.connect(self._shown)
        self.window.closing.connect(self._remember)
        # A window may die without closing.
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(SETTLING)
        self._settling.timeout.connect(lambda: self._write(self._as_it_is()))
        self.window.stack.currentChanged.connect(lambda _: self._settling.start())
        self.current.settled.connect(lambda _: self._settling.start())
        self.trainings.viewed.connect(lambda run, _: run != self.settings.run and self._settling.start())
        app.aboutToQuit.connect(self.close)

    def show(self) -> None:
        """Show the window; what takes its time begins after the first frame."""
        self.window.show()

    def read_painters(self) -> None:
        """Look at the painters on disk and lay out their chips."""
        self.background.run(
            self._painters.list, self._painters_read, lambda error: self.notices.fault(str(error))
        )

    def close(self) -> None:
        """End what the window started for itself; trainings go on."""
        self.trainings.close()
        self.painters.exporter.stop()
        self.background.close()
        self.desk.close()
        self.service.close()

    def _shown(self) -> None:
        self.window.setWindowIcon(chip_icon(self.current.hex))
        self.read_painters()
        self.palette.load()
        self.judges.reload()
        self.train.desk.load()
        self.trainings.refresh()
        self.service.start()
        self._warming.start()

    def _warm(self) -> None:
        self.background.run(
            load_plots,
            lambda make: self.train.pane.set_plot(make(self.theme)),
            lambda error: self.train.say(str(error)),
        )
        if self.settings.motion == "system":
            self.background.run(desktop_moves, self._desktop_told, lambda error: None)
        self.across.welcome()

    def _span(self, icons: Icons, home: Path) -> Across:
        def go(title: str, call: Callable[[str], None], key: str) -> None:
            self.window.open_titled(title)
            call(key)

        ways = Ways(
            judge=lambda slug: go(self.judges.title, self.judges.shelf.choose, slug),
            painter=lambda slug: go(self.painters.title, self.painters.choose, slug),
            run=lambda run: go(self.train.title, self.trainings.watch, run),
            term=lambda slug: go(self.learn.title, self.learn.open_term, slug),
        )
        shown = stops(
            picker=lambda: self.compare.picker,
            chips=lambda: self.compare.stage,
            judge=lambda: self.judges.desk,
            recipe=lambda: self.train.form,
            curve=lambda: self.train.pane,
            finder=lambda: self.window.rail.finder,
        )
        return Across(
            theme=self.theme,
            icons=icons,
            window=self.window,
            current=self.current,
            background=self.background,
            service=self.service,
            notices=self.notices,
            home=home,
            known=self._known,
            ways=ways,
            settings=lambda: self.settings,
            change=self._settings_changed,
            stops=shown,
        )

    def _settings_changed(self, settings: Settings) -> None:
        """Take what was changed, do as it says, and write it at once."""
        before, self.settings = self.settings, settings
        self.theme.set_mode(settings.theme)
        self.window.rail.say_mode()
        if settings.motion != before.motion:
            self.theme.motion = settings.motion != "off"
            if settings.motion == "system":
                self.background.run(desktop_moves, self._desktop_told, lambda error: None)
        self.theme.set_scale(settings.text_size / 100)
        if (settings.base, settings.device) != (before.base, before.device):
            self.service.use(settings.base, settings.device)
            self.desk.use(settings.base, settings.device)
        self._write(settings)

    def _write(self, settings: Settings) -> None:
        self.settings = settings
        self.background.run(
            lambda: self._store.save(settings),
            lambda _: None,
            lambda error: self.notices.fault(f"Your settings could not be written: {error}."),
        )

    def _color_rested(self, color: str) -> None:
        before, self._rested = self._rested, color
        if before != color:
            self.notices.remember(f"Back to {before}", lambda: self._recolor(before))

    def _recolor(self, color: str) -> None:
        # It rests there already: going back is no step of its own.
        self._rested = color
        self.current.set_hex(color)

    def _desktop_told(self, moves: bool) -> None:
        if not moves and self.settings.motion == "system":
            self.theme.motion = False

    def _runs_read(self, runs: Sequence[RunSummary]) -> None:
        self._known.runs = list(runs)
        self._going.update(run.id for run in runs if run.status in LIVE)

    def _training_ended(self, run: str, sentence: str) -> None:
        if run in self._going and self.window.title != self.train.title:
            self.notices.say(sentence, action="Show", call=lambda: self.window.open_titled(self.train.title))
        self._going.discard(run)

    def _run_viewed(self, run: str, view: RunView) -> None:
        if view.live:
            self._going.add(run)

    def _service_failed(self, reply: Failed) -> None:
        # Compare says it itself, where the names would be.
        if reply.id == 0 and self.window.title != self.compare.title:
            self.notices.fault(reply.reason)

    def _painters_read(self, cards: Sequence[PainterCard]) -> None:
        # The window lays painters beside each other on one colour; other tasks' have the command line.
        cards = [card for card in cards if card.task == COLOR]
        self._known.painters = list(cards)
        self.compare.show_painters(cards)
        self.palette.show_painters(cards)
        self.painters.show_painters(cards)
        self.learn.show_painters(cards)

    def _judges_read(self, entries: Sequence[JudgeEntry]) -> None:
        self._known.judges = list(entries)
        self.train.show_judges(entries)
        self.painters.show_judges(entries)
        self.compare.show_judges(entries)
        self.learn.show_judges(entries)

    def _judge_made(self, slug: str) -> None:
        self.judges.reload(slug)
        self.notices.say("A judge was made from your taste tests.")
        self.window.open_titled(self.judges.title)

    def _mode_chosen(self, mode: Mode) -> None:
        self.settings = msgspec.structs.replace(self.settings, theme=mode)

    def _remember(self) -> None:
        self.judges.flush()
        self.train.desk.remember()
        self.settings = self._as_it_is()
        with contextlib.suppress(OSError):  # a home that cannot be written must not keep a window open
            self._store.save(self.settings)

    def _as_it_is(self) -> Settings:
        """Return the settings with what the window is like now."""
        geometry = bytes(self.window.saveGeometry().toBase64().data()).decode()
        return msgspec.structs.replace(
            self.settings,
            color=self.current.hex,
            picker=self.compare.picker.remembered,
            judge=self.judges.opened or self.settings.judge,
            run=self.trainings.watched or self.settings.run,
            going=tuple(run.id for run in self._known.runs if run.status in LIVE),
            page=self.window.title,
            geometry=geometry,
            splitters={**self.settings.splitters, **self.window.splitters()},
        )


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
    garbage = Garbage(app)
    try:
        return app.exec()
    finally:
        garbage.end()
        interrupts.end()

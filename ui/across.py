"""What belongs to no page: the command palette, keys, undo, notices, settings, the tour, and words explained.

Sheets are made when they are first wanted: the first frame waits for none of them.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QCoreApplication, QObject, QTimer, qVersion
from PySide6.QtGui import QCursor, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication

from studio.judges import JudgeEntry
from studio.painters import PainterCard
from studio.runs import RunSummary
from studio.settings import Settings
from studio.views.run_words import line
from ui.background import Background
from ui.bridge import Service
from ui.commands import Command, TakesBack, commands_of, keys_of
from ui.current import CurrentColor
from ui.icons import Icons
from ui.notices import Notices
from ui.terms import term_for, term_of
from ui.theme import Theme
from ui.tour_stops import Stop
from ui.window import Window

if TYPE_CHECKING:
    # Each is imported when it is first wanted: the first frame waits for none of them.
    from studio.glossary import Glossary
    from ui.widgets.finder import Finder, Offer
    from ui.widgets.keys import KeysSheet, Section
    from ui.widgets.settings import SettingsSheet
    from ui.widgets.toasts import Toasts
    from ui.widgets.tour import Tour

LARGER = (100, 110, 125, 150)


@dataclass(frozen=True)
class Ways:
    """How to get to one of a kind, by its slug or id."""

    judge: Callable[[str], None]
    painter: Callable[[str], None]
    run: Callable[[str], None]
    term: Callable[[str], None]


@dataclass
class Known:
    """What can be found besides pages and actions, as it was last read."""

    judges: Sequence[JudgeEntry] = field(default_factory=list)
    painters: Sequence[PainterCard] = field(default_factory=list)
    runs: Sequence[RunSummary] = field(default_factory=list)


class Across(QObject):
    """Wires the window's own parts.

    Parameters
    ----------
    theme, icons, window, current, background, service, notices
        What all pages share.
    home
        The folder of what is the user's.
    known, ways
        What can be found, and how one gets there.
    settings
        Returns the settings as they are now.
    change
        Takes settings that were changed.
    stops
        Where the tour leads.
    """

    def __init__(
        self,
        *,
        theme: Theme,
        icons: Icons,
        window: Window,
        current: CurrentColor,
        background: Background,
        service: Service,
        notices: Notices,
        home: Path,
        known: Known,
        ways: Ways,
        settings: Callable[[], Settings],
        change: Callable[[Settings], None],
        stops: Sequence[Stop],
    ) -> None:
        super().__init__(window)
        self._theme, self._icons, self._window, self._current = theme, icons, window, current
        self._background, self._service, self.notices = background, service, notices
        self._home, self._known, self._ways = home, known, ways
        self._settings, self._change, self._stops = settings, change, stops
        self.glossary: Glossary | None = None
        self._finder: Finder | None = None
        self._keys: KeysSheet | None = None
        self._sheet: SettingsSheet | None = None
        self._tour: Tour | None = None
        self._toasts: Toasts | None = None
        notices.told.connect(lambda notice: self.toasts.show_notice(notice))
        notices.withdrawn.connect(lambda notice: self.toasts.withdraw(notice))
        notices.turn_to(window.title)
        window.stack.currentChanged.connect(self._turned)
        window.define = self._define
        window.term_asked.connect(ways.term)
        window.rail.finder_wanted.connect(self.open_finder)
        window.rail.settings_wanted.connect(self.open_settings)
        for command in self.everywhere():
            # Ctrl-1 … belong to the window itself.
            if command.shortcut and command.title not in self._page_titles():
                for keys in command.shortcut.split(", "):
                    QShortcut(QKeySequence(keys), window).activated.connect(command.call)

    @property
    def toasts(self) -> Toasts:
        """The notices that are shown."""
        if self._toasts is None:
            from ui.widgets.toasts import Toasts

            self._toasts = Toasts(self._theme, self._window.stack, self.copy_report)
        return self._toasts

    # What can be done anywhere.

    def everywhere(self) -> list[Command]:
        """Return the commands that need no page."""
        words = {"system": "As the system", "light": "Light", "dark": "Dark"}
        return [
            Command("Find anything", self.open_finder, "Ctrl+K", "palette search command"),
            Command("Undo", self.undo, "Ctrl+Z", "take back", ready=self._can_undo),
            Command("Settings", self.open_settings, "Ctrl+,", "preferences options folders device base"),
            Command("Keyboard shortcuts", self.open_keys, "?", "help keys cheat sheet"),
            Command("Explain this, or show all keys", self.help, "F1", "help what is this term"),
            Command("Larger text", lambda: self._step_text(1), "Ctrl++, Ctrl+=", "zoom in size"),
            Command("Smaller text", lambda: self._step_text(-1), "Ctrl+-", "zoom out size"),
            *(
                Command(f"Theme: {word}", partial(self._set, theme=mode), "", "appearance scheme")
                for mode, word in words.items()
            ),
            Command("Turn motion on or off", self._turn_motion, "", "animation reduce"),
            Command("Take the tour", self.start_tour, "", "welcome introduction first run"),
            Command("Copy a report", lambda: self.copy_report(""), "", "bug fault versions"),
            Command("Close the window", self._close_window, "Ctrl+Q", "quit exit"),
        ]

    def offers(self) -> list[Offer]:
        """Return all that the palette can find now, as it is listed before anything is typed."""
        from studio.finder import Entry
        from ui.widgets.finder import Offer

        window, found = self._window, []
        for place, title in enumerate(self._page_titles()):
            entry = Entry("Page", title, "", f"Ctrl+{place + 1}", "go to open")
            found.append(Offer(entry, partial(window.open_page, place)))
        for page in sorted(window.pages, key=lambda page: page is not window.stack.currentWidget()):
            title = getattr(page, "title", "")
            for command in commands_of(page):
                if command.ready is None or command.ready():
                    entry = Entry("Action", command.title, title, command.shortcut, command.words)
                    found.append(Offer(entry, _on(window, title, command.call)))
        for command in self.everywhere():
            if command.call != self.open_finder and (command.ready is None or command.ready()):
                detail = self.notices.undoable if command.title == "Undo" else ""
                shortcut = command.shortcut.split(", ")[0]
                found.append(
                    Offer(Entry("Action", command.title, detail, shortcut, command.words), command.call)
                )
        ways, known = self._ways, self._known
        for judge in known.judges:
            entry = Entry("Judge", judge.name, "" if judge.shipped else "yours")
            found.append(Offer(entry, partial(ways.judge, judge.slug)))
        for card in known.painters:
            found.append(Offer(Entry("Painter", card.name), partial(ways.painter, card.slug)))
        for run in known.runs:
            found.append(Offer(Entry("Run", run.name, line(run)), partial(ways.run, run.id)))
        for term in self._read_glossary() or ():
            entry = Entry("Term", term.name, term.one, words=" ".join(term.also))
            found.append(Offer(entry, partial(ways.term, term.slug)))
        return found

    # Sheets.

    def open_finder(self) -> None:
        """Open the command palette; again puts it away."""
        if self._finder is None:
            from ui.widgets.finder import Finder

            self._finder = Finder(self._theme, self._icons, self._window, self.offers, self._current.set_hex)
        if self._finder.isVisible():
            self._finder.put_away()
        else:
            self._put_away()
            self._finder.open()

    def open_settings(self) -> None:
        """Open the settings."""
        if self._sheet is None:
            from ui.widgets.settings import Folder, SettingsSheet

            folders = [Folder("Home", self._home)]
            folders += [Folder(what, self._home / what.lower()) for what in ("Runs", "Painters", "Judges")]
            self._sheet = SettingsSheet(self._theme, self._window, self._background, folders, _version())
            self._sheet.changed.connect(self._change)
            self._sheet.tour_wanted.connect(self.start_tour)
            self._sheet.keys_wanted.connect(self.open_keys)
            self._sheet.report_wanted.connect(lambda: self.copy_report(""))
        self._put_away()
        self._sheet.show_settings(self._settings())
        self._sheet.open(self._sheet.theme)

    def open_keys(self) -> None:
        """Open the sheet of keys."""
        if self._keys is None:
            from ui.widgets.keys import KeysSheet

            self._keys = KeysSheet(self._theme, self._window)
        self._put_away()
        self._keys.show_sections(self._sections())

    def help(self) -> None:
        """Explain the term in focus or under the pointer, on Learn; or show all keys."""
        over = QApplication.widgetAt(QCursor.pos()) if self._window.underMouse() else None
        term = term_for(QApplication.focusWidget()) or term_of(over)
        if term:
            self._put_away()
            self._ways.term(term)
        else:
            self.open_keys()

    def start_tour(self) -> None:
        """Begin the tour."""
        self._put_away()
        if self._tour is None:
            from ui.widgets.tour import Tour

            self._tour = Tour(self._theme, self._window, self._stops, self._window.open_titled)
            self._tour.closed.connect(
                lambda: self._change(msgspec.structs.replace(self._settings(), toured=True))
            )
        self._tour.start()

    def welcome(self) -> None:
        """Begin the tour, if this is the first start."""
        if not self._settings().toured:
            # The pages have been filled once their first answers are here.
            QTimer.singleShot(0, self.start_tour)

    def undo(self) -> None:
        """Take back what was done last on this page, by what the page keeps or a notice offers."""
        page: object = self._window.stack.currentWidget()
        if not (isinstance(page, TakesBack) and page.take_back()) and not self.notices.undo_last():
            self.notices.say("There is nothing to undo on this page.")

    def _can_undo(self) -> bool:
        page: object = self._window.stack.currentWidget()
        return bool(self.notices.undoable) or isinstance(page, TakesBack)

    def copy_report(self, what: str) -> None:
        """Put a report about a fault on the clipboard."""
        from studio import bug_report

        window, ready, screen = self._window, self._service.described, self._window.screen()
        facts = {
            "Qt": f"{qVersion()} on {QGuiApplication.platformName()}",
            "window": f"{window.width()}×{window.height()} at {screen.devicePixelRatio():g}, {window.title}",
            "naming": f"{ready.base} on {ready.device}, {ready.dtype}" if ready is not None else "not ready",
        }
        settings, log = self._settings(), self._home / "logs" / "service.log"

        def made(text: str) -> None:
            QGuiApplication.clipboard().setText(text)
            if not what:
                self.notices.say("A report is on the clipboard. It holds no private paths.")

        self._background.run(
            lambda: bug_report.report(settings, log, self._home, what=what, facts=facts),
            made,
            lambda error: self.notices.say(f"The report could not be made: {error}."),
        )

    # Inner.

    def _page_titles(self) -> list[str]:
        return [getattr(page, "title", "") for page in self._window.pages]

    def _sections(self) -> list[Section]:
        pages = [(f"Ctrl+{place + 1}", title) for place, title in enumerate(self._page_titles())]
        usual = [(command.shortcut, command.title) for command in self.everywhere() if command.shortcut]
        usual.append(("Esc", "Let go of a field, or put away what lies on top"))
        sections: list[Section] = [("Everywhere", [*usual, *pages])]
        for page in self._window.pages:
            rows = [(command.shortcut, command.title) for command in commands_of(page) if command.shortcut]
            sections.append((getattr(page, "title", ""), [*rows, *keys_of(page)]))
        return sections

    def _close_window(self) -> None:
        self._window.close()

    def _turned(self) -> None:
        self.notices.turn_to(self._window.title)
        # The tour opens pages itself.
        self._put_away(but=self._tour)

    def _put_away(self, but: object = None) -> None:
        for sheet in (self._finder, self._keys, self._sheet, self._tour):
            if sheet is but:
                continue
            if sheet is not None and sheet.isVisible():
                sheet.put_away()

    def _set(self, **changes: object) -> None:
        self._change(msgspec.structs.replace(self._settings(), **changes))
        if self._sheet is not None and self._sheet.isVisible():
            self._sheet.show_settings(self._settings())

    def _step_text(self, step: int) -> None:
        now = self._settings().text_size
        place = min(range(len(LARGER)), key=lambda at: abs(LARGER[at] - now))
        self._set(text_size=LARGER[min(max(place + step, 0), len(LARGER) - 1)])

    def _turn_motion(self) -> None:
        self._set(motion="off" if self._theme.motion else "on")

    def _define(self, word: str) -> str:
        glossary = self._read_glossary() if word else None
        term = glossary.find(word) if glossary is not None else None
        if term is None and glossary is not None:
            with contextlib.suppress(KeyError):
                term = glossary.get(word)
        return term.one if term is not None else ""

    def _read_glossary(self) -> Glossary | None:
        """Read the glossary when it is first wanted: a few milliseconds."""
        if self.glossary is None:
            from studio import glossary

            with contextlib.suppress(glossary.GlossaryError, OSError):  # a test guards what ships
                self.glossary = glossary.load()
        return self.glossary


def _on(window: Window, title: str, call: Callable[[], None]) -> Callable[[], None]:
    """Return what opens a page and then does something there."""

    def both() -> None:
        window.open_titled(title)
        call()

    return both


def _version() -> str:
    from importlib import metadata

    try:
        return metadata.version("painter-studio")
    except metadata.PackageNotFoundError:
        return QCoreApplication.applicationVersion() or "from its folder"

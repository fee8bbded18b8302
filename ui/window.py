"""The window: it puts the rail, the header and the pages together, and knows nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from PySide6.QtCore import QByteArray, QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QHelpEvent, QKeySequence, QMouseEvent, QShortcut
from PySide6.QtWidgets import QMainWindow, QSplitter, QStackedWidget, QToolTip, QWidget

from ui.current import CurrentColor
from ui.icons import Icons
from ui.terms import term_at
from ui.theme import Theme
from ui.tips import tip
from ui.widgets.basics import column, row
from ui.widgets.focus import FocusRing
from ui.widgets.header import Header
from ui.widgets.rail import Rail


class Page(Protocol):
    """What the window must know of a page: how it is called and which icon stands for it."""

    title: str
    icon: str


class Window(QMainWindow):
    """Shows one page at a time.

    Parameters
    ----------
    theme, icons, current
        The look and the shared colour.
    pages
        The pages, in the rail's order; each is a widget with a title and an icon.

    Attributes
    ----------
    shown
        The window has been painted for the first time.
    closing
        The window is about to close; what should be remembered can still be read.
    term_asked
        A word that is marked as a term was clicked; carries it.

    Notes
    -----
    ``define`` says what a term means; the window answers with it for every part that is marked with one.
    """

    shown = Signal()
    closing = Signal()
    term_asked = Signal(str)

    def __init__(self, theme: Theme, icons: Icons, current: CurrentColor, pages: Sequence[QWidget]) -> None:
        super().__init__()
        self.setWindowTitle("Painter Studio")
        self.setMinimumSize(1000, 680)
        self.resize(1280, 800)
        self._pages: list[QWidget] = list(pages)
        self._painted = False
        self.define: Callable[[str], str] = lambda term: ""
        self.rail = Rail(theme, icons)
        self.header = Header(theme, current)
        self.stack = QStackedWidget()
        body = QWidget()
        whole = row(body)
        whole.addWidget(self.rail)
        right = column()
        right.addWidget(self.header)
        right.addWidget(self.stack, 1)
        whole.addLayout(right, 1)
        self.setCentralWidget(body)
        for place, page in enumerate(self._pages):
            self.rail.add(_facts(page).icon, _facts(page).title)
            self.stack.addWidget(page)
            shortcut = QShortcut(QKeySequence(f"Ctrl+{place + 1}"), self)
            shortcut.activated.connect(lambda place=place: self.open_page(place))
        self.rail.chosen.connect(self.open_page)
        self.header.tag.clicked.connect(lambda: self.open_page(0))
        # Esc lets go of a field, so that the keys work for the page again.
        escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self)
        escape.activated.connect(self._let_go)
        self.focus_ring = FocusRing(theme, self)
        # The window itself takes the focus first, and from fields when one clicks beside them.
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setFocus()
        self.open_page(0)

    @property
    def pages(self) -> tuple[QWidget, ...]:
        """The pages, in the rail's order."""
        return tuple(self._pages)

    @property
    def place(self) -> int:
        """Which page is open, from 0."""
        return self.stack.currentIndex()

    @property
    def title(self) -> str:
        """The open page's title."""
        return _facts(self._pages[self.place]).title

    def open_page(self, place: int) -> None:
        """Open a page by its place in the rail."""
        self.stack.setCurrentIndex(place)
        self.rail.choose(place)
        self.header.title.setText(_facts(self._pages[place]).title)

    def open_titled(self, title: str) -> None:
        """Open the page of this title, if there is one."""
        for place, page in enumerate(self._pages):
            if _facts(page).title == title:
                self.open_page(place)

    def splitters(self) -> dict[str, str]:
        """Return where splitters that have a name stand, as Qt writes it, in base64."""
        named = [splitter for splitter in self.findChildren(QSplitter) if splitter.objectName()]
        return {
            splitter.objectName(): bytes(splitter.saveState().toBase64().data()).decode()
            for splitter in named
        }

    def restore_splitters(self, states: dict[str, str]) -> None:
        """Put splitters back where they stood."""
        for splitter in self.findChildren(QSplitter):
            if state := states.get(splitter.objectName()):
                splitter.restoreState(QByteArray.fromBase64(state.encode()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Open a term that was clicked; a click that nobody takes ends here."""
        if term := term_at(self, event.position().toPoint()):
            self.term_asked.emit(term)
        else:
            super().mousePressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Define the term that the pointer rests on, and note the first frame."""
        if event.type() == QEvent.Type.ToolTip:
            # It comes here only from parts that have nothing to say themselves.
            assert isinstance(event, QHelpEvent)
            told = self.define(term_at(self, event.pos()))
            if told:
                QToolTip.showText(event.globalPos(), tip(told), self)
                return True
        handled = super().event(event)
        if event.type() == QEvent.Type.Paint and not self._painted:
            self._painted = True
            # Once this turn of the loop is over the frame is on the screen.
            QTimer.singleShot(0, self.shown.emit)
        return handled

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close at once: a training that runs goes on without a window."""
        self.closing.emit()
        super().closeEvent(event)

    def _let_go(self) -> None:
        self.setFocus()


def _facts(page: QWidget) -> Page:
    assert hasattr(page, "title")
    assert hasattr(page, "icon")
    return page

"""The glossary, Learn's second tab: terms to search, and one of them set large."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QLineEdit, QScrollArea, QWidget

from studio.glossary import Glossary, Term
from ui.theme import Theme
from ui.widgets.basics import Label, button, column, row
from ui.widgets.shelf import Item, Shelf
from ui.widgets.term import TermView

FIRST = "rollout"


class GlossaryView(QWidget):
    """Terms to search on the left, the one that is open set large on the right.

    Parameters
    ----------
    theme, glossary
        The look and the terms.
    opened
        Slug of the term to begin with.

    Attributes
    ----------
    page_wanted
        The person wants to see where one meets a term; carries the page's title.
    """

    page_wanted = Signal(str)

    def __init__(self, theme: Theme, glossary: Glossary, opened: str = FIRST) -> None:
        super().__init__()
        self._theme = theme
        self.setObjectName("page")
        self._glossary = glossary
        self._past: list[str] = []
        self.search = QLineEdit()
        self.search.setFont(theme.font(13))
        self.search.setPlaceholderText("Search terms")
        self.search.setAccessibleName("Search terms")
        self.search.setClearButtonEnabled(True)
        self.shelf = Shelf(theme, "Terms")
        self.found = Label(theme, size=12, tone="3", wrap=True)
        self.back = button(theme, "←  Back", "Back to the term before", kind="link")
        keeps = self.back.sizePolicy()
        keeps.setRetainSizeWhenHidden(True)
        self.back.setSizePolicy(keeps)
        self.term = TermView(theme, glossary)
        self._scroll = QScrollArea()
        self._scroll.setWidget(self.term)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._lay_out()
        self._open = opened if any(term.slug == opened for term in glossary) else glossary.terms[0].slug
        self._filter("")
        self._show()

        self.search.textChanged.connect(self._filter)
        self.search.installEventFilter(self)
        self.shelf.chosen.connect(self.open_term)
        self.term.term_wanted.connect(self._lead_on)
        self.term.page_wanted.connect(self.page_wanted)
        self.term.address_wanted.connect(lambda address: QDesktopServices.openUrl(QUrl(address)))
        self.back.clicked.connect(self.go_back)
        for keys, call in (("Ctrl+F", self._search), ("Alt+Left", self.go_back)):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(call)

    @property
    def opened(self) -> str:
        """The slug of the term that is open."""
        return self._open

    def open_term(self, slug: str) -> None:
        """Show a term; the way back leads to the one before."""
        if slug == self._open:
            return
        self._past.append(self._open)
        self._turn_to(slug)

    def go_back(self) -> None:
        """Show the term that was open before."""
        if self._past:
            self._turn_to(self._past.pop())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrow keys move along the list while one types."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and self.shelf.count():
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None:
                place = min(max(self.shelf.currentRow() + step, 0), self.shelf.count() - 1)
                self.shelf.setCurrentRow(place)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.shelf.setCurrentRow(max(self.shelf.currentRow(), 0))
                self.shelf.setFocus()
                return True
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the list its 240 where there is room, and the page its margins."""
        wide = self.width() >= 1100
        margin = 32 if wide else 24
        self._layout.setContentsMargins(margin, 8, margin, margin)
        self._layout.setSpacing(64 if wide else 40)
        self._left.setFixedWidth(self._theme.broad(264 if wide else 224))
        super().resizeEvent(event)

    def _lay_out(self) -> None:
        self._left = QWidget()
        left = column(self._left, 12)
        left.addWidget(self.search)
        left.addWidget(self.found)
        left.addWidget(self.shelf, 1)
        right = column(space=8)
        top = row()
        top.addWidget(self.back)
        top.addStretch(1)
        right.addLayout(top)
        right.addWidget(self._scroll, 1)
        self._layout = row(self)
        self._layout.addWidget(self._left)
        self._layout.addLayout(right, 1)

    def _filter(self, text: str) -> None:
        terms = self._glossary.search(text)
        self.shelf.show_items([_item(term) for term in terms], self._open)
        if terms and text.strip():
            words = "1 term" if len(terms) == 1 else f"{len(terms)} terms"
            self.found.setText(f"{words} of {len(self._glossary)}")
        elif terms:
            self.found.setText(f"{len(terms)} terms, all in paint names")
        else:
            self.found.setText(f"No term has “{text.strip()[:40]}” in it. Try a shorter word.")
        self.shelf.scrollToTop() if text.strip() else self._reveal()

    def _lead_on(self, slug: str) -> None:
        # The button that was pressed goes with its term, and must not take the focus along.
        self.shelf.setFocus()
        self.open_term(slug)

    def _turn_to(self, slug: str) -> None:
        self._open = slug
        if slug not in self.shelf.shown():
            # A neighbour that the search leaves out: the list shows where one is.
            self.search.clear()
        self.shelf.show_items([_item(self._glossary.get(one)) for one in self.shelf.shown()], slug)
        self._reveal()
        self._show()

    def _show(self) -> None:
        self.term.show_term(self._glossary.get(self._open))
        self.back.setVisible(bool(self._past))
        self._scroll.verticalScrollBar().setValue(0)

    def _reveal(self) -> None:
        item = self.shelf.currentItem()
        if item is not None:
            self.shelf.scrollToItem(item)

    def _search(self) -> None:
        self.search.setFocus()
        self.search.selectAll()


def _item(term: Term) -> Item:
    if term.kind == "studio":
        return Item(term.slug, term.name, "This app’s word")
    first = term.sources[0]
    return Item(term.slug, term.name, f"{first.by}, {first.year}")

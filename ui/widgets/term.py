"""One term of the glossary, set to be read."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLayout, QSizePolicy, QWidget

from studio.glossary import Glossary, Source, Term
from ui.theme import Theme
from ui.tips import tip
from ui.widgets.basics import Label, button, column, row, rule
from ui.widgets.prose import Prose
from ui.widgets.wrapping import Wrapping

MEASURE = 640
"""The widest that lines of text are set, in pixels: about 80 letters."""


class TermView(QWidget):
    """A term large, its sentences, an example in paint names, its neighbours, and where one meets it.

    Parameters
    ----------
    theme
        The look.
    glossary
        Where neighbours' names are found.

    Attributes
    ----------
    term_wanted
        A neighbour was chosen; carries its slug.
    page_wanted
        The way to the page in the app was chosen; carries the page's title.
    address_wanted
        A paper was chosen; carries its address.
    """

    term_wanted = Signal(str)
    page_wanted = Signal(str)
    address_wanted = Signal(str)

    def __init__(self, theme: Theme, glossary: Glossary) -> None:
        super().__init__()
        self._theme, self._glossary = theme, glossary
        self.setObjectName("bare")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.MinimumExpanding)
        self.kind = Label(theme, size=12, tone="3")
        self.name = Prose(theme, size=44, weight=600, display=True)
        self.one = Prose(theme, size=20, weight=500, display=True)
        self.more = Prose(theme, size=15, tone="2")
        self.example = _Example(theme)
        self.see = Wrapping()
        self.sources = column(space=4)
        self.page = button(theme, "", kind="link")
        self._page = ""
        text = QWidget()
        text.setMaximumWidth(MEASURE)
        inner = column(text)
        inner.addWidget(self.kind)
        inner.addSpacing(4)
        inner.addWidget(self.name)
        inner.addSpacing(16)
        inner.addWidget(self.one)
        inner.addSpacing(16)
        inner.addWidget(self.more)
        inner.addSpacing(24)
        inner.addWidget(self.example)
        inner.addSpacing(24)
        inner.addWidget(rule())
        inner.addSpacing(16)
        inner.addLayout(self._fact("See also", self.see))
        inner.addSpacing(12)
        place = row()
        place.addWidget(self.page)
        place.addStretch(1)
        inner.addLayout(self._fact("In the app", place))
        inner.addSpacing(12)
        inner.addLayout(self._fact("From", self.sources))
        inner.addStretch(1)
        outer = row(self)
        outer.addWidget(text, 1000)
        outer.addStretch(1)
        self.page.clicked.connect(lambda: self.page_wanted.emit(self._page))

    def show_term(self, term: Term) -> None:
        """Show a term."""
        self.kind.setText("A word of this app" if term.kind == "studio" else "A word of the field")
        self.name.set_text(term.name)
        self.one.set_text(term.one)
        self.more.set_text(term.more)
        self.example.text.set_text(term.example)
        self._page = term.page
        self.page.setText(f"{term.page}: {term.there}  →")
        self.page.setAccessibleName(f"Open {term.page}: {term.there}")
        self.see.clear()
        for slug in term.see:
            other = button(self._theme, self._glossary.get(slug).name)
            other.setToolTip(tip(self._glossary.get(slug).one))
            other.clicked.connect(lambda _=False, slug=slug: self.term_wanted.emit(slug))
            self.see.addWidget(other)
        while (item := self.sources.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for source in term.sources:
            self.sources.addWidget(self._source(source))
        if not term.sources:
            self.sources.addWidget(Label(self._theme, "Painter Studio", 13, "2"))

    def _fact(self, label: str, content: QLayout) -> QHBoxLayout:
        line = row(space=16)
        said = Label(self._theme, label, 13, "3")
        self._theme.fit(said, width=80)
        top = column()
        # Beside buttons the label stands as low as their words do.
        top.addSpacing(0 if content is self.sources else 5)
        top.addWidget(said)
        top.addStretch(1)
        line.addLayout(top)
        line.addLayout(content, 1)
        return line

    def _source(self, source: Source) -> QWidget:
        words = Prose(self._theme, f"{source.by}, {source.title}, {source.year}", 13, "2")
        if not source.url:
            return words
        both = QWidget()
        line = row(both, 16)
        line.addWidget(words, 1)
        link = button(self._theme, f"arXiv {source.arxiv}", f"Open {source.title} on arXiv", kind="link")
        link.setToolTip(tip(source.url))
        link.clicked.connect(lambda: self.address_wanted.emit(source.url))
        line.addWidget(link)
        return both


class _Example(QWidget):
    """An example, marked by a dab of the user's colour."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.text = Prose(theme, size=15)
        layout = row(self)
        layout.setContentsMargins(20, 2, 0, 2)
        layout.addWidget(self.text)
        theme.accent_changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(QRectF(0, 0, 4, self.height()), self._theme.fill)

"""All about one painter: its report, its map of names, where it comes from, and what can be done with it."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLayout, QScrollArea, QWidget

from studio.glossary import Glossary
from studio.painters import BASE, PainterCard
from studio.views import gallery
from studio.views.name_map import NameMapView
from ui.terms import Term
from ui.theme import Theme
from ui.widgets.basics import Label, button, column, row
from ui.widgets.name_map import NameMap
from ui.widgets.progress import Bar
from ui.widgets.report_figures import Figures
from ui.widgets.wrapping import Wrapping


class PainterDetails(QWidget):
    """The right side of the gallery.

    Parameters
    ----------
    theme, glossary
        The look, and what the labels mean.
    """

    def __init__(self, theme: Theme, glossary: Glossary) -> None:
        super().__init__()
        self._theme, self._glossary = theme, glossary
        self.figures = Figures(theme)
        self.said = Label(theme, size=12, tone="3", wrap=True)
        self.measure = button(theme, "Measure on 96 colours")
        self.stop = button(theme, "Stop", "Stop measuring", kind="quiet")
        self.progress = Label(theme, size=12, tone="2", tabular=True)
        self.progress.setAccessibleName("Measuring")
        self.bar = Bar(theme, "How much is measured")
        self.map = NameMap(theme)
        self.map.setMinimumSize(200, 150)
        self.map.setFixedHeight(164)
        self.sentence = Label(theme, size=12, tone="2", wrap=True)
        self._facts = QGridLayout()
        self._facts.setContentsMargins(0, 0, 0, 0)
        self._facts.setHorizontalSpacing(16)
        self._facts.setVerticalSpacing(8)
        self._facts.setColumnStretch(1, 1)
        self.duplicate = button(theme, "Duplicate")
        self.blend = button(theme, "Blend…", "Blend with another painter")
        self.export = button(theme, "Export…", "Export for use outside the app")
        self.reveal = button(theme, "Files", "Show the painter's files")
        self.delete = button(theme, "Delete", "Move to the trash", kind="danger")
        self._lay_out()
        self.show_measuring(None)

    def show_painter(
        self, card: PainterCard, base: PainterCard | None, judges: Mapping[str, str], view: NameMapView
    ) -> None:
        """Show a painter; ``judges`` are the names of those that are known, by slug."""
        report = gallery.report_view(card, base)
        terms = {figure.term: self._glossary.get(figure.term).one for figure in report.figures}
        self.figures.show_figures(report.figures, terms)
        self.said.setText(card.error or report.said)
        self.said.set_tone("danger" if card.error else "3")
        self.measure.setText("Measure again on 96 colours" if report.figures else "Measure on 96 colours")
        own = bool(card.folder) and not card.shipped
        usable = not card.error
        self.measure.setEnabled(usable and bool(card.folder))
        self.measure.setVisible(usable and card.slug != BASE and not card.gguf)
        self.duplicate.setVisible(usable and bool(card.folder))
        self.blend.setVisible(usable and bool(card.folder) and not card.gguf)
        self.export.setVisible(usable and not card.gguf)
        self.reveal.setVisible(bool(card.folder))
        self.delete.setVisible(own)
        self._show_facts(card, judges)
        self.show_map(card, view)

    def show_map(self, card: PainterCard, view: NameMapView) -> None:
        """Show what is known of the painter's map."""
        self.map.setVisible(not card.error)
        self._map_title.setVisible(not card.error)
        self.map.show_map(view)
        percent = f"{view.known:.0%} named so far. " if 0 < view.known < 1 else ""
        self.sentence.setText("" if card.error else f"{percent}{view.sentence}" or "Being named…")
        self.sentence.setVisible(bool(self.sentence.text()))

    def show_measuring(self, share: float | None, words: str = "") -> None:
        """Show how far a measurement is; ``None`` if there is none."""
        going = share is not None
        for widget in (self.bar, self.progress, self.stop):
            widget.setVisible(going)
        self.measure.setEnabled(not going)
        if going:
            self.bar.set_share(share or None)
            self.progress.setText(words)

    def _show_facts(self, card: PainterCard, judges: Mapping[str, str]) -> None:
        while (item := self._facts.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for place, fact in enumerate(gallery.lineage(card, judges)):
            known = fact.term
            label = (
                Term(self._theme, fact.label, 13, "3", term=known)
                if known
                else Label(self._theme, fact.label, 13, "3")
            )
            words = Label(self._theme, fact.words[:300], 13, wrap=True)
            words.setAccessibleName(f"{fact.label}: {fact.words[:300]}")
            self._facts.addWidget(label, place, 0, Qt.AlignmentFlag.AlignTop)
            self._facts.addWidget(words, place, 1)
            label.show()
            words.show()

    def _lay_out(self) -> None:
        body = QWidget()
        body.setObjectName("bare")
        inner = column(body, 8)
        inner.setSizeConstraint(QLayout.SizeConstraint.SetMinimumSize)
        inner.setContentsMargins(0, 0, 12, 0)
        inner.addWidget(self._title("Report"))
        inner.addSpacing(4)
        inner.addWidget(self.figures)
        inner.addWidget(self.said)
        line = row(space=8)
        line.addWidget(self.measure)
        line.addStretch(1)
        inner.addLayout(line)
        going = row(space=8)
        going.addWidget(self.progress, 1)
        going.addWidget(self.stop)
        inner.addLayout(going)
        inner.addWidget(self.bar)
        inner.addSpacing(16)
        self._map_title = self._title("Map of names", "collapse")
        inner.addWidget(self._map_title)
        inner.addWidget(self.map)
        inner.addWidget(self.sentence)
        inner.addSpacing(16)
        inner.addWidget(self._title("Lineage"))
        inner.addLayout(self._facts)
        inner.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidget(body)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout = column(self, 12)
        layout.addWidget(scroll, 1)
        foot = Wrapping(space=8)
        for one in (self.blend, self.export, self.duplicate, self.reveal, self.delete):
            foot.addWidget(one)
        layout.addLayout(foot)

    def _title(self, text: str, term: str = "") -> Label:
        return (
            Term(self._theme, text, 13, "2", 600, term=term)
            if term
            else Label(self._theme, text, 13, "2", 600)
        )

"""One of several views of the same thing, by a switch at the top right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QStackedWidget, QWidget

from ui.theme import Theme
from ui.widgets.basics import column, row
from ui.widgets.segments import Segments


@dataclass(frozen=True)
class View:
    """A view: its title, what it shows, and what stands beside the switch while it is open, if anything."""

    title: str
    body: QWidget
    head: QWidget | None = None


class Views(QWidget):
    """A switch, and the view that it shows.

    Parameters
    ----------
    theme
        Gives tokens and fonts.
    name
        What the views are of, for a screen reader.
    views
        In the switch's order; the first is shown at first.

    Attributes
    ----------
    opened
        Another view was opened; carries its place.
    """

    opened = Signal(int)

    def __init__(self, theme: Theme, name: str, views: Sequence[View]) -> None:
        super().__init__()
        self._titles = [view.title for view in views]
        self.switch = Segments(theme, name, [(title, "") for title in self._titles])
        self._heads, self._bodies = QStackedWidget(), QStackedWidget()
        self._heads.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        for view in views:
            self._heads.addWidget(view.head or QWidget())
            self._bodies.addWidget(view.body)
        top = row(space=16)
        top.addWidget(self._heads, 1)
        top.addWidget(self.switch, 0, Qt.AlignmentFlag.AlignTop)
        layout = column(self, 12)
        layout.addLayout(top)
        layout.addWidget(self._bodies, 1)
        self.switch.chosen.connect(self._show)

    @property
    def title(self) -> str:
        """The open view's title."""
        return self._titles[self.switch.place]

    def open_titled(self, title: str) -> None:
        """Open the view of this title, if there is one."""
        if title in self._titles:
            self.switch.choose(self._titles.index(title))

    def _show(self, place: int) -> None:
        self._heads.setCurrentIndex(place)
        self._bodies.setCurrentIndex(place)
        self.opened.emit(place)

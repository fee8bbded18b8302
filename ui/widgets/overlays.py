"""Other runs laid over the one that is watched, and where their recipes differ."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QMenu, QScrollArea, QSizePolicy, QWidget

from engine.recipe import Recipe
from studio.runs import RunSummary
from studio.views.overlay import MOST, Difference, Overlay, differences
from ui.theme import Theme
from ui.widgets.basics import Elided, Label, button, column, row

_LISTED = 24
DASHES: tuple[tuple[float, ...], ...] = ((5.0, 3.0), (1.5, 2.5), (7.0, 2.5, 1.5, 2.5))


class _Sample(QWidget):
    """A piece of the line that a run is drawn by; the watched run's is in ink."""

    def __init__(self, theme: Theme, place: int) -> None:
        super().__init__()
        self._theme, self._place = theme, place
        self.setFixedSize(26, 16)
        theme.changed.connect(self.update)
        theme.accent_changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(26, 16)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(self._theme.ink, 2.25)
        if self._place:
            pen = QPen(QColor(self._theme.tokens.series[(self._place - 1) % 4]), 1.5)
            pen.setDashPattern(list(DASHES[(self._place - 1) % len(DASHES)]))
        painter.setPen(pen)
        middle = QRectF(self.rect()).center().y()
        painter.drawLine(0, round(middle), self.width(), round(middle))


class Overlays(QWidget):
    """Chooses runs to lay over the watched one, and tells where they differ.

    Attributes
    ----------
    wanted
        Other runs are to be laid over: their ids, a list of ``str``.
    """

    wanted = Signal(list)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._summaries: list[RunSummary] = []
        self._watched = ""
        self._name = ""
        self._recipe: Recipe | None = None
        self._overlays: list[Overlay] = []
        self.add = button(theme, "Lay a run over this…", "Lay another run over this one")
        self.menu = QMenu(self)
        self.add.setMenu(self.menu)
        self.menu.aboutToShow.connect(self._fill)
        self.words = Label(theme, size=13, tone="2", wrap=True)
        self._rows = column(space=4)
        self._grid_holder = QWidget()
        self._grid_holder.setObjectName("bare")
        self._grid_holder.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self._grid = QGridLayout(self._grid_holder)
        self._grid.setContentsMargins(0, 4, 10, 4)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(6)
        scroll = QScrollArea()
        scroll.setWidget(self._grid_holder)
        scroll.setWidgetResizable(True)
        scroll.setAccessibleName("Where the recipes differ")
        top = row(space=12)
        top.addWidget(self.words, 1)
        top.addWidget(self.add, 0, Qt.AlignmentFlag.AlignTop)
        layout = column(self, 10)
        layout.addLayout(top)
        layout.addLayout(self._rows)
        layout.addWidget(scroll, 1)
        self._lay_out()

    @property
    def chosen(self) -> list[str]:
        """The ids of the runs that are laid over."""
        return [overlay.run for overlay in self._overlays]

    def show_runs(self, summaries: Sequence[RunSummary]) -> None:
        """Take note of which runs there are."""
        self._summaries = [one for one in summaries if not one.error and one.step > 0]

    def show_watched(self, run: str, name: str, recipe: Recipe | None) -> None:
        """Take note of which run is watched."""
        if (run, name, recipe) != (self._watched, self._name, self._recipe):
            self._watched, self._name, self._recipe = run, name, recipe
            self._lay_out()

    def show_overlays(self, overlays: Sequence[Overlay]) -> None:
        """Show which runs are laid over, and where their recipes differ."""
        self._overlays = list(overlays)
        self._lay_out()

    def choose(self, run: str) -> None:
        """Lay a run over, or take it off again."""
        now = self.chosen
        self.wanted.emit([one for one in now if one != run] if run in now else [*now, run][-MOST:])

    def _fill(self) -> None:
        self.menu.clear()
        others = [one for one in self._summaries if one.id != self._watched][:_LISTED]
        for summary in others:
            action = self.menu.addAction(f"{summary.name.replace('&', '&&')[:40]}   {summary.id[:10]}")
            action.setCheckable(True)
            action.setChecked(summary.id in self.chosen)
            action.triggered.connect(lambda _=False, run=summary.id: self.choose(run))
        if not others:
            self.menu.addAction("There is no other run yet").setEnabled(False)

    def _lay_out(self) -> None:
        for layout in (self._rows, self._grid):
            while (item := layout.takeAt(0)) is not None:
                if (gone := item.widget()) is not None:
                    gone.hide()
                    gone.deleteLater()
        names = [self._name, *(overlay.name for overlay in self._overlays)]
        for place, name in enumerate(names if self._overlays else []):
            self._rows.addWidget(self._line(place, name))
        rows: tuple[Difference, ...] = ()
        recipes = [self._recipe, *(overlay.recipe for overlay in self._overlays)]
        known = [recipe for recipe in recipes if recipe is not None]
        if len(known) == len(recipes) and len(known) > 1:
            rows = differences(known)
        if not self._overlays:
            words = (
                "Lay another run over this one: their rewards in one plot, and where their recipes differ."
            )
        else:
            words = "Where the recipes differ:" if rows else "By their recipes these runs are the same."
        self.words.setText(words)
        for place, difference in enumerate(rows):
            self._grid.addWidget(Label(self._theme, difference.field, 12, "3"), place, 0)
            for run, value in enumerate(difference.values):
                cell = Label(self._theme, value, 12, "" if run == 0 else "2", tabular=True, wrap=True)
                self._grid.addWidget(cell, place, run + 1)
                self._grid.setColumnStretch(run + 1, 1)

    def _line(self, place: int, name: str) -> QWidget:
        holder = QWidget()
        line = row(holder, 8)
        line.addWidget(_Sample(self._theme, place))
        said = Elided(self._theme, name if place else f"{name}, watched", weight=600 if place == 0 else 400)
        line.addWidget(said, 1)
        if place:
            run = self._overlays[place - 1].run
            off = button(self._theme, "Take off", f"Take {name} off", kind="link")
            off.clicked.connect(lambda _=False, run=run: self.choose(run))
            line.addWidget(off)
        return holder

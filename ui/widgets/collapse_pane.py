"""How a training's names narrow: the map at each evaluation, its figures, and where the judges part."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QBoxLayout, QGridLayout, QScrollArea, QSlider, QWidget

from engine.events import EvalFinished
from studio.views.alarm import figures, hues, map_of, parting
from studio.views.run import RunView
from ui.theme import Theme
from ui.tips import tip
from ui.widgets.basics import Label, column
from ui.widgets.name_map import NameMap
from ui.widgets.parting import PartingPlot


class CollapsePane(QWidget):
    """A slider over a run's evaluations, and what each found.

    Attributes
    ----------
    shown
        Another evaluation is shown; carries its step.
    """

    shown = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._view = RunView()
        self._follow = True
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName("Which evaluation is shown")
        self.slider.setToolTip("Drag through the training")
        self.slider.setPageStep(1)
        self.words = Label(theme, size=12, tone="2", wrap=True)
        self.map = NameMap(theme)
        self.map.setMinimumSize(240, 110)
        self.map.setMaximumHeight(190)
        self.hues = Label(theme, size=12, tone="2", wrap=True)
        self.plot = PartingPlot(theme)
        self.none = Label(
            theme,
            "The first evaluation, of 48 unseen colours, comes before the first step.",
            13,
            "3",
            wrap=True,
        )
        self._table = QWidget()
        self._cells = QGridLayout(self._table)
        self._cells.setContentsMargins(0, 0, 0, 0)
        self._cells.setHorizontalSpacing(12)
        self._cells.setVerticalSpacing(2)
        self._cells.setColumnStretch(0, 1)
        self._rows: list[tuple[Label, Label, Label]] = []
        self._told = QWidget()
        said = column(self._told, 6)
        for part in (self.slider, self.words, self.map, self.hues):
            said.addWidget(part)
        said.addStretch(1)
        self._facts = QWidget()
        figured = column(self._facts, 8)
        figured.addWidget(self.plot, 1)
        figured.addWidget(self._table)
        inside = QWidget()
        self._body = QBoxLayout(QBoxLayout.Direction.TopToBottom, inside)
        self._body.setContentsMargins(0, 0, 4, 0)
        self._body.setSpacing(12)
        self._body.addWidget(self._told, 1)
        self._body.addWidget(self._facts, 1)
        self._scroll = QScrollArea()
        self._scroll.setWidget(inside)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout = column(self)
        layout.addWidget(self.none)
        layout.addWidget(self._scroll, 1)
        self.slider.valueChanged.connect(self._slid)
        self._tell()

    @property
    def evaluation(self) -> EvalFinished | None:
        """The evaluation that is shown."""
        evals = self._view.evals
        return evals[min(self.slider.value(), len(evals) - 1)] if evals else None

    def set_upright(self, upright: bool) -> None:
        """Set the map above the plot, or beside it."""
        directions = QBoxLayout.Direction
        self._body.setDirection(directions.TopToBottom if upright else directions.LeftToRight)

    def show_run(self, view: RunView, *, fresh: bool = False) -> None:
        """Show a run's evaluations; at the newest, unless an earlier one is looked at."""
        if fresh:
            self._follow = True
        if view.evals == self._view.evals and not fresh:
            return
        self._view = view
        last = max(len(view.evals) - 1, 0)
        self.slider.blockSignals(True)
        self.slider.setRange(0, last)
        if self._follow:
            self.slider.setValue(last)
        self.slider.blockSignals(False)
        self.slider.setEnabled(last > 0)
        self._tell()

    def _slid(self, place: int) -> None:
        self._follow = place == self.slider.maximum()
        self._tell()
        if self.evaluation is not None:
            self.shown.emit(self.evaluation.step)

    def _tell(self) -> None:
        told = self.evaluation
        self.none.setVisible(told is None)
        self._scroll.setVisible(told is not None)
        if told is None:
            return
        first = self._view.evals[0]
        shown = map_of(told)
        self.map.setVisible(shown is not None)
        when = f"After step {told.step}" if told.step else "Before the first step"
        self.words.setText(f"{when}. {shown.sentence}" if shown is not None else f"{when}.")
        self.slider.setAccessibleDescription(self.words.text())
        if shown is not None:
            self.map.show_map(shown)
        worst = hues(told, first)
        self.hues.setText(worst)
        self.hues.setVisible(bool(worst))
        self.plot.show_points(parting(self._view), told.step)
        self._fill(
            [
                ("", "now", "at first", ""),
                *((f.label, f.now, f.first, f.meaning) for f in figures(told, first)),
            ]
        )

    def _fill(self, rows: Sequence[tuple[str, str, str, str]]) -> None:
        while len(self._rows) < len(rows):
            labels = (
                Label(self._theme, size=12, tone="2"),
                Label(self._theme, size=12, tabular=True),
                Label(self._theme, size=12, tone="3", tabular=True),
            )
            for place, label in enumerate(labels):
                right = Qt.AlignmentFlag.AlignRight if place else Qt.AlignmentFlag.AlignLeft
                self._cells.addWidget(label, len(self._rows), place, right)
            self._rows.append(labels)
        for labels, (name, now, before, meaning) in zip(self._rows, rows, strict=True):
            for label, text in zip(labels, (name, now, before), strict=True):
                label.setText(text[:28])
                label.setToolTip(tip(meaning))

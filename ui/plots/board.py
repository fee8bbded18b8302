"""All of a run's plots, linked: one crosshair, one pinned step, one stretch of steps that is looked at."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.views.meanings import MEANINGS, TERMS
from studio.views.plots import Panel, Sheet, drawn
from ui.plots.curve import CurvePlot
from ui.terms import Term, explain
from ui.theme import Theme
from ui.tips import tip
from ui.widgets.basics import Label, column, row

REFRESH = 100
"""Milliseconds between two drawings: a curve need not move at every event."""
_TURN = 14
"""Milliseconds from one plot's drawing to the next one's, in which the rest of the window has its turn."""
_AXIS = 44
_ENDS = 104
_LOW = 250
LONG = 30
"""Steps from which on a stretch can be chosen; fewer are seen whole."""


class Overview(QWidget):
    """The whole run's reward in a strip, with the stretch that the plots show; two clicks show all again.

    Attributes
    ----------
    chosen
        Another stretch was chosen: its first and last step.
    """

    chosen = Signal(float, float)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._whole = 1.0
        self.setAccessibleName("The stretch of steps that is shown")
        self.setToolTip("Drag the edges to look at a stretch of steps; two clicks show all")
        self._plot = pg.PlotWidget()
        self._plot.setFrameShape(self._plot.Shape.NoFrame)
        self._plot.setFixedHeight(30)
        for part in (self._plot, self._plot.viewport()):
            part.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._plot.viewport().installEventFilter(self)
        item = self._plot.getPlotItem()
        item.hideButtons()
        item.setMenuEnabled(False)
        item.hideAxis("bottom")
        item.getAxis("left").setWidth(_AXIS)
        item.getAxis("left").setStyle(showValues=False, tickLength=0)
        box = item.getViewBox()
        box.setMouseEnabled(x=False, y=False)
        box.disableAutoRange()
        item.setYRange(-0.05, 1.05, padding=0)
        self._line = pg.PlotCurveItem(antialias=True)
        self.region = pg.LinearRegionItem((0, 1), swapMode="push")
        item.addItem(self._line, ignoreBounds=True)
        item.addItem(self.region, ignoreBounds=True)
        self.region.sigRegionChanged.connect(self._moved)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._plot)
        self.dress()

    def show_sheet(self, sheet: Sheet, first: float, last: float) -> None:
        """Show the run and the stretch."""
        self._whole = float(sheet.last)
        own = next(trace for trace in sheet.reward.traces if trace.kind == "main")
        points = drawn(own, 0, sheet.last, 400)
        self._line.setData(points.x, points.y)
        width = max(self._plot.getPlotItem().getViewBox().width(), 60.0)
        scale = self._whole / max(width - _ENDS - 6, 20.0)
        self._plot.getPlotItem().setXRange(-6 * scale, self._whole + _ENDS * scale, padding=0)
        self.region.blockSignals(True)
        self.region.setBounds((0, self._whole))
        self.region.setRegion((first, last))
        self.region.blockSignals(False)

    def tint(self) -> None:
        """Take on the accent."""
        faint = QColor(self._theme.ink)
        faint.setAlphaF(0.08)
        self.region.setBrush(pg.mkBrush(faint))
        self.region.setHoverBrush(pg.mkBrush(faint))

    def dress(self) -> None:
        """Take on the scheme's colours."""
        theme = self._theme
        self._plot.setBackground(theme.color("surface"))
        self._plot.getPlotItem().getAxis("left").setPen(pg.mkPen(None))
        self._line.setPen(pg.mkPen(theme.color("edge"), width=self.devicePixelRatioF()))
        self.tint()
        for edge in self.region.lines:
            edge.setPen(pg.mkPen(theme.color("edge"), width=2))
            edge.setHoverPen(pg.mkPen(theme.color("text"), width=2))

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """Show all again at two clicks."""
        if event.type() == QEvent.Type.MouseButtonDblClick and isinstance(event, QMouseEvent):
            self.region.setRegion((0, self._whole))
        return False

    def _moved(self) -> None:
        first, last = self.region.getRegion()
        self.chosen.emit(float(first), float(last))


class _Titled(QWidget):
    """A small plot under its title and the figure at the step that is looked at."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.title = Term(theme, "", 12, weight=600)
        self.figure = Label(theme, size=12, tone="2", tabular=True)
        self.plot = CurvePlot(theme, _AXIS, 16)
        head = row(space=8)
        head.addSpacing(8)
        head.addWidget(self.title)
        head.addStretch(1)
        head.addWidget(self.figure)
        head.addSpacing(8)
        layout = column(self, 2)
        layout.addLayout(head)
        layout.addWidget(self.plot, 1)
        self.setMinimumHeight(90)

    def show_panel(self, panel: Panel, first: float, last: float) -> None:
        self.title.setText(panel.title)
        explain(self.title, TERMS.get(panel.key, ""))
        self.setToolTip(tip(MEANINGS.get(panel.key, "")))
        self.plot.setAccessibleName(f"{panel.title} by step")
        self.plot.setAccessibleDescription(MEANINGS.get(panel.key, ""))
        self.plot.show_panel(panel, first, last)

    def read(self, panel: Panel, step: int) -> None:
        told = [panel.figure(trace.at(step)) for trace in panel.traces if trace.at(step) is not None]
        self.figure.setText("  ○ ".join(told))


class PlotBoard(QWidget):
    """The reward large, its overview, and three small plots below.

    Arrow keys go from step to step, Home and End to the first and last, plus and minus look closer and
    wider, 0 shows all.

    Attributes
    ----------
    hovered
        The step under the pointer, 0 for none.
    pinned
        A step was chosen, to be looked into.
    """

    hovered = Signal(int)
    pinned = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._sheet: Sheet | None = None
        self._stretch: tuple[float, float] | None = None  # of the person's choosing
        self._pin = 0
        self._hover = 0
        self.setAccessibleName("Curves by step")
        self.setAccessibleDescription(
            "Left and right go from step to step, plus and minus zoom, 0 shows all steps."
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.reward = CurvePlot(theme, _AXIS, _ENDS)
        self.reward.setMinimumHeight(104)
        self.reward.setToolTip(MEANINGS["reward"])
        self.overview = Overview(theme)
        self.small = [_Titled(theme) for _ in range(3)]
        below = row(space=4)
        for titled in self.small:
            below.addWidget(titled, 1)
        layout = column(self, 4)
        layout.addWidget(self.reward, 5)
        layout.addWidget(self.overview)
        layout.addSpacing(4)
        layout.addLayout(below, 2)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REFRESH)
        self._timer.timeout.connect(self._begin)
        self._turn = QTimer(self)
        self._turn.setSingleShot(True)
        self._turn.setInterval(_TURN)
        self._turn.timeout.connect(self._draw_next)
        self._left: list[int] = []  # which plots are still to be drawn, by their place
        self._pale: set[int] = set()  # which of them wear an accent that has passed
        self._soon = QTimer(self)  # a stretch that is dragged follows the hand
        self._soon.setSingleShot(True)
        self._soon.setInterval(16)
        self._soon.timeout.connect(self.draw)
        for plot in self.plots:
            plot.hovered.connect(self._hovered)
            plot.clicked.connect(self._clicked)
        self.overview.chosen.connect(self._choose)
        theme.changed.connect(self._dress)
        theme.accent_rests.connect(self._tint)

    @property
    def plots(self) -> tuple[CurvePlot, ...]:
        """All plots, the reward first."""
        return (self.reward, *(titled.plot for titled in self.small))

    @property
    def stretch(self) -> tuple[float, float]:
        """The first and last step that are shown."""
        last = float(self._sheet.last) if self._sheet is not None else 1.0
        if self._stretch is None:
            return 0.0, last
        return self._stretch[0], min(self._stretch[1], last)

    def show_sheet(self, sheet: Sheet) -> None:
        """Draw a run, at most ten times a second, one plot after another; unseen, once it is seen."""
        self._sheet = sheet
        self._left = list(range(len(self.plots) + 1))
        if not self._timer.isActive():
            self._timer.start()

    def show_all(self) -> None:
        """Show all steps again, as for another run."""
        self._stretch = None

    def pin(self, step: int) -> None:
        """Mark the step that is looked into; 0 for none."""
        self._pin = step
        for plot in self.plots:
            plot.pin(step)
        self._read()

    def cross(self, step: int) -> None:
        """Show the crosshair at a step; below 0 for none."""
        for plot in self.plots:
            plot.cross(step)

    def draw(self) -> None:
        """Draw all of it now."""
        self._left = list(range(len(self.plots) + 1))
        while self._left:
            self._draw_part(self._left.pop(0))

    def showEvent(self, event: object) -> None:
        """Draw what came while it was not seen."""
        self._begin()

    def resizeEvent(self, event: object) -> None:
        """Leave out what there is no room for."""
        self._make_room()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from step to step, and look closer or wider."""
        sheet = self._sheet
        key = Qt.Key(event.key())
        if sheet is None or not len(sheet.steps):
            super().keyPressEvent(event)
            return
        many = 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
        move = {Qt.Key.Key_Left: -many, Qt.Key.Key_Right: many}.get(key)
        ends = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: len(sheet.steps) - 1}
        if move is not None or key in ends:
            now = int(sheet.steps.searchsorted(self._pin or sheet.steps[-1]))
            place = ends[key] if move is None else min(max(now + move, 0), len(sheet.steps) - 1)
            self.pinned.emit(int(sheet.steps[place]))
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            self._zoom(0.5 if key != Qt.Key.Key_Minus else 2.0)
        elif key == Qt.Key.Key_0:
            self._choose(0.0, float(sheet.last))
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Draw anew on another kind of screen."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._dress()
        return super().event(event)

    def _zoom(self, factor: float) -> None:
        assert self._sheet is not None
        first, last = self.stretch
        middle, whole = float(self._pin or (first + last) / 2), float(self._sheet.last)
        half = max((last - first) * factor / 2, 4.0)
        begin = min(max(middle - half, 0.0), max(whole - 2 * half, 0.0))
        self._choose(begin, min(begin + 2 * half, whole))

    def _choose(self, first: float, last: float) -> None:
        if self._sheet is None:
            return
        whole = first <= 0.5 and last >= self._sheet.last - 0.5
        self._stretch = None if whole else (first, max(last, first + 2))
        if not self._soon.isActive():
            self._soon.start()

    def _begin(self) -> None:
        if self.isVisible() and self._left and not self._turn.isActive():
            self._draw_next()

    def _draw_next(self) -> None:
        if self._left and self.isVisible():
            self._draw_part(self._left.pop(0))
            self._turn.start()

    def _draw_part(self, place: int) -> None:
        """Draw a plot by its place, or behind them the overview; the last one ends with the figures."""
        sheet = self._sheet
        if place in self._pale:
            self._pale.remove(place)
            (self.plots[place] if place < len(self.plots) else self.overview).tint()
        if sheet is None:
            return
        first, last = self.stretch
        if place == 0:
            self.reward.show_panel(sheet.reward, first, last)
        elif place < len(self.plots):
            self.small[place - 1].show_panel(sheet.small[place - 1], first, last)
        else:
            self._make_room()
            if sheet.last >= LONG:
                self.overview.show_sheet(sheet, first, last)
            self._read()

    def _make_room(self) -> None:
        """Where large text leaves little height, the reward has it to itself."""
        low = self._theme.scale > 1 and self.height() < self._theme.px(_LOW)
        self.overview.setVisible(self._sheet is not None and self._sheet.last >= LONG and not low)
        for titled in self.small:
            titled.setVisible(not low)

    def _hovered(self, x: float) -> None:
        sheet = self._sheet
        step = sheet.near(x) if sheet is not None and x >= 0 else 0
        self.cross(step if step else -1)
        if step != self._hover:
            self._hover = step
            self._read()
            self.hovered.emit(step)

    def _clicked(self, x: float) -> None:
        step = self._sheet.near(x) if self._sheet is not None else 0
        self.setFocus()
        if step:
            self.pinned.emit(step)

    def _read(self) -> None:
        sheet = self._sheet
        if sheet is None or not len(sheet.steps):
            return
        step = self._hover or self._pin or int(sheet.steps[-1])
        for titled, panel in zip(self.small, sheet.small, strict=True):
            titled.read(panel, step)

    def _tint(self) -> None:
        """Take on the accent, one plot after another."""
        self._left = list(range(len(self.plots) + 1))
        self._pale = set(self._left)
        self._begin()

    def _dress(self) -> None:
        self._pale.clear()
        for plot in self.plots:
            plot.dress()
        self.overview.dress()

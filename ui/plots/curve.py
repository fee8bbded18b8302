"""One plot: raw points thin, the smooth line over them, a band, names at the lines' ends; no legend."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import QGraphicsPathItem, QVBoxLayout, QWidget

from studio.views.plots import MOST, Drawn, Panel, Trace, drawn
from ui.plots.ends import spread_apart
from ui.theme import Theme

_DASHES: tuple[tuple[float, ...] | None, ...] = (None, (5.0, 3.0), (1.5, 2.5), (7.0, 2.5, 1.5, 2.5))
_LABEL = 14  # pixels from one end's label to the next


class _Line:
    """What one trace is drawn with: its raw points and its line, or its single points."""

    def __init__(self, item: pg.PlotItem) -> None:
        self.raw = pg.PlotCurveItem(antialias=False)
        self.line = pg.PlotCurveItem(antialias=True)
        self.dots = pg.ScatterPlotItem(size=7, pxMode=True)
        self.label = pg.TextItem(anchor=(0, 0.5))
        for piece in (self.raw, self.line, self.dots, self.label):
            item.addItem(piece, ignoreBounds=True)

    def show(self, visible: bool) -> None:
        for piece in (self.raw, self.line, self.dots, self.label):
            piece.setVisible(visible)


class CurvePlot(QWidget):
    """Draws a panel.

    Parameters
    ----------
    theme
        The look.
    axis
        The left axis's width in pixels: the same for plots that stand above each other.
    ends
        Pixels kept free to the right for the lines' names.
    steps
        Whether step numbers are written below.

    Attributes
    ----------
    hovered
        A place along the steps is under the pointer; −1 for none.
    clicked
        A place along the steps was clicked.
    """

    hovered = Signal(float)
    clicked = Signal(float)

    def __init__(self, theme: Theme, axis: int = 44, ends: int = 12, steps: bool = True) -> None:
        super().__init__()
        self._theme, self._ends = theme, ends
        self._panel: Panel | None = None
        self._first, self._last = 0.0, 1.0
        self._drawn: list[Drawn] = []
        self._marks: dict[str, list[tuple[float, str]]] = {}
        self.widget = pg.PlotWidget()
        self.widget.setFrameShape(self.widget.Shape.NoFrame)
        for part in (self, self.widget, self.widget.viewport()):
            part.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.widget)

        self._item = self.widget.getPlotItem()
        self._item.hideButtons()
        self._item.setMenuEnabled(False)
        self._box = self._item.getViewBox()
        self._box.setMouseEnabled(x=False, y=False)
        self._box.setDefaultPadding(0)
        self._box.disableAutoRange()
        left, bottom = self._item.getAxis("left"), self._item.getAxis("bottom")
        left.setWidth(axis)
        bottom.setHeight(20 if steps else 6)
        for drawn_axis in (left, bottom):
            drawn_axis.setStyle(
                tickLength=0, tickAlpha=0, tickTextOffset=6, tickFont=theme.font(12, tabular=True)
            )
        bottom.setStyle(showValues=steps)

        self._rules = [pg.InfiniteLine(0, angle=0, movable=False) for _ in range(3)]
        # A path of its own: pyqtgraph's fill between two curves takes 18 ms to make, this one a tenth of one.
        self._band = QGraphicsPathItem()
        self._band.setPen(pg.mkPen(None))
        self._cross = pg.InfiniteLine(angle=90, movable=False)
        self._pin = pg.InfiniteLine(angle=90, movable=False)
        for piece in (*self._rules, self._cross, self._pin, self._band):
            self._item.addItem(piece, ignoreBounds=True)
        self._lines: list[_Line] = []
        self._cross.hide()
        self._pin.hide()
        self.widget.scene().sigMouseMoved.connect(self._moved)
        self.widget.scene().sigMouseClicked.connect(self._pressed)
        self.dress()

    def show_panel(self, panel: Panel, first: float, last: float) -> None:
        """Draw a panel between two steps."""
        self._first, self._last = first, max(last, first + 1)
        anew = self._panel is None or [t.key for t in panel.traces] != [t.key for t in self._panel.traces]
        self._panel = panel
        while len(self._lines) < len(panel.traces):
            self._lines.append(_Line(self._item))
        self._mark("left", list(panel.ticks))
        for rule, (value, _) in zip(self._rules, panel.ticks, strict=True):
            rule.setValue(value)
        # A line that is drawn by a point every other pixel cannot be told from one with more.
        most = min(max(int(self._box.width() / 2), 60), MOST)
        self._drawn = [drawn(trace, self._first, self._last, most) for trace in panel.traces]
        for place, line in enumerate(self._lines):
            line.show(place < len(panel.traces))
        for line, trace, points in zip(self._lines, panel.traces, self._drawn, strict=False):
            self._draw(line, trace, points)
        if anew:
            self.dress()
        self._frame()

    def points(self, key: str) -> int:
        """Return how many points of a trace are drawn."""
        traces = self._panel.traces if self._panel is not None else ()
        found = (len(d.raw_x) for trace, d in zip(traces, self._drawn, strict=True) if trace.key == key)
        return next(found, 0)

    def cross(self, step: float) -> None:
        """Show the crosshair at a step; below 0 for none."""
        self._cross.setVisible(step >= 0)
        if step >= 0:
            self._cross.setValue(step)

    def pin(self, step: int) -> None:
        """Mark the step that is looked into; 0 for none."""
        self._pin.setVisible(step > 0)
        if step > 0:
            self._pin.setValue(step)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep room for the lines' names, whatever the width."""
        super().resizeEvent(event)
        self._frame()

    def leaveEvent(self, event: object) -> None:
        """Take the crosshair away with the pointer."""
        self.hovered.emit(-1.0)

    def _draw(self, line: _Line, trace: Trace, points: Drawn) -> None:
        single = trace.kind == "points"
        line.dots.setVisible(single)
        line.raw.setVisible(trace.kind == "main")
        if single:
            line.dots.setData(points.raw_x, points.raw_y)
            line.line.setData(points.raw_x, points.raw_y)
            return
        line.line.setData(points.x, points.y)
        if trace.kind != "main":
            return
        line.raw.setData(points.raw_x, points.raw_y)
        if len(trace.spread):
            around = np.concatenate([points.x, points.x[::-1]])
            edge = np.concatenate([points.low, points.high[::-1]])
            self._band.setPath(pg.functions.arrayToQPath(around, edge))

    def _frame(self) -> None:
        """Set the ranges, the step numbers and the names at the ends, which hang on the size in pixels."""
        panel, width = self._panel, max(self._box.width(), 40.0)
        if panel is None:
            return
        scale = (self._last - self._first) / max(width - self._ends - 6, 20.0)
        self._item.setXRange(self._first - 6 * scale, self._last + self._ends * scale, padding=0)
        unit = panel.top / max(self._box.height() - 12, 20.0)  # a pixel, upwards
        self._item.setYRange(-4 * unit, panel.top + 8 * unit, padding=0)
        marks = ticks(self._first, self._last, 6 if width > 360 else 3)
        self._mark("bottom", [(x, str(x)) for x in marks])
        self._name_ends(panel, scale, unit)

    def _mark(self, axis: str, marks: list[tuple[float, str]]) -> None:
        """Write an axis's ticks, if they are others than before: an axis is set anew each time."""
        if self._marks.get(axis) != marks:
            self._marks[axis] = marks
            self._item.getAxis(axis).setTicks([marks])

    def _name_ends(self, panel: Panel, scale: float, unit: float) -> None:
        named = []
        for line, trace, points in zip(self._lines, panel.traces, self._drawn, strict=False):
            seen = trace.steps[(trace.steps >= self._first) & (trace.steps <= self._last)]
            if trace.label and len(seen) and len(points.y):
                named.append((line, trace, float(seen[-1]), float(np.interp(seen[-1], points.x, points.y))))
            else:
                line.label.hide()
        places = spread_apart([y / unit for *_, y in named], _LABEL, 0.0, panel.top / unit)
        x = max((x for _, _, x, _ in named), default=0.0)  # one below the other, beyond the last of them
        for (line, trace, _, _), y in zip(named, places, strict=True):
            line.label.setVisible(True)
            line.label.setText(self._fitting(trace.label))
            line.label.setPos(x + 5 * scale, y * unit)

    def _fitting(self, label: str) -> str:
        metrics = self.fontMetrics()
        return metrics.elidedText(label, Qt.TextElideMode.ElideRight, max(self._ends - 10, 60))

    def tint(self) -> None:
        """Take on the accent, which is much sooner done than all colours: no axis is written anew."""
        ink, ratio = QColor(self._theme.ink), self.devicePixelRatioF()
        self._band.setBrush(pg.mkBrush(_faint(ink, 0.10)))
        for line, trace in zip(self._lines, self._panel.traces if self._panel else (), strict=False):
            if trace.kind == "main":
                line.line.setPen(pg.mkPen(ink, width=2.25 * ratio, capStyle=Qt.PenCapStyle.RoundCap))
                line.raw.setPen(pg.mkPen(_faint(ink, 0.3), width=ratio))
                line.label.setColor(ink)

    def dress(self) -> None:
        """Take on the scheme's colours and the accent."""
        theme, ratio = self._theme, self.devicePixelRatioF()  # pyqtgraph's widths are in device pixels
        rule = theme.color("line")
        self.widget.setBackground(theme.color("surface"))
        for name in ("left", "bottom"):
            axis = self._item.getAxis(name)
            axis.setPen(pg.mkPen(None))
            axis.setTickPen(pg.mkPen(None))
            axis.setTextPen(pg.mkPen(theme.color("text_3")))
        for place, line in enumerate(self._rules):
            style = Qt.PenStyle.DotLine if place == 1 else Qt.PenStyle.SolidLine
            line.setPen(pg.mkPen(rule, width=1, style=style))
        self._cross.setPen(pg.mkPen(theme.color("edge"), width=1))
        self._pin.setPen(pg.mkPen(theme.color("text"), width=1))
        traces: Sequence[Trace] = self._panel.traces if self._panel is not None else ()
        beside = 0
        for line, trace in zip(self._lines, traces, strict=False):
            if trace.kind in ("judge", "other"):
                color = QColor(theme.tokens.series[beside % 4])
                dash = _DASHES[(beside + (trace.kind == "other")) % 4]
                line.line.setPen(pg.mkPen(color, width=1.5 * ratio, dash=dash))
                line.label.setColor(color if theme.tokens.dark else color.darker(115))
                beside += 1
            elif trace.kind == "points":
                line.line.setPen(pg.mkPen(_faint(theme.color("text"), 0.45), width=ratio, dash=(1.0, 3.0)))
                line.dots.setPen(pg.mkPen(theme.color("text"), width=1.5 * ratio))
                line.dots.setBrush(pg.mkBrush(theme.color("surface")))
                line.label.setColor(theme.color("text_2"))
            line.label.setFont(theme.font(12, 600 if trace.kind == "main" else 400))
            line.line.setZValue(2 if trace.kind == "main" else 1)
            line.dots.setZValue(3)
        self.tint()

    def _moved(self, at: QPointF) -> None:
        inside = self._box.sceneBoundingRect().contains(at)
        self.hovered.emit(max(self._box.mapSceneToView(at).x(), 0.0) if inside else -1.0)

    def _pressed(self, event: object) -> None:
        at = event.scenePos()  # type: ignore[attr-defined]
        if self._box.sceneBoundingRect().contains(at):
            self.clicked.emit(self._box.mapSceneToView(at).x())


def ticks(first: float, last: float, most: int) -> list[int]:
    """Return the two ends and round steps between them, about ``most`` in all."""
    begin, end = round(first), round(last)
    span = max(end - begin, 1)
    step = next(s * 10**e for e in range(7) for s in (1, 2, 5) if span / (s * 10**e) <= most)
    inner = range(begin // step * step + step, end, step)
    return [begin, *(x for x in inner if min(end - x, x - begin) > step * 0.5), end]


def _faint(color: QColor, alpha: float) -> QColor:
    made = QColor(color)
    made.setAlphaF(alpha)
    return made

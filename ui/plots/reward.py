"""The reward's curve: each step's mean thin, a smooth line over it, the spread as a band."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.views.curves import smooth
from studio.views.run import RunView
from ui.theme import Theme

Floats = npt.NDArray[np.float64]

MOST = 800
"""More points than this cannot be told apart, and cost a frame at ten thousand steps."""
REFRESH = 100
"""Milliseconds between two drawings: a curve need not move at every event."""
_AXIS = 40


class RewardPlot(QWidget):
    """Draws a run's reward over all of its steps, grown or not yet.

    Attributes
    ----------
    hovered
        The step under the pointer, 0 for none.
    pinned
        A step was clicked, to be looked into.
    """

    hovered = Signal(int)
    pinned = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._view: RunView | None = None
        self._steps: tuple[int, ...] = ()
        self._pin = 0
        self.setAccessibleName("Reward by step")
        self._plot = pg.PlotWidget()
        self._plot.setFrameShape(self._plot.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        for part in (self._plot, self._plot.viewport()):
            part.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._plot)

        item = self._plot.getPlotItem()
        item.hideButtons()
        item.setMenuEnabled(False)
        box = item.getViewBox()
        box.setMouseEnabled(x=False, y=False)
        box.setDefaultPadding(0)
        box.disableAutoRange()
        left, bottom = item.getAxis("left"), item.getAxis("bottom")
        left.setWidth(_AXIS)
        left.setTicks([[(0, "0"), (0.5, "0.5"), (1, "1")]])
        bottom.setHeight(24)
        for axis in (left, bottom):
            axis.setStyle(tickLength=0, tickAlpha=0, tickTextOffset=8, tickFont=self._font(12))
        item.setYRange(0, 1, padding=0.03)

        self._rules = [pg.InfiniteLine(y, angle=0, movable=False) for y in (0, 0.5, 1)]
        self._low = pg.PlotCurveItem(pen=None)
        self._high = pg.PlotCurveItem(pen=None)
        self._band = pg.FillBetweenItem(self._low, self._high)
        self._raw = pg.PlotCurveItem(antialias=True)
        self._line = pg.PlotCurveItem(antialias=True)
        self._evals = pg.ScatterPlotItem(size=8, pxMode=True)
        self._cross = pg.InfiniteLine(angle=90, movable=False)
        self._pinned = pg.InfiniteLine(angle=90, movable=False)
        for piece in (*self._rules, self._cross, self._pinned):
            item.addItem(piece, ignoreBounds=True)
        for piece in (self._low, self._high, self._band, self._raw, self._line, self._evals):
            item.addItem(piece, ignoreBounds=True)
        self._cross.hide()
        self._pinned.hide()
        self._plot.scene().sigMouseMoved.connect(self._moved)
        self._plot.scene().sigMouseClicked.connect(self._clicked)

        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REFRESH)
        self._timer.timeout.connect(self._draw)
        theme.changed.connect(self._dress)
        theme.accent_changed.connect(self._dress)
        self._dress()

    def show_run(self, view: RunView) -> None:
        """Draw a run, at most ten times a second."""
        self._view = view
        if not self._timer.isActive():
            self._timer.start()

    def pin(self, step: int) -> None:
        """Mark the step that is looked into; 0 for none."""
        self._pin = step
        self._pinned.setVisible(step > 0)
        if step > 0:
            self._pinned.setValue(step)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from step to step by the arrow keys."""
        move = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if move is None or not self._steps:
            super().keyPressEvent(event)
            return
        place = bisect_left(self._steps, self._pin or self._steps[-1]) + move
        self.pinned.emit(self._steps[min(max(place, 0), len(self._steps) - 1)])

    def event(self, event: QEvent) -> bool:
        """Draw anew on another kind of screen."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._dress()
        return super().event(event)

    def leaveEvent(self, event: object) -> None:
        """Take the crosshair away with the pointer."""
        self._cross.hide()
        self.hovered.emit(0)

    def _font(self, size: int) -> QFont:
        return self._theme.font(size, tabular=True)

    def _draw(self) -> None:
        view = self._view
        if view is None:
            return
        self._steps = view.curve.steps
        last = max(view.steps, self._steps[-1] if self._steps else 1, 2)
        self._plot.getPlotItem().setXRange(-0.012 * last, last * 1.025, padding=0)
        self._plot.getPlotItem().getAxis("bottom").setTicks([[(x, str(x)) for x in _ticks(last)]])
        self._raw.setData(*_envelope(*_present(self._steps, view.curve.reward)))
        # Over a short run five steps are much; over a long one little.
        half = max(2.0, last / 40)
        line_steps, line = _present(self._steps, smooth(view.curve.reward, self._steps, half))
        every = -(-len(line_steps) // MOST) or 1
        # Counted from the end, so that the last point is always there.
        line_steps, line = line_steps[::-1][::every][::-1], line[::-1][::every][::-1]
        told_steps, told_spread = _present(self._steps, smooth(view.curve.spread, self._steps, half))
        # A run may tell of no spread, or not yet: then the band has no width.
        spread = np.interp(line_steps, told_steps, told_spread) if len(told_steps) else 0.0 * line
        self._line.setData(line_steps, line)
        for curve, sign in ((self._low, -1), (self._high, 1)):
            # The fill is drawn once for both edges, not after each.
            curve.blockSignals(sign < 0)
            curve.setData(line_steps, np.clip(line + sign * spread, 0, 1))
            curve.blockSignals(False)
        told = [(e.step, e.reward) for e in view.evals if e.reward is not None]
        self._evals.setData([step for step, _ in told], [value for _, value in told])

    def _dress(self) -> None:
        theme, ratio = self._theme, self.devicePixelRatioF()  # pyqtgraph's widths are in device pixels
        ink, line = QColor(theme.ink), theme.color("line")
        self._plot.setBackground(theme.color("surface"))
        for axis in ("left", "bottom"):
            drawn = self._plot.getPlotItem().getAxis(axis)
            drawn.setPen(pg.mkPen(None))
            drawn.setTickPen(pg.mkPen(None))
            drawn.setTextPen(pg.mkPen(theme.color("text_3")))
        for place, rule in enumerate(self._rules):
            style = Qt.PenStyle.DotLine if place == 1 else Qt.PenStyle.SolidLine
            rule.setPen(pg.mkPen(line, width=1, style=style))
        self._line.setPen(pg.mkPen(ink, width=2.25 * ratio, capStyle=Qt.PenCapStyle.RoundCap))
        thin, faint = QColor(ink), QColor(ink)
        thin.setAlphaF(0.3)
        faint.setAlphaF(0.10)
        self._raw.setPen(pg.mkPen(thin, width=ratio))
        self._band.setBrush(pg.mkBrush(faint))
        self._evals.setPen(pg.mkPen(theme.color("text"), width=1.5 * ratio))
        self._evals.setBrush(pg.mkBrush(theme.color("surface")))
        self._cross.setPen(pg.mkPen(theme.color("edge"), width=1))
        self._pinned.setPen(pg.mkPen(theme.color("text"), width=1))

    def _step_at(self, at: QPointF) -> int:
        box = self._plot.getPlotItem().getViewBox()
        if not self._steps or not box.sceneBoundingRect().contains(at):
            return 0
        x = box.mapSceneToView(at).x()
        place = bisect_left(self._steps, x)
        near = self._steps[max(place - 1, 0) : place + 1]
        return min(near, key=lambda step: abs(step - x), default=0)

    def _moved(self, at: QPointF) -> None:
        step = self._step_at(at)
        self._cross.setVisible(step > 0)
        if step:
            self._cross.setValue(step)
        self.hovered.emit(step)

    def _clicked(self, event: object) -> None:
        step = self._step_at(event.scenePos())  # type: ignore[attr-defined]
        if step:
            self.pinned.emit(step)


def _envelope(steps: Floats, values: Floats) -> tuple[Floats, Floats]:
    """Return the lowest and highest point of each stretch where there are more points than can be seen."""
    every = -(-len(steps) // MOST)
    if every <= 2:
        return steps, values
    whole = len(steps) // every * every
    low = values[:whole].reshape(-1, every).min(axis=1)
    high = values[:whole].reshape(-1, every).max(axis=1)
    at = np.repeat(steps[:whole:every], 2)
    both = np.stack([low, high], axis=1).ravel()
    return np.concatenate([at, steps[whole:]]), np.concatenate([both, values[whole:]])


def _present(steps: Sequence[int], values: Sequence[float | None]) -> tuple[Floats, Floats]:
    """Return the points that have a number: a fill over a hole would be no fill at all."""
    kept = [(step, value) for step, value in zip(steps, values, strict=True) if value is not None]
    return np.array([step for step, _ in kept], float), np.array([value for _, value in kept], float)


def _ticks(last: int) -> list[int]:
    """Return 0, before anything was learned, the last step, and round ones between, about six in all."""
    step = next(s * 10**e for e in range(6) for s in (1, 2, 5) if last / (s * 10**e) <= 6)
    inner = [x for x in range(step, last, step) if last - x > step * 0.5]
    return [0, *inner, last]

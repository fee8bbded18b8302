"""The trained and the held-out reward against the root of KL: where they part, the judge is cheated."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from studio.views.alarm import Point
from studio.views.plots import nice_top
from ui.plots.ends import spread_apart
from ui.theme import Theme
from ui.tips import tip

MEANING = (
    "Each point is an evaluation: to the right, how far the painter has gone from its base (the root of KL, "
    "Gao et al. 2022); upwards, its reward by the judges that train it and by others of the same taste that "
    "nothing is trained against. While both rise, the taste is learned; where they part, it cheats."
)
_LEFT, _RIGHT, _TOP, _BOTTOM = 34.0, 66.0, 8.0, 36.0
_LABEL = 15.0


class PartingPlot(QWidget):
    """A small plot of two lines; the step that is looked at is marked on both."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._points: tuple[Point, ...] = ()
        self._step = -1
        self.setMinimumSize(240, 130)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Trained and held-out reward by distance from the base")
        theme.changed.connect(self.update)
        theme.accent_changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Want a side column's width."""
        return QSize(340, 170)

    def show_points(self, points: Sequence[Point], step: int) -> None:
        """Show a run's evaluations, one of which is looked at."""
        self._points, self._step = tuple(points), step
        said = [f"√KL {p.away:.1f}: trained {p.trained:.2f}, held out {p.held_out:.2f}" for p in points]
        self.setAccessibleDescription("; ".join(said))
        self.update()

    def event(self, event: QEvent) -> bool:
        """Tell the evaluation under the pointer, or what the plot means."""
        if isinstance(event, QHelpEvent):
            place = QPointF(event.pos())
            near = [p for p in self._points if abs(self._x(p.away) - place.x()) < 8]
            told = "\n".join(
                f"Step {p.step}: trained {p.trained:.2f}, held out {p.held_out:.2f}, √KL {p.away:.2f}"
                for p in near
            )
            QToolTip.showText(event.globalPos(), tip(told or MEANING), self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the scales, the two lines and their names."""
        theme = self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font(12, tabular=True))
        if len(self._points) < 2:
            painter.setPen(theme.color("text_3"))
            words = "With the second evaluation, the rewards' ways are drawn here."
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(QRectF(self.rect()).adjusted(8, 0, -8, 0), int(flags), words)
            return
        self._paint_scales(painter)
        held, ink = theme.color("text"), theme.ink
        trained = [QPointF(self._x(p.away), self._y(p.trained)) for p in self._points]
        checked = [QPointF(self._x(p.away), self._y(p.held_out)) for p in self._points]
        # By step, not by distance: a painter may come back toward its base.
        painter.setPen(QPen(held, 1.5, Qt.PenStyle.DashLine))
        painter.drawPolyline(checked)
        painter.setPen(QPen(ink, 2.25))
        painter.drawPolyline(trained)
        for point, own, other in zip(self._points, trained, checked, strict=True):
            size = 5.0 if point.step == self._step else 3.0
            painter.setPen(QPen(held, 1.5))
            painter.setBrush(theme.color("surface"))
            painter.drawRect(QRectF(other.x() - size, other.y() - size, 2 * size, 2 * size))
            painter.setPen(QPen(ink, 1.5))
            painter.setBrush(ink)
            painter.drawEllipse(own, size, size)
        ends = (trained[-1].y(), checked[-1].y())
        floor = self.height() - _BOTTOM
        places = spread_apart([floor - y for y in ends], _LABEL, 0.0, floor - _TOP)
        for words, color, up in zip(("trained", "held out"), (ink, held), places, strict=True):
            painter.setPen(color)
            area = QRectF(self.width() - _RIGHT + 8, floor - up - 9, _RIGHT - 8, 18)
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, words)

    def _paint_scales(self, painter: QPainter) -> None:
        theme = self._theme
        floor, right = self.height() - _BOTTOM, self.width() - _RIGHT
        for value in (0.0, 0.5, 1.0):
            y = self._y(value)
            painter.setPen(QPen(theme.color("line"), 1))
            painter.drawLine(QPointF(_LEFT, y), QPointF(right, y))
            painter.setPen(theme.color("text_3"))
            area = QRectF(0, y - 9, _LEFT - 6, 18)
            painter.drawText(area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{value:g}")
        top = self._far()
        for value in (0.0, top / 2, top):
            area = QRectF(self._x(value) - 24, floor + 2, 48, 16)
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, f"{value:.3g}")
        words = QRectF(_LEFT, floor + 18, right - _LEFT, 16)
        painter.drawText(words, Qt.AlignmentFlag.AlignCenter, "√KL from the base")

    def _far(self) -> float:
        return nice_top(max((point.away for point in self._points), default=1.0))

    def _x(self, away: float) -> float:
        return _LEFT + (self.width() - _LEFT - _RIGHT) * away / self._far()

    def _y(self, reward: float) -> float:
        return _TOP + (self.height() - _TOP - _BOTTOM) * (1.0 - reward)

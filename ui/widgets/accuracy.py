"""How well a person's picks are understood, pick by pick: a small curve against what guessing gets."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.views.picking import ENOUGH
from ui.theme import Theme
from ui.tips import tip
from ui.widgets.basics import hairline

_HEIGHT = 84
_LEFT, _RIGHT, _TOP, _BOTTOM = 40, 44, 9, 18


class AccuracyCurve(QWidget):
    """Picks across, the share of left-out picks told right up; guessing is the line at 50%."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._points: tuple[tuple[int, float], ...] = ()
        self.setFixedHeight(_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("How many of the picks that it has not seen it tells right")
        theme.changed.connect(self.update)
        theme.accent_changed.connect(self.update)

    @property
    def points(self) -> tuple[tuple[int, float], ...]:
        """(picks, share told right)."""
        return self._points

    def sizeHint(self) -> QSize:
        """Want some width."""
        return QSize(320, _HEIGHT)

    def show_points(self, points: Sequence[tuple[int, float]]) -> None:
        """Show how the accuracy went."""
        self._points = tuple(sorted(points))
        last = (
            f"{self._points[-1][1]:.0%} after {self._points[-1][0]} picks"
            if self._points
            else "not known yet"
        )
        self.setAccessibleDescription(last)
        self.setToolTip(tip(f"Of picks left out of the fit it tells {last}." if self._points else ""))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the frame, the line of guessing, and the curve with its last value."""
        theme = self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(_LEFT, _TOP, -_RIGHT, -_BOTTOM)
        most = max([ENOUGH, *(count for count, _ in self._points)])

        def at(count: float, share: float) -> QPointF:
            return QPointF(
                area.left() + area.width() * count / most,
                area.bottom() - area.height() * (share - 0.25) / 0.75,
            )

        painter.setFont(theme.font(12, tabular=True))
        right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for share in (0.5, 1.0):
            y = at(0, share).y()
            hairline(
                painter, area.left(), y, area.right(), y, theme.color("line" if share == 1.0 else "edge")
            )
            painter.setPen(theme.color("text_3"))
            painter.drawText(QRectF(0, y - 8, _LEFT - 6, 16), right, f"{share:.0%}")
        painter.setPen(theme.color("text_3"))
        middle = int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter)
        for count in sorted({0, ENOUGH, most}):
            x = at(count, 0.5).x()
            painter.drawText(QRectF(x - 30, area.bottom() + 2, 60, 16), middle, str(count))
        if not self._points:
            painter.drawText(area, int(Qt.AlignmentFlag.AlignCenter), "The curve begins once it can judge")
            return
        painter.setPen(QPen(theme.ink, 2.25, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawPolyline(QPolygonF([at(count, share) for count, share in self._points]))
        end = at(*self._points[-1])
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.ink)
        painter.drawEllipse(end, 3.5, 3.5)
        painter.setFont(theme.font(13, 600, tabular=True))
        painter.setPen(theme.color("text"))
        left = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(QRectF(end.x() + 8, end.y() - 9, 48, 18), left, f"{self._points[-1][1]:.0%}")

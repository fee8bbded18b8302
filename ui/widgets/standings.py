"""How painters fare in taste tests: their share of picks, what it may be, and what chance would give."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.views.taste_test import Standing
from ui.theme import Theme
from ui.widgets.basics import elide, hairline
from ui.widgets.chip_list import faint

_ROW = 22
_LABEL, _FIGURES = 132, 132


class Standings(QWidget):
    """A row a painter: a bar of its share, its 95% interval as a line, chance as a notch.

    Parameters
    ----------
    theme
        Gives tokens and fonts.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._rows: tuple[Standing, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Picks so far")
        self.setToolTip(
            "The bar is the share of its offers that was picked, the thin line what that share may be\n"
            "in the long run (95%), the notch what picking blindly would give."
        )
        theme.changed.connect(self.update)
        theme.accent_changed.connect(self.update)

    def show_rows(self, rows: Sequence[Standing]) -> None:
        """Show how painters have fared."""
        self._rows = tuple(rows)
        self._theme.fit(self, height=max(len(rows), 1) * _ROW)
        self.setAccessibleDescription(
            " ".join(f"{row.label}: {row.words}, {row.low:.0%} to {row.high:.0%}." for row in rows)
        )
        self.update()

    def sizeHint(self) -> QSize:
        """Want a row for each painter."""
        return QSize(480, max(len(self._rows), 1) * self._theme.px(_ROW))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows."""
        theme, step = self._theme, self._theme.px(_ROW)
        label_width, figures = self._theme.px(_LABEL), self._theme.px(_FIGURES)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for place, row in enumerate(self._rows):
            rect = QRectF(0, place * step, self.width(), step)
            painter.setFont(theme.font(13, 500))
            painter.setPen(theme.color("text"))
            label = elide(painter.fontMetrics().elidedText, row.label, label_width - 12)
            painter.drawText(rect, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, label)
            painter.setFont(theme.font(12, tabular=True))
            painter.setPen(theme.color("text_2"))
            told = f"{row.words} · {row.low:.0%}–{row.high:.0%}"
            painter.drawText(rect, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, told)
            bar = QRectF(label_width, rect.center().y() - 3, max(self.width() - label_width - figures, 40), 6)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(faint(theme))
            painter.drawRoundedRect(bar, 3, 3)
            if row.share > 0:
                painter.setBrush(theme.ink)
                painter.drawRoundedRect(QRectF(bar.left(), bar.top(), bar.width() * row.share, 6), 3, 3)
            y = bar.center().y()
            low, high = (bar.left() + bar.width() * share for share in (row.low, row.high))
            painter.setPen(QPen(theme.color("text_2"), 1))
            painter.drawLine(int(low), int(y), int(high), int(y))
            for x in (low, high):
                hairline(painter, x, y - 3, x, y + 3, theme.color("text_2"))
            luck = bar.left() + bar.width() * row.chance
            hairline(painter, luck, y - 7, luck, y + 7, theme.color("edge"))

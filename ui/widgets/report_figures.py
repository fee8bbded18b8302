"""The figures of a report: each with a bar, the base's mark on it, and a plain word for what it means."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from studio.views.gallery import Figure
from ui.theme import Theme
from ui.tips import tip
from ui.widgets.basics import column, elide

_HEIGHT = 58


class FigureRow(QWidget):
    """One figure."""

    def __init__(self, theme: Theme, figure: Figure, defined: str) -> None:
        super().__init__()
        self._theme, self.figure = theme, figure
        theme.fit(self, height=_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip(tip(defined))
        beside = f", the base {figure.base}" if figure.base else ""
        self.setAccessibleName(f"{figure.label}: {figure.value}{beside}, {figure.word}")
        theme.changed.connect(self.update)
        theme.accent_changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Want room for the label and two figures."""
        return QSize(240, self._theme.px(_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint label and figures, the bar with the base's mark, and the word."""
        theme, figure = self._theme, self.figure
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width, px = float(self.width()), theme.px
        right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        left = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        base = f"base {figure.base}" if figure.base else ""
        painter.setFont(theme.font(12, tabular=True))
        painter.setPen(theme.color("text_3"))
        painter.drawText(QRectF(0, 0, width, px(18)), right, base)
        room = width - (painter.fontMetrics().horizontalAdvance(base) + 10 if base else 0)
        painter.setFont(theme.font(13, 600, tabular=True))
        painter.setPen(theme.color("text"))
        painter.drawText(QRectF(0, 0, room, px(18)), right, figure.value)
        room -= painter.fontMetrics().horizontalAdvance(figure.value) + 12
        painter.setFont(theme.font(13))
        label = elide(painter.fontMetrics().elidedText, figure.label, int(room))
        painter.drawText(QRectF(0, 0, room, px(18)), left, label)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("line"))
        painter.drawRoundedRect(QRectF(0, px(23), width, 4), 2, 2)
        painter.setBrush(theme.color("danger") if figure.tone == "bad" else theme.ink)
        painter.drawRoundedRect(QRectF(0, px(23), max(width * figure.share, 4.0), 4), 2, 2)
        if figure.base_share is not None:
            painter.setBrush(theme.color("text"))
            painter.drawRect(QRectF(min(width * figure.base_share, width - 2), px(23) - 3, 2, 10))
        painter.setFont(theme.font(12))
        painter.setPen(theme.color("danger" if figure.tone == "bad" else "text_2"))
        word = elide(painter.fontMetrics().elidedText, figure.word, int(width))
        painter.drawText(QRectF(0, px(32), width, px(16)), left, word)


class Figures(QWidget):
    """All figures of a report, one below the other."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._column: QVBoxLayout = column(self)
        self.shown: tuple[Figure, ...] = ()

    def show_figures(self, figures: Sequence[Figure], defined: dict[str, str]) -> None:
        """Show figures; ``defined`` tells each one's term in a sentence."""
        if tuple(figures) == self.shown:
            return
        self.shown = tuple(figures)
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for figure in figures:
            row = FigureRow(self._theme, figure, defined.get(figure.term, ""))
            self._column.addWidget(row)
            # Shown at once: what is hidden has no height, and the page would be laid out without it.
            row.show()

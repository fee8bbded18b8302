"""The sheet of keys: every shortcut there is, by page."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QWidget

from ui.commands import spelled
from ui.theme import Theme
from ui.widgets.basics import Label, column, row
from ui.widgets.sheet import Sheet

Section = tuple[str, Sequence[tuple[str, str]]]
"""A heading, and (keys, what they do)."""


class KeysSheet(Sheet):
    """Lists shortcuts in two columns."""

    def __init__(self, theme: Theme, window: QWidget) -> None:
        super().__init__(theme, window, "Keyboard shortcuts", 760)
        self._columns = row(space=32)
        self.body.addLayout(self._columns)
        self.sections: list[Section] = []

    def show_sections(self, sections: Sequence[Section]) -> None:
        """Lay the sections out so that both columns are about as long, and open."""
        self.sections = [section for section in sections if section[1]]
        while self._columns.count():
            item = self._columns.takeAt(0)
            old = item.widget() if item is not None else None
            if old is not None:
                old.hide()
                old.deleteLater()
        total = sum(len(rows) + 2 for _, rows in self.sections)
        sides: tuple[list[Section], list[Section]] = ([], [])
        filled = 0
        for section in self.sections:
            sides[1 if filled * 2 >= total - len(section[1]) else 0].append(section)
            filled += len(section[1]) + 2
        for side in sides:
            self._columns.addWidget(self._side(side), 1, Qt.AlignmentFlag.AlignTop)
        self.open(self.leave)

    def _side(self, sections: Sequence[Section]) -> QWidget:
        holder = QWidget()
        layout = column(holder, 8)
        for place, (heading, rows) in enumerate(sections):
            if place:
                layout.addSpacing(12)
            layout.addWidget(Label(self._theme, heading, 13, weight=600))
            grid = QGridLayout()
            grid.setHorizontalSpacing(12)
            grid.setVerticalSpacing(4)
            grid.setColumnStretch(0, 1)
            for line, (keys, what) in enumerate(rows):
                said = Label(self._theme, what, 13, "2", wrap=True)
                grid.addWidget(said, line, 0)
                grid.addWidget(KeyCaps(self._theme, keys), line, 1, Qt.AlignmentFlag.AlignRight)
            layout.addLayout(grid)
        return holder


class KeyCaps(QWidget):
    """A shortcut, drawn as keys; several ways of doing the same are parted by commas."""

    def __init__(self, theme: Theme, keys: str) -> None:
        super().__init__()
        self._theme = theme
        self._caps = [spelled(key.strip()) for key in keys.split(", ")]
        self.setAccessibleName(" or ".join(self._caps))
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Want room for the caps."""
        return QSize(round(sum(self._widths()) + 4 * (len(self._caps) - 1)), self._theme.px(24))

    def minimumSizeHint(self) -> QSize:
        """Need it, too."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint each as a cap."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._theme.font(12, 500))
        x, height = 0.5, self._theme.px(22)
        for cap, width in zip(self._caps, self._widths(), strict=True):
            area = QRectF(x, (self.height() - height) / 2, width - 1, height - 1)
            painter.setPen(QPen(self._theme.color("line"), 1))
            painter.setBrush(self._theme.color("canvas"))
            painter.drawRoundedRect(area, 4, 4)
            painter.setPen(self._theme.color("text_2"))
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, cap)
            x += width + 4

    def _widths(self) -> list[float]:
        metrics = QFontMetricsF(self._theme.font(12, 500))
        return [max(metrics.horizontalAdvance(cap) + 14, 24) for cap in self._caps]

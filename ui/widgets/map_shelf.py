"""Every painter's map small, side by side: which is varied and which has collapsed is seen at a glance."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.views.name_map import NameMapView
from ui.theme import Theme
from ui.widgets.basics import elide
from ui.widgets.name_map import paint_map

_MOST, _LEAST, _GAP = 176, 72, 16
_WORDS = 22


class MapShelf(QWidget):
    """Small maps with a name below each; one of them is chosen by a click or the arrow keys.

    Parameters
    ----------
    theme
        Gives tokens and fonts.

    Attributes
    ----------
    chosen
        Another map was chosen; carries its place.
    """

    chosen = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._maps: list[tuple[str, NameMapView]] = []
        self._place = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Painter")
        theme.changed.connect(self.update)
        theme.accent_changed.connect(self.update)

    @property
    def place(self) -> int:
        """Which map is chosen, from 0."""
        return self._place

    def show_maps(self, maps: Sequence[tuple[str, NameMapView]], place: int) -> None:
        """Show (painter's name, map) of each, one of them chosen."""
        self._maps, self._place = list(maps), place
        self._describe()
        self.updateGeometry()
        self.update()

    def choose(self, place: int) -> None:
        """Choose a map."""
        place = min(max(place, 0), len(self._maps) - 1)
        if place != self._place and self._maps:
            self._place = place
            self._describe()
            self.update()
            self.chosen.emit(place)

    def sizeHint(self) -> QSize:
        """Want the height of a map and its name."""
        return QSize(480, self._height(self._cell()) + _WORDS + 4)

    def minimumSizeHint(self) -> QSize:
        """Need little width."""
        return QSize(200, self.sizeHint().height())

    def resizeEvent(self, event: object) -> None:
        """Be as high as maps of this width are."""
        self.setFixedHeight(self.sizeHint().height())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose what is under the pointer."""
        place = int(event.position().x() // (self._cell() + _GAP))
        if place < len(self._maps):
            self.choose(place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose by arrow keys."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.choose(self._place + step)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the maps, the chosen one framed."""
        theme, width = self._theme, self._cell()
        height = self._height(width)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for place, (label, view) in enumerate(self._maps):
            box = QRectF(place * (width + _GAP) + 2, 2, width - 4, height)
            paint_map(painter, box, view, theme, words=False)
            chosen = place == self._place
            if chosen:
                painter.setPen(QPen(theme.color("text"), 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(box.adjusted(-1, -1, 1, 1))
            painter.setFont(theme.font(12, 600 if chosen else 500))
            painter.setPen(theme.color("text" if chosen else "text_2"))
            words = QRectF(box.left(), box.bottom() + 4, box.width(), _WORDS - 4)
            told = elide(painter.fontMetrics().elidedText, label, int(box.width()))
            painter.drawText(words, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, told)
            used = painter.fontMetrics().horizontalAdvance(told)
            painter.setFont(theme.font(12, tabular=True))
            figure = f"{view.effective:.0f}" if view.effective else ""
            if used + painter.fontMetrics().horizontalAdvance(figure) + 12 <= box.width():
                painter.setPen(theme.color("text_3"))
                painter.drawText(words, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, figure)

    def _cell(self) -> int:
        count = max(len(self._maps), 1)
        return min(max((self.width() - (count - 1) * _GAP) // count, _LEAST), _MOST)

    @staticmethod
    def _height(width: int) -> int:
        return round(width * 9 / 16)

    def _describe(self) -> None:
        if self._maps:
            label, view = self._maps[self._place]
            self.setAccessibleDescription(f"{label}. {view.sentence}")

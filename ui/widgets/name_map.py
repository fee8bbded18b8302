"""The map of names, painted: fields of one name, large enough to be seen from across the room."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from studio.views import name_map
from studio.views.name_map import NameMapView, Tile
from ui.theme import Theme
from ui.tips import tip

_PAD = 3
_LARGE, _PLAIN = (15, 13, 11, 10), (11, 10)


def paint_map(
    painter: QPainter, rect: QRectF, view: NameMapView, theme: Theme, *, words: bool = True
) -> None:
    """Paint a map into a rectangle.

    Parameters
    ----------
    words
        Whether names are set in those tiles that they fit into.
    """
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.fillRect(rect, theme.color("sunken"))
    for place, name in enumerate(view.names):
        if name is None:
            # What is not known yet is the colour itself, far back.
            ghost = QColor(view.colors[place])
            ghost.setAlphaF(0.16)
            row, column = divmod(place, view.columns)
            painter.fillRect(_cells(rect, view, row, column, 1), ghost)
    for tile in view.tiles:
        for row, column in tile.cells:
            painter.fillRect(_cells(rect, view, row, column, 1), QColor(tile.color))
    painter.setPen(QPen(theme.color("surface"), 1))
    _paint_borders(painter, rect, view)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if words:
        types = _Types(theme)
        for tile in view.tiles:
            _paint_name(painter, rect, view, tile, types)
    painter.restore()


def map_pixmap(theme: Theme, view: NameMapView, size: QSize, ratio: float = 1.0) -> QPixmap:
    """Return a map as a picture, such as one for a card; without words where it is small.

    Parameters
    ----------
    size
        In logical pixels.
    ratio
        The screen's device pixels to a logical one.
    """
    pixmap = QPixmap(size * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    paint_map(painter, QRectF(0, 0, size.width(), size.height()), view, theme, words=size.width() >= 400)
    painter.end()
    return pixmap


class NameMap(QWidget):
    """A map that can be walked about in.

    Parameters
    ----------
    theme
        Gives tokens and fonts.

    Attributes
    ----------
    color_chosen
        A cell was clicked, or Enter pressed on it; carries ``#rrggbb``.
    """

    color_chosen = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._view = name_map.empty()
        self._at: int | None = None
        self._picture: QPixmap | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(320, 180)
        self.setAccessibleName("Map of names")
        theme.changed.connect(self._repaint)

    @property
    def view(self) -> NameMapView:
        """The map that is shown."""
        return self._view

    def show_map(self, view: NameMapView) -> None:
        """Show a map."""
        self._view = view
        self._describe()
        self._repaint()

    def sizeHint(self) -> QSize:
        """Want a page's width."""
        return QSize(720, 405)

    def event(self, event: QEvent) -> bool:
        """Tell a cell's name and colour under the pointer."""
        if isinstance(event, QHelpEvent):
            place = self._cell_at(QPointF(event.pos()))
            if place is not None:
                QToolTip.showText(event.globalPos(), tip(self._told(place)), self)
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the colour of the cell."""
        place = self._cell_at(event.position())
        if place is not None and event.button() == Qt.MouseButton.LeftButton:
            self.color_chosen.emit(self._view.colors[place])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk by the arrow keys; Enter chooses the colour."""
        columns, count = self._view.columns, len(self._view.colors)
        here = self._at if self._at is not None else (self._view.rows // 2) * columns
        steps = {
            Qt.Key.Key_Left: here - 1 if here % columns else here,
            Qt.Key.Key_Right: here + 1 if (here + 1) % columns else here,
            Qt.Key.Key_Up: here - columns if here >= columns else here,
            Qt.Key.Key_Down: here + columns if here + columns < count else here,
        }
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._at is not None:
            self.color_chosen.emit(self._view.colors[self._at])
        elif key in steps:
            self._at = steps[key] if self._at is not None else here
            self._describe()
            self.update()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: object) -> None:
        """Take the mark away with the focus."""
        self._at = None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the map from its picture, and the mark of the keyboard."""
        ratio = self.devicePixelRatioF()
        if self._picture is None or self._picture.size() != self.size() * ratio:
            self._picture = QPixmap(self.size() * ratio)
            self._picture.setDevicePixelRatio(ratio)
            inner = QPainter(self._picture)
            paint_map(inner, QRectF(self.rect()), self._view, self._theme)
            inner.end()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture)
        if self._at is not None:
            row, column = divmod(self._at, self._view.columns)
            cell = _cells(QRectF(self.rect()), self._view, row, column, 1).adjusted(1, 1, -1, -1)
            painter.setPen(QPen(QColor("#ffffff"), 3))
            painter.drawRect(cell)
            painter.setPen(QPen(QColor("#000000"), 1))
            painter.drawRect(cell)

    def _repaint(self) -> None:
        self._picture = None
        self.update()

    def _cell_at(self, point: QPointF) -> int | None:
        if not self.rect().contains(point.toPoint()):
            return None
        column = min(int(point.x() * self._view.columns / max(self.width(), 1)), self._view.columns - 1)
        row = min(int(point.y() * self._view.rows / max(self.height(), 1)), self._view.rows - 1)
        return row * self._view.columns + column

    def _told(self, place: int) -> str:
        name, color = self._view.names[place], self._view.colors[place]
        return f"{color}: not asked yet" if name is None else f"{color}: {name[:80] or 'no name'}"

    def _describe(self) -> None:
        self.setAccessibleDescription(self._view.sentence if self._at is None else self._told(self._at))


def _cells(rect: QRectF, view: NameMapView, row: int, column: int, width: int) -> QRectF:
    """Return the rectangle of cells beside each other, on whole pixels so that there are no seams."""
    left = round(rect.left() + column * rect.width() / view.columns)
    right = round(rect.left() + (column + width) * rect.width() / view.columns)
    top = round(rect.top() + row * rect.height() / view.rows)
    bottom = round(rect.top() + (row + 1) * rect.height() / view.rows)
    return QRectF(left, top, right - left, bottom - top)


def _paint_borders(painter: QPainter, rect: QRectF, view: NameMapView) -> None:
    owner = {cell: place for place, tile in enumerate(view.tiles) for cell in tile.cells}
    for row in range(view.rows):
        for column in range(view.columns):
            here = owner.get((row, column), -1)
            cell = _cells(rect, view, row, column, 1)
            if column + 1 < view.columns and here != owner.get((row, column + 1), -1):
                painter.drawLine(cell.topRight(), cell.bottomRight())
            if row + 1 < view.rows and here != owner.get((row + 1, column), -1):
                painter.drawLine(cell.bottomLeft(), cell.bottomRight())


class _Types:
    """The few fonts of a map: making one takes as long as setting a word in it."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._made: dict[tuple[int, int], tuple[QFont, QFontMetricsF]] = {}

    def of(self, size: int, weight: int) -> tuple[QFont, QFontMetricsF]:
        if (size, weight) not in self._made:
            font = self._theme.font(size, weight)
            self._made[size, weight] = (font, QFontMetricsF(font))
        return self._made[size, weight]


def _paint_name(painter: QPainter, rect: QRectF, view: NameMapView, tile: Tile, types: _Types) -> None:
    """Set a tile's name in its widest run: as large as it fits whole, by words on several lines; or not."""
    row, column, width = tile.label
    area = _cells(rect, view, row, column, width).adjusted(_PAD, 2, -_PAD, -2)
    text = "".join(c for c in tile.name if c.isprintable())[:60]
    wide = len(tile.cells) >= 4 and width >= 2
    weight = 600 if wide and tile.largest else 500
    for size in _LARGE if wide else _PLAIN:
        font, metrics = types.of(size, weight)
        lines = _broken(text, metrics, area.width())
        leading = metrics.height() * 0.96
        if lines and leading * len(lines) <= area.height():
            painter.setFont(font)
            painter.setPen(QColor(tile.ink))
            top = area.center().y() - leading * len(lines) / 2
            for place, line in enumerate(lines):
                box = QRectF(area.left() - _PAD, top + place * leading, area.width() + 2 * _PAD, leading)
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, line)
            return


def _broken(text: str, metrics: QFontMetricsF, width: float) -> list[str]:
    """Return a text as lines of whole words that fit the width; empty if a word does not."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and metrics.horizontalAdvance(longer) <= width:
            lines[-1] = longer
        elif metrics.horizontalAdvance(word) <= width:
            lines.append(word)
        else:
            return []
    return lines

"""The palette as a rack of chips: a row for each colour, a column for each painter.

Hundreds of colours are common, so that the chips are painted by a delegate and are no widgets.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QHeaderView,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from studio.palettes import LABEL_LIMIT, Entry
from ui.naming import Naming
from ui.prints import fit, plain, typeface
from ui.theme import Theme
from ui.tips import tip
from ui.widgets.basics import column, elide
from ui.widgets.focus import RINGLESS

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
ROW = 76
_COLOR, _LEAST = 150, 112
_PAINT, _SIDE = 28, 49


class PaletteModel(QAbstractTableModel):
    """The palette's colours and their names, for a table.

    Parameters
    ----------
    naming
        Who keeps the names.

    Attributes
    ----------
    relabelled
        A label was written; carries the row and the label.
    """

    relabelled = Signal(int, str)

    def __init__(self, naming: Naming) -> None:
        super().__init__()
        self._naming = naming
        self._entries: tuple[Entry, ...] = ()
        self._rows: dict[str, list[int]] = {}
        self._titles: tuple[str, ...] = ()
        naming.named.connect(self._named)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The colours, in their order."""
        return self._entries

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """Show other colours."""
        self.beginResetModel()
        self._entries = tuple(entries)
        self._rows = {}
        for row, entry in enumerate(self._entries):
            self._rows.setdefault(entry.hex, []).append(row)
        self.endResetModel()

    def show_painters(self, titles: Sequence[str]) -> None:
        """Show a column for each of the painters that name."""
        self.beginResetModel()
        self._titles = tuple(titles)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 — Qt's own signature
        """Return how many colours there are."""
        return 0 if parent.isValid() else len(self._entries)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return how many columns there are: the colour's own, and each painter's."""
        return 0 if parent.isValid() else 1 + len(self._titles)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:
        """Return a column's or row's title."""
        if role != Role.DisplayRole:
            return None
        if orientation == Qt.Orientation.Vertical:
            return str(section + 1)
        return "Colour" if section == 0 else self._titles[section - 1]

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """Return what a cell says, in the roles that are asked for."""
        entry = self._entries[index.row()]
        if role == Role.DecorationRole:
            return entry.hex
        if index.column() == 0:
            match role:
                case Role.DisplayRole | Role.EditRole:
                    return entry.label
                case Role.AccessibleTextRole:
                    return f"{entry.label}, {entry.hex}" if entry.label else entry.hex
                case Role.ToolTipRole:
                    return f"{entry.hex}\nPress twice to make it the current colour, F2 to label it."
            return None
        cell = self._naming.book.get((entry.hex, self._naming.painters[index.column() - 1]))
        match role:
            case Role.DisplayRole:
                return cell.name if cell else ""
            case Role.UserRole:
                return cell.note if cell else ""
            case Role.AccessibleTextRole:
                said = (cell.name or cell.note) if cell else "waiting for a name"
                return f"{self._titles[index.column() - 1]}: {said[:200]}, {entry.hex}"
            case Role.ToolTipRole:
                return tip(plain(cell.name) if cell.name else cell.note[:400]) if cell else ""
        return None

    def setData(self, index: Index, value: Any, role: int = Role.EditRole) -> bool:
        """Take a label that was written."""
        if role != Role.EditRole or index.column() != 0:
            return False
        self.relabelled.emit(index.row(), str(value))
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Let labels be written."""
        usual = super().flags(index)
        return usual | Qt.ItemFlag.ItemIsEditable if index.column() == 0 else usual

    def _named(self, color: str) -> None:
        for row in self._rows.get(color, ()):
            self.dataChanged.emit(self.index(row, 1), self.index(row, self.columnCount() - 1))


class _ChipDelegate(QStyledItemDelegate):
    """Paints the chips."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(_px(self._theme, _LEAST), _height(self._theme))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme = self._theme
        painter.save()
        area: QRect = option.rect
        state: QStyle.StateFlag = option.state
        card = area.adjusted(4, 4, -4, -4)
        if state & QStyle.StateFlag.State_Selected:
            picked = theme.color("text")
            picked.setAlphaF(0.10)
            painter.fillRect(area, picked)
        color = QColor(index.data(Role.DecorationRole))
        edge = QColor(255, 255, 255, 22) if theme.tokens.dark else QColor(0, 0, 0, 28)
        # Plain rectangles with a pixel off each corner: smooth round ones take a frame for sixty chips.
        painter.fillRect(card.adjusted(1, 0, -1, 0), theme.color("surface"))
        if index.column() == 0:
            side = _SIDE
            paint = QRect(card.left(), card.top(), side, card.height())
            painter.fillRect(paint.adjusted(1, 0, 0, 0), color)
            painter.fillRect(QRect(card.left(), card.top() + 1, 1, card.height() - 2), color)
            self._paint_color(painter, card.adjusted(side + 10, 0, -4, 0), color, index)
        else:
            paint = QRect(card.left(), card.top(), card.width(), _PAINT)
            painter.fillRect(paint.adjusted(1, 0, -1, 0), color)
            painter.fillRect(paint.adjusted(0, 1, 0, 0), color)
            self._paint_name(painter, card.adjusted(8, _PAINT + 3, -6, -2), index)
        for line in (
            QRect(card.left() + 1, card.top(), card.width() - 2, 1),
            QRect(card.left() + 1, card.bottom(), card.width() - 2, 1),
            QRect(card.left(), card.top() + 1, 1, card.height() - 2),
            QRect(card.right(), card.top() + 1, 1, card.height() - 2),
        ):
            painter.fillRect(line, edge)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(theme.ink, 2))
            painter.drawRoundedRect(QRectF(card).adjusted(-2, -2, 2, 2), 4, 4)
        painter.restore()

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        field = QLineEdit(parent)
        field.setFont(self._theme.font(13))
        field.setMaxLength(LABEL_LIMIT)
        field.setPlaceholderText("Label")
        field.setAccessibleName(f"Label of {index.data(Role.DecorationRole)}")
        return field

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        assert isinstance(editor, QLineEdit)
        model.setData(index, editor.text())

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        area: QRect = option.rect
        editor.setGeometry(area.left() + 4, area.center().y() - 14, area.width() - 8, 28)

    def _paint_color(self, painter: QPainter, words: QRect, color: QColor, index: Index) -> None:
        theme = self._theme
        label = plain(index.data(Role.DisplayRole))
        middle = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.setFont(theme.font(12, 500, tabular=True))
        painter.setPen(theme.color("text"))
        painter.drawText(words.adjusted(0, 0, 0, -_px(theme, 18) if label else 0), middle, color.name())
        if label:
            painter.setFont(theme.font(12))
            painter.setPen(theme.color("text_3"))
            shown = elide(painter.fontMetrics().elidedText, label, words.width())
            painter.drawText(words.adjusted(0, _px(theme, 18), 0, 0), middle, shown)

    def _paint_name(self, painter: QPainter, words: QRect, index: Index) -> None:
        theme = self._theme
        name: str = index.data(Role.DisplayRole)
        if not name:
            painter.setPen(theme.color("text_3"))
            if index.data(Role.UserRole):
                painter.setFont(theme.font(12))
                painter.drawText(words.translated(0, 2), Qt.AlignmentFlag.AlignLeft, "no name")
            else:
                # A blank to be filled in, as on a form.
                blank = QRect(words.left(), words.top() + 17, round(words.width() * 0.6), 1)
                painter.fillRect(blank, theme.color("line"))
            return
        size, lines = _lines(plain(name), words.width(), _px(theme, 13), _px(theme, 12))
        font = typeface(size, 500)
        painter.setFont(font)
        painter.setPen(theme.color("text"))
        y = words.top() + 4 + QFontMetricsF(font).capHeight() + (0 if len(lines) > 1 else 2)
        for line in lines:
            painter.drawText(words.left(), round(y), line)
            y += size + 2


def _height(theme: Theme) -> int:
    """Return a row's height: the paint's and that of two lines of text."""
    return _PAINT + _px(theme, ROW - _PAINT)


def _px(theme: Theme, length: int) -> int:
    """Return a length that grows with the text."""
    return round(length * theme.font(13).pixelSize() / 13)


@lru_cache(maxsize=8192)
def _lines(name: str, width: int, *sizes: int) -> tuple[int, tuple[str, ...]]:
    size, lines = fit(name, width, sizes, 2, 500)
    return size, tuple(lines)


class PaletteTable(QTableView):
    """The rack.

    Parameters
    ----------
    theme
        Gives tokens and fonts.
    model
        What is shown.

    Attributes
    ----------
    chosen
        A colour was pressed twice, or Enter on it; carries its row.
    """

    chosen = Signal(int)

    def __init__(self, theme: Theme, model: PaletteModel) -> None:
        super().__init__()
        self._theme = theme
        self.setModel(model)
        self._chips = _ChipDelegate(theme, self)
        self.setItemDelegate(self._chips)
        self.setAccessibleName("The palette: colours and what painters call them")
        self.setShowGrid(False)
        self.setMouseTracking(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setProperty(RINGLESS, True)  # the current chip has its own
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setCornerButtonEnabled(False)
        for corner in self.findChildren(QAbstractButton):
            corner.setAccessibleName("All colours")
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head = self.horizontalHeader()
        head.setFont(theme.font(12, 500))
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head.setSectionsClickable(False)
        head.setHighlightSections(False)
        head.setMinimumSectionSize(60)
        head.setTextElideMode(Qt.TextElideMode.ElideRight)
        model.modelReset.connect(self._share_out)
        self.doubleClicked.connect(lambda index: self.chosen.emit(index.row()))
        theme.changed.connect(self._refit)
        theme.accent_changed.connect(self._accent_moved)
        self._refit()

    @property
    def rows(self) -> list[int]:
        """The rows that are picked out, from the top; else the current one."""
        picked = sorted({index.row() for index in self.selectionModel().selectedRows()})
        at = self.currentIndex()
        return picked or ([at.row()] if at.isValid() else [])

    def seen(self) -> range:
        """Return the rows that are in sight."""
        first = self.rowAt(0)
        last = self.rowAt(self.viewport().height() - 1)
        count = self.model().rowCount()
        return range(max(first, 0), count if last < 0 else last + 1) if count else range(0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take Enter as a choice; the rest is the table's."""
        at = self.currentIndex()
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and at.isValid() and self.state() != QAbstractItemView.State.EditingState:
            self.chosen.emit(at.row())
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width out anew."""
        super().resizeEvent(event)
        self._share_out()

    def _refit(self) -> None:
        """Let the chips grow with the text."""
        self.verticalHeader().setDefaultSectionSize(_height(self._theme))
        self._share_out()
        self.viewport().update()

    def _share_out(self) -> None:
        painters = self.model().columnCount() - 1
        if painters < 1:
            return
        first, least = _px(self._theme, _COLOR), _px(self._theme, _LEAST)
        self.setColumnWidth(0, first)
        room = self.viewport().width() - first
        for place in range(painters):
            # To the pixel: what is left over goes to the first ones.
            share = room // painters + (1 if place < room % painters else 0)
            self.setColumnWidth(1 + place, max(share, least))

    def _accent_moved(self) -> None:
        if self.hasFocus():
            self.viewport().update(self.visualRect(self.currentIndex()).adjusted(-4, -4, 4, 4))


class Ground(QWidget):
    """The stage's grey under the rack."""

    def __init__(self, theme: Theme, table: PaletteTable) -> None:
        super().__init__()
        self._theme = theme
        column(self, margin=8).addWidget(table)
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the grey with the corners of a stage."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("stage"))
        painter.drawRoundedRect(QRectF(self.rect()), 10, 10)

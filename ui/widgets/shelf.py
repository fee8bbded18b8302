"""A shelf: a short list of things by name, with a line of facts below each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import (
    QFrame,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from ui.theme import Theme
from ui.widgets.basics import elide

_HEIGHT = 48
_HEADING = 32
_USABLE = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled
_ITEM = int(Qt.ItemDataRole.UserRole)


@dataclass(frozen=True)
class Item:
    """One thing on the shelf; ``live`` marks what is going on, ``faulty`` what cannot be used.

    A ``heading`` stands over a group of things and cannot be chosen.
    """

    key: str
    title: str
    facts: str
    live: bool = False
    faulty: bool = False
    heading: bool = False


class Shelf(QListWidget):
    """The list; arrow keys move along it.

    Attributes
    ----------
    chosen
        Another thing was chosen by the person; carries its key.
    """

    chosen = Signal(str)

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.setItemDelegate(_Delegate(theme, self))
        self.currentItemChanged.connect(self._changed)
        theme.changed.connect(self.viewport().update)
        theme.scaled.connect(self.scheduleDelayedItemsLayout)
        theme.accent_changed.connect(self.viewport().update)

    def sizeHint(self) -> QSize:
        """Want two things' height; it takes what there is."""
        return QSize(160, 2 * self._theme.px(_HEIGHT))

    def show_items(self, items: Sequence[Item], chosen: str) -> None:
        """Show these things, with one of them chosen; says nothing."""
        self.blockSignals(True)
        if [item.key for item in items] != [self._at(place).key for place in range(self.count())]:
            self.clear()
            for _ in items:
                self.addItem(QListWidgetItem())
        for place, item in enumerate(items):
            row = self.item(place)
            row.setData(_ITEM, item)
            row.setData(Qt.ItemDataRole.AccessibleTextRole, f"{item.title}, {item.facts}".rstrip(", "))
            row.setFlags(Qt.ItemFlag.NoItemFlags if item.heading else _USABLE)
            if item.key == chosen:
                self.setCurrentRow(place)
        if not any(item.key == chosen for item in items):
            self.setCurrentRow(-1)
        self.blockSignals(False)
        self.viewport().update()

    def shown(self) -> list[str]:
        """Return the keys, from top to bottom."""
        return [self._at(place).key for place in range(self.count()) if not self._at(place).heading]

    def choose(self, key: str) -> None:
        """Choose a thing as a person would."""
        self.setCurrentRow([self._at(place).key for place in range(self.count())].index(key))

    def _at(self, place: int) -> Item:
        item: Item = self.item(place).data(_ITEM)
        return item

    def _changed(self, current: QListWidgetItem | None) -> None:
        if current is not None:
            self.chosen.emit(current.data(_ITEM).key)


class _Delegate(QStyledItemDelegate):
    def __init__(self, theme: Theme, shelf: Shelf) -> None:
        super().__init__(shelf)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        item = index.data(_ITEM)
        return QSize(120, self._theme.px(_HEADING if item is not None and item.heading else _HEIGHT))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        theme, item = self._theme, index.data(_ITEM)
        if item is None:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        state, area = option.state, QRectF(option.rect)
        if item.heading:
            painter.setFont(theme.font(12, 600))
            painter.setPen(theme.color("text_3"))
            low = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom)
            painter.drawText(area.adjusted(12, 0, -12, -5), low, item.title)
            painter.restore()
            return
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        card = area.adjusted(0.5, 1.5, -0.5, -1.5)
        if chosen:
            painter.setPen(QPen(theme.color("line"), 1))
            painter.setBrush(theme.color("surface"))
            painter.drawRoundedRect(card, 6, 6)
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("sunken"))
            painter.drawRoundedRect(card, 6, 6)
        words, line = area.adjusted(12, 6, -12, -6), theme.px(18)
        if item.live:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.fill)
            painter.drawEllipse(QRectF(words.right() - 8, words.top() + line / 2 - 4, 8, 8))
            words.setRight(words.right() - 16)
        left = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        painter.setFont(theme.font(13, 600 if chosen else 500))
        painter.setPen(theme.color("text"))
        title = elide(painter.fontMetrics().elidedText, item.title, int(words.width()))
        painter.drawText(QRectF(words.left(), words.top(), words.width(), line), left, title)
        painter.setFont(theme.font(12, tabular=True))
        painter.setPen(theme.color("danger" if item.faulty else "text_3"))
        facts = elide(painter.fontMetrics().elidedText, item.facts, int(words.width()))
        painter.drawText(QRectF(words.left(), words.top() + line, words.width(), line), left, facts)
        painter.restore()

"""The gallery's cards: every painter with its small map of names, so that a collapse is seen at a glance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPainterPath, QPen, QPixmap, QWheelEvent
from PySide6.QtWidgets import (
    QFrame,
    QListView,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from studio.views.name_map import NameMapView
from ui.theme import Theme
from ui.tips import tip
from ui.widgets.basics import elide
from ui.widgets.name_map import map_pixmap

WIDTH, HEIGHT, GAP = 148, 130, 12
_MAP = 76
_ITEM = int(Qt.ItemDataRole.UserRole)


@dataclass(frozen=True)
class Deck:
    """One painter's card."""

    slug: str
    title: str
    facts: str
    view: NameMapView
    faulty: bool = False


class DeckShelf(QListWidget):
    """The cards in a row; arrow keys move along them, the wheel scrolls.

    Attributes
    ----------
    chosen
        Another painter was chosen by the person; carries its slug.
    """

    chosen = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setAccessibleName("Painters")
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.setUniformItemSizes(True)
        self.setItemDelegate(_Delegate(theme, self))
        self._fit_text()
        self.currentItemChanged.connect(self._changed)
        theme.changed.connect(self.viewport().update)
        theme.scaled.connect(self._fit_text)
        theme.accent_changed.connect(self.viewport().update)

    def _fit_text(self) -> None:
        self.setFixedHeight(_MAP + self._theme.px(HEIGHT - _MAP) + 14)
        self.scheduleDelayedItemsLayout()

    def show_decks(self, decks: Sequence[Deck], chosen: str) -> None:
        """Show these cards, with one of them chosen; says nothing."""
        self.blockSignals(True)
        if [deck.slug for deck in decks] != self.shown():
            self.clear()
            for _ in decks:
                self.addItem(QListWidgetItem())
        for place, deck in enumerate(decks):
            item = self.item(place)
            item.setData(_ITEM, deck)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{deck.title}, {deck.facts}")
            item.setToolTip(tip(deck.title if len(deck.title) > 18 else ""))
            if deck.slug == chosen and self.currentRow() != place:
                self.setCurrentRow(place)
        self.blockSignals(False)
        self.viewport().update()

    def shown(self) -> list[str]:
        """Return the slugs, from left to right."""
        decks = (self.item(place).data(_ITEM) for place in range(self.count()))
        return [deck.slug if deck is not None else "" for deck in decks]

    def choose(self, slug: str) -> None:
        """Choose a painter as a person would."""
        self.setCurrentRow(self.shown().index(slug))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll along the row by a wheel that turns the other way too."""
        turned = event.angleDelta()
        bar = self.horizontalScrollBar()
        bar.setValue(bar.value() - (turned.x() or turned.y()))
        event.accept()

    def _changed(self, current: QListWidgetItem | None) -> None:
        if current is not None and current.data(_ITEM) is not None:
            self.chosen.emit(current.data(_ITEM).slug)


class _Delegate(QStyledItemDelegate):
    def __init__(self, theme: Theme, shelf: DeckShelf) -> None:
        super().__init__(shelf)
        self._theme = theme
        # A map has hundreds of cells, and a card is painted at every step of the pointer.
        self._pictures: dict[str, tuple[object, QPixmap]] = {}

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(WIDTH + GAP, _MAP + self._theme.px(HEIGHT - _MAP))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        theme, deck = self._theme, index.data(_ITEM)
        if deck is None:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        over = bool(option.state & QStyle.StateFlag.State_MouseOver)
        area = QRectF(option.rect).adjusted(1, 1, -GAP - 1, -1)
        card = QPainterPath()
        card.addRoundedRect(area, 6, 6)
        painter.fillPath(card, theme.color("surface"))
        painter.setClipPath(card)
        picture = QRectF(area.left(), area.top(), area.width(), _MAP)
        if deck.faulty:
            painter.fillRect(picture, theme.color("sunken"))
        else:
            painter.drawPixmap(picture.topLeft(), self._picture(deck, painter.device().devicePixelRatio()))
        painter.setClipping(False)
        if chosen:
            painter.strokePath(card, QPen(theme.ink, 2))
        else:
            painter.strokePath(card, QPen(theme.color("edge" if over else "line"), 1))
        words = QRectF(area.left() + 12, picture.bottom() + 9, area.width() - 24, 40)
        line = theme.px(18)
        left = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        painter.setFont(theme.font(13, 600))
        painter.setPen(theme.color("text"))
        title = elide(painter.fontMetrics().elidedText, deck.title, int(words.width()))
        painter.drawText(QRectF(words.left(), words.top(), words.width(), line), left, title)
        painter.setFont(theme.font(12, tabular=True))
        painter.setPen(theme.color("danger" if deck.faulty else "text_3"))
        facts = elide(painter.fontMetrics().elidedText, deck.facts, int(words.width()))
        painter.drawText(QRectF(words.left(), words.top() + line + 2, words.width(), line), left, facts)
        painter.restore()

    def _picture(self, deck: Deck, ratio: float) -> QPixmap:
        key = (deck.view.names, self._theme.tokens.dark, ratio)
        known = self._pictures.get(deck.slug)
        if known is None or known[0] != key:
            known = (key, map_pixmap(self._theme, deck.view, QSize(WIDTH, _MAP), ratio))
            self._pictures[deck.slug] = known
        return known[1]

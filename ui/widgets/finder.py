"""The command palette: one field, and all that can be gone to or done, best first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from studio.finder import Entry, Hit, color_of, find
from ui.commands import spelled
from ui.icons import Icons
from ui.theme import Theme
from ui.widgets.basics import Label, column, elide, plate, rule
from ui.widgets.sheet import Overlay

WIDTH, ROW, ROWS = 600, 36, 10
_HIT = Qt.ItemDataRole.UserRole


@dataclass(frozen=True)
class Offer:
    """Something that can be found, and what choosing it does."""

    entry: Entry
    call: Callable[[], None]


class Finder(Overlay):
    """Search over what is offered at the moment it is opened.

    Parameters
    ----------
    theme, icons, window
        The look, and what it lies over.
    offers
        Asked for all there is whenever it opens, in the order in which it is listed before a query.
    set_color
        Makes a colour current, for a query that spells one.
    """

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        window: QWidget,
        offers: Callable[[], Sequence[Offer]],
        set_color: Callable[[str], None],
    ) -> None:
        super().__init__(theme, window, "Find anything")
        self._ask, self._set_color = offers, set_color
        self._all: Sequence[Offer] = ()
        self._entries: list[Entry] = []
        self.shown: list[Offer] = []
        self.card: QFrame = plate("surface")
        self.card.setParent(self)
        self.field = _Field(theme, icons)
        self.field.textChanged.connect(self._search)
        self.field.installEventFilter(self)
        self.list = QListWidget()
        self.list.setAccessibleName("What was found")
        self.list.setUniformItemSizes(True)
        self.list.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setMouseTracking(True)
        self._delegate = _Delegate(theme, self.list, self.shown)
        self.list.setItemDelegate(self._delegate)
        self.list.itemActivated.connect(lambda _: self.choose())
        self.list.itemClicked.connect(lambda _: self.choose())
        self.list.currentRowChanged.connect(self._tell)
        self.none = Label(theme, "", 13, "3")
        self.none.setContentsMargins(16, 8, 16, 8)
        layout = column(self.card, 0)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.addWidget(self.field)
        self._rule = rule()
        layout.addWidget(self._rule)
        layout.addWidget(self.none)
        inside = column()
        inside.setContentsMargins(8, 8, 8, 8)
        inside.addWidget(self.list)
        layout.addLayout(inside)
        theme.scaled.connect(self._place)

    def open(self, focus: QWidget | None = None) -> None:
        """Show it with everything there is, and an empty field."""
        self._all = list(self._ask())
        self._entries = [offer.entry for offer in self._all]
        self.field.blockSignals(True)
        self.field.clear()
        self.field.blockSignals(False)
        self._search("")
        super().open(focus or self.field)
        self._place()

    def choose(self) -> None:
        """Do what is marked."""
        place = self.list.currentRow()
        if 0 <= place < len(self.shown):
            offer = self.shown[place]
            self.put_away()
            offer.call()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the field's arrow keys move along the list."""
        if watched is self.field and event.type() == QEvent.Type.KeyPress:
            assert isinstance(event, QKeyEvent)
            return self._key(Qt.Key(event.key()))
        return super().eventFilter(watched, event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Put it away at a click beside it."""
        if not self.card.geometry().contains(event.position().toPoint()):
            self.put_away()
        event.accept()

    def resizeEvent(self, event: object) -> None:
        """Keep to the middle."""
        self._place()

    def _key(self, key: Qt.Key) -> bool:
        move = {
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_PageDown: ROWS - 1,
            Qt.Key.Key_PageUp: 1 - ROWS,
        }.get(key)
        if move is not None and self.shown:
            last = len(self.shown) - 1
            now = self.list.currentRow()
            # One step past an end comes out at the other; a page stops there.
            place = now + move
            self.list.setCurrentRow(place % (last + 1) if abs(move) == 1 else min(max(place, 0), last))
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.choose()
            return True
        return False

    def _search(self, query: str) -> None:
        found = find(query, self._entries)
        self.shown.clear()
        if color := color_of(query):
            entry = Entry("Colour", f"Make {color} the current colour")
            self.shown.append(Offer(entry, lambda: self._set_color(color)))
            found = [Hit(-1, 0.0), *found]
        self.shown.extend(self._all[hit.place] for hit in found if hit.place >= 0)
        self.list.blockSignals(True)
        self.list.clear()
        for hit, offer in zip(found, self.shown, strict=True):
            item = QListWidgetItem()
            item.setData(_HIT, hit)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{offer.entry.title}, {offer.entry.kind}")
            self.list.addItem(item)
        self.list.blockSignals(False)
        self.list.setCurrentRow(0)
        self._tell(0)
        self.none.setText(f"Nothing is called “{query.strip()[:60]}”." if query.strip() else "")
        self.none.setVisible(not self.shown)
        self.list.setVisible(bool(self.shown))
        self._place()

    def _tell(self, place: int) -> None:
        """Let a screen reader, which follows the field, know what is marked."""
        entry = self.shown[place].entry if 0 <= place < len(self.shown) else None
        self.field.setAccessibleDescription(f"{entry.title}, {entry.kind}" if entry else "Nothing found")

    def _place(self) -> None:
        width = min(self._theme.px(WIDTH), self.width() - 48)
        top = max(self.height() // 8, 24)
        room = self.height() - top - 24
        height = self.field.sizeHint().height() + 3
        if self.shown:
            height += 18 + min(len(self.shown), ROWS) * self._theme.px(ROW)
        else:
            height += self.none.sizeHint().height() + 16
        self.card.setGeometry((self.width() - width) // 2, top, width, min(height, room))


class _Field(QLineEdit):
    def __init__(self, theme: Theme, icons: Icons) -> None:
        super().__init__()
        self._theme, self._icons = theme, icons
        self.setProperty("bare", "true")
        self.setFrame(False)
        self.setFont(theme.font(15))
        self.setAccessibleName("Find a page, an action, a judge, a painter, a run, a word or a colour")
        self.setPlaceholderText("Find a page, an action, a judge, a painter, a word, or type a #hex colour")
        self.setMaxLength(200)
        self.setTextMargins(44, 0, 16, 0)
        self.setProperty("finder", "true")

    def sizeHint(self) -> QSize:
        return QSize(200, self._theme.px(48))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        at = QRectF(16, (self.height() - 16) / 2, 16, 16)
        self._icons.paint(painter, "search", at, self._theme.color("text_3"))


class _Delegate(QStyledItemDelegate):
    def __init__(self, theme: Theme, parent: QWidget, shown: Sequence[Offer]) -> None:
        super().__init__(parent)
        self._theme, self._shown = theme, shown

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(100, self._theme.px(ROW))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        if index.row() >= len(self._shown):
            return
        theme, entry = self._theme, self._shown[index.row()].entry
        hit: Hit = index.data(_HIT)
        # PySide's stub leaves the option's fields out.
        state, area = option.state, QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("sunken"))
            painter.drawRoundedRect(area, 6, 6)
        area.adjust(12, 0, -12, 0)
        right = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
        left = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        painter.setFont(theme.font(12, 500 if entry.shortcut else 400))
        painter.setPen(theme.color("text_2" if entry.shortcut else "text_3"))
        aside = spelled(entry.shortcut) if entry.shortcut else entry.kind
        painter.drawText(area, right, aside)
        area.setRight(area.right() - QFontMetricsF(painter.font()).horizontalAdvance(aside) - 16)
        if entry.kind == "Colour" and hit.place < 0:
            side = 16.0
            swatch = QRectF(area.left(), area.center().y() - side / 2, side, side)
            painter.setPen(QPen(theme.color("line"), 1))
            painter.setBrush(QColor(entry.title.split()[1]))
            painter.drawRoundedRect(swatch, 2, 2)
            area.setLeft(swatch.right() + 10)
        end = self._title(painter, area, entry.title, hit.letters)
        room = area.right() - end - 12
        if entry.detail and room > 40:
            painter.setFont(theme.font(12))
            painter.setPen(theme.color("text_3"))
            words = elide(painter.fontMetrics().elidedText, entry.detail, int(room))
            painter.drawText(QRectF(end + 12, area.top(), room, area.height()), left, words)
        painter.restore()

    def _title(self, painter: QPainter, area: QRectF, title: str, letters: Sequence[int]) -> float:
        """Paint the title, the letters that were asked for in bold; return where it ends."""
        theme, wanted = self._theme, set(letters)
        usual, bold = theme.font(13, 500 if not letters else 400), theme.font(13, 700)
        painter.setPen(theme.color("text"))
        text = elide(QFontMetricsF(usual).elidedText, title, int(area.width()))
        x, start = area.left(), 0
        left = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        while start < len(text):
            strong = start in wanted
            end = start
            while end < len(text) and (end in wanted) == strong:
                end += 1
            painter.setFont(bold if strong else usual)
            piece = text[start:end]
            painter.drawText(QRectF(x, area.top(), area.right() - x + 8, area.height()), left, piece)
            x += QFontMetricsF(painter.font()).horizontalAdvance(piece)
            start = end
        return x

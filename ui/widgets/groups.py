"""Groups: the names that were sampled for one colour, ranked, each against the group's bar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QBoxLayout, QScrollArea, QSizePolicy, QToolTip, QWidget

from studio.views.group import GroupView, Ranked
from studio.views.meanings import MEANINGS
from ui.theme import Theme
from ui.tips import tip
from ui.widgets.basics import elide, hairline

WIDTH = 292  # in a row; in a column cards are as wide as it is
_ROW, _HEAD, _PAD = 22, 44, 14
_ARM = 24  # how far an arrow reaches to either side of the bar
_FIGURE = 30
_PARTS = 44  # how wide the judges' parts of a reward of 1 are


class GroupCard(QWidget):
    """One group: its colour, its names from best to worst, and how far each is from the bar.

    The upright line is the bar, the mean of the group's rewards. An arrow to its right pushes a name, one to
    its left holds it back, by its advantage. The small bar before it is what the tastes gave, and pale what
    guards and sameness took of that.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._group: GroupView | None = None
        self._series: Mapping[str, int] = {}
        self._titles: Mapping[str, str] = {}
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(WIDTH)
        theme.changed.connect(self.update)
        theme.scaled.connect(lambda: self.setFixedHeight(self.sizeHint().height()))
        theme.accent_rests.connect(self.update)

    @property
    def names(self) -> list[str]:
        """The names as they are ranked."""
        return [ranked.name for ranked in self._group.names] if self._group is not None else []

    def sizeHint(self) -> QSize:
        """Be as high as the names need."""
        px = self._theme.px
        return QSize(WIDTH, px(_HEAD) + px(_ROW) * max(len(self.names), 1) + 2 * _PAD)

    def show_group(
        self,
        group: GroupView,
        series: Mapping[str, int] | None = None,
        titles: Mapping[str, str] | None = None,
    ) -> None:
        """Show a group; ``series`` tells each judge's colour, by its place among the curves."""
        shown = group, dict(series or {}), dict(titles or {})
        if shown == (self._group, self._series, self._titles):
            return
        self._group, self._series, self._titles = shown
        self.setFixedHeight(self.sizeHint().height())
        bar = "" if group.bar is None else f", the bar at {group.bar:.2f}"
        self.setAccessibleName(f"Names for {group.color}{bar}")
        self.setAccessibleDescription("; ".join(self.said(ranked) for ranked in group.names))
        self.update()

    def said(self, ranked: Ranked) -> str:
        """Return one name's line in words."""
        if ranked.unreadable:
            return f"{ranked.name[:60] or 'nothing'}: unreadable. {ranked.unreadable}"
        if ranked.reward is None:
            return f"{ranked.name[:60]}: no reward, a judge failed"
        words = f"{ranked.name[:60]}: reward {ranked.reward:.2f}, advantage {ranked.advantage:+.2f}"
        for part in ranked.parts:
            who = self._titles.get(part.judge, part.judge) or "sharing its name"
            gave = f" {part.score:.2f}" if part.score is not None and part.judge else ""
            words += f", {who}{gave}" + (f" ({part.share:+.2f})" if part.share is not None else "")
        return words

    def event(self, event: QEvent) -> bool:
        """Tell of the name under the pointer, or what the bar is."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent) and self._group is not None:
            place = (event.pos().y() - _PAD - self._theme.px(_HEAD)) // self._theme.px(_ROW)
            names = self._group.names
            words = self.said(names[place]) if 0 <= place < len(names) else MEANINGS["bar"]
            QToolTip.showText(event.globalPos(), tip(words), self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the card."""
        group = self._group
        if group is None:
            return
        theme = self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("line"), 1))
        painter.setBrush(theme.color("surface"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 10, 10)
        inner = QRectF(self.rect()).adjusted(_PAD, _PAD, -_PAD, -_PAD)
        self._paint_head(painter, inner, group)
        step = theme.px(_ROW)
        middle = inner.right() - theme.px(_FIGURE) - 8 - _ARM
        top = inner.top() + theme.px(_HEAD)
        for place, ranked in enumerate(group.names):
            area = QRectF(inner.left(), top + place * step, inner.width(), step)
            self._paint_name(painter, area, ranked, middle)
        if any(ranked.reward is not None for ranked in group.names):
            bottom = top + len(group.names) * step
            hairline(painter, middle, top - 2, middle, bottom, theme.color("edge"))

    def _paint_head(self, painter: QPainter, inner: QRectF, group: GroupView) -> None:
        theme = self._theme
        painter.setPen(QPen(theme.color("line"), 1))
        painter.setBrush(QColor(group.color) if group.color.startswith("#") else theme.color("sunken"))
        painter.drawRoundedRect(QRectF(inner.left() + 0.5, inner.top() + 0.5, 31, 31), 2, 2)
        left = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        words = QRectF(inner.left() + 42, inner.top() - 1, inner.width() - 42, theme.px(17))
        painter.setFont(theme.font(13, 500, tabular=True))
        painter.setPen(theme.color("text"))
        painter.drawText(words, left, group.color)
        if group.bar is not None:
            painter.setFont(theme.font(12, tabular=True))
            painter.setPen(theme.color("text_3"))
            right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            painter.drawText(words, right, f"bar {group.bar:.2f}")
        painter.setFont(theme.font(12))
        painter.setPen(theme.color("text_3"))
        reading = elide(painter.fontMetrics().elidedText, group.reading, int(words.width()))
        painter.drawText(words.translated(0, theme.px(17)), left, reading)

    def _paint_name(self, painter: QPainter, area: QRectF, ranked: Ranked, middle: float) -> None:
        theme = self._theme
        painter.setFont(theme.font(13, 500 if ranked.above else 400))
        painter.setPen(theme.color("text" if ranked.above else "text_3"))
        left = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        parts = middle - _ARM - 8 - _PARTS
        room = parts - 8 - area.left()
        name = elide(painter.fontMetrics().elidedText, ranked.name or "(nothing)", int(room))
        painter.drawText(QRectF(area.left(), area.top(), room, area.height()), left, name)
        if ranked.unreadable:
            y = area.center().y() + 1
            width = painter.fontMetrics().horizontalAdvance(name)
            hairline(painter, area.left(), y, area.left() + width, y, theme.color("text_3"))
        painter.setFont(theme.font(12, tabular=True))
        painter.drawText(area, right, "–" if ranked.reward is None else f"{ranked.reward:.2f}")
        self._paint_parts(painter, parts, area.center().y(), ranked)
        if ranked.reward is not None:
            _paint_arrow(
                painter,
                middle,
                area.center().y(),
                ranked.reach * _ARM,
                theme.ink if ranked.reach >= 0 else theme.color("edge"),
            )

    def _paint_parts(self, painter: QPainter, x: float, y: float, ranked: Ranked) -> None:
        """Paint what the tastes gave: solid what is left of it, pale what each guard took."""
        told = [part for part in ranked.parts if part.share is not None]
        whole = sum(part.share for part in told if part.share is not None and part.share > 0)
        if not told or whole <= 0 or ranked.reward is None:
            return
        painter.setPen(Qt.PenStyle.NoPen)
        kept = max(ranked.reward, 0.0) / whole
        for part in told:
            share = part.share or 0.0
            width = _PARTS * (share * kept if share > 0 else -share)
            color = self._color(part.judge)
            color.setAlphaF(0.85 if share > 0 else 0.28)
            painter.setBrush(color)
            painter.drawRect(QRectF(x, y - 2.5, width, 5))
            x += width

    def _color(self, judge: str) -> QColor:
        place = self._series.get(judge)
        return self._theme.color("edge") if place is None else QColor(self._theme.tokens.series[place % 4])


def _paint_arrow(painter: QPainter, x: float, y: float, length: float, color: QColor) -> None:
    if abs(length) < 1.0:
        return
    sign = 1.0 if length > 0 else -1.0
    head = min(abs(length), 6.0)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    shaft = abs(length) - head
    if shaft > 0:
        painter.drawRect(QRectF(min(x, x + sign * shaft), y - 1.5, shaft, 3))
    tip, base = x + length, x + sign * shaft
    painter.drawPolygon(QPolygonF([QPointF(tip, y), QPointF(base, y - 4.5), QPointF(base, y + 4.5)]))


class GroupStrip(QScrollArea):
    """The groups of one step, in a row or in a column."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._cards: list[GroupCard] = []
        self._tallest = 0
        self._upright = False
        self._holder = QWidget()
        self._holder.setObjectName("bare")
        self._box = QBoxLayout(QBoxLayout.Direction.LeftToRight, self._holder)
        self._box.setSpacing(12)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.addStretch(1)
        self.setWidget(self._holder)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName("The groups of this step")
        theme.changed.connect(self.update)

    @property
    def cards(self) -> list[GroupCard]:
        """The cards that are shown."""
        return [card for card in self._cards if not card.isHidden()]

    def set_upright(self, upright: bool) -> None:
        """Stand the groups in a column, or in a row."""
        if upright == self._upright:
            return
        self._upright = upright
        directions = QBoxLayout.Direction
        self._box.setDirection(directions.TopToBottom if upright else directions.LeftToRight)
        self._box.setContentsMargins(0, 0, 10 if upright else 0, 0)
        off, needed = Qt.ScrollBarPolicy.ScrollBarAlwaysOff, Qt.ScrollBarPolicy.ScrollBarAsNeeded
        self.setHorizontalScrollBarPolicy(off if upright else needed)
        for card in self._cards:
            self._place(card)
        self._fit()

    def show_groups(
        self,
        groups: Sequence[GroupView],
        series: Mapping[str, int] | None = None,
        titles: Mapping[str, str] | None = None,
    ) -> None:
        """Show these groups; cards are used again, since groups come several times a second."""
        while len(self._cards) < len(groups):
            card = GroupCard(self._theme)
            self._box.insertWidget(len(self._cards), card)
            self._cards.append(card)
            self._place(card)
        for place, card in enumerate(self._cards):
            if place < len(groups):
                card.show_group(groups[place], series, titles)
            card.setVisible(place < len(groups))
        tallest = max((card.height() for card in self._cards[: len(groups)]), default=0)
        if tallest != self._tallest:
            self._tallest = tallest
            self._fit()

    def sizeHint(self) -> QSize:
        """Want the height of the cards, and of the bar to scroll them by."""
        return QSize(WIDTH + 20 if self._upright else 3 * WIDTH, self._tallest + 14)

    def _place(self, card: GroupCard) -> None:
        # In a row a card keeps its width and its top; in a column it fills the width.
        card.setMaximumWidth(16_777_215 if self._upright else WIDTH)
        top = Qt.AlignmentFlag.AlignTop
        self._box.setAlignment(card, Qt.AlignmentFlag(0) if self._upright else top)

    def _fit(self) -> None:
        # As high as the cards are and no higher; what is left belongs to the curve.
        self.setMinimumHeight(0 if self._upright else min(self._tallest, 150))
        self.setMaximumHeight(16_777_215 if self._upright else self._tallest + 14)
        self.updateGeometry()

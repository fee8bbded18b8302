"""Groups: the names that were sampled for one colour, ranked, each against the group's bar."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QSizePolicy, QWidget

from engine.events import GroupPainted, Rollout
from ui.theme import Theme
from ui.widgets.basics import elide, hairline, row

WIDTH = 260  # three of them and their gaps are as wide as the pane is at 1280
_ROW, _HEAD, _PAD = 22, 44, 14
_ARM = 24  # how far a bar reaches to either side


class GroupCard(QWidget):
    """One group: its colour, its names from best to worst, and how far each is from the bar.

    The upright line is the bar, the mean of the group's rewards: what reaches to its right was pushed, what
    reaches to its left was held back.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._group: GroupPainted | None = None
        self._ranked: list[Rollout] = []
        self.setFixedWidth(WIDTH)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)
        theme.accent_changed.connect(self.update)

    @property
    def names(self) -> list[str]:
        """The names as they are ranked."""
        return [rollout.name for rollout in self._ranked]

    def sizeHint(self) -> QSize:
        """Be as high as the names need."""
        return QSize(WIDTH, _HEAD + _ROW * max(len(self._ranked), 1) + 2 * _PAD)

    def show_group(self, group: GroupPainted) -> None:
        """Show a group."""
        self._group = group
        self._ranked = sorted(
            group.rollouts,
            key=lambda rollout: -1.0 if rollout.reward is None else rollout.reward,
            reverse=True,
        )
        self.setFixedHeight(self.sizeHint().height())
        bar = "" if group.bar is None else f", the bar at {group.bar:.2f}"
        self.setAccessibleName(f"Names for {group.color}{bar}")
        self.setAccessibleDescription(", ".join(f"{r.name[:60]} {_figure(r)}" for r in self._ranked))
        self.update()

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
        told = [r.reward for r in self._ranked if r.reward is not None]
        reach = max((abs(reward - (group.bar or 0.0)) for reward in told), default=0.0) or 1.0
        figure, arm = 34.0, _ARM
        middle = inner.right() - figure - 8 - arm
        top = inner.top() + _HEAD
        for place, rollout in enumerate(self._ranked):
            area = QRectF(inner.left(), top + place * _ROW, inner.width(), _ROW)
            self._paint_rollout(painter, area, rollout, group.bar, middle, arm / reach)
        if told:
            hairline(painter, middle, top - 2, middle, top + len(self._ranked) * _ROW, theme.color("edge"))

    def _paint_head(self, painter: QPainter, inner: QRectF, group: GroupPainted) -> None:
        theme = self._theme
        painter.setPen(QPen(theme.color("line"), 1))
        painter.setBrush(QColor(group.color))
        painter.drawRoundedRect(QRectF(inner.left() + 0.5, inner.top() + 0.5, 31, 31), 2, 2)
        left = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        words = QRectF(inner.left() + 42, inner.top() - 1, inner.width() - 42, 17)
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
        painter.drawText(words.translated(0, 17), left, reading)

    def _paint_rollout(
        self,
        painter: QPainter,
        area: QRectF,
        rollout: Rollout,
        bar: float | None,
        middle: float,
        scale: float,
    ) -> None:
        theme = self._theme
        above = rollout.reward is not None and bar is not None and rollout.reward >= bar
        painter.setFont(theme.font(13, 500 if above else 400))
        painter.setPen(theme.color("text" if above else "text_3"))
        left = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        room = middle - _ARM - 8 - area.left()
        name = elide(painter.fontMetrics().elidedText, rollout.name or "(nothing)", int(room))
        painter.drawText(QRectF(area.left(), area.top(), room, area.height()), left, name)
        if rollout.unreadable:
            y = area.center().y() + 1
            width = painter.fontMetrics().horizontalAdvance(name)
            hairline(painter, area.left(), y, area.left() + width, y, theme.color("text_3"))
        painter.setFont(theme.font(12, tabular=True))
        painter.drawText(area, right, _figure(rollout))
        if rollout.reward is not None and bar is not None:
            length = (rollout.reward - bar) * scale
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.ink if above else theme.color("edge"))
            y = area.center().y() - 3
            if length >= 0:
                painter.drawRect(QRectF(middle, y, max(length, 1), 6))
            else:
                painter.drawRect(QRectF(middle + length, y, max(-length, 1), 6))


class GroupStrip(QScrollArea):
    """The groups of one step, side by side."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._cards: list[GroupCard] = []
        self._tallest = 0
        self._holder = QWidget()
        self._holder.setObjectName("bare")
        self._row: QHBoxLayout = row(self._holder, 12)
        self._row.addStretch(1)
        self.setWidget(self._holder)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName("The groups of this step")
        theme.changed.connect(self.update)

    @property
    def cards(self) -> list[GroupCard]:
        """The cards that are shown."""
        return [card for card in self._cards if not card.isHidden()]

    def show_groups(self, groups: Sequence[GroupPainted]) -> None:
        """Show these groups; cards are used again, since groups come several times a second."""
        while len(self._cards) < len(groups):
            card = GroupCard(self._theme)
            self._row.insertWidget(len(self._cards), card, 0, Qt.AlignmentFlag.AlignTop)
            self._cards.append(card)
        for place, card in enumerate(self._cards):
            if place < len(groups):
                card.show_group(groups[place])
            card.setVisible(place < len(groups))
        tallest = max((card.height() for card in self._cards[: len(groups)]), default=0)
        # As high as the cards are and no higher; what is left belongs to the curve.
        self.setMinimumHeight(min(tallest, 150))
        self.setMaximumHeight(tallest + 14)
        self._tallest = tallest
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Want the height of the cards, and of the bar to scroll them by."""
        return QSize(3 * WIDTH, self._tallest + 14)


def _figure(rollout: Rollout) -> str:
    return "–" if rollout.reward is None else f"{rollout.reward:.2f}"

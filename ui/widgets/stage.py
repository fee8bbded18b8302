"""The stage: neutral ground on which the chips are laid out, five or six in rows of three."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QScrollArea, QWidget

from studio.views.chip_scores import MOST
from ui.theme import Theme
from ui.widgets.chip import LARGE, SMALL, chip_height, name_size, paint_height
from ui.widgets.chip_list import ALSO, list_height

LISTS = (MOST + ALSO, MOST + ALSO // 2, MOST, 0)
GAP = 16
COMMON = 170
_PAD = 24
_TOP = 20


class Invitation(QWidget):
    """A chip that is not there yet: the outline of one, and what to do to get it."""

    pressed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setAccessibleName("Your painter goes here. Train one.")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        theme.changed.connect(self.update)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Take a click."""
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.pressed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take Enter and Space as a click."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.pressed.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a dashed card with its words where a chip has its own."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = self.width()
        height = chip_height(width, self._theme.scale)
        pen = QPen(self._theme.color("edge"), 1)
        pen.setDashPattern([3, 4])
        painter.setPen(pen)
        painter.drawRoundedRect(QRectF(0.5, 0.5, width - 1, height - 1), 2, 2)
        paint = paint_height(width)
        painter.drawLine(1, paint, width - 1, paint)
        inner = QRectF(12, paint + 9, width - 24, height - paint - 18)
        painter.setFont(self._theme.font(name_size(round(width / self._theme.scale)), 600, display=True))
        painter.setPen(self._theme.color("text_3"))
        painter.drawText(inner, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, "Your painter")
        painter.setFont(self._theme.font(12))
        painter.setPen(self._theme.color("text_2"))
        flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom | Qt.TextFlag.TextWordWrap)
        words = "Train one, and it will name this colour here." if width >= 160 else "Train one."
        painter.drawText(inner, flags, words)


class Stage(QScrollArea):
    """Lays out the chips, and scrolls when there are many.

    Parameters
    ----------
    theme
        Gives the neutral ground.
    listed
        Whether scores and alternatives stand below the chips.
    """

    def __init__(self, theme: Theme, *, listed: bool = True) -> None:
        super().__init__()
        self._theme = theme
        self._board = _Board(theme, LISTS if listed else (0,))
        self.setWidget(self._board)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setAutoFillBackground(False)
        self._board.setObjectName("bare")
        theme.changed.connect(self.viewport().update)
        theme.scaled.connect(lambda: self._board.arrange(self.viewport().size()))

    def show_chips(self, chips: Sequence[QWidget]) -> None:
        """Lay out these chips, in order; those that were there before and are not among them go."""
        self._board.show_chips(list(chips))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground, with rounded corners."""
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("stage"))
        painter.drawRoundedRect(QRectF(self.viewport().rect()), 10, 10)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the chips out anew."""
        super().resizeEvent(event)
        self._board.arrange(self.viewport().size())


def arrangement(
    count: int, width: int, height: int, lists: Sequence[int] = LISTS, scale: float = 1.0
) -> tuple[int, int, int]:
    """Find how many chips go across and how wide they are: as large as all of them can be seen at once.

    Parameters
    ----------
    count
        How many chips there are, at least one.
    width, height
        The room in pixels.
    lists
        How many rows may stand below a chip, from the most to the fewest.
    scale
        How large text is: with it grow the paper below the paint, and the narrowest chip.

    Returns
    -------
    tuple of int
        Chips in a row, their width, and how many rows of scores and alternatives there is room for below
        each. Alternatives give way first, then the chips' size, then scores; when the chips cannot all be
        seen, rows are as full as they can be, and one row is seen whole if there is room for one at all.
    """
    tall = 0.57 + 0.83 * scale  # a card's height by its width; at the usual text seven fifths
    least = round(SMALL * scale)
    for also in lists:
        best = (0, 0)
        for across in range(1, count + 1):
            rows = -(-count // across)
            by_width = (width - (across - 1) * GAP) // across
            by_height = ((height - (rows - 1) * GAP) / rows - list_height(also, scale)) / tall
            size = min(LARGE, by_width, int(by_height))
            if size >= least and size > best[1]:
                best = (across, size)
        if best[0]:
            return *best, also
    common = round(COMMON * scale)
    across = max(1, min(count, (width + GAP) // (common + GAP)))
    by_width = max(min(common, (width - (across - 1) * GAP) // across), least)
    for also in lists:
        size = min(by_width, int((height - list_height(also, scale)) / tall))
        if size >= least:
            return across, size, also
    return across, by_width if scale == 1 else min(by_width, least), lists[0]


class _Board(QWidget):
    def __init__(self, theme: Theme, lists: Sequence[int]) -> None:
        super().__init__()
        self._theme, self._lists = theme, lists
        self._chips: list[QWidget] = []
        self._room = QSize(0, 0)

    def show_chips(self, chips: list[QWidget]) -> None:
        for chip in self._chips:
            if chip not in chips:
                chip.hide()
                chip.setParent(None)
                chip.deleteLater()
        self._chips = chips
        before: QWidget | None = None
        for chip in chips:
            chip.setParent(self)
            chip.show()
            if before is not None:
                QWidget.setTabOrder(before, chip)
            before = chip
        self.arrange(self._room)

    def arrange(self, room: QSize) -> None:
        self._room = room
        count = len(self._chips)
        if not count or room.width() < 10:
            return
        inside = (room.width() - 2 * _PAD, room.height() - 2 * _TOP)
        scale = self._theme.scale
        across, width, also = arrangement(count, *inside, self._lists, scale)
        rows = -(-count // across)
        tall = chip_height(width, scale) + list_height(also, scale)
        height = rows * tall + (rows - 1) * GAP
        left = (room.width() - across * width - (across - 1) * GAP) // 2
        # The cards are the focal point: they are centred as if the lists below them weighed half.
        top = max(_TOP, (room.height() - height) // 2)
        for place, chip in enumerate(self._chips):
            x = left + (place % across) * (width + GAP)
            y = top + (place // across) * (tall + GAP)
            chip.setFixedSize(width, tall)
            chip.move(x, y)
        self.setMinimumHeight(max(height + 2 * _TOP, 0))

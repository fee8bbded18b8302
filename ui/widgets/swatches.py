"""Small swatches to choose from: colours picked before, colours that go together, colours of a picture."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from engine.harmony import Harmony
from engine.image_palette import Share
from ui.theme import Theme
from ui.tips import tip

HISTORY = 12
_SIDE = 20.0


class Swatches(QWidget):
    """Colours side by side; a click chooses one, and so do arrow keys and Enter.

    Parameters
    ----------
    theme
        Gives tokens and fonts.
    name
        What they are.

    Attributes
    ----------
    chosen
        A colour was chosen; carries its place.
    """

    chosen = Signal(int)

    def __init__(self, theme: Theme, name: str, height: int) -> None:
        super().__init__()
        self._theme = theme
        self._at = 0
        self.setFixedHeight(height)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setAccessibleName(name)
        theme.changed.connect(self.update)

    @property
    def colors(self) -> list[str]:
        """The colours, in order."""
        raise NotImplementedError

    def rects(self) -> list[QRectF]:
        """Return where each colour that there is room for lies."""
        raise NotImplementedError

    def says(self, place: int) -> str:
        """Return what is to be said of a colour."""
        return self.colors[place]

    def refresh(self) -> None:
        """Show other colours than before."""
        self._at = min(self._at, max(len(self.colors) - 1, 0))
        self._describe()
        self.update()

    def sizeHint(self) -> QSize:
        """Want a row of swatches."""
        return QSize(200, self.height())

    def event(self, event: QEvent) -> bool:
        """Say what the colour under the pointer is."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            place = self._under(event.pos())
            QToolTip.showText(event.globalPos(), tip("" if place is None else self.says(place)), self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the swatches; while it has the focus, the chosen one has a frame."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for place, (color, rect) in enumerate(zip(self.colors, self.rects(), strict=False)):
            painter.setBrush(QColor(color))
            chosen = self.hasFocus() and place == self._at
            painter.setPen(
                QPen(self._theme.color("text"), 2) if chosen else QPen(self._theme.color("line"), 1)
            )
            inset = 1.0 if chosen else 0.5
            painter.drawRoundedRect(rect.adjusted(inset, inset, -inset, -inset), 2, 2)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show what can be pressed."""
        over = self._under(event.position().toPoint()) is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the swatch under the pointer."""
        place = self._under(event.position().toPoint())
        if place is not None:
            self._at = place
            self.chosen.emit(place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go along the swatches and choose one."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        count = len(self.rects())
        if step is not None and count:
            self._at = min(max(self._at + step, 0), count - 1)
            self._describe()
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and count:
            self.chosen.emit(self._at)
        else:
            super().keyPressEvent(event)

    def _under(self, at: QPoint) -> int | None:
        return next((place for place, rect in enumerate(self.rects()) if rect.contains(at)), None)

    def _describe(self) -> None:
        self.setAccessibleDescription(self.says(self._at) if self.colors else "")


class History(Swatches):
    """The colours that were settled on last, latest first."""

    def __init__(self, theme: Theme, colors: Iterable[str] = ()) -> None:
        super().__init__(theme, "Colours picked before", 20)
        self._colors: deque[str] = deque(list(colors)[:HISTORY], maxlen=HISTORY)

    @property
    def colors(self) -> list[str]:
        """The colours, latest first."""
        return list(self._colors)

    def add(self, color: str) -> None:
        """Put a colour in front; it is there once."""
        if color in self._colors:
            self._colors.remove(color)
        self._colors.appendleft(color)
        self._at = 0
        self.refresh()

    def rects(self) -> list[QRectF]:
        """Lay them out so that twelve fill the width."""
        pitch = max((self.width() - _SIDE) / (HISTORY - 1), 22.0)
        places = [QRectF(place * pitch, 0, _SIDE, _SIDE) for place in range(len(self._colors))]
        return [rect for rect in places if rect.right() <= self.width() + 0.5]


class Harmonies(Swatches):
    """Colours that go with the current one, in groups with their names below."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "Colours that go with it", 42)
        self._groups: tuple[Harmony, ...] = ()
        self.setFont(theme.font(12))

    @property
    def groups(self) -> tuple[Harmony, ...]:
        """The harmonies that are shown."""
        return self._groups

    @property
    def colors(self) -> list[str]:
        """The colours of all groups."""
        return [color for group in self._groups for color in group.colors]

    def show_groups(self, groups: Sequence[Harmony]) -> None:
        """Show harmonies."""
        self._groups = tuple(groups)
        self.refresh()

    def hue(self, place: int) -> float:
        """Return the exact hue of a colour, in degrees."""
        return [hue for group in self._groups for hue in group.hues][place]

    def says(self, place: int) -> str:
        """Name the group too."""
        names = [group.name for group in self._groups for _ in group.colors]
        return f"{names[place]}, {self.colors[place]}"

    def rects(self) -> list[QRectF]:
        """Lay out the groups, the room that is left between them."""
        return [
            QRectF(left + place * (_SIDE + 4), 0, _SIDE, _SIDE)
            for group, left, _ in self._spans()
            for place in range(len(group.colors))
        ]

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the swatches and the groups' names."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setPen(self._theme.color("text_3"))
        for group, left, width in self._spans():
            painter.drawText(QRectF(left, 24, width + 8, 18), int(Qt.AlignmentFlag.AlignVCenter), group.name)

    def _spans(self) -> list[tuple[Harmony, float, float]]:
        metrics = self.fontMetrics()
        widths = [
            max(len(group.colors) * (_SIDE + 4) - 4, metrics.horizontalAdvance(group.name))
            for group in self._groups
        ]
        gap = max((self.width() - sum(widths)) / max(len(widths) - 1, 1), 6.0)
        lefts = [sum(widths[:place]) + place * gap for place in range(len(widths))]
        return list(zip(self._groups, lefts, widths, strict=True))


class Shares(Swatches):
    """The colours of a picture, each as wide as its share of it, though never too narrow to press."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "Colours of the picture", 20)
        self._shares: tuple[Share, ...] = ()

    @property
    def colors(self) -> list[str]:
        """The colours, the largest share first."""
        return [one.color for one in self._shares]

    def show_shares(self, shares: Sequence[Share]) -> None:
        """Show a picture's colours."""
        self._shares = tuple(shares)
        self._at = 0
        self.refresh()

    def says(self, place: int) -> str:
        """Tell the share too."""
        one = self._shares[place]
        return f"{one.color}, {one.share:.0%} of the picture"

    def rects(self) -> list[QRectF]:
        """Give each its least width, and share out the rest."""
        rest = max(self.width() - len(self._shares) * (_SIDE + 2) + 2, 0)
        rects, left = [], 0.0
        for one in self._shares:
            width = _SIDE + rest * one.share
            rects.append(QRectF(left, 0, width, _SIDE))
            left += width + 2
        return rects

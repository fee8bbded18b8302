"""The paint chip: a colour, the name that one painter gives it, and what else it might have said."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, QVariantAnimation, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.service.protocol import Choice
from studio.views.chip_scores import ChipScore
from studio.views.names import ChipView
from ui.theme import FAST, Theme
from ui.tips import tip
from ui.widgets.basics import MEASURED, elide, hairline
from ui.widgets.chip_list import ALSO, ROW, TOP, paint_also, paint_scores, percent

SMALL, LARGE = 140, 252


def chip_height(width: int, scale: float = 1.0) -> int:
    """Return the height of a chip's card: five to seven, and more paper below the paint for larger text."""
    paint = paint_height(width)
    return paint + round((round(width * 7 / 5) - paint) * scale)


def paint_height(width: int) -> int:
    """Return how much of a card is paint: three fifths; on a small one the name needs a little more paper."""
    return round(width * 7 / 5 * (0.6 if width >= 160 else 0.57))


def name_size(width: int) -> int:
    """Return the size in pixels at which a name is set, if it fits."""
    return 28 if width >= 236 else 24 if width >= 196 else 20


class PaintChip(QWidget):
    """One painter's chip.

    The name stands in ink while it is the painter's word for this very colour. While another colour waits for
    its name, the last one stays, faint; before the first there is a blank to be filled in, as on a form.

    Parameters
    ----------
    theme
        Gives tokens and fonts.
    slug, painter
        Which painter, and what it is called.
    color
        The colour to begin with.

    Attributes
    ----------
    pressed
        The chip was clicked, or Enter pressed on it; carries the painter's slug.
    copy_wanted
        Ctrl-C was pressed on it; carries the painter's slug.
    """

    pressed = Signal(str)
    copy_wanted = Signal(str)

    def __init__(self, theme: Theme, slug: str, painter: str, color: str) -> None:
        super().__init__()
        self._theme = theme
        self.slug = slug
        self._painter_name = painter
        self._color = color
        self._name = ""
        self._fault = ""
        self._waiting = True
        self._also: tuple[Choice, ...] = ()
        self._scores: tuple[ChipScore, ...] = ()
        self._chosen = False
        self._shown = 0.0
        self._fade = QVariantAnimation(self)
        self._fade.setStartValue(0.0)
        self._fade.setEndValue(1.0)
        self._fade.setDuration(FAST)
        self._fade.valueChanged.connect(self._faded)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._describe()
        theme.changed.connect(self.update)

    @property
    def name(self) -> str:
        """The name that is shown; empty before the first."""
        return self._name

    @property
    def waiting(self) -> bool:
        """Whether the name is still to come for the colour that is shown."""
        return self._waiting

    @property
    def also(self) -> tuple[Choice, ...]:
        """The alternatives that are shown."""
        return self._also

    @property
    def scores(self) -> tuple[ChipScore, ...]:
        """The judges' scores that are shown."""
        return self._scores

    @property
    def chosen(self) -> bool:
        """Whether it stands out as the one that was chosen."""
        return self._chosen

    def sizeHint(self) -> QSize:
        """Be the smallest chip; the stage gives the true size."""
        return QSize(SMALL, chip_height(SMALL, self._theme.scale))

    def set_painter(self, painter: str) -> None:
        """Call the painter by another name."""
        self._painter_name = painter
        self._describe()
        self.update()

    def set_color(self, color: str) -> None:
        """Show another colour, whose name is still to come."""
        if color == self._color:
            return
        self._color = color
        self.wait()

    def wait(self) -> None:
        """Say that the name is on its way."""
        self._waiting, self._also, self._fault = True, (), ""
        self._fade.stop()
        self._describe()
        self.update()

    def blank(self) -> None:
        """Forget the name: there is none to go on showing while the next one is awaited."""
        self._name = ""
        self.wait()

    def show_view(self, view: ChipView) -> None:
        """Show what has come of a name."""
        match view.state:
            case "ready":
                self.set_name(view.name)
            case "failed":
                self.set_fault(view.note)
            case "waiting":
                self.wait()

    def set_name(self, name: str) -> None:
        """Show the painter's name for the colour."""
        fresh = name != self._name or self._waiting
        self._name, self._waiting, self._fault = name, False, ""
        if fresh and self._theme.motion and self.isVisible():
            self._fade.start()
        else:
            self._faded(1.0)
        self._describe()

    def set_also(self, choices: Sequence[Choice]) -> None:
        """Show what else the painter might have said, best first."""
        self._also = tuple(choice for choice in choices if choice.name != self._name)[:ALSO]
        self._describe()
        self.update()

    def set_scores(self, scores: Sequence[ChipScore]) -> None:
        """Show what judges say of the name; those that have not answered yet keep their place."""
        if tuple(scores) != self._scores:
            self._scores = tuple(scores)
            self._describe()
            self.update()

    def set_chosen(self, chosen: bool) -> None:
        """Let the chip stand out, or not."""
        if chosen != self._chosen:
            self._chosen = chosen
            self._describe()
            self.update()

    def set_fault(self, reason: str) -> None:
        """Say why there is no name."""
        self._fault, self._waiting, self._also = reason, False, ()
        self._describe()
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Take a click."""
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.pressed.emit(self.slug)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take Enter and Space as a click."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.pressed.emit(self.slug)
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy_wanted.emit(self.slug)
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Repaint when enabled or disabled."""
        self.update()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the card and the list below it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = self.width()
        height = chip_height(width, self._theme.scale)
        paint = paint_height(width)
        card = QRectF(0.5, 0.5, width - 1, height - 1)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("surface"))
        painter.drawRoundedRect(card, 2, 2)
        painter.fillRect(QRectF(0.5, 0.5, width - 1, paint), QColor(self._color))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(_hairline_over(self._theme.color("stage"), self._theme.tokens.dark), 1))
        painter.drawRoundedRect(card, 2, 2)
        if self._chosen:
            painter.setPen(QPen(self._theme.color("text"), 2))
            painter.drawRoundedRect(card.adjusted(0.5, 0.5, -0.5, -0.5), 2, 2)
        pad = 12
        inner = QRectF(pad, paint + 9, width - 2 * pad, height - paint - 9 - 9)
        self._paint_words(painter, inner)
        px = self._theme.px
        room = max(self.height() - height - px(TOP), 0) // px(ROW)
        scores = self._scores[:room]
        area = QRectF(0, height + px(TOP), width, len(scores) * px(ROW))
        paint_scores(painter, self._theme, area, scores)
        more = self._also[: room - len(scores)]
        paint_also(painter, self._theme, QRectF(0, area.bottom(), width, len(more) * px(ROW)), more)

    def _paint_words(self, painter: QPainter, area: QRectF) -> None:
        theme = self._theme
        line = theme.px(16)
        foot = QRectF(area.left(), area.bottom() - line, area.width(), line)
        painter.setFont(theme.font(12, tabular=True))
        figures = QFontMetricsF(painter.font()).horizontalAdvance(self._color)
        painter.setPen(theme.color("text_3"))
        needed = QFontMetricsF(theme.font(12, 500)).horizontalAdvance(self._painter_name[:MEASURED])
        # Who said it goes before which colour it was: that is told above, and on every chip the same.
        beside = needed + figures + 6 <= area.width() or self.width() >= 160
        if beside:
            painter.drawText(foot, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self._color)
        painter.setFont(theme.font(12, 500))
        painter.setPen(theme.color("text_2"))
        room = area.width() - (figures + 6 if beside else 0)
        label = elide(painter.fontMetrics().elidedText, self._painter_name, int(room))
        painter.drawText(foot, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, label)
        inner = QRectF(area.left(), area.top(), area.width(), area.height() - theme.px(18))
        if self._fault:
            painter.setPen(theme.color("text_3"))
            painter.setFont(theme.font(12))
            wrapped = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap)
            fits = painter.boundingRect(inner.toRect(), wrapped, self._fault).height() <= inner.height()
            painter.drawText(inner, wrapped, self._fault if fits else "No name. Hover to read why.")
        elif not self._name:
            y = inner.top() + theme.px(21)
            hairline(painter, inner.left(), y, inner.left() + inner.width() * 0.62, y, theme.color("line"))
        else:
            ink = theme.color("text")
            ink.setAlphaF(0.32 if self._waiting else 0.32 + 0.68 * self._shown)
            painter.setPen(ink)
            self._paint_name(painter, inner)

    def _paint_name(self, painter: QPainter, room: QRectF) -> None:
        """Set the name in two lines at the largest of three sizes that takes it whole."""
        text = self._name[:MEASURED].replace("\n", " ")
        for size in (name_size(round(self.width() / self._theme.scale)), 17, 14):
            font = self._theme.font(size, 600, display=True)
            layout = QTextLayout(text, font)
            # A word longer than the line is broken only at the smallest size.
            words = QTextOption.WrapMode.WordWrap
            anywhere = QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere
            layout.setTextOption(QTextOption(Qt.AlignmentFlag.AlignLeft))
            option = layout.textOption()
            option.setWrapMode(anywhere if size == 14 else words)
            layout.setTextOption(option)
            leading = self._theme.px(size * 1.22)
            lines = _break(layout, room.width())
            fits = len(lines) <= int(room.height() // leading) and all(
                layout.lineAt(i).naturalTextWidth() <= room.width() + 0.5 for i in range(len(lines))
            )
            if fits or size == 14:
                self._draw_lines(painter, room, text, lines, size, leading)
                return

    def _draw_lines(
        self,
        painter: QPainter,
        room: QRectF,
        text: str,
        lines: list[tuple[int, int]],
        size: int,
        leading: int,
    ) -> None:
        painter.setFont(self._theme.font(size, 600, display=True))
        most = max(1, int(room.height() // leading))
        for place, (start, length) in enumerate(lines[:most]):
            rect = QRectF(room.left(), room.top() + place * leading, room.width() + 4, leading)
            piece = text[start : start + length].strip()
            if place == most - 1 and len(lines) > most:
                piece = elide(painter.fontMetrics().elidedText, text[start:], int(room.width()))
            painter.drawText(rect, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, piece)

    def _faded(self, share: float) -> None:
        self._shown = share
        self.update()

    def _describe(self) -> None:
        words = self._fault or (self._name if self._name and not self._waiting else "waiting for a name")
        chosen = ", chosen" if self._chosen else ""
        self.setAccessibleName(f"{self._painter_name}: {words[:MEASURED]}{chosen}")
        also = ", ".join(f"{choice.name[:60]} {percent(choice.probability)}" for choice in self._also)
        scores = ", ".join(f"{s.label} {s.score:.2f}" for s in self._scores if s.score is not None)
        told = [f"Judges: {scores}." if scores else "", f"Also: {also}" if also else ""]
        self.setAccessibleDescription(" ".join([self._color + ".", *filter(None, told)]))
        reasons = [f"{s.label}: {s.reason}" for s in self._scores if s.known and s.reason]
        whole = "\n".join(filter(None, ["Press to see why.", *told, *reasons]))
        self.setToolTip(tip(self._fault or ("" if self._waiting else whole)))


def _break(layout: QTextLayout, width: float) -> list[tuple[int, int]]:
    lines = []
    layout.beginLayout()
    while True:
        line = layout.createLine()
        if not line.isValid():
            break
        line.setLineWidth(width)
        lines.append((line.textStart(), line.textLength()))
    layout.endLayout()
    return lines


def _hairline_over(stage: QColor, dark: bool) -> QColor:
    return QColor(255, 255, 255, 22) if dark else QColor(0, 0, 0, 28)

"""What is printed: a paint chip and a fan deck, drawn by one hand for the screen, PNG, SVG and PDF.

They look the same in both schemes, as printed matter does. Nothing is clipped and no effect is used, so
that an SVG is as good as the screen; its letters are outlines, since nobody else has our fonts.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPainterPath,
    QPen,
)

from studio.views.palette import FIELDS
from ui.theme import LIGHT, typeface

_NAME_LIMIT = 60
_GROUND = "#ececec"


class Sheet(Protocol):
    """Something to print: its size in pixels of 1/96 inch, its words, and how it is drawn."""

    @property
    def width(self) -> int:
        """How wide it is."""
        ...

    @property
    def height(self) -> int:
        """How high it is."""
        ...

    @property
    def words(self) -> str:
        """What it shows, for those who cannot see it."""
        ...

    def paint(self, ink: Ink) -> None:
        """Draw it."""
        ...


class Ink:
    """A painter that sets text either in letters or in their outlines."""

    def __init__(self, painter: QPainter, *, outlines: bool = False) -> None:
        self.painter = painter
        self._outlines = outlines
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)

    def fill(self, shape: QRectF | QPainterPath, color: QColor | str) -> None:
        """Fill a shape."""
        if isinstance(shape, QRectF):
            self.painter.fillRect(shape, QColor(color))
        else:
            self.painter.fillPath(shape, QColor(color))

    def line(self, path: QPainterPath, color: QColor, width: float = 1) -> None:
        """Draw along a path."""
        self.painter.strokePath(path, QPen(color, width))

    def text(self, at: QPointF, text: str, font: QFont, color: str) -> None:
        """Set a line of text from its baseline's left end."""
        if self._outlines:
            letters = QPainterPath()
            letters.addText(at, font, text)
            self.painter.fillPath(letters, QColor(color))
            return
        self.painter.setFont(font)
        self.painter.setPen(QColor(color))
        self.painter.drawText(at, text)
        self.painter.setPen(Qt.PenStyle.NoPen)


def plain(name: str) -> str:
    """Return a name as it may be printed: one line, no marks that turn the text about, not endless."""
    return " ".join("".join(c if c.isprintable() else " " for c in name[:_NAME_LIMIT]).split())


@dataclass(frozen=True)
class ChipSheet:
    """One paint chip, five to seven, on the stage's grey.

    Attributes
    ----------
    color, name
        What is named, and how; no name leaves a blank.
    painter
        Whose word it is.
    """

    color: str
    name: str
    painter: str
    width: int = 620
    height: int = 820

    @property
    def words(self) -> str:
        """The name, the painter and the colour."""
        return f"{plain(self.name)}, {plain(self.painter)}, {self.color}"

    def paint(self, ink: Ink) -> None:
        """Draw the ground, the card and its words."""
        ink.fill(QRectF(0, 0, self.width, self.height), _GROUND)
        card = QRectF(60, 60, 500, 700)
        _cast(ink, card, 5)
        ink.fill(_rounded(card, 5), LIGHT.surface)
        ink.fill(_rounded_top(QRectF(60, 60, 500, 420), 5), self.color)
        ink.line(_rounded(card, 5), QColor(0, 0, 0, 34))
        left, width = 96.0, 428.0
        size, lines = fit(plain(self.name), width, (64, 54, 46, 38), 2)
        font = typeface(size, 600, display=True)
        y = 480 + 34 + QFontMetricsF(font).capHeight()
        for line in lines:
            ink.text(QPointF(left, y), line, font, LIGHT.text)
            y += round(size * 1.14)
        foot = 760 - 36.0
        figures = typeface(24, tabular=True)
        wide = QFontMetricsF(figures).horizontalAdvance(self.color)
        ink.text(QPointF(left + width - wide, foot), self.color, figures, LIGHT.text_3)
        size, lines = fit(plain(self.painter), width - wide - 24, (24, 22, 20, 18), 1, 500)
        ink.text(QPointF(left, foot), "".join(lines), typeface(size, 500), LIGHT.text_2)


@dataclass(frozen=True)
class Field:
    """A colour on a strip and its name."""

    color: str
    name: str


@dataclass(frozen=True)
class FanSheet:
    """A fan deck: strips of several colours about one rivet, a name under each colour.

    Attributes
    ----------
    strips
        The colours of each strip, its outer end first; from left to right.
    title, subtitle
        Whose names they are, and of what.
    """

    strips: tuple[tuple[Field, ...], ...]
    title: str
    subtitle: str
    width: int = 1600
    height: int = 1000

    @property
    def words(self) -> str:
        """The title and all names."""
        said = "; ".join(f"{field.color} {plain(field.name)}" for strip in self.strips for field in strip)
        return f"{self.title}, {self.subtitle}: {said}"

    def paint(self, ink: Ink) -> None:
        """Draw the ground, the strips from left to right, the rivet and the title."""
        ink.fill(QRectF(0, 0, self.width, self.height), _GROUND)
        painter = ink.painter
        count = len(self.strips)
        for place, strip in enumerate(self.strips):
            painter.save()
            painter.translate(_RIVET)
            painter.rotate(_STEP * (place - (count - 1) / 2))
            _paint_strip(ink, strip, top=place == count - 1)
            painter.restore()
        self._paint_rivet(ink)
        self._paint_title(ink)

    def _paint_rivet(self, ink: Ink) -> None:
        for radius, color in ((17.0, "#8f8d8a"), (16.0, "#d9d8d5"), (8.5, "#b3b1ae"), (7.5, "#efeeeb")):
            disc = QPainterPath()
            disc.addEllipse(_RIVET, radius, radius)
            ink.fill(disc, color)

    def _paint_title(self, ink: Ink) -> None:
        wide = 510.0
        size, lines = fit(plain(self.title), wide, (56, 46, 38, 32), 1)
        ink.text(QPointF(64, 900), "".join(lines), typeface(size, 600, display=True), LIGHT.text)
        size, lines = fit(plain(self.subtitle), wide, (19, 17, 15), 1, 400)
        ink.text(QPointF(66, 934), "".join(lines), typeface(size), LIGHT.text_2)


_RIVET = QPointF(800, 884)
_STEP = 19.0
_STRIP, _TAIL, _NEAR, _FAR = 176.0, 52.0, 296.0, 828.0
_MARK = "Painter Studio"
_PAD = 13.0


def _paint_strip(ink: Ink, fields: Sequence[Field], *, top: bool) -> None:
    """Draw a strip that points up from the rivet, which is at 0, 0."""
    left = -_STRIP / 2
    card = QRectF(left, -_FAR, _STRIP, _FAR + _TAIL)
    _cast(ink, card, 9)
    ink.fill(_rounded(card, 9), LIGHT.surface)
    tall = (_FAR - _NEAR) / len(fields)
    for place, field in enumerate(fields):
        y = -_FAR + place * tall
        # Six to a strip leave no room for figures under two lines, so that none has them.
        figures = len(fields) < FIELDS
        label = min(58.0, tall * 0.55) if figures else tall * 0.44
        paint = QRectF(left, y, _STRIP, tall - label)
        ink.fill(_rounded_top(paint, 9) if place == 0 else paint, field.color)
        room = _STRIP - 2 * _PAD if top else min(_seen(-(y + tall - 8)) - _PAD - 4, _STRIP - 2 * _PAD)
        words = QRectF(left + _PAD, paint.bottom(), room, label)
        _paint_label(ink, field, words, figures=figures)
    ink.line(_rounded(card, 9), QColor(0, 0, 0, 40), 0.8)
    if top:
        font = typeface(14, 500)
        ink.text(QPointF(left + _PAD, -_TAIL - 8), _MARK, font, LIGHT.text_3)


def _paint_label(ink: Ink, field: Field, area: QRectF, *, figures: bool) -> None:
    name = plain(field.name) or field.color
    size, lines = fit(name, area.width(), (17, 16, 15, 14), 1)
    if lines[0] != name:
        size, lines = fit(name, area.width(), (15, 14, 13, 12, 11), 2)
    font = typeface(size, 600)
    y = area.top() + 9 + QFontMetricsF(font).capHeight()
    for line in lines:
        ink.text(QPointF(area.left(), y), line, font, LIGHT.text)
        y += size * 1.18
    if figures and field.name:
        ink.text(QPointF(area.left(), y), field.color, typeface(11, tabular=True), LIGHT.text_3)


def _seen(radius: float) -> float:
    """Return how much of a strip the next one leaves to be seen, at a distance from the rivet."""
    step = math.radians(_STEP)
    edge = (radius * math.sin(step) - _STRIP / 2) / math.cos(step)
    return min(max(edge + _STRIP / 2, 0.0), _STRIP)


def fit(text: str, width: float, sizes: Sequence[int], most: int, weight: int = 600) -> tuple[int, list[str]]:
    """Break text into lines at the largest size at which all of it can be seen.

    Parameters
    ----------
    sizes
        Pixels, the largest first; at the last one the text is cut if it must be.
    most
        How many lines there may be.
    weight
        The letters' weight.

    Returns
    -------
    tuple
        The size and the lines.
    """
    for size in sizes:
        font = typeface(size, weight, display=weight == 600 and size >= 20)
        lines = _break(text, width, font)
        if len(lines) <= most and all(QFontMetricsF(font).horizontalAdvance(line) <= width for line in lines):
            return size, lines
    rest = " ".join(lines[most - 1 :])
    return size, [_cut(line, width, font) for line in [*lines[: most - 1], rest]]


def _break(text: str, width: float, font: QFont) -> list[str]:
    lines: list[str] = []
    metrics = QFontMetricsF(font)
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and metrics.horizontalAdvance(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _cut(text: str, width: float, font: QFont) -> str:
    return QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, width)


def _cast(ink: Ink, card: QRectF, radius: float) -> None:
    """Lay a soft edge of shadow about a card, in four thin layers that add up."""
    for spread in (7.0, 4.5, 2.5, 1.0):
        ink.fill(
            _rounded(card.adjusted(-spread, -spread, spread, spread), radius + spread), QColor(0, 0, 0, 9)
        )


def _rounded(rect: QRectF, radius: float) -> QPainterPath:
    path = QPainterPath()
    path.addRoundedRect(rect, radius, radius)
    return path


def _rounded_top(rect: QRectF, radius: float) -> QPainterPath:
    path = QPainterPath(rect.bottomLeft())
    path.lineTo(rect.left(), rect.top() + radius)
    path.arcTo(QRectF(rect.left(), rect.top(), 2 * radius, 2 * radius), 180, -90)
    path.lineTo(rect.right() - radius, rect.top())
    path.arcTo(QRectF(rect.right() - 2 * radius, rect.top(), 2 * radius, 2 * radius), 90, -90)
    path.lineTo(rect.bottomRight())
    path.closeSubpath()
    return path

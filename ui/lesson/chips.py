"""Paint chips, large or as tiles, and the prompt as a sheet of paper."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPen

from engine.color import text_over
from studio.views.lesson_pictures import Chip, Chips, Sheet
from ui.lesson.brush import Brush
from ui.widgets.basics import hairline

GAP = 14
_TALL = 1.34
_WRAP = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap)
_OVER = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)


def paint_chips(brush: Brush, area: QRectF, picture: Chips) -> None:
    """Paint chips as large as all of them can be seen."""
    if picture.small:
        _paint_tiles(brush, area, picture.chips)
        return
    count = len(picture.chips)
    across, width = _arranged(count, area, brush.px(GAP), brush.px(236))
    lines = -(-count // across)
    tall = width * _TALL
    gap = brush.px(GAP)
    top = area.top() + (area.height() - lines * tall - (lines - 1) * gap) / 2
    for place, chip in enumerate(picture.chips):
        line = place // across
        here = min(across, count - line * across)
        left = area.left() + (area.width() - here * width - (here - 1) * gap) / 2
        _paint_chip(
            brush, QRectF(left + place % across * (width + gap), top + line * (tall + gap), width, tall), chip
        )


def _arranged(count: int, area: QRectF, gap: int, most: int) -> tuple[int, float]:
    """Return how many chips go across, and how wide each is: as large as can be, rows as even as can be."""
    best = (1, 0.0)
    for across in range(1, count + 1):
        lines = -(-count // across)
        wide = (area.width() - (across - 1) * gap) / across
        high = (area.height() - (lines - 1) * gap) / lines / _TALL
        size = min(wide, high, most)
        if size > best[1] + 0.5 or (size > best[1] - 0.5 and count % across == 0):
            best = (across, size)
    return best


def _paint_chip(brush: Brush, card: QRectF, chip: Chip) -> None:
    painter, theme, px = brush.painter, brush.theme, brush.px
    paint = card.height() * 0.52
    brush.fill(card, theme.color("surface"), 2)
    painter.fillRect(QRectF(card.left(), card.top(), card.width(), paint), QColor(chip.color))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    edge = QColor(255, 255, 255, 22) if theme.tokens.dark else QColor(0, 0, 0, 28)
    painter.setPen(QPen(theme.color("text"), 2) if chip.lit else QPen(edge, 1))
    painter.drawRoundedRect(card, 2, 2)
    pad = px(10)
    foot = px(20) if chip.note else 0
    inner = QRectF(
        card.left() + pad,
        card.top() + paint + px(7),
        card.width() - 2 * pad,
        card.height() - paint - px(12) - foot,
    )
    if chip.name:
        sizes = (24, 20, 17, 15, 13, 12) if card.width() > px(150) else (17, 15, 14, 13, 12, 11)
        painter.setFont(brush.fitted(chip.name, inner, sizes, _WRAP))
        ink = theme.color("text")
        ink.setAlphaF(brush.grown)
        painter.setPen(ink)
        painter.drawText(inner, _WRAP, chip.name)
    else:
        y = inner.top() + px(18)
        hairline(painter, inner.left(), y, inner.left() + inner.width() * 0.62, y, theme.color("edge"))
    if chip.note:
        brush.write(
            chip.note, QRectF(inner.left(), card.bottom() - px(24), inner.width(), px(18)), 12, "text_2"
        )


def _paint_tiles(brush: Brush, area: QRectF, chips: tuple[Chip, ...]) -> None:
    """Paint tiles in columns that fill the area, each with its name on its paint."""
    painter, count, gap = brush.painter, len(chips), 4.0
    across = 4 if area.width() < brush.px(560) else 6
    lines = -(-count // across)
    wide = (area.width() - (across - 1) * gap) / across
    high = min((area.height() - (lines - 1) * gap) / lines, wide * 0.8)
    top = area.top() + (area.height() - lines * high - (lines - 1) * gap) / 2
    for place, chip in enumerate(chips):
        tile = QRectF(
            area.left() + place % across * (wide + gap), top + place // across * (high + gap), wide, high
        )
        brush.fill(tile, QColor(chip.color), 2)
        if chip.name:
            inner = tile.adjusted(6, 4, -6, -4)
            painter.setFont(brush.fitted(chip.name, inner, (15, 14, 13, 12, 11), _OVER))
            ink = QColor(text_over(chip.color))
            ink.setAlphaF(brush.grown)
            painter.setPen(ink)
            painter.drawText(inner, _OVER, chip.name)


def paint_sheet(brush: Brush, area: QRectF, picture: Sheet) -> None:
    """Paint one large chip: the colour, the prompt as the model reads it, and the reply or its blank."""
    painter, theme, px = brush.painter, brush.theme, brush.px
    width = min(area.width(), px(520))
    height = min(area.height(), px(400))
    card = QRectF(area.center().x() - width / 2, area.center().y() - height / 2, width, height)
    paint = card.height() - px(236)
    brush.fill(card, theme.color("surface"), 2)
    painter.fillRect(QRectF(card.left(), card.top(), card.width(), paint), QColor(picture.color))
    pad = px(24)
    inner = card.adjusted(pad, paint + px(16), -pad, 0)
    y = inner.top()
    for place, line in enumerate(picture.lines):
        size, tone, weight = ((13, "text_3", 400), (15, "text", 500), (15, "text_2", 400))[min(place, 2)]
        brush.write(line, QRectF(inner.left(), y, inner.width(), px(24)), size, tone, weight)
        y += px(24)
    y += px(10)
    hairline(painter, inner.left(), y, inner.right(), y, theme.color("line"))
    y += px(8)
    if not picture.reply:
        blank = y + px(46)
        hairline(
            painter, inner.left(), blank, inner.left() + inner.width() * 0.55, blank, theme.color("edge")
        )
        return
    ink = theme.color("text")
    ink.setAlphaF(brush.grown)
    brush.write(
        picture.reply, QRectF(inner.left(), y, inner.width(), px(40)), 28, weight=600, display=True, color=ink
    )
    _paint_tokens(brush, QRectF(inner.left(), y + px(44), inner.width(), px(56)), picture)


def _paint_tokens(brush: Brush, area: QRectF, picture: Sheet) -> None:
    px, theme = brush.px, brush.theme
    wide = min(area.width() / max(len(picture.tokens), 1), px(110))
    for place, (text, chance) in enumerate(picture.tokens):
        left = area.left() + place * wide
        cell = QRectF(left, area.top(), wide - px(8), px(18))
        brush.write(text, cell, 13, "text_3" if text == "end" else "text", 500)
        brush.write(f"{chance:.0%}" if chance >= 0.01 else "<1%", cell.translated(0, px(18)), 12, "text_2")
        trough = QRectF(left, area.top() + px(40), wide - px(8), 4)
        brush.fill(trough, theme.color("sunken"), 2)
        brush.fill(
            QRectF(trough.left(), trough.top(), max(trough.width() * chance * brush.grown, 2), 4),
            theme.ink,
            2,
        )

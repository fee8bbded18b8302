"""Rewards as bars with the bar across, and advantages as arrows."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPolygonF

from studio.views.lesson_pictures import Arrows, Bars
from ui.lesson.brush import LEFT, RIGHT, Brush, rows

_LABEL = 0.34
_FIGURE = 92


def paint_bars(brush: Brush, area: QRectF, picture: Bars) -> None:
    """Paint bars from 0 to 1 under their heads, the line across, and the guess."""
    px, theme = brush.px, brush.theme
    lined = picture.line is not None or picture.guess is not None
    foot = px(26) * len(picture.notes)
    body = area.adjusted(0, px(40) if lined else 0, 0, -foot)
    heads = sum(bool(bar.head) for bar in picture.bars)
    pitch, y = rows(body, len(picture.bars) + heads, px(21), px(46))
    label = min(body.width() * _LABEL, px(230))
    track = QRectF(body.left() + label, 0, body.width() - label - px(_FIGURE), 0)
    top = y
    for bar in picture.bars:
        if bar.head:
            brush.write(bar.head, QRectF(body.left(), y, body.width(), pitch), 13, "text_2", 600)
            y += pitch
        line = QRectF(body.left(), y, body.width(), pitch)
        brush.write(
            bar.label, QRectF(line.left(), y, label - px(12), pitch), 13, weight=500 if bar.strong else 400
        )
        high = min(pitch * 0.46, px(16))
        trough = QRectF(track.left(), y + (pitch - high) / 2, track.width(), high)
        brush.fill(trough, brush.trough())
        if bar.value is not None:
            wide = track.width() * min(max(bar.value, 0.0), 1.0) * brush.grown
            if wide > 1:
                color = theme.ink if bar.strong else theme.color("edge")
                brush.fill(QRectF(trough.left(), trough.top(), wide, high), color)
        figure = QRectF(track.right() + px(10), y, px(_FIGURE) - px(10), pitch)
        tone = "text" if bar.value is not None else "text_3"
        brush.write(bar.note, figure, 13, tone, 600 if bar.strong and bar.value is not None else 400)
        y += pitch
    _paint_lines(brush, picture, track, top, y)
    y = area.bottom() - foot
    for what, words in picture.notes:
        brush.write(what, QRectF(area.left(), y, label - px(12), px(22)), 13, "text_3")
        brush.write(words, QRectF(track.left(), y, area.right() - track.left(), px(22)), 13, "text_2")
        y += px(26)


def _paint_lines(brush: Brush, picture: Bars, track: QRectF, top: float, end: float) -> None:
    px, theme = brush.px, brush.theme
    if picture.line is not None:
        x = track.left() + track.width() * picture.line
        brush.line(x, top - px(4), x, end, theme.color("text"), 2)
        _tag(brush, picture.line_label, x, top - px(20), track, theme.color("text"), 600)
    if picture.guess is not None:
        x = track.left() + track.width() * picture.guess
        brush.dashes(x, top - px(20 if picture.line is None else 4), x, end, theme.color("text_2"))
        _tag(brush, f"your guess, {picture.guess:.2f}", x, top - px(38), track, theme.color("text_2"), 400)


def _tag(brush: Brush, text: str, x: float, y: float, track: QRectF, color: QColor, weight: int) -> None:
    """Write what a line is above it, within the track."""
    wide = brush.width(text, 12, weight) + 4
    left = min(max(x - wide / 2, track.left() - brush.px(60)), track.right() + brush.px(_FIGURE) - wide)
    brush.write(text, QRectF(left, y, wide, brush.px(16)), 12, weight=weight, align=LEFT, color=color)


def paint_arrows(brush: Brush, area: QRectF, picture: Arrows) -> None:
    """Paint every name's advantage as an arrow from the bar."""
    px, theme = brush.px, brush.theme
    body = area.adjusted(0, px(24), 0, 0)
    pitch, y = rows(body, len(picture.arrows), px(21), px(38))
    label = min(body.width() * _LABEL, px(230))
    figure = px(64)
    track = QRectF(body.left() + label, 0, body.width() - label - figure, 0)
    middle = track.center().x()
    brush.line(middle, y - px(6), middle, y + pitch * len(picture.arrows), theme.color("text"), 2)
    head = QRectF(track.left(), y - px(26), track.width(), px(18))
    brush.write(
        "the bar",
        QRectF(middle - px(40), head.top(), px(80), px(18)),
        12,
        weight=600,
        align=int(Qt.AlignmentFlag.AlignCenter),
    )
    brush.write("rarer", head, 12, "text_2", align=LEFT)
    brush.write("likelier", head, 12, "text_2", align=RIGHT)
    for arrow in picture.arrows:
        brush.write(
            arrow.label,
            QRectF(body.left(), y, label - px(12), pitch),
            13,
            weight=500 if arrow.advantage > 0 else 400,
        )
        reach = arrow.advantage / picture.most if picture.most > 1e-9 else 0.0
        color = theme.ink if arrow.advantage > 0 else theme.color("text_2")
        _paint_arrow(brush, middle, y + pitch / 2, reach * (track.width() / 2 - px(8)) * brush.grown, color)
        brush.write(
            f"{arrow.advantage:+.2f}",
            QRectF(track.right(), y, figure, pitch),
            13,
            weight=600 if arrow.advantage > 0 else 400,
            align=RIGHT,
        )
        y += pitch


def _paint_arrow(brush: Brush, x: float, y: float, reach: float, color: QColor) -> None:
    thick, tip = brush.px(6), brush.px(9)
    if abs(reach) < 2:
        brush.fill(QRectF(x - 3, y - 3, 6, 6), color)
        return
    way = 1 if reach > 0 else -1
    shaft = max(abs(reach) - tip, 0.0)
    brush.fill(QRectF(min(x, x + way * shaft), y - thick / 2, shaft, thick), color, 1)
    end = x + reach
    head = min(tip, abs(reach))
    brush.painter.drawPolygon(
        QPolygonF(
            [
                QPointF(end, y),
                QPointF(end - way * head, y - tip * 0.75),
                QPointF(end - way * head, y + tip * 0.75),
            ]
        )
    )

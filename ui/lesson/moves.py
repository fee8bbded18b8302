"""How chances moved, as dumbbells; and how much of the model did, as squares."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPen

from studio.views.lesson_pictures import Layers, Moves
from ui.lesson.brush import LEFT, MIDDLE, RIGHT, Brush, rows

_SIDE = 10
_STILL = math.log(1.02)


def paint_moves(brush: Brush, area: QRectF, picture: Moves) -> None:
    """Paint a ring where each name was and a dot where it is, by how many times likelier it has become."""
    px, theme = brush.px, brush.theme
    body = area.adjusted(0, px(26), 0, 0)
    pitch, y = rows(body, len(picture.moves), px(21), px(38))
    label, told = min(body.width() * 0.32, px(210)), px(156)
    track = QRectF(body.left() + label, 0, body.width() - label - told, 0)
    middle = track.center().x()
    ratios = [math.log(max(move.after, 1e-300) / max(move.before, 1e-300)) for move in picture.moves]
    most = max([abs(ratio) for ratio in ratios] + [_STILL])
    half = track.width() / 2 - px(12)
    brush.line(middle, y - px(4), middle, y + pitch * len(picture.moves), theme.color("edge"))
    head = QRectF(track.left(), y - px(26), track.width(), px(18))
    brush.write("before", head, 12, "text_2", align=MIDDLE)
    if not picture.hidden:
        brush.write(f"÷ {math.exp(most):.2f}", head, 12, "text_3", align=LEFT)
        brush.write(f"× {math.exp(most):.2f}", head, 12, "text_3", align=RIGHT)
    for move, ratio in zip(picture.moves, ratios, strict=True):
        center = y + pitch / 2
        push = "▲ " if move.push > 0 else "▼ " if move.push < 0 else "   "
        brush.write(push, QRectF(body.left(), y, px(18), pitch), 12, "text_3")
        brush.write(
            move.label,
            QRectF(body.left() + px(18), y, label - px(30), pitch),
            13,
            weight=500 if move.push > 0 else 400,
        )
        before = QPointF(middle, center)
        if not picture.hidden:
            after = QPointF(middle + ratio / most * half * brush.grown, center)
            color = theme.ink if ratio > 0 else theme.color("text_2")
            brush.line(before.x(), center, after.x(), center, color, 3)
            brush.painter.setPen(Qt.PenStyle.NoPen)
            brush.painter.setBrush(color)
            brush.painter.drawEllipse(after, px(6), px(6))
            brush.write(move.told, QRectF(track.right(), y, told, pitch), 12, "text_2", align=RIGHT)
        brush.painter.setBrush(theme.color("stage"))
        brush.painter.setPen(QPen(theme.color("text"), 1.5))
        brush.painter.drawEllipse(before, px(4), px(4))
        y += pitch


def paint_layers(brush: Brush, area: QRectF, picture: Layers) -> None:
    """Paint the model as a hundred squares, the moved share filled, and the figures beside it."""
    px, theme = brush.px, brush.theme
    figures = px(220) if picture.figures else 0
    side = min(area.width() - figures - px(48 if figures else 0), area.height(), px(340))
    left = area.left() + (area.width() - side - figures - (px(48) if figures else 0)) / 2
    top = area.top() + (area.height() - side) / 2
    gap = 4.0
    edge = (side - gap * (_SIDE - 1)) / _SIDE
    lit = (picture.share or 0.0) * _SIDE * _SIDE * brush.grown
    for place in range(_SIDE * _SIDE):
        # From the top right, where a layer laid over would begin.
        column, line = place // _SIDE, place % _SIDE
        square = QRectF(left + (_SIDE - 1 - column) * (edge + gap), top + line * (edge + gap), edge, edge)
        brush.fill(square, brush.trough(), 2)
        part = min(max(lit - place, 0.0), 1.0)
        if part > 0:
            brush.fill(QRectF(square.left(), square.bottom() - edge * part, edge, edge * part), theme.fill, 2)
            brush.painter.setBrush(Qt.BrushStyle.NoBrush)
            brush.painter.setPen(QPen(theme.ink, 1))
            brush.painter.drawRoundedRect(square, 2, 2)
    pitch = px(54)
    y = top + (side - pitch * len(picture.figures)) / 2
    for what, value in picture.figures:
        brush.write(what, QRectF(left + side + px(48), y, figures, px(18)), 13, "text_2")
        brush.write(
            value, QRectF(left + side + px(48), y + px(18), figures, px(28)), 20, weight=600, display=True
        )
        y += pitch

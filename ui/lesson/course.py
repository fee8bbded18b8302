"""A recorded training as a curve with names on the way; and, before anything is there, what is waited for."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPen, QPolygonF

from studio.views.lesson_pictures import Course, Waiting
from ui.lesson.brush import LEFT, MIDDLE, RIGHT, Brush


def paint_course(brush: Brush, area: QRectF, picture: Course) -> None:
    """Paint the curve above, and below it the names of a few colours at a few moments."""
    px = brush.px
    wanted = px(30) * (len(picture.colors) + 1) if picture.colors else 0
    table = min(wanted, area.height() * 0.55)
    _paint_curve(brush, area.adjusted(0, 0, 0, -table - (px(20) if table else 0)), picture)
    if table:
        _paint_names(brush, QRectF(area.left(), area.bottom() - table, area.width(), table), picture)


def _paint_curve(brush: Brush, area: QRectF, picture: Course) -> None:
    px, theme = brush.px, brush.theme
    most = area.height() if picture.colors else min(area.height(), px(320))
    plot = QRectF(
        area.left() + px(32), area.center().y() - most / 2 + px(10), area.width() - px(150), most - px(36)
    )
    for share in (0.0, 0.5, 1.0):
        y = plot.bottom() - share * plot.height()
        brush.line(plot.left(), y, plot.right(), y, brush.trough())
        brush.write(f"{share:g}", QRectF(area.left(), y - px(9), px(24), px(18)), 12, "text_3", align=RIGHT)
    brush.write(
        f"step {picture.steps}",
        QRectF(plot.left(), plot.bottom() + px(6), plot.width(), px(18)),
        12,
        "text_3",
        align=RIGHT,
    )
    brush.write(
        "step 1", QRectF(plot.left(), plot.bottom() + px(6), plot.width(), px(18)), 12, "text_3", align=LEFT
    )
    count = max(len(picture.rewards) - 1, 1)

    def at(place: int) -> QPointF:
        value = picture.rewards[place]
        return QPointF(plot.left() + plot.width() * place / count, plot.bottom() - plot.height() * value)

    shown = max(1, round(picture.shown * brush.grown))
    points = [at(place) for place in range(shown)]
    pen = QPen(theme.ink, 2.25)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    if len(picture.rewards) == 2:
        pen.setDashPattern([2, 3])
    brush.painter.setPen(pen)
    brush.painter.setBrush(Qt.BrushStyle.NoBrush)
    brush.painter.drawPolyline(QPolygonF(points))
    for place in sorted({0, shown - 1}):
        _mark(brush, points[place], f"{picture.rewards[place]:.2f}", theme.ink, above=place == 0)
    if picture.guess is not None:
        y = plot.bottom() - plot.height() * picture.guess
        brush.dashes(plot.right() - plot.width() * 0.22, y, plot.right() + px(8), y, theme.color("text_2"))
        box = QRectF(plot.right() + px(12), y - px(9), px(106), px(18))
        end = points[-1].y()
        if abs(end - y) < px(18):
            box.moveTop(end + (px(9) if y >= end else -px(27)))
        brush.write(f"you: {picture.guess:.2f}", box, 12, "text_2")


def _mark(brush: Brush, point: QPointF, text: str, color: QColor, *, above: bool) -> None:
    brush.painter.setPen(Qt.PenStyle.NoPen)
    brush.painter.setBrush(color)
    brush.painter.drawEllipse(point, brush.px(4), brush.px(4))
    box = QRectF(point.x() + brush.px(10), point.y() - brush.px(9), brush.px(60), brush.px(18))
    if above:  # the curve goes on to its right
        box.translate(-brush.px(14), -brush.px(18))
    brush.write(text, box, 13, weight=600, color=color)


def _paint_names(brush: Brush, area: QRectF, picture: Course) -> None:
    px = brush.px
    swatch = px(44)
    wide = (area.width() - swatch) / max(len(picture.moments), 1)
    pitch = area.height() / (len(picture.colors) + 1)
    for column, (step, names) in enumerate(picture.moments):
        left = area.left() + swatch + column * wide
        head = "before" if step == 0 else f"step {step}"
        brush.write(head, QRectF(left, area.top(), wide - px(8), pitch), 12, "text_3")
        for line, name in enumerate(names):
            cell = QRectF(left, area.top() + (line + 1) * pitch, wide - px(8), pitch)
            last = column == len(picture.moments) - 1
            brush.write(name or "—", cell, 13, "text" if last else "text_2", 500 if last else 400)
    for line, color in enumerate(picture.colors):
        top = area.top() + (line + 1) * pitch
        brush.fill(QRectF(area.left(), top + 3, swatch - px(12), pitch - 6), QColor(color), 2)


def paint_waiting(brush: Brush, area: QRectF, picture: Waiting) -> None:
    """Paint what is being done and how far it has come, or why it cannot be."""
    px, theme = brush.px, brush.theme
    middle = area.center()
    if picture.fault:
        box = QRectF(area.center().x() - px(220), middle.y() - px(40), px(440), px(80))
        brush.painter.setFont(theme.font(15))
        brush.painter.setPen(theme.color("danger"))
        brush.painter.drawText(
            box, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), picture.fault
        )
        return
    note = f"{picture.note} …"
    brush.write(
        note, QRectF(area.left(), middle.y() - px(30), area.width(), px(24)), 15, "text_2", align=MIDDLE
    )
    bar = QRectF(middle.x() - px(120), middle.y() + px(4), px(240), 4)
    brush.fill(bar, brush.trough(), 2)
    if picture.done is not None:
        brush.fill(
            QRectF(bar.left(), bar.top(), bar.width() * min(max(picture.done, 0.0), 1.0), 4), theme.ink, 2
        )

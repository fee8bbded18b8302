"""What stands below a chip: each judge's score of the name, then what else the painter might have said."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from engine.service.protocol import Choice
from studio.views.chip_scores import ChipScore
from ui.theme import Theme
from ui.widgets.basics import elide, hairline

ALSO = 4
ROW = 22
TOP = 12
_BAR = 4


def list_height(rows: int, scale: float = 1.0) -> int:
    """Return the height of a list of so many rows below a card, with the space above it."""
    return 0 if rows == 0 else int(TOP * scale + 0.5) + rows * int(ROW * scale + 0.5)


def paint_scores(painter: QPainter, theme: Theme, area: QRectF, scores: Sequence[ChipScore]) -> None:
    """Paint a row for each judge: its name, a bar with a notch at the median name's 0.5, and the figure."""
    wide = area.width() >= 190
    row, figure = theme.px(ROW), theme.px(32.0)
    bar_width = round(area.width() * (0.34 if wide else 0.2))
    y = area.top()
    for score in scores:
        rect = QRectF(area.left(), y, area.width(), row - 1)
        told = (
            "" if not (score.known and score.judge) else "–" if score.score is None else f"{score.score:.2f}"
        )
        painter.setFont(theme.font(12, tabular=True))
        painter.setPen(theme.color("text_2" if score.score is not None else "text_3"))
        painter.drawText(rect, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, told)
        bar = QRectF(rect.right() - figure - bar_width, rect.center().y() - _BAR / 2, bar_width, _BAR)
        if not score.judge:
            bar.setLeft(rect.right() + 8)
        painter.setFont(theme.font(12))
        painter.setPen(theme.color("text_2" if score.judge else "text_3"))
        label = elide(painter.fontMetrics().elidedText, score.label, int(bar.left() - rect.left() - 8))
        painter.drawText(rect, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, label)
        if score.judge:
            _paint_bar(painter, theme, bar, score.score)
        y += row
        hairline(painter, area.left(), y - 1, area.right(), y - 1, faint(theme))


def _paint_bar(painter: QPainter, theme: Theme, bar: QRectF, score: float | None) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(faint(theme))
    painter.drawRoundedRect(bar, 2, 2)
    if score is not None:
        painter.setBrush(theme.color("text_2"))
        share = min(max(score, 0.0), 1.0)
        painter.drawRoundedRect(QRectF(bar.left(), bar.top(), max(bar.width() * share, _BAR), _BAR), 2, 2)
    middle = bar.center().x()
    hairline(painter, middle, bar.top() - 2, middle, bar.bottom() + 2, theme.color("edge"))


def paint_also(painter: QPainter, theme: Theme, area: QRectF, choices: Sequence[Choice]) -> None:
    """Paint a row for each alternative with its probability."""
    y, row = area.top(), theme.px(ROW)
    for choice in choices:
        rect = QRectF(area.left(), y, area.width(), row - 1)
        # Below a tenth of a percent a figure says nothing that the order does not.
        share = percent(choice.probability) if choice.probability >= 0.001 else ""
        painter.setFont(theme.font(12, tabular=True))
        painter.setPen(theme.color("text_3"))
        painter.drawText(rect, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, share)
        room = rect.width() - painter.fontMetrics().horizontalAdvance(share) - 8
        painter.setFont(theme.font(13))
        painter.setPen(theme.color("text_2"))
        label = elide(painter.fontMetrics().elidedText, choice.name, int(room))
        painter.drawText(rect, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, label)
        y += row
        hairline(painter, area.left(), y - 1, area.right(), y - 1, faint(theme))


def percent(probability: float) -> str:
    """Write a probability as people read it; small ones as less than a tenth of a percent."""
    share = 100 * probability
    if share >= 9.95:
        return f"{share:.0f}%"
    return f"{share:.1f}%" if share >= 0.1 else "<0.1%"


def faint(theme: Theme) -> QColor:
    """Return a line or a trough that can hardly be seen on the stage."""
    return QColor(255, 255, 255, 26) if theme.tokens.dark else QColor(0, 0, 0, 20)

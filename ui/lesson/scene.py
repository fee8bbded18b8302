"""The scene: the one picture of a step, on neutral ground, with its caption below."""

from __future__ import annotations

from PySide6.QtCore import QEasingCurve, QRectF, QSize, Qt, QVariantAnimation
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.views.lesson_pictures import (
    Arrows,
    Bars,
    Chips,
    Course,
    Layers,
    Moves,
    Picture,
    Sheet,
    Waiting,
)
from ui.lesson.bars import paint_arrows, paint_bars
from ui.lesson.brush import Brush
from ui.lesson.chips import paint_chips, paint_sheet
from ui.lesson.course import paint_course, paint_waiting
from ui.lesson.moves import paint_layers, paint_moves
from ui.theme import SLOW, Theme

MOST = 1.4
"""A picture on a large screen is drawn so much larger, and no more."""


class SceneView(QWidget):
    """Paints one picture; a new one grows into its place unless motion is off.

    Parameters
    ----------
    theme
        The look.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.picture: Picture = Waiting(note="Getting ready")
        self._grown = 1.0
        self._motion = QVariantAnimation(self)
        self._motion.setStartValue(0.0)
        self._motion.setEndValue(1.0)
        self._motion.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._motion.valueChanged.connect(self._moved)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(420, 320)
        theme.changed.connect(self.update)
        theme.accent_changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Want the room of the page's focus."""
        return QSize(680, 480)

    def show_picture(self, picture: Picture, words: str) -> None:
        """Show a picture; ``words`` tell a screen reader what it shows."""
        fresh = picture != self.picture
        grows = fresh and not isinstance(picture, Waiting) and self._theme.motion and self.isVisible()
        self.picture = picture
        self.setAccessibleName(picture.caption or words)
        self.setAccessibleDescription(words)
        self._motion.stop()
        if grows:
            self._motion.setDuration(self._theme.duration(SLOW))
            self._motion.start()
        elif fresh:
            self._moved(1.0)
        else:
            self._grown = 1.0

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground, the picture and its caption."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        zoom = min(max(min(self.width() / 700, self.height() / 500), 1.0), MOST)
        brush = Brush(painter, self._theme, self._grown, zoom)
        brush.fill(QRectF(self.rect()), self._theme.color("stage"), 10)
        pad = brush.px(28)
        area = QRectF(self.rect()).adjusted(pad, brush.px(24), -pad, -brush.px(48))
        painter.save()
        self._paint(brush, area)
        painter.restore()
        caption = QRectF(pad, self.height() - brush.px(38), self.width() - 2 * pad, brush.px(22))
        align = int(Qt.AlignmentFlag.AlignCenter)
        brush.write(self.picture.caption, caption, 13, "text_2", align=align)

    def _paint(self, brush: Brush, area: QRectF) -> None:
        match self.picture:
            case Sheet() as sheet:
                paint_sheet(brush, area, sheet)
            case Chips() as chips:
                paint_chips(brush, area, chips)
            case Bars() as bars:
                paint_bars(brush, area, bars)
            case Arrows() as arrows:
                paint_arrows(brush, area, arrows)
            case Moves() as moves:
                paint_moves(brush, area, moves)
            case Layers() as layers:
                paint_layers(brush, area, layers)
            case Course() as course:
                paint_course(brush, area, course)
            case Waiting() as waiting:
                paint_waiting(brush, area, waiting)

    def _moved(self, share: float) -> None:
        self._grown = float(share)
        self.update()

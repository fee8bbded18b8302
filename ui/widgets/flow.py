"""The strip above a training: colour → names → judge → advantage → weights, alive while it trains.

What moves is what happens: only the arrow of the present phase carries anything, and nothing moves while
nothing is trained.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEasingCurve, QEvent, QRectF, QSize, Qt, QVariantAnimation
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.views.group import GroupView
from ui.terms import explain
from ui.theme import Theme
from ui.widgets.basics import elide

HEIGHT = 64
_BEAT = 1250
"""Milliseconds that a mark takes along its arrow."""
_FRAMES = 30  # of a beat: more would be smoother than anyone needs and warm the machine
_STAGES = ("colour", "names", "judge", "advantage", "painter")
_TERMS = ("color", "rollout", "judge", "advantage", "lora")  # what each is in the glossary
# Which arrow (from the stage of that place) carries something in a phase.
_ARROWS: dict[str, int] = {"sampling": 0, "judging": 1, "updating": 3, "evaluating": 0, "saving": -1}


@dataclass(frozen=True)
class Moment:
    """What the strip shows: the phase, and one group as an example."""

    phase: str = ""
    live: bool = False
    group: GroupView | None = None
    judges: tuple[str, ...] = ()
    step: int = 0


class FlowStrip(QWidget):
    """Paints a moment.

    Parameters
    ----------
    theme
        The look; its ``motion`` says whether anything moves at all.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._moment = Moment()
        self._shown = 0
        theme.fit(self, height=HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("What the training does now")
        self._beat = QVariantAnimation(self)
        self._beat.setStartValue(0.0)
        self._beat.setEndValue(1.0)
        self._beat.setDuration(_BEAT)
        self._beat.setLoopCount(-1)
        self._beat.setEasingCurve(QEasingCurve.Type.InOutSine)
        self._beat.valueChanged.connect(self._moved)
        theme.changed.connect(self.update)
        theme.accent_rests.connect(self.update)

    @property
    def moving(self) -> bool:
        """Whether anything moves."""
        return self._beat.state() == QVariantAnimation.State.Running

    def show_moment(self, moment: Moment) -> None:
        """Show a moment."""
        if moment == self._moment:
            return
        self._moment = moment
        group = moment.group
        best = group.names[0] if group is not None and group.names else None
        said = [moment.phase or "at rest"]
        if group is not None and best is not None:
            reward = "no reward" if best.reward is None else f"{best.reward:.2f}"
            said.append(f"{group.color} was called {best.name[:60]}, {reward}")
        self.setAccessibleDescription("; ".join(said))
        self._run()
        self.update()

    def sizeHint(self) -> QSize:
        """Want some width."""
        return QSize(560, HEIGHT)

    def showEvent(self, event: object) -> None:
        """Move only while it is seen."""
        self._run()

    def hideEvent(self, event: object) -> None:
        """Stand still while it is not seen."""
        self._beat.stop()

    def event(self, event: QEvent) -> bool:
        """Be, for who asks what something is, the stage under the pointer; the window answers."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            place = event.pos().x() * len(_STAGES) // max(self.width(), 1)
            explain(self, _TERMS[min(max(place, 0), len(_STAGES) - 1)])
        return super().event(event)

    def _run(self) -> None:
        wanted = (
            self._moment.live
            and _ARROWS.get(self._moment.phase, -1) >= 0
            and self._theme.motion
            and self.isVisible()
        )
        if wanted and not self.moving:
            self._beat.start()
        elif not wanted and self.moving:
            self._beat.stop()

    def _moved(self, share: float) -> None:
        frame = int(share * _FRAMES)
        if frame != self._shown:
            self._shown = frame
            arrow = _ARROWS.get(self._moment.phase, -1)
            for place in (arrow, arrow + 1):
                area = self._arrow(place)
                self.update(area.adjusted(-4, -4, 4, 4).toAlignedRect())

    # --- where things are

    def _stage(self, place: int) -> QRectF:
        width = self.width() / len(_STAGES)
        gap = min(34.0, width * 0.24)
        return QRectF(place * width + gap / 2, 0, width - gap, self.height())

    def _arrow(self, place: int) -> QRectF:
        left, right = self._stage(place).right() + 3, self._stage(place + 1).left() - 3
        return QRectF(left, (self.height() - self._theme.px(24)) / 2 - 4, right - left, 12)

    # --- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the five stages and the arrows between them."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        now = _ARROWS.get(self._moment.phase, -1) if self._moment.live else -1
        lit = {now, now + 1} if now >= 0 else set()
        moved = QRectF(event.rect())  # as a rule no more than what is carried along an arrow
        for place in range(len(_STAGES)):
            if not self._stage(place).adjusted(-8, 0, 8, 0).intersects(moved):
                continue
            on = not lit or place in lit
            painter.setOpacity(1.0 if on else 0.45)
            self._paint_stage(painter, place, self._stage(place))
        painter.setOpacity(1.0)
        for place in range(len(_STAGES) - 1):
            self._paint_arrow(painter, self._arrow(place), place == now)

    def _paint_stage(self, painter: QPainter, place: int, area: QRectF) -> None:
        theme, group = self._theme, self._moment.group
        middle = QRectF(area.left(), (self.height() - theme.px(60)) / 2 + 2, area.width(), theme.px(36))
        painter.setFont(theme.font(12))
        painter.setPen(theme.color("text_3"))
        below = QRectF(area.left() - 8, self.height() - theme.px(20), area.width() + 16, theme.px(18))
        caption = elide(painter.fontMetrics().elidedText, self._caption(place), int(below.width()))
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, caption)
        best = group.names[0] if group is not None and group.names else None
        match place:
            case 0:
                painter.setPen(QPen(theme.color("line"), 1))
                painter.setBrush(QColor(group.color) if group is not None else theme.fill)
                swatch = QRectF(0, 0, 46, 32)
                swatch.moveCenter(middle.center())
                painter.drawRoundedRect(swatch, 2, 2)
            case 1:
                self._paint_names(painter, middle, [r.name for r in group.names[:3]] if group else [])
            case 2:
                self._figure(
                    painter, middle, "–" if best is None or best.reward is None else f"{best.reward:.2f}"
                )
            case 3:
                self._paint_advantages(painter, middle, [r.reach for r in group.names] if group else [])
            case _:
                self._paint_weights(painter, middle)

    def _caption(self, place: int) -> str:
        judges = self._moment.judges
        if place == 2 and judges:
            more = f" + {len(judges) - 1}" if len(judges) > 1 else ""
            return f"{judges[0]}{more}"
        if place == 4 and self._moment.step:
            return f"painter, step {self._moment.step}"
        return _STAGES[place]

    def _paint_names(self, painter: QPainter, area: QRectF, names: Sequence[str]) -> None:
        scale = self._theme.scale
        for rank, name in enumerate(names or ("", "", "")):
            line = QRectF(area.left(), area.top() - 2 + 12.5 * scale * rank, area.width(), 13 * scale)
            painter.setFont(self._theme.font(11, 600 if rank == 0 else 400))
            painter.setPen(self._theme.color("text" if rank == 0 else "text_3"))
            text = elide(painter.fontMetrics().elidedText, name, int(area.width()))
            painter.drawText(line, Qt.AlignmentFlag.AlignCenter, text)
            if not names:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(self._theme.color("line"))
                width = area.width() * (0.6, 0.42, 0.5)[rank]
                painter.drawRoundedRect(
                    QRectF(area.center().x() - width / 2, line.center().y() - 2, width, 4), 2, 2
                )

    def _figure(self, painter: QPainter, area: QRectF, text: str) -> None:
        painter.setFont(self._theme.font(20, 600, display=True, tabular=True))
        painter.setPen(self._theme.color("text"))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_advantages(self, painter: QPainter, area: QRectF, reaches: Sequence[float]) -> None:
        theme = self._theme
        shown = list(reaches)[:12] or [0.0]
        width = min(9.0, area.width() / len(shown))
        x = area.center().x() - width * len(shown) / 2
        y = area.center().y()
        painter.setPen(QPen(theme.color("edge"), 1))
        painter.drawLine(int(x - 4), round(y), int(x + width * len(shown) + 4), round(y))
        painter.setPen(Qt.PenStyle.NoPen)
        for reach in shown:
            painter.setBrush(theme.ink if reach > 0 else theme.color("edge"))
            height = max(abs(reach) * 15, 1.0)
            painter.drawRect(QRectF(x + 1.5, y - height if reach > 0 else y, width - 3, height))
            x += width

    def _paint_weights(self, painter: QPainter, area: QRectF) -> None:
        """Paint two thin matrices, as a LoRA is; a few cells change with each step."""
        theme = self._theme
        painter.setPen(Qt.PenStyle.NoPen)
        for rows, columns, dx in ((5, 2, -22.0), (2, 5, 6.0)):
            top = area.center().y() - rows * 3.0
            for r in range(rows):
                for c in range(columns):
                    touched = (self._moment.step * 7 + r * 3 + c * 5 + rows) % 4
                    color = QColor(theme.ink if self._moment.step else theme.color("edge"))
                    color.setAlphaF((0.25, 0.45, 0.7, 1.0)[touched] if self._moment.step else 0.3)
                    painter.setBrush(color)
                    painter.drawRect(QRectF(area.center().x() + dx + c * 6, top + r * 6, 5, 5))

    def _paint_arrow(self, painter: QPainter, area: QRectF, lit: bool) -> None:
        theme = self._theme
        color = theme.color("text_2" if lit else "edge")
        painter.setPen(QPen(color, 1.25))
        y, right = area.center().y(), area.right()
        painter.drawLine(int(area.left()), round(y), int(right), round(y))
        painter.drawLine(int(right), round(y), int(right) - 4, round(y) - 4)
        painter.drawLine(int(right), round(y), int(right) - 4, round(y) + 4)
        if lit and (self.moving or not theme.motion):
            share = self._shown / _FRAMES if theme.motion else 0.5
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.ink)
            painter.drawEllipse(QRectF(area.left() + share * area.width() - 3.5, y - 3, 7, 7))

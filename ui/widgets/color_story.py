"""Pinned colours with their names at each evaluation, under a slider: training told in names."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QTextOption
from PySide6.QtWidgets import QSizePolicy, QSlider, QToolTip, QWidget

from engine.events import EvalFinished
from studio.views.colors_over_time import PINNED, Moment, Story, story
from studio.views.meanings import MEANINGS
from ui.theme import Theme
from ui.tips import tip
from ui.widgets.basics import Label, button, column, hairline, row

_BEAT = 700
"""Milliseconds that each evaluation is shown for while it plays."""
_SIDE = 14


class _Chips(QWidget):
    """The pinned colours as small paint chips: paint above, the name on paper below."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._colors: tuple[str, ...] = ()
        self._moment: Moment | None = None
        self._columns = PINNED
        self.setMinimumHeight(80)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    def set_columns(self, columns: int) -> None:
        self._columns = columns
        self.setMinimumHeight(80 if columns >= PINNED else 3 * 92)
        self.update()

    def show_moment(self, colors: tuple[str, ...], moment: Moment) -> None:
        self._colors, self._moment = colors, moment
        told = [f"{c} {n or 'unreadable'}" for c, n in zip(colors, moment.names, strict=True)]
        self.setAccessibleName(f"Names after step {moment.step}")
        self.setAccessibleDescription(", ".join(told))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        moment = self._moment
        if moment is None or not self._colors:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rows = -(-PINNED // self._columns)
        gap = 10.0
        width = (self.width() - gap * (self._columns - 1)) / self._columns
        height = min((self.height() - gap * (rows - 1)) / rows, 150.0)
        for place, (color, name) in enumerate(zip(self._colors, moment.names, strict=True)):
            x = (place % self._columns) * (width + gap)
            y = (place // self._columns) * (height + gap)
            self._paint_chip(painter, QRectF(x, y, width, height), color, name, moment.fresh[place])

    def _paint_chip(self, painter: QPainter, area: QRectF, color: str, name: str, fresh: bool) -> None:
        theme = self._theme
        paper = 42.0
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("surface"))
        painter.drawRoundedRect(area, 2, 2)
        paint = area.adjusted(0, 0, 0, -paper)
        painter.fillRect(paint, QColor(color))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.color("line"), 1))
        painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), 2, 2)
        words = area.adjusted(8, area.height() - paper + 3, -6, -3)
        painter.setFont(theme.font(13, 600))
        painter.setPen(theme.color("text" if name else "text_3"))
        option = QTextOption(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        option.setWrapMode(QTextOption.WrapMode.WordWrap)
        painter.save()
        painter.setClipRect(words)
        painter.drawText(words, name[:60] or "(unreadable)", option)
        painter.restore()
        if fresh:
            # What has changed since the evaluation before is marked on the paint's edge.
            painter.fillRect(QRectF(area.left(), paint.bottom(), area.width(), 2), theme.ink)


class _Swatches(QWidget):
    """All colours that can be pinned; the pinned ones are ringed. Space pins, arrows move.

    Attributes
    ----------
    toggled
        A colour is to be pinned, or let go.
    """

    toggled = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._colors: tuple[str, ...] = ()
        self._pinned: tuple[str, ...] = ()
        self._place = 0
        self.setAccessibleName("Colours that can be pinned")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        theme.changed.connect(self.update)

    def show_colors(self, colors: tuple[str, ...], pinned: tuple[str, ...]) -> None:
        if (colors, pinned) != (self._colors, self._pinned):
            self._colors, self._pinned = colors, pinned
            self._place = min(self._place, max(len(colors) - 1, 0))
            self.setAccessibleDescription(f"{len(pinned)} of {PINNED} pinned: {', '.join(pinned)}")
            self.updateGeometry()
            self.update()

    def heightForWidth(self, width: int) -> int:
        columns = max(width // _SIDE, 1)
        return -(-max(len(self._colors), 1) // columns) * _SIDE + 2

    def sizeHint(self) -> QSize:
        return QSize(24 * _SIDE, self.heightForWidth(max(self.width(), 24 * _SIDE)))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            place = self._at(event.pos().x(), event.pos().y())
            if place >= 0:
                QToolTip.showText(event.globalPos(), tip(f"Pin {self._colors[place]}, or let go of it"), self)
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self._at(event.position().x(), event.position().y())
        if place >= 0:
            self._place = place
            self.toggled.emit(self._colors[place])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        step = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -self._columns(),
            Qt.Key.Key_Down: self._columns(),
        }.get(key)
        if step is not None:
            self._place = min(max(self._place + step, 0), max(len(self._colors) - 1, 0))
            self.update()
        elif key in (Qt.Key.Key_Space, Qt.Key.Key_Return) and self._colors:
            self.toggled.emit(self._colors[self._place])
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        columns = self._columns()
        for place, color in enumerate(self._colors):
            x, y = place % columns * _SIDE, place // columns * _SIDE
            pinned = color in self._pinned
            inset = 1.5 if pinned else 3
            area = QRectF(x + inset, y + inset, _SIDE - 2 * inset, _SIDE - 2 * inset)
            painter.setPen(QPen(self._theme.color("text" if pinned else "line"), 1.5 if pinned else 1))
            painter.setBrush(QColor(color))
            painter.drawRoundedRect(area, 2, 2)
            if self.hasFocus() and place == self._place:
                hairline(
                    painter, x + 3, y + _SIDE - 1, x + _SIDE - 4, y + _SIDE - 1, self._theme.color("text")
                )

    def _columns(self) -> int:
        return max(self.width() // _SIDE, 1)

    def _at(self, x: float, y: float) -> int:
        column = int(x) // _SIDE
        place = int(y) // _SIDE * self._columns() + column
        return place if column < self._columns() and 0 <= place < len(self._colors) else -1


class ColorStory(QWidget):
    """The slider over the evaluations, and what the pinned colours are called at each.

    Attributes
    ----------
    shown
        The names after another step are shown; carries the step.
    """

    shown = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._evals: tuple[EvalFinished, ...] = ()
        self._pinned: tuple[str, ...] = ()
        self._near = ""
        self._story = Story((), (), ())
        self._follow = True
        self._upright = False
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName("Which evaluation is shown")
        self.slider.setPageStep(1)
        self.slider.setToolTip("Drag through the training")
        self.play = button(theme, "Play", "Play the training")
        self.words = Label(theme, size=12, tone="2", wrap=True)
        self.words.setToolTip(MEANINGS["names"])
        self.chips = _Chips(theme)
        self.swatches = _Swatches(theme)
        self._swatch_words = Label(theme, "Pin up to six of the unseen colours", 12, "3")
        self.none = Label(
            theme,
            "The first names of colours that are never trained on come with the first evaluation.",
            13,
            "3",
            wrap=True,
        )
        top = row(space=12)
        top.addWidget(self.slider, 1)
        top.addWidget(self.play)
        layout = column(self, 8)
        layout.addWidget(self.none)
        layout.addLayout(top)
        layout.addWidget(self.words)
        layout.addWidget(self.chips, 1)
        layout.addWidget(self._swatch_words)
        layout.addWidget(self.swatches)
        layout.addStretch(0)
        self._timer = QTimer(self)
        self._timer.setInterval(_BEAT)
        self._timer.timeout.connect(self._beat)
        self.slider.valueChanged.connect(self._slid)
        self.slider.sliderPressed.connect(self._stop)
        self.play.clicked.connect(self._play)
        self.swatches.toggled.connect(self._toggle)
        self._refresh()

    @property
    def story(self) -> Story:
        """What is told."""
        return self._story

    @property
    def moment(self) -> Moment | None:
        """What is shown of it."""
        moments = self._story.moments
        return moments[min(self.slider.value(), len(moments) - 1)] if moments else None

    def set_upright(self, upright: bool) -> None:
        """Stand the chips two by three, or in a row."""
        self._upright = upright
        self.chips.set_columns(2 if upright else PINNED)
        self._swatch_words.setVisible(upright and bool(self._story.moments))

    def set_near(self, color: str) -> None:
        """Let the first pinned colour be near the person's own, where they have pinned none."""
        self._near = color

    def show_evals(self, evals: Sequence[EvalFinished], *, fresh: bool = False) -> None:
        """Tell of these evaluations; at the newest, unless an earlier one is looked at."""
        if fresh:
            self._follow = True
            self._stop()
        if tuple(evals) != self._evals or fresh:
            self._evals = tuple(evals)
            self._refresh()

    def hideEvent(self, event: object) -> None:
        """Play only while it is seen."""
        self._stop()

    def _refresh(self) -> None:
        self._story = story(self._evals, self._pinned, self._near)
        last = max(len(self._story.moments) - 1, 0)
        self.slider.blockSignals(True)
        self.slider.setRange(0, last)
        if self._follow:
            self.slider.setValue(last)
        self.slider.blockSignals(False)
        any_told = bool(self._story.moments)
        self.none.setVisible(not any_told)
        for part in (self.slider, self.play, self.words, self.chips, self.swatches):
            part.setVisible(any_told)
        self._swatch_words.setVisible(any_told and self._upright)
        self.play.setEnabled(last > 0)
        self.slider.setEnabled(last > 0)
        self.swatches.show_colors(self._story.known, self._story.pinned)
        self._tell()

    def _tell(self) -> None:
        moment = self.moment
        if moment is None:
            return
        words = f"After step {moment.step}" if moment.step else "Before the first step"
        if moment.reward is not None:
            words += f": reward {moment.reward:.2f} on unseen colours"
        if moment.effective is not None:
            words += f", as varied as {moment.effective:.0f} names for {moment.colors}"
        self.words.setText(words + ".")
        self.slider.setAccessibleDescription(words)
        self.chips.show_moment(self._story.pinned, moment)

    def _slid(self, place: int) -> None:
        self._follow = place == self.slider.maximum()
        self._tell()
        moment = self.moment
        if moment is not None:
            self.shown.emit(moment.step)

    def _toggle(self, color: str) -> None:
        now = self._story.pinned
        if color in now:
            kept = tuple(c for c in now if c != color)
            if not kept:
                return  # with none pinned there is nothing to tell
            self._pinned = kept
        else:
            # The one pinned longest ago makes room.
            self._pinned = (*now[-(PINNED - 1) :], color)
        self._refresh()

    def _play(self) -> None:
        if self._timer.isActive():
            self._stop()
            return
        if self.slider.value() == self.slider.maximum():
            self.slider.setValue(0)
        self._timer.start()
        self.play.setText("Halt")

    def _beat(self) -> None:
        self.slider.setValue(self.slider.value() + 1)
        if self.slider.value() >= self.slider.maximum():
            self._stop()

    def _stop(self) -> None:
        self._timer.stop()
        self.play.setText("Play")

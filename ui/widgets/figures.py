"""The colour in figures: three sliders whose grooves show what they would give, and fields beside them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QSlider, QStackedWidget, QWidget

from studio.views.figures import SPACES, Axis, Space, Triple, figures, groove, moved
from ui.current import CurrentColor
from ui.theme import Theme
from ui.widgets.basics import Label, column, row
from ui.widgets.figure import Figure
from ui.widgets.pad import handle, image_of, step_size
from ui.widgets.segments import Segments

_SAMPLES = 96
_HANDLE = 14.0


class GrooveSlider(QSlider):
    """A slider on a groove of the colours that it would give.

    Attributes
    ----------
    picked
        It was moved by a person; carries the value.
    """

    picked = Signal(float)

    def __init__(self, theme: Theme, axis: Axis) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._theme, self._axis = theme, axis
        self._value, self._color = axis.least, QColor()
        self._source: tuple[Space, Triple, int] | None = None
        # Qt's own value is for those who read the screen; ours has all its decimals.
        self._scale = 10**axis.places
        self.setRange(round(axis.least * self._scale), round(axis.most * self._scale))
        self.setFixedHeight(22)
        self.setMinimumWidth(80)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(axis.name)
        self.actionTriggered.connect(self._acted)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Take the width there is."""
        return QSize(160, 22)

    def follow(self, space: Space, values: Triple, which: int, color: QColor) -> None:
        """Show where the colour is now, and what lies on either side of it."""
        self._source, self._value, self._color = (space, values, which), values[which], color
        self.blockSignals(True)
        self.setValue(round(self._value * self._scale))
        self.blockSignals(False)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the groove and the handle on it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        rect = QRectF(self.rect()).adjusted(0, 5, 0, -5)
        path = QPainterPath()
        path.addRoundedRect(rect, 6, 6)
        if self._source is None:
            painter.fillPath(path, self._theme.color("sunken"))
            return
        colors, end = groove(*self._source, _SAMPLES)
        painter.setClipPath(path)
        margin = self._margin()
        run = rect.adjusted(margin, 0, -margin, 0)
        image = image_of(colors[None])
        painter.fillRect(QRectF(rect.left(), rect.top(), margin + 1, rect.height()), _at(colors, 0))
        if end < 1:
            edge = run.left() + end * run.width()
            painter.fillRect(
                QRectF(edge, rect.top(), rect.right() - edge, rect.height()), self._theme.color("sunken")
            )
            painter.drawImage(
                QRectF(run.left(), run.top(), edge - run.left(), run.height()),
                image,
                QRectF(0, 0, end * _SAMPLES, 1),
            )
        else:
            painter.fillRect(QRectF(run.right() - 1, rect.top(), margin + 2, rect.height()), _at(colors, -1))
            painter.drawImage(run, image)
        painter.setClipping(False)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self._theme.color("line"), 1))
        painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 5.5, 5.5)
        x = run.left() + self._share() * run.width()
        handle(painter, QPointF(x, self.height() / 2), self._color, _HANDLE)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to where the pointer is."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._pick(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow a drag."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._pick(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Stay."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move by a step, with Shift by a tenth of one, by ten with Page Up and Down, or to an end."""
        axis = self._axis
        steps = {
            Qt.Key.Key_Left: -1.0,
            Qt.Key.Key_Down: -1.0,
            Qt.Key.Key_Right: 1.0,
            Qt.Key.Key_Up: 1.0,
            Qt.Key.Key_PageUp: 10.0,
            Qt.Key.Key_PageDown: -10.0,
        }
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._go(axis.least if key == Qt.Key.Key_Home else axis.most)
        elif key in steps:
            fine = step_size(event) if axis.places else 1.0
            to = self._value + steps[key] * fine * axis.step
            if axis.round:
                to %= axis.most
            self._go(to)
        else:
            event.ignore()

    def _margin(self) -> float:
        return _HANDLE / 2 + 2

    def _share(self) -> float:
        axis = self._axis
        return min(max((self._value - axis.least) / (axis.most - axis.least), 0.0), 1.0)

    def _pick(self, x: float) -> None:
        axis, margin = self._axis, self._margin()
        share = min(max((x - margin) / max(self.width() - 2 * margin, 1), 0.0), 1.0)
        value = axis.least + share * (axis.most - axis.least)
        self._go(min(value, axis.most - 0.01) if axis.round else value)

    def _go(self, value: float) -> None:
        value = min(max(value, self._axis.least), self._axis.most)
        self.picked.emit(round(value) if not self._axis.places else value)

    def _acted(self, action: int) -> None:
        """Take a move that came through Qt: by a screen reader, or by the wheel."""
        del action
        self._go(self.sliderPosition() / self._scale)


def _at(colors: NDArray[np.uint8], place: int) -> QColor:
    red, green, blue = colors[place].tolist()
    return QColor(red, green, blue)


def _field(theme: Theme, axis: Axis) -> Figure:
    field = Figure(theme, axis.name, axis.least, axis.most, axis.places, axis.step)
    field.setWrapping(axis.round)
    theme.fit(field, width=60)
    return field


class Rows(QWidget):
    """The three figures of one space."""

    def __init__(self, theme: Theme, current: CurrentColor, space: Space) -> None:
        super().__init__()
        self._current, self._space = current, space
        self._values: Triple = figures(space, current.lch, current.hex)
        self._moving = False
        self.sliders = [GrooveSlider(theme, axis) for axis in space.axes]
        self.fields = [_field(theme, axis) for axis in space.axes]
        layout = column(self, space=4)
        for which, (axis, slider, field) in enumerate(
            zip(space.axes, self.sliders, self.fields, strict=True)
        ):
            label = Label(theme, axis.letter, 12, "3")
            theme.fit(label, width=14)
            label.setBuddy(field)
            line = row(space=8)
            line.addWidget(label)
            line.addWidget(slider, 1)
            line.addWidget(field)
            layout.addLayout(line)
            slider.picked.connect(lambda value, which=which: self._entered(which, value))
            field.valueChanged.connect(lambda value, which=which: self._entered(which, value))

    def follow(self) -> None:
        """Show the current colour."""
        if not self._moving:
            self._values = figures(self._space, self._current.lch, self._current.hex)
        color = QColor(self._current.hex)
        for which, (slider, field) in enumerate(zip(self.sliders, self.fields, strict=True)):
            slider.follow(self._space, self._values, which, color)
            # Written, not entered: this must not come back as a change of its own.
            field.blockSignals(True)
            field.setValue(self._values[which])
            field.blockSignals(False)

    def _entered(self, which: int, value: float) -> None:
        """Take one figure; the other two stay as exact as they were."""
        values = list(self._values)
        values[which] = value
        there = moved(self._space, (values[0], values[1], values[2]))
        # HSL loses its hue at grey and its saturation at white: what was entered stays as it is seen.
        self._moving = self._space.word == "HSL"
        if self._moving:
            self._values = values[0], values[1], values[2]
        if isinstance(there, str):
            self._current.set_hex(there)
        else:
            self._current.set_lch(*there)
        # A chroma that cannot be shown was cut: say so by showing what it became.
        self.follow()
        self._moving = False


class Figures(QWidget):
    """OKLCH, HSL or RGB, one at a time.

    Attributes
    ----------
    chosen
        Another space was chosen; carries its place.
    """

    chosen = Signal(int)

    def __init__(self, theme: Theme, current: CurrentColor, place: int = 0) -> None:
        super().__init__()
        self.segments = Segments(
            theme, "Figures of the colour", [(space.word, "") for space in SPACES], place, stretched=True
        )
        self.rows = [Rows(theme, current, space) for space in SPACES]
        self._pages = QStackedWidget()
        for rows in self.rows:
            self._pages.addWidget(rows)
        layout = column(self, space=8)
        layout.addWidget(self.segments)
        layout.addWidget(self._pages)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.segments.chosen.connect(self._open)
        current.changed.connect(self._follow)
        self._open(place)

    @property
    def place(self) -> int:
        """Which space is shown, from 0."""
        return self.segments.place

    def _open(self, place: int) -> None:
        self._pages.setCurrentIndex(place)
        self.rows[place].follow()
        self.chosen.emit(place)

    def _follow(self) -> None:
        # Only what is seen: the others catch up when they are opened.
        self.rows[self.place].follow()

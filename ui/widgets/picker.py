"""The picker: pad, hue strip, and the fields that are the accessible way in."""

from __future__ import annotations

from collections import deque

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QDoubleSpinBox, QGridLayout, QLineEdit, QWidget

from engine import color as colors
from engine.reading import reading
from ui.current import CurrentColor
from ui.theme import Theme
from ui.widgets.basics import Label, column
from ui.widgets.pad import ColorPad, HueStrip

HISTORY = 12


class Figure(QDoubleSpinBox):
    """A number in tabular figures without buttons: typed, or stepped with the arrow keys."""

    def __init__(self, theme: Theme, name: str, least: float, most: float, places: int, step: float) -> None:
        super().__init__()
        self.setFont(theme.font(13, tabular=True))
        self.setRange(least, most)
        self.setDecimals(places)
        self.setSingleStep(step)
        self.setKeyboardTracking(False)
        self.lineEdit().setTextMargins(6, 0, 0, 0)
        self.setAccessibleName(name)
        self.setToolTip(name)


class History(QWidget):
    """The colours that were settled on last, as small swatches; arrow keys and Enter, or a click.

    Attributes
    ----------
    chosen
        A colour was chosen again; carries ``#rrggbb``.
    """

    chosen = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._colors: deque[str] = deque(maxlen=HISTORY)
        self._at = 0
        self.setFixedHeight(20)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName("Colours picked before")
        theme.changed.connect(self.update)

    @property
    def colors(self) -> list[str]:
        """The colours, latest first."""
        return list(self._colors)

    def add(self, color: str) -> None:
        """Put a colour in front; it is there once."""
        if color in self._colors:
            self._colors.remove(color)
        self._colors.appendleft(color)
        self._at = 0
        self.update()

    def sizeHint(self) -> QSize:
        """Want a row of swatches."""
        return QSize(200, 20)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the swatches; while it has the focus, the chosen one has a frame."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for place, color in enumerate(self._colors):
            if (place + 1) * self._pitch() > self.width() + self._pitch() - 20 + 1:
                return
            rect = QRectF(place * self._pitch() + 0.5, 0.5, 19, 19)
            painter.setBrush(QColor(color))
            chosen = self.hasFocus() and place == self._at
            painter.setPen(
                QPen(self._theme.color("text"), 2) if chosen else QPen(self._theme.color("line"), 1)
            )
            painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5) if chosen else rect, 2, 2)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the swatch under the pointer."""
        place = int(event.position().x() // self._pitch())
        if place < len(self._colors) and event.position().x() - place * self._pitch() <= 20:
            self.chosen.emit(self._colors[place])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go along the swatches and choose one."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is not None and self._colors:
            self._at = min(max(self._at + step, 0), len(self._colors) - 1)
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._colors:
            self.chosen.emit(self._colors[self._at])
        else:
            super().keyPressEvent(event)

    def _pitch(self) -> float:
        return max((self.width() - 20) / (HISTORY - 1), 22.0)


class Picker(QWidget):
    """Everything by which the current colour is picked.

    Parameters
    ----------
    theme
        Gives tokens and fonts.
    current
        The colour that is picked.
    """

    def __init__(self, theme: Theme, current: CurrentColor) -> None:
        super().__init__()
        self._current = current
        self.pad = ColorPad(theme, current)
        self.strip = HueStrip(theme, current, self.pad)
        self.hex = QLineEdit(current.hex)
        self.hex.setFont(theme.font(13, tabular=True))
        self.hex.setAccessibleName("Hex")
        self.hex.setMaxLength(64)
        self.fault = Label(theme, size=12, tone="danger", wrap=True)
        self.fault.hide()
        self.lightness = Figure(theme, "Lightness, 0 to 100", 0, 100, 1, 1)
        self.chroma = Figure(theme, "Chroma, 0 to 0.37", 0, 0.37, 3, 0.01)
        self.hue = Figure(theme, "Hue, 0 to 360 degrees", 0, 360, 1, 1)
        self.hue.setWrapping(True)
        self.reading = Label(theme, size=15, tone="2", wrap=True)
        self.reading.setAccessibleName("The colour in words")
        self.history = History(theme)

        fields = QGridLayout()
        fields.setContentsMargins(0, 0, 0, 0)
        fields.setHorizontalSpacing(8)
        fields.setVerticalSpacing(4)
        named = (("Hex", self.hex, 14), ("L", self.lightness, 9), ("C", self.chroma, 9), ("H", self.hue, 9))
        for place, (text, field, stretch) in enumerate(named):
            label = Label(theme, text, 12, "3")
            label.setBuddy(field)
            fields.addWidget(label, 0, place)
            fields.addWidget(field, 1, place)
            fields.setColumnStretch(place, stretch)
            field.setMinimumWidth(84 if field is self.hex else 44)

        layout = column(self)
        layout.addWidget(self.pad)
        layout.addSpacing(8)
        layout.addWidget(self.strip)
        layout.addSpacing(12)
        layout.addLayout(fields)
        layout.addWidget(self.fault)
        layout.addSpacing(16)
        layout.addWidget(self.reading)
        layout.addSpacing(16)
        layout.addWidget(self.history)
        for before, after in (
            (self.pad, self.strip),
            (self.strip, self.hex),
            (self.hex, self.lightness),
            (self.lightness, self.chroma),
            (self.chroma, self.hue),
            (self.hue, self.history),
        ):
            QWidget.setTabOrder(before, after)

        self.hex.editingFinished.connect(self._hex_entered)
        self.hex.textEdited.connect(self._hex_typed)
        self.lightness.valueChanged.connect(lambda value: self._entered(lightness=value / 100))
        self.chroma.valueChanged.connect(lambda value: self._entered(chroma=value))
        self.hue.valueChanged.connect(lambda value: self._entered(hue=value))
        self.history.chosen.connect(current.set_hex)
        current.changed.connect(self._follow)
        current.settled.connect(self.history.add)
        self.history.add(current.hex)
        self._follow(current.hex)

    def _follow(self, color: str) -> None:
        if not (self.hex.hasFocus() and self.hex.isModified()):
            self.hex.setText(color)
        self._say_fault("")
        lightness, chroma, hue = self._current.lch
        for figure, value in ((self.lightness, lightness * 100), (self.chroma, chroma), (self.hue, hue)):
            # Written, not entered: this must not come back as a change of its own.
            figure.blockSignals(True)
            figure.setValue(value)
            figure.blockSignals(False)
        words = reading(color)
        self.reading.setText(words[:1].upper() + words[1:])

    def _hex_typed(self, text: str) -> None:
        """Take six digits at once, as one pastes them; shorter ones may still grow."""
        self._say_fault("")
        if len(text.strip().lstrip("#")) == 6:
            self._hex_entered()

    def _hex_entered(self) -> None:
        try:
            self._current.set_hex(self.hex.text())
        except colors.ColorError as error:
            self._say_fault(str(error).replace("color", "colour"))
            return
        self.hex.setModified(False)
        self.hex.setText(self._current.hex)
        self._say_fault("")

    def _entered(
        self, lightness: float | None = None, chroma: float | None = None, hue: float | None = None
    ) -> None:
        """Take one figure; the other two stay as exact as they were."""
        light, strength, angle = self._current.lch
        self._current.set_lch(
            light if lightness is None else lightness,
            strength if chroma is None else chroma,
            angle if hue is None else hue,
        )
        # A chroma that cannot be shown was cut: say so by showing what it became.
        self._follow(self._current.hex)

    def _say_fault(self, sentence: str) -> None:
        self.fault.setText(sentence)
        self.fault.setVisible(bool(sentence))
        if bool(self.hex.property("fault")) != bool(sentence):
            self.hex.setProperty("fault", bool(sentence))
            self.hex.style().unpolish(self.hex)
            self.hex.style().polish(self.hex)

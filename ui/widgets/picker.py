"""The picker: the wheel, the colour as text and in figures, and where else colours come from."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from engine.harmony import harmonies
from engine.reading import reading
from studio.settings import PickerSettings
from ui.background import Background
from ui.current import CurrentColor
from ui.icons import Icons
from ui.theme import Theme
from ui.tips import tip
from ui.widgets.basics import IconButton, Label, column
from ui.widgets.contrast import ContrastPair
from ui.widgets.css_field import CssField
from ui.widgets.eyedropper import Eyedropper

# Under its first name too: other forms know it by this one.
from ui.widgets.figures import Figures
from ui.widgets.picture import PicturePalette, has_picture
from ui.widgets.ring import Wheel
from ui.widgets.segments import Segments
from ui.widgets.swatches import Harmonies, History

_RECENT, _HARMONY, _CONTRAST, _PICTURE = range(4)
_UNFOLDED = 530
"""Pixels below the wheel in which all sections fit."""
_TRAYS = ("Recent", "Harmony", "Contrast", "Picture")


class _Section(QWidget):
    """One more way to a colour, with its word above where all are shown."""

    def __init__(self, theme: Theme, word: str, body: QWidget) -> None:
        super().__init__()
        self._heading = Label(theme, word, 12, "3")
        layout = column(self, space=6)
        layout.addWidget(self._heading)
        layout.addWidget(body)
        layout.addStretch(1)

    def show_headed(self, headed: bool) -> None:
        """Show the word, or, folded, keep the height of the others."""
        self._heading.setVisible(headed)
        self.setMinimumHeight(0 if headed else 42)


class Picker(QWidget):
    """Everything by which the current colour is picked.

    A text or a picture may be dropped or pasted anywhere on it.

    Parameters
    ----------
    theme, icons
        The look.
    current
        The colour that is picked.
    background
        Where pictures and names are read.
    remembered
        How it was left.
    eyedropper
        Looks at the screen.
    """

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        current: CurrentColor,
        background: Background,
        remembered: PickerSettings,
        eyedropper: Eyedropper,
    ) -> None:
        super().__init__()
        self._theme, self._current = theme, current
        self._hovered = self._unfolded = False
        self.eyedropper = eyedropper
        self.wheel = Wheel(theme, current)
        self.pad, self.ring = self.wheel.pad, self.wheel.ring
        self.dropper = IconButton(theme, icons, "pipette", "Pick a colour from the screen")
        self.wheel.add(self.dropper, Qt.Corner.TopLeftCorner)
        reason = eyedropper.why_not()
        if reason:
            self.dropper.setEnabled(False)
            self.dropper.setToolTip(tip(reason))
        self.field = CssField(theme, icons, current, background)
        self.hex, self.fault = self.field.edit, self.field.fault
        self.reading = Label(theme, size=15, tone="2", wrap=True)
        self.reading.setAccessibleName("The colour in words")
        self.figures = Figures(theme, current, remembered.figures)
        self.lightness, self.chroma, self.hue = self.figures.rows[0].fields
        self.trays = Segments(theme, "More ways to a colour", [(word, "") for word in _TRAYS], stretched=True)
        self.history = History(theme, remembered.history)
        self.harmonies = Harmonies(theme)
        self.contrast = ContrastPair(theme, current)
        self.picture = PicturePalette(theme, background)
        trays = (self.history, self.harmonies, self.contrast, self.picture)
        self._sections = [_Section(theme, word, tray) for word, tray in zip(_TRAYS, trays, strict=True)]
        sections = column(space=14)
        for section in self._sections:
            sections.addWidget(section)

        layout = column(self)
        # The wheel takes what room there is, up to its size; what is left then lies below.
        layout.addWidget(self.wheel, 1000)
        layout.addSpacing(12)
        layout.addWidget(self.field)
        layout.addSpacing(8)
        layout.addWidget(self.reading)
        layout.addSpacing(12)
        layout.addWidget(self.figures)
        layout.addSpacing(16)
        folded = column(space=10)
        folded.addWidget(self.trays)
        folded.addLayout(sections)
        layout.addLayout(folded)
        layout.addStretch(1)
        self.setAcceptDrops(True)
        self._order_focus()

        self.wheel.gamut.setChecked(remembered.true_shape)
        self.dropper.clicked.connect(eyedropper.start)
        eyedropper.picked.connect(current.set_hex)
        eyedropper.failed.connect(lambda sentence: self.field.say(fault=sentence))
        self.trays.chosen.connect(self._fold)
        self.history.chosen.connect(lambda place: current.set_hex(self.history.colors[place]))
        self.harmonies.chosen.connect(self._take_harmony)
        self.picture.chosen.connect(current.set_hex)
        current.changed.connect(self._follow)
        current.changed.connect(self._show_harmonies)
        current.settled.connect(self.history.add)
        self.history.add(current.hex)
        self._follow(current.hex)
        self._fold()

    @property
    def remembered(self) -> PickerSettings:
        """How it is left, for the next start."""
        return PickerSettings(
            history=tuple(self.history.colors),
            figures=self.figures.place,
            true_shape=self.pad.true_shape,
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy the colour, or paste a colour or a picture, wherever on the picker the focus is."""
        if event.matches(QKeySequence.StandardKey.Paste):
            self._take(QGuiApplication.clipboard().mimeData())
        elif event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self._current.hex)
            self.field.say(f"{self._current.hex} is copied.")
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take pictures, colours and texts."""
        data = event.mimeData()
        if has_picture(data) or data.hasColor() or data.hasText():
            event.acceptProposedAction()
            self._hovered = True
            self.update()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Let it pass."""
        self._hovered = False
        self.update()

    def dropEvent(self, event: QDropEvent) -> None:
        """Take what was dropped."""
        self._hovered = False
        self.update()
        event.acceptProposedAction()
        self._take(event.mimeData())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Unfold the sections where there is room for them below a wheel of full size."""
        unfolded = self.height() >= self.width() + _UNFOLDED
        if unfolded != self._unfolded:
            self._unfolded = unfolded
            self._fold()
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a frame while something is held over it."""
        if self._hovered:
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            pen = QPen(self._theme.color("edge"), 1.5, Qt.PenStyle.DashLine)
            painter.setPen(pen)
            painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 10, 10)

    def _take(self, data: QMimeData) -> None:
        if data.hasColor():
            self._current.set_hex(QColor(data.colorData()).name())
        elif has_picture(data) or not data.hasText():
            self.trays.choose(_PICTURE)
            self.picture.take(data)
        else:
            self.field.take(data.text())

    def _follow(self, color: str) -> None:
        words = reading(color)
        self.reading.setText(words[:1].upper() + words[1:])

    def _fold(self) -> None:
        """Show the chosen section; where there is room for all of them, all, under their words."""
        self.trays.setVisible(not self._unfolded)
        for place, section in enumerate(self._sections):
            section.show_headed(self._unfolded)
            section.setVisible(self._unfolded or place == self.trays.place)
        self._show_harmonies()

    def _show_harmonies(self) -> None:
        if self._unfolded or self.trays.place == _HARMONY:
            self.harmonies.show_groups(harmonies(*self._current.lch))

    def _take_harmony(self, place: int) -> None:
        lightness, chroma, _ = self._current.lch
        self._current.set_lch(lightness, chroma, self.harmonies.hue(place))

    def _order_focus(self) -> None:
        fields = [
            each
            for rows in self.figures.rows
            for pair in zip(rows.sliders, rows.fields, strict=True)
            for each in pair
        ]
        order: list[QWidget] = [
            self.dropper,
            self.wheel.gamut,
            self.pad,
            self.ring,
            self.hex,
            self.field.copy,
            self.figures.segments,
            *fields,
            self.trays,
            self.history,
            self.harmonies,
            self.picture.shares,
            self.picture.open,
            self.picture.paste,
        ]
        for before, after in pairwise(order):
            QWidget.setTabOrder(before, after)

"""One value out of a list that opens; for where a person chooses seldom."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox, QWidget

from ui.icons import Icons
from ui.theme import Theme


class Choice(QComboBox):
    """A list that opens, with a chevron; arrow keys change it, letters find in it.

    Attributes
    ----------
    chosen
        The person chose; carries the value.
    """

    chosen = Signal(str)

    def __init__(self, theme: Theme, icons: Icons, name: str) -> None:
        super().__init__()
        self._theme, self._icons = theme, icons
        self.setFont(theme.font(13))
        self.view().setFont(theme.font(13))
        self.setAccessibleName(name)
        self.view().setAccessibleName(name)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(6)
        self.activated.connect(lambda place: self.chosen.emit(self.itemData(place)))
        theme.changed.connect(self.update)

    @property
    def value(self) -> str:
        """The value that is chosen."""
        value = self.currentData()
        return value if isinstance(value, str) else ""

    def show_choices(self, choices: Sequence[tuple[str, str]], value: str) -> None:
        """Show these (value, word) with one of them chosen; says nothing."""
        if [(self.itemData(i), self.itemText(i)) for i in range(self.count())] != list(choices):
            self.clear()
            for one, word in choices:
                self.addItem(word, one)
        self.setCurrentIndex(self.findData(value))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the chevron over the field."""
        super().paintEvent(event)
        painter = QPainter(self)
        color = self._theme.color("text_2" if self.isEnabled() else "edge")
        at = QRectF(self.width() - 23, (self.height() - 14) / 2, 14, 14)
        self._icons.paint(painter, "chevron-down", at, color)


class _PassWheel(QObject):
    """Lets the wheel scroll the page past a control that does not have the focus."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return False


def scroll_past(control: QWidget) -> None:
    """Keep a control's value while a person scrolls over it."""
    control.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    control.installEventFilter(_PassWheel(control))

"""A few views of one thing in one place, with a switch above them and room for what can be done beside it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from ui.theme import Theme
from ui.widgets.basics import column, row
from ui.widgets.segments import Segments


class Views(QWidget):
    """Shows one of several widgets at a time.

    Parameters
    ----------
    theme
        Gives tokens and fonts.
    name
        What the views are of, for a screen reader.
    views
        (title, widget) of each, in order.

    Attributes
    ----------
    turned
        Another view is shown; carries its place.
    corner
        A layout at the right of the switch.
    """

    turned = Signal(int)

    def __init__(self, theme: Theme, name: str, views: Sequence[tuple[str, QWidget]]) -> None:
        super().__init__()
        self.switch = Segments(theme, name, [(title, "") for title, _ in views])
        self.stack = QStackedWidget()
        for _, widget in views:
            self.stack.addWidget(widget)
        self.corner = row(space=8)
        top = row()
        top.addWidget(self.switch)
        top.addStretch(1)
        top.addLayout(self.corner)
        layout = column(self, 12)
        layout.addLayout(top)
        layout.addWidget(self.stack, 1)
        self.switch.chosen.connect(self._turn)

    def show_view(self, widget: QWidget) -> None:
        """Show one of the views."""
        self.switch.choose(self.stack.indexOf(widget))

    def _turn(self, place: int) -> None:
        self.stack.setCurrentIndex(place)
        self.turned.emit(place)

"""A field for one number."""

from __future__ import annotations

from PySide6.QtWidgets import QDoubleSpinBox

from ui.theme import Theme
from ui.tips import tip


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
        self.setToolTip(tip(name))

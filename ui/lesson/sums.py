"""The arithmetic behind a step's numbers, folded away until one asks."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from studio.views.lesson_sums import Sum
from ui.icons import Icons
from ui.theme import Theme
from ui.widgets.basics import Label, column
from ui.widgets.disclosure import Disclosure
from ui.widgets.prose import Prose


class SumList(QWidget):
    """Sums, each with what it is for; one click shows them."""

    def __init__(self, theme: Theme, icons: Icons) -> None:
        super().__init__()
        self._theme = theme
        self.fold = Disclosure(theme, icons, "Show the sums")
        self._lines = column(self.fold.body, 2)
        self._sums: tuple[Sum, ...] = ()
        column(self).addWidget(self.fold)

    @property
    def texts(self) -> list[str]:
        """The sums, as they are written."""
        return [one.sum for one in self._sums]

    def show_sums(self, sums: Sequence[Sum], *, fold: bool) -> None:
        """Show these sums; ``fold`` puts them away."""
        self.setVisible(bool(sums))
        if fold:
            self.fold.set_open(False)
        if tuple(sums) == self._sums:
            return
        self._sums = tuple(sums)
        while (item := self._lines.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for one in sums:
            self._lines.addWidget(Label(self._theme, one.what, 12, "3", wrap=True))
            self._lines.addWidget(Prose(self._theme, one.sum, 13))

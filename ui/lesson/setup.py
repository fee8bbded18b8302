"""Starting the lesson again: with another colour, another group, another judge."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from engine import css_color
from engine.color import ColorError
from studio.judges import JudgeEntry
from studio.views.lesson import GROUPS, Setup, can_teach
from ui.theme import Theme
from ui.widgets.basics import AccentButton, Label, button, row
from ui.widgets.segments import Segments


class SetupBar(QWidget):
    """What the lesson is about, and a way to begin it anew.

    Attributes
    ----------
    begun
        Begin with these; carries the colour, the judge's slug and the group's size.
    """

    begun = Signal(str, str, int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._slugs: list[str] = []
        self.color = QLineEdit()
        self.color.setFont(theme.font(13, tabular=True))
        self.color.setAccessibleName("The lesson’s colour")
        self.color.setToolTip("A hex or any CSS colour; it becomes the current colour.")
        self.color.setMaxLength(css_color.LONGEST)
        theme.fit(self.color, width=116)
        self.group = Segments(theme, "Names in a group", [(str(size), "") for size in GROUPS], 1)
        self.judge = QComboBox()
        self.judge.setFont(theme.font(13))
        self.judge.setAccessibleName("The lesson’s judge")
        self.judge.setMaximumWidth(220)
        self.begin = AccentButton(theme, "Start again")
        self.fault = Label(theme, size=12, tone="danger")
        self.fault.hide()
        self.cancel = button(theme, "Go on as it is", kind="link")
        line = row(self, 8)
        for words, part in (("Colour", self.color), ("Group of", self.group), ("Judge", self.judge)):
            label = Label(theme, words, 13, "2")
            label.setBuddy(part)
            line.addWidget(label)
            line.addWidget(part)
            line.addSpacing(8)
        line.addWidget(self.begin)
        line.addWidget(self.cancel)
        line.addWidget(self.fault)
        line.addStretch(1)
        self.begin.clicked.connect(self._begin)
        self.color.returnPressed.connect(self._begin)
        self.color.textEdited.connect(lambda _: self.fault.hide())

    def show_judges(self, entries: Sequence[JudgeEntry]) -> None:
        """Offer the judges that can be a taste."""
        chosen = self.judge.currentText()
        tastes = [entry for entry in entries if entry.spec is not None and can_teach(entry.spec)]
        self._slugs = [entry.slug for entry in tastes]
        self.judge.clear()
        self.judge.addItems([entry.name[:40] for entry in tastes])
        self.judge.setCurrentText(chosen)

    def show_setup(self, setup: Setup, color: str) -> None:
        """Begin from what the lesson is about; ``color`` is what is offered."""
        self.color.setText(color)
        self.group.show_choice(GROUPS.index(setup.group))
        if setup.judge in self._slugs:
            self.judge.setCurrentIndex(self._slugs.index(setup.judge))

    def _begin(self) -> None:
        try:
            color = css_color.parse(self.color.text()).hex
        except ColorError as error:
            self.fault.setText(str(error))
            self.fault.show()
            return
        if 0 <= self.judge.currentIndex() < len(self._slugs):
            self.begun.emit(color, self._slugs[self.judge.currentIndex()], GROUPS[self.group.place])

"""A sentence about what was done, and one thing that can be done about it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from ui.theme import Theme
from ui.widgets.basics import Label, button, row


class Notice(QWidget):
    """The sentence, with a link right behind it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.words = Label(theme, size=12, tone="3", wrap=True)
        self.link = button(theme, "", "Undo", kind="link")
        self._call: Callable[[], object] | None = None
        layout = row(self, 12)
        layout.addWidget(self.words, 1)
        layout.addWidget(self.link)
        self.link.clicked.connect(self.press)
        self.say("")

    @property
    def action(self) -> str:
        """What the link says; empty for none."""
        return self.link.text() if self._call is not None else ""

    def say(
        self,
        sentence: str,
        action: str = "",
        call: Callable[[], object] | None = None,
        *,
        fault: bool = False,
    ) -> None:
        """Say a sentence, with what can be done about it."""
        self._call = call
        self.words.set_tone("danger" if fault else "3")
        self.words.setText(sentence)
        self.link.setText(action)
        self.link.setAccessibleName(action or "Nothing to do")
        self.link.setVisible(call is not None)

    def press(self) -> None:
        """Do what the link says."""
        if self._call is not None:
            self._call()

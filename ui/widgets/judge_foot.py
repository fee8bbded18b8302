"""The foot of the Judges page: how the open judge stands, and what can be done with it as a whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from ui.theme import Theme
from ui.widgets.basics import AccentButton, button, column, row
from ui.widgets.notice import Notice


@dataclass(frozen=True)
class Offer:
    """What can be done.

    Attributes
    ----------
    review
        A judge from a file is looked at: add it, or leave it.
    copy
        It can be duplicated and exported.
    delete
        What taking it away is called; empty if it cannot be.
    """

    review: bool = False
    copy: bool = False
    delete: str = ""


class JudgeFoot(QWidget):
    """A sentence and a row of buttons."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.notice = Notice(theme)
        self.duplicate = button(theme, "Duplicate")
        self.export = button(theme, "Export…", "Export this judge to a file", kind="quiet")
        self.delete = button(theme, "Delete", kind="danger")
        self.add = AccentButton(theme, "Add to my judges")
        theme.fit(self.add, height=28)
        self.leave = button(theme, "Leave it", "Do not add this judge", kind="quiet")
        buttons = row(space=8)
        for one in (self.add, self.leave, self.duplicate, self.export):
            buttons.addWidget(one)
        buttons.addStretch(1)
        buttons.addWidget(self.delete)
        layout = column(self, 8)
        layout.addWidget(self.notice)
        layout.addLayout(buttons)
        self.offer(Offer())

    def offer(self, what: Offer) -> None:
        """Show what can be done."""
        self.add.setVisible(what.review)
        self.leave.setVisible(what.review)
        self.duplicate.setVisible(what.copy)
        self.export.setVisible(what.copy)
        self.delete.setVisible(bool(what.delete))
        if what.delete:
            self.delete.setText(what.delete)
            self.delete.setAccessibleName(what.delete)

    def say(self, sentence: str, undo: Callable[[], object] | None = None, *, fault: bool = False) -> None:
        """Say how the judge stands, and let it be undone."""
        self.notice.say(sentence, "Undo" if undo is not None else "", undo, fault=fault)

"""A field with its label above and the fault that it has, if any, right below."""

from __future__ import annotations

from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.terms import Term
from ui.theme import Theme
from ui.widgets.basics import Label, column


class Field(QWidget):
    """Label, control, and one sentence of fault.

    Parameters
    ----------
    theme
        Gives the fonts.
    label
        Stands above the control; empty for none.
    term
        Which term of the glossary the label is, if any.
    control
        What is labelled; its frame turns red while there is a fault.
    """

    def __init__(
        self, theme: Theme, label: str, control: QWidget, *, grow: bool = False, term: str = ""
    ) -> None:
        super().__init__()
        self.control = control
        layout = column(self, 4)
        if label:
            words = Term(theme, label, 12, "3", term=term) if term else Label(theme, label, 12, "3")
            words.setBuddy(control)
            layout.addWidget(words)
        layout.addWidget(control, 1 if grow else 0)
        self._fault = Label(theme, size=12, tone="danger", wrap=True)
        self._fault.hide()
        layout.addWidget(self._fault)
        vertical = QSizePolicy.Policy.Expanding if grow else QSizePolicy.Policy.Fixed
        self.setSizePolicy(QSizePolicy.Policy.Preferred, vertical)

    @property
    def fault(self) -> str:
        """The sentence that is shown; empty when all is well."""
        return self._fault.text()

    def set_fault(self, sentence: str) -> None:
        """Show a fault, or that there is none."""
        if sentence == self._fault.text():
            return
        self._fault.setText(sentence)
        self._fault.setVisible(bool(sentence))
        self.control.setAccessibleDescription(sentence)
        mark_fault(self.control, bool(sentence))


def mark_fault(control: QWidget, faulty: bool) -> None:
    """Let a control's frame say whether it has a fault."""
    if bool(control.property("fault")) != faulty:
        control.setProperty("fault", faulty)
        control.style().unpolish(control)
        control.style().polish(control)

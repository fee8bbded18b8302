"""The form of a contrast judge: what it asks for, and examples on either side."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from engine.judges.spec import Contrast, JudgeError
from studio.views import judge_form
from studio.views.judge_form import Draft
from ui.theme import Theme
from ui.widgets.basics import Label, column, row
from ui.widgets.faults import Field
from ui.widgets.ruled import Phrase, RuledList


class JudgeForm(QWidget):
    """Fields for a contrast judge, with each fault beside the field that has it.

    Attributes
    ----------
    edited
        Something was typed.
    """

    edited = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._about = self._model = ""
        self._quiet = False
        self.name = QLineEdit()
        self.name.setFont(theme.font(28, 600, display=True))
        self.name.setProperty("bare", True)
        self.name.setTextMargins(-2, 0, 0, 0)  # Qt's own, so that it stands flush with its label
        self.name.setProperty("heading", True)
        self.name.setPlaceholderText("Name the judge")
        self.name.setAccessibleName("The judge's name")
        self.asks = Phrase(theme, "What the judge asks for")
        self.asks.setPlaceholderText("paint color names that sound like weather")
        self.plain_asks = Phrase(theme, "What the other list is", rows=1)
        self.liked = RuledList(theme, "Names that the judge likes, one a line")
        self.plain = RuledList(theme, "Plain names, one a line")
        self.about = Label(theme, tone="2", wrap=True)
        self.fields = {
            "name": Field(theme, "", self.name),
            "asks": Field(theme, "It asks for a list of", self.asks),
            "plain_asks": Field(theme, "rather than a list of", self.plain_asks),
            "liked": Field(theme, "Names it likes, one a line", self.liked, grow=True),
            "plain": Field(theme, "Plain names, one a line", self.plain, grow=True),
        }
        layout = column(self, 16)
        heading = column(space=2)
        heading.addWidget(self.fields["name"])
        heading.addWidget(self.about)
        layout.addLayout(heading)
        layout.addWidget(self.fields["asks"])
        layout.addWidget(self.fields["plain_asks"])
        lists = row(space=16)
        lists.addWidget(self.fields["liked"], 1)
        lists.addWidget(self.fields["plain"], 1)
        layout.addLayout(lists, 1)
        self.name.textEdited.connect(self._typed)
        for text in (self.asks, self.plain_asks, self.liked, self.plain):
            text.textChanged.connect(self._typed)

    def draft(self) -> Draft:
        """Return what is written in the fields."""
        return Draft(
            name=self.name.text(),
            asks=self.asks.toPlainText(),
            liked=self.liked.toPlainText(),
            plain=self.plain.toPlainText(),
            plain_asks=self.plain_asks.toPlainText(),
            about=self._about,
            model=self._model,
        )

    def show_draft(self, draft: Draft, *, editable: bool) -> None:
        """Write a draft into the fields; says nothing."""
        self._quiet = True
        self._about, self._model = draft.about, draft.model
        self.about.setText(draft.about)
        self.about.setVisible(bool(draft.about))
        self.name.setText(draft.name)
        self.name.setCursorPosition(0)
        # Replacing a text scrolls the field and loses the cursor's place: not for nothing.
        for phrase, text in ((self.asks, draft.asks), (self.plain_asks, draft.plain_asks)):
            if phrase.toPlainText() != text:
                phrase.setPlainText(text)
        for names, text in ((self.liked, draft.liked), (self.plain, draft.plain)):
            if names.toPlainText() != text:
                names.write(text)
        self._set_editable(editable)
        self._quiet = False
        self.clear_faults()

    def judge(self) -> Contrast | None:
        """Return the judge that the fields make, or ``None`` and show beside which field the fault is."""
        try:
            made = judge_form.read(self.draft())
        except JudgeError as error:
            for key, field in self.fields.items():
                field.set_fault(str(error) if key == (error.field or "name") else "")
            return None
        self.clear_faults()
        return made

    def clear_faults(self) -> None:
        """Show no fault."""
        for field in self.fields.values():
            field.set_fault("")

    def _set_editable(self, editable: bool) -> None:
        for control in (self.name, self.asks, self.plain_asks, self.liked, self.plain):
            assert isinstance(control, QLineEdit | Phrase | RuledList)
            if control.isReadOnly() == editable:
                control.setReadOnly(not editable)
                control.style().unpolish(control)
                control.style().polish(control)

    def _typed(self) -> None:
        if not self._quiet:
            self.edited.emit()

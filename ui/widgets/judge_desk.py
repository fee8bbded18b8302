"""The middle of the Judges page: what is open there, whatever it is.

A form with what belongs to its kind (a model's check, the picking of pairs); the choice of a kind; a judge
from a stranger, to be looked at first; or a file that cannot be used.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QScrollArea, QWidget

from engine.judges.spec import JudgeSpec, Preference
from studio.views.judge_form import Draft
from ui.bridge import Service
from ui.current import CurrentColor
from ui.icons import Icons
from ui.theme import Theme
from ui.widgets.basics import Label, column
from ui.widgets.judge_facts import JudgeFacts
from ui.widgets.judge_form import JudgeForm
from ui.widgets.kind_chooser import KindChooser
from ui.widgets.model_check import ModelCheck
from ui.widgets.picking_pane import PickingPane

Shown = Literal["form", "facts", "chooser"]


class JudgeDesk(QWidget):
    """Shows one of these at a time, scrolled where there is no room.

    Attributes
    ----------
    edited
        Something was typed into the form.
    kind_chosen, chooser_left
        A kind was chosen for a new judge (carries its key), or none was.
    """

    edited = Signal()
    kind_chosen = Signal(str)
    chooser_left = Signal()

    def __init__(self, theme: Theme, icons: Icons, current: CurrentColor, service: Service) -> None:
        super().__init__()
        self._theme, self._icons = theme, icons
        self._forms: dict[str, JudgeForm] = {}
        self.facts = JudgeFacts(theme)
        self._chooser: KindChooser | None = None
        self.check = ModelCheck(theme, service)
        self.picking = PickingPane(theme, current, service)
        self.notes = Label(theme, size=12, tone="2", wrap=True)
        holder = QWidget()
        holder.setObjectName("bare")
        self._column = column(holder, 16)
        self._column.setContentsMargins(0, 0, 8, 0)
        self._column.addWidget(self.check)
        self._column.addWidget(self.picking, 1)
        self._column.addWidget(self.notes)
        self._column.addWidget(self.facts)
        self._column.addStretch(0)
        self.area = QScrollArea()
        self.area.setWidget(holder)
        self.area.setWidgetResizable(True)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column(self).addWidget(self.area)
        self.kind = "contrast"
        self._show("facts")

    @property
    def chooser(self) -> KindChooser:
        """The choice of a kind, made when it is first wanted."""
        if self._chooser is None:
            self._chooser = KindChooser(self._theme)
            self._chooser.chosen.connect(self.kind_chosen)
            self._chooser.left.connect(self.chooser_left)
            self._chooser.hide()
            self._column.insertWidget(0, self._chooser)
        return self._chooser

    @property
    def form(self) -> JudgeForm:
        """The form of the kind that is open, or was."""
        return self._form(self.kind)

    @property
    def shown(self) -> Shown:
        """What is shown."""
        return self._shown

    def show_form(self, draft: Draft, spec: JudgeSpec | None, *, editable: bool, fresh: bool) -> None:
        """Show a judge's form; ``fresh`` is one that was not open before, so nothing in it was typed yet."""
        self.kind = draft.kind
        form = self.form
        form.show_draft(draft, editable=editable)
        if fresh:
            form.begin()
            form.advanced.set_open(False)
            self.area.verticalScrollBar().setValue(0)
        self._show("form")
        self.check.set_judge(spec)
        asks = draft.kind in ("rating", "describes") or (draft.kind == "contrast" and draft.values["model"])
        self.check.setVisible(bool(asks) and editable)

    def show_judge(self, spec: JudgeSpec, notes: Sequence[str]) -> None:
        """Show a judge to be read."""
        self.facts.show_judge(spec, notes)
        self._show("facts")

    def show_fault(self, name: str, sentence: str) -> None:
        """Show why a judge's file cannot be used."""
        self.facts.show_fault(name, sentence)
        self._show("facts")

    def show_chooser(self) -> None:
        """Let the person choose a kind."""
        self._show("chooser")
        self.area.verticalScrollBar().setValue(0)

    def show_faults(self, faults: Mapping[str, str]) -> None:
        """Show faults beside their fields."""
        self.form.show_faults(faults)

    def show_notes(self, notes: Sequence[str]) -> None:
        """Show what should be known of the judge as it is written."""
        self.notes.setText("\n".join(notes))
        # What is to be known of picks is told where they are made.
        self.notes.setVisible(bool(notes) and self._shown == "form" and self.kind != "preference")

    def show_picks(self, spec: JudgeSpec | None, key: str, *, editable: bool) -> None:
        """Show the picking of pairs, if that is what the judge is made of."""
        picks = spec if isinstance(spec, Preference) and editable and self._shown == "form" else None
        self.picking.set_judge(picks, key)
        self.picking.setVisible(picks is not None)

    def _form(self, kind: str) -> JudgeForm:
        form = self._forms.get(kind)
        if form is None:
            # Made when it is first wanted: eight forms would cost the first frame.
            form = self._forms[kind] = JudgeForm(self._theme, self._icons, kind)
            form.edited.connect(self.edited)
            form.hide()
            self._column.insertWidget(0, form, 100 if form.grows else 0)
        return form

    def _show(self, what: Shown) -> None:
        self._shown = what
        for kind, form in self._forms.items():
            form.setVisible(what == "form" and kind == self.kind)
        self.facts.setVisible(what == "facts")
        if what == "chooser" or self._chooser is not None:
            self.chooser.setVisible(what == "chooser")
        for part in (self.check, self.picking, self.notes):
            if what != "form":
                part.hide()

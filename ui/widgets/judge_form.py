"""The form of a judge of any kind, made from its fields; see :mod:`studio.views.judge_fields`."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QBoxLayout, QSizePolicy, QWidget

from studio.views.judge_fields import FieldView, Shape, fields
from studio.views.judge_form import Draft, Value
from studio.views.judge_kinds import KINDS, TERMS
from ui.icons import Icons
from ui.terms import explain
from ui.theme import Theme
from ui.widgets.basics import Label, column, row
from ui.widgets.disclosure import Disclosure
from ui.widgets.faults import Field
from ui.widgets.judge_controls import Control, LineControl, SwitchControl, control

_ASKING = ("correctness", "listener", "describes", "form")
"""Kinds whose question the person does not write: it is told."""
# Beneath these the help stands in sight; elsewhere label and hint say enough, and it is a tooltip.
_HELPED: tuple[Shape, ...] = ("line", "path", "number", "switch")


class FormField(Field):
    """A field of the form, with its help below."""

    def __init__(self, theme: Theme, label: str, held: Control, *, helped: bool, grow: bool) -> None:
        super().__init__(theme, label, held, grow=grow)
        self.control = held.inner
        layout = self.layout()
        assert isinstance(layout, QBoxLayout)
        if label:
            for words in self.findChildren(Label, options=Qt.FindChildOption.FindDirectChildrenOnly):
                words.setWordWrap(True)  # two stand side by side where there is little room
        if helped:
            layout.insertWidget(layout.count() - 1, Label(theme, held.field.words.help, 12, "3", wrap=True))
        if not grow:
            # Beside a taller one it stays at the top; its height follows from how its help is broken.
            layout.addStretch(1)
            self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)


class JudgeForm(QWidget):
    """All fields of one kind; each fault stands beside the field that has it.

    Attributes
    ----------
    edited
        Something was typed, chosen or switched.
    """

    edited = Signal()

    def __init__(self, theme: Theme, icons: Icons, kind: str) -> None:
        super().__init__()
        self.kind = kind
        self._kept: dict[str, Value] = {}  # what no control holds
        self.controls: dict[str, Control] = {}
        self.fields: dict[str, FormField] = {}
        self.touched: set[str] = set()
        self.advanced = Disclosure(theme, icons, "Advanced")
        layout = column(self, 16)
        heading = column(space=2)
        layout.addLayout(heading)
        folded = column(self.advanced.body, 16)
        asks = Label(theme, KINDS[kind].question if kind in _ASKING else "", 15, "2", wrap=True)
        asks.setVisible(kind in _ASKING)
        explain(asks, TERMS[kind])
        layout.addWidget(asks)
        rows: dict[bool, QBoxLayout] = {}
        for field in fields(kind):
            if field.shape == "picks":
                continue
            made = self._make(theme, field)
            if field.key in ("name", "about"):
                heading.addWidget(made)
                continue
            into = folded if field.words.advanced else layout
            if not field.words.beside:
                rows[field.words.advanced] = row(space=16)
                into.addLayout(rows[field.words.advanced], 1 if field.shape == "names" else 0)
            line = rows[field.words.advanced]
            line.addWidget(made, 1)
        layout.addWidget(self.advanced)
        self.advanced.setVisible(folded.count() > 0)
        self.grows = any(field.shape == "names" for field in fields(kind))
        vertical = QSizePolicy.Policy.Expanding if self.grows else QSizePolicy.Policy.Preferred
        self.setSizePolicy(QSizePolicy.Policy.Preferred, vertical)

    def draft(self) -> Draft:
        """Return what is written in the fields."""
        written = {key: one.value() for key, one in self.controls.items()}
        return Draft(self.kind, {**self._kept, **written})

    def show_draft(self, draft: Draft, *, editable: bool) -> None:
        """Write a draft into the fields; says nothing."""
        self._kept = {key: value for key, value in draft.values.items() if key not in self.controls}
        for key, held in self.controls.items():
            held.write(draft.values[key])
            held.set_editable(editable)
        self.fields["about"].setVisible(editable or bool(draft.values["about"]))

    def begin(self) -> None:
        """Let nothing count as typed yet, so that nothing counts as forgotten."""
        self.touched = set()
        self.show_faults({})

    def show_faults(self, faults: Mapping[str, str]) -> None:
        """Show faults, each beside its field; what was never typed in is not blamed for being empty."""
        for key, field in self.fields.items():
            said = faults.get(key, "") if key in self.touched else ""
            field.set_fault(said)
            if said and self.controls[key].field.words.advanced:
                self.advanced.set_open(True)

    def blame(self, key: str, sentence: str) -> None:
        """Show a fault that was found elsewhere, typed or not."""
        self.touched.add(key)
        self.fields[key].set_fault(sentence)

    def _make(self, theme: Theme, field: FieldView) -> FormField:
        held = control(theme, field)
        label = "" if isinstance(held, SwitchControl) or field.key in ("name", "about") else field.words.label
        if isinstance(held, LineControl) and field.key in ("name", "about"):
            _dress(theme, held, heading=field.key == "name")
        helped = field.shape in _HELPED and field.key not in ("name", "about")
        made = FormField(theme, label, held, helped=helped, grow=field.shape == "names")
        held.edited.connect(lambda: self._typed(field.key))
        self.controls[field.key], self.fields[field.key] = held, made
        return made

    def _typed(self, key: str) -> None:
        self.touched.add(key)
        self.edited.emit()


def _dress(theme: Theme, held: LineControl, *, heading: bool) -> None:
    line = held.line
    line.setFont(theme.font(28, 600, display=True) if heading else theme.font(13))
    line.setProperty("bare", True)
    line.setProperty("heading", heading)
    line.setTextMargins(-2, 0, 0, 0)  # Qt's own, so that it stands flush with its label
    if heading:
        line.setPlaceholderText("Name the judge")
        line.setAccessibleName("The judge's name")

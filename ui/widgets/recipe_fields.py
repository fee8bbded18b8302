"""Advanced: every number and choice of a recipe, each with a sentence, made from the schema's fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QWidget

from engine.recipe import Recipe
from studio.views import recipe_fields as fields
from studio.views.recipe_fields import FIELDS, FormField, Value
from ui.icons import Icons
from ui.terms import Term
from ui.theme import Theme
from ui.tips import tip
from ui.widgets.basics import IconButton, Label, button, column, row
from ui.widgets.choice import Choice, scroll_past
from ui.widgets.faults import mark_fault
from ui.widgets.figure import Figure
from ui.widgets.switch import Switch

_WIDE = 96
_BREATH = 8  # milliseconds between two fields that are made


class Number(Figure):
    """A number without idle zeros, which may be typed as ``2e-4``; some step by a ratio."""

    def __init__(self, theme: Theme, field: FormField) -> None:
        super().__init__(theme, field.label, field.least, field.most, field.places, field.step)
        self._by_ratio = field.by_ratio
        self.setGroupSeparatorShown(False)
        self.setToolTip("")

    def textFromValue(self, value: float) -> str:
        """Write the value as short as it goes."""
        return f"{value:.6g}" if self.decimals() else str(round(value))

    def valueFromText(self, text: str) -> float:
        """Read a value; what is none stays as it was."""
        try:
            return float(text.strip().replace(",", "."))
        except ValueError:
            return self.value()

    def validate(self, text: str, at: int) -> tuple[QValidator.State, str, int]:
        """Let anything be typed that may become a number within the limits."""
        try:
            value = float(text.strip().replace(",", "."))
        except ValueError:
            typed = set(text.strip().lower()) <= set("0123456789.,e+-")
            return (QValidator.State.Intermediate if typed else QValidator.State.Invalid, text, at)
        within = self.minimum() <= value <= self.maximum()
        return (QValidator.State.Acceptable if within else QValidator.State.Intermediate, text, at)

    def fixup(self, text: str) -> str:
        """Bring a number beyond a limit to that limit; what is no number becomes what it was."""
        value = min(max(self.valueFromText(text), self.minimum()), self.maximum())
        return self.textFromValue(value)

    def stepBy(self, steps: int) -> None:
        """Step by adding, or by the ratio."""
        if self._by_ratio:
            self.setValue(float(f"{self.value() * self.singleStep() ** steps:.2g}"))
        else:
            super().stepBy(steps)


class FieldRow(QWidget):
    """One field: its label and control, what it does, and its fault.

    Attributes
    ----------
    edited
        The person set a value; carries it.
    controls
        What the focus goes through, in order.
    """

    edited = Signal(object)

    def __init__(self, theme: Theme, icons: Icons, field: FormField) -> None:
        super().__init__()
        self.field = field
        term = fields.TERMS.get(field.path)
        self._label = Term(theme, field.label, term=term) if term else Label(theme, field.label)
        self._sentence = Label(theme, field.sentence, 12, "3", wrap=True)
        self._fault = Label(theme, size=12, tone="danger", wrap=True)
        self._fault.hide()
        self.reset = IconButton(theme, icons, "rotate-ccw", f"Set {field.label.lower()} back", 24)
        policy = self.reset.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.reset.setSizePolicy(policy)
        self.control = self._make(theme, icons)
        self._label.setBuddy(self.control)
        self.control.setAccessibleDescription(field.sentence)
        top = row(space=4)
        top.addWidget(self._label)
        top.addStretch(1)
        top.addWidget(self.reset)
        self.controls: list[QWidget] = [self.reset, self.control]
        if field.path == "seed":
            dice = IconButton(theme, icons, "shuffle", "Another seed", 24)
            dice.clicked.connect(self._another)
            top.insertWidget(2, dice)
            self.controls.insert(0, dice)
        top.addWidget(self.control)
        layout = column(self, 2)
        layout.addLayout(top)
        layout.addWidget(self._sentence)
        layout.addWidget(self._fault)
        self.reset.clicked.connect(lambda: self.set_value(field.default))

    @property
    def value(self) -> Value:
        """What the control shows."""
        control = self.control
        if isinstance(control, Choice):
            return control.value
        if isinstance(control, Switch):
            return control.isChecked()
        assert isinstance(control, Number)
        return round(control.value()) if self.field.kind == "count" else control.value()

    @property
    def fault(self) -> str:
        """The sentence that is shown; empty when all is well."""
        return self._fault.text()

    def set_value(self, value: Value) -> None:
        """Set a value as a person would."""
        self.show_value(value)
        self.edited.emit(value)

    def show_value(self, value: Value) -> None:
        """Show a value, and whether it is the usual one; says nothing."""
        self.control.blockSignals(True)
        if isinstance(self.control, Choice):
            known = dict(FIELDS[self.field.path].choices)
            # A recipe from a machine with other devices keeps its own until another is chosen.
            more = [] if self.field.allows(value) else [(str(value), known.get(str(value), str(value)))]
            self.control.show_choices([*self.field.choices, *more], str(value))
        elif isinstance(self.control, Switch):
            self.control.setChecked(bool(value))
            self.control.update()
        elif isinstance(self.control, Number):
            assert not isinstance(value, str)
            reach = fields.reaching(self.field, value)
            self.control.setRange(reach.least, reach.most)
            if self.control.value() != value:
                self.control.setValue(value)
        self.control.blockSignals(False)
        self._mark(value)

    def set_field(self, field: FormField) -> None:
        """Offer something else, such as those devices that are there."""
        if field != self.field:
            value, self.field = self.value, field
            self.show_value(value)

    def set_fault(self, sentence: str) -> None:
        """Show a fault, or that there is none."""
        if sentence != self._fault.text():
            self._fault.setText(sentence)
            self._fault.setVisible(bool(sentence))
            self.control.setAccessibleDescription(sentence or self.field.sentence)
            mark_fault(self.control, bool(sentence))

    def _make(self, theme: Theme, icons: Icons) -> QWidget:
        field = self.field
        if field.kind == "switch":
            switch = Switch(theme, field.label)
            switch.toggled.connect(self._changed)
            return switch
        if field.kind == "choice":
            choice = Choice(theme, icons, field.label)
            theme.fit(choice, width=_WIDE + 16)
            scroll_past(choice)
            choice.chosen.connect(self._changed)
            return choice
        number = Number(theme, field)
        theme.fit(number, width=_WIDE)
        scroll_past(number)
        number.valueChanged.connect(self._changed)
        return number

    def _changed(self, _: object) -> None:
        self._mark(self.value)
        self.edited.emit(self.value)

    def _mark(self, value: Value) -> None:
        """Let the label say whether the value is the usual one."""
        usual = value == self.field.default
        text = self.field.label if usual else f"• {self.field.label}"
        self._label.setText(text)
        self._label.setAccessibleName(self.field.label if usual else f"{self.field.label}, changed")
        self.reset.setVisible(not usual)
        told = dict(self.field.choices).get(str(self.field.default), None)
        default = told or ("on" if self.field.default is True else "off")
        if self.field.kind in ("count", "number"):
            default = f"{self.field.default:g}"
        self.reset.setToolTip(tip(f"Set back to {default}"))
        self._sentence.setText(self.field.notes.get(str(value), self.field.sentence))

    def _another(self) -> None:
        assert isinstance(self.value, int)
        self.set_value((self.value * 48271 + 11) % (2**31 - 1))


class RecipeFields(QWidget):
    """All fields, by section; they are made one by one, so that the window need not wait for them.

    Attributes
    ----------
    made
        A field is there now; carries its path.
    edited
        The person set a value: its path and the value.
    reset_wanted
        Everything is to be as in a new recipe.
    """

    made = Signal(str)
    edited = Signal(str, object)
    reset_wanted = Signal()

    def __init__(self, theme: Theme, icons: Icons) -> None:
        super().__init__()
        self._theme, self._icons = theme, icons
        self._coming = list(FIELDS.values())
        self._offered: dict[str, FormField] = {}
        self.rows: dict[str, FieldRow] = {}
        self._column = column(space=14)
        layout = column(self, 14)
        layout.addLayout(self._column)
        self.reset = button(theme, "Reset all to defaults", kind="link")
        self.reset.clicked.connect(self.reset_wanted)
        layout.addWidget(self.reset, 0, Qt.AlignmentFlag.AlignLeft)
        self._timer = QTimer(self)
        self._timer.setInterval(_BREATH)
        self._timer.timeout.connect(self._next)
        self._timer.start()

    @property
    def whole(self) -> bool:
        """Whether all fields are there."""
        return not self._coming

    def finish(self) -> None:
        """Make what is missing at once."""
        while self._coming:
            self._next()

    def _next(self) -> None:
        field = self._coming.pop(0)
        if not any(row.field.section == field.section for row in self.rows.values()):
            heading = Label(self._theme, field.section, 15, weight=600, display=True)
            heading.setContentsMargins(0, 8 if self.rows else 0, 0, 0)
            self._column.addWidget(heading)
        made = FieldRow(self._theme, self._icons, self._offered.get(field.path, field))
        made.edited.connect(lambda value: self.edited.emit(field.path, value))
        self.rows[field.path] = made
        self._column.addWidget(made)
        self.made.emit(field.path)
        if not self._coming:
            self._timer.stop()

    @property
    def controls(self) -> list[QWidget]:
        """What the focus goes through, in order."""
        return [*(control for made in self.rows.values() for control in made.controls), self.reset]

    def show_recipe(self, recipe: Recipe) -> None:
        """Show a recipe's values; says nothing."""
        for path, made in self.rows.items():
            made.show_value(fields.get(recipe, path))
        self.reset.setEnabled(bool(fields.differing(recipe)))

    def show_faults(self, faults: Mapping[str, str]) -> None:
        """Show the faults of those fields that have one."""
        for path, made in self.rows.items():
            made.set_fault(faults.get(path, ""))

    def set_devices(self, devices: Sequence[str], threads: int) -> None:
        """Offer the devices that are there, and as many threads as the machine has."""
        offered = {"threads": msgspec.structs.replace(FIELDS["threads"], most=max(threads, 1))}
        if devices:
            offered["device"] = fields.among(FIELDS["device"], ("auto", *devices))
        self._offered = offered
        for path, field in offered.items():
            if path in self.rows:
                self.rows[path].set_field(field)

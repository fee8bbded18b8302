"""The recipe on one page: who judges, how long and wide, which seed, and what the painter is called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QSizePolicy, QWidget

from engine import recipe as recipes
from engine.judges.spec import JudgeSpec
from engine.recipe import Budget, Recipe, RecipeError
from studio.judges import JudgeEntry
from ui.icons import Icons
from ui.theme import Theme
from ui.widgets.basics import AccentButton, IconButton, Label, column
from ui.widgets.faults import Field
from ui.widgets.panel import PanelEditor
from ui.widgets.picker import Figure
from ui.widgets.segments import Segments

BUDGETS = (("Quick", 20), ("Standard", 60), ("Long", 200))
_NAME_LIMIT = 60


class TrainForm(QWidget):
    """What a training is made from.

    Attributes
    ----------
    start_wanted
        Start was pressed and all is sound; carries the ``Recipe`` and its judges by slug.
    """

    start_wanted = Signal(Recipe, dict)

    def __init__(self, theme: Theme, icons: Icons, steps: int = 60) -> None:
        super().__init__()
        self._entries: dict[str, JudgeEntry] = {}
        self._begun: Recipe | None = None
        self._named = False  # by the person, so that it is not named after the judge any more
        self.name = QLineEdit()
        self.name.setFont(theme.font(13))
        self.name.setMaxLength(200)
        self.name.setAccessibleName("The painter's name")
        self.panel = PanelEditor(theme, icons, ("poet",), ("correctness",))
        place = next((p for p, (_, count) in enumerate(BUDGETS) if count == steps), 1)
        facts = [(word, f"{count} steps") for word, count in BUDGETS]
        self.budget = Segments(theme, "How long to train", facts, place)
        usual = Budget()
        self.colors = Figure(theme, "Colours that are named at each step", 1, 512, 0, 1)
        self.colors.setValue(usual.colors)
        self.group = Figure(theme, "Names that each colour is given at a step: one group", 2, 256, 0, 1)
        self.group.setValue(usual.group)
        self.seed = Figure(theme, "Seed: the same one gives the same training again", 0, 2**31 - 1, 0, 1)
        self.dice = IconButton(theme, icons, "shuffle", "Another seed")
        self.start = AccentButton(theme, "Start training", "Ctrl+Return")
        self.why_not = Label(theme, size=12, tone="3", wrap=True)
        self.why_not.hide()
        self.name_field = Field(theme, "Painter", self.name)
        self.panel_field = Field(theme, "Judged by", self.panel)

        figures = QGridLayout()
        figures.setContentsMargins(0, 0, 0, 0)
        figures.setHorizontalSpacing(8)
        figures.setVerticalSpacing(4)
        for place, (words, figure) in enumerate(
            (("Colours", self.colors), ("Names each", self.group), ("Seed", self.seed))
        ):
            figure.setGroupSeparatorShown(False)
            figure.setMinimumWidth(44)
            label = Label(theme, words, 12, "3")
            label.setBuddy(figure)
            figures.addWidget(label, 0, place)
            figures.addWidget(figure, 1, place)
            figures.setColumnStretch(place, 5 if figure is self.seed else 4)
        figures.addWidget(self.dice, 1, 3)
        layout = column(self, 12)
        layout.addWidget(self.name_field)
        layout.addWidget(self.panel_field)
        layout.addWidget(Field(theme, "Length", self.budget))
        layout.addLayout(figures)
        layout.addWidget(self.start)
        layout.addWidget(self.why_not)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

        self.name.textEdited.connect(self._name_typed)
        self.panel.edited.connect(self._panel_edited)
        self.dice.clicked.connect(lambda: self.seed.setValue((self.seed.value() * 48271 + 11) % (2**31 - 1)))
        self.start.clicked.connect(self.press_start)

    @property
    def steps(self) -> int:
        """How many steps are chosen."""
        return BUDGETS[self.budget.place][1]

    def show_judges(self, entries: Sequence[JudgeEntry]) -> None:
        """Take note of which judges there are."""
        self._entries = {entry.slug: entry for entry in entries}
        self.panel.show_judges(entries)
        self._name_after_judge()

    def show_recipe(
        self, recipe: Recipe, judges: Mapping[str, JudgeSpec] | None = None, said: str = ""
    ) -> None:
        """Show a recipe to start from."""
        self._begun = recipe
        self._named = True
        self.name.setText(recipe.name)
        budget = recipe.budget
        self.budget.choose(next((p for p, (_, count) in enumerate(BUDGETS) if count == budget.steps), 1))
        for figure, value in (
            (self.colors, budget.colors),
            (self.group, budget.group),
            (self.seed, recipe.seed),
        ):
            figure.setValue(value)

    def set_ready(self, why_not: str) -> None:
        """Say why no training can be started now; empty when one can."""
        self.start.setEnabled(not why_not)
        self.why_not.setText(why_not)
        self.why_not.setVisible(bool(why_not))

    def press_start(self) -> None:
        """Start, if all is sound; else say beside the field what is not."""
        if not self.start.isEnabled():
            return
        name = " ".join(self.name.text().split())
        fault = "Give the painter a name." if not name else ""
        if len(name) > _NAME_LIMIT:
            fault = f"This is {len(name)} characters long; {_NAME_LIMIT} is the most."
        self.name_field.set_fault(fault)
        panel = self.panel.panel()
        self.panel_field.set_fault(
            "" if panel is not None else "Add a judge: without a taste there is no reward."
        )
        if fault or panel is None:
            return
        try:
            begun = self._begun or Recipe(name=name, panel=panel)
            made = recipes.check(
                msgspec.structs.replace(
                    begun, name=name, panel=panel, seed=int(self.seed.value()), budget=self._budget()
                )
            )
        except RecipeError as error:
            self.name_field.set_fault(str(error))
            return
        judges: dict[str, JudgeSpec] = {}
        for slug in (*self.panel.tastes, *self.panel.guards):
            spec = self._entries[slug].spec
            assert spec is not None
            judges[slug] = spec
        self.start_wanted.emit(made, judges)

    def _budget(self) -> Budget:
        return Budget(steps=self.steps, colors=int(self.colors.value()), group=int(self.group.value()))

    def _name_typed(self, text: str) -> None:
        self._named = bool(text.strip())
        self.name_field.set_fault("")

    def _panel_edited(self) -> None:
        self.panel_field.set_fault("")
        self._name_after_judge()

    def _name_after_judge(self) -> None:
        first = next(iter(self.panel.tastes), "")
        if not self._named and first in self._entries:
            self.name.setText(f"My {self._entries[first].name}"[:_NAME_LIMIT])

"""The recipe on one page: what the painter is called and begins as, who judges it, how long; and the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from engine import catalogue
from engine.judges.spec import JudgeSpec
from engine.judges.trial import Advice
from engine.recipe import EMBEDDED_BASE, Recipe
from studio.judges import JudgeEntry
from studio.views import preflight, train_form
from studio.views import recipe_fields as fields
from studio.views.preflight import Surroundings
from studio.views.train_form import LENGTHS, NAME_LIMIT, FormError
from ui.icons import Icons
from ui.theme import Theme
from ui.widgets.base_offer import BaseOffer
from ui.widgets.basics import AccentButton, Label, button, column, plate, row
from ui.widgets.budget_cards import BudgetCards
from ui.widgets.choice import Choice, scroll_past
from ui.widgets.faults import Field
from ui.widgets.fold import Fold
from ui.widgets.panel import PanelEditor
from ui.widgets.recipe_fields import RecipeFields

OTHER = "\0other"
"""The choice of a base that is a folder yet to be chosen."""


class TrainForm(QWidget):
    """What a training is made from. Its ``foot``, with Start, is laid out by who shows the form.

    Attributes
    ----------
    start_wanted
        Start was pressed and all is sound; carries the ``Recipe`` and its judges by slug.
    edited
        The draft changed, by whomever.
    surroundings_wanted
        What the estimates depend on changed: look again, and call :meth:`show_surroundings`.
    folder_wanted
        Another base's folder is to be chosen.
    reveal
        A part of the form should be seen; carries the widget.
    """

    start_wanted = Signal(Recipe, dict)
    edited = Signal()
    surroundings_wanted = Signal()
    folder_wanted = Signal()
    reveal = Signal(QWidget)

    def __init__(self, theme: Theme, icons: Icons) -> None:
        super().__init__()
        self._theme, self._icons = theme, icons
        self._draft = train_form.start()
        self._named = False  # by the person, so that it is not named after the judge any more
        self._around = Surroundings()
        self._advice: dict[str, Advice] = {}
        self._busy = ""
        self._bases: dict[str, str] = {EMBEDDED_BASE: "SmolLM2 135M, embedded"}
        self._undo: tuple[Recipe, dict[str, JudgeSpec], bool] | None = None
        self._spare: dict[str, JudgeSpec] = {}
        self._chained: list[QWidget] = []
        self.advanced: RecipeFields | None = None
        self.name = QLineEdit()
        self.name.setFont(theme.font(13))
        self.name.setMaxLength(200)
        self.name.setAccessibleName("The painter's name")
        self.base = Choice(theme, icons, "The base that it begins as")
        scroll_past(self.base)
        self.offer = BaseOffer(theme, self)
        self.panel = PanelEditor(theme, icons)
        self.sentence = Label(theme, size=13, tone="2", wrap=True)
        self.warning = Label(theme, size=12, tone="2", wrap=True)
        self.budget = BudgetCards(theme, "How long to train", ())
        self.custom = Label(theme, size=12, tone="2", wrap=True)
        self.basis = Label(theme, size=12, tone="3", wrap=True)
        self.fold = Fold(theme, icons, "Advanced")
        self.said = Label(theme, size=12, tone="2", wrap=True)
        self.undo = button(theme, "Undo", "Undo: the recipe as it was", kind="link")
        self.preflight = Label(theme, size=12, tone="3", wrap=True)
        self.start = AccentButton(theme, "Start training", "Ctrl+Return")
        self.why_not = Label(theme, size=12, tone="3", wrap=True)
        self.name_field = Field(theme, "Painter", self.name, term="painter")
        self.base_field = Field(theme, "Base", self.base, term="base")
        self.panel_field = Field(theme, "Judged by", self.panel, term="panel")
        self.foot = self._lay_out()
        for label in (self._note, self.custom, self.basis, self.why_not, self.said, self.undo):
            label.hide()

        self.name.textEdited.connect(self._name_typed)
        self.base.chosen.connect(self._base_chosen)
        self.panel.edited.connect(self._panel_edited)
        self.budget.chosen.connect(lambda place: self.set_value("budget.steps", LENGTHS[place][1]))
        self.fold.toggled.connect(lambda opened: self.reveal.emit(self.fold.head) if opened else None)
        self.undo.clicked.connect(self._take_back)
        self.start.clicked.connect(self.press_start)
        self._show()

    @property
    def draft(self) -> Recipe:
        """What is chosen; it need not be sound."""
        return self._draft

    @property
    def judges(self) -> dict[str, JudgeSpec]:
        """The judges of the panel that there are."""
        known = self.panel.judges
        return {slug: known[slug] for slug in self._draft.panel.judges if slug in known}

    @property
    def advice(self) -> dict[str, Advice]:
        """What came of trying the models of some judges, by slug."""
        return self._advice

    def recipe(self) -> Recipe | None:
        """Return the recipe, or ``None`` and show beside which fields the faults are."""
        try:
            made = train_form.read(self._draft, self.panel.judges)
        except FormError as error:
            self._show_faults(error.faults)
            return None
        self._show_faults({})
        return made

    def show_judges(self, entries: Sequence[JudgeEntry]) -> None:
        """Take note of which judges there are."""
        self.panel.show_judges(entries)
        self._show()
        self.surroundings_wanted.emit()

    def show_recipe(
        self, recipe: Recipe, judges: Mapping[str, JudgeSpec] | None = None, said: str = ""
    ) -> None:
        """Show a recipe to start from.

        Parameters
        ----------
        judges
            The judges that it was trained by; taken where the library has none of that slug.
        said
            What happened, in a sentence, if a person asked for it; it can be undone then.
        """
        self._undo = (self._draft, self._spare, self._named) if said else None
        self._set_draft(recipe, judges or {}, named=bool(recipe.name))
        self.said.setText(said)
        self.said.setVisible(bool(said))
        self.undo.setVisible(bool(said))
        if said:
            self.reveal.emit(self.said)

    def show_bases(self, bases: Sequence[str]) -> None:
        """Offer these bases: the embedded one, folders, and the catalogue's."""
        for base in bases:
            self._bases.setdefault(base, catalogue.title(base))
        self._show_base()

    def choose_base(self, base: str) -> None:
        """Choose a base, as a person would."""
        self._bases.setdefault(base, catalogue.title(base))
        self.set_value("base", base)
        self.surroundings_wanted.emit()

    def show_surroundings(self, around: Surroundings) -> None:
        """Take what the estimates depend on."""
        self._around = around
        if self.advanced is not None:
            self.advanced.set_devices(around.machine.devices, around.machine.threads)
        self._show_estimates()

    def show_advice(self, advice: Mapping[str, Advice]) -> None:
        """Take what came of trying the models of some judges, by slug."""
        self._advice = dict(advice)
        self._show_panel()

    def tell(self, said: str) -> None:
        """Say what was done, where nothing can be undone."""
        self._forget()
        self.said.setText(said)
        self.said.show()
        self.reveal.emit(self.said)

    def set_ready(self, why_not: str) -> None:
        """Say why no training can be started now; empty when one can."""
        self._busy = why_not
        self._show_estimates()

    def set_value(self, path: str, value: object) -> None:
        """Set a value of the draft, as a person would."""
        self._draft = fields.put(self._draft, path, value)
        self._show()

    def press_start(self) -> None:
        """Start, if all is sound; else say beside the fields what is not."""
        if not self.start.isEnabled():
            return
        made = self.recipe()
        if made is not None:
            self._forget()
            self.start_wanted.emit(made, self.judges)

    # Showing.

    def showEvent(self, event: object) -> None:
        """Begin to make what is folded away, now that it may be wanted."""
        if self.advanced is None:
            self.advanced = RecipeFields(self._theme, self._icons)
            self.advanced.made.connect(self._field_made)
            self.advanced.edited.connect(self.set_value)
            self.advanced.reset_wanted.connect(self._reset)
            self.advanced.set_devices(self._around.machine.devices, self._around.machine.threads)
            self.fold.set_content(self.advanced)

    def _set_draft(self, draft: Recipe, spare: Mapping[str, JudgeSpec], *, named: bool) -> None:
        draft = fields.entered(draft)
        self._draft, self._spare, self._named = draft, dict(spare), named
        self.panel.show_panel(draft.panel, spare)
        self.choose_base(draft.base)
        self._show_faults({})

    def _show(self) -> None:
        """Show the draft as it is now."""
        shown = self.panel.panel(self._draft.panel)
        if shown != self._draft.panel:
            self.panel.show_panel(self._draft.panel, self._spare)
        first = next(iter(self._draft.panel.tastes), None)
        if not self._named and first is not None and first.judge in self.panel.names:
            name = f"My {self.panel.names[first.judge]}"[:NAME_LIMIT]
            self._draft = msgspec.structs.replace(self._draft, name=name)
        if " ".join(self.name.text().split()) != self._draft.name:
            self.name.setText(self._draft.name)
        self._show_base()
        self._show_panel()
        self._show_advanced()
        self._show_estimates()
        self.chain(anew=False)
        self.edited.emit()

    def _show_base(self) -> None:
        choices = [*self._bases.items(), (OTHER, "Choose a folder…")]
        self.base.show_choices(choices, self._draft.base)

    def _show_panel(self) -> None:
        panel = self._draft.panel
        self.sentence.setText(train_form.panel_sentence(panel, self.panel.names))
        said = train_form.panel_warnings(panel, self.judges, self._advice)
        self.warning.setText("\n\n".join(said))
        self._note.setVisible(bool(said) and bool(self.judges))

    def _show_advanced(self) -> None:
        changed = [path for path in fields.differing(self._draft) if path != "budget.steps"]
        self.fold.set_note(f"{len(changed)} changed" if changed else "")
        if self.advanced is not None:
            self.advanced.show_recipe(self._draft)
            self.advanced.show_faults(train_form.faults(self._draft, self.panel.judges))

    def _show_estimates(self) -> None:
        draft, judges = self._draft, self.judges
        place = train_form.length(draft)
        self.budget.show_cards(preflight.cards(draft, judges, self._around), place)
        told = preflight.look(draft, judges, self._around)
        budget = draft.budget
        wide = f"{budget.colors} colours × {budget.group} names"
        usual = (budget.colors, budget.group) == (8, 8)
        custom = f"{budget.steps} steps of {wide}." if place < 0 else "" if usual else f"Each step: {wide}."
        for label, text in ((self.custom, custom), (self.basis, told.basis)):
            label.setText(text)
            label.setVisible(bool(text))
        self.preflight.setText(" ".join(filter(None, (told.sentence, told.note))))
        self.preflight.setVisible(not told.refused)
        self.offer.show_offer(self._around.offer)
        self.base_field.set_fault("" if self._around.offer else self._around.base_fault)
        refused = "" if self._around.base_fault else told.refused
        self.why_not.set_tone("danger" if refused and not self._busy else "3")
        self.why_not.setText(self._busy or refused)
        self.why_not.setVisible(bool(self._busy or refused))
        self.start.setEnabled(not (self._busy or told.refused))

    def _show_faults(self, faults: Mapping[str, str]) -> None:
        for path, field in (("name", self.name_field), ("panel", self.panel_field)):
            field.set_fault(faults.get(path, ""))
        deep = [path for path in faults if path in fields.FIELDS]
        if deep:
            if self.advanced is not None:
                self.advanced.finish()
            self.fold.set_open(True)
        if self.advanced is not None:
            self.advanced.show_faults(faults)
        first = next(iter(faults), "")
        if first:
            self.reveal.emit(
                {"name": self.name_field, "panel": self.panel_field}.get(first)
                or (self.advanced.rows[first] if self.advanced is not None else self.fold.head)
            )

    # What the person does.

    def _name_typed(self, text: str) -> None:
        self._named = bool(text.strip())
        self.name_field.set_fault("")
        self._draft = msgspec.structs.replace(self._draft, name=" ".join(text.split()))
        self.edited.emit()

    def _base_chosen(self, base: str) -> None:
        if base == OTHER:
            self._show_base()  # until a folder is chosen it begins as before
            self.folder_wanted.emit()
        else:
            self.choose_base(base)

    def _panel_edited(self) -> None:
        self.panel_field.set_fault("")
        self._draft = msgspec.structs.replace(self._draft, panel=self.panel.panel(self._draft.panel))
        self._show()
        self.surroundings_wanted.emit()

    def _field_made(self, path: str) -> None:
        assert self.advanced is not None
        self.advanced.rows[path].show_value(fields.get(self._draft, path))
        if self.advanced.whole:
            self._show_advanced()
            self.chain()

    def _reset(self) -> None:
        self._undo = (self._draft, self._spare, self._named)
        self._draft = fields.reset(self._draft)
        self._show()
        self.said.setText("Everything under Advanced is as in a new recipe.")
        self.said.show()
        self.undo.show()
        self.reveal.emit(self.said)

    def _take_back(self) -> None:
        if self._undo is not None:
            draft, spare, named = self._undo
            self._forget()
            self._set_draft(draft, spare, named=named)

    def _forget(self) -> None:
        """Let go of what could be undone."""
        self._undo = None
        self.said.hide()
        self.undo.hide()

    def chain(self, *, anew: bool = True) -> None:
        """Let the focus go through the form from top to bottom; what is made later would come last."""
        if self.start.window() is not self.window():
            return  # the foot has not been laid out yet
        deep = self.advanced.controls if self.advanced is not None else []
        top = [self.undo, self.name, self.base, self.offer.press]
        chain = [*top, *self.panel.controls, self.budget, self.fold.head, *deep, self.start]
        if anew or chain != self._chained:
            self._chained = chain
            for before, after in pairwise(chain):
                QWidget.setTabOrder(before, after)

    def _lay_out(self) -> QWidget:
        said = row(space=8)
        said.addWidget(self.said, 1)
        said.addWidget(self.undo, 0, Qt.AlignmentFlag.AlignTop)
        judged = column(space=6)
        judged.addWidget(self.panel_field)
        judged.addWidget(self.sentence)
        self._note = plate("sunken")
        column(self._note, margin=10).addWidget(self.warning)
        judged.addWidget(self._note)
        length = column(space=6)
        length.addWidget(Field(self._theme, "Length", self.budget))
        length.addWidget(self.custom)
        length.addWidget(self.basis)
        layout = column(self, 10)
        layout.addLayout(said)
        layout.addWidget(self.name_field)
        layout.addWidget(self.base_field)
        layout.addLayout(self.offer.place)
        layout.addLayout(judged)
        layout.addLayout(length)
        layout.addWidget(self.fold)
        foot = QWidget()
        below = column(foot, 6)
        below.addWidget(self.preflight)
        below.addWidget(self.start)
        below.addWidget(self.why_not)
        return foot

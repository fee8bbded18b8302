"""Where a recipe comes from and goes to: two menus beside its heading."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

from engine.recipe import Recipe
from studio.runs import RunSummary
from ui.theme import Theme
from ui.widgets.basics import button, row

_RUNS = 12


class RecipeLinks(QWidget):
    """“Start from” and “Save”.

    Attributes
    ----------
    recipe_wanted
        Start from this recipe; carries it and what it is called.
    run_wanted
        Start from a run's recipe; carries the run's id.
    open_wanted, save_wanted, command_wanted
        Start from a file, write one, copy the command that trains it.
    """

    recipe_wanted = Signal(Recipe, str)
    run_wanted = Signal(str)
    open_wanted = Signal()
    save_wanted = Signal()
    command_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._house: list[Recipe] = []
        self._last: Recipe | None = None
        self._runs: list[RunSummary] = []
        self.start_from = button(theme, "Start from", "Start from another recipe", kind="link")
        self.keep = button(theme, "Save", "Save this recipe", kind="link")
        self.sources = QMenu(self.start_from)
        self.targets = QMenu(self.keep)
        for made, menu in ((self.start_from, self.sources), (self.keep, self.targets)):
            menu.setFont(theme.font(13))
            made.setMenu(menu)
        self.sources.setToolTipsVisible(True)
        self.sources.aboutToShow.connect(self.fill)
        self.targets.addAction("Save as a file…").triggered.connect(lambda _: self.save_wanted.emit())
        self.targets.addAction("Copy as a command").triggered.connect(lambda _: self.command_wanted.emit())
        layout = row(self, 12)
        layout.addWidget(self.start_from)
        layout.addWidget(self.keep)

    @property
    def house(self) -> list[Recipe]:
        """The house's recipes."""
        return self._house

    def show_sources(self, house: Sequence[Recipe], last: Recipe | None) -> None:
        """Take the house's recipes and the last one."""
        self._house, self._last = list(house), last

    def show_runs(self, runs: Sequence[RunSummary]) -> None:
        """Take the runs, newest first."""
        self._runs = [run for run in runs if not run.error]

    def fill(self) -> None:
        """Fill the menu of recipes to start from."""
        menu = self.sources
        menu.clear()
        if self._last is not None:
            self._offer(menu, self._last, f"Last used: {self._last.name}", "the last one")
            menu.addSeparator()
        for recipe in self._house:
            self._offer(menu, recipe, recipe.name, f"the house's {recipe.name}")
        if self._runs:
            menu.addSeparator()
            runs = menu.addMenu("An earlier run")
            runs.setFont(menu.font())
            for run in self._runs[:_RUNS]:
                action = runs.addAction(_plain(f"{run.name}, {run.date}"))
                action.triggered.connect(lambda _=False, run=run.id: self.run_wanted.emit(run))
        menu.addSeparator()
        menu.addAction("Open a file…").triggered.connect(lambda _: self.open_wanted.emit())

    def _offer(self, menu: QMenu, recipe: Recipe, text: str, called: str) -> None:
        action = menu.addAction(_plain(text))
        action.triggered.connect(lambda _=False: self.recipe_wanted.emit(recipe, called))


def _plain(text: str) -> str:
    """Return a menu's text in which an ampersand is one."""
    return text.replace("&", "&&")[:70]

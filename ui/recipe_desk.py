"""Between the recipes on disk, the service, and the Train page's form: what it starts from and rests on.

The form knows nothing of files or processes. What must be read is read off Qt's thread; what only the
service can tell (how fast the machine is, whether a model can judge) is asked while the form is seen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from engine.judges.spec import JudgeSpec
from engine.judges.trial import Advice
from engine.recipe import Recipe
from engine.service.protocol import Described, Failed, Tried
from studio.recipes import RecipeBook
from studio.runs import RunSummary
from studio.views import train_form
from studio.views.train_form import FormError
from ui.background import Background
from ui.base_fetcher import BaseFetcher
from ui.bridge import Service
from ui.widgets.recipe_links import RecipeLinks
from ui.widgets.train_form import TrainForm

_FILES = "Recipes (*.toml)"


class RecipeDesk(QObject):
    """Serves a form.

    Parameters
    ----------
    form, links
        The form and its menus.
    book, background, service
        The recipes on disk, where they are read, and who knows the machine and its models.
    say
        Shows a sentence about what went wrong; empty takes it back.
    """

    def __init__(
        self,
        form: TrainForm,
        links: RecipeLinks,
        book: RecipeBook,
        background: Background,
        service: Service,
        say: Callable[[str], None],
    ) -> None:
        super().__init__(form)
        self._form, self._links, self._book = form, links, book
        self._background, self._service, self._say = background, service, say
        self._facts: dict[str, object] = {}
        self._asked = 0  # the question about the machine that is open
        self._trying: dict[int, JudgeSpec] = {}
        self._advice: list[tuple[JudgeSpec, Advice]] = []
        self._told: tuple[tuple[str, str], ...] = ()  # the runs and how they stood
        self._looking = self._look_again = False

        self.fetcher = BaseFetcher(form.offer, book.fetching, lambda slug: self.look())
        form.surroundings_wanted.connect(self.look)
        form.edited.connect(self._try)
        form.folder_wanted.connect(self._choose_folder)
        links.recipe_wanted.connect(
            lambda recipe, called: form.show_recipe(recipe, said=f"Started from {called}.")
        )
        links.run_wanted.connect(self.start_from_run)
        links.open_wanted.connect(self._open)
        links.save_wanted.connect(self._save)
        links.command_wanted.connect(self._copy)
        service.ready.connect(lambda _: self.ask())
        service.facts.connect(self._described)
        service.tried.connect(self._tried)
        service.failed.connect(self._refused)

    def load(self) -> None:
        """Read what one may start from, and show the last recipe."""
        book, untouched = self._book, self._form.draft

        def work() -> tuple[list[Recipe], Recipe | None, list[str]]:
            return book.house(), book.last(), book.bases()

        def done(found: tuple[list[Recipe], Recipe | None, list[str]]) -> None:
            house, last, bases = found
            self._links.show_sources(house, last)
            self._form.show_bases(bases)
            if last is not None and self._form.draft.panel == untouched.panel:
                self._form.show_recipe(last)

        self._background.run(work, done, self._failed)

    def ask(self) -> None:
        """Ask the service what it runs on and how fast that is, if the form is seen and it can tell."""
        if self._form.isVisible() and self._service.described is not None and not self._asked:
            self._asked = self._service.describe()
            self._try()

    def look(self) -> None:
        """Look at what the estimates depend on."""
        if self._looking:
            self._look_again = True
            return
        self._looking = True
        base, judges = self._form.draft.base, list(self._form.panel.judges.values())
        book, facts = self._book, self._facts

        def done(around: object) -> None:
            self._looking = False
            if self._look_again:
                self._look_again = False
                self.look()
            else:
                self._form.show_surroundings(around)  # type: ignore[arg-type]

        self._background.run(lambda: book.look(base, judges, facts), done, self._looked_in_vain)

    def show_runs(self, runs: Sequence[RunSummary]) -> None:
        """Take note of the runs; when one has begun or ended, more is known of this machine."""
        self._links.show_runs(runs)
        told = tuple((run.id, run.status) for run in runs)
        if told != self._told:
            self._told = told
            self.look()

    def start_from_run(self, run: str) -> None:
        """Show a run's recipe in the form."""
        book = self._book

        def done(found: tuple[Recipe, dict[str, JudgeSpec]]) -> None:
            recipe, judges = found
            self._form.show_recipe(recipe, judges, f"Started from the run “{recipe.name}”.")

        self._background.run(lambda: book.of_run(run), done, self._failed)

    def remember(self) -> None:
        """Keep the recipe for the next start of the window; nothing if it is not sound."""
        try:
            made = train_form.read(self._form.draft, self._form.panel.judges)
            self._book.remember(made)
        except (FormError, OSError):
            return  # the one before is as good

    def started(self, recipe: Recipe) -> None:
        """Keep the recipe that a training was started with as the last one."""
        book = self._book

        def done(_: None) -> None:
            self._links.show_sources(house, recipe)

        house = self._links.house
        self._background.run(lambda: book.remember(recipe), done, self._failed)

    # The service.

    def _described(self, reply: Described) -> None:
        self._asked = 0
        self._facts = dict(reply.facts)
        self.look()

    def _try(self) -> None:
        """Have models tried that may not be able to judge, before anyone trains on what they say."""
        if not self._form.isVisible() or self._service.described is None:
            return
        judges = self._form.judges
        known = [spec for spec, _ in self._advice]
        for slug in train_form.worth_trying(self._form.draft.panel, judges):
            spec = judges[slug]
            if spec not in known and spec not in self._trying.values():
                self._trying[self._service.try_model(spec)] = spec
        self._show_advice()

    def _tried(self, reply: Tried) -> None:
        spec = self._trying.pop(reply.id, None)
        if spec is not None:
            self._advice.append((spec, reply.advice))
            self._show_advice()

    def _refused(self, reply: Failed) -> None:
        """Let go of a question that will not be answered; it is asked again when the form is seen again."""
        if reply.id == self._asked:
            self._asked = 0
        self._trying.pop(reply.id, None)

    def _show_advice(self) -> None:
        judges = self._form.judges
        found = {
            slug: advice for slug, spec in judges.items() for tried, advice in self._advice if tried == spec
        }
        if found != self._form.advice:
            self._form.show_advice(found)

    # Files.

    def _choose_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self._form, "A folder with a transformers model")
        if chosen:
            self._form.choose_base(str(Path(chosen)))

    def _open(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self._form, "Open a recipe", "", _FILES)
        if chosen:
            self._read(Path(chosen))

    def _read(self, path: Path) -> None:
        book = self._book

        def done(recipe: Recipe) -> None:
            self._say("")
            self._form.show_recipe(recipe, said=f"Started from {path.name}.")

        self._background.run(lambda: book.open(path), done, self._failed)

    def _save(self) -> None:
        made = self._form.recipe()
        if made is None:
            return
        name = f"{made.name}.toml".replace("/", "-")
        chosen, _ = QFileDialog.getSaveFileName(self._form, "Save the recipe", name, _FILES)
        if chosen:
            book = self._book
            self._background.run(
                lambda: book.save(made, Path(chosen)),
                lambda path: self._form.tell(f"Saved as {path.name}."),
                self._failed,
            )

    def _copy(self) -> None:
        made = self._form.recipe()
        if made is None:
            return
        book = self._book

        def done(command: str) -> None:
            QGuiApplication.clipboard().setText(command)
            self._form.tell(f"Copied: {command}")

        self._background.run(lambda: book.command(made), done, self._failed)

    def _failed(self, error: Exception) -> None:
        self._say(str(error))

    def _looked_in_vain(self, error: Exception) -> None:
        self._looking = self._look_again = False
        self._failed(error)

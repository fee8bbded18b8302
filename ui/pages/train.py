"""Train: a recipe on the left, the run that is watched on the right, and the runs there were."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import msgspec
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QScrollArea, QStackedWidget, QWidget
from shiboken6 import isValid

from engine.events import GroupPainted
from engine.judges.spec import JudgeSpec
from engine.recipe import Origin, Recipe
from studio import cures
from studio.judges import JudgeEntry
from studio.recipes import RecipeBook
from studio.runs import RunSummary, fork_name
from studio.views.cures import CuresView, cures_of
from studio.views.run import LIVE, RunView
from studio.views.run_words import line
from ui.background import Background
from ui.bridge import Service
from ui.commands import Command
from ui.icons import Icons
from ui.recipe_desk import RecipeDesk
from ui.theme import Theme
from ui.tips import tip
from ui.trainings import Trainings
from ui.widgets.basics import Label, column, row, rule
from ui.widgets.fork_note import ForkNote
from ui.widgets.recipe_links import RecipeLinks
from ui.widgets.run_pane import RunPane
from ui.widgets.shelf import Item, Shelf
from ui.widgets.tabs import Tabs
from ui.widgets.train_form import TrainForm

_GUTTER = 8


class TrainPage(QWidget):
    """Starts, shows, stops and resumes trainings.

    Parameters
    ----------
    theme, icons
        The look.
    trainings
        The runs.
    book, background, service
        Recipes on disk, where they are read, and who knows the machine and its models.
    watched
        The id of the run that was watched last.

    Attributes
    ----------
    compare_wanted
        The person asked to see a new painter's names.
    """

    title = "Train"
    icon = "chart-spline"

    compare_wanted = Signal()

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        trainings: Trainings,
        book: RecipeBook,
        background: Background,
        service: Service,
        watched: str = "",
    ) -> None:
        super().__init__()
        self.setObjectName("page")
        self._theme, self._trainings = theme, trainings
        self._wanted = watched
        self._shown = ""
        self._summaries: dict[str, RunSummary] = {}
        self._judges: dict[str, JudgeSpec] = {}
        self._cures = cures.load()
        self.form = TrainForm(theme, icons)
        self.links = RecipeLinks(theme)
        self.tabs = Tabs(theme, "What this side shows", ("Recipe",))
        self.desk = RecipeDesk(self.form, self.links, book, background, service, self.say)
        self.runs = Shelf(theme, "Runs")
        self.fork_note = ForkNote(theme)
        self.pane = RunPane(theme)
        self.fault = Label(theme, size=12, tone="danger", wrap=True)
        self.fault.hide()
        self._side = self._lay_out_side()
        self._layout = row(self)
        self._layout.addWidget(self._side)
        self._layout.addWidget(self.pane, 1)
        self._fill([])

        start = QShortcut(QKeySequence("Ctrl+Return"), self)
        start.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        start.activated.connect(self.form.press_start)
        self.form.start_wanted.connect(self._start)
        self.form.reveal.connect(self._reveal)
        self.tabs.chosen.connect(self._turn)
        self.runs.chosen.connect(self._choose)
        self._connect_pane(trainings)
        trainings.listed.connect(self._listed)
        trainings.viewed.connect(self._viewed)
        trainings.ended.connect(self._ended)
        trainings.failed.connect(self.say)

    def show_judges(self, entries: Sequence[JudgeEntry]) -> None:
        """Take note of which judges there are."""
        self._judges = {entry.slug: entry.spec for entry in entries if entry.spec is not None}
        self.form.show_judges(entries)
        self.pane.cures.show_cures(self._cures_now())

    def commands(self) -> Sequence[Command]:
        """Return what can be done here."""
        view = self.pane.view
        return (
            Command("Start training", self.form.press_start, "Ctrl+Return", "begin run", self._can_start),
            Command("Stop and save", self._trainings.stop, "", "end halt", lambda: bool(view and view.live)),
        )

    def _can_start(self) -> bool:
        return self.form.start.isEnabled()

    def show_color(self, color: str) -> None:
        """Let the first of the pinned colours be near the person's own."""
        self.pane.story.set_near(color)

    def _connect_pane(self, trainings: Trainings) -> None:
        pane, head = self.pane, self.pane.head
        head.stop_wanted.connect(trainings.stop)
        head.pause_wanted.connect(trainings.pause)
        head.go_on_wanted.connect(trainings.go_on)
        head.resume_wanted.connect(trainings.resume)
        head.compare_wanted.connect(self.compare_wanted)
        head.recipe_wanted.connect(self._use_recipe)
        head.fork_wanted.connect(self._prepare_fork)
        pane.step_wanted.connect(trainings.open_step)
        pane.overlays_wanted.connect(trainings.overlay)
        pane.cure_wanted.connect(self._cure)
        trainings.noted.connect(lambda _, aside: pane.show_aside(aside))
        trainings.drawn.connect(lambda _, sheet: pane.show_sheet(sheet))
        trainings.stepped.connect(self._stepped)
        trainings.overlaid.connect(pane.show_overlays)
        trainings.listed.connect(pane.show_runs)

    def _use_recipe(self, recipe: Recipe) -> None:
        self.fork_note.clear()
        self.form.show_recipe(recipe, said=f"Started from the run “{recipe.name}”.")

    def _prepare_fork(self, recipe: Recipe, origin: Origin) -> None:
        """Show the recipe, to be changed or not; Start then begins from the checkpoint."""
        self.fork_note.show_origin(recipe.name, origin)
        forked = msgspec.structs.replace(recipe, name=fork_name(recipe.name))
        self.form.show_recipe(forked, said=f"Started from the run “{recipe.name}”.")

    def _cure(self, slug: str) -> None:
        """Start a fork of the watched run with a cure, and lay the run over it."""
        view, shown = self.pane.view, self._cures_now()
        if view is None or view.recipe is None or shown is None:
            return
        self.say("")
        self.form.set_ready("Starting…")
        self.pane.cures.set_busy("Starting…")
        forked = cures.find(slug, self._cures).fork(view.recipe)
        self._trainings.cure(self._shown, forked, self._judges, shown.origin)

    def _cures_now(self) -> CuresView | None:
        view = self.pane.view
        kept = self.pane.head.checkpoints
        return cures_of(self._cures, self._shown, view, kept, self._judges) if view is not None else None

    def _stepped(self, run: str, step: int, groups: tuple[GroupPainted, ...]) -> None:
        if run == self._shown:
            self.pane.show_step(step, groups)

    def showEvent(self, event: object) -> None:
        """Look for runs that were started elsewhere, and at what is free."""
        self._trainings.refresh()
        self.desk.ask()
        self.desk.look()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the pages' margins."""
        wide = self.width() >= 1100
        margin = 32 if wide else 24
        self._layout.setContentsMargins(margin, 8, margin, margin - 8)
        self._layout.setSpacing(margin - 10)
        self._side.setFixedWidth(self._theme.broad(306 if wide else 274))
        super().resizeEvent(event)

    def _start(self, recipe: Recipe, judges: dict[str, object]) -> None:
        self.say("")
        self.form.set_ready("Starting…")
        self.desk.started(recipe)
        origin = self.fork_note.origin
        self.fork_note.clear()
        if origin is not None:
            self._trainings.fork(recipe, judges, origin)  # type: ignore[arg-type]
        else:
            self._trainings.start(recipe, judges)  # type: ignore[arg-type]

    def _lay_out_side(self) -> QWidget:
        """Lay the recipe and the runs behind one another, with Start below either."""
        holder = QWidget()
        holder.setObjectName("bare")
        inside = column(holder, 12)
        inside.addWidget(self.fork_note)
        inside.addWidget(self.form)
        inside.addStretch(1)
        inside.setContentsMargins(0, 0, _GUTTER, 0)
        self._scroll = QScrollArea()
        self._scroll.setWidget(holder)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Always there, so that nothing shifts when it is needed; seen only then.
        self._scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        bar = self._scroll.verticalScrollBar()

        def settle(low: int, high: int) -> None:
            # While a window is torn down the range changes once more, of a bar that is no more.
            if isValid(bar):
                bar.setEnabled(high > low)

        bar.rangeChanged.connect(settle)
        right = _GUTTER + bar.sizeHint().width()
        self._faces = QStackedWidget()
        self._faces.addWidget(self._scroll)
        runs = QWidget()
        shelf = column(runs)
        shelf.addWidget(self.runs)
        shelf.setContentsMargins(0, 0, right, 0)
        self._faces.addWidget(runs)
        head = row()
        head.addWidget(self.tabs)
        head.addStretch(1)
        head.addWidget(self.links)
        head.setContentsMargins(0, 0, right, 0)
        foot = column(space=8)
        foot.setContentsMargins(0, 0, right, 0)
        foot.addWidget(rule())
        foot.addWidget(self.form.foot)
        foot.addWidget(self.fault)
        side = QWidget()
        whole = column(side, 8)
        whole.addLayout(head)
        whole.addWidget(self._faces, 1)
        whole.addLayout(foot)
        chain = (self.tabs, self.links.start_from, self.links.keep, self.runs, self.form.undo)
        for before, after in pairwise(chain):
            QWidget.setTabOrder(before, after)
        self.form.chain()
        return side

    def _turn(self, place: int) -> None:
        self._faces.setCurrentIndex(place)
        self.links.setVisible(place == 0)

    def _reveal(self, part: QWidget) -> None:
        """Turn to the recipe and scroll to a part of it, once what is new there has found its place."""
        self.tabs.choose(0)
        self._turn(0)
        QTimer.singleShot(0, part, lambda: self._scroll.ensureWidgetVisible(part, 0, 120))

    def _choose(self, run: str) -> None:
        self._trainings.watch(run)

    def _listed(self, summaries: Sequence[RunSummary]) -> None:
        self._fill(summaries)
        if not self._trainings.watched and summaries:
            # A run that goes on is found again; else the one that was watched last, else the newest.
            going = self._trainings.going
            ids = [summary.id for summary in summaries]
            wanted = going.id if going is not None else self._wanted if self._wanted in ids else ids[0]
            self._trainings.watch(wanted)
            self._fill(summaries)

    def _fill(self, summaries: Sequence[RunSummary]) -> None:
        self._summaries = {summary.id: summary for summary in summaries}
        self.tabs.set_words(("Recipe", f"Runs {len(summaries)}") if summaries else ("Recipe",))
        self.desk.show_runs(summaries)
        if not summaries and not self._shown:
            self.pane.show_none()
        items = [
            Item(
                summary.id,
                summary.name,
                line(summary),
                live=summary.status in LIVE,
                faulty=bool(summary.error) or summary.status in ("failed", "crashed"),
            )
            for summary in summaries
        ]
        self.runs.show_items(items, self._trainings.watched)
        self._settle()

    def _viewed(self, run: str, view: RunView) -> None:
        fresh, self._shown = run != self._shown, run
        self.pane.show_run(view, fresh=fresh, run=run)
        self.pane.cures.show_cures(self._cures_now())
        self._settle()

    def _ended(self, run: str, sentence: str) -> None:
        view = self.pane.view
        if run == self._shown and view is not None and view.status in ("failed", "crashed"):
            self.pane.head.words.setText(f"It got to step {view.step} of {view.steps}.")
            self.pane.say_end(sentence)

    def _settle(self) -> None:
        """One training at a time: two would share the machine and both take twice as long."""
        going = self._trainings.going
        watched = self.pane.view
        name = going.name if going is not None else ""
        if watched is not None and self._shown == self._trainings.watched:
            if watched.live:
                name = watched.name
            elif going is not None and going.id == self._shown:
                name = ""
        other = going is not None and going.id != self._shown
        self.pane.head.resume.setEnabled(not other)
        self.pane.head.resume.setToolTip(
            tip(f"“{going.name[:60]}” is training now" if going and other else "")
        )
        busy = f"“{name[:60]}” is training. Stop it, or let it finish, to start another." if name else ""
        self.form.set_ready(busy)
        self.pane.cures.set_busy(busy)

    def say(self, sentence: str) -> None:
        """Show what could not be done; empty for nothing."""
        self.fault.setText(sentence)
        self.fault.setVisible(bool(sentence))
        if sentence:
            self._settle()

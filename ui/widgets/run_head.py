"""A run's name, what it does now, and all that can be done with it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QMenu, QWidget

from engine.recipe import Origin, Recipe
from studio.views.run import RunView
from studio.views.run_words import doing
from ui.theme import Theme
from ui.widgets.basics import Elided, Label, button, column, row


class RunHead(QWidget):
    """The head of a run.

    Attributes
    ----------
    stop_wanted, pause_wanted, go_on_wanted, resume_wanted, compare_wanted
        What was pressed.
    recipe_wanted
        The run's recipe is to be used again.
    fork_wanted
        A new run is to begin from one of its checkpoints: the recipe, and the ``Origin``.
    checkpoints
        The steps that it can be forked from, newest first.
    """

    stop_wanted = Signal()
    pause_wanted = Signal()
    go_on_wanted = Signal()
    resume_wanted = Signal()
    compare_wanted = Signal()
    recipe_wanted = Signal(Recipe)
    fork_wanted = Signal(Recipe, Origin)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._view: RunView | None = None
        self._run = ""
        self.checkpoints: tuple[int, ...] = ()
        self.title = Elided(theme, size=20, weight=600)
        self.title.setFont(theme.font(20, 600, display=True))
        self.words = Label(theme, size=13, tone="2", wrap=True)
        self.words.setAccessibleName("What the training does")
        self.pause = button(theme, "Pause")
        self.stop = button(theme, "Stop and save")
        self.resume = button(theme, "Resume")
        self.compare = button(theme, "See its names")
        self.build = button(theme, "Build on it…", "Fork this run, or use its recipe again")
        self.menu = QMenu(self)
        self.build.setMenu(self.menu)
        layout = column(self, 2)
        top = row(space=8)
        top.addWidget(self.title, 1)
        for action in (self.pause, self.stop, self.resume, self.compare, self.build):
            top.addWidget(action, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(top)
        layout.addWidget(self.words)
        self.stop.clicked.connect(self.stop_wanted)
        self.pause.clicked.connect(self._pause_pressed)
        self.resume.clicked.connect(self.resume_wanted)
        self.compare.clicked.connect(self.compare_wanted)
        self.menu.aboutToShow.connect(self.fill)

    @property
    def resting(self) -> bool:
        """Whether the run rests, or is about to."""
        return self._view is not None and self._view.status in ("paused", "pausing")

    def show_run(self, view: RunView, run: str) -> None:
        """Show a run, by its view and its id."""
        self._view, self._run = view, run
        self.title.setText(view.name)
        self.words.setText(doing(view))
        self.pause.setText("Go on" if self.resting else "Pause")
        self.pause.setAccessibleName(self.pause.text())
        self.pause.setToolTip(
            "Go on from where it rests" if self.resting else "Finish the step, save, and rest in memory"
        )
        self.pause.setVisible(view.status in ("running", "pausing", "paused"))
        self.stop.setVisible(view.live)
        self.stop.setEnabled(view.status != "stopping")
        self.resume.setVisible(view.status in ("stopped", "failed", "crashed"))
        self.compare.setVisible(view.status == "completed" and bool(view.painter))
        self.build.setVisible(view.recipe is not None)

    def fill(self) -> None:
        """Offer the checkpoints there are, and the recipe."""
        self.menu.clear()
        recipe = self._view.recipe if self._view is not None else None
        if recipe is None:
            return
        for step in self.checkpoints:
            origin = Origin(run=self._run, step=step)
            fork = self.menu.addAction(f"Fork from step {step}")
            fork.triggered.connect(lambda _=False, origin=origin: self.fork_wanted.emit(recipe, origin))
        if not self.checkpoints:
            self.menu.addAction("No checkpoint to fork from yet").setEnabled(False)
        self.menu.addSeparator()
        again = self.menu.addAction("Use this recipe from the beginning")
        again.triggered.connect(lambda: self.recipe_wanted.emit(recipe))

    def _pause_pressed(self) -> None:
        (self.go_on_wanted if self.resting else self.pause_wanted).emit()

"""One run: what it does, its curves, a step's groups, its colours' names through time, runs beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QStackedLayout, QWidget

from engine.events import GroupPainted
from studio.runs import RunSummary
from studio.views import alarm
from studio.views.group import group_views
from studio.views.meanings import MEANINGS
from studio.views.overlay import Overlay
from studio.views.plots import Sheet
from studio.views.run import RunView
from studio.views.run_words import advice, facts, pace
from ui.terms import Term
from ui.theme import Theme
from ui.tips import tip
from ui.trainings import Aside
from ui.widgets.alarm_strip import AlarmStrip
from ui.widgets.basics import Elided, Label, button, column, plate, row
from ui.widgets.collapse_pane import CollapsePane
from ui.widgets.color_story import ColorStory
from ui.widgets.cures import Cures
from ui.widgets.flow import FlowStrip, Moment
from ui.widgets.groups import GroupStrip
from ui.widgets.overlays import Overlays
from ui.widgets.progress import Bar
from ui.widgets.run_head import RunHead
from ui.widgets.sketch import Sketch
from ui.widgets.tabs import Tabs

if TYPE_CHECKING:
    # Imported after the first frame: pyqtgraph takes half as long as the rest of the window.
    from ui.plots.board import PlotBoard

WIDE = 960
"""From this width on, the groups stand beside the curves."""
LOW = 640
"""Below this height, all that can give way does."""
_SIDE = 352
_TABS = ("Groups", "Over time", "Compare", "Collapse", "Cures")
_CURES = 4


class RunPane(QWidget):
    """The run that is watched.

    Attributes
    ----------
    head
        Its name, what it does, and what can be done with it.
    step_wanted
        A step whose groups are not among the latest is to be looked into.
    overlays_wanted
        Other runs are to be laid over: their ids.
    cure_wanted
        A cure is to be taken: its slug.
    """

    step_wanted = Signal(int)
    overlays_wanted = Signal(list)
    cure_wanted = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._view: RunView | None = None
        self._sheet: Sheet | None = None
        self._aside = Aside()
        self._plot: PlotBoard | None = None
        self._pinned = 0
        self._hovered = 0
        self._old: tuple[int, tuple[GroupPainted, ...]] = (0, ())  # a step that was read back
        self.facts = Label(theme, size=12, tone="3", tabular=True)
        self.bar = Bar(theme, "Progress of the training")
        self.head = RunHead(theme)
        self.title, self.words = self.head.title, self.head.words
        self.stop, self.resume, self.compare = self.head.stop, self.head.resume, self.head.compare
        self.flow = FlowStrip(theme)
        self.notice = Label(theme, size=13, tone="2", wrap=True)
        self.notice.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.readout = Elided(theme, size=12, tone="2")
        self.readout.setFont(theme.font(12, tabular=True))
        self.tabs = Tabs(theme, "What is shown of the run", _TABS)
        self.step_title = Label(theme, size=13, weight=600, tabular=True)
        self.latest = button(theme, "Follow the latest", kind="quiet")
        self.groups = GroupStrip(theme)
        self.story = ColorStory(theme)
        self.alarm = AlarmStrip(theme)
        self.collapse = CollapsePane(theme)
        self.overlays = Overlays(theme)
        self.cures = Cures(theme)
        self._none = Label(theme, "The first names come with the first step.", 13, "3", wrap=True)

        self._content = QWidget()
        inner = column(self._content, 8)
        inner.addWidget(self.head)
        inner.addWidget(self.flow)
        inner.addWidget(self.bar)
        self._banner = plate("sunken")
        column(self._banner, 0, 10).addWidget(self.notice)
        inner.addWidget(self.alarm)
        inner.addWidget(self._banner)
        self._body = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._body.setSpacing(8)
        self._body.addWidget(self._curves(), 3)
        self._side = self._lower(theme)
        self._body.addWidget(self._side, 2)
        inner.addLayout(self._body, 1)
        self.sketch = Sketch(theme)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.sketch)
        self._stack.addWidget(self._content)

        self.latest.clicked.connect(lambda: self._pin(0))
        self.tabs.chosen.connect(self._turn)
        self.overlays.wanted.connect(self.overlays_wanted)
        for told in (self.story, self.collapse):
            told.shown.connect(self._story_shown)
        self.cures.wanted.connect(self.cure_wanted)
        self.alarm.cures.clicked.connect(self._show_cures)

    @property
    def view(self) -> RunView | None:
        """The run that is shown."""
        return self._view

    @property
    def plotted(self) -> bool:
        """Whether the plots are there."""
        return self._plot is not None

    @property
    def plot(self) -> PlotBoard:
        """The plots, once they are there."""
        assert self._plot is not None
        return self._plot

    def set_plot(self, plot: PlotBoard) -> None:
        """Take in the plots, once pyqtgraph is loaded."""
        self._card.addWidget(plot, 1)
        self._plot = plot
        self._plot.hovered.connect(self._hover)
        self._plot.pinned.connect(self._pin)
        if self._sheet is not None:
            self._plot.show_sheet(self._sheet)

    def show_none(self) -> None:
        """Show that there is no run."""
        self._view = None
        self._stack.setCurrentIndex(0)

    def show_run(self, view: RunView, *, fresh: bool, run: str = "") -> None:
        """Show a run; ``fresh`` says that it is another than before."""
        self._view = view
        self._stack.setCurrentIndex(1)
        if fresh:
            self._old = (0, ())
            if self._plot is not None:
                self._plot.show_all()
            self._pin(0)
            self.say_end("")
        self.head.show_run(view, run)
        self.facts.setText(pace(view))
        for part in (self.facts, self.words):
            part.setToolTip(tip(facts(view)))
        self.bar.set_share(view.phase_done if view.status == "loading" else view.done)
        self.bar.setVisible(view.live)
        if view.live:
            self.say_end("")
        self.notice.set_tone("danger" if view.status in ("failed", "crashed") else "2")
        if not self.notice.text():
            self.say_end(advice(view))
        self.alarm.show_standing(alarm.standing(view))
        self.collapse.show_run(view, fresh=fresh)
        self.story.show_evals(view.evals, fresh=fresh)
        self.overlays.show_watched(run, view.name, view.recipe)
        self._show_groups()
        self._read_out()

    def show_sheet(self, sheet: Sheet) -> None:
        """Draw the run's curves."""
        self._sheet = sheet
        if self._plot is not None:
            self._plot.show_sheet(sheet)
        self._read_out()

    def show_aside(self, aside: Aside) -> None:
        """Take note of the judges' names and of the checkpoints."""
        self._aside = aside
        self.head.checkpoints = aside.checkpoints
        self._show_groups()

    def show_runs(self, summaries: Sequence[RunSummary]) -> None:
        """Take note of which runs there are."""
        self.overlays.show_runs(summaries)

    def show_overlays(self, overlays: Sequence[Overlay]) -> None:
        """Show which runs are laid over this one."""
        self.overlays.show_overlays(overlays)

    def show_step(self, step: int, groups: tuple[GroupPainted, ...]) -> None:
        """Show an earlier step's groups, which were read back."""
        self._old = (step, groups)
        self._show_groups()

    def say_end(self, sentence: str) -> None:
        """Say how the run ended, where its own words do not suffice."""
        self.notice.setText(sentence)
        self._banner.setVisible(bool(sentence))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Stand the groups beside the curves where there is room, else below them."""
        super().resizeEvent(event)
        wide = self.width() >= WIDE
        directions = QBoxLayout.Direction
        self._body.setDirection(directions.LeftToRight if wide else directions.TopToBottom)
        self._body.setSpacing(16 if wide else 8)
        # Beside the curves there is no room for the tabs and the step in one line.
        self._above.setDirection(directions.TopToBottom if wide else directions.LeftToRight)
        self._side.setMinimumWidth(_SIDE if wide else 0)
        self._side.setMaximumWidth(_SIDE if wide else 16_777_215)
        low = self.height() < LOW
        self._theme.fit(self.flow, height=58 if low else 64)
        self.facts.setVisible(wide)
        self.groups.set_upright(wide)
        self.story.set_upright(wide)
        self.collapse.set_upright(wide)
        self._limit()

    # --- how it is set

    def _curves(self) -> QWidget:
        card = plate("surface")
        self._card = column(card, 4)
        self._card.setContentsMargins(12, 10, 8, 8)
        top = row(space=12)
        top.setContentsMargins(8, 0, 8, 0)
        title = Term(self._theme, "Reward", 13, weight=600)
        title.setToolTip(MEANINGS["reward"])
        top.addWidget(title)
        top.addWidget(self.readout, 1)
        top.addWidget(self.facts)
        self._card.addLayout(top)
        return card

    def _lower(self, theme: Theme) -> QWidget:
        side = QWidget()
        self._above = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._above.setSpacing(8)
        self._above.addWidget(self.tabs)
        step = row(space=8)
        step.addStretch(1)
        step.addWidget(self.step_title)
        step.addWidget(self.latest)
        self._above.addLayout(step, 1)
        pages = QWidget()  # without one, the first page would open as a window of its own
        self._pages = QStackedLayout(pages)
        grouped = QWidget()
        stacked = column(grouped, 8)
        stacked.addWidget(self._none)
        stacked.addWidget(self.groups, 1)
        stacked.addStretch(0)
        for page in (grouped, self.story, self.overlays, self.collapse, self.cures):
            self._pages.addWidget(page)
        layout = column(side, 8)
        layout.addLayout(self._above)
        layout.addWidget(pages, 1)
        return side

    def _limit(self) -> None:
        """Below the curves, what is shown takes what it needs and no more."""
        beside = self.width() >= WIDE
        needed = self.groups.sizeHint().height() if self.tabs.place == 0 else 250
        self._side.setMaximumHeight(16_777_215 if beside else needed + 40)
        self._side.setMinimumHeight(0 if beside else 156)

    # --- what is shown

    def _pin(self, step: int) -> None:
        self._pinned = step
        if self._plot is not None:
            self._plot.pin(step)
        if step:
            self.tabs.choose(0)
        self._show_groups()

    def _hover(self, step: int) -> None:
        self._hovered = step
        self._read_out()

    def _turn(self, place: int) -> None:
        self._pages.setCurrentIndex(place)
        if self._plot is not None:
            self._plot.cross(-1)
        self._show_groups()
        self._limit()

    def _show_cures(self) -> None:
        self.tabs.choose(_CURES)
        self._turn(_CURES)

    def _story_shown(self, step: int) -> None:
        if self._plot is not None:
            self._plot.cross(step)

    def _series(self) -> Mapping[str, int]:
        """Return each judge's colour, as the curves have it."""
        view = self._view
        return {slug: place for place, slug in enumerate(view.judge_curves)} if view is not None else {}

    def _show_groups(self) -> None:
        view = self._view
        if view is None:
            return
        step = self._pinned or max(view.groups, default=0)
        groups = view.groups.get(step, ())
        if self._pinned and not groups:
            if self._old[0] == step:
                groups = self._old[1]
            else:
                self._old = (step, ())
                self.step_wanted.emit(step)
        here = self.tabs.place == 0
        self.latest.setVisible(bool(self._pinned) and here)
        self.step_title.setText(f"Step {step}" if step else "")
        self.step_title.setVisible(bool(step) and here)
        self._none.setText(
            "This step told of no groups."
            if self._pinned and not groups
            else "The first names come with the first step."
        )
        self._none.setVisible(not groups)
        panel = view.recipe.panel if view.recipe is not None else None
        shown = group_views(groups, panel)
        self.groups.show_groups(shown, self._series(), self._aside.titles)
        self.flow.show_moment(
            Moment(
                phase=view.phase or "",
                live=view.status in ("running", "pausing", "stopping"),
                group=shown[0] if shown else None,
                judges=tuple(self._aside.titles.get(slug, slug) for slug in panel.judges) if panel else (),
                step=view.step,
            )
        )
        self._limit()

    def _read_out(self) -> None:
        sheet, view = self._sheet, self._view
        if sheet is None or view is None or not len(sheet.steps):
            self.readout.setText("")
            return
        step = self._hovered or self._pinned or int(sheet.steps[-1])
        told = [f"step {step}"]
        for trace in sorted(sheet.reward.traces, key=lambda trace: trace.kind != "main"):
            value = trace.at(step)
            if value is not None:
                mark = "○ " if trace.kind == "points" else ""
                told.append(f"{mark}{trace.label} {value:.2f}")
        self.readout.setText("   ".join(told))
        self.readout.setToolTip(f"{MEANINGS['reward']}\n{MEANINGS['unseen']}\n{MEANINGS['spread']}")

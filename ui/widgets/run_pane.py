"""One run: what it does, its curve, and the groups of a step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QStackedLayout, QWidget

from studio.views.run import RunView
from studio.views.run_words import doing, facts
from ui.theme import Theme
from ui.widgets.basics import Elided, Label, button, column, hairline, plate, row
from ui.widgets.groups import GroupStrip
from ui.widgets.progress import Bar

if TYPE_CHECKING:
    # Imported after the first frame: pyqtgraph takes half as long as the rest of the window.
    from ui.plots.reward import RewardPlot


class _Outline(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setFixedSize(420, 150)
        theme.changed.connect(self.update)
        theme.accent_changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(2, 2, -2, -24)
        for share in (0.0, 0.5, 1.0):
            y = area.top() + share * area.height()
            hairline(painter, area.left(), y, area.right(), y, self._theme.color("line"))
        path = QPainterPath()
        for place in range(61):
            # As rewards usually go: up, and ever slower.
            at = QPointF(
                area.left() + area.width() * place / 60,
                area.bottom() - area.height() * (0.12 + 0.7 * (1 - 0.94**place)),
            )
            if place == 0:
                path.moveTo(at)
            else:
                path.lineTo(at)
        pen = QPen(self._theme.ink, 2.25)
        pen.setDashPattern([0.1, 2.6])
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawPath(path)


class Sketch(QWidget):
    """What will be here once something was trained: an outline of a curve, and the one thing to do."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        words = (
            "Choose a judge, name the painter, and start.\n"
            "Its reward grows here, step by step,\nwith the names that earned it below."
        )
        said = Label(theme, words, 15, "2")
        said.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        layout = column(self, 8)
        layout.addStretch(2)
        for widget in (_Outline(theme), Label(theme, "No training yet", 20, weight=600, display=True), said):
            layout.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)


class RunPane(QWidget):
    """The run that is watched.

    Attributes
    ----------
    stop_wanted, resume_wanted, compare_wanted
        What was pressed.
    """

    stop_wanted = Signal()
    resume_wanted = Signal()
    compare_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._view: RunView | None = None
        self._plot: RewardPlot | None = None
        self._pinned = 0
        self._hovered = 0
        self.title = Elided(theme, size=20, weight=600)
        self.title.setFont(theme.font(20, 600, display=True))
        self.words = Label(theme, size=13, tone="2", wrap=True)
        self.words.setAccessibleName("What the training does")
        self.facts = Label(theme, size=12, tone="3", tabular=True)
        self.bar = Bar(theme, "Progress of the training")
        self.stop = button(theme, "Stop and save")
        self.resume = button(theme, "Resume")
        self.compare = button(theme, "See its names")
        self.notice = Label(theme, size=12, tone="danger", wrap=True)
        self.readout = Label(theme, size=12, tone="3", tabular=True)
        self.step_title = Label(theme, size=15, weight=600, display=True)
        self.latest = button(theme, "Follow the latest", kind="quiet")
        self.groups = GroupStrip(theme)
        self._none = Label(theme, "The first names come with the first step.", 13, "3")

        head = row(space=8)
        words = column(space=2)
        words.addWidget(self.title)
        words.addWidget(self.words)
        head.addLayout(words, 1)
        for action in (self.stop, self.resume, self.compare):
            head.addWidget(action, 0, Qt.AlignmentFlag.AlignTop)
        card = plate("surface")
        self._card = column(card, 8)
        self._card.setContentsMargins(16, 14, 16, 10)
        top = row(space=8)
        top.addWidget(Label(theme, "Reward", 13, weight=600))
        top.addWidget(self.readout, 1)
        top.addWidget(self.facts)
        self._card.addLayout(top)
        card.setMinimumHeight(190)
        below = row(space=8)
        below.addWidget(self.step_title)
        below.addWidget(self._none)
        below.addStretch(1)
        below.addWidget(self.latest)
        content = QWidget()
        inner = column(content, 12)
        inner.addLayout(head)
        inner.addWidget(self.bar)
        inner.addWidget(self.notice)
        inner.addWidget(card, 1)
        inner.addLayout(below)
        inner.addWidget(self.groups)
        self.sketch = Sketch(theme)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.sketch)
        self._stack.addWidget(content)

        self.stop.clicked.connect(self.stop_wanted)
        self.resume.clicked.connect(self.resume_wanted)
        self.compare.clicked.connect(self.compare_wanted)
        self.latest.clicked.connect(lambda: self._pin(0))

    @property
    def view(self) -> RunView | None:
        """The run that is shown."""
        return self._view

    @property
    def plotted(self) -> bool:
        """Whether the plot is there."""
        return self._plot is not None

    def set_plot(self, plot: RewardPlot) -> None:
        """Take in the plot, once pyqtgraph is loaded."""
        self._card.addWidget(plot, 1)
        self._plot = plot
        self._plot.hovered.connect(self._hover)
        self._plot.pinned.connect(self._pin)
        if self._view is not None:
            self._plot.show_run(self._view)

    def show_none(self) -> None:
        """Show that there is no run."""
        self._view = None
        self._stack.setCurrentIndex(0)

    def show_run(self, view: RunView, *, fresh: bool) -> None:
        """Show a run; ``fresh`` says that it is another than before."""
        self._view = view
        self._stack.setCurrentIndex(1)
        if fresh:
            self._pin(0)
            self.say_end("")
        self.title.setText(view.name)
        self.words.setText(doing(view))
        self.facts.setText(facts(view))
        self.bar.set_share(view.phase_done if view.status == "loading" else view.done)
        self.bar.setVisible(view.live)
        self.stop.setVisible(view.live)
        self.stop.setEnabled(view.status != "stopping")
        self.resume.setVisible(view.status in ("stopped", "failed", "crashed"))
        self.compare.setVisible(view.status == "completed" and bool(view.painter))
        if view.live:
            self.say_end("")
        alarms = [notice for notice in view.warnings if notice.level != "note"]
        if alarms and not self.notice.text():
            self.notice.setText(alarms[-1].text)
        self.notice.setVisible(bool(self.notice.text()))
        if self._plot is not None:
            self._plot.show_run(view)
        self._show_groups()
        self._read_out()

    def say_end(self, sentence: str) -> None:
        """Say how the run ended, where its own words do not suffice."""
        self.notice.setText(sentence)
        self.notice.setVisible(bool(sentence))

    def _pin(self, step: int) -> None:
        self._pinned = step
        if self._plot is not None:
            self._plot.pin(step)
        self._show_groups()

    def _hover(self, step: int) -> None:
        self._hovered = step
        self._read_out()

    def _show_groups(self) -> None:
        view = self._view
        if view is None:
            return
        step = self._pinned or max(view.groups, default=0)
        groups = view.groups.get(step, ())
        self.latest.setVisible(bool(self._pinned))
        self.step_title.setText(f"Step {step}" if step else "")
        self.step_title.setVisible(bool(step))
        gone = "The log's view keeps the groups of the last steps; pick one of those."
        self._none.setText(
            gone if self._pinned and not groups else "The first names come with the first step."
        )
        self._none.setVisible(not groups)
        self.groups.show_groups(groups)

    def _read_out(self) -> None:
        view = self._view
        if view is None or not view.curve.steps:
            self.readout.setText("")
            return
        steps = view.curve.steps
        place = steps.index(self._hovered) if self._hovered in steps else len(steps) - 1
        reward, spread = view.curve.reward[place], view.curve.spread[place]
        words = f"step {steps[place]}" if reward is None else f"{reward:.2f} at step {steps[place]}"
        if reward is not None and spread is not None:
            words += f", spread {spread:.2f}"
        unseen = [e.reward for e in view.evals if e.reward is not None and e.step <= steps[place]]
        self.readout.setText(f"{words}     ○ unseen colours {unseen[-1]:.2f}" if unseen else words)

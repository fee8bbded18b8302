"""A judge's model tried on labelled names: how many pairs it told apart, and whether to train on it."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame

from engine.judges.spec import Contrast, Describes, JudgeSpec, Rating
from engine.service.protocol import Reply
from studio.views import model_trial as trials
from studio.views.judge_kinds import KINDS
from studio.views.model_trial import ModelTrial
from ui.bridge import Service
from ui.theme import Theme
from ui.widgets.basics import Label, button, column, row
from ui.widgets.progress import Bar
from ui.widgets.scores import ScoreBar

REST = 800
"""Milliseconds after which a judge that should be tried is."""
_UNTRIED = "Whether its model can judge shows on labelled names. It is tried once for a model."


class ModelCheck(QFrame):
    """Stands below the field of the model.

    Attributes
    ----------
    instead
        The person wants the kind that measured better; carries it.
    """

    instead = Signal(str)

    def __init__(self, theme: Theme, service: Service) -> None:
        super().__init__()
        self.setProperty("plate", "sunken")
        self._service = service
        self._judge: JudgeSpec | None = None
        self._model: tuple[str, str] | None = None
        self._view = ModelTrial()
        self.words = Label(theme, size=13, tone="2", wrap=True)
        self.bar = Bar(theme, "The model is tried")
        self.again = button(theme, "Try the model")
        self.stop = button(theme, "Stop", "Stop trying the model")
        self.other = button(theme, "")
        self._bars = {
            kind: (Label(theme, f"by {words}", 12, "3"), ScoreBar(theme, f"Pairs told apart by {words}"))
            for kind, words in (("contrast", "contrast"), ("rating", "rating"), ("describes", "yes or no"))
        }
        layout = column(self, 8, 12)
        layout.addWidget(self.words)
        for label, bar in self._bars.values():
            theme.fit(label, width=72)
            line = row(space=8)
            line.addWidget(label)
            line.addWidget(bar, 1)
            bar.setFixedHeight(20)
            layout.addLayout(line)
        layout.addWidget(self.bar)
        foot = row(space=8)
        foot.addWidget(self.again)
        foot.addWidget(self.stop)
        foot.addWidget(self.other)
        foot.addStretch(1)
        layout.addLayout(foot)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REST)
        self._timer.timeout.connect(self.ask)
        self.again.clicked.connect(self.ask)
        self.stop.clicked.connect(lambda: service.cancel(self._view.request))
        self.other.clicked.connect(lambda: self.instead.emit(self._view.recommended))
        for signal in (service.tried, service.progress, service.done, service.failed):
            signal.connect(self._replied)
        self._show(self._view)

    @property
    def view(self) -> ModelTrial:
        """What is shown."""
        return self._view

    def set_judge(self, judge: JudgeSpec | None) -> None:
        """Take the judge as it is written now; the model is tried if it is one that often cannot judge."""
        if judge is None:
            return
        self._judge = judge
        if not isinstance(judge, Contrast | Rating | Describes):
            self._timer.stop()
            return
        model = (type(judge).__name__, judge.model)
        if model == self._model:
            return
        self._model = model
        self._service.cancel(self._view.request)
        self._show(ModelTrial())
        self._timer.stop()
        if trials.wants_trial(judge):
            self._timer.start()

    def showEvent(self, event: object) -> None:
        """Try what should have been tried while it was out of sight."""
        if self._view.state == "untried" and trials.wants_trial(self._judge):
            self._timer.start()

    def ask(self) -> None:
        """Ask for the trial."""
        if self._judge is not None and self.isVisible():
            self._show(trials.ask(self._service.try_model(self._judge)))

    def _replied(self, reply: Reply) -> None:
        view = trials.fold(self._view, reply)
        if view is not self._view:
            self._show(view)

    def _show(self, view: ModelTrial) -> None:
        self._view = view
        going = view.state == "going"
        self.words.set_tone("danger" if view.state in ("poor", "failed") else "2")
        self.words.setText((f"{view.sentence}…" if going else view.sentence) or _UNTRIED)
        shares = dict(view.shares)
        for kind, (label, bar) in self._bars.items():
            label.setVisible(kind in shares)
            bar.setVisible(kind in shares)
            if kind in shares:
                bar.set_score(shares[kind], "Pairs told apart; the notch is what a coin would get.")
        self.bar.setVisible(going)
        self.bar.set_share(view.done)
        self.stop.setVisible(going)
        self.again.setVisible(view.state in ("untried", "failed"))
        self.again.setText("Try again" if view.state == "failed" else "Try the model")
        title = KINDS[view.recommended].title if view.recommended in KINDS else ""
        self.other.setVisible(bool(title))
        self.other.setText(f"Write it as {title.lower()}")
        self.other.setAccessibleName(self.other.text())

"""The right of the Judges page: try the judge on names, find out what it likes, cheat it."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QStackedWidget

from engine.judges.spec import JudgeSpec
from studio.bench import Bench
from ui.bridge import Service
from ui.current import CurrentColor
from ui.icons import Icons
from ui.theme import Theme
from ui.widgets.basics import column
from ui.widgets.hacking_pane import HackingPane
from ui.widgets.liking_pane import LikingPane
from ui.widgets.segments import Segments
from ui.widgets.trial import Trial

_CHOICES = (("Try", "names, live"), ("Likes", "2,000 names"), ("Cheat", "one name"))


class TryPane(QFrame):
    """Three views of the judge as it is written now."""

    def __init__(
        self, theme: Theme, icons: Icons, current: CurrentColor, service: Service, bench: Bench
    ) -> None:
        super().__init__()
        self.setProperty("plate", "sunken")
        self.choice = Segments(theme, "What to see of the judge", _CHOICES)
        self.trial = Trial(theme, icons, current, service, bench)
        self.liking = LikingPane(theme, service, lambda: self.trial.bench.rated())
        self.hacking = HackingPane(theme, service)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.trial)
        self._stack.addWidget(self.liking)
        self._stack.addWidget(self.hacking)
        layout = column(self, 12, 16)
        layout.addWidget(self.choice)
        layout.addWidget(self._stack, 1)
        self.choice.chosen.connect(self._stack.setCurrentIndex)

    def fit_into(self, width: int, room: int) -> None:
        """Be as wide as the page's width asks for, and the board's columns, within what there is room for."""
        # Each judge beside the open one wants a column more, and the form gives way, within reason.
        more = max(self.trial.columns - 2, 0) * 56 if self.choice.place == 0 else 0
        usual = min(max(round(width * 0.3), 288), 400)
        self.setFixedWidth(min(usual + more, max(room, usual)))

    def set_judge(self, judge: JudgeSpec | None, key: str, refusal: str = "") -> None:
        """Take the judge as it is written now."""
        self.trial.set_judge(judge, key, refusal)
        self.liking.set_judge(judge)
        self.hacking.set_judge(judge, key)

    def adopt(self, key: str) -> None:
        """Take note that the open judge has a slug by now; what is known of it stays."""
        self.trial.adopt(key)
        self.hacking.adopt(key)

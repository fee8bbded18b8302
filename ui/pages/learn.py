"""Learn: the lesson, in which a person does what the app does, and beside it the glossary."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from studio.glossary import Glossary
from studio.judges import JudgeEntry
from studio.lesson import Step
from studio.painters import PainterCard
from ui.commands import Command
from ui.current import CurrentColor
from ui.icons import Icons
from ui.lesson.desk import LessonDesk
from ui.lesson.pane import LessonPane
from ui.lesson.setup import SetupBar
from ui.pages.glossary import GlossaryView
from ui.theme import Theme
from ui.tips import tip
from ui.widgets.basics import Elided, button, column, row
from ui.widgets.tabs import Tabs

LESSON, GLOSSARY = 0, 1


class LearnPage(QWidget):
    """The lesson's tab and the glossary's.

    Parameters
    ----------
    theme, icons, current
        The look, and the colour that all pages share.
    desk
        What the lesson is made of.
    steps, terms
        The lesson's words and the glossary's.

    Attributes
    ----------
    page_wanted
        The person wants to see another page; carries its title.
    """

    title = "Learn"
    icon = "graduation-cap"

    page_wanted = Signal(str)

    keys = (("Left, Right", "In the lesson: the step before, the next one"),)

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        current: CurrentColor,
        desk: LessonDesk,
        steps: Sequence[Step],
        terms: Glossary,
    ) -> None:
        super().__init__()
        self.setObjectName("page")
        self._current, self.desk = current, desk
        self.tabs = Tabs(theme, "Learn by", ["Lesson", "Glossary"])
        self.lesson = LessonPane(theme, icons, steps, terms)
        self.glossary = GlossaryView(theme, terms)
        self.about = Elided(theme, size=12, tone="3")
        self.change = button(theme, "Start again …", "Start the lesson again with other things", kind="quiet")
        self.setup = SetupBar(theme)
        self.setup.hide()
        self._stack = QStackedWidget()
        self._stack.addWidget(self.lesson)
        self._stack.addWidget(self.glossary)
        self._lay_out()

        self.tabs.chosen.connect(self._turn)
        self.change.clicked.connect(lambda: self._offer(True))
        self.setup.cancel.clicked.connect(lambda: self._offer(False))
        self.setup.begun.connect(self._begin)
        self.lesson.page_wanted.connect(self.page_wanted)
        self.lesson.retry_wanted.connect(desk.again)
        self.glossary.page_wanted.connect(self._lead)
        desk.changed.connect(self._follow)
        current.settled.connect(lambda _: self._say_about())

    @property
    def opened(self) -> str:
        """The slug of the glossary's term that is open."""
        return self.glossary.opened

    def open_term(self, slug: str) -> None:
        """Show a term in the glossary."""
        self.tabs.choose(GLOSSARY)
        self.glossary.open_term(slug)

    def commands(self) -> Sequence[Command]:
        """Return what can be done here."""
        return (
            Command("Take the lesson", lambda: self.tabs.choose(LESSON), words="learn explain tutorial"),
            Command("Start the lesson again", self._start_again, words="colour judge group restart"),
            Command("Open the glossary", lambda: self.tabs.choose(GLOSSARY), words="terms words"),
        )

    def show_judges(self, entries: Sequence[JudgeEntry]) -> None:
        """Take the judges that there are."""
        self.desk.show_judges(entries)
        self.setup.show_judges(entries)

    def show_painters(self, cards: Sequence[PainterCard]) -> None:
        """Take the painters that there are."""
        self.desk.show_painters(cards)

    def showEvent(self, event: QShowEvent) -> None:
        """Fetch what the lesson needs as soon as it is seen."""
        super().showEvent(event)
        if self.tabs.place == LESSON:
            self.desk.seen()
            self.lesson.setFocus()

    def hideEvent(self, event: QHideEvent) -> None:
        """Let the teacher rest."""
        super().hideEvent(event)
        self.desk.unseen()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the pages' margins."""
        margin = 32 if self.width() >= 1100 else 24
        self._head.setContentsMargins(margin, 4, margin, 0)
        super().resizeEvent(event)

    def _lay_out(self) -> None:
        self._head = row(space=12)
        self._head.addWidget(self.tabs)
        self._head.addSpacing(12)
        self._head.addStretch(1)
        self._head.addWidget(self.about, 3)
        self._head.addWidget(self.change)
        self._head.addWidget(self.setup)
        whole = column(self, 4)
        whole.addLayout(self._head)
        whole.addWidget(self._stack, 1)

    def _turn(self, place: int) -> None:
        self._stack.setCurrentIndex(place)
        self._offer(False)
        if place == LESSON:
            self.desk.seen()
            self.lesson.setFocus()
        else:
            self.desk.unseen()

    def _offer(self, wanted: bool) -> None:
        """Show what the lesson can be started with, or put it away."""
        lesson = self.tabs.place == LESSON
        self.setup.setVisible(lesson and wanted)
        self.about.setVisible(lesson and not wanted)
        self.change.setVisible(lesson and not wanted)
        if wanted and self.desk.view is not None:
            self.setup.show_setup(self.desk.view.setup, self._current.hex)
            self.setup.begin.setFocus()

    def _start_again(self) -> None:
        self.tabs.choose(LESSON)
        self._offer(True)

    def _begin(self, color: str, judge: str, group: int) -> None:
        self._offer(False)
        self._current.set_hex(color)
        self.lesson.begin()
        self.desk.restart(color, judge, group)

    def _lead(self, title: str) -> None:
        if title == self.title:
            self.tabs.choose(LESSON)
        else:
            self.page_wanted.emit(title)

    def _follow(self) -> None:
        if self.desk.view is not None:
            self.lesson.show_view(self.desk.view)
            self._say_about()

    def _say_about(self) -> None:
        view = self.desk.view
        if view is None:
            return
        setup, color = view.setup, self._current.hex
        words = f"About {setup.color}, groups of {setup.group}, judged by {setup.spec.name}"
        if color != setup.color:
            words = f"About {setup.color}; your colour is {color} by now"
        self.about.setText(words)
        self.about.setToolTip(tip(words))

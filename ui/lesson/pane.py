"""The lesson's tab: one step at a time, its words on the left and its scene on the right."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QScrollArea, QWidget

from studio.glossary import Glossary
from studio.lesson import Step
from studio.views.lesson import Guess, LessonView
from studio.views.lesson_pictures import Waiting
from studio.views.lesson_scenes import Scene, scene
from ui.icons import Icons
from ui.lesson.dots import Dots
from ui.lesson.guess import GuessBox
from ui.lesson.scene import SceneView
from ui.lesson.sums import SumList
from ui.terms import Term
from ui.theme import Theme
from ui.widgets.basics import AccentButton, Label, button, column, row
from ui.widgets.focus import RINGLESS
from ui.widgets.prose import Prose
from ui.widgets.wrapping import Wrapping

WORDS = 356
"""How wide the words are, in pixels at 100% text."""


class _Words(QWidget):
    """A column of text that is never squeezed: what does not fit is scrolled to."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("bare")

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        layout = self.layout()
        if layout is not None and event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize):
            needed = layout.totalHeightForWidth(self.width())
            if needed != self.minimumHeight():
                self.setMinimumHeight(needed)
                # The scroll area looks at a layout request before it comes here: it must look again.
                QCoreApplication.postEvent(self, QEvent(QEvent.Type.LayoutRequest))
        return done


class LessonPane(QWidget):
    """Shows a step; guesses are kept while one goes back and forth.

    Parameters
    ----------
    theme, icons
        The look.
    steps
        The lesson's words.
    terms
        The glossary, for the terms' names.

    Attributes
    ----------
    page_wanted
        The lesson is over; carries the title of the page to go on with.
    retry_wanted
        What failed should be tried again.
    """

    page_wanted = Signal(str)
    retry_wanted = Signal()

    def __init__(self, theme: Theme, icons: Icons, steps: Sequence[Step], terms: Glossary) -> None:
        super().__init__()
        self._theme, self._steps, self._terms = theme, tuple(steps), terms
        self._view: LessonView | None = None
        self._guesses: dict[str, Guess] = {}
        self.place = 0
        self.shown: Scene | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty(RINGLESS, True)
        self.setAccessibleName("Lesson")
        self.number = Label(theme, size=12, tone="3")
        self.heading = Prose(theme, size=28, weight=600, display=True)
        self.say = Prose(theme, size=15)
        self.ask = Prose(theme, size=15, weight=600)
        self.guess = GuessBox(theme)
        self.gap = Prose(theme, size=15, weight=600)
        self.tell = Prose(theme, size=15)
        self.sums = SumList(theme, icons)
        self.words = Wrapping(space=12)
        self.scene = SceneView(theme)
        self.retry = button(theme, "Try again")
        self.back = button(theme, "Back", "Back to the step before")
        self.dots = Dots(theme, [step.title for step in self._steps])
        self.next = AccentButton(theme, "Next")
        self._lay_out()

        self.guess.guessed.connect(self._guessed)
        self.guess.passed.connect(lambda: self._reveal(Guess(None)))
        self.retry.clicked.connect(self.retry_wanted)
        self.back.clicked.connect(self.go_back)
        self.next.clicked.connect(self.go_on)
        self.dots.chosen.connect(self.go_to)
        self.guess.slider.installEventFilter(self)
        for keys, call in ((Qt.Key.Key_Left, self.go_back), (Qt.Key.Key_Right, self.go_on)):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(call)

    @property
    def step(self) -> Step:
        """The step that is shown."""
        return self._steps[self.place]

    @property
    def over(self) -> bool:
        """Whether this is the last step."""
        return self.place == len(self._steps) - 1

    def begin(self) -> None:
        """Forget all guesses and go to the first step."""
        self._guesses.clear()
        self.place = 0

    def show_view(self, view: LessonView) -> None:
        """Show what has become of the lesson."""
        self._view = view
        self._show()

    def go_on(self) -> None:
        """Go to the next step; from the last one on into the app."""
        if self.over:
            self.page_wanted.emit("Judges")
        else:
            self.go_to(self.place + 1)

    def go_back(self) -> None:
        """Go to the step before."""
        self.go_to(max(self.place - 1, 0))

    def go_to(self, place: int) -> None:
        """Go to a step by its place."""
        if place != self.place:
            self.place = place
            self._scroll.verticalScrollBar().setValue(0)
            self._show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the slider keep the arrow keys to itself."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right)
        ):
            event.accept()
            return True
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the pages' margins, and give wide windows more air."""
        wide = self.width() >= 1100
        margin = 32 if wide else 24
        self._layout.setContentsMargins(margin, 8, margin, 20)
        self._body.setSpacing(48 if wide else 28)
        super().resizeEvent(event)

    def _lay_out(self) -> None:
        text = _Words()
        lines = column(text)
        lines.setContentsMargins(0, 0, 12, 8)
        for part, space in (
            (self.number, 2),
            (self.heading, 12),
            (self.say, 16),
            (self.ask, 10),
            (self.guess, 0),
            (self.gap, 6),
            (self.tell, 12),
            (self.sums, 16),
        ):
            lines.addWidget(part)
            lines.addSpacing(space)
        lines.addLayout(self.words)
        lines.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setWidget(text)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._theme.fit(self._scroll, width=WORDS)
        stage = column(space=8)
        stage.addWidget(self.scene, 1)
        stage.addWidget(self.retry, 0, Qt.AlignmentFlag.AlignHCenter)
        self._body = row(space=28)
        self._body.addWidget(self._scroll)
        self._body.addLayout(stage, 1)
        foot = row(space=16)
        foot.addWidget(self.back)
        foot.addStretch(1)
        foot.addWidget(self.dots)
        foot.addStretch(1)
        foot.addWidget(self.next)
        self._layout = column(self, 16)
        self._layout.addLayout(self._body, 1)
        self._layout.addLayout(foot)

    def _guessed(self, value: float) -> None:
        self._reveal(Guess(value))

    def _reveal(self, guess: Guess) -> None:
        if self.shown is not None and self.shown.ready:
            self._guesses[self.step.slug] = guess
            self._show()
            # What was pressed is gone; the arrow keys go on from here.
            self.setFocus()

    def _show(self) -> None:
        if self._view is None:
            return
        made = scene(self._view, self.step, self._guesses.get(self.step.slug))
        before, self.shown = self.shown, made
        turned = before is None or before.slug != made.slug
        self.number.setText(f"Step {self.place + 1} of {len(self._steps)}")
        self.heading.set_text(made.title)
        self.say.set_text(made.say)
        self.ask.set_text(made.question.text)
        asking = made.ready and not made.revealed
        self.ask.setVisible(made.ready)
        if asking:
            self.guess.show_question(made.question)
        self.guess.setVisible(asking)
        self.gap.set_text(made.gap)
        self.gap.setVisible(bool(made.gap))
        self.tell.set_text(made.tell)
        self.tell.setVisible(made.revealed)
        self.sums.show_sums(made.sums, fold=turned)
        if turned:
            self._show_terms(made.terms)
        picture = made.picture
        self.scene.show_picture(picture, made.gap or made.question.text)
        self.retry.setVisible(
            isinstance(picture, Waiting) and bool(picture.fault) and self.step.slug != "many"
        )
        self.back.setEnabled(self.place > 0)
        self.next.setText("Write a judge" if self.over else "Next")
        self.next.setAccessibleName(self.next.text())
        self.next.updateGeometry()
        seen = frozenset(i for i, step in enumerate(self._steps) if step.slug in self._guesses)
        self.dots.show_place(self.place, seen)

    def _show_terms(self, slugs: Sequence[str]) -> None:
        self.words.clear()
        for slug in slugs:
            term = self._terms.get(slug)
            self.words.addWidget(Term(self._theme, term.name, 13, "2", 500, term=slug))

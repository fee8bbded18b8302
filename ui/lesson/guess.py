"""The guess: a few choices or a number, one tap, and one may pass it over."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QSizePolicy, QSlider, QStackedWidget, QWidget

from studio.views.lesson_scenes import Question
from ui.theme import Theme
from ui.widgets.basics import AccentButton, Label, button, column, row

STEPS = 100


class GuessBox(QWidget):
    """Asks a question until it is answered or passed over.

    Attributes
    ----------
    guessed
        A guess was made: the place of a choice, or the number.
    passed
        The person would rather see.
    """

    guessed = Signal(float)
    passed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._question: Question | None = None
        self.choices: list[QPushButton] = []
        self._holder = QWidget()
        self._list = column(self._holder, 6)
        self._list.addStretch(1)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.value = Label(theme, size=20, weight=600, display=True, tabular=True)
        self.low, self.high = Label(theme, size=12, tone="3"), Label(theme, size=12, tone="3")
        self.reveal = AccentButton(theme, "See")
        self.skip = button(theme, "Just show me", kind="link")
        self._number = QWidget()
        lines = column(self._number, 6)
        lines.addWidget(self.value, 0, Qt.AlignmentFlag.AlignHCenter)
        lines.addWidget(self.slider)
        ends = row(space=12)
        ends.addWidget(self.low)
        ends.addStretch(1)
        ends.addWidget(self.high)
        lines.addLayout(ends)
        lines.addSpacing(4)
        lines.addWidget(self.reveal, 0, Qt.AlignmentFlag.AlignLeft)
        lines.addStretch(1)
        self._ways = QStackedWidget()
        self._ways.addWidget(self._holder)
        self._ways.addWidget(self._number)
        self._ways.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        whole = column(self, 8)
        whole.addWidget(self._ways)
        whole.addWidget(self.skip, 0, Qt.AlignmentFlag.AlignLeft)
        self.slider.valueChanged.connect(lambda _: self._say())
        self.reveal.clicked.connect(lambda: self.guessed.emit(self.number))
        self.skip.clicked.connect(self.passed)

    @property
    def number(self) -> float:
        """The number that the slider stands at."""
        counts = self._question is not None and self._question.kind == "count"
        return float(self.slider.value()) if counts else self.slider.value() / STEPS

    def show_question(self, question: Question) -> None:
        """Ask; a question that is being asked already keeps what was set."""
        if question == self._question:
            return
        same = self._question is not None and (question.kind, question.text, question.choices) == (
            self._question.kind,
            self._question.text,
            self._question.choices,
        )
        self._question = question
        if same:
            return
        if question.kind == "choice":
            self._show_choices(question.choices)
        else:
            self._show_number(question)
        page = self._holder if question.kind == "choice" else self._number
        self._ways.setCurrentWidget(page)
        self._ways.setFixedHeight(page.sizeHint().height())

    def focus_first(self) -> None:
        """Let the keyboard have the first choice, or the slider."""
        choice = self._question is not None and self._question.kind == "choice"
        (self.choices[0] if choice and self.choices else self.slider).setFocus()

    def _show_choices(self, words: tuple[str, ...]) -> None:
        for old in self.choices:
            self._list.removeWidget(old)
            old.hide()
            old.deleteLater()
        self.choices = []
        for place, text in enumerate(words):
            made = button(self._theme, text)
            made.clicked.connect(lambda _=False, place=place: self.guessed.emit(float(place)))
            self._list.insertWidget(place, made)
            made.show()  # now: how high they are is asked before Qt would show them
            self.choices.append(made)

    def _show_number(self, question: Question) -> None:
        counts = question.kind == "count"
        self.slider.setRange(0, int(question.most) if counts else STEPS)
        self.slider.setPageStep(1 if counts else 10)
        self.slider.setAccessibleName(question.text)
        self.slider.setValue(int(question.most) // 2 if counts else STEPS // 2)
        self.low.setText(question.low or "0")
        self.high.setText(question.high or f"{question.most:.0f}")
        self._say()

    def _say(self) -> None:
        counts = self._question is not None and self._question.kind == "count"
        self.value.setText(f"{self.number:.0f}" if counts else f"{self.number:.2f}")
        self.slider.setAccessibleDescription(self.value.text())

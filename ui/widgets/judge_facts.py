"""A judge that has no form of its own yet, shown with its facts."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QGridLayout, QWidget

from engine.judges.spec import Contrast, Correctness, Describes, Form, JudgeSpec, Listener, Rating
from ui.theme import Theme
from ui.widgets.basics import Label, column

KINDS = {
    Contrast: "Contrast",
    Rating: "Rating",
    Correctness: "Known names",
    Describes: "Yes or no",
    Listener: "Guessing game",
    Form: "Rules",
}
_ASKS = {
    Rating: "How well does the name fit what it asks for, from 0 to 9? Few small models can tell.",
    Correctness: "Does the name describe the colour? Learned from 31,881 names that people gave to colours.",
    Describes: "Does the name describe the colour? A large model is asked, and says yes or no.",
    Listener: "Among a few colours, would somebody who hears the name pick this one?",
    Form: "Does the name keep to the rules below? Each rule that is set counts alike.",
}


def kind_of(spec: JudgeSpec) -> str:
    """Return what a judge's kind is called, and which file it asks, if it does."""
    kind, model = KINDS[type(spec)], Path(getattr(spec, "model", "")).name
    return f"{kind} by {model[:40]}" if model else kind


def facts(spec: JudgeSpec) -> list[tuple[str, str]]:
    """Return a judge's facts as (label, words), those that say something."""
    if isinstance(spec, Listener):
        return [("Among", f"{spec.among} colours")]
    if isinstance(spec, Rating | Describes):
        asked = ("Model", spec.model or "The base itself")
        return [("Asks for", spec.asks), asked] if isinstance(spec, Rating) else [asked]
    if not isinstance(spec, Form):
        return []
    found = [
        ("Words", f"{spec.min_words} to {spec.max_words}"),
        ("Letters", f"{spec.min_letters} to {spec.max_letters}"),
    ]
    if spec.must_contain:
        found.append(("Must contain", ", ".join(spec.must_contain)))
    if spec.must_not_contain:
        found.append(("Must not contain", ", ".join(spec.must_not_contain)))
    if spec.alliteration:
        found.append(("Alliteration", "Its words begin alike"))
    if spec.novelty:
        found.append(("Novelty", "It is not among the known names"))
    return found


class JudgeFacts(QWidget):
    """Name, question and facts, to be read."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.name = Label(theme, size=28, weight=600, display=True, wrap=True)
        self.about = Label(theme, size=15, wrap=True)
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(24)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnStretch(1, 1)
        layout = column(self, 16)
        layout.addWidget(self.name)
        layout.addWidget(self.about)
        layout.addLayout(self._grid)
        layout.addStretch(1)

    def show_judge(self, spec: JudgeSpec) -> None:
        """Show a judge."""
        self._show(spec.name, spec.about or _ASKS.get(type(spec), ""), facts(spec))

    def show_fault(self, name: str, sentence: str) -> None:
        """Show a judge whose file cannot be used."""
        self._show(name, sentence, [])

    def _show(self, name: str, about: str, rows: list[tuple[str, str]]) -> None:
        self.name.setText(name[:200])
        self.about.setText(about[:1000])
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for place, (label, words) in enumerate(rows):
            self._grid.addWidget(Label(self._theme, label, 13, "3"), place, 0)
            self._grid.addWidget(Label(self._theme, words[:400], 13, wrap=True), place, 1)

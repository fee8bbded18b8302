"""A judge that has no form of its own yet, shown with its facts."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QGridLayout, QWidget

from engine.judges.spec import (
    Contrast,
    Correctness,
    Describes,
    Form,
    JudgeSpec,
    Listener,
    Preference,
    Rating,
    Remote,
)
from ui.theme import Theme
from ui.widgets.basics import Label, column

KINDS = {
    Contrast: "Contrast",
    Rating: "Rating",
    Correctness: "Known names",
    Describes: "Yes or no",
    Listener: "Guessing game",
    Form: "Rules",
    Remote: "Another model",
    Preference: "Your picks",
}
_LATEST = 5
_ASKS = {
    Rating: "How well does the name fit what it asks for, from 0 to 9? Few small models can tell.",
    Correctness: "Does the name describe the colour? Learned from 31,881 names that people gave to colours.",
    Describes: "Does the name describe the colour? A large model is asked, and says yes or no.",
    Listener: "Among a few colours, would somebody who hears the name pick this one?",
    Form: "Does the name keep to the rules below? Each rule that is set counts alike.",
    Remote: "A model on a server is asked for a mark from 0 to 10.",
    Preference: "Learned from the names that you picked as the better of two.",
}


def kind_of(spec: JudgeSpec) -> str:
    """Return what a judge's kind is called, and which file it asks, if it does."""
    kind = KINDS[type(spec)]
    asks_a_file = isinstance(spec, Contrast | Rating | Describes) and spec.model
    return f"{kind} by {Path(asks_a_file).name[:40]}" if asks_a_file else kind


def facts(spec: JudgeSpec) -> list[tuple[str, str]]:
    """Return a judge's facts as (label, words), those that say something."""
    if isinstance(spec, Listener):
        return [("Among", f"{spec.among} colours")]
    if isinstance(spec, Rating | Describes):
        asked = ("Model", spec.model or "The base itself")
        return [("Asks for", spec.asks), asked] if isinstance(spec, Rating) else [asked]
    if isinstance(spec, Remote):
        return _remote(spec)
    if isinstance(spec, Preference):
        return _preference(spec)
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


def _remote(spec: Remote) -> list[tuple[str, str]]:
    found = [("Asks for", spec.asks), ("Server", spec.url), ("Model", spec.model)]
    if spec.rubric:
        found.append(("Rubric", spec.rubric))
    places = [*filter(None, (spec.key_env, spec.key_entry))]
    if places:
        found.append(("Key", f"From {' or '.join(places)}"))
    return [*found, ("Budget", f"{spec.budget:,} requests a training")]


def _preference(spec: Preference) -> list[tuple[str, str]]:
    latest = [f"{pick.better} over {pick.worse}" for pick in spec.picks[-_LATEST:][::-1]]
    return [("Picks", str(len(spec.picks))), *([("Latest", "\n".join(latest))] if latest else [])]


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

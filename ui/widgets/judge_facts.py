"""A judge to be read rather than written: a faulty file, or one from a stranger before it is used."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from engine.judges.spec import JudgeSpec
from studio.views.judge_facts import facts
from studio.views.judge_kinds import kind
from ui.theme import Theme
from ui.widgets.basics import Label, column


class JudgeFacts(QWidget):
    """Name, question, facts, and what should be known before it is used."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.name = Label(theme, size=28, weight=600, display=True, wrap=True)
        self.about = Label(theme, size=15, wrap=True)
        self.notes = Label(theme, size=13, wrap=True, weight=500)
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(24)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnStretch(1, 1)
        layout = column(self, 16)
        layout.addWidget(self.name)
        layout.addWidget(self.about)
        layout.addWidget(self.notes)
        layout.addLayout(self._grid)
        layout.addStretch(1)

    def show_judge(self, spec: JudgeSpec, notes: Sequence[str] = ()) -> None:
        """Show a judge, and sentences about it."""
        self._show(spec.name, spec.about or kind(spec).question, notes, facts(spec))

    def show_fault(self, name: str, sentence: str) -> None:
        """Show a judge whose file cannot be used."""
        self._show(name, sentence, (), [])

    def _show(self, name: str, about: str, notes: Sequence[str], rows: list[tuple[str, str]]) -> None:
        self.name.setText(name[:200])
        self.about.setText(about[:1000])
        self.notes.setText("\n".join(notes)[:1000])
        self.notes.setVisible(bool(notes))
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for place, (label, words) in enumerate(rows):
            self._grid.addWidget(Label(self._theme, label, 13, "3"), place, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(Label(self._theme, words[:600], 13, wrap=True), place, 1)

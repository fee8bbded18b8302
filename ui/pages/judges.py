"""Judges: the library, the judge that is open, and a board on which to try it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QMessageBox, QSizePolicy, QStackedWidget, QWidget

from engine.judges.spec import Contrast, JudgeError, JudgeSpec
from studio.judges import JudgeEntry, JudgeLibrary
from studio.views.judge_form import Draft, draft
from ui.background import Background
from ui.bridge import Service
from ui.commands import Command
from ui.current import CurrentColor
from ui.theme import Theme
from ui.widgets.basics import AccentButton, Label, button, column, row
from ui.widgets.judge_facts import JudgeFacts, kind_of
from ui.widgets.judge_form import JudgeForm
from ui.widgets.shelf import Item, Shelf
from ui.widgets.trial import Trial

NEW = "\0new"
"""The key of a judge that has no file yet."""


class JudgesPage(QWidget):
    """List, editor, and a board of names with live scores.

    Parameters
    ----------
    theme, current, service
        The look, the shared colour, and who scores.
    library
        The judges on disk.
    background
        Where files are read and written.

    Attributes
    ----------
    judges_changed
        The library was read; carries the entries.
    """

    title = "Judges"
    icon = "scale"

    judges_changed = Signal(list)

    def __init__(
        self,
        theme: Theme,
        current: CurrentColor,
        service: Service,
        library: JudgeLibrary,
        background: Background,
        opened: str = "",
    ) -> None:
        super().__init__()
        self.setObjectName("page")
        self._library, self._background = library, background
        self._entries: dict[str, JudgeEntry] = {}
        self._open = opened
        self._start: Draft | None = None  # what the form held when it was opened or saved
        self.shelf = Shelf(theme, "Judges")
        self.new = button(theme, "New judge")
        self.kind = Label(theme, size=12, tone="3")
        self.form = JudgeForm(theme)
        self.facts = JudgeFacts(theme)
        self._middle = QStackedWidget()
        self._middle.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._middle.addWidget(self.form)
        self._middle.addWidget(self.facts)
        self.said = Label(theme, size=12, tone="3", wrap=True)
        self.save = AccentButton(theme, "Save judge", "Ctrl+S")
        self.save.setFixedHeight(28)
        self.duplicate = button(theme, "Duplicate")
        self.delete = button(theme, "Delete", kind="danger")
        self.trial = Trial(theme, current, service)
        self._lay_out(theme)

        self.shelf.chosen.connect(self._choose)
        self.new.clicked.connect(
            lambda: self._write_new(Draft(), "Write what it asks for and four names it likes.")
        )
        self.form.edited.connect(self._edited)
        self.save.clicked.connect(self._save)
        self.duplicate.clicked.connect(self._duplicate)
        self.delete.clicked.connect(self._delete)
        QShortcut(
            QKeySequence("Ctrl+S"), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut
        ).activated.connect(self._save)

    def reload(self, chosen: str = "", said: str = "") -> None:
        """Read the library again, open a judge of it, and say what was done."""
        self._open = chosen or self._open

        def loaded(entries: Sequence[JudgeEntry]) -> None:
            self._loaded(entries)
            if said:
                self._say(said)

        self._background.run(self._library.list, loaded, lambda error: self._say(str(error), fault=True))

    @property
    def opened(self) -> str:
        """The slug of the judge that is open; empty for one without a file."""
        return "" if self._open == NEW else self._open

    def commands(self) -> Sequence[Command]:
        """Return what can be done here."""
        return (
            Command("New judge", self.new.click, words="write create taste"),
            Command("Save judge", self._save, "Ctrl+S", "keep", ready=lambda: self._changed),
            Command("Duplicate this judge", self._duplicate, "", "copy"),
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width out as the page's plan has it, within what there is."""
        wide = self.width() >= 1100
        margin = 32 if wide else 24
        self._layout.setContentsMargins(margin, 8, margin, margin)
        self._layout.setSpacing(margin if wide else 20)
        self._left.setFixedWidth(240 if wide else 188)
        self.trial.setFixedWidth(min(max(round(self.width() * 0.3), 272), 400))
        super().resizeEvent(event)

    def _lay_out(self, theme: Theme) -> None:
        self._left = QWidget()
        left = column(self._left, 12)
        left.addWidget(self.shelf, 1)
        left.addWidget(self.new)
        middle = column(space=4)
        middle.addWidget(self.kind)
        middle.addWidget(self._middle, 100)
        middle.addSpacing(12)
        middle.addWidget(self.said)
        middle.addSpacing(8)
        foot = row(space=8)
        foot.addWidget(self.save)
        foot.addWidget(self.duplicate)
        foot.addStretch(1)
        foot.addWidget(self.delete)
        middle.addLayout(foot)
        middle.addStretch(1)
        self._layout = row(self)
        self._layout.addWidget(self._left)
        self._layout.addLayout(middle, 1)
        self._layout.addWidget(self.trial)

    # The library.

    def _loaded(self, entries: Sequence[JudgeEntry]) -> None:
        self._entries = {entry.slug: entry for entry in entries}
        if self._open != NEW and self._open not in self._entries:
            self._open = next(iter(self._entries), NEW)
        self._fill_shelf()
        self._show_open()
        self.judges_changed.emit(list(entries))

    def _fill_shelf(self) -> None:
        items = [
            Item(entry.slug, entry.name, _facts_line(entry), faulty=entry.spec is None)
            for entry in self._entries.values()
        ]
        if self._open == NEW:
            items.append(Item(NEW, self.form.name.text().strip() or "New judge", "Not saved yet"))
        self.shelf.show_items(items, self._open)

    def _choose(self, key: str) -> None:
        if key == self._open:
            return
        if self._changed and not self._may_drop():
            self._fill_shelf()
            return
        self._open = key
        self._fill_shelf()
        self._show_open()

    def _show_open(self) -> None:
        entry = self._entries.get(self._open)
        if entry is None:
            if self._start is None:
                self._write_new(Draft(), "Write what it asks for and four names it likes.")
            return
        self._say("")
        if isinstance(entry.spec, Contrast):
            self._start = draft(entry.spec)
            self.form.show_draft(self._start, editable=not entry.shipped)
            self._middle.setCurrentWidget(self.form)
        else:
            self._start = None
            if entry.spec is None:
                self.facts.show_fault(entry.name, entry.error or "This judge cannot be used.")
            else:
                self.facts.show_judge(entry.spec)
            self._middle.setCurrentWidget(self.facts)
        self._update_actions()
        self.trial.set_judge(self._spec())

    def _update_actions(self) -> None:
        entry = self._entries.get(self._open)
        contrast = entry is None or isinstance(entry.spec, Contrast)
        own = entry is None or not entry.shipped
        self.kind.setText("Contrast, not saved yet" if entry is None else _facts_line(entry))
        self.save.setVisible(contrast and own)
        self.save.setEnabled(self._changed)
        self.duplicate.setVisible(entry is not None and isinstance(entry.spec, Contrast))
        self.delete.setVisible(own)
        self.delete.setText("Discard" if entry is None else "Delete")
        if entry is not None and entry.shipped and contrast:
            self._say("This judge came with the app. Duplicate it to make it your own.")

    # Editing.

    @property
    def _changed(self) -> bool:
        return self._start is not None and self.form.draft() != self._start

    def _write_new(self, written: Draft, hint: str) -> None:
        if self._open != NEW and self._changed and not self._may_drop():
            return
        self._open = NEW
        self._start = Draft()
        self.form.show_draft(written, editable=True)
        self._middle.setCurrentWidget(self.form)
        self._fill_shelf()
        self._say(hint)
        self._update_actions()
        self.trial.set_judge(self._spec())
        if self.isVisible():
            self.form.name.setFocus()
            self.form.name.selectAll()

    def _edited(self) -> None:
        self._say("")
        self._update_actions()
        if self._open == NEW:
            self._fill_shelf()
        self.trial.set_judge(self._spec())

    def _save(self) -> None:
        if not self.save.isVisible() or self._middle.currentWidget() is not self.form:
            return
        made = self.form.judge()
        if made is None:
            return
        library, before = self._library, self._open

        def write() -> str:
            slug = library.free_slug(made.name) if before == NEW else before
            library.save(slug, made)
            return slug

        def saved(slug: str) -> None:
            self._start = self.form.draft()
            if self.save.hasFocus():
                # It is switched off now, and the next in line would be Delete.
                self.shelf.setFocus()
            self.reload(slug, "Saved.")

        self._background.run(write, saved, self._failed)

    def _duplicate(self) -> None:
        spec = self._spec()
        if isinstance(spec, Contrast):
            copy = draft(spec)
            self._open = ""
            self._start = None
            named = Draft(
                name=f"{copy.name} 2"[:60],
                asks=copy.asks,
                liked=copy.liked,
                plain=copy.plain,
                plain_asks=copy.plain_asks,
                about=copy.about,
                model=copy.model,
            )
            self._write_new(named, "A copy of your own. Change what it asks for, then save it.")

    def _delete(self) -> None:
        entry = self._entries.get(self._open)
        following = next((slug for slug in self._entries if slug != self._open), "")
        self._start = None
        if entry is None:
            self._open = following
            self._fill_shelf()
            self._show_open()
            return
        if not self._sure(f"Delete the judge “{entry.name[:60]}”?", "Delete"):
            self._start = draft(entry.spec) if isinstance(entry.spec, Contrast) else None
            return

        def deleted(_: None) -> None:
            self.reload(following)

        self._background.run(lambda: self._library.delete(entry.slug), deleted, self._failed)

    def _may_drop(self) -> bool:
        return self._sure("This judge has changes that are not saved. Leave it without saving?", "Leave it")

    def _sure(self, question: str, yes: str) -> bool:
        box = QMessageBox(QMessageBox.Icon.NoIcon, "Painter Studio", question, parent=self)
        box.setTextFormat(Qt.TextFormat.PlainText)
        agree = box.addButton(yes, QMessageBox.ButtonRole.AcceptRole)
        box.addButton("Keep it", QMessageBox.ButtonRole.RejectRole)
        box.exec()
        return box.clickedButton() is agree

    def _failed(self, error: Exception) -> None:
        if isinstance(error, JudgeError) and error.field in self.form.fields:
            self.form.fields[error.field].set_fault(str(error))
        else:
            self._say(str(error), fault=True)

    def _say(self, sentence: str, *, fault: bool = False) -> None:
        self.said.set_tone("danger" if fault else "3")
        self.said.setText(sentence)

    def _spec(self) -> JudgeSpec | None:
        """Return the judge as it is written now; what was not begun yet has no faults."""
        if self._middle.currentWidget() is self.form:
            return None if self._open == NEW and self.form.draft() == Draft() else self.form.judge()
        entry = self._entries.get(self._open)
        return entry.spec if entry is not None else None


def _facts_line(entry: JudgeEntry) -> str:
    if entry.spec is None:
        return "Cannot be used"
    return kind_of(entry.spec) if entry.shipped else f"{kind_of(entry.spec)}, yours"

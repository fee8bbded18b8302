"""Judges: the library, the judge that is open, and a board on which to try it."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QWidget

from engine.judges.spec import JudgeError, JudgeSpec
from studio.bench import BenchStore
from studio.judges import JudgeEntry, JudgeLibrary, Removed
from studio.views import judge_form
from studio.views.judge_kinds import kind_line, open_line
from studio.views.judge_notes import notes
from ui.background import Background
from ui.bridge import Service
from ui.commands import Command
from ui.current import CurrentColor
from ui.icons import Icons
from ui.judge_editor import NEW, JudgeEditor
from ui.judge_files import JudgeFiles, dropped
from ui.theme import Theme
from ui.widgets.basics import Label, column, row
from ui.widgets.judge_desk import JudgeDesk
from ui.widgets.judge_foot import JudgeFoot, Offer
from ui.widgets.judge_form import JudgeForm
from ui.widgets.judge_shelf import JudgeShelf
from ui.widgets.shelf import Shelf
from ui.widgets.trial import Trial
from ui.widgets.try_pane import TryPane

_SHIPPED = "This judge came with the app. Duplicate it to make it your own."
_STRANGER = "Look at it first: nothing of it is used before you add it."


class JudgesPage(QWidget):
    """List, editor, and a board of names with live scores.

    Parameters
    ----------
    theme, icons, current, service
        The look, the shared colour, and who scores.
    library, store
        The judges on disk, and the names on which they are tried.
    background
        Where files are read and written.
    opened
        The slug of the judge to open first.

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
        icons: Icons,
        current: CurrentColor,
        service: Service,
        library: JudgeLibrary,
        store: BenchStore,
        background: Background,
        opened: str = "",
    ) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setAcceptDrops(True)
        self._library, self._store, self._background = library, store, background
        self._entries: dict[str, JudgeEntry] = {}
        self._theme, self._wanted = theme, opened
        self._shown = ""  # the key whose form is shown
        self._stranger: JudgeSpec | None = None
        self._deleted_last = False  # whether that is what undoing brings back
        self._fault = ""  # what could not be done; stays until something is done
        self.editor = JudgeEditor(library, background, self)
        self.files = JudgeFiles(library, background, self)
        self.list = JudgeShelf(theme)
        self.kind = Label(theme, size=12, tone="3")
        self.desk = JudgeDesk(theme, icons, current, service)
        self.foot = JudgeFoot(theme)
        self.pane = TryPane(theme, icons, current, service, store.load())
        self._lay_out()
        self._wire()

    @property
    def shelf(self) -> Shelf:
        """The list."""
        return self.list.shelf

    @property
    def form(self) -> JudgeForm:
        """The form that is shown, or was last."""
        return self.desk.form

    @property
    def trial(self) -> Trial:
        """The board."""
        return self.pane.trial

    @property
    def opened(self) -> str:
        """The slug of the judge that is open; empty for one without a file."""
        return self.editor.key if self.editor.key in self._entries else ""

    def reload(self, chosen: str = "") -> None:
        """Read the library again, and open a judge of it."""
        self._wanted = chosen or self._wanted
        self._background.run(self._library.list, self._loaded, self._failed)

    def flush(self) -> None:
        """Save what was typed within the last moments: the window closes."""
        self.editor.flush()

    def commands(self) -> Sequence[Command]:
        """Return what can be done here."""
        new = Command("New judge", self._choose_kind, words="write create taste")
        return new, Command("Duplicate this judge", self._duplicate, "", "copy")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width out as the page's plan has it, within what there is."""
        super().resizeEvent(event)
        self._share_width()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take a judge's file."""
        if dropped(event) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Show the file that was dropped."""
        path = dropped(event)
        if path is not None:
            event.acceptProposedAction()
            self.files.look_at(path)

    # How it is put together.

    def _lay_out(self) -> None:
        self._middle = QWidget()
        middle = column(self._middle, 4)
        middle.addWidget(self.kind)
        middle.addWidget(self.desk, 1)
        middle.addSpacing(8)
        middle.addWidget(self.foot)
        self._layout = row(self)
        self._layout.addWidget(self.list)
        self._layout.addWidget(self._middle, 1)
        self._layout.addWidget(self.pane)

    def _wire(self) -> None:
        self.shelf.chosen.connect(self._choose)
        self.list.new.clicked.connect(self._choose_kind)
        self.list.bring.clicked.connect(self.files.choose)
        self.list.rename_wanted.connect(self._rename)
        self.list.duplicate_wanted.connect(self._duplicate)
        self.list.export_wanted.connect(self._export)
        self.list.delete_wanted.connect(self._delete)
        self.desk.kind_chosen.connect(self._begin)
        self.desk.chooser_left.connect(self._show_open)
        self.desk.edited.connect(self._edited)
        self.desk.picking.picked.connect(lambda judge: self.editor.edit(judge_form.draft(judge), now=True))
        self.desk.check.instead.connect(self._write_as)
        self.foot.add.clicked.connect(self._add)
        self.foot.leave.clicked.connect(self._show_open)
        self.foot.duplicate.clicked.connect(self._duplicate)
        self.foot.export.clicked.connect(self._export)
        self.foot.delete.clicked.connect(self._delete)
        self.trial.bench_changed.connect(
            lambda bench: self._background.run(lambda: self._store.save(bench), lambda _: None, self._failed)
        )
        self.trial.arranged.connect(self._share_width)
        self.pane.choice.chosen.connect(self._share_width)
        self.pane.hacking.wanted.connect(lambda name, on: self.editor.set_counter_example(name, on=on))
        self.editor.changed.connect(self._show_open)
        self.editor.adopted.connect(self._adopted)
        self.editor.stored.connect(lambda _slug: self.reload())
        self.editor.failed.connect(self._failed)
        self.files.read.connect(self._review)
        self.files.kept.connect(self.reload)
        self.files.exported.connect(lambda name: self.foot.say(f"Written to {name}."))
        self.files.removed.connect(self._removed)
        self.files.failed.connect(self._failed)
        for keys, call in (
            (QKeySequence.StandardKey.Redo, self.editor.redo),
            (QKeySequence("Ctrl+N"), self._choose_kind),
        ):
            shortcut = QShortcut(keys, self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(call)

    def _share_width(self) -> None:
        width = self.width()
        wide = width >= 1100
        margin = 32 if wide else 24
        self._layout.setContentsMargins(margin, 8, margin, margin)
        self._layout.setSpacing(margin if wide else 20)
        left = self._theme.broad(240 if wide else 188)
        self.list.setFixedWidth(left)
        self.pane.fit_into(width, width - left - 4 * margin - (380 if wide else 300))

    # The library.

    def _loaded(self, entries: Sequence[JudgeEntry]) -> None:
        self._entries = {entry.slug: entry for entry in entries}
        self.trial.show_judges(entries)
        wanted, self._wanted = self._wanted, ""
        key = self.editor.key
        if wanted in self._entries and wanted != key:
            self.editor.show_entry(self._entries[wanted])
        elif key in self._entries:
            if self.editor.read_again(self._entries[key]):
                self._shown = ""
            if self._stranger is None and self.desk.shown != "chooser":
                self._show_open()
        elif not key and self._entries:
            self.editor.show_entry(next(iter(self._entries.values())))
        elif not key:
            self._choose_kind()
        self.list.show_judges(self._entries, self.editor.unsaved, self.editor.key)
        self.judges_changed.emit(list(entries))

    def _choose(self, key: str) -> None:
        self._fault = ""
        if key in self._entries:
            self.editor.show_entry(self._entries[key])
        else:
            self.editor.show_unsaved(key)

    def _show_open(self) -> None:
        """Show what is open as it is now."""
        self._stranger = None
        key, one, entry = self.editor.key, self.editor.open, self._entries.get(self.editor.key)
        fresh, self._shown = key != self._shown or self.desk.shown != "form", key
        spec = self.editor.spec
        if one is not None:
            self.desk.show_form(one.form, spec, editable=one.editable, fresh=fresh)
            self.desk.show_faults(self.editor.faults)
            self.desk.show_notes(notes(spec, os.environ) if spec is not None and one.editable else ())
            self.kind.setText(open_line(one.form.kind, spec, own=one.editable))
            refusal = "Scores come once the judge is complete."
        elif entry is not None:
            self.desk.show_fault(entry.name, entry.error or "This judge cannot be used.")
            self.kind.setText("Cannot be used")
            refusal = "This judge cannot be used, so there are no scores."
        else:
            self._choose_kind()
            return
        self.desk.show_picks(spec, key, editable=one is not None and one.editable)
        self.pane.set_judge(spec, key, refusal)
        self._update_actions()
        self.list.show_judges(self._entries, self.editor.unsaved, self.editor.key)

    def _update_actions(self) -> None:
        one, entry = self.editor.open, self._entries.get(self.editor.key)
        looking = self._stranger is not None or self.desk.shown == "chooser"
        own = bool(self.editor.key) and (entry is None or not entry.shipped) and not looking
        deleting = "" if not own else "Discard" if entry is None else "Delete"
        copy = self.editor.spec is not None and not looking
        self.foot.offer(Offer(review=self._stranger is not None, copy=copy, delete=deleting))
        self.foot.notice.setVisible(self.desk.shown != "chooser" or bool(self._fault))
        if self._fault:
            self.foot.say(self._fault, fault=True)
        elif self._stranger is not None:
            self.foot.say(_STRANGER)
        elif one is None:
            self.foot.say("")
        elif not one.editable:
            self.foot.say(_SHIPPED)
        elif one.dirty and self.editor.faults:
            self.foot.say(f"Not saved yet. {next(iter(self.editor.faults.values()))}")
        else:
            undo = self.editor.undo if one.edits is not None and one.edits.past else None
            self.foot.say("Saved as you type.", undo)

    def _edited(self) -> None:
        self._deleted_last, self._fault = False, ""
        self.editor.edit(self.form.draft())

    # New ones.

    def _choose_kind(self) -> None:
        self._stranger, self._fault = None, ""
        self.kind.setText("A new judge")
        self.desk.show_chooser()
        self._update_actions()
        if self.isVisible():
            self.desk.chooser.cards["contrast"].setFocus()

    def _begin(self, kind: str) -> None:
        self._deleted_last, self._fault = False, ""
        form = judge_form.blank(kind)
        self.editor.begin(form)
        if form.name:
            # It is a judge as it stands.
            self.editor.edit(form, now=True)
        self._rename()

    def _duplicate(self) -> None:
        if self.editor.open is not None:
            self._fault = ""
            self.editor.duplicate()
            self._rename()

    def _write_as(self, kind: str) -> None:
        one = self.editor.open
        if one is not None:
            self.editor.begin(judge_form.as_kind(one.form, kind))
            self._rename()

    def _rename(self) -> None:
        one = self.editor.open
        if one is not None and one.editable and self.isVisible():
            name = self.form.controls["name"].inner
            name.setFocus()
            name.selectAll()  # type: ignore[attr-defined]

    def _adopted(self, old: str, slug: str) -> None:
        if self._shown == old:
            self._shown = slug
        self.pane.adopt(slug)
        self.desk.picking.adopt(slug)

    # From and to files.

    def _review(self, spec: JudgeSpec) -> None:
        self._stranger, self._fault = spec, ""
        self.kind.setText(f"{kind_line(spec)}, from a file")
        self.desk.show_judge(spec, notes(spec, os.environ))
        self._update_actions()
        if self.isVisible():
            self.foot.add.setFocus()

    def _add(self) -> None:
        spec, self._stranger = self._stranger, None
        if spec is not None:
            self.files.keep(spec)

    def _export(self) -> None:
        spec = self.editor.spec
        if spec is not None:
            self.files.export(spec, self.opened)

    # Taking away, and back.

    def _delete(self) -> None:
        key, entry = self.editor.key, self._entries.get(self.editor.key)
        if not key or (entry is not None and entry.shipped):
            return
        keys = self.shelf.shown()
        place = keys.index(key) if key in keys else 0
        following = next(iter([*keys[place + 1 :], *keys[:place][::-1]]), "")
        dropped = self.editor.drop(key)
        self.shelf.setFocus()
        if key.startswith(NEW):
            self._choose(following)
            if dropped is not None:
                self._offer_back(dropped.form.name, lambda: self.editor.restore(key, dropped))
        else:
            self._wanted = following
            self.files.take_out(key)

    def _removed(self, removed: Removed) -> None:
        entry = self._entries.pop(removed.slug, None)
        name = entry.name if entry is not None else removed.slug
        self._offer_back(name, lambda: self.files.put_back(removed))
        self.reload()

    def _offer_back(self, name: str, call: Callable[[], None]) -> None:
        def back() -> None:
            self._deleted_last = False
            self.list.notice.say("")
            self.list.notice.hide()
            call()

        self._deleted_last = True
        self.list.notice.say(f"“{name[:40] or 'New judge'}” is deleted.", "Undo", back)
        self.list.notice.show()

    def take_back(self) -> bool:
        """Bring back what was deleted last, or take back a pick or what was typed."""
        if self._deleted_last:
            self.list.notice.press()
            return True
        return (self.desk.picking.isVisible() and self.desk.picking.take_back()) or self.editor.undo()

    def _failed(self, error: Exception) -> None:
        if isinstance(error, JudgeError) and error.field in self.form.fields and self.desk.shown == "form":
            self.form.blame(error.field, str(error))
        self._fault = str(error)
        self._update_actions()

"""Between a judge's form and its file: what is typed is saved after a pause, and can be undone.

What is no judge yet is kept as it is written until it becomes one; going to another judge loses nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal

from engine.judges.spec import JudgeError, JudgeSpec
from studio.judges import JudgeEntry, JudgeLibrary
from studio.views import judge_form
from studio.views.judge_form import Draft, Edits
from ui.background import Background

PAUSE = 600
"""Milliseconds after the last change before a judge is saved."""
NEW = "\0new"
"""What the key of a judge begins with that has no file yet."""


@dataclass
class Writing:
    """One judge as it is being written.

    Attributes
    ----------
    form
        What the form holds.
    edits
        The versions that were saved; ``None`` before the first.
    editable
        Whether it is the person's own.
    """

    form: Draft
    edits: Edits | None
    editable: bool

    @property
    def dirty(self) -> bool:
        """Whether what is written is not saved."""
        return self.editable and (self.edits is None or self.form != self.edits.now)


class JudgeEditor(QObject):
    """Holds the judge that is open, and others that are not saved yet.

    Attributes
    ----------
    changed
        Another judge is open, or the open one reads otherwise.
    adopted
        A new judge has got its slug; carries its key until then, and the slug.
    stored
        A judge was written to disk; carries its slug.
    failed
        A judge could not be written; carries the error.
    """

    changed = Signal()
    adopted = Signal(str, str)
    stored = Signal(str)
    failed = Signal(Exception)

    def __init__(self, library: JudgeLibrary, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._library, self._background = library, background
        self._all: dict[str, Writing] = {}
        self._count = 0
        self._under_way: Counter[str] = Counter()
        self._read: tuple[Draft | None, dict[str, str], JudgeSpec | None] = (None, {}, None)
        self.key = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE)
        self._timer.timeout.connect(lambda: self._save(self.key))

    @property
    def open(self) -> Writing | None:
        """The judge that is open; ``None`` if what is open cannot be written."""
        return self._all.get(self.key)

    @property
    def unsaved(self) -> Mapping[str, Writing]:
        """The judges that are not saved, by their key."""
        return {key: one for key, one in self._all.items() if one.dirty}

    @property
    def faults(self) -> dict[str, str]:
        """What keeps the open judge from being one: key of the field → sentence."""
        return self._understood()[1]

    @property
    def spec(self) -> JudgeSpec | None:
        """The open judge as it is written now; ``None`` while that is no judge."""
        return self._understood()[2]

    @property
    def can_undo(self) -> bool:
        """Whether there is an earlier version of the open judge."""
        one = self.open
        return one is not None and one.edits is not None and (bool(one.edits.past) or one.dirty)

    def show_entry(self, entry: JudgeEntry) -> None:
        """Open a judge of the library; what was written in it and not saved is still there."""
        self._leave()
        self.key = entry.slug
        self.read_again(entry)
        self.changed.emit()

    def show_unsaved(self, key: str) -> None:
        """Open a judge that has no file yet."""
        self._leave()
        self.key = key
        self.changed.emit()

    def read_again(self, entry: JudgeEntry) -> bool:
        """Take note of a judge's file as it is now; tells whether the form has to be written anew.

        What was read before the latest version was written is passed over.
        """
        if self._under_way[entry.slug]:
            return False
        if entry.spec is None:
            return self._all.pop(entry.slug, None) is not None
        form, one = judge_form.draft(entry.spec), self._all.get(entry.slug)
        if one is None or one.editable == entry.shipped or (not one.dirty and one.form != form):
            self._all[entry.slug] = Writing(form, Edits(form), not entry.shipped)
            return True
        if one.edits is None:
            one.edits = Edits(form)
        return False

    def begin(self, form: Draft) -> None:
        """Open a new judge."""
        self._leave()
        self._count += 1
        self.key = f"{NEW}{self._count}"
        self._all[self.key] = Writing(form, None, True)
        self.changed.emit()

    def edit(self, form: Draft, *, now: bool = False) -> None:
        """Take what is written; it is saved after a pause, or at once."""
        one = self.open
        if one is None or not one.editable:
            return
        one.form = form
        self.changed.emit()
        if now:
            self._timer.stop()
            self._save(self.key)
        else:
            self._timer.start()

    def duplicate(self) -> None:
        """Open a copy of the open judge as a new one, and save it."""
        one = self.open
        if one is not None:
            self.begin(judge_form.changed(one.form, name=f"{one.form.name[:56]} 2"))
            self.edit(self._all[self.key].form, now=True)

    def set_counter_example(self, name: str, *, on: bool) -> None:
        """Make a name a counter-example of the open judge, or no longer; one that is shipped is copied."""
        if self.open is not None and not self.open.editable:
            self.duplicate()
        if self.open is not None:
            self.edit(judge_form.with_counter_example(self.open.form, name, on=on), now=True)

    def undo(self) -> bool:
        """Go back to the version before; tells whether there was one."""
        one = self.open
        if one is None or one.edits is None or not self.can_undo:
            return False
        if one.dirty:
            one.edits = Edits(one.edits.now, one.edits.past, (*one.edits.future, one.form))
        else:
            one.edits = judge_form.undone(one.edits)
        self._turned(one, one.edits.now)
        return True

    def redo(self) -> bool:
        """Take the last undoing back; tells whether there was one."""
        one = self.open
        if one is None or one.edits is None or not one.edits.future:
            return False
        one.edits = judge_form.redone(one.edits)
        self._turned(one, one.edits.now)
        return True

    def drop(self, key: str) -> Writing | None:
        """Forget what was written of a judge, and return it."""
        if key == self.key:
            self._timer.stop()
            self.key = ""
        return self._all.pop(key, None)

    def restore(self, key: str, one: Writing) -> None:
        """Open again what was dropped."""
        self._leave()
        self._all[key] = one
        self.key = key
        self.changed.emit()

    def flush(self) -> None:
        """Write what is sound and not saved, here and now: the window closes."""
        self._timer.stop()
        for key, one in self.unsaved.items():
            if judge_form.faults(one.form):
                continue
            slug = self._library.free_slug(one.form.name) if key.startswith(NEW) else key
            try:
                self._library.save(slug, judge_form.read(one.form))
            except JudgeError:
                # A home that cannot be written must not keep a window open.
                return

    def _understood(self) -> tuple[Draft | None, dict[str, str], JudgeSpec | None]:
        """Return what is written, read once however often it is asked for."""
        form = self.open.form if self.open is not None else None
        if form is not self._read[0]:
            found = judge_form.faults(form) if form is not None else {}
            self._read = (form, found, None if form is None or found else judge_form.read(form))
        return self._read

    def _turned(self, one: Writing, form: Draft) -> None:
        self._timer.stop()
        one.form = form
        self.changed.emit()
        if not judge_form.faults(form):
            self._write(self.key, form)

    def _leave(self) -> None:
        one = self.open
        if one is not None and self.key.startswith(NEW) and one.form == judge_form.blank(one.form.kind):
            self.drop(self.key)  # nothing was written, so nothing is kept
        if self._timer.isActive():
            self._timer.stop()
            self._save(self.key)

    def _save(self, key: str) -> None:
        one = self._all.get(key)
        if one is None or not one.dirty or judge_form.faults(one.form):
            return
        if key.startswith(NEW):
            key = self._adopt(key, one)
        one.edits = Edits(one.form) if one.edits is None else judge_form.saved(one.edits, one.form)
        self._write(key, one.form)

    def _adopt(self, key: str, one: Writing) -> str:
        library, taken = self._library, self._all
        slug = library.free_slug(one.form.name)
        while slug in taken:  # one that is being written this very moment
            slug = library.free_slug(f"{slug} 2")
        taken[slug] = taken.pop(key)
        if self.key == key:
            self.key = slug
        self.adopted.emit(key, slug)
        return slug

    def _write(self, key: str, form: Draft) -> None:
        library, made = self._library, judge_form.read(form)

        def stored(_: object) -> None:
            self._under_way[key] -= 1
            self.stored.emit(key)

        def failed(error: Exception) -> None:
            self._under_way[key] -= 1
            one = self._all.get(key)
            if one is not None:
                one.edits = None  # so it counts as not saved, and is tried again at the next change
            self.failed.emit(error)

        self._under_way[key] += 1
        self._background.run(lambda: library.save(key, made), stored, failed)

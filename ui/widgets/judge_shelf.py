"""The left of the Judges page: tastes and guards, the person's own first, and how to get more."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QMenu, QWidget

from studio.judges import JudgeEntry
from studio.views.judge_kinds import KINDS, Part, kind, kind_line
from ui.judge_editor import NEW, Writing
from ui.theme import Theme
from ui.widgets.basics import button, column, row
from ui.widgets.notice import Notice
from ui.widgets.shelf import Item, Shelf

_HEADINGS: tuple[tuple[Part, str], ...] = (("taste", "Tastes"), ("guard", "Guards"))


class JudgeShelf(QWidget):
    """The list with its buttons.

    Attributes
    ----------
    rename_wanted, duplicate_wanted, export_wanted, delete_wanted
        Asked of the judge that is chosen, by the list's own menu or its keys.
    """

    rename_wanted = Signal()
    duplicate_wanted = Signal()
    export_wanted = Signal()
    delete_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._shown: tuple[list[Item], str] = ([], "")
        self.shelf = Shelf(theme, "Judges")
        self.new = button(theme, "New judge")
        self.new.setToolTip("Choose a kind and write a judge (Ctrl+N)")
        self.bring = button(theme, "Import…", "Import a judge from a file", kind="quiet")
        self.bring.setToolTip("A judge is a .toml file; it may also be dropped on this page")
        self.notice = Notice(theme)
        self.notice.hide()
        layout = column(self, 12)
        layout.addWidget(self.shelf, 1)
        layout.addWidget(self.notice)
        foot = row(space=4)
        foot.addWidget(self.new, 1)
        foot.addWidget(self.bring)
        layout.addLayout(foot)
        self.shelf.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.shelf.customContextMenuRequested.connect(self._offer)
        for keys, signal in (("F2", self.rename_wanted), ("Del", self.delete_wanted)):
            shortcut = QShortcut(QKeySequence(keys), self.shelf)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(signal)

    def show_judges(
        self, entries: Mapping[str, JudgeEntry], unsaved: Mapping[str, Writing], chosen: str
    ) -> None:
        """Show the library, and what is not saved yet."""
        items: list[Item] = []
        for part, heading in _HEADINGS:
            found = [_item(entry, unsaved.get(slug)) for slug, entry in _own_first(entries, part)]
            found += [
                Item(key, one.form.name or "New judge", "Not saved yet")
                for key, one in unsaved.items()
                if key not in entries and KINDS[one.form.kind].part == part
            ]
            if found:
                items += [Item(f"{NEW} {part}", heading, "", heading=True), *found]
        faulty = [
            Item(entry.slug, entry.name, "Cannot be used", faulty=True)
            for entry in entries.values()
            if entry.spec is None
        ]
        if faulty:
            items += [Item(f"{NEW} faulty", "Not in order", "", heading=True), *faulty]
        if (items, chosen) != self._shown:
            self._shown = (items, chosen)
            self.shelf.show_items(items, chosen)

    def _offer(self, at: QPoint) -> None:
        item = self.shelf.itemAt(at)
        if item is None or not item.flags() & Qt.ItemFlag.ItemIsEnabled:
            return
        self.menu().popup(self.shelf.viewport().mapToGlobal(at))

    def menu(self) -> QMenu:
        """Return the menu of the judge that is chosen."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setFont(self._theme.font(13))
        for words, signal in (
            ("Rename", self.rename_wanted),
            ("Duplicate", self.duplicate_wanted),
            ("Export…", self.export_wanted),
            ("Delete", self.delete_wanted),
        ):
            menu.addAction(words).triggered.connect(lambda _=False, signal=signal: signal.emit())
        return menu


def _own_first(entries: Mapping[str, JudgeEntry], part: Part) -> list[tuple[str, JudgeEntry]]:
    found = [
        (slug, entry)
        for slug, entry in entries.items()
        if entry.spec is not None and kind(entry.spec).part == part
    ]
    return sorted(found, key=lambda pair: pair[1].shipped)


def _item(entry: JudgeEntry, unsaved: Writing | None) -> Item:
    assert entry.spec is not None
    facts = kind_line(entry.spec) if entry.shipped else f"{kind_line(entry.spec)}, yours"
    if unsaved is None:
        return Item(entry.slug, entry.name, facts)
    return Item(entry.slug, unsaved.form.name or entry.name, facts)

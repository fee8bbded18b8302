"""The palette view of Compare: many colours, and what the base and every painter call them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import msgspec
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QHideEvent,
    QKeySequence,
    QResizeEvent,
    QShortcut,
    QShowEvent,
)
from PySide6.QtWidgets import QBoxLayout, QMenu, QWidget

from engine.service.protocol import PainterRef, Ready
from studio import palettes
from studio.files import slugify
from studio.painters import PainterCard
from studio.palette_store import PaletteStore
from studio.palettes import HOUSE, KINDS, MOST, Entry, Kind, Palette
from studio.views.palette import counted
from ui import prints
from ui.background import Background
from ui.bridge import Service
from ui.current import CurrentColor
from ui.file_dialogs import FileDialogs
from ui.naming import Naming
from ui.printing import Printing, fan_sheets
from ui.prints import ChipSheet, FanSheet
from ui.theme import Theme
from ui.widgets.basics import button, column, row
from ui.widgets.fan_dialog import FanDialog
from ui.widgets.palette_head import PaletteHead
from ui.widgets.palette_table import Ground, PaletteModel, PaletteTable
from ui.widgets.speaker import SpeakerButton

TO_READ = "Palettes (*.ase *.gpl *.css *.json *.txt *.hex);;All files (*)"
KEPT = 100  # changes that can be undone


class PaletteView(QWidget):
    """A rack of chips: rows are colours, columns painters.

    Parameters
    ----------
    theme, current, service
        The look, the shared colour, and who names.
    store, background, dialogs
        Keep the palette between starts, read and write files, and ask where they are.
    """

    def __init__(
        self,
        theme: Theme,
        current: CurrentColor,
        service: Service,
        store: PaletteStore,
        background: Background,
        dialogs: FileDialogs,
    ) -> None:
        super().__init__()
        self._theme, self._current = theme, current
        self._store, self._background, self._dialogs = store, background, dialogs
        self._printing = Printing(dialogs, background)
        self._palette = HOUSE
        self._before: list[tuple[str, Palette]] = []
        self._painters: tuple[tuple[PainterRef, str], ...] = ()
        self._stopped = False  # by the person
        self.fan: FanDialog | None = None
        self.naming = Naming(service, self._order, self)
        self.model = PaletteModel(self.naming)
        self.table = PaletteTable(theme, self.model)
        self.head = PaletteHead(theme)
        self.add = button(theme, "Add colour", "Add the current colour to the palette")
        self.add.setToolTip("Add the current colour to the palette")
        self.open = button(theme, "Import…", "Import a palette")
        self.undo = button(theme, "Undo", kind="quiet")
        self.speaker = SpeakerButton(theme)
        self.export = button(theme, "Export  ▾", "Export the palette")
        self.deck = button(theme, "Fan deck…", "Make a fan deck of the palette")
        self.menu = QMenu(self.export)
        for kind, title in KINDS.items():
            self.menu.addAction(f"{title} (.{kind})…", partial(self._export, kind))
        self.export.setMenu(self.menu)
        self._foot = row(space=8)
        for group in ((self.add, self.open, self.undo), (self.speaker, self.export, self.deck)):
            side = row(space=8)
            for control in group:
                side.addWidget(control)
            self._foot.addLayout(side)
        self._foot.insertStretch(1, 1)
        layout = column(self)
        layout.addWidget(self.head)
        layout.addSpacing(8)
        layout.addWidget(Ground(theme, self.table), 1)
        layout.addSpacing(12)
        layout.addLayout(self._foot)
        self.setAcceptDrops(True)
        theme.changed.connect(self._arrange)
        self.add.clicked.connect(self._add)
        self.open.clicked.connect(self._open)
        self.undo.clicked.connect(self.take_back)
        self.deck.clicked.connect(self._show_fan)
        self.head.pressed.connect(self._head_pressed)
        self.naming.moved.connect(self._show_head)
        service.ready.connect(self._recover)
        self.model.relabelled.connect(self._relabel)
        self.table.chosen.connect(self._choose)
        self.table.customContextMenuRequested.connect(self._offer)
        for keys, act in (
            ("Delete", self._remove),
            ("Backspace", self._remove),
            ("Ctrl+C", self._copy),
            ("Alt+Up", lambda: self._move(-1)),
            ("Alt+Down", lambda: self._move(1)),
        ):
            shortcut = QShortcut(QKeySequence(keys), self.table)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(act)
        self._show_palette()

    @property
    def palette_(self) -> Palette:
        """The palette that is shown."""
        return self._palette

    def load(self) -> None:
        """Bring back the palette of last time."""

        def loaded(found: tuple[Palette, str]) -> None:
            palette, notice = found
            if not self._before:
                self._palette = palette
                self._show_palette()
            if notice:
                self.head.say(notice)

        self._background.run(self._store.load, loaded, self._fail)

    def show_painters(self, cards: Sequence[PainterCard]) -> None:
        """Show a column for the base and for each painter that can be used."""
        painters = tuple((PainterRef(c.slug, c.folder), c.name) for c in cards if not c.error)
        if painters == self._painters:
            return
        self._painters = painters
        self.naming.set_painters(painters)
        self.model.show_painters([title for _, title in painters])
        self.speaker.show_painters([(ref.slug, title) for ref, title in painters])
        self._go_on()

    def import_file(self, path: Path) -> None:
        """Show the palette in a file in place of this one; that can be undone."""

        def done(palette: Palette) -> None:
            words = f"{palette.name or path.name} is imported: {counted(len(palette.entries))}."
            self._change(palette, "the import", words)

        self._background.run(lambda: palettes.read_file(path), done, self._fail)

    def take_back(self) -> bool:
        """See :class:`ui.commands.TakesBack`."""
        if not self._before:
            return False
        what, self._palette = self._before.pop()
        self._store_and_show()
        self.head.say(f"Undone: {what}.")
        return True

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width out anew."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """Let the buttons take two lines where large text leaves them no room in one."""
        controls = (self.add, self.open, self.undo, self.speaker, self.export, self.deck)
        narrow = sum(control.sizeHint().width() + 8 for control in controls) > self.width()
        down, across = QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight
        self._foot.setDirection(down if narrow else across)

    def showEvent(self, event: QShowEvent) -> None:
        """Ask for names while it is seen."""
        super().showEvent(event)
        self._go_on()

    def hideEvent(self, event: QHideEvent) -> None:
        """Ask for no more once it is left."""
        super().hideEvent(event)
        self.naming.stop()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take one file."""
        if _dragged(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Import the file that was let go here."""
        path = _dragged(event)
        if path:
            event.acceptProposedAction()
            self.import_file(path)

    def _order(self) -> list[str]:
        """Return the colours, those in sight first."""
        entries = self._palette.entries
        seen = [entries[row].hex for row in self.table.seen() if row < len(entries)]
        return [*seen, *(entry.hex for entry in entries)]

    def _go_on(self) -> None:
        if self.isVisible() and self._painters and not self._stopped and not self.naming.fault:
            self.naming.go()
        self._show_head()

    def _recover(self, reply: Ready) -> None:
        """Go on once the service was started again: what it owed is asked for once more."""
        self.naming.fault = ""
        self._go_on()

    def _head_pressed(self) -> None:
        self._stopped = self.naming.going
        if self._stopped:
            self.naming.stop()
        else:
            self.naming.fault = ""
            self._go_on()

    def _show_head(self) -> None:
        naming = self.naming
        name = self._palette.name or "Palette"
        pace = naming.pace
        if naming.fault:
            self.head.show_usual(naming.fault, "Try again")
        elif naming.going:
            doing = naming.note if naming.note and not pace.named else f"Naming {pace.words}"
            self.head.show_usual(doing, "Stop", pace.share)
        elif self._stopped and not naming.complete:
            self.head.show_usual(f"{name}: {pace.words} named", "Name the rest")
        else:
            self.head.show_usual(f"{name}, {counted(len(self._palette.entries))}")

    def _show_palette(self) -> None:
        at, top = self.table.currentIndex(), self.table.verticalScrollBar().value()
        row, place = at.row(), at.column()
        self.model.show_entries(self._palette.entries)
        self.table.verticalScrollBar().setValue(top)
        if row >= 0 and self._palette.entries:
            last = len(self._palette.entries) - 1
            self.table.setCurrentIndex(self.model.index(min(row, last), place))
        self.undo.setEnabled(bool(self._before))
        self.undo.setToolTip(f"Undo {self._before[-1][0]}" if self._before else "Nothing to undo")
        for needed in (self.export, self.deck):
            needed.setEnabled(bool(self._palette.entries))
        self._go_on()

    def _store_and_show(self) -> None:
        palette = self._palette
        self._background.run(lambda: self._store.save(palette), lambda _: None, self._fail)
        self._show_palette()

    def _change(self, palette: Palette, what: str, said: str) -> None:
        """Show another palette, so that it can be undone, and say what was done."""
        self._before = [*self._before[-KEPT + 1 :], (what, self._palette)]
        self._palette = palette
        self._store_and_show()
        self.head.say(said)

    def _entries(self, entries: Sequence[Entry], what: str, said: str) -> None:
        self._change(Palette(self._palette.name, tuple(entries)), what, said)

    def _add(self) -> None:
        entries = self._palette.entries
        if len(entries) >= MOST:
            self.head.say(f"A palette has at most {MOST} colours; remove one first.", "danger")
            return
        color = self._current.hex
        self._entries([*entries, Entry(color)], f"adding {color}", f"{color} is added.")
        self.table.setCurrentIndex(self.model.index(len(entries), 0))

    def _remove(self) -> None:
        rows = self.table.rows
        if rows:
            gone = set(rows)
            kept = [entry for row, entry in enumerate(self._palette.entries) if row not in gone]
            one = self._palette.entries[rows[0]]
            words = counted(len(rows)) if len(rows) > 1 else one.label or one.hex
            verb = "are" if len(rows) > 1 else "is"
            self._entries(kept, f"removing {words}", f"{words} {verb} removed; Ctrl+Z brings back.")

    def _move(self, step: int) -> None:
        rows = self.table.rows
        entries = list(self._palette.entries)
        if len(rows) != 1 or not 0 <= rows[0] + step < len(entries):
            return
        row = rows[0]
        entries[row], entries[row + step] = entries[row + step], entries[row]
        self._entries(entries, f"moving {entries[row + step].hex}", f"{entries[row + step].hex} is moved.")
        self.table.setCurrentIndex(self.model.index(row + step, self.table.currentIndex().column()))

    def _relabel(self, row: int, label: str) -> None:
        entries = list(self._palette.entries)
        label = palettes.clean(label)
        if label != entries[row].label:
            entries[row] = msgspec.structs.replace(entries[row], label=label)
            self._entries(entries, f"labelling {entries[row].hex}", f"{entries[row].hex} is labelled.")

    def _choose(self, row: int) -> None:
        self._current.set_hex(self._palette.entries[row].hex)

    def _copy(self) -> None:
        at = self.table.currentIndex()
        if at.isValid():
            color = self._palette.entries[at.row()].hex
            text = color if at.column() == 0 else at.data() or color
            QGuiApplication.clipboard().setText(text)
            self.head.say(f"“{prints.plain(text)}” is copied.")

    def _offer(self, at: QPoint) -> None:
        index = self.table.indexAt(at)
        if index.isValid():
            menu = self.offers(index.row(), index.column())
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(self.table.viewport().mapToGlobal(at))

    def offers(self, row: int, place: int) -> QMenu:
        """Return the menu of what can be done with a cell."""
        menu = QMenu(self.table)
        menu.addAction("Make it the current colour", lambda: self._choose(row))
        menu.addAction("Copy", QKeySequence("Ctrl+C"), self._copy)
        chip = menu.addAction("Save chip as picture…", lambda: self._save_chip(row, place))
        chip.setEnabled(place > 0 and bool(self.model.index(row, place).data()))
        menu.addSeparator()
        menu.addAction("Label…", QKeySequence("F2"), lambda: self.table.edit(self.model.index(row, 0)))
        menu.addAction("Remove", QKeySequence("Del"), self._remove)
        return menu

    def _open(self) -> None:
        path = self._dialogs.to_open(self, "Import a palette", TO_READ)
        if path:
            self.import_file(path)

    def _names(self) -> dict[str, dict[str, str]]:
        """Return all names so far, by hex and slug."""
        found: dict[str, dict[str, str]] = {}
        for entry in self._palette.entries:
            names = {ref.slug: self.naming.name(entry.hex, ref) for ref, _ in self._painters}
            found[entry.hex] = {slug: name for slug, name in names.items() if name}
        return found

    def _export(self, kind: Kind) -> None:
        name = f"{slugify(self._palette.name, 'palette')}.{kind}"
        path = self._dialogs.to_save(self, "Export the palette", name, f"{KINDS[kind]} (*.{kind})")
        if path is None:
            return
        palette = palettes.named(self._palette, self._names(), self.speaker.slug)
        self._printing.write(
            path, f".{kind}", lambda: palettes.write(palette, kind), self.head.say, self._fail
        )

    def _save_chip(self, row: int, place: int) -> None:
        ref, title = self._painters[place - 1]
        color = self._palette.entries[row].hex
        sheet = ChipSheet(color, self.naming.name(color, ref), title)
        self._printing.save_picture(self, [sheet], slugify(sheet.name, "chip"), self.head.say, self._fail)

    def fans(self, slug: str, sort: bool) -> list[FanSheet]:
        """Return the palette, or the rows that are picked out, as fan decks with a painter's names."""
        rows = self.table.rows if len(self.table.rows) > 1 else range(len(self._palette.entries))
        entries = [self._palette.entries[row] for row in rows]
        name = self._palette.name or "Palette"
        for ref, title in self._painters:
            if ref.slug == slug:
                names = {entry.hex: self.naming.name(entry.hex, ref) for entry in entries}
                return fan_sheets(entries, names, title, name, sort=sort)
        return fan_sheets(entries, None, name, "Own labels", sort=sort)

    def _show_fan(self) -> None:
        painters = [(ref.slug, title) for ref, title in self._painters]
        fan = FanDialog(self, self._theme, self._background, self.speaker.slug, painters, self.fans)
        fan.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        fan.save_wanted.connect(
            lambda: self._printing.save_picture(fan, fan.sheets, "fan-deck", fan.say, fan.fail)
        )
        self.fan = fan
        fan.open()

    def _fail(self, error: Exception) -> None:
        self.head.say(str(error), "danger")


def _dragged(event: QDropEvent) -> Path | None:
    urls = event.mimeData().urls()
    return Path(urls[0].toLocalFile()) if len(urls) == 1 and urls[0].isLocalFile() else None

"""Painters: the gallery. The chosen one's fan deck large, all cards below, the facts on the right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFileDialog, QMenu, QMessageBox, QStackedWidget, QWidget

from engine.export.order import Order
from engine.recipe import EMBEDDED_BASE
from studio import blending, reports
from studio.glossary import Glossary
from studio.judges import JudgeEntry, JudgeLibrary
from studio.keeping import Discarded, PainterKeeper
from studio.name_maps import NameMaps
from studio.painters import BASE, PainterCard, PainterLibrary
from studio.views import gallery
from ui.atlas import Atlas
from ui.background import Background
from ui.bridge import Service
from ui.current import CurrentColor
from ui.exporting import Exporter, Job
from ui.making import Gauge, Workshop
from ui.theme import Theme
from ui.tips import tip
from ui.widgets.basics import Elided, Label, button, column, row
from ui.widgets.blend_form import BlendForm
from ui.widgets.deck_shelf import Deck, DeckShelf
from ui.widgets.export_sheet import ExportSheet
from ui.widgets.fan_deck import FanDeck
from ui.widgets.painter_details import PainterDetails
from ui.widgets.painter_title import PainterTitle


class PaintersPage(QWidget):
    """The gallery.

    Parameters
    ----------
    theme, current, service
        The look, the shared colour, and who names and measures.
    library, judges
        The painters and the judges on disk.
    maps
        The maps of names that are known.
    background
        Where files are read and written.
    glossary
        What the labels mean.
    export
        Makes the job that does an export.

    Attributes
    ----------
    painters_changed
        Painters were made, renamed, thrown away or brought back.
    """

    title = "Painters"
    icon = "palette"

    painters_changed = Signal()

    def __init__(
        self,
        theme: Theme,
        current: CurrentColor,
        service: Service,
        library: PainterLibrary,
        judges: JudgeLibrary,
        maps: NameMaps,
        background: Background,
        glossary: Glossary,
        export: Callable[[Order], Job],
        opened: str = "",
    ) -> None:
        super().__init__()
        self.setObjectName("page")
        self._theme, self._library, self._judges = theme, library, judges
        self._background = background
        self._keeper = PainterKeeper(library)
        self._cards: dict[str, PainterCard] = {}
        self._judge_names: dict[str, str] = {}
        self._measured: dict[str, dict[str, Any]] = {}
        self._trash: list[Discarded] = []
        self._open = opened
        self.atlas = Atlas(service, maps, background, self)
        self.workshop = Workshop(service, self._keeper, background, self)
        self.gauge = Gauge(service, self)
        self.exporter = Exporter(export, self)
        self.exports: ExportSheet | None = None
        self.head = PainterTitle(theme)
        self.fan = FanDeck(theme)
        self.shelf = DeckShelf(theme)
        self.said = Elided(theme, size=12, tone="2")
        self.undo = button(theme, "Undo", "Bring the painter back", kind="link")
        self.undo.setToolTip("Bring the painter back (Ctrl+Z)")
        self.undo.hide()
        self.take_in = button(theme, "Import", "Import a painter from a folder or a GGUF")
        self.bin = button(theme, "Trash", kind="quiet")
        self.details = PainterDetails(theme, glossary)
        self.form = BlendForm(theme)
        self.right = QStackedWidget()
        self.right.addWidget(self.details)
        self.right.addWidget(self.form)
        self._lay_out()
        self._wire(current)

    @property
    def opened(self) -> str:
        """The slug of the painter that is shown large."""
        return self._open

    def show_painters(self, cards: Sequence[PainterCard]) -> None:
        """Show the painters, faulty ones too."""
        kept = {card.slug: card for card in cards}
        for slug, figures in self._measured.items():
            # What was measured of a shipped one holds as long as the window does.
            if slug in kept and kept[slug].shipped:
                kept[slug] = msgspec.structs.replace(kept[slug], report={}, report_small=figures)
        if self._open not in kept:
            self._open = next((c.slug for c in cards if c.folder and not c.error), BASE)
        self._cards = kept
        self.atlas.show_painters(cards, self._open)
        self._show()
        self._background.run(self._keeper.trash, self._trash_read, self._failed)

    def show_judges(self, entries: Sequence[JudgeEntry]) -> None:
        """Learn what judges are called."""
        self._judge_names = {entry.slug: entry.name for entry in entries}
        if self._cards:
            self._show_details()

    def choose(self, slug: str) -> None:
        """Show a painter large."""
        if slug in self._cards and slug != self._open:
            self._open = slug
            self.atlas.choose(slug)
            self.right.setCurrentWidget(self.details)
            self._show()

    def import_folder(self, folder: Path) -> None:
        """Take in an adapter's folder."""
        base = self._cards[BASE]
        self._say(f"Checking {folder.name[:60]}…")
        self.workshop.make(lambda room: blending.take_in(folder, EMBEDDED_BASE, base.primer, room))

    def showEvent(self, event: QShowEvent) -> None:
        """Let the decks be named while somebody looks."""
        self.atlas.wake()

    def hideEvent(self, event: QHideEvent) -> None:
        """Let the naming service go."""
        self.atlas.rest()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width out, and keep the page's margins."""
        wide = self.width() >= 1100
        margin = 32 if wide else 24
        self._layout.setContentsMargins(margin, 8, margin, margin)
        self._layout.setSpacing(margin)
        self.right.setFixedWidth(self._theme.broad(min(max(round(self.width() * 0.27), 296), 400)))
        super().resizeEvent(event)

    def _lay_out(self) -> None:
        left = column(space=12)
        left.addWidget(self.head)
        left.addWidget(self.fan, 1)
        line = row(space=8)
        line.addWidget(Label(self._theme, "All painters", 13, "2", 600))
        line.addSpacing(8)
        line.addWidget(self.said, 1)
        line.addWidget(self.undo)
        line.addWidget(self.bin)
        line.addWidget(self.take_in)
        left.addLayout(line)
        left.addWidget(self.shelf)
        self._layout = row(self)
        self._layout.addLayout(left, 1)
        self._layout.addWidget(self.right)

    def _wire(self, current: CurrentColor) -> None:
        self.shelf.chosen.connect(self.choose)
        self.fan.color_chosen.connect(current.set_hex)
        self.details.map.color_chosen.connect(current.set_hex)
        self.atlas.changed.connect(self._map_changed)
        self.atlas.faulted.connect(lambda sentence: self._say(sentence, fault=True))
        self.head.renamed.connect(self._rename)
        self.details.duplicate.clicked.connect(self._duplicate)
        self.details.blend.clicked.connect(self._begin_blend)
        self.details.export.clicked.connect(self._export)
        self.details.reveal.clicked.connect(self._reveal)
        self.details.delete.clicked.connect(self._delete)
        self.details.measure.clicked.connect(self._measure)
        self.details.stop.clicked.connect(self.gauge.stop)
        self.form.wanted.connect(self._blend)
        self.form.left.connect(lambda: self.right.setCurrentWidget(self.details))
        kinds = QMenu(self.take_in)
        kinds.addAction("A folder that peft saved…", self._ask_folder)
        kinds.addAction("A GGUF file…", self._ask_file)
        self.take_in.setMenu(kinds)
        self.undo.clicked.connect(self.take_back)
        self.bin.clicked.connect(self._empty)
        self.workshop.made.connect(self._made)
        self.workshop.failed.connect(self._not_made)
        self.gauge.moved.connect(lambda share, words: self.details.show_measuring(share, words))
        self.gauge.measured.connect(self._keep_figures)
        self.gauge.ended.connect(self._measuring_ended)

    # What is shown.

    @property
    def _card(self) -> PainterCard:
        return self._cards[self._open]

    def _show(self) -> None:
        self._show_shelf()
        self.head.show_painter(self._card)
        self.fan.show_deck(self._card.name, self.atlas.deck(self._open))
        self._show_details()

    def _show_shelf(self) -> None:
        decks = [
            Deck(card.slug, card.name, gallery.origin(card), self.atlas.view(card.slug), bool(card.error))
            for card in self._cards.values()
        ]
        self.shelf.show_decks(decks, self._open)

    def _show_details(self) -> None:
        self.details.show_painter(
            self._card, self._cards.get(BASE), self._judge_names, self.atlas.view(self._open)
        )
        self.details.measure.setEnabled(not self.gauge.slug)

    def _map_changed(self, slug: str) -> None:
        if slug not in self._cards:
            return
        self._show_shelf()
        if slug == self._open:
            self.fan.show_deck(self._card.name, self.atlas.deck(slug))
            self.details.show_map(self._card, self.atlas.view(slug))

    def _trash_read(self, trash: list[Discarded]) -> None:
        self._trash = trash
        self.bin.setText(f"Empty trash ({len(trash)})")
        self.bin.setVisible(bool(trash))
        if trash:
            self.bin.setToolTip(tip("Delete for good: " + ", ".join(one.name for one in trash[:8])))

    def _say(self, sentence: str, *, fault: bool = False, undo: bool = False) -> None:
        self.said.set_tone("danger" if fault else "2")
        self.said.setText(sentence)
        self.said.setToolTip(tip(sentence))
        self.undo.setVisible(undo)

    def _failed(self, error: Exception) -> None:
        self._say(str(error), fault=True)

    # What is done.

    def _run(self, work: Callable[[], object], said: Callable[[Any], str], *, undo: bool = False) -> None:
        def done(result: object) -> None:
            if isinstance(result, PainterCard):
                self._open = result.slug
            self._say(said(result), undo=undo)
            self.painters_changed.emit()

        self._background.run(work, done, self._failed)

    def _rename(self, name: str) -> None:
        slug = self._open

        def failed(error: Exception) -> None:
            self._failed(error)
            self.head.show_painter(self._cards[slug])

        def done(card: PainterCard) -> None:
            self._say(f"It is called “{card.name}” now.")
            self.painters_changed.emit()

        self._background.run(lambda: self._library.rename(slug, name), done, failed)

    def _duplicate(self) -> None:
        slug = self._open
        self._run(lambda: self._keeper.duplicate(slug), lambda card: f"“{card.name}” is a copy of your own.")

    def _delete(self) -> None:
        slug = self._open
        order = list(self._cards)
        place = order.index(slug)
        self._open = order[place + 1] if place + 1 < len(order) else order[place - 1]
        self.shelf.setFocus()
        self._run(
            lambda: self._keeper.discard(slug), lambda gone: f"“{gone.name}” is in the trash.", undo=True
        )

    def take_back(self) -> bool:
        """Bring back the painter that was deleted last, as long as that is offered."""
        if not (self.undo.isVisible() and self._trash):
            return False
        key = self._trash[0].key
        self._run(lambda: self._keeper.restore(key), lambda card: f"“{card.name}” is back.")
        return True

    def _empty(self) -> None:
        count = len(self._trash)
        several = f"{count} painters" if count > 1 else f"“{self._trash[0].name[:60]}”"
        box = QMessageBox(
            QMessageBox.Icon.NoIcon, "Painter Studio", f"Delete {several} for good?", parent=self
        )
        box.setTextFormat(Qt.TextFormat.PlainText)
        agree = box.addButton("Delete for good", QMessageBox.ButtonRole.AcceptRole)
        last = box.addButton("Bring the last one back", QMessageBox.ButtonRole.ActionRole)
        box.addButton("Keep in the trash", QMessageBox.ButtonRole.RejectRole)
        box.exec()
        if box.clickedButton() is agree:
            self._run(self._keeper.empty, lambda gone: "The trash is empty.")
        elif box.clickedButton() is last:
            key = self._trash[0].key
            self._run(lambda: self._keeper.restore(key), lambda card: f"“{card.name}” is back.")

    def _reveal(self) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(self._card.folder)):
            self._say(f"No file manager answers here; the painter lies in {self._card.folder}.", fault=True)

    def _export(self) -> None:
        if self.exports is None:
            self.exports = ExportSheet(self._theme, self.window(), self._background, self.exporter)
        self.exports.begin(self._card)

    def _ask_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Import a painter: the folder that peft saved")
        if folder:
            self.import_folder(Path(folder))

    def _ask_file(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, "Import a painter: a GGUF", "", "GGUF (*.gguf)")
        if chosen:
            self.import_folder(Path(chosen))

    def _begin_blend(self) -> None:
        self.form.begin(self._card, list(self._cards.values()))
        self.right.setCurrentWidget(self.form)
        self.form.shelf.setFocus()

    def _blend(self, other: str, percent: int, name: str) -> None:
        first, second = self._card, self._cards[other]
        self.form.say("Blending…")
        self.workshop.make(lambda room: blending.blend(first, second, (percent, 100 - percent), room, name))

    def _made(self, card: PainterCard) -> None:
        self.form.say("")
        self.right.setCurrentWidget(self.details)
        self._open = card.slug
        self._say(f"“{card.name}” is a painter of your own.")
        self.painters_changed.emit()

    def _not_made(self, sentence: str) -> None:
        if self.right.currentWidget() is self.form:
            self.form.say(sentence, fault=True)
        else:
            self._say(sentence, fault=True)

    def _measure(self) -> None:
        card = self._card
        self._background.run(lambda: reports.measure(card, self._judges), self.gauge.measure, self._failed)

    def _keep_figures(self, slug: str, figures: dict[str, Any]) -> None:
        self._measured[slug] = figures
        if self._cards[slug].shipped:
            self.show_painters(list(self._cards.values()))
            return

        def work() -> PainterCard:
            return self._keeper.note_report(slug, "report_small", figures)

        self._background.run(work, lambda _: self.painters_changed.emit(), self._failed)

    def _measuring_ended(self, sentence: str) -> None:
        self.details.show_measuring(None)
        if sentence:
            self._say(sentence, fault=True)

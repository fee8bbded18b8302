"""A painter for the world outside: as what, where to, and whether it says there what it says here."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRectF, Qt, QUrl
from PySide6.QtGui import QColor, QDesktopServices, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFileDialog, QGridLayout, QLineEdit, QWidget

from engine.export.order import Exported, Order
from engine.service.protocol import Progress
from studio import exporting
from studio.painters import PainterCard
from studio.views import exports
from ui.background import Background
from ui.exporting import Exporter
from ui.theme import Theme
from ui.widgets.basics import AccentButton, Elided, Label, button, row
from ui.widgets.faults import Field
from ui.widgets.progress import Progressing
from ui.widgets.segments import Segments
from ui.widgets.sheet import Sheet


class ExportSheet(Sheet):
    """Asks what is wanted, shows how it goes, and then both names of twenty colours.

    Parameters
    ----------
    theme, window, background
        The look, what it lies over, and where the place is looked at.
    exporter
        Does the work; it goes on while the sheet is away.
    """

    def __init__(self, theme: Theme, window: QWidget, background: Background, exporter: Exporter) -> None:
        super().__init__(theme, window, "Export", 640)
        self._background, self.exporter = background, exporter
        self._card = PainterCard(slug="base", name="Base")
        self._parent = Path.home()
        self._out = Path()
        self.who = Label(theme, size=13, tone="2", wrap=True)
        self.kind = Segments(theme, "As what", [(word, "") for _, word, _ in exports.KINDS], stretched=True)
        self.about = Label(theme, size=12, tone="3", wrap=True)
        self.precision = Segments(
            theme, "Weights", [(word, facts) for _, word, facts in exports.QUANTIZATIONS], stretched=True
        )
        self.place = QLineEdit()
        self.place.setFont(theme.font(13))
        self.place.setAccessibleName("Folder to make")
        self.field = Field(theme, "Folder to make", self.place)
        self.browse = button(theme, "Choose…", "Choose where the folder is made")
        self.replace = button(theme, "Replace the earlier export")
        self.go = AccentButton(theme, "Export")
        self.stop = button(theme, "Stop", "Stop the export")
        self.progress = Progressing(theme, "How the export goes")
        self.said = Label(theme, size=13, wrap=True)
        self.show_folder = button(theme, "Show the folder")
        self.names = QWidget()
        self._grid = QGridLayout(self.names)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(2, 1)
        self._grid.setColumnStretch(3, 1)
        self._lay_out()
        self._wire()

    def begin(self, card: PainterCard) -> None:
        """Ask about a painter; one whose export is under way stays."""
        if not self.exporter.busy and card != self._card:
            self._card = card
            self._clear()
            self._choose_kind()
        self.open(self.kind)

    def _lay_out(self) -> None:
        self.body.addWidget(self.who)
        self.body.addWidget(self.kind)
        self.body.addWidget(self.about)
        self.body.addWidget(self.precision)
        line = row(space=8)
        line.addWidget(self.field, 1)
        line.addWidget(self.browse, 0, Qt.AlignmentFlag.AlignBottom)
        self.body.addLayout(line)
        self.body.addWidget(Label(self._theme, exports.promise(), 12, "3", wrap=True))
        acts = row(space=8)
        for one in (self.go, self.replace, self.stop):
            acts.addWidget(one)
        acts.addStretch(1)
        self.body.addLayout(acts)
        self.body.addWidget(self.progress)
        done = row(space=8)
        done.addWidget(self.said, 1)
        done.addWidget(self.show_folder)
        self.body.addLayout(done)
        self.body.addWidget(self.names)

    def _wire(self) -> None:
        self.kind.chosen.connect(lambda _: self._choose_kind())
        self.place.textEdited.connect(lambda _: self._placed())
        self.browse.clicked.connect(self._browse)
        self.go.clicked.connect(lambda: self._start(replace=False))
        self.replace.clicked.connect(lambda: self._start(replace=True))
        self.stop.clicked.connect(self._stop)
        self.progress.again.clicked.connect(lambda: self._start(replace=False))
        self.show_folder.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._out))))
        self.exporter.moved.connect(self._moved)
        self.exporter.done.connect(self._done)
        self.exporter.failed.connect(self._failed)

    def _choose_kind(self) -> None:
        kind, _, about = exports.KINDS[self.kind.place]
        self.who.setText(f"“{self._card.name}”, for use outside Painter Studio.")
        self.about.setText(about)
        self.precision.setVisible(kind in ("gguf", "ollama"))
        self.place.setText(str(exports.suggested(self._card.slug, kind, self._parent)))
        self._placed()

    def _placed(self) -> None:
        self.field.set_fault("")
        self.replace.hide()
        self._later()

    def _browse(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Where the folder is made", str(self._parent))
        if folder:
            self._parent = Path(folder)
            self._choose_kind()

    def _start(self, *, replace: bool) -> None:
        if self.exporter.busy:
            return
        self._clear()
        card, out = self._card, Path(self.place.text().strip() or "~")
        kind = exports.KINDS[self.kind.place][0]
        precision = exports.QUANTIZATIONS[self.precision.place][0]

        def refused(error: Exception) -> None:
            self.field.set_fault(str(error))
            self.replace.setVisible(isinstance(error, exporting.PlaceTakenError))
            self._later()

        def ordered(order: Order) -> None:
            self._out = Path(order.out)
            self._going(True)
            self.progress.say("Starting the export", None)
            self.exporter.start(order)
            self.stop.setFocus()
            self._later()

        self._background.run(
            lambda: exporting.order(card, kind, out, precision, replace=replace), ordered, refused
        )

    def _stop(self) -> None:
        self.progress.say("Stopping…", None)
        self.stop.setEnabled(False)
        self.exporter.stop()

    def _moved(self, told: Progress) -> None:
        if self.stop.isEnabled():
            self.progress.say(f"{told.note}…", told.done)

    def _done(self, told: Exported) -> None:
        self._going(False)
        view = exports.done(told)
        self.said.set_tone("" if view.sound else "danger")
        self.said.setText(f"{view.sentence} {view.size} in {self._out.name}.")
        self.said.show()
        self.show_folder.show()
        for place, words in enumerate(("In the app", "In the export, where it differs"), 2):
            self._grid.addWidget(Label(self._theme, words, 12, "3"), 0, place)
        for place, one in enumerate(view.rows, 1):
            self._grid.addWidget(_Swatch(self._theme, one.color), place, 0)
            self._grid.addWidget(Label(self._theme, one.color, 12, "3", tabular=True), place, 1)
            self._grid.addWidget(Elided(self._theme, one.app, 13), place, 2)
            self._grid.addWidget(Elided(self._theme, one.export, 13, "danger", 600), place, 3)
        self.names.show()
        self.show_folder.setFocus()
        self._later()

    def _failed(self, sentence: str) -> None:
        self._going(False)
        if sentence:
            self.progress.fault(sentence)
        else:
            self.said.set_tone("2")
            self.said.setText("Stopped; nothing was written.")
            self.said.show()
        self.go.setFocus()
        self._later()

    def _going(self, going: bool) -> None:
        for one in (self.kind, self.precision, self.place, self.browse, self.go):
            one.setEnabled(not going)
        self.stop.setEnabled(going)
        self.stop.setVisible(going)
        self.progress.setVisible(going)

    def _clear(self) -> None:
        self._going(False)
        for one in (self.said, self.show_folder, self.names, self.replace):
            one.hide()
        self.field.set_fault("")
        while (item := self._grid.takeAt(0)) is not None:
            if (gone := item.widget()) is not None:
                gone.hide()
                gone.deleteLater()


class _Swatch(QWidget):
    """A small field of a colour."""

    def __init__(self, theme: Theme, color: str) -> None:
        super().__init__()
        self._theme, self._color = theme, color
        self.setFixedSize(theme.px(28), theme.px(18))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it, with a hairline that shows white on white."""
        painter = QPainter(self)
        painter.setPen(QPen(self._theme.color("line"), 1))
        painter.setBrush(QColor(self._color))
        painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))

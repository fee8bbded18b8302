"""Compare: one colour, and what the base and every painter call it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QScrollArea, QWidget

from engine.service.protocol import Done, Failed, PainterRef, Ready, Reply
from studio.painters import PainterCard
from studio.views import names
from studio.views.names import ChipView, CompareView
from ui.bridge import Service
from ui.commands import Command
from ui.current import CurrentColor
from ui.theme import Theme
from ui.widgets.basics import Label, column, row
from ui.widgets.chip import PaintChip
from ui.widgets.picker import Picker
from ui.widgets.progress import Progressing
from ui.widgets.stage import Invitation, Stage
from ui.widgets.views import View, Views

SAMPLES = 8
LINGER = 350
"""Milliseconds after the names have come before alternatives are asked for."""


class ComparePage(QWidget):
    """Picker on the left, the stage with its chips on the right.

    Parameters
    ----------
    theme, current, service
        The look, the shared colour, and who names it.
    picker
        Picks the colour.
    views
        What else can be compared, beside the one colour.

    Attributes
    ----------
    train_wanted
        The person asked how to get a painter.
    """

    title = "Compare"
    icon = "swatch-book"

    train_wanted = Signal()

    def __init__(
        self,
        theme: Theme,
        current: CurrentColor,
        service: Service,
        picker: Picker,
        views: Sequence[View] = (),
    ) -> None:
        super().__init__()
        self.setObjectName("page")
        self._theme, self._current, self._service = theme, current, service
        self._refs: tuple[PainterRef, ...] = ()
        self._labels: tuple[tuple[str, str], ...] = ()
        # The names, and, folded apart, the sampled alternatives that are asked for once those have come.
        self._view = CompareView()
        self._more = CompareView()
        self.chips: dict[str, PaintChip] = {}

        self.picker = picker
        self.status = Label(theme, size=12, tone="3", wrap=True)
        self.status.setAccessibleName("Naming service")
        self.note = Label(theme, size=12, tone="2", wrap=True)
        self.note.setAccessibleName("Notice")
        side = QWidget()
        side.setObjectName("bare")
        left = column(side)
        left.addWidget(self.picker, 1)
        left.addSpacing(8)
        left.addWidget(self.note)
        left.addSpacing(8)
        left.addWidget(self.status)
        self.note.hide()
        self._side = QScrollArea()
        self._side.setWidget(side)
        self._side.setWidgetResizable(True)
        self._side.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._side.setFocusPolicy(Qt.FocusPolicy.NoFocus)

        self.stage = Stage(theme)
        self.invitation: Invitation | None = None
        self.progress = Progressing(theme, "What the naming service is doing")
        self.progress.again.clicked.connect(self._again)
        self.progress.hide()
        one = QWidget()
        right = column(one, 16)
        right.addWidget(self.progress)
        right.addWidget(self.stage, 1)

        self._layout = row(self)
        self._layout.addWidget(self._side)
        self.views = Views(theme, "What is compared", [View("One colour", one), *views])
        self._layout.addWidget(self.views, 1)

        self._linger = QTimer(self)
        self._linger.setSingleShot(True)
        self._linger.setInterval(LINGER)
        self._linger.timeout.connect(self._ask_further)

        current.changed.connect(self._color_moved)
        current.settled.connect(self._ask)
        service.ready.connect(self._ready)
        service.failed.connect(self._failed)
        for signal in (service.progress, service.named, service.done):
            signal.connect(self._replied)

    def show_painters(self, cards: Sequence[PainterCard]) -> None:
        """Lay out a chip for each painter that can be used, and ask for the names that are missing."""
        usable = [card for card in cards if not card.error]
        faulty = next((card.error for card in cards if card.error), "")
        if faulty:
            self.say(faulty)
        refs = tuple(PainterRef(slug=card.slug, folder=card.folder) for card in usable)
        labels = tuple((card.slug, card.name) for card in usable)
        if (refs, labels) == (self._refs, self._labels):
            return
        kept = {}
        for slug, label in labels:
            kept[slug] = self.chips.get(slug) or self._make_chip(slug, label)
            kept[slug].set_painter(label)
        self.chips = kept
        shown: list[QWidget] = list(kept.values())
        self.invitation = None
        # Until there is a painter of the person's own, beside those that came with the app.
        if all(card.shipped or not card.folder for card in usable):
            self.invitation = Invitation(self._theme)
            self.invitation.pressed.connect(self.train_wanted)
            shown.append(self.invitation)
        self.stage.show_chips(shown)
        self._refs, self._labels = refs, labels
        self._ask()

    def say(self, sentence: str) -> None:
        """Show a sentence that a person should know; empty for none."""
        self.note.setText(sentence)
        self.note.setVisible(bool(sentence))

    keys = (
        ("Left, Right", "On the colour area and the hue: one step"),
        ("Shift+Left", "A tenth of a step"),
        ("PgUp, PgDown", "Ten steps"),
    )

    def commands(self) -> Sequence[Command]:
        """Return what can be done here."""
        return (
            Command("Type a colour", lambda: self.picker.hex.setFocus(), words="hex code field paste"),
            Command("Name this colour again", self._again, words="ask retry service"),
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the picker its 320 where there is room, and the page its margins."""
        wide = self.width() >= 1100
        margin = 32 if wide else 24
        self._layout.setContentsMargins(margin, 8, margin, margin)
        self._layout.setSpacing(margin)
        self._side.setFixedWidth(320 if wide else 272)
        super().resizeEvent(event)

    def _make_chip(self, slug: str, label: str) -> PaintChip:
        chip = PaintChip(self._theme, slug, label, self._current.hex)
        chip.pressed.connect(self._copy)
        return chip

    def _copy(self, slug: str) -> None:
        name = self.chips[slug].name
        if name and not self.chips[slug].waiting:
            QGuiApplication.clipboard().setText(name)
            self.say(f"“{name[:60]}” is copied.")

    def _color_moved(self, color: str) -> None:
        self._drop()
        for chip in self.chips.values():
            chip.set_color(color)

    def _drop(self) -> None:
        """Let go of what was asked: its replies are no answers any more."""
        self._linger.stop()
        for view in (self._view, self._more):
            self._service.cancel(view.request)
        self._view, self._more = msgspec.structs.replace(self._view, request=0), CompareView()

    def _ask(self) -> None:
        if not self._refs:
            return
        self._drop()
        color = self._current.hex
        request = self._service.name(color, self._refs)
        self._view = names.ask(self._view, request, color, self._labels)
        for chip in self.chips.values():
            chip.set_color(color)
            chip.wait()

    def _ask_further(self) -> None:
        color = self._current.hex
        request = self._service.name(color, self._refs, samples=SAMPLES)
        self._more = names.ask(CompareView(), request, color, self._labels)

    def _replied(self, reply: Reply) -> None:
        self._show(names.fold(self._view, reply))
        more = names.fold(self._more, reply)
        for before, after in zip(self._more.chips, more.chips, strict=True):
            if after is not before:
                self.chips[after.painter].set_also(after.alternatives)
        self._more = more
        if isinstance(reply, Done) and reply.id == self._view.request:
            self._linger.start()

    def _show(self, view: CompareView) -> None:
        before, self._view = self._view, view
        for old, new in zip(before.chips, view.chips, strict=True):
            if new is not old:
                _fill(self.chips[new.painter], new)
        if (view.note, view.done) == (before.note, before.done):
            return
        if view.note:
            self.progress.say(view.note, view.done)
        else:
            self.progress.hide()

    def _failed(self, reply: Failed) -> None:
        self._replied(reply)
        if not reply.cancelled and reply.id in (0, self._view.request):
            self.progress.fault(reply.reason)

    def _again(self) -> None:
        self.progress.hide()
        self._service.start()
        self._ask()

    def _ready(self, reply: Ready) -> None:
        self._replied(reply)
        if any(chip.state == "failed" for chip in self._view.chips):
            # It was started again: what it owed when it stopped is asked for once more.
            self._ask()
        self.status.setText(names.runs_on(reply))


def _fill(chip: PaintChip, view: ChipView) -> None:
    match view.state:
        case "ready":
            chip.set_name(view.name)
        case "failed":
            chip.set_fault(view.note)
        case "waiting":
            chip.wait()

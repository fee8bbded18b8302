"""Compare: one colour, and what the base and every painter call it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QScrollArea, QWidget

from engine.service.protocol import Done, Failed, Named, PainterRef, Progress, Ready
from studio.painters import PainterCard
from ui.bridge import Service
from ui.current import CurrentColor
from ui.theme import Theme
from ui.widgets.basics import Label, column, row
from ui.widgets.chip import PaintChip
from ui.widgets.picker import Picker
from ui.widgets.progress import Progressing
from ui.widgets.stage import Invitation, Stage

SAMPLES = 8
LINGER = 350
"""Milliseconds after the names have come before alternatives are asked for."""


class ComparePage(QWidget):
    """Picker on the left, the stage with its chips on the right.

    Parameters
    ----------
    theme, current, service
        The look, the shared colour, and who names it.

    Attributes
    ----------
    train_wanted
        The person asked how to get a painter.
    """

    title = "Compare"
    icon = "swatch-book"

    train_wanted = Signal()

    def __init__(self, theme: Theme, current: CurrentColor, service: Service) -> None:
        super().__init__()
        self.setObjectName("page")
        self._theme, self._current, self._service = theme, current, service
        self._refs: tuple[PainterRef, ...] = ()
        self._request = self._further = 0
        self._starting = True
        self.chips: dict[str, PaintChip] = {}

        self.picker = Picker(theme, current)
        self.status = Label(theme, size=12, tone="3", wrap=True)
        self.status.setAccessibleName("Naming service")
        side = QWidget()
        side.setObjectName("bare")
        left = column(side)
        left.addWidget(self.picker)
        left.addStretch(1)
        left.addWidget(self.status)
        self._side = QScrollArea()
        self._side.setWidget(side)
        self._side.setWidgetResizable(True)
        self._side.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._side.setFocusPolicy(Qt.FocusPolicy.NoFocus)

        self.stage = Stage(theme)
        self.invitation: Invitation | None = None
        self.progress = Progressing(theme, "What the naming service is doing")
        self.progress.hide()
        right = column(space=16)
        right.addWidget(self.progress)
        right.addWidget(self.stage, 1)

        self._layout = row(self)
        self._layout.addWidget(self._side)
        self._layout.addLayout(right, 1)

        self._linger = QTimer(self)
        self._linger.setSingleShot(True)
        self._linger.setInterval(LINGER)
        self._linger.timeout.connect(self._ask_further)

        current.changed.connect(self._color_moved)
        current.settled.connect(self._ask)
        service.ready.connect(self._ready)
        service.progress.connect(self._progressed)
        service.named.connect(self._named)
        service.done.connect(self._done)
        service.failed.connect(self._failed)

    def show_painters(self, cards: Sequence[PainterCard]) -> None:
        """Lay out a chip for each painter that can be used, and ask for the names that are missing."""
        usable = [card for card in cards if not card.error]
        refs = tuple(PainterRef(slug=card.slug, folder=card.folder) for card in usable)
        kept = {}
        for card in usable:
            known = self.chips.get(card.slug)
            kept[card.slug] = known or PaintChip(self._theme, card.slug, card.name, self._current.hex)
        self.chips = kept
        shown: list[QWidget] = list(kept.values())
        self.invitation = None
        if len(kept) <= 1:
            self.invitation = Invitation(self._theme)
            self.invitation.pressed.connect(self.train_wanted)
            shown.append(self.invitation)
        self.stage.show_chips(shown)
        if refs != self._refs:
            self._refs = refs
            self._ask()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the picker its 320 where there is room, and the page its margins."""
        wide = self.width() >= 1100
        margin = 32 if wide else 24
        self._layout.setContentsMargins(margin, 8, margin, margin)
        self._layout.setSpacing(margin)
        self._side.setFixedWidth(320 if wide else 272)
        super().resizeEvent(event)

    def _color_moved(self, color: str) -> None:
        self._linger.stop()
        self._drop()
        for chip in self.chips.values():
            chip.set_color(color)

    def _drop(self) -> None:
        for request in (self._request, self._further):
            self._service.cancel(request)
        self._request = self._further = 0

    def _ask(self) -> None:
        if not self._refs:
            return
        self._linger.stop()
        self._drop()
        for chip in self.chips.values():
            chip.set_color(self._current.hex)
            chip.wait()
        self._request = self._service.name(self._current.hex, self._refs)

    def _ask_further(self) -> None:
        self._further = self._service.name(self._current.hex, self._refs, samples=SAMPLES)

    def _named(self, reply: Named) -> None:
        chip = self.chips.get(reply.painter)
        # A reply to a colour that has been left is no answer any more.
        if chip is None or reply.color != self._current.hex or not reply.names:
            return
        if reply.id == self._request:
            chip.set_name(next((choice.name for choice in reply.names if choice.greedy), reply.names[0].name))
        elif reply.id == self._further:
            chip.set_also(reply.names)

    def _done(self, reply: Done) -> None:
        if reply.id == self._request:
            self._request = 0
            self.progress.hide()
            self._linger.start()
        elif reply.id == self._further:
            self._further = 0

    def _failed(self, reply: Failed) -> None:
        if reply.cancelled:
            return
        if reply.id == 0:
            # The service stopped: when it was started again, ask again; when it stays off, say so.
            self.progress.fault(reply.reason)
        elif reply.id == self._request:
            self._request = 0
            for chip in self.chips.values():
                if chip.waiting:
                    chip.set_fault(reply.reason)
            self.progress.fault(reply.reason)

    def _ready(self, reply: Ready) -> None:
        self._starting = False
        self.progress.hide()
        self.status.setText(f"{reply.base} on {reply.device}, ready in {reply.seconds:.1f} s")

    def _progressed(self, reply: Progress) -> None:
        if reply.id in (0, self._request):
            self.progress.say(reply.note, reply.done)

"""The name map's view: a large map, every painter's small one, and the asking that fills them."""

from __future__ import annotations

import time
from collections.abc import Sequence

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from engine.service.protocol import Done, Failed, NamedAll, PainterRef, Reply
from studio.name_maps import NameMaps
from studio.painters import PainterCard
from studio.views import name_map
from studio.views.name_map import NameMapView
from ui.background import Background
from ui.bridge import Service
from ui.terms import explain
from ui.theme import Theme
from ui.widgets.basics import Label, button, column, row
from ui.widgets.map_shelf import MapShelf
from ui.widgets.name_map import NameMap
from ui.widgets.progress import Bar

AT_ONCE = 12
"""Cells of one request: a second's work, so that what a person does meanwhile does not wait for long."""


class MapView(QWidget):
    """Shows painters' maps and fills them while it is seen: first the chosen one, then the others.

    Parameters
    ----------
    theme, service
        The look, and who names.
    maps
        Those that are known.
    background
        Where files are read and written.

    Attributes
    ----------
    color_chosen
        A colour on the map was chosen; carries ``#rrggbb``.
    map_changed
        A painter's map grew; carries its slug and the map.
    """

    color_chosen = Signal(str)
    map_changed = Signal(str, NameMapView)

    def __init__(self, theme: Theme, service: Service, maps: NameMaps, background: Background) -> None:
        super().__init__()
        self._service, self._maps, self._background = service, maps, background
        self._cards: list[PainterCard] = []
        self._views: dict[str, NameMapView] = {}
        self._chosen = ""
        self._asked: tuple[str, tuple[int, ...]] = ("", ())
        self._request = 0
        self._stopped = False
        self._pace = 0.0  # seconds a cell, smoothed
        self._since = 0.0
        self.shelf = MapShelf(theme)
        self.map = NameMap(theme)
        self.sentence = Label(theme, size=15, wrap=True)
        self.sentence.setAccessibleName("What the map shows")
        explain(self.sentence, "effective names")
        self.how = Label(theme, "Hue across, lightness down. Fields of one name have one colour.", 12, "3")
        self.progress = Label(theme, size=12, tone="2", tabular=True)
        self.progress.setAccessibleName("Naming")
        self.bar = Bar(theme, "How much of the map is named")
        self.bar.setFixedWidth(120)
        self.stop = button(theme, "Stop", "Stop naming the map", kind="quiet")
        foot = row(space=12)
        foot.addWidget(self.how, 1)
        foot.addWidget(self.progress)
        foot.addWidget(self.bar)
        foot.addWidget(self.stop)
        layout = column(self, 8)
        layout.addWidget(self.shelf)
        layout.addSpacing(4)
        layout.addWidget(self.map, 1)
        layout.addWidget(self.sentence)
        layout.addLayout(foot)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self._ask)
        self.shelf.chosen.connect(self._choose)
        self.stop.clicked.connect(self._toggle)
        self.map.color_chosen.connect(self.color_chosen)
        for signal in (service.named_all, service.done, service.failed):
            signal.connect(self._replied)

    @property
    def views(self) -> dict[str, NameMapView]:
        """What is known of each painter's map, by slug."""
        return dict(self._views)

    def show_painters(self, cards: Sequence[PainterCard]) -> None:
        """Take the painters that can be used, and read what is known of their maps."""
        cards = [card for card in cards if not card.error]
        if cards == self._cards:
            return
        self._drop()
        self._cards = cards
        if self._chosen not in [card.slug for card in cards]:
            self._chosen = cards[0].slug if cards else ""

        def read() -> dict[str, NameMapView]:
            return {card.slug: self._maps.load(card) for card in cards}

        self._background.run(read, self._read, lambda error: self._say(str(error)))

    def showEvent(self, event: QShowEvent) -> None:
        """Go on filling."""
        self._stopped = False
        self._later.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Let the service go: nobody looks."""
        self._drop()

    def _read(self, views: dict[str, NameMapView]) -> None:
        self._views = views
        self._show()
        self._later.start()

    def _choose(self, place: int) -> None:
        self._chosen = self._cards[place].slug
        self._show()
        self._drop()
        self._later.start()

    def _toggle(self) -> None:
        self._stopped = not self._stopped
        self._drop()
        if not self._stopped:
            self._later.start()
        self._show_progress()

    def _drop(self) -> None:
        self._service.cancel(self._request)
        self._request = 0

    def _ask(self) -> None:
        """Ask for the next cells: of the chosen painter's map, or of the next one that is not whole."""
        if self._request or self._stopped or not self.isVisible():
            return
        order = sorted(self._cards, key=lambda card: card.slug != self._chosen)
        for card in order:
            view = self._views.get(card.slug)
            if view is None or view.whole:
                continue
            places = name_map.missing(view)[:AT_ONCE]
            self._asked = (card.slug, places)
            self._since = time.monotonic()
            ref = PainterRef(slug=card.slug, folder=card.folder)
            self._request = self._service.name_all([view.colors[place] for place in places], ref)
            break
        self._show_progress()

    def _replied(self, reply: Reply) -> None:
        if not self._request or reply.id != self._request:
            return
        slug, places = self._asked
        if isinstance(reply, NamedAll):
            view = name_map.fill(self._views[slug], places[reply.start :], reply.names)
            self._views[slug] = view
            seconds = (time.monotonic() - self._since) / max(len(places), 1)
            self._pace = seconds if not self._pace else 0.7 * self._pace + 0.3 * seconds
            self.map_changed.emit(slug, view)
            self._show()
        elif isinstance(reply, Failed):
            self._request = 0
            if not reply.cancelled:
                self._stopped = True
                self._show_progress()
                self._say(reply.reason)
        elif isinstance(reply, Done):
            self._request = 0
            self._keep(slug)
            if any(place in places for place in name_map.missing(self._views[slug])):
                # It ended without all of them: asking on would ask for ever.
                self._stopped = True
                self._show_progress()
            else:
                self._later.start()

    def _keep(self, slug: str) -> None:
        card = next((card for card in self._cards if card.slug == slug), None)
        if card is not None:
            view = self._views[slug]
            self._background.run(
                lambda: self._maps.save(card, view), lambda _: None, lambda error: self._say(str(error))
            )

    def _show(self) -> None:
        blank = name_map.empty()
        maps = [(card.name, self._views.get(card.slug, blank)) for card in self._cards]
        place = next((i for i, card in enumerate(self._cards) if card.slug == self._chosen), 0)
        self.shelf.show_maps(maps, place)
        if maps:
            label, view = maps[place]
            self.map.show_map(view)
            waiting = f"{label} has not named this map yet."
            self.sentence.setText(view.sentence or waiting)
        self._show_progress()

    def _show_progress(self) -> None:
        left = sum(len(name_map.missing(view)) for view in self._views.values())
        whole = sum(len(view.names) for view in self._views.values())
        for widget in (self.progress, self.bar, self.stop):
            widget.setVisible(left > 0)
        if left == 0:
            return
        self.bar.set_share((whole - left) / whole)
        self.stop.setText("Go on" if self._stopped else "Stop")
        self.stop.setAccessibleName("Go on naming the map" if self._stopped else "Stop naming the map")
        if self._stopped:
            self.progress.setText(f"{left} of {whole} colours left")
        else:
            self.progress.setText(f"{whole - left} of {whole} colours named{_remaining(left * self._pace)}")

    def _say(self, sentence: str) -> None:
        self.sentence.setText(sentence)


def _remaining(seconds: float) -> str:
    if seconds <= 0:
        return ""
    if seconds < 90:
        return f", {max(5 * round(seconds / 5), 5)} s left"
    return f", {round(seconds / 60)} min left"

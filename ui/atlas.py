"""Fills the maps of names that the gallery shows: the chosen painter's fan deck, its map, then the rest.

It asks for a few colours at a time, so that what a person does meanwhile does not wait, and only while
somebody looks.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer, Signal

from engine.service.protocol import Done, Failed, NamedAll, PainterRef, Reply
from studio.name_maps import NameMaps
from studio.painters import PainterCard
from studio.views import gallery, name_map
from studio.views.name_map import NameMapView
from ui.background import Background
from ui.bridge import Service

AT_ONCE = 12


class Atlas(QObject):
    """Knows the painters' maps, and asks for what is missing.

    Parameters
    ----------
    service
        Who names.
    maps
        Those that are known on disk.
    background
        Where files are read and written.

    Attributes
    ----------
    changed
        A painter's map is another; carries its slug.
    faulted
        The service could not name; carries a sentence.
    """

    changed = Signal(str)
    faulted = Signal(str)

    def __init__(self, service: Service, maps: NameMaps, background: Background, parent: QObject) -> None:
        super().__init__(parent)
        self._service, self._maps, self._background = service, maps, background
        self._cards: list[PainterCard] = []
        self._views: dict[str, NameMapView] = {}
        self._chosen = ""
        self._asked: tuple[str, tuple[int, ...]] = ("", ())
        self._request = 0
        self._awake = False
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self._ask)
        for signal in (service.named_all, service.done, service.failed):
            signal.connect(self._replied)

    def view(self, slug: str) -> NameMapView:
        """Return what is known of a painter's map."""
        return self._views.get(slug) or name_map.empty()

    def deck(self, slug: str) -> list[tuple[str, str | None]]:
        """Return the fan deck's colours and names; ``None`` is not known yet, empty is no name."""
        view = self.view(slug)
        return [(view.colors[place], view.names[place]) for place in gallery.deck_places()]

    def show_painters(self, cards: Sequence[PainterCard], chosen: str) -> None:
        """Take the painters that can be used, and read what is known of their maps."""
        usable = [card for card in cards if not card.error]
        self._chosen = chosen
        if usable == self._cards:
            return
        self._drop()
        self._cards = usable

        def read() -> dict[str, NameMapView]:
            return {card.slug: self._maps.load(card) for card in usable}

        self._background.run(read, self._read, lambda error: self.faulted.emit(str(error)))

    def choose(self, slug: str) -> None:
        """Ask about this painter before the others."""
        if slug != self._chosen:
            self._chosen = slug
            self._drop()
            self._later.start()

    def wake(self) -> None:
        """Go on asking: somebody looks."""
        self._awake = True
        self._later.start()

    def rest(self) -> None:
        """Let the service go: nobody looks."""
        self._awake = False
        self._drop()

    def _read(self, views: dict[str, NameMapView]) -> None:
        # What has come in meanwhile is newer than what was on disk.
        self._views = {
            slug: max((view, self.view(slug)), key=lambda one: one.known) for slug, view in views.items()
        }
        for slug in self._views:
            self.changed.emit(slug)
        self._later.start()

    def _drop(self) -> None:
        self._service.cancel(self._request)
        self._request = 0

    def _ask(self) -> None:
        if self._request or not self._awake:
            return
        for card in sorted(self._cards, key=lambda card: card.slug != self._chosen):
            view = self._views.get(card.slug)
            if view is None or view.whole:
                continue
            deck = [place for place in gallery.deck_places() if view.names[place] is None]
            places = tuple(deck) or name_map.missing(view)[:AT_ONCE]
            self._asked = (card.slug, places)
            ref = PainterRef(slug=card.slug, folder=card.folder)
            self._request = self._service.name_all([view.colors[place] for place in places], ref)
            return

    def _replied(self, reply: Reply) -> None:
        if not self._request or reply.id != self._request:
            return
        slug, places = self._asked
        if isinstance(reply, NamedAll):
            self._views[slug] = name_map.fill(self.view(slug), places[reply.start :], reply.names)
            self.changed.emit(slug)
        elif isinstance(reply, Failed):
            self._request = 0
            if not reply.cancelled:
                self._awake = False
                self.faulted.emit(reply.reason)
        elif isinstance(reply, Done):
            self._request = 0
            self._keep(slug)
            # One that ended without its names would be asked for ever.
            if not set(places) & set(name_map.missing(self.view(slug))):
                self._later.start()

    def _keep(self, slug: str) -> None:
        card = next((card for card in self._cards if card.slug == slug), None)
        if card is not None:
            view = self.view(slug)
            self._background.run(
                lambda: self._maps.save(card, view),
                lambda _: None,
                lambda error: self.faulted.emit(str(error)),
            )

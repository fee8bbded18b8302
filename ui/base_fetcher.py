"""Fetches a base for a form: a child process, whose words are read on a thread and shown on Qt's."""

from __future__ import annotations

import threading
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from engine.models import BaseError
from studio.bases import Fetching, Progress
from ui.widgets.base_offer import BaseOffer


class BaseFetcher(QObject):
    """Serves an offer.

    Parameters
    ----------
    offer
        Where it is asked for and shown.
    begin
        Starts the child for a slug.
    here
        Called with the slug once a base is here.
    """

    _came = Signal(Progress)

    def __init__(
        self, offer: BaseOffer, begin: Callable[[str], Fetching], here: Callable[[str], None]
    ) -> None:
        super().__init__(offer)
        self._offer, self._begin, self._here = offer, begin, here
        self._fetching: Fetching | None = None
        offer.wanted.connect(self.start)
        offer.unwanted.connect(self.stop)
        offer.destroyed.connect(self.stop)
        self._came.connect(self._show)

    def start(self, slug: str) -> None:
        """Fetch a base, unless one is on its way already."""
        if not self._offer.coming:
            self._offer.begin(slug)
            threading.Thread(target=self._read, args=(slug,), name=f"fetch {slug}", daemon=True).start()

    def stop(self) -> None:
        """Stop; what came so far is kept."""
        if self._fetching is not None:
            self._fetching.cancel()

    def _read(self, slug: str) -> None:
        try:
            self._fetching = self._begin(slug)
            for progress in self._fetching.lines():
                self._came.emit(progress)
        except (BaseError, OSError) as error:
            self._came.emit(Progress(error=str(error)))

    def _show(self, progress: Progress) -> None:
        slug = self._offer.coming
        if not (progress.folder or progress.error):
            self._offer.come(progress)
            return
        self._fetching = None
        self._offer.end(progress.error)
        if progress.folder:
            self._here(slug)

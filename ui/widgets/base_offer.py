"""A base that is not on this computer: what fetching it takes, a button, and how far it has come."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from studio.bases import Offer, Progress
from studio.views.preflight import size
from ui.theme import Theme
from ui.widgets.basics import Label, button, column
from ui.widgets.progress import Bar


class BaseOffer(QObject):
    """Offers to fetch the base that is chosen; hidden while that one is here.

    Parameters
    ----------
    theme, parent
        Gives the fonts; whose form lays out ``place``.

    Attributes
    ----------
    wanted
        It is to be fetched; carries its slug.
    unwanted
        What is on its way is to stop.
    """

    wanted = Signal(str)
    unwanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._offer: Offer | None = None
        self._coming = ""  # the slug of what is on its way
        self._said = ""
        self.words = Label(theme, size=12, tone="2", wrap=True)
        self.bar = Bar(theme, "How much of the base has come")
        self.press = button(theme, "Fetch")
        self.press.clicked.connect(self._pressed)
        self.place = column(space=8)
        for part in (self.words, self.bar):
            self.place.addWidget(part)
        self.place.addWidget(self.press, 0, Qt.AlignmentFlag.AlignLeft)
        for hidden in (self.words, self.bar, self.press):
            hidden.hide()

    @property
    def coming(self) -> str:
        """The slug of the base that is on its way; empty if none is."""
        return self._coming

    def show_offer(self, offer: Offer | None) -> None:
        """Offer another base, or none."""
        if offer != self._offer:
            self._said = ""
        self._offer = offer
        self._show()

    def begin(self, slug: str) -> None:
        """Show that a base is on its way."""
        self._coming, self._said = slug, "Asking the hub"
        self.words.set_tone("2")
        self.bar.set_share(None)
        self._show()

    def come(self, progress: Progress) -> None:
        """Show how much of it is here."""
        if progress.total:
            self._said = f"{size(progress.done)} of {size(progress.total)} are here"
            self.bar.set_share(progress.done / progress.total)
            self._show()

    def end(self, fault: str) -> None:
        """Show that nothing is on its way any more, and what went wrong, if anything did."""
        self._coming, self._said = "", fault
        self.words.set_tone("danger" if fault else "2")
        self._show()

    def _pressed(self) -> None:
        if self._coming:
            self.unwanted.emit()
        elif self._offer is not None:
            self.wanted.emit(self._offer.slug)

    def _show(self) -> None:
        for part in (self.words, self.press):
            part.setVisible(bool(self._coming or self._offer is not None))
        self.bar.setVisible(bool(self._coming))
        self.words.setText(self._said or (self._offer.sentence if self._offer else ""))
        self.press.setText("Stop" if self._coming else "Fetch")
        about = "Stop fetching the base; what came is kept" if self._coming else "Fetch the base from the hub"
        self.press.setAccessibleName(about)

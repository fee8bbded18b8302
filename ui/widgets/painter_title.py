"""A painter's name, large; one of the person's own is renamed right there."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from studio.painters import PainterCard
from studio.views import gallery
from ui.theme import Theme
from ui.widgets.basics import Label, column


class PainterTitle(QWidget):
    """Where a painter is from, and its name below.

    Attributes
    ----------
    renamed
        The person wrote another name and pressed Enter or left the field; carries it.
    """

    renamed = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._name = ""
        self.kind = Label(theme, size=12, tone="3")
        self.field = _Name()
        self.field.setFont(theme.font(28, 600, display=True))
        self.field.setProperty("bare", True)
        self.field.setProperty("heading", True)
        self.field.setMaxLength(60)
        self.field.setAccessibleName("Painter's name")
        layout = column(self)
        layout.addWidget(self.kind)
        layout.addWidget(self.field)
        self.field.editingFinished.connect(self._finished)

    def show_painter(self, card: PainterCard) -> None:
        """Show a painter's name; what is being written is not taken away."""
        self.kind.setText(gallery.origin(card))
        own = bool(card.folder) and not card.shipped and not card.error
        self.field.setReadOnly(not own)
        self.field.setToolTip("Write another name, then press Enter" if own else "")
        if card.name != self._name or not self.field.hasFocus():
            self._name = card.name
            self.field.setText(card.name)
            self.field.setCursorPosition(0)

    def _finished(self) -> None:
        name = self.field.text().strip()
        if self.field.isReadOnly() or name == self._name:
            return
        if not name:
            self.field.setText(self._name)
            return
        self._name = name
        self.renamed.emit(name)


class _Name(QLineEdit):
    """A field that Enter leaves."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        super().keyPressEvent(event)
        if event.text() == "\r":
            self.clearFocus()

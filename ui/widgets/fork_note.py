"""What the next training begins from, where that is another run's checkpoint."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame

from engine.recipe import Origin
from ui.theme import Theme
from ui.widgets.basics import Label, button, column


class ForkNote(QFrame):
    """Says that the next training is a fork, and takes that back; hidden where it is none."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("plate", "sunken")
        self.origin: Origin | None = None
        self.words = Label(theme, size=13, wrap=True)
        self.plain = button(theme, "Begin from the base instead", kind="link")
        layout = column(self, 4, 12)
        layout.addWidget(self.words)
        layout.addWidget(self.plain)
        self.plain.clicked.connect(self.clear)
        self.hide()

    def show_origin(self, name: str, origin: Origin) -> None:
        """Say which run and step it begins from."""
        self.origin = origin
        self.words.setText(
            f"A fork of “{name}”: it begins with the weights of step {origin.step} and a fresh optimizer, "
            "by this recipe. Base and LoRA stay as they are there."
        )
        self.show()

    def clear(self) -> None:
        """Begin from the base."""
        self.origin = None
        self.hide()

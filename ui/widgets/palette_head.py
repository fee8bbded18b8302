"""The line above the palette: what it is, how far naming has come, or what was just done."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from ui.theme import Theme
from ui.tips import tip
from ui.widgets.basics import Elided, button, column, row
from ui.widgets.progress import Bar

LASTS = 6000
"""Milliseconds for which a notice stands before what it covered comes back."""


class PaletteHead(QWidget):
    """A sentence, what can be done about it, and a bar while something goes on.

    Attributes
    ----------
    pressed
        The button beside the sentence was pressed.
    """

    pressed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.words = Elided(theme, tone="2")
        self.words.setAccessibleName("Palette")
        self.act = button(theme, "Stop", kind="link")
        self.bar = Bar(theme, "How far naming the palette has come")
        self._usual: tuple[str, str, float | None] = ("", "", None)
        self._covered = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(LASTS)
        self._timer.timeout.connect(self._uncover)
        top = row(space=12)
        theme.fit(self.words, height=28)
        top.addWidget(self.words, 1)
        top.addWidget(self.act)
        layout = column(self, 2)
        layout.addLayout(top)
        layout.addWidget(self.bar)
        layout.addStretch(1)
        theme.fit(self, height=34)  # the bar's place is kept, so that nothing moves when it comes and goes
        self.act.clicked.connect(self.pressed)
        self._uncover()

    def show_usual(self, words: str, act: str = "", share: float | None = None) -> None:
        """Show how things stand: a sentence, a button's word, and the share that is done while it goes on."""
        self._usual = (words, act, share)
        if not self._covered:
            self._uncover()

    def say(self, words: str, tone: Literal["2", "danger"] = "2") -> None:
        """Say what was done or went wrong; what went wrong stays until something else is said."""
        self._covered = True
        self.words.set_tone(tone)
        self._write(words)
        self.act.hide()
        if tone == "danger":
            self._timer.stop()
        else:
            self._timer.start()

    def hush(self) -> None:
        """Take back what was said."""
        self._timer.stop()
        self._uncover()

    def _uncover(self) -> None:
        self._covered = False
        words, act, share = self._usual
        self.words.set_tone("2")
        self._write(words)
        self.act.setText(act)
        self.act.setAccessibleName(act or "Stop")
        self.act.setVisible(bool(act))
        self.bar.setVisible(share is not None)
        if share is not None:
            self.bar.set_share(share)

    def _write(self, words: str) -> None:
        self.words.setText(words)
        self.words.setToolTip(tip(words))
        self.words.update()

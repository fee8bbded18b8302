"""A slim bar with its words: how far something has come, or that it is under way."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import Theme
from ui.widgets.basics import Label, button, column, row

_STEP = 40


class Bar(QWidget):
    """Four pixels of progress in the user's colour; without a share, a piece of it wanders."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self._share: float | None = 0.0
        self._phase = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(_STEP)
        self._timer.timeout.connect(self._wander)
        self.setFixedHeight(4)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)
        theme.changed.connect(self.update)
        theme.accent_changed.connect(self.update)

    @property
    def share(self) -> float | None:
        """What is shown: 0..1, or ``None`` while nobody knows."""
        return self._share

    def set_share(self, share: float | None) -> None:
        """Show a share in 0..1, or that it is not known."""
        self._share = None if share is None else min(max(share, 0.0), 1.0)
        self._run()
        self.setAccessibleDescription("" if self._share is None else f"{100 * self._share:.0f} percent")
        self.update()

    def sizeHint(self) -> QSize:
        """Want some width."""
        return QSize(200, 4)

    def showEvent(self, event: object) -> None:
        """Move only while it is seen."""
        self._run()

    def hideEvent(self, event: object) -> None:
        """Stand still while it is not seen."""
        self._timer.stop()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground and the part that is done."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        rect = QRectF(self.rect())
        painter.setBrush(self._theme.color("line"))
        painter.drawRoundedRect(rect, 2, 2)
        painter.setBrush(self._theme.ink)
        if self._share is None:
            piece = rect.width() * 0.22
            x = (rect.width() - piece) * (self._phase if self._phase <= 1 else 2 - self._phase)
            painter.drawRoundedRect(QRectF(x, 0, piece, 4), 2, 2)
        elif self._share > 0:
            painter.drawRoundedRect(QRectF(0, 0, max(rect.width() * self._share, 4), 4), 2, 2)

    def _run(self) -> None:
        if self._share is None and self.isVisible() and self._theme.motion:
            self._timer.start()
        else:
            self._timer.stop()

    def _wander(self) -> None:
        self._phase = (self._phase + _STEP / 1400) % 2
        self.update()


class Progressing(QWidget):
    """A sentence about what goes on, with its bar below; hidden when nothing does."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self.words = Label(theme, size=13, tone="2", wrap=True)
        self.words.setAccessibleName(name)
        self.bar = Bar(theme, name)
        self.again = button(theme, "Try again")
        self.again.hide()
        top = row(space=16)
        top.addWidget(self.words, 1)
        top.addWidget(self.again)
        layout = column(self, 8)
        layout.addLayout(top)
        layout.addWidget(self.bar)

    def say(self, words: str, share: float | None) -> None:
        """Show the words and the share."""
        self.words.set_tone("2")
        self.words.setText(words)
        self.bar.set_share(share)
        self.bar.show()
        self.again.hide()
        self.show()

    def fault(self, sentence: str) -> None:
        """Show what went wrong, with a way to try again in place of the bar."""
        self.words.set_tone("danger")
        self.words.setText(sentence)
        self.bar.hide()
        self.again.show()
        self.show()

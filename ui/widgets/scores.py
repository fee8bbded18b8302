"""Scores as bars with figures: a wide one beside a name, and a small one where several judges share a row."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, QVariantAnimation
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import CALM, Theme
from ui.tips import tip
from ui.widgets.basics import hairline

ROW = 32
SMALL = 48


class ScoreBar(QWidget):
    """A score in 0..1 as a bar and a figure; a notch at the median name's 0.5.

    Parameters
    ----------
    theme
        Gives tokens and fonts.
    whose
        Whose score it is, for a screen reader.
    small
        A column among others, the figure over a thin bar.
    strong
        Set the figure bold: it is what the row comes to.
    """

    def __init__(self, theme: Theme, whose: str = "", *, small: bool = False, strong: bool = False) -> None:
        super().__init__()
        self._theme, self._whose = theme, whose
        self._small, self._strong = small, strong
        self._score: float | None = None
        self._shown = 0.0
        self._stale = False
        self._known = False
        self._motion = QVariantAnimation(self)
        self._motion.setDuration(CALM)
        self._motion.valueChanged.connect(self._moved)
        self.setFixedHeight(ROW)
        if small:
            self.setFixedWidth(SMALL)
        else:
            self.setMinimumWidth(90)
            self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._say("no score yet")
        theme.changed.connect(self.update)
        theme.accent_changed.connect(self.update)

    @property
    def score(self) -> float | None:
        """The score that is shown, or ``None``."""
        return self._score

    @property
    def stale(self) -> bool:
        """Whether another score is on its way."""
        return self._stale

    def sizeHint(self) -> QSize:
        """Want room for a bar and a figure."""
        return QSize(SMALL if self._small else 140, ROW)

    def set_score(self, score: float | None, reason: str = "") -> None:
        """Show a verdict; ``None`` is a judge that failed, and the reason says why."""
        same, waited = self._known and score == self._score, self._stale
        if same and not waited and reason == self.toolTip():
            return
        self._score, self._stale, self._known = score, False, True
        self.setToolTip(tip(reason))
        self._say("no verdict" if score is None else f"score {score:.2f}")
        self.setAccessibleDescription(reason)
        if same:
            self.update()
            return
        self._motion.stop()
        if self._theme.motion and self.isVisible():
            self._motion.setStartValue(self._shown)
            self._motion.setEndValue(score or 0.0)
            self._motion.start()
        else:
            self._moved(score or 0.0)

    def forget(self) -> None:
        """Show no score."""
        self._motion.stop()
        self._score, self._known, self._shown = None, False, 0.0
        self.setToolTip("")
        self._say("no score yet")
        self.update()

    def wait(self) -> None:
        """Let the score stand back while another is on its way."""
        if not self._stale:
            self._stale = True
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the bar, the notch and the figure."""
        if not self._known:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setOpacity(0.4 if self._stale else 1.0)
        theme = self._theme
        middle, width = self.height() / 2, float(self.width())
        if self._small:
            bar, thick = QRectF(10, middle + 8, width - 10, 3), 3.0
            figure = QRectF(0, 0, width, middle + 7)
        else:
            wide = theme.px(36)
            bar, thick = QRectF(0, middle - 3, width - wide - 8, 6), 6.0
            figure = QRectF(width - wide, 0, wide, self.height())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("line"))
        painter.drawRoundedRect(bar, thick / 2, thick / 2)
        painter.setBrush(theme.ink)
        if self._shown > 0.005:
            done = QRectF(bar.left(), bar.top(), max(bar.width() * self._shown, thick), thick)
            painter.drawRoundedRect(done, thick / 2, thick / 2)
        notch, reach = bar.left() + bar.width() / 2, 1.0 if self._small else 4.0
        hairline(painter, notch, bar.top() - reach, notch, bar.bottom() + reach, theme.color("edge"))
        painter.setFont(theme.font(13, 600 if self._strong else 500, tabular=True))
        painter.setPen(theme.color("text"))
        words = "–" if self._score is None else f"{self._score:.2f}"
        painter.drawText(figure, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), words)

    def _say(self, words: str) -> None:
        self.setAccessibleName(f"{self._whose}: {words}" if self._whose else words)

    def _moved(self, value: float) -> None:
        self._shown = value
        self.update()

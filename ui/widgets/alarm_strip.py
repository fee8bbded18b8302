"""How a training stands, in a word and a sentence: calm, watch, or alarm."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from studio.views.alarm import Standing
from ui.theme import Theme
from ui.widgets.basics import Label, button, row

_SIZE = 14


class _Mark(QWidget):
    """A ring for calm, a triangle for watch, a full square for alarm: told apart without colour."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.level = "calm"
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(_SIZE + 2, _SIZE + 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        color = self._theme.color("text_3" if self.level == "calm" else "danger")
        painter.setPen(QPen(color, 1.75))
        area = QRectF(2, 2, _SIZE - 2, _SIZE - 2)
        if self.level == "calm":
            painter.drawEllipse(area)
        elif self.level == "watch":
            corners = (area.bottomLeft(), area.bottomRight(), QPointF(area.center().x(), area.top()))
            painter.drawPolygon(QPolygonF(corners))
        else:
            painter.setBrush(color)
            painter.drawRect(area)


class AlarmStrip(QFrame):
    """The strip; hidden before the first evaluation.

    Attributes
    ----------
    cures
        Asks for the cures; there where it is not calm.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("plate", "sunken")
        self.setAccessibleName("How the training stands")
        self._mark = _Mark(theme)
        self.word = Label(theme, size=13, weight=600)
        self.words = Label(theme, size=13, tone="2", wrap=True)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout = row(self, 8)
        layout.setContentsMargins(10, 6, 10, 6)
        for part in (self._mark, self.word):
            layout.addWidget(part, 0, Qt.AlignmentFlag.AlignTop)
        self.cures = button(theme, "See the cures", kind="link")
        layout.addWidget(self.words, 1)
        layout.addWidget(self.cures, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    def show_standing(self, at: Standing | None) -> None:
        """Show how it stands; ``None`` where nothing is known."""
        self.setVisible(at is not None)
        if at is None:
            return
        self._mark.level = at.level
        self._mark.update()
        self.word.setText(at.word if at.level == "calm" else f"{at.word} at step {at.step}")
        self.word.set_tone("" if at.level == "calm" else "danger")
        self.cures.setVisible(at.level != "calm")
        self.words.setText(at.evidence)
        self.words.set_tone("2" if at.level == "calm" else "")
        self.setAccessibleDescription(f"{self.word.text()}. {at.evidence}")
        self.setToolTip(
            "The names of 48 unseen colours, against what the base calls them. Any taste narrows a little; "
            "watch and alarm say that it goes too far, or that only this judge is pleased."
        )

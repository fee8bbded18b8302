"""The board: names that one may edit, each with the score that a judge gives it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, QVariantAnimation, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget

from engine.judges.base import Verdict
from ui.theme import CALM, Theme
from ui.widgets.basics import column, hairline, row

LIMIT = 40
_ROW = 32


class ScoreBar(QWidget):
    """A score in 0..1 as a bar and a figure; a notch at the median name's 0.5."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._score: float | None = None
        self._shown = 0.0
        self._stale = False
        self._known = False
        self._motion = QVariantAnimation(self)
        self._motion.setDuration(CALM)
        self._motion.valueChanged.connect(self._moved)
        self.setFixedHeight(_ROW)
        self.setMinimumWidth(90)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)
        theme.accent_changed.connect(self.update)

    @property
    def score(self) -> float | None:
        """The score that is shown, or ``None``."""
        return self._score

    def sizeHint(self) -> QSize:
        """Want room for a bar and a figure."""
        return QSize(140, _ROW)

    def set_score(self, score: float | None, reason: str = "") -> None:
        """Show a verdict; ``None`` is a judge that failed, and the reason says why."""
        self._score, self._stale, self._known = score, False, True
        self.setToolTip(reason)
        self.setAccessibleName("no verdict" if score is None else f"score {score:.2f}")
        self.setAccessibleDescription(reason)
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
        self.setAccessibleName("no score yet")
        self.update()

    def wait(self) -> None:
        """Let the score stand back while another is on its way."""
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
        figure = 36.0
        y = self.height() / 2
        bar = QRectF(0, y - 3, self.width() - figure - 8, 6)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("line"))
        painter.drawRoundedRect(bar, 3, 3)
        painter.setBrush(theme.ink)
        if self._shown > 0.005:
            painter.drawRoundedRect(QRectF(bar.left(), bar.top(), max(bar.width() * self._shown, 6), 6), 3, 3)
        middle = bar.left() + bar.width() / 2
        hairline(painter, middle, y - 7, middle, y + 7, theme.color("edge"))
        painter.setFont(theme.font(13, 500, tabular=True))
        painter.setPen(theme.color("text"))
        words = "–" if self._score is None else f"{self._score:.2f}"
        right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(QRectF(self.width() - figure, 0, figure, self.height()), right, words)

    def _moved(self, value: float) -> None:
        self._shown = value
        self.update()


class _Line(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.field = QLineEdit()
        self.field.setProperty("bare", True)
        self.field.setFont(theme.font(13))
        self.field.setTextMargins(-2, 0, 0, 0)  # Qt's own, so that it stands flush with the title
        self.field.setMaxLength(200)
        self.field.setAccessibleName("Name to try")
        self.bar = ScoreBar(theme)
        layout = row(self, 16)
        layout.addWidget(self.field, 5)
        layout.addWidget(self.bar, 4)
        self.setFixedHeight(_ROW)


class NameBoard(QWidget):
    """An editable list of names with their scores; there is always a blank line at its end.

    Attributes
    ----------
    edited
        The names changed.
    """

    edited = Signal()

    def __init__(self, theme: Theme, names: Sequence[str]) -> None:
        super().__init__()
        self._theme = theme
        self._lines: list[_Line] = []
        self._column = column(self)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self.set_names(names)

    @property
    def names(self) -> list[str]:
        """The names, without blank lines."""
        return [text for line in self._lines if (text := line.field.text().strip())]

    @property
    def scores(self) -> list[float | None]:
        """The score beside each name."""
        return [line.bar.score for line in self._lines if line.field.text().strip()]

    def set_names(self, names: Sequence[str]) -> None:
        """Show these names, without scores."""
        for line in self._lines:
            self._column.removeWidget(line)
            line.hide()
            line.deleteLater()
        self._lines = []
        for name in [*names[:LIMIT], ""]:
            self._add().field.setText(name)
        self._say_blank()

    def line(self, place: int) -> QLineEdit:
        """Return the field at a place."""
        return self._lines[place].field

    def wait(self) -> None:
        """Let all scores stand back."""
        for line in self._lines:
            line.bar.wait()

    def show_verdicts(self, names: Sequence[str], verdicts: Sequence[Verdict]) -> None:
        """Show what a judge said of these names, wherever they stand now."""
        said = dict(zip(names, verdicts, strict=False))
        for line in self._lines:
            verdict = said.get(line.field.text().strip())
            if verdict is not None:
                line.bar.set_score(verdict.score, verdict.reason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from line to line by Enter, Up and Down."""
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_Return: 1, Qt.Key.Key_Enter: 1}
        fields = [line.field for line in self._lines]
        focused = next((place for place, field in enumerate(fields) if field.hasFocus()), None)
        move = step.get(Qt.Key(event.key()))
        if move is None or focused is None or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().keyPressEvent(event)
            return
        following = fields[min(max(focused + move, 0), len(fields) - 1)]
        following.setFocus()
        following.selectAll()

    def _add(self) -> _Line:
        line = _Line(self._theme)
        line.field.textEdited.connect(lambda _text, line=line: self._changed(line))
        line.field.editingFinished.connect(lambda line=line: self._left(line))
        # Children take the tab key in the order in which they came.
        self._lines.append(line)
        self._column.addWidget(line)
        return line

    def _changed(self, line: _Line) -> None:
        if not line.field.text().strip():
            line.bar.forget()
        if line is self._lines[-1] and line.field.text().strip() and len(self._lines) <= LIMIT:
            self._add()
            self._say_blank()
        self.edited.emit()

    def _left(self, line: _Line) -> None:
        """Take a blank line out once it is left, but for the last."""
        if line in self._lines[:-1] and not line.field.text().strip() and not line.field.hasFocus():
            self._lines.remove(line)
            self._column.removeWidget(line)
            line.hide()
            line.deleteLater()

    def _say_blank(self) -> None:
        for line in self._lines:
            line.field.setPlaceholderText("Add a name" if line is self._lines[-1] else "")

"""The board: names that one may edit and rate, each with the scores that some judges give it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QLineEdit, QSizePolicy, QWidget

from studio.bench import Bench
from studio.views.judge_table import JudgeTable
from ui.icons import Icons
from ui.theme import Theme
from ui.tips import tip
from ui.widgets.basics import Elided, column, row
from ui.widgets.scores import ROW, SMALL, ScoreBar

LIMIT = 40
_GAP = 6
_REWARD = (
    "The reward of a panel of these judges: tastes weighed alike, guards multiply. Sameness is left out."
)


class Thumb(QAbstractButton):
    """A person's own rating of a name: up, down, or none; each press goes on to the next.

    Attributes
    ----------
    rated
        It was rated anew; carries 1, −1 or 0.
    """

    rated = Signal(int)

    def __init__(self, theme: Theme, icons: Icons) -> None:
        super().__init__()
        self._theme, self._icons = theme, icons
        self._rating = 0
        self.setFixedSize(20, ROW)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.clicked.connect(lambda: self.rated.emit({0: 1, 1: -1, -1: 0}[self._rating]))
        self.show_rating("", 0)
        theme.changed.connect(self.update)
        theme.accent_changed.connect(self.update)

    @property
    def rating(self) -> int:
        """The rating that is shown."""
        return self._rating

    def show_rating(self, name: str, rating: int) -> None:
        """Show how a name is rated."""
        self._rating = rating
        said = {0: "not rated", 1: "rated up", -1: "rated down"}[rating]
        self.setAccessibleName(f"{name[:60] or 'This name'} is {said}")
        self.setToolTip(
            tip(
                f"{said.capitalize()}. Press to rate it {({0: 'up', 1: 'down', -1: 'neither way'})[rating]}: "
                "what a judge likes is laid beside your ratings."
            )
        )
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a thumb: in ink when it is up, in red when it is down, faint when it is neither."""
        if not self.isEnabled():
            return
        painter = QPainter(self)
        token = {0: "text_2" if self.underMouse() else "edge", -1: "danger"}.get(self._rating)
        color = self._theme.color(token) if token else self._theme.ink
        if self._rating == 0 and not self.underMouse():
            painter.setOpacity(0.6)
        icon = "thumbs-down" if self._rating < 0 else "thumbs-up"
        self._icons.paint(painter, icon, QRectF(0, (self.height() - 15) / 2, 15, 15), color)


class _Line(QWidget):
    def __init__(self, theme: Theme, icons: Icons) -> None:
        super().__init__()
        self._theme = theme
        self.thumb = Thumb(theme, icons)
        self.field = QLineEdit()
        self.field.setProperty("bare", True)
        self.field.setFont(theme.font(13))
        self.field.setTextMargins(-2, 0, 0, 0)  # Qt's own, so that it stands flush with the title
        self.field.setMaxLength(200)
        self.field.setAccessibleName("Name to try")
        self.bars: list[ScoreBar] = []
        self._layout: QHBoxLayout = row(self, _GAP)
        self._layout.addWidget(self.thumb)
        self._layout.addWidget(self.field, 5)
        self.setFixedHeight(ROW)

    @property
    def name(self) -> str:
        return self.field.text().strip()

    def set_columns(self, titles: Sequence[str], *, reward: bool) -> None:
        for bar in self.bars:
            self._layout.removeWidget(bar)
            bar.hide()
            bar.deleteLater()
        small = len(titles) > 1
        self.bars = [
            ScoreBar(self._theme, title, small=small, strong=reward and place == len(titles) - 1)
            for place, title in enumerate(titles)
        ]
        for bar in self.bars:
            self._layout.addWidget(bar, 0 if small else 4)


class _Heads(QWidget):
    """What the columns are called."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._layout: QHBoxLayout = row(self, _GAP)
        self._layout.addStretch(1)
        self._made: list[Elided] = []
        theme.fit(self, height=20)

    def show_titles(self, titles: Sequence[str], *, reward: bool) -> None:
        for label in self._made:
            self._layout.removeWidget(label)
            label.hide()
            label.deleteLater()
        self._made = []
        for place, title in enumerate(titles):
            last = reward and place == len(titles) - 1
            label = Elided(self._theme, title, 12, "3", 600 if last else 400)
            label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            label.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            label.setFixedWidth(SMALL)
            label.setToolTip(tip(_REWARD if last else title[:200]))
            self._layout.addWidget(label)
            self._made.append(label)


class NameBoard(QWidget):
    """An editable list of names × judges; there is always a blank line at its end.

    Attributes
    ----------
    edited
        The names changed.
    rated
        A name was rated anew; carries the name and 1, −1 or 0.
    """

    edited = Signal()
    rated = Signal(str, int)

    def __init__(self, theme: Theme, icons: Icons, bench: Bench) -> None:
        super().__init__()
        self._theme, self._icons = theme, icons
        self._lines: list[_Line] = []
        self._titles: tuple[str, ...] = ("",)
        self._reward = False
        self._ratings = bench
        self.heads = _Heads(theme)
        self.heads.hide()
        self._column = column()
        layout = column(self)
        layout.addWidget(self.heads)
        layout.addLayout(self._column)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self.set_names(bench.names)

    @property
    def names(self) -> list[str]:
        """The names, without blank lines."""
        return [line.name for line in self._lines if line.name]

    @property
    def scores(self) -> list[float | None]:
        """The first judge's score beside each name."""
        return self.column(0)

    @property
    def columns(self) -> tuple[str, ...]:
        """What the columns are called, the reward's included."""
        return self._titles

    def column(self, place: int) -> list[float | None]:
        """Return the scores of a column, one a name."""
        return [line.bars[place].score for line in self._lines if line.name]

    def set_names(self, names: Sequence[str]) -> None:
        """Show these names, without scores."""
        for line in self._lines:
            self._drop(line)
        self._lines = []
        for name in [*names[:LIMIT], ""]:
            line = self._add()
            line.field.setText(name)
            line.field.setCursorPosition(0)
        self._say_blank()
        self.show_ratings(self._ratings)

    def line(self, place: int) -> QLineEdit:
        """Return the field at a place."""
        return self._lines[place].field

    def thumb(self, place: int) -> Thumb:
        """Return the rating at a place."""
        return self._lines[place].thumb

    def bar(self, place: int, judge: int = 0) -> ScoreBar:
        """Return the score of a judge at a place."""
        return self._lines[place].bars[judge]

    def show_ratings(self, bench: Bench) -> None:
        """Show how the names are rated."""
        self._ratings = bench
        for line in self._lines:
            line.thumb.show_rating(line.name, bench.rating(line.name))
            line.thumb.setEnabled(bool(line.name))

    def show_table(self, table: JudgeTable) -> None:
        """Show what the judges say, name by name; what is awaited stands back."""
        reward = table.has_reward
        titles = (*(column.title for column in table.columns), *(["Reward"] if reward else []))
        if titles != self._titles or reward != self._reward:
            self._titles, self._reward = titles, reward
            for line in self._lines:
                line.set_columns(titles, reward=reward)
            self.heads.show_titles(titles, reward=reward)
            self.heads.setVisible(len(titles) > 1)
        for line in self._lines:
            if not line.name:
                continue
            for bar, cell in zip(line.bars, table.row(line.name), strict=False):
                if cell.stale:
                    bar.wait()
                else:
                    bar.set_score(cell.score, cell.reason)
            if reward:
                found = table.reward(line.name)
                if found is None:
                    line.bars[-1].wait()
                else:
                    line.bars[-1].set_score(found.reward, found.sentence)

    def sizeHint(self) -> QSize:
        """Want its lines' height."""
        return QSize(260, ROW * len(self._lines) + (20 if len(self._titles) > 1 else 0))

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
        line = _Line(self._theme, self._icons)
        line.set_columns(self._titles, reward=self._reward)
        line.field.textEdited.connect(lambda _text, line=line: self._changed(line))
        line.field.editingFinished.connect(lambda line=line: self._left(line))
        line.thumb.rated.connect(lambda rating, line=line: self.rated.emit(line.name, rating))
        # Children take the tab key in the order in which they came.
        self._lines.append(line)
        self._column.addWidget(line)
        return line

    def _changed(self, line: _Line) -> None:
        if not line.name:
            for bar in line.bars:
                bar.forget()
        if line is self._lines[-1] and line.name and len(self._lines) <= LIMIT:
            self._add()
            self._say_blank()
        self.show_ratings(self._ratings)
        self.edited.emit()

    def _left(self, line: _Line) -> None:
        """Take a blank line out once it is left, but for the last."""
        if line in self._lines[:-1] and not line.name and not line.field.hasFocus():
            self._lines.remove(line)
            self._drop(line)

    def _drop(self, line: _Line) -> None:
        self._column.removeWidget(line)
        line.hide()
        line.deleteLater()

    def _say_blank(self) -> None:
        for line in self._lines:
            line.field.setPlaceholderText("Add a name" if line is self._lines[-1] else "")

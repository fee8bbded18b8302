"""What does this judge really like? One button, one plain sentence, and what it rests on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QScrollArea, QSizePolicy, QWidget

from engine.judges.spec import JudgeSpec
from engine.service.protocol import Reply
from studio.views import liking as views
from studio.views.liking import LikingView, Row
from ui.bridge import Service
from ui.theme import Theme
from ui.widgets.basics import AccentButton, Label, button, column, elide, row
from ui.widgets.progress import Bar

_PITCH = 22
_KEPT = 12
_INTRO = (
    "2,000 known names and what the base says are scored, to see what a painter trained on this judge alone "
    "would come to. It takes some seconds."
)


class RankedNames(QWidget):
    """Names with their scores under a title, painted: forty labels would cost a frame."""

    def __init__(self, theme: Theme, title: str) -> None:
        super().__init__()
        self._theme, self._title = theme, title
        self._rows: tuple[Row, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    @property
    def names(self) -> list[str]:
        """The names from top to bottom."""
        return [row.name for row in self._rows]

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show names with their scores."""
        self._rows = tuple(rows)
        self.setAccessibleName(f"{self._title}: {', '.join(f'{row.name} {row.value}' for row in rows)}")
        self.setVisible(bool(rows))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Be as high as the names need."""
        return QSize(120, 22 + _PITCH * len(self._rows))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the title and the names."""
        theme, width = self._theme, self.width()
        painter = QPainter(self)
        left = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        painter.setFont(theme.font(12, 600))
        painter.setPen(theme.color("text_3"))
        painter.drawText(QRectF(0, 0, width, 20), left, self._title)
        name_font, value_font = theme.font(13), theme.font(12, tabular=True)
        for place, one in enumerate(self._rows):
            y = 22 + place * _PITCH
            painter.setFont(name_font)
            painter.setPen(theme.color("text"))
            text = elide(painter.fontMetrics().elidedText, one.name, width - 36)
            painter.drawText(QRectF(0, y, width - 34, _PITCH), left, text)
            painter.setFont(value_font)
            painter.setPen(theme.color("text_2"))
            painter.drawText(QRectF(width - 34, y, 34, _PITCH), right, one.value)


class LikingPane(QWidget):
    """Asks and tells what a judge really likes.

    Parameters
    ----------
    theme, service
        The look, and who finds out.
    rated
        Returns the names as the person has rated them by now.
    """

    def __init__(self, theme: Theme, service: Service, rated: Callable[[], Mapping[str, float]]) -> None:
        super().__init__()
        self._theme, self._service, self._rated = theme, service, rated
        self._judge: JudgeSpec | None = None
        self._found: dict[bytes, LikingView] = {}
        self._asked = b""
        self._view = LikingView()
        self.intro = Label(theme, _INTRO, 12, "3", wrap=True)
        self.look = AccentButton(theme, "What does it really like?")
        self.again = button(theme, "Look again", "Find out again what it likes")
        self.stop = button(theme, "Stop", "Stop finding out what it likes")
        self.note = Label(theme, size=12, tone="2", wrap=True)
        self.bar = Bar(theme, "Finding out what the judge likes")
        self.sentence = Label(theme, size=15, wrap=True)
        self.best = RankedNames(theme, "Likes best")
        self.worst = RankedNames(theme, "Likes least")
        self.shortcuts = RankedNames(theme, "Shortcuts, whatever the colour")
        self._facts = QGridLayout()
        self._facts.setContentsMargins(0, 0, 0, 0)
        self._facts.setHorizontalSpacing(12)
        self._facts.setVerticalSpacing(4)
        self._facts.setColumnStretch(1, 1)

        holder = QWidget()
        holder.setObjectName("bare")
        told = column(holder, 16)
        told.setContentsMargins(0, 0, 8, 0)
        told.addWidget(self.sentence)
        told.addWidget(self.shortcuts)
        both = row(space=16)
        both.addWidget(self.best, 1, Qt.AlignmentFlag.AlignTop)
        both.addWidget(self.worst, 1, Qt.AlignmentFlag.AlignTop)
        told.addLayout(both)
        told.addLayout(self._facts)
        told.addStretch(1)
        self.area = QScrollArea()
        self.area.setWidget(holder)
        self.area.setWidgetResizable(True)
        self.area.setAccessibleName("What the judge likes")
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        going = row(space=12)
        going.addWidget(self.note, 1)
        going.addWidget(self.stop)
        layout = column(self, 8)
        layout.addWidget(self.intro)
        layout.addWidget(self.look)
        layout.addLayout(going)
        layout.addWidget(self.bar)
        layout.addWidget(self.area, 1)
        foot = row()
        foot.addWidget(self.again)
        foot.addStretch(1)
        layout.addLayout(foot)
        layout.addStretch(0)
        self._show(self._view)

        self.look.clicked.connect(self._ask)
        self.again.clicked.connect(self._ask)
        self.stop.clicked.connect(lambda: service.cancel(self._view.request))
        for signal in (service.likes, service.progress, service.done, service.failed):
            signal.connect(self._replied)

    @property
    def view(self) -> LikingView:
        """What is shown."""
        return self._view

    def set_judge(self, judge: JudgeSpec | None) -> None:
        """Take the judge as it is written now; what was found out before is shown again."""
        self._judge = judge
        if self._view.waiting:
            if judge is not None and _key(judge) == self._asked:
                return
            # What is being found out is of a judge that is no more.
            self._service.cancel(self._view.request)
        known = self._found.get(_key(judge)) if judge is not None else None
        self._show(known or LikingView())

    def _ask(self) -> None:
        if self._judge is None:
            return
        self._asked = _key(self._judge)
        self._show(views.ask(self._service.like(self._judge, self._rated())))

    def _replied(self, reply: Reply) -> None:
        view = views.fold(self._view, reply)
        if view is self._view:
            return
        if view.sentence:
            self._found[self._asked] = view
            if len(self._found) > _KEPT:
                self._found.pop(next(iter(self._found)))
        self._show(view)

    def _show(self, view: LikingView) -> None:
        self._view = view
        focused = self.hasFocus() or any(one.hasFocus() for one in (self.look, self.again, self.stop))
        waiting, told = view.waiting, bool(view.sentence)
        self.intro.setVisible(not told and not waiting)
        self.look.setVisible(not waiting and not told)
        self.look.setEnabled(self._judge is not None)
        self.again.setVisible(told)
        self.note.setText(f"{view.note}…" if waiting else view.note)
        self.note.setVisible(bool(view.note))
        self.stop.setVisible(waiting)
        self.bar.setVisible(waiting)
        self.bar.set_share(view.done)
        self.area.setVisible(told)
        self.sentence.setText(view.sentence)
        for names, rows in (
            (self.best, view.best),
            (self.worst, view.worst),
            (self.shortcuts, view.shortcuts[:8]),
        ):
            names.show_rows(rows)
        self._show_facts(view.facts)
        if focused:
            # What was pressed is out of sight now; the focus stays in this pane.
            (self.stop if waiting else self.area if told else self.look).setFocus()

    def _show_facts(self, facts: Sequence[Row]) -> None:
        while (item := self._facts.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for place, fact in enumerate(facts):
            heading = Label(self._theme, fact.name[:1].upper() + fact.name[1:], 12, "3", wrap=True)
            self._theme.fit(heading, width=104)
            self._facts.addWidget(heading, place, 0, Qt.AlignmentFlag.AlignTop)
            self._facts.addWidget(Label(self._theme, fact.value, 12, "2", wrap=True), place, 1)


def _key(judge: JudgeSpec) -> bytes:
    # What it is called changes nothing of what it likes.
    return msgspec.json.encode(msgspec.structs.replace(judge, name="-", about=""))

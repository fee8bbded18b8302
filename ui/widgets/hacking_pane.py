"""Cheat the judge before a painter does: one name for all colours, one's own or one that a search finds."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QScrollArea, QSizePolicy, QWidget

from engine.judges.spec import JudgeSpec
from engine.service.protocol import Reply
from studio.views import hacking as views
from studio.views.hacking import HackingView, NameRow
from ui.bridge import Service
from ui.theme import Theme
from ui.tips import tip
from ui.widgets.basics import AccentButton, Elided, Label, button, column, hairline, row
from ui.widgets.progress import Bar

REST = 400
"""Milliseconds after the last change before a name is judged."""
_LONGEST = 60
_ADD = "Counter-example"
_YARDSTICK = (
    "The line across the bars is the yardstick: what the base’s own names earn, each for its own colour."
)


class MeanBar(QWidget):
    """What a name earns on average over all colours, as a bar; the yardstick is a line across it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._score: float | None = None
        self._yardstick: float | None = None
        self._stale = False
        theme.fit(self, height=16)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)
        theme.accent_changed.connect(self.update)

    @property
    def score(self) -> float | None:
        """What is shown."""
        return self._score

    def show_score(self, score: float, yardstick: float | None, *, stale: bool) -> None:
        """Show a mean score in 0..1 against the yardstick."""
        self._score, self._yardstick, self._stale = score, yardstick, stale
        against = "" if yardstick is None else f"; the base’s own names earn {yardstick:.2f}"
        self.setAccessibleName(f"{score:.2f} for every colour{against}")
        self.update()

    def sizeHint(self) -> QSize:
        """Want some width."""
        return QSize(120, self._theme.px(16))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground, the bar, the yardstick's line and the figure."""
        if self._score is None:
            return
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setOpacity(0.4 if self._stale else 1.0)
        middle, room = self.height() / 2, float(self.width() - theme.px(40))
        painter.setPen(Qt.PenStyle.NoPen)
        for share, color in ((1.0, theme.color("line")), (self._score, theme.ink)):
            if share > 0:
                painter.setBrush(color)
                painter.drawRoundedRect(QRectF(0, middle - 3, max(room * share, 6), 6), 3, 3)
        if self._yardstick is not None:
            x = room * self._yardstick
            hairline(painter, x, 0, x, self.height(), theme.color("text"))
        painter.setFont(theme.font(13, 500, tabular=True))
        painter.setPen(theme.color("text"))
        right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(QRectF(self.rect()), right, f"{self._score:.2f}")


class NameLine(QWidget):
    """A name, what it earns, and the one thing that can be done about it.

    Attributes
    ----------
    wanted
        It is to be a counter-example (True), or no longer one; carries the name too.
    """

    wanted = Signal(str, bool)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.name = Elided(theme)
        self.bar = MeanBar(theme)
        self.act = button(theme, _ADD, kind="link")
        # As wide for either word, so that all bars are of one length.
        self.act.setMinimumWidth(self.act.sizeHint().width())
        below = row(space=8)
        below.addWidget(self.bar, 1)
        below.addWidget(self.act)
        layout = column(self, 0)
        layout.addWidget(self.name)
        layout.addLayout(below)
        self._on = True
        self.act.clicked.connect(lambda: self.wanted.emit(self.name.text(), self._on))

    def show_row(
        self, one: NameRow, yardstick: float | None, judge: JudgeSpec | None, *, stale: bool
    ) -> None:
        """Show a name against the yardstick, and what the judge can be taught of it."""
        self.name.setText(one.name)
        self.setToolTip(tip(one.words))
        self.bar.show_score(one.score, yardstick, stale=stale)
        what, why = views.offer(judge, one.name)
        self._on = what != "undo"
        self.act.setText(_ADD if self._on else "Undo")
        said = "Make “{}” a counter-example" if self._on else "“{}” is no longer a counter-example"
        self.act.setAccessibleName(said.format(one.name))
        self.act.setVisible(bool(what))
        self.act.setEnabled(what != "refuse")
        told = "Make it a counter-example: the judge is told that this name is plain."
        self.act.setToolTip(tip(why or (told if self._on else "Take it out of the counter-examples again.")))


class HackingPane(QWidget):
    """A field for one's own name, a search, and what it found.

    Parameters
    ----------
    theme, service
        The look, and who judges.

    Attributes
    ----------
    wanted
        A name is to be a counter-example of the open judge (True), or no longer one.
    """

    wanted = Signal(str, bool)

    def __init__(self, theme: Theme, service: Service) -> None:
        super().__init__()
        self._theme, self._service = theme, service
        self._judge: JudgeSpec | None = None
        self._key = ""
        self._following = False
        self._view = HackingView()
        self.intro = Label(theme, size=12, tone="3", wrap=True)
        self.field = QLineEdit()
        self.field.setFont(theme.font(13))
        self.field.setMaxLength(_LONGEST)
        self.field.setPlaceholderText("Your one name for every colour")
        self.field.setAccessibleName("Your one name for every colour")
        self.own = NameLine(theme)
        self.own.name.hide()
        self.look = AccentButton(theme, "Search for a name that cheats")
        self.again = button(theme, "Search again", "Search again for names that cheat")
        self.stop = button(theme, "Stop", "Stop searching for names that cheat")
        self.note = Label(theme, size=12, tone="2", wrap=True)
        self.bar = Bar(theme, "Searching for names that cheat the judge")
        self.sentence = Label(theme, size=15, wrap=True)
        self.yardstick = Label(theme, _YARDSTICK, 12, "3", wrap=True)
        self.remedy = Label(theme, size=12, tone="2", wrap=True)
        self.lines: list[NameLine] = []
        self._lay_out()
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST)
        self._rest.timeout.connect(self._ask)
        self.field.textChanged.connect(self._typed)
        self.own.wanted.connect(self._want)
        self.look.clicked.connect(self._search)
        self.again.clicked.connect(self._search)
        self.stop.clicked.connect(lambda: service.cancel(self._view.searching))
        for signal in (service.hacked, service.progress, service.done, service.failed):
            signal.connect(self._replied)
        self._show(self._view)

    @property
    def view(self) -> HackingView:
        """What is shown."""
        return self._view

    def set_judge(self, judge: JudgeSpec | None, key: str) -> None:
        """Take the judge as it is written now; of another judge nothing is known yet."""
        before, same = self._judge, key == self._key or self._following
        self._judge, self._key = judge, key
        if same and judge is not None and before is not None and _alike(judge, before):
            self._show(self._view)
            return
        for request in (self._view.searching, self._view.trying):
            self._service.cancel(request)
        self._show(views.changed(self._view) if same else HackingView())
        self._rest.start()

    def adopt(self, key: str) -> None:
        """Take note that the open judge has a slug by now; what is known of it stays."""
        self._key = key

    def showEvent(self, event: object) -> None:
        """Judge what was typed while this was out of sight."""
        self._rest.start()

    def _lay_out(self) -> None:
        holder = QWidget()
        holder.setObjectName("bare")
        told = column(holder, 12)
        told.setContentsMargins(0, 0, 8, 0)
        told.addWidget(self.sentence)
        told.addWidget(self.yardstick)
        self._rows = column(space=10)
        told.addLayout(self._rows)
        told.addWidget(self.remedy)
        told.addStretch(1)
        self.area = QScrollArea()
        self.area.setWidget(holder)
        self.area.setWidgetResizable(True)
        self.area.setAccessibleName("Names that cheat the judge")
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        going = row(space=12)
        going.addWidget(self.note, 1)
        going.addWidget(self.stop)
        foot = row()
        foot.addWidget(self.again)
        foot.addStretch(1)
        layout = column(self, 8)
        for one in (self.intro, self.field, self.own, self.look):
            layout.addWidget(one)
        layout.addLayout(going)
        layout.addWidget(self.bar)
        layout.addWidget(self.area, 1)
        layout.addLayout(foot)
        layout.addStretch(0)

    def _typed(self) -> None:
        self._show(msgspec.structs.replace(self._view, tried=None))
        self._rest.start()

    def _ask(self) -> None:
        asked = views.names(self._view, self.field.text())
        if self._judge is None or not asked or not self.isVisible():
            return
        self._service.cancel(self._view.trying)
        self._show(views.ask(self._view, self._service.hack(self._judge, asked)))

    def _search(self) -> None:
        if self._judge is not None:
            self._service.cancel(self._view.searching)
            self._show(views.search(self._view, self._service.hack(self._judge, search=True)))

    def _want(self, name: str, on: bool) -> None:
        # A judge that came with the app is copied, and what is known of it goes with the copy.
        self._following = True
        self.wanted.emit(name, on)
        self._following = False

    def _replied(self, reply: Reply) -> None:
        view = views.fold(self._view, reply, self.field.text())
        if view is not self._view:
            self._show(view)

    def _show(self, view: HackingView) -> None:
        self._view = view
        searching, told = view.searching != 0, bool(view.sentence)
        focused = any(one.hasFocus() for one in (self.look, self.again, self.stop))
        self.intro.setText(views.intro(self._judge))
        self.intro.setVisible(not view.found)
        self.field.setEnabled(self._judge is not None)
        self.own.setVisible(view.tried is not None)
        if view.tried is not None:
            self.own.show_row(view.tried, view.yardstick, self._judge, stale=view.stale)
        self.look.setVisible(not searching and not view.found)
        self.look.setEnabled(self._judge is not None)
        self.again.setVisible(not searching and bool(view.found))
        self.note.setText(f"{view.note}…" if searching else view.note)
        self.note.setVisible(bool(view.note))
        self.stop.setVisible(searching)
        self.bar.setVisible(searching)
        self.bar.set_share(view.done)
        self.area.setVisible(told)
        self.sentence.setText(view.sentence)
        self.yardstick.setVisible(view.yardstick is not None)
        self.remedy.setText(views.remedy(self._judge) if self._judge is not None else "")
        self._show_rows(view)
        if focused:
            # What was pressed is out of sight now; the focus stays in this pane.
            (self.stop if searching else self.again if view.found else self.look).setFocus()

    def _show_rows(self, view: HackingView) -> None:
        while len(self.lines) < len(view.found):
            line = NameLine(self._theme)
            line.wanted.connect(self._want)
            self.lines.append(line)
            self._rows.addWidget(line)
        for place, line in enumerate(self.lines):
            line.setVisible(place < len(view.found))
            if place < len(view.found):
                line.show_row(view.found[place], view.yardstick, self._judge, stale=view.stale)


def _alike(a: JudgeSpec, b: JudgeSpec) -> bool:
    # What it is called changes nothing of what it likes.
    return msgspec.structs.replace(a, name="-", about="") == msgspec.structs.replace(b, name="-", about="")

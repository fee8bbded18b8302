"""Try it: the person's names for the current colour, scored live by the judge as it is written now.

Other judges may stand beside it, and then the reward that they make together. The open judge is asked again
at every pause; the others only when names or colour change, and their answers are kept.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QMenu, QScrollArea, QWidget

from engine.judges.spec import JudgeSpec
from engine.service.protocol import Reply
from studio.bench import Bench
from studio.judges import JudgeEntry
from studio.views import judge_table as tables
from studio.views.judge_kinds import kind
from studio.views.judge_table import MOST_BESIDE, Column, JudgeTable
from ui.bridge import Service
from ui.current import CurrentColor
from ui.icons import Icons
from ui.theme import Theme
from ui.widgets.basics import Label, button, column, row
from ui.widgets.board import NameBoard
from ui.widgets.progress import Bar

REST = 250
"""Milliseconds after the last change before the names are scored again."""
PATIENCE = 900
"""Milliseconds without an answer after which the board says what it waits for."""
OPEN = "\0open"
"""The key of the open judge's column: its slug may come while it is being written."""


class Trial(QWidget):
    """Names × judges, live.

    Parameters
    ----------
    theme, icons, current, service
        The look, the shared colour, and who scores.
    bench
        Names, ratings, and who stands beside.

    Attributes
    ----------
    bench_changed
        The person changed the bench; carries it.
    arranged
        There are more columns now, or fewer.
    """

    bench_changed = Signal(Bench)
    arranged = Signal()

    def __init__(
        self, theme: Theme, icons: Icons, current: CurrentColor, service: Service, bench: Bench
    ) -> None:
        super().__init__()
        self._theme = theme
        self._current, self._service = current, service
        self._bench = bench
        self._judge: JudgeSpec | None = None
        self._opened = ""
        self._refusal = ""
        self._entries: dict[str, JudgeEntry] = {}
        self._table = JudgeTable()
        self._stale = True  # whether those beside must be asked again
        self.board = NameBoard(theme, icons, bench)
        self.note = Label(theme, size=12, tone="3", wrap=True)
        self.bar = Bar(theme, "A judge is made ready")
        self.bar.hide()
        self.beside = button(
            theme, "+ Judges beside it", "Choose judges to stand beside the open one", "link"
        )
        self.menu = QMenu(self.beside)
        self.menu.setFont(theme.font(13))
        self.menu.aboutToShow.connect(self._fill_menu)
        self.beside.setMenu(self.menu)
        self._timer = self._one_shot(REST, self._ask)
        self._late = self._one_shot(PATIENCE, self._explain)

        explained = "Names for the current colour. The notch is the median of known names."
        holder = QWidget()
        holder.setObjectName("bare")
        inner = column(holder)
        inner.addWidget(self.board)
        inner.addStretch(1)
        area = QScrollArea()
        area.setWidget(holder)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        foot = row(space=8)
        foot.addWidget(self.beside)
        foot.addStretch(1)
        layout = column(self, 4)
        layout.addWidget(Label(theme, explained, 12, "3", wrap=True))
        layout.addSpacing(4)
        layout.addWidget(area, 1)
        layout.addWidget(self.note)
        layout.addWidget(self.bar)
        layout.addSpacing(4)
        layout.addLayout(foot)

        self.board.edited.connect(self._names_edited)
        self.board.rated.connect(self._rated)
        current.settled.connect(self._moved)
        for signal in (service.scored, service.progress, service.done, service.failed):
            signal.connect(self._replied)

    @property
    def bench(self) -> Bench:
        """The names, their ratings, and who stands beside."""
        return self._bench

    @property
    def columns(self) -> int:
        """How many columns of scores there are, the reward's included."""
        return len(self._table.columns) + self._table.has_reward

    def set_judge(self, judge: JudgeSpec | None, slug: str, refusal: str = "") -> None:
        """Take the judge as it is written now; ``None``, and why, while what is written is no judge."""
        self._judge, self._refusal = judge, refusal
        if slug != self._opened:
            # Another judge's scores say nothing of this one.
            self._opened = slug
            for one in self._table.columns[:1]:
                self._service.cancel(one.board.request)
            self._table = JudgeTable(columns=self._table.columns[1:])
        self._arrange()
        self._timer.start()

    def adopt(self, slug: str) -> None:
        """Take note that the open judge has a slug by now; its scores are the same."""
        self._opened = slug

    def show_judges(self, entries: Sequence[JudgeEntry]) -> None:
        """Take note of which judges there are."""
        before = {slug: entry.spec for slug, entry in self._entries.items()}
        self._entries = {entry.slug: entry for entry in entries}
        changed = [slug for slug in self._bench.beside if before.get(slug) != self._spec(slug)]
        if changed:
            self._stale = True
            self._arrange()
            self._timer.start()

    def set_beside(self, slugs: Sequence[str]) -> None:
        """Let these judges stand beside the open one."""
        self._change(msgspec.structs.replace(self._bench, beside=tuple(slugs)[:MOST_BESIDE]))
        self._stale = True
        self._arrange()
        self._timer.start()

    def showEvent(self, event: object) -> None:
        """Score for the colour as it is now."""
        self._timer.start()

    # What stands on the board.

    def _one_shot(self, milliseconds: int, call: object) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(call)
        return timer

    def _spec(self, slug: str) -> JudgeSpec | None:
        entry = self._entries.get(slug)
        return entry.spec if entry is not None else None

    def _arrange(self) -> None:
        judge = self._judge
        before = self._table.columns[0] if self._table.columns else None
        title = judge.name if judge is not None else before.title if before is not None else ""
        part = kind(judge).part if judge is not None else before.part if before is not None else "taste"
        columns = [Column(key=OPEN, title=title, part=part)]
        for slug in self._bench.beside:
            spec = self._spec(slug)
            if spec is not None and slug != self._opened:
                columns.append(Column(key=slug, title=spec.name, part=kind(spec).part))
        gone = {one.key for one in self._table.columns} - {one.key for one in columns}
        for one in self._table.columns:
            if one.key in gone:
                self._service.cancel(one.board.request)
        self._show(tables.arrange(self._table, columns))

    def _fill_menu(self) -> None:
        self.menu.clear()
        chosen = [slug for slug in self._bench.beside if self._spec(slug) is not None]
        for slug, entry in self._entries.items():
            if entry.spec is None or slug == self._opened:
                continue
            action = self.menu.addAction(entry.name.replace("&", "&&")[:60])
            action.setCheckable(True)
            action.setChecked(slug in chosen)
            action.setEnabled(slug in chosen or len(chosen) < MOST_BESIDE)
            action.triggered.connect(lambda on, slug=slug: self._tick(slug, on=on))

    def _tick(self, slug: str, *, on: bool) -> None:
        others = [one for one in self._bench.beside if one != slug and self._spec(one) is not None]
        self.set_beside([*others, slug] if on else others)

    def _names_edited(self) -> None:
        self._change(msgspec.structs.replace(self._bench, names=tuple(self.board.names)))
        self._moved()

    def _moved(self) -> None:
        self._stale = True
        self._timer.start()

    def _rated(self, name: str, rating: int) -> None:
        if name:
            self._change(self._bench.rate(name, rating))
            self.board.show_ratings(self._bench)

    def _change(self, bench: Bench) -> None:
        if bench != self._bench:
            self._bench = bench
            self.bench_changed.emit(bench)

    # Asking and hearing.

    def _ask(self) -> None:
        if not self.isVisible():
            return
        names = list(dict.fromkeys(self.board.names))
        for one in self._table.columns:
            spec = self._judge if one.key == OPEN else self._spec(one.key)
            if one.key == OPEN or self._stale:
                self._ask_one(one, spec, names)
        self._stale = False

    def _ask_one(self, one: Column, spec: JudgeSpec | None, names: Sequence[str]) -> None:
        self._service.cancel(one.board.request)
        if spec is None:
            refusal = self._refusal or "Scores come once the judge is complete."
            self._show(tables.refuse(self._table, one.key, refusal))
        elif not names:
            self._show(tables.refuse(self._table, one.key, "Add a name to see its score."))
        else:
            request = self._service.score(self._current.hex, names, spec)
            self._show(tables.ask(self._table, one.key, request, self._current.hex, names))
            self._late.start()

    def _replied(self, reply: Reply) -> None:
        self._show(tables.fold(self._table, reply))

    def _explain(self) -> None:
        if self._table.waiting and not self._table.going[0]:
            self.note.setText("A new judge reads known names first, to learn what is usual…")

    def _show(self, table: JudgeTable) -> None:
        if table is self._table:
            return
        before, self._table = self.columns, table
        words, share = table.going
        self.note.setText(table.note or (f"{words}…" if words else ""))
        self.bar.setVisible(bool(words) and not table.note)
        self.bar.set_share(share)
        self.board.show_table(table)
        if self.columns != before:
            self.arranged.emit()

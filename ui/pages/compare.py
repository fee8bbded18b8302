"""Compare: one colour, and what the base and every painter call it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QScrollArea, QStackedWidget, QWidget

from engine.service.protocol import Done, Failed, PainterRef, Ready, Reply
from studio.judges import JudgeEntry, JudgeLibrary
from studio.name_maps import NameMaps
from studio.painters import PainterCard
from studio.tasting import Tasted, Tastes, judge_of
from studio.views import names
from studio.views.names import CompareView
from ui.background import Background
from ui.bridge import Service
from ui.chip_scorer import ChipScorer
from ui.commands import Command, TakesBack
from ui.current import CurrentColor
from ui.theme import Theme
from ui.widgets.basics import Label, button, column, row
from ui.widgets.chip import PaintChip
from ui.widgets.map_view import MapView
from ui.widgets.picker import Picker
from ui.widgets.progress import Progressing
from ui.widgets.stage import Invitation, Stage
from ui.widgets.taste_test import TasteTest
from ui.widgets.views import Views
from ui.widgets.why import WhyStrip

SAMPLES = 8
PAUSE = 40
"""Milliseconds without a change after which names are asked for. Sooner than a colour counts as settled: what
was asked too soon is dropped within one pass of the model."""
LINGER = 350
"""Milliseconds after the names have come before alternatives are asked for, and then judges' scores."""
OWN_TASTE = "My taste"


class ComparePage(QWidget):
    """Picker on the left, the stage with its chips on the right.

    Parameters
    ----------
    theme, current, service
        The look, the shared colour, and who names it.
    background
        Where files are read and written.
    picker
        Picks the colour.
    judges, tastes, maps
        The libraries of judges, of blind taste tests, and of maps of names.
    views
        (title, widget) of what else can be compared, beside the one colour.

    Attributes
    ----------
    train_wanted
        The person asked how to get a painter.
    judge_made
        Taste tests were made into a judge; carries its slug.
    """

    title = "Compare"
    icon = "swatch-book"

    train_wanted = Signal()
    judge_made = Signal(str)

    def __init__(
        self,
        theme: Theme,
        current: CurrentColor,
        service: Service,
        background: Background,
        picker: Picker,
        *,
        judges: JudgeLibrary,
        tastes: Tastes,
        maps: NameMaps,
        views: Sequence[tuple[str, QWidget]] = (),
    ) -> None:
        super().__init__()
        self.setObjectName("page")
        self._theme, self._current, self._service = theme, current, service
        self._judges, self._background = judges, background
        self._cards: list[PainterCard] = []
        self._chosen = ""
        self._scorer = ChipScorer(service, self)
        self._refs: tuple[PainterRef, ...] = ()
        self._labels: tuple[tuple[str, str], ...] = ()
        # The names, and, folded apart, the sampled alternatives that are asked for once those have come.
        self._view = CompareView()
        self._more = CompareView()
        self.chips: dict[str, PaintChip] = {}

        self.picker = picker
        self.status = Label(theme, size=12, tone="3", wrap=True)
        self.status.setAccessibleName("Naming service")
        self.note = Label(theme, size=12, tone="2", wrap=True)
        self.note.setAccessibleName("Notice")
        side = QWidget()
        side.setObjectName("bare")
        left = column(side)
        left.addWidget(self.picker, 1)
        left.addSpacing(8)
        left.addWidget(self.note)
        left.addSpacing(8)
        left.addWidget(self.status)
        self.note.hide()
        self._side = QScrollArea()
        self._side.setWidget(side)
        self._side.setWidgetResizable(True)
        self._side.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._side.setFocusPolicy(Qt.FocusPolicy.NoFocus)

        self.stage = Stage(theme)
        self.invitation: Invitation | None = None
        self.progress = Progressing(theme, "What the naming service is doing")
        self.progress.again.clicked.connect(self._again)
        self.progress.hide()
        self.why = WhyStrip(theme, service)
        self.why.hide()
        one = QWidget()
        stage = column(one, 12)
        stage.addWidget(self.stage, 1)
        stage.addWidget(self.why)
        self.map = MapView(theme, service, maps, background)
        self.views = Views(theme, "What is compared", [("One colour", one), *views, ("Name map", self.map)])
        self.test = button(theme, "Taste test", "Blind taste test")
        self.test.setToolTip("Pick the best of the painters' names without knowing who said which.")
        self.views.corner.addWidget(self.test)
        self.taste = TasteTest(theme, service, tastes, background)
        self._right = QStackedWidget()
        self._right.addWidget(self.views)
        self._right.addWidget(self.taste)
        right = column(space=16)
        right.addWidget(self.progress)
        right.addWidget(self._right, 1)

        self._layout = row(self)
        self._layout.addWidget(self._side)
        self._layout.addLayout(right, 1)

        self._linger = QTimer(self)
        self._linger.setSingleShot(True)
        self._linger.setInterval(LINGER)
        self._linger.timeout.connect(self._ask_further)

        current.changed.connect(self._color_moved)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE)
        self._pause.timeout.connect(self._ask)
        service.ready.connect(self._ready)
        service.failed.connect(self._failed)
        for signal in (service.progress, service.named, service.done):
            signal.connect(self._replied)
        self._scorer.scored.connect(self._show_scores)
        self.why.closed.connect(self._unchoose)
        self.why.copy_wanted.connect(self._copy)
        self.map.color_chosen.connect(self._color_chosen)
        self.test.clicked.connect(self._begin_test)
        self.taste.left.connect(self._end_test)
        self.taste.judge_wanted.connect(self._make_judge)

    def show_judges(self, entries: Sequence[JudgeEntry]) -> None:
        """Take the library of judges: those of them that matter score the names."""
        self._scorer.show_judges(entries)
        self._scorer.show_painters(self._cards)
        self._show_scores()
        if not self._view.waiting and self._refs:
            self._linger.start()

    def show_painters(self, cards: Sequence[PainterCard]) -> None:
        """Lay out a chip for each painter that can be used, and ask for the names that are missing."""
        usable = self._cards = [card for card in cards if not card.error]
        faulty = next((card.error for card in cards if card.error), "")
        if faulty:
            self.say(faulty)
        self._scorer.show_painters(usable)
        self.taste.show_painters(usable)
        self.map.show_painters(usable)
        refs = tuple(PainterRef(slug=card.slug, folder=card.folder) for card in usable)
        labels = tuple((card.slug, card.name) for card in usable)
        if (refs, labels) == (self._refs, self._labels):
            return
        kept = {}
        for slug, label in labels:
            kept[slug] = self.chips.get(slug) or self._make_chip(slug, label)
            kept[slug].set_painter(label)
        self.chips = kept
        if self._chosen not in kept:
            self._unchoose()
        shown: list[QWidget] = list(kept.values())
        self.invitation = None
        # Until there is a painter of the person's own, beside those that came with the app.
        if all(card.shipped or not card.folder for card in usable):
            self.invitation = Invitation(self._theme)
            self.invitation.pressed.connect(self.train_wanted)
            shown.append(self.invitation)
        self.stage.show_chips(shown)
        self._refs, self._labels = refs, labels
        self._ask()

    def say(self, sentence: str) -> None:
        """Show a sentence that a person should know; empty for none."""
        self.note.setText(sentence)
        self.note.setVisible(bool(sentence))

    keys = (
        ("Left, Right", "On the colour area and the hue: one step"),
        ("Shift+Left", "A tenth of a step"),
        ("PgUp, PgDown", "Ten steps"),
    )

    def commands(self) -> Sequence[Command]:
        """Return what can be done here."""
        return (
            Command("Type a colour", lambda: self.picker.hex.setFocus(), words="hex code field paste"),
            Command("Name this colour again", self._again, words="ask retry service"),
        )

    def take_back(self) -> bool:
        """Undo in the view that is shown, if it keeps what was done."""
        shown: object = self.views.stack.currentWidget()
        return isinstance(shown, TakesBack) and shown.take_back()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the picker its 320 where there is room, and the page its margins."""
        wide = self.width() >= 1100
        margin = 32 if wide else 24
        self._layout.setContentsMargins(margin, 8, margin, margin)
        self._layout.setSpacing(margin)
        self._side.setFixedWidth(320 if wide else 272)
        super().resizeEvent(event)

    def _make_chip(self, slug: str, label: str) -> PaintChip:
        chip = PaintChip(self._theme, slug, label, self._current.hex)
        chip.pressed.connect(self._choose)
        chip.copy_wanted.connect(lambda slug: self._copy(self.chips[slug].name))
        return chip

    def _copy(self, name: str) -> None:
        if name:
            QGuiApplication.clipboard().setText(name)
            self.say(f"“{name[:60]}” is copied.")

    # Why this name.

    def _choose(self, slug: str) -> None:
        if slug == self._chosen:
            self._unchoose()
            return
        self._chosen = slug
        for chip in self.chips.values():
            chip.set_chosen(chip.slug == slug)
        self._explain()

    def _unchoose(self) -> None:
        self._chosen = ""
        self.why.drop()
        self.why.hide()
        for chip in self.chips.values():
            chip.set_chosen(False)

    def _explain(self) -> None:
        """Ask why the chosen painter says what it says, once it has said it."""
        view = next((chip for chip in self._view.chips if chip.painter == self._chosen), None)
        ref = next((ref for ref in self._refs if ref.slug == self._chosen), None)
        if view is None or ref is None or view.state != "ready":
            return
        self.why.explain(ref, view.label, self._view.color, view.name)
        if self.why.isHidden():
            self.why.show()
            # The stage is lower now; what was pressed is to stay in sight once that is laid out.
            chip = self.chips[self._chosen]
            QTimer.singleShot(0, chip, lambda: self.stage.ensureWidgetVisible(chip))

    # The taste test.

    def _begin_test(self) -> None:
        self._drop()
        self.taste.read()
        self._right.setCurrentWidget(self.taste)
        self.taste.begin()

    def _end_test(self) -> None:
        self.taste.drop()
        self._right.setCurrentWidget(self.views)
        self.window().setFocus()
        self._ask()

    def _make_judge(self, history: tuple[Tasted, ...]) -> None:
        library = self._judges

        def write() -> str:
            slug = library.free_slug(OWN_TASTE)
            library.save(slug, judge_of(history, OWN_TASTE))
            return slug

        self._background.run(write, self.judge_made.emit, lambda error: self.say(str(error)))

    def _color_chosen(self, color: str) -> None:
        self._current.set_hex(color)
        self.views.switch.choose(0)

    def _color_moved(self, color: str) -> None:
        self._drop()
        for chip in self.chips.values():
            chip.set_color(color)
        self._show_scores()
        self._pause.start()

    def _drop(self) -> None:
        """Let go of what was asked: its replies are no answers any more."""
        self._pause.stop()
        self._linger.stop()
        self._scorer.drop()
        self.why.wait()
        for view in (self._view, self._more):
            self._service.cancel(view.request)
        self._view, self._more = msgspec.structs.replace(self._view, request=0), CompareView()

    def _ask(self) -> None:
        if not self._refs:
            return
        self._drop()
        color = self._current.hex
        request = self._service.name(color, self._refs)
        self._view = names.ask(self._view, request, color, self._labels)
        for chip in self.chips.values():
            chip.set_color(color)
            chip.wait()
        self._show_scores()

    def _ask_further(self) -> None:
        color = self._current.hex
        request = self._service.name(color, self._refs, samples=SAMPLES)
        self._more = names.ask(CompareView(), request, color, self._labels)

    def _replied(self, reply: Reply) -> None:
        self._show(names.fold(self._view, reply))
        more = names.fold(self._more, reply)
        for before, after in zip(self._more.chips, more.chips, strict=True):
            if after is not before:
                self.chips[after.painter].set_also(after.alternatives)
        self._more = more
        if isinstance(reply, Done) and reply.id == self._view.request:
            self._linger.start()
        elif isinstance(reply, Done) and reply.id == self._more.request:
            self._scorer.ask(self._view.color, self._names())

    def _names(self) -> dict[str, str]:
        """Return each painter's name of the colour, of those that have come."""
        return {chip.painter: chip.name for chip in self._view.chips if chip.state == "ready"}

    def _show_scores(self) -> None:
        said = self._names() if self._view.color == self._current.hex else {}
        for slug, chip in self.chips.items():
            chip.set_scores(self._scorer.rows(slug, self._current.hex, said.get(slug, "")))

    def _show(self, view: CompareView) -> None:
        before, self._view = self._view, view
        for old, new in zip(before.chips, view.chips, strict=True):
            if new is not old:
                self.chips[new.painter].show_view(new)
                if new.painter == self._chosen:
                    self._explain()
        self._show_scores()
        if (view.note, view.done) == (before.note, before.done):
            return
        if view.note:
            self.progress.say(view.note, view.done)
        else:
            self.progress.hide()

    def _failed(self, reply: Failed) -> None:
        self._replied(reply)
        if not reply.cancelled and reply.id in (0, self._view.request):
            self.progress.fault(reply.reason)

    def _again(self) -> None:
        self.progress.hide()
        self._service.start()
        self._ask()

    def _ready(self, reply: Ready) -> None:
        self._replied(reply)
        if any(chip.state == "failed" for chip in self._view.chips):
            # It was started again: what it owed when it stopped is asked for once more.
            self._ask()
        self.status.setText(names.runs_on(reply))

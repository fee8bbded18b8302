"""The panel of a training: tastes, which are weighed, guards, which multiply, and gates, which shut."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec
from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QMenu, QPushButton, QSizePolicy, QWidget

from engine.judges.spec import JudgeSpec
from engine.recipe import Gate, Panel, Taste
from studio.judges import JudgeEntry
from studio.views.train_form import GATE, shares
from ui.icons import Icons
from ui.terms import explain
from ui.theme import Theme
from ui.widgets.basics import Elided, IconButton, Label, button, column, row
from ui.widgets.choice import scroll_past
from ui.widgets.figure import Figure
from ui.widgets.share import ShareSlider

Role = Literal["taste", "guard", "gate"]
ROLES: tuple[Role, ...] = ("taste", "guard", "gate")
_SAID = {
    "guard": "A guard multiplies the reward: what fails it earns little, whatever the tastes say.",
    "gate": "A gate: a name to which this judge gives less earns nothing.",
}
_LEAST_WEIGHT, _MOST_WEIGHT = 0.01, 100.0


class _Sign(QWidget):
    """The shield of a guard, or the sign of a gate."""

    def __init__(self, theme: Theme, icons: Icons, role: Role) -> None:
        super().__init__()
        self._theme, self._icons, self._role = theme, icons, role
        self.setFixedSize(18, 28)
        self.setToolTip(_SAID[role])
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        icon = "shield" if self._role == "guard" else "fence"
        self._icons.paint(painter, icon, QRectF(0, 7, 14, 14), self._theme.color("text_2"))


class Member(QWidget):
    """One judge in one role.

    Attributes
    ----------
    share, told
        A taste's share of the reward, to be moved, and in words.
    least
        What a gate asks for.
    """

    def __init__(self, theme: Theme, icons: Icons, slug: str, name: str, role: Role) -> None:
        super().__init__()
        self.slug, self.role, self.weight = slug, role, 1.0
        self.share = ShareSlider(theme, f"Share of {name[:60]}")
        self.told = Label(theme, size=12, tone="2", tabular=True)
        self.told.setFixedWidth(self.told.fontMetrics().horizontalAdvance("99%"))
        self.least = Figure(theme, f"What {name[:60]} must give at least, 0 to 1", 0.01, 1, 2, 0.05)
        theme.fit(self.least, width=60)
        self.least.setValue(GATE)
        self.remove = IconButton(theme, icons, "x", f"Take {name[:60]} out")
        self.name = Elided(theme, name, weight=500)
        for control in (self.share, self.least):
            scroll_past(control)
        layout = row(self, 6)
        # The cross itself, not the ground around it, ends where the fields do.
        layout.setContentsMargins(0, 0, -6, 0)
        if role != "taste":
            layout.addWidget(_Sign(theme, icons, role))
        layout.addWidget(self.name, 1)
        layout.addWidget(self.share, 1)
        layout.addWidget(self.told)
        if role == "gate":
            layout.addWidget(Label(theme, "at least", 12, "3"))
        layout.addWidget(self.least)
        layout.addWidget(self.remove)
        self.share.hide()
        self.told.hide()
        self.least.setVisible(role == "gate")
        self.setMinimumHeight(32)

    def sizeHint(self) -> QSize:
        """Want a line."""
        return QSize(200, 32)


class PanelEditor(QWidget):
    """Chooses tastes with their shares, guards and gates.

    Attributes
    ----------
    edited
        The panel changed by the person's hand.
    """

    edited = Signal()

    def __init__(self, theme: Theme, icons: Icons) -> None:
        super().__init__()
        self._theme, self._icons = theme, icons
        self._entries: dict[str, JudgeEntry] = {}
        self._spare: dict[str, JudgeSpec] = {}
        self._members: list[Member] = []
        self._column = column()
        self.add_taste = self._menu("Judge", "taste")
        self.add_guard = self._menu("Guard", "guard")
        self.add_gate = self._menu("Gate", "gate")
        self._empty = Label(theme, "No judge yet.", 13, "3")
        buttons = row(space=16)
        for made in (self.add_taste, self.add_guard, self.add_gate):
            buttons.addWidget(made)
        buttons.addStretch(1)
        layout = column(self)
        layout.addWidget(self._empty)
        layout.addLayout(self._column)
        layout.addSpacing(2)
        layout.addLayout(buttons)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    @property
    def tastes(self) -> list[str]:
        """The tastes' slugs."""
        return self._slugs("taste")

    @property
    def guards(self) -> list[str]:
        """The guards' slugs."""
        return self._slugs("guard")

    @property
    def gates(self) -> list[str]:
        """The gates' slugs."""
        return self._slugs("gate")

    @property
    def judges(self) -> dict[str, JudgeSpec]:
        """The judges that there are, by slug; a run's own where the library has none of that slug."""
        own = {slug: entry.spec for slug, entry in self._entries.items() if entry.spec is not None}
        return {**self._spare, **own}

    @property
    def names(self) -> dict[str, str]:
        """What the judges are called, by slug."""
        return {slug: spec.name for slug, spec in self.judges.items()}

    @property
    def controls(self) -> list[QWidget]:
        """What the focus goes through, in order."""
        return [
            *(control for m in self._members for control in (m.share, m.least, m.remove)),
            *(self.add_taste, self.add_guard, self.add_gate),
        ]

    def panel(self, before: Panel) -> Panel:
        """Return the panel that is chosen, its other settings as they were."""
        tastes = tuple(Taste(m.slug, m.weight) for m in self._members if m.role == "taste")
        gates = tuple(Gate(m.slug, round(m.least.value(), 2)) for m in self._members if m.role == "gate")
        return msgspec.structs.replace(before, tastes=tastes, guards=tuple(self.guards), gates=gates)

    def show_panel(self, panel: Panel, spare: Mapping[str, JudgeSpec] | None = None) -> None:
        """Show a panel; says nothing.

        Parameters
        ----------
        spare
            Judges to take where the library has none of that slug: those that a run kept.
        """
        self._spare = dict(spare or {})
        for member in list(self._members):
            self._take(member)
        for taste in panel.tastes:
            self._put(taste.judge, "taste").weight = taste.weight
        for slug in panel.guards:
            self._put(slug, "guard")
        for gate in panel.gates:
            least = self._put(gate.judge, "gate").least
            least.blockSignals(True)
            least.setValue(gate.at_least)
            least.blockSignals(False)
        self._settle()

    def show_judges(self, entries: Sequence[JudgeEntry]) -> None:
        """Take note of which judges there are; those of the panel that are gone stay, as faults."""
        self._entries = {entry.slug: entry for entry in entries if entry.spec is not None}
        names = self.names
        for member in self._members:
            member.name.setText(names.get(member.slug, member.slug))

    def add(self, slug: str, role: Role) -> None:
        """Let a judge take part, as a person would; nothing if it has such a part already."""
        if slug not in self._taken(role):
            self._put(slug, role)
            self._settle()
            self.edited.emit()

    def _slugs(self, role: Role) -> list[str]:
        return [member.slug for member in self._members if member.role == role]

    def _taken(self, role: Role) -> set[str]:
        """Return who cannot take this part: a judge is a taste or a guard, and may be one gate besides."""
        return {m.slug for m in self._members if (m.role == "gate") == (role == "gate")}

    def _put(self, slug: str, role: Role) -> Member:
        member = Member(self._theme, self._icons, slug, self.names.get(slug, slug), role)
        member.remove.clicked.connect(lambda: self._removed(member))
        member.share.valueChanged.connect(lambda share: self._moved(member, share))
        member.least.valueChanged.connect(lambda _: self.edited.emit())
        place = sum(ROLES.index(m.role) <= ROLES.index(role) for m in self._members)
        self._members.insert(place, member)
        self._column.insertWidget(place, member)
        return member

    def _menu(self, text: str, role: Role) -> QPushButton:
        made = button(self._theme, f"+ {text}", f"Add a {text.lower()}", kind="link")
        explain(made, role)
        menu = QMenu(made)
        menu.setFont(self._theme.font(13))
        menu.aboutToShow.connect(lambda: self._fill(menu, role))
        made.setMenu(menu)
        return made

    def _fill(self, menu: QMenu, role: Role) -> None:
        menu.clear()
        for slug, name in self.names.items():
            if slug not in self._taken(role):
                action = menu.addAction(name.replace("&", "&&")[:60])
                action.triggered.connect(lambda _=False, slug=slug: self.add(slug, role))
        if menu.isEmpty():
            menu.addAction("All judges take part").setEnabled(False)

    def _moved(self, member: Member, share: int) -> None:
        """Give a taste this share; the others keep their weights, and so their shares of the rest."""
        others = sum(m.weight for m in self._members if m.role == "taste" and m is not member)
        weight = others * share / (100 - share)
        member.weight = round(min(max(weight, _LEAST_WEIGHT), _MOST_WEIGHT), 2)
        self._show_shares(member)
        self.edited.emit()

    def _removed(self, member: Member) -> None:
        self._take(member)
        self._settle()
        self.edited.emit()

    def _take(self, member: Member) -> None:
        if member.remove.hasFocus():
            # The next in line is the next judge's remove button, which nobody meant.
            adds = {"taste": self.add_taste, "guard": self.add_guard, "gate": self.add_gate}
            adds[member.role].setFocus()
        self._members.remove(member)
        self._column.removeWidget(member)
        member.hide()
        member.deleteLater()

    def _show_shares(self, moved: Member | None = None) -> None:
        tastes = [member for member in self._members if member.role == "taste"]
        told = shares([Taste(member.slug, member.weight) for member in tastes])
        for member, share in zip(tastes, told, strict=True):
            # The share of a single taste means nothing.
            member.share.setVisible(len(tastes) > 1)
            member.told.setVisible(len(tastes) > 1)
            member.told.setText(f"{share:.0%}")
            if member is not moved:
                member.share.blockSignals(True)
                member.share.setValue(round(100 * share))
                member.share.blockSignals(False)
                member.share.update()

    def _settle(self) -> None:
        self._empty.setVisible(not self._members)
        self._show_shares()
        self.updateGeometry()

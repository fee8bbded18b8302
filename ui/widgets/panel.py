"""The panel of a training: tastes, which are weighed, and guards, which multiply."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QMenu, QPushButton, QSizePolicy, QWidget

from engine.recipe import Panel, Taste
from studio.judges import JudgeEntry
from ui.icons import Icons
from ui.theme import Theme
from ui.widgets.basics import Elided, IconButton, Label, button, column, row
from ui.widgets.picker import Figure


class _Shield(QWidget):
    def __init__(self, theme: Theme, icons: Icons) -> None:
        super().__init__()
        self._theme, self._icons = theme, icons
        self.setFixedSize(18, 28)
        self.setToolTip("A guard multiplies the reward: what fails it earns little, whatever the tastes say.")
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._icons.paint(painter, "shield", QRectF(0, 7, 14, 14), self._theme.color("text_2"))


class _Member(QWidget):
    """One judge of the panel."""

    def __init__(self, theme: Theme, icons: Icons, slug: str, name: str, *, guard: bool) -> None:
        super().__init__()
        self.slug, self.guard = slug, guard
        self.weight = Figure(theme, f"Weight of {name}", 0.1, 100, 1, 0.5)
        self.weight.setValue(1.0)
        self.weight.setFixedWidth(56)
        self.weight.hide()
        self.remove = IconButton(theme, icons, "x", f"Take {name[:60]} out")
        layout = row(self, 4)
        if guard:
            layout.addWidget(_Shield(theme, icons))
        layout.addWidget(Elided(theme, name, weight=500), 1)
        layout.addWidget(self.weight)
        layout.addWidget(self.remove)
        self.setFixedHeight(32)

    def sizeHint(self) -> QSize:
        return QSize(200, 32)


class PanelEditor(QWidget):
    """Chooses tastes with their weights, and guards.

    Attributes
    ----------
    edited
        The panel changed.
    """

    edited = Signal()

    def __init__(self, theme: Theme, icons: Icons, tastes: Sequence[str], guards: Sequence[str]) -> None:
        super().__init__()
        self._theme, self._icons = theme, icons
        self._entries: dict[str, JudgeEntry] = {}
        self._members: list[_Member] = []
        self._wanted = [*((slug, False) for slug in tastes), *((slug, True) for slug in guards)]
        self._column = column()
        self.add_taste = self._menu("Add judge", guard=False)
        self.add_guard = self._menu("Add guard", guard=True)
        self._empty = Label(theme, "No judge yet.", 13, "3")
        buttons = row(space=20)
        buttons.addWidget(self.add_taste)
        buttons.addWidget(self.add_guard)
        buttons.addStretch(1)
        layout = column(self)
        layout.addWidget(self._empty)
        layout.addLayout(self._column)
        layout.addSpacing(4)
        layout.addLayout(buttons)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    @property
    def tastes(self) -> list[str]:
        """The tastes' slugs."""
        return [member.slug for member in self._members if not member.guard]

    @property
    def guards(self) -> list[str]:
        """The guards' slugs."""
        return [member.slug for member in self._members if member.guard]

    def panel(self) -> Panel | None:
        """Return the panel, or ``None`` while it has no taste."""
        tastes = tuple(Taste(m.slug, round(m.weight.value(), 1)) for m in self._members if not m.guard)
        return Panel(tastes=tastes, guards=tuple(self.guards)) if tastes else None

    def show_judges(self, entries: Sequence[JudgeEntry]) -> None:
        """Take note of which judges there are; those that are gone leave the panel."""
        self._entries = {entry.slug: entry for entry in entries if entry.spec is not None}
        for member in [member for member in self._members if member.slug not in self._entries]:
            self._take(member)
        wanted, self._wanted = self._wanted, []
        for slug, guard in wanted:
            if slug in self._entries:
                self.add(slug, guard=guard)
            else:
                # It may come with a later look: judges are read off Qt's thread.
                self._wanted.append((slug, guard))
        self._settle()

    def add(self, slug: str, *, guard: bool) -> None:
        """Let a judge take part."""
        if any(member.slug == slug for member in self._members):
            return
        member = _Member(self._theme, self._icons, slug, self._entries[slug].name, guard=guard)
        member.remove.clicked.connect(lambda: self._removed(member))
        member.weight.valueChanged.connect(self.edited)
        place = len(self._members) if guard else len(self.tastes)
        self._members.insert(place, member)
        self._column.insertWidget(place, member)
        self._settle()

    def _menu(self, text: str, *, guard: bool) -> QPushButton:
        made = button(self._theme, f"+ {text}", text, kind="link")
        menu = QMenu(made)
        menu.setFont(self._theme.font(13))
        menu.aboutToShow.connect(lambda: self._fill(menu, guard=guard))
        made.setMenu(menu)
        return made

    def _fill(self, menu: QMenu, *, guard: bool) -> None:
        menu.clear()
        taken = {member.slug for member in self._members}
        for entry in self._entries.values():
            if entry.slug not in taken:
                action = menu.addAction(entry.name.replace("&", "&&")[:60])
                action.triggered.connect(lambda _=False, slug=entry.slug: self._added(slug, guard=guard))
        if menu.isEmpty():
            menu.addAction("All judges take part").setEnabled(False)

    def _added(self, slug: str, *, guard: bool) -> None:
        self.add(slug, guard=guard)
        self.edited.emit()

    def _removed(self, member: _Member) -> None:
        self._take(member)
        self._settle()
        self.edited.emit()

    def _take(self, member: _Member) -> None:
        if member.remove.hasFocus():
            # The next in line is the next judge's remove button, which nobody meant.
            (self.add_guard if member.guard else self.add_taste).setFocus()
        self._members.remove(member)
        self._column.removeWidget(member)
        member.hide()
        member.deleteLater()

    def _settle(self) -> None:
        self._empty.setVisible(not self._members)
        several = len(self.tastes) > 1
        for member in self._members:
            # The weight of a single taste means nothing.
            member.weight.setVisible(several and not member.guard)
        self.updateGeometry()

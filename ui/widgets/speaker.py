"""Whose names are meant: a button with a menu of the painters."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QPushButton

from ui.theme import Theme
from ui.tips import tip

LABELS = ""
"""In place of a painter's slug: the person's own labels."""


class SpeakerButton(QPushButton):
    """Chooses one painter, or none: then the person's own labels stand.

    Attributes
    ----------
    changed
        Another one was chosen.
    """

    changed = Signal()

    def __init__(self, theme: Theme, painters: Sequence[tuple[str, str]] = (), slug: str = LABELS) -> None:
        super().__init__()
        self.setFont(theme.font(13, 500))
        self.setAutoDefault(False)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.slug = slug
        self._titles: dict[str, str] = {}
        self.menu_ = QMenu(self)
        self.setMenu(self.menu_)
        self._group = QActionGroup(self)
        self.show_painters(painters)

    @property
    def title(self) -> str:
        """What the chosen one is called; empty for the labels."""
        return self._titles.get(self.slug, "")

    def show_painters(self, painters: Sequence[tuple[str, str]]) -> None:
        """Offer these painters, by (slug, title); keeps the choice where it is still there."""
        self._titles = dict(painters)
        if self.slug not in self._titles and self._titles:
            # A painter's names rather than the base's, where there is one.
            self.slug = next((slug for slug, _ in painters[1:]), painters[0][0])
        self.menu_.clear()
        for slug, title in [*painters, (LABELS, "My own labels")]:
            action = QAction(title.replace("&", "&&"), self._group)
            action.setCheckable(True)
            action.setChecked(slug == self.slug)
            action.triggered.connect(lambda _=False, slug=slug: self.choose(slug))
            self.menu_.addAction(action)
        self._describe()

    def choose(self, slug: str) -> None:
        """Choose a painter by its slug, or the labels by ``""``."""
        if slug == self.slug or (slug and slug not in self._titles):
            return
        self.slug = slug
        for action, known in zip(self.menu_.actions(), [*self._titles, LABELS], strict=True):
            action.setChecked(known == slug)
        self._describe()
        self.changed.emit()

    def _describe(self) -> None:
        title = self.title or "My labels"
        shown = title if len(title) <= 18 else title[:17] + "…"
        self.setText(f"{shown.replace('&', '&&')}  ▾")
        self.setAccessibleName(f"Whose names: {title}")
        self.setToolTip(tip(f"Whose names exports and pictures have: {title}"))

"""The rail: which pages there are, and which one is open."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QVBoxLayout, QWidget

from ui.commands import spelled
from ui.icons import Icons
from ui.theme import MODES, Theme
from ui.tips import tip
from ui.widgets.basics import IconButton, column, hairline

WIDTH = 88
_MODE_ICONS = {"system": "monitor", "light": "sun", "dark": "moon"}


class _Item(QAbstractButton):
    def __init__(self, theme: Theme, icons: Icons, icon: str, text: str, shortcut: str) -> None:
        super().__init__()
        self._theme, self._icons, self._icon = theme, icons, icon
        self.setText(text)
        self.setCheckable(True)
        self.setFont(theme.font(12, 500))
        self.setAccessibleName(text)
        self.setToolTip(tip(f"{text} ({spelled(shortcut)})"))
        theme.fit(self, width=WIDTH, height=64)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        theme.changed.connect(self.update)
        theme.accent_changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(WIDTH), self._theme.px(64))

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Enter, QEvent.Type.Leave):
            self.update()
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = self.isChecked()
        color = self._theme.color("text" if chosen or self.underMouse() else "text_3")
        if chosen:
            # The open page is marked as a paint shop marks a shelf: with a dab of the colour.
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.fill)
            painter.drawRoundedRect(QRectF(0, 14, 4, self.height() - 28), 2, 2)
        px, side = self._theme.px, self._theme.px(20)
        self._icons.paint(painter, self._icon, QRectF((self.width() - side) / 2, px(12), side, side), color)
        painter.setPen(color)
        words = QRectF(0, px(36), self.width(), px(16))
        painter.drawText(words, Qt.AlignmentFlag.AlignCenter, self.text())


class Rail(QWidget):
    """The pages, from top to bottom, and the scheme at the foot.

    Attributes
    ----------
    chosen
        A page was chosen; carries its place from 0.
    mode_chosen
        Another scheme was chosen; carries its name.
    finder_wanted, settings_wanted
        What was pressed at the foot.
    """

    chosen = Signal(int)
    mode_chosen = Signal(str)
    finder_wanted = Signal()
    settings_wanted = Signal()

    def __init__(self, theme: Theme, icons: Icons) -> None:
        super().__init__()
        self._theme = theme
        self._icons = icons
        theme.fit(self, width=WIDTH)
        self._group = QButtonGroup(self)
        self._group.idClicked.connect(self.chosen)
        self._items: list[_Item] = []
        layout = column(self)
        layout.setContentsMargins(0, 12, 0, 16)
        self._column: QVBoxLayout = column(space=4)
        layout.addLayout(self._column)
        layout.addStretch(1)
        self._mode = IconButton(theme, icons, _MODE_ICONS[theme.mode], "")
        self._mode.clicked.connect(self._turn)
        self.finder = IconButton(theme, icons, "search", "Find anything")
        self.finder.setToolTip(f"Find anything ({spelled('Ctrl+K')})")
        self.finder.clicked.connect(self.finder_wanted)
        self.settings = IconButton(theme, icons, "sliders-horizontal", "Settings")
        self.settings.setToolTip(f"Settings ({spelled('Ctrl+,')})")
        self.settings.clicked.connect(self.settings_wanted)
        for part in (self.finder, self.settings, self._mode):
            layout.addWidget(part, 0, Qt.AlignmentFlag.AlignHCenter)
            layout.addSpacing(4)
        self.say_mode()
        theme.changed.connect(self.update)

    def add(self, icon: str, text: str) -> None:
        """Add a page below the others."""
        place = len(self._items)
        item = _Item(self._theme, self._icons, icon, text, f"Ctrl+{place + 1}")
        self._items.append(item)
        self._group.addButton(item, place)
        self._column.addWidget(item)

    def choose(self, place: int) -> None:
        """Mark a page as the open one."""
        self._items[place].setChecked(True)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the hairline that parts the rail from the page."""
        painter = QPainter(self)
        right = self.width() - 1
        hairline(painter, right, 0, right, self.height(), self._theme.color("line"))

    def _turn(self) -> None:
        following = MODES[(MODES.index(self._theme.mode) + 1) % len(MODES)]
        self._theme.set_mode(following)
        self.say_mode()
        self.mode_chosen.emit(following)

    def say_mode(self) -> None:
        """Show which scheme is chosen."""
        words = {"system": "Follows the system", "light": "Light", "dark": "Dark"}[self._theme.mode]
        self._mode.set_icon(_MODE_ICONS[self._theme.mode], f"Appearance: {words.lower()}")

"""A sheet over the window: the page behind it is dimmed, the keys are the sheet's, Esc puts it away."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QWidget

from ui.theme import Theme
from ui.widgets.basics import Cross, Label, column, plate, row

DIM = {False: QColor(26, 25, 23, 92), True: QColor(0, 0, 0, 150)}


class Overlay(QWidget):
    """Lies over a whole window, takes its keys and its clicks, and gives the focus back when it goes.

    Parameters
    ----------
    theme
        The look.
    window
        What it lies over.
    name
        What a screen reader calls it.

    Attributes
    ----------
    closed
        It was put away.
    """

    closed = Signal()

    def __init__(self, theme: Theme, window: QWidget, name: str) -> None:
        super().__init__(window)
        self._theme = theme
        self._under = window
        self._before: QWidget | None = None
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        window.installEventFilter(self)
        theme.changed.connect(self.update)
        self.hide()

    def open(self, focus: QWidget | None = None) -> None:
        """Show it over the window, with the focus on one of its parts."""
        if not self.isVisible():
            self._before = QApplication.focusWidget()
        self.setGeometry(self._under.rect())
        self.raise_()
        self.show()
        target = focus or next(iter(self._stops()), None)
        if target is not None:
            target.setFocus(Qt.FocusReason.OtherFocusReason)

    def put_away(self) -> None:
        """Hide it, and give the focus back to what had it."""
        if not self.isVisible():
            return
        self.hide()
        before, self._before = self._before, None
        if before is not None and before.isVisible() and not self.isAncestorOf(before):
            before.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._under.setFocus()
        self.closed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Cover the window, however large it becomes."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self.setGeometry(self._under.rect())
        return False

    def event(self, event: QEvent) -> bool:
        """Take Esc before the window's own shortcut does."""
        if event.type() == QEvent.Type.ShortcutOverride:
            assert isinstance(event, QKeyEvent)
            if event.key() == Qt.Key.Key_Escape:
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc puts it away; no other key reaches what lies behind."""
        if event.key() == Qt.Key.Key_Escape:
            self.put_away()
        event.accept()

    def focusNextPrevChild(self, following: bool) -> bool:
        """Let Tab go round within it."""
        stops = self._stops()
        if not stops:
            return True
        now = QApplication.focusWidget()
        place = stops.index(now) if now in stops else -1 if following else 0
        step = 1 if following else -1
        reason = Qt.FocusReason.TabFocusReason if following else Qt.FocusReason.BacktabFocusReason
        stops[(place + step) % len(stops)].setFocus(reason)
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        """Dim what lies behind."""
        QPainter(self).fillRect(self.rect(), DIM[self._theme.tokens.dark])

    def _stops(self) -> list[QWidget]:
        """Return where Tab stops, in the order in which they were made."""
        found = []
        candidate = self.nextInFocusChain()
        while candidate is not self and candidate is not None:
            if (
                self.isAncestorOf(candidate)
                and candidate.isVisible()
                and candidate.isEnabled()
                and candidate.focusPolicy() & Qt.FocusPolicy.TabFocus
                and candidate.focusProxy() is None
            ):
                found.append(candidate)
            candidate = candidate.nextInFocusChain()
        return found


class Sheet(Overlay):
    """A card in the middle of the window: a title, a cross that puts it away, and what scrolls below.

    Parameters
    ----------
    width
        In pixels at 100% text.
    title
        Stands above.

    Attributes
    ----------
    body
        The layout of what it holds.
    """

    def __init__(self, theme: Theme, window: QWidget, title: str, width: int) -> None:
        super().__init__(theme, window, title)
        self._width = width
        self.card: QFrame = plate("surface")
        self.card.setParent(self)
        whole = column(self.card, 12)
        whole.setContentsMargins(24, 16, 8, 16)
        head = row(space=8)
        head.setContentsMargins(0, 0, 8, 0)
        head.addWidget(Label(theme, title, 20, weight=600, display=True))
        head.addStretch(1)
        self.leave = Cross(theme)
        self.leave.clicked.connect(self.put_away)
        head.addWidget(self.leave)
        whole.addLayout(head)
        self._content = QWidget()
        self._content.setObjectName("bare")
        self.body = column(self._content, 12)
        self.body.setContentsMargins(0, 0, 16, 8)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(self._content)
        whole.addWidget(self._scroll, 1)
        theme.scaled.connect(self._later)

    def open(self, focus: QWidget | None = None) -> None:
        """Show it, as large as it needs and the window allows."""
        super().open(focus)
        self._place()

    def resizeEvent(self, event: object) -> None:
        """Keep the card in the middle, a little above it."""
        self._place()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Put it away at a click beside the card."""
        if not self.card.geometry().contains(event.position().toPoint()):
            self.put_away()
        event.accept()

    def focusNextPrevChild(self, following: bool) -> bool:
        """Let Tab go round, and bring what has the focus into sight."""
        moved = super().focusNextPrevChild(following)
        now = QApplication.focusWidget()
        if now is not None and self._content.isAncestorOf(now):
            self._scroll.ensureWidgetVisible(now, 0, 24)
        return moved

    def _later(self) -> None:
        # The layouts take the new fonts in when this turn of the loop is over.
        QTimer.singleShot(0, self._place)

    def _place(self) -> None:
        width = min(self._theme.px(self._width), self.width() - 48)
        inner = width - 24 - 8
        wanted = self.body.heightForWidth(inner) if self.body.hasHeightForWidth() else -1
        if wanted < 0:
            wanted = self.body.sizeHint().height()
        height = min(wanted + 16 + 28 + 12 + 16 + 4, self.height() - 48)
        top = max((self.height() - height) * 2 // 5, 24)
        self.card.setGeometry((self.width() - width) // 2, top, width, height)

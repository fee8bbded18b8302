"""The focus ring: one overlay for the whole window, in the user's ink, for those who use the keyboard."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QLineEdit,
    QPlainTextEdit,
    QTableView,
    QTextEdit,
    QWidget,
)

from ui.theme import Theme

_GAP = 3


RINGLESS = "ringless"
"""A property of widgets that take keys for the whole of a page: a ring around it would say nothing."""


class FocusRing(QWidget):
    """Follows the focus when it moves by keys; fields of text show theirs by their border, tables by a cell.

    Parameters
    ----------
    theme
        Gives the ink.
    window
        The window to lie over.
    """

    def __init__(self, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self._theme = theme
        self._target: QWidget | None = None
        self._left: QWidget | None = None  # what had the ring when the window was left
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()
        theme.accent_changed.connect(self.update)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._moved)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the target about, and go when a mouse takes over."""
        if watched is self._target:
            if event.type() == QEvent.Type.MouseButtonPress:
                self.hide()
            elif event.type() in (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Hide):
                self._place()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ring."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.ink, 2))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 8, 8)

    def _moved(self, old: QWidget | None, new: QWidget | None) -> None:
        if self._target is not None and self._target is old:
            self._target.removeEventFilter(self)
        # A focus that came while a mouse button is down came by the mouse.
        by_mouse = QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton
        if new is None:
            self._left = self._target
        if old is None and new is not self._left:
            # A click into a window that is not active: the focus comes with the window, after the click.
            by_mouse = True
        texts = QLineEdit | QPlainTextEdit | QTextEdit | QAbstractSpinBox | QTableView
        bare = new is not None and bool(new.property(RINGLESS))
        silent = by_mouse or bare or new is self.parentWidget() or isinstance(new, texts)
        self._target = None if silent else new
        if self._target is not None:
            self._target.installEventFilter(self)
        self._place()

    def _place(self) -> None:
        target, window = self._target, self.parentWidget()
        if target is None or target.window() is not window or not target.isVisible():
            self.hide()
            return
        corner = target.mapTo(window, QPoint(0, 0))
        around = QRect(corner, target.size()).adjusted(-_GAP, -_GAP, _GAP, _GAP)
        self.setGeometry(around.intersected(window.rect()))
        self.raise_()
        self.show()

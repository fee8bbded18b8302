"""The eyedropper: the screen as it is, frozen, under a magnifier, and the colour of the pixel pointed at."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QColor,
    QCursor,
    QGuiApplication,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
    QScreen,
)
from PySide6.QtWidgets import QWidget

from ui.theme import Theme

_ACROSS = 11
_ZOOM = 12
_RADIUS = _ACROSS * _ZOOM / 2
_REACH = round(_RADIUS) + 48


def why_not(platform: str, environment: Mapping[str, str]) -> str:
    """Return why a program cannot look at the screen here; empty when it can.

    Parameters
    ----------
    platform
        Qt's name of it.
    environment
        The process's environment: under XWayland a program believes itself on X11 and sees black.
    """
    if platform.startswith("wayland") or (platform == "xcb" and environment.get("WAYLAND_DISPLAY")):
        return "The eyedropper is off: Wayland lets no program look at the screen"
    if platform not in ("xcb", "windows", "cocoa"):
        return "The eyedropper is off: this kind of screen cannot be looked at"
    return ""


class Eyedropper(QObject):
    """Lets a person pick the colour of any pixel on any screen.

    Parameters
    ----------
    theme
        The look.
    grab
        Takes the picture of a screen.

    Attributes
    ----------
    picked
        A pixel was chosen; carries ``#rrggbb``.
    failed
        The screen could not be looked at; carries a sentence.
    """

    picked = Signal(str)
    failed = Signal(str)

    def __init__(self, theme: Theme, grab: Callable[[QScreen], QPixmap] | None = None) -> None:
        super().__init__()
        self._theme = theme
        self._grab = grab or (lambda screen: screen.grabWindow(0))
        self.loupes: list[Loupe] = []

    def why_not(self) -> str:
        """Return why it cannot be used here; empty when it can."""
        return why_not(QGuiApplication.platformName(), os.environ)

    def start(self) -> None:
        """Freeze the screens and let a pixel be chosen; Escape or the right button gives up."""
        self.stop()
        shots = [(screen, self._grab(screen)) for screen in QGuiApplication.screens()]
        if any(shot.isNull() for _, shot in shots):
            self.failed.emit("The screen could not be looked at; the system may ask to allow it first.")
            return
        for screen, shot in shots:
            loupe = Loupe(self._theme, screen, shot)
            loupe.picked.connect(self._done)
            loupe.left.connect(self.stop)
            self.loupes.append(loupe)
            loupe.showFullScreen()
        under = QGuiApplication.screenAt(QCursor.pos())
        first = next((loupe for loupe in self.loupes if loupe.on is under), self.loupes[0])
        first.activateWindow()
        first.setFocus()

    def stop(self) -> None:
        """Take the magnifiers away."""
        loupes, self.loupes = self.loupes, []
        for loupe in loupes:
            loupe.close()
            loupe.deleteLater()

    def _done(self, color: str) -> None:
        self.stop()
        self.picked.emit(color)


class Loupe(QWidget):
    """One screen's frozen picture, with a magnifier about the pointer.

    Attributes
    ----------
    picked
        A pixel was chosen; carries ``#rrggbb``.
    left
        The person gave up.
    """

    picked = Signal(str)
    left = Signal()

    def __init__(self, theme: Theme, screen: QScreen, shot: QPixmap) -> None:
        super().__init__(
            None,
            Qt.WindowType.Window | Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint,
        )
        self.on = screen
        self._theme = theme
        self._shot, self._image = shot, shot.toImage().convertToFormat(QImage.Format.Format_RGB32)
        self._at = QCursor.pos() - screen.geometry().topLeft()
        self.setAccessibleName("Eyedropper: point at a colour and press Enter")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setGeometry(screen.geometry())

    @property
    def color(self) -> str:
        """The colour under the pointer, ``#rrggbb``."""
        return self._pixel(self._place())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the frozen screen and the magnifier."""
        painter = QPainter(self)
        painter.drawPixmap(self.rect(), self._shot)
        if not self.rect().contains(self._at):
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle, place = self._middle(), self._place()
        lens = QPainterPath()
        lens.addEllipse(middle, _RADIUS, _RADIUS)
        painter.setClipPath(lens)
        half = _ACROSS // 2
        for row in range(-half, half + 1):
            for column in range(-half, half + 1):
                left = middle.x() + (column - 0.5) * _ZOOM
                top = middle.y() + (row - 0.5) * _ZOOM
                color = QColor(self._pixel(place + QPoint(column, row)))
                painter.fillRect(QRectF(left, top, _ZOOM + 0.5, _ZOOM + 0.5), color)
        painter.setClipping(False)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for color, width in ((QColor(0, 0, 0, 160), 5.0), (QColor("white"), 3.0)):
            painter.setPen(QPen(color, width))
            painter.drawEllipse(middle, _RADIUS, _RADIUS)
        one = QRectF(middle.x() - _ZOOM / 2, middle.y() - _ZOOM / 2, _ZOOM, _ZOOM)
        painter.setPen(QPen(QColor(0, 0, 0, 200), 1))
        painter.drawRect(one.adjusted(-1, -1, 1, 1))
        painter.setPen(QPen(QColor("white"), 1))
        painter.drawRect(one)
        label = QRectF(middle.x() - 40, middle.y() + _RADIUS + 8, 80, 24)
        painter.setPen(QPen(self._theme.color("line"), 1))
        painter.setBrush(self._theme.color("surface"))
        painter.drawRoundedRect(label, 6, 6)
        painter.setPen(self._theme.color("text"))
        painter.setFont(self._theme.font(13, 500, tabular=True))
        painter.drawText(label, Qt.AlignmentFlag.AlignCenter, self.color)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the pointer."""
        self._go(event.position().toPoint())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the pixel, or give up with another button."""
        self._go(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton:
            self.picked.emit(self.color)
        else:
            self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go by single pixels, choose, or give up."""
        steps = {
            Qt.Key.Key_Left: (-1, 0),
            Qt.Key.Key_Right: (1, 0),
            Qt.Key.Key_Up: (0, -1),
            Qt.Key.Key_Down: (0, 1),
        }
        key = Qt.Key(event.key())
        if key in steps:
            far = 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
            self._go(self._at + QPoint(*steps[key]) * far)
            QCursor.setPos(self.mapToGlobal(self._at))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.picked.emit(self.color)
        elif key == Qt.Key.Key_Escape:
            self.left.emit()

    def leaveEvent(self, event: object) -> None:
        """Let the magnifier go with the pointer to another screen."""
        self._go(QPoint(-1, -1))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Give up when the system closes it."""
        if event.spontaneous():
            self.left.emit()
        super().closeEvent(event)

    def _go(self, at: QPoint) -> None:
        for place in (self._at, at):
            self.update(QRect(place - QPoint(2 * _REACH, 2 * _REACH), place + QPoint(2 * _REACH, 2 * _REACH)))
        self._at = at

    def _middle(self) -> QPointF:
        """Return the magnifier's middle: below right of the pointer, where there is room."""
        away = _RADIUS + 16
        x = self._at.x() + (away if self._at.x() + away + _RADIUS < self.width() else -away)
        y = self._at.y() + (away if self._at.y() + away + _RADIUS + 40 < self.height() else -away - 24)
        return QPointF(x, y)

    def _place(self) -> QPoint:
        """Return the pointer's place in the picture's own pixels."""
        across, down = (
            self._image.width() / max(self.width(), 1),
            self._image.height() / max(self.height(), 1),
        )
        return QPoint(int((self._at.x() + 0.5) * across), int((self._at.y() + 0.5) * down))

    def _pixel(self, place: QPoint) -> str:
        x = min(max(place.x(), 0), self._image.width() - 1)
        y = min(max(place.y(), 0), self._image.height() - 1)
        return self._image.pixelColor(x, y).name()

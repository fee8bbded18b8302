"""The small parts that every page is set from: labels, rules, plates, buttons.

All text that a person or a model wrote is shown as plain text, and cut with an ellipsis where it cannot
grow; nothing here ever reads markup.
"""

from __future__ import annotations

from typing import Literal, TypeVar

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ui.icons import Icons
from ui.theme import Theme
from ui.tips import tip

Tone = Literal["", "2", "3", "danger"]
_Layout = TypeVar("_Layout", bound=QBoxLayout)
# Longer texts than this are cut before they are measured: shaping 10,000 characters takes a frame.
MEASURED = 240


class Label(QLabel):
    """Plain text in one of the type sizes and tones.

    Parameters
    ----------
    theme
        Gives the font.
    text
        What it says at first.
    size, weight, tone
        Pixels, 400–600, and how far it stands back.
    wrap
        Break into lines; else one line.
    """

    def __init__(
        self,
        theme: Theme,
        text: str = "",
        size: int = 13,
        tone: Tone = "",
        weight: int = 400,
        *,
        display: bool = False,
        tabular: bool = False,
        wrap: bool = False,
    ) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(theme.font(size, weight, display=display, tabular=tabular))
        self.setProperty("tone", tone)
        self.setWordWrap(wrap)
        self.setText(text)

    def set_tone(self, tone: Tone) -> None:
        """Let the text stand further back or forward."""
        if self.property("tone") != tone:
            self.setProperty("tone", tone)
            self.style().unpolish(self)
            self.style().polish(self)


class Elided(Label):
    """One line of plain text that is cut with an ellipsis when there is no room for it."""

    def __init__(
        self, theme: Theme, text: str = "", size: int = 13, tone: Tone = "", weight: int = 400
    ) -> None:
        super().__init__(theme, text, size, tone, weight)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        """Need no width."""
        return QSize(0, self.fontMetrics().height())

    def sizeHint(self) -> QSize:
        """Want the width of the text, within reason."""
        return QSize(
            self.fontMetrics().horizontalAdvance(self.text()[:MEASURED]), self.fontMetrics().height()
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what there is room for."""
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        text = elide(self.fontMetrics().elidedText, self.text(), self.width())
        painter.drawText(self.rect(), int(self.alignment() | Qt.AlignmentFlag.AlignVCenter), text)


def elide(cut: object, text: str, width: int) -> str:
    """Cut text to a width in pixels with ``QFontMetrics.elidedText``; very long texts are cut short first."""
    assert callable(cut)
    shortened = text if len(text) <= MEASURED else text[:MEASURED] + "…"
    result: str = cut(shortened.replace("\n", " "), Qt.TextElideMode.ElideRight, max(width, 0))
    return result


def rule() -> QFrame:
    """Return a hairline across."""
    line = QFrame()
    line.setProperty("plate", "rule")
    return line


def plate(kind: Literal["surface", "sunken"]) -> QFrame:
    """Return a card: paper with a hairline, or sunken ground."""
    frame = QFrame()
    frame.setProperty("plate", kind)
    return frame


def column(parent: QWidget | None = None, space: int = 0, margin: int = 0) -> QVBoxLayout:
    """Return a vertical layout with the spacing and margin in pixels."""
    layout = QVBoxLayout() if parent is None else QVBoxLayout(parent)
    return _spaced(layout, space, margin)


def row(parent: QWidget | None = None, space: int = 0, margin: int = 0) -> QHBoxLayout:
    """Return a horizontal layout with the spacing and margin in pixels."""
    layout = QHBoxLayout() if parent is None else QHBoxLayout(parent)
    return _spaced(layout, space, margin)


def _spaced(layout: _Layout, space: int, margin: int) -> _Layout:
    layout.setSpacing(space)
    layout.setContentsMargins(margin, margin, margin, margin)
    return layout


def button(
    theme: Theme, text: str, name: str = "", kind: Literal["", "quiet", "link", "danger"] = ""
) -> QPushButton:
    """Return a push button; ``name`` is what a screen reader says, when the text does not suffice."""
    made = QPushButton(text)
    made.setFont(theme.font(13, 500))
    made.setProperty("kind", kind)
    made.setAccessibleName(name or text)
    made.setAutoDefault(False)
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    return made


class AccentButton(QAbstractButton):
    """The one button a page is about, in the user's colour."""

    def __init__(self, theme: Theme, text: str, shortcut: str = "") -> None:
        super().__init__()
        self._theme = theme
        self.setText(text)
        self.setAccessibleName(text)
        self.setFont(theme.font(13, 600))
        theme.fit(self, height=36)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        if shortcut:
            self.setToolTip(
                tip(f"{text} ({QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText)})")
            )
        theme.changed.connect(self.update)
        theme.accent_changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Want the text's width and some air."""
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + 40, self._theme.px(36))

    def event(self, event: QEvent) -> bool:
        """Repaint as the pointer comes and goes."""
        if event.type() in (QEvent.Type.Enter, QEvent.Type.Leave, QEvent.Type.EnabledChange):
            self.update()
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a slab of the user's colour with the text in black or white."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        if not self.isEnabled():
            painter.setPen(QPen(self._theme.color("line"), 1))
            painter.setBrush(self._theme.color("sunken"))
            painter.drawRoundedRect(rect, 6, 6)
            painter.setPen(self._theme.color("text_3"))
        else:
            fill = self._theme.fill
            if self.isDown():
                fill = fill.darker(112)
            elif self.underMouse():
                fill = fill.darker(105)
            # A colour near the paper's would leave the button without a shape.
            near = abs(fill.lightness() - self._theme.color("surface").lightness()) < 24
            painter.setPen(QPen(self._theme.color("edge") if near else fill, 1))
            painter.setBrush(fill)
            painter.drawRoundedRect(rect, 6, 6)
            painter.setPen(self._theme.text_over_fill())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())


class IconButton(QAbstractButton):
    """A small square button with an icon and a name that a tooltip and a screen reader say."""

    def __init__(self, theme: Theme, icons: Icons, icon: str, name: str, size: int = 28) -> None:
        super().__init__()
        self._theme, self._icons, self._icon = theme, icons, icon
        self.setAccessibleName(name)
        self.setToolTip(tip(name))
        self.setFixedSize(size, size)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        theme.changed.connect(self.update)

    def set_icon(self, icon: str, name: str) -> None:
        """Show another icon under another name."""
        self._icon = icon
        self.setAccessibleName(name)
        self.setToolTip(tip(name))
        self.update()

    def event(self, event: QEvent) -> bool:
        """Repaint as the pointer comes and goes."""
        if event.type() in (QEvent.Type.Enter, QEvent.Type.Leave, QEvent.Type.EnabledChange):
            self.update()
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the icon, on sunken ground while the pointer is over it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        over = self.isEnabled() and (self.underMouse() or self.isDown())
        if over:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color("sunken"))
            painter.drawRoundedRect(QRectF(self.rect()), 6, 6)
        color = self._theme.color("text" if over else "text_2" if self.isEnabled() else "edge")
        side = 16.0
        at = QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)
        self._icons.paint(painter, self._icon, at, color)


def takes_escape(event: QEvent) -> bool:
    """Tell whether the event asks if somebody wants Esc before the window's own shortcut has it."""
    if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.ShortcutOverride:
        return False
    return event.key() == Qt.Key.Key_Escape


class Cross(QAbstractButton):
    """A cross, drawn: puts away what it belongs to."""

    def __init__(self, theme: Theme, name: str = "Close") -> None:
        super().__init__()
        self._theme = theme
        self.setAccessibleName(name)
        self.setToolTip(tip(f"{name} (Esc)"))
        self.setFixedSize(28, 28)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        theme.changed.connect(self.update)

    def event(self, event: QEvent) -> bool:
        """Repaint as the pointer comes and goes."""
        if event.type() in (QEvent.Type.Enter, QEvent.Type.Leave):
            self.update()
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the cross."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        over = self.underMouse() or self.isDown()
        if over:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color("sunken"))
            painter.drawRoundedRect(QRectF(self.rect()), 6, 6)
        painter.setPen(QPen(self._theme.color("text" if over else "text_2"), 1.5))
        painter.drawLine(9, 9, 19, 19)
        painter.drawLine(19, 9, 9, 19)


def hairline(painter: QPainter, x1: float, y1: float, x2: float, y2: float, color: QColor) -> None:
    """Draw a line one device pixel wide."""
    pen = QPen(color, 1)
    pen.setCosmetic(True)
    painter.setPen(pen)
    painter.drawLine(int(x1), int(y1), int(x2), int(y2))

"""A large paint chip that can be pressed: the current colour, and one of two names to choose from."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from ui.current import CurrentColor
from ui.theme import Theme

_SIZES = (28, 24, 20, 15)
_PAD = 16


class NameCard(QAbstractButton):
    """A name on paper under a swatch, and the key that picks it.

    Parameters
    ----------
    theme, current
        The look and the shared colour.
    key
        What is written in its corner.
    """

    def __init__(self, theme: Theme, current: CurrentColor, key: str) -> None:
        super().__init__()
        self._theme, self._current, self._key = theme, current, key
        self.beside: NameCard | None = None  # both names are set alike: the larger would be picked for it
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMinimumSize(130, 140)
        self.setMaximumHeight(340)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.show_name("")
        current.changed.connect(self.update)
        theme.changed.connect(self.update)

    @property
    def name(self) -> str:
        """The name; empty while one is awaited."""
        return self.text()

    def show_name(self, name: str) -> None:
        """Show a name, or that one is awaited."""
        self.setText(name)
        self.setAccessibleName(f"{self._key} {name[:60]}" if name else "A name is awaited")
        self.update()

    def sizeHint(self) -> QSize:
        """Want room for a name in two lines; it takes what there is."""
        return QSize(220, 168)

    def event(self, event: QEvent) -> bool:
        """Repaint as the pointer comes and goes."""
        if event.type() in (QEvent.Type.Enter, QEvent.Type.Leave):
            self.update()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave the arrows to the picker: a button would hand on the focus by them."""
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down):
            event.ignore()
            return
        super().keyPressEvent(event)

    def fitting(self, room: QRectF) -> int:
        """Return the largest size in pixels at which the name has room."""
        for size in _SIZES[:-1]:
            metrics = QFontMetrics(self._theme.font(size, 600, display=True))
            needed = metrics.boundingRect(room.toRect(), int(Qt.TextFlag.TextWordWrap), self.text())
            if needed.width() <= room.width() and needed.height() <= room.height():
                return size
        return _SIZES[-1]

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint paper, paint, name and key."""
        theme = self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        card = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        over = bool(self.text()) and (self.underMouse() or self.isDown())
        paint = QRectF(card.left(), card.top(), card.width(), round(card.height() * 0.45))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("surface"))
        painter.drawRoundedRect(card, 2, 2)
        painter.fillRect(paint, QColor(self._current.hex))
        painter.setPen(QPen(theme.color("text" if over else "edge"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(card, 2, 2)
        paper = QRectF(card.left(), paint.bottom(), card.width(), card.bottom() - paint.bottom())
        words = paper.adjusted(_PAD, 12, -_PAD, -32)
        size = min(self.fitting(words), self.beside.fitting(words) if self.beside is not None else _SIZES[0])
        wrapped = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap)
        painter.setFont(theme.font(size, 600, display=True))
        painter.setPen(theme.color("text"))
        painter.drawText(words, wrapped, self.text())
        painter.setFont(theme.font(13, 500))
        painter.setPen(theme.color("text_2"))
        low = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom)
        painter.drawText(paper.adjusted(_PAD, 0, -_PAD, -10), low, self._key if self.text() else "…")

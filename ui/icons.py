"""Icons: the bundled Lucide drawings, tinted when they are painted and sharp on every screen."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap
from PySide6.QtSvg import QSvgRenderer


def chip_icon(color: str) -> QIcon:
    """Return the window's own icon: a paint chip of the current colour."""
    icon = QIcon()
    for side in (16, 32, 64, 128):
        pixmap = QPixmap(side, side)
        pixmap.fill(QColor(0, 0, 0, 0))
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        card = QRectF(side * 0.16, side * 0.03, side * 0.68, side * 0.94)
        painter.fillRect(card, QColor("#fdfdfb"))
        painter.fillRect(QRectF(card.left(), card.top(), card.width(), card.height() * 0.66), QColor(color))
        painter.setPen(QPen(QColor(0, 0, 0, 60), max(side / 64, 1)))
        painter.drawRect(card)
        painter.end()
        icon.addPixmap(pixmap)
    return icon


class Icons:
    """Paints icons by name.

    Parameters
    ----------
    folder
        Where the ``.svg`` files lie; their strokes are ``currentColor``.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._renderers: dict[tuple[str, str, float], QSvgRenderer] = {}

    def paint(self, painter: QPainter, name: str, rect: QRectF, color: QColor, stroke: float = 1.75) -> None:
        """Paint an icon into a rectangle in one colour; ``stroke`` is its line's width at 24 px."""
        key = (name, color.name(), stroke)
        renderer = self._renderers.get(key)
        if renderer is None:
            text = (self._folder / f"{name}.svg").read_text(encoding="utf-8")
            text = text.replace("currentColor", color.name())
            text = text.replace('stroke-width="2"', f'stroke-width="{stroke}"')
            renderer = QSvgRenderer(QByteArray(text.encode()))
            # An accent on its way makes a new colour at every frame; what was passed on the way is let go.
            if len(self._renderers) > 200:
                self._renderers.clear()
            self._renderers[key] = renderer
        renderer.render(painter, rect)

"""Icons: the bundled Lucide drawings, tinted when they are painted and sharp on every screen."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF
from PySide6.QtGui import QColor, QPainter
from PySide6.QtSvg import QSvgRenderer


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

"""The one current colour that every page shares, kept as OKLCH so that its hue survives grey."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from engine import color as colors

REST = 80
"""Milliseconds without a change after which a colour is settled."""
_GREY = 0.002


class CurrentColor(QObject):
    """The colour that is being picked, shown, named and judged by.

    Parameters
    ----------
    color
        The colour to begin with, ``#rrggbb``.

    Attributes
    ----------
    changed
        The colour moved; carries ``#rrggbb``. Comes at every step of a drag.
    settled
        The colour has come to rest; carries ``#rrggbb``.
    """

    changed = Signal(str)
    settled = Signal(str)

    def __init__(self, color: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._hex = color
        self._lightness, self._chroma, self._hue = colors.oklch(color)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REST)
        self._timer.timeout.connect(lambda: self.settled.emit(self._hex))

    @property
    def hex(self) -> str:
        """The colour as ``#rrggbb``."""
        return self._hex

    @property
    def lch(self) -> tuple[float, float, float]:
        """Lightness in 0..1, chroma, and hue in degrees."""
        return self._lightness, self._chroma, self._hue

    @property
    def share(self) -> float:
        """The chroma as a share, 0..1, of the most that sRGB shows at this lightness and hue."""
        most = float(colors.max_chroma(self._lightness, self._hue))
        return min(self._chroma / most, 1.0) if most > _GREY else 0.0

    def set_lch(self, lightness: float, chroma: float, hue: float) -> None:
        """Move to OKLCH; chroma is cut to what sRGB can show."""
        lightness = min(max(lightness, 0.0), 1.0)
        hue %= 360.0
        self._move(lightness, min(max(chroma, 0.0), float(colors.max_chroma(lightness, hue))), hue)

    def set_share(self, lightness: float, share: float, hue: float) -> None:
        """Move to a lightness, a share of the largest chroma there, and a hue."""
        lightness = min(max(lightness, 0.0), 1.0)
        hue %= 360.0
        most = float(colors.max_chroma(lightness, hue))
        self._move(lightness, min(max(share, 0.0), 1.0) * most, hue)

    def set_hex(self, text: str) -> None:
        """Move to a hex colour, kept exactly as it was given.

        Raises
        ------
        ColorError
            If the text is no colour.
        """
        color = colors.parse_hex(text)
        if color == self._hex:
            return
        lightness, chroma, hue = colors.oklch(color)
        # A grey has no hue of its own: the picker's stays where it was.
        self._lightness, self._chroma = lightness, chroma
        self._hue = hue if chroma > _GREY else self._hue
        self._tell(color)

    def _move(self, lightness: float, chroma: float, hue: float) -> None:
        if (lightness, chroma, hue) == self.lch:
            return
        self._lightness, self._chroma, self._hue = lightness, chroma, hue
        self._tell(colors.from_oklch(lightness, chroma, hue))

    def _tell(self, color: str) -> None:
        self._hex = color
        self._timer.start()
        self.changed.emit(color)

"""The design tokens and what follows from them: palette, style sheet, fonts, the live accent.

Everything that looks like something asks a :class:`Theme` for it. The accent is the user's colour; it
changes often, so it is painted by widgets and never put in the style sheet, which is made once a scheme.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
from PySide6.QtCore import QEasingCurve, QElapsedTimer, QObject, Qt, QVariantAnimation, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory, QWidget

from engine import color as colors
from ui.style import sheet

Mode = Literal["system", "light", "dark"]
MODES: tuple[Mode, ...] = ("system", "light", "dark")
FAST, CALM, SLOW = 120, 200, 320
"""Durations of motion in milliseconds."""
_FRAME = 30


@dataclass(frozen=True)
class Tokens:
    """One scheme's colours, as ``#rrggbb``."""

    dark: bool
    canvas: str
    surface: str
    sunken: str
    stage: str
    line: str
    edge: str
    text_3: str
    text_2: str
    text: str
    danger: str
    series: tuple[str, str, str, str]


LIGHT = Tokens(
    dark=False,
    canvas="#f6f5f3",
    surface="#fdfdfb",
    sunken="#eeedea",
    stage="#e8e8e8",
    line="#dfdedb",
    edge="#868481",
    text_3="#686764",
    text_2="#51504d",
    text="#1a1917",
    danger="#ba3630",
    series=("#0072b2", "#d55e00", "#009e73", "#cc79a7"),
)
DARK = Tokens(
    dark=True,
    canvas="#141412",
    surface="#1d1c1b",
    sunken="#262624",
    stage="#2e2e2e",
    line="#343331",
    edge="#757471",
    text_3="#999895",
    text_2="#b8b7b4",
    text="#eae9e7",
    danger="#ef7f74",
    series=("#56b4e9", "#e69f00", "#009e73", "#cc79a7"),
)


def ink(color: str, tokens: Tokens) -> str:
    """Return the accent that can be read: the colour's hue at the nearest lightness with 4.5:1 on surface.

    Chroma is at most 0.16. A colour of chroma below 0.03 has no hue to speak of: its ink is the text's.

    Parameters
    ----------
    color
        The user's colour, ``#rrggbb``.
    tokens
        The scheme whose surface the ink is read on.

    Returns
    -------
    str
        ``#rrggbb``.
    """
    lightness, chroma, hue = (float(part) for part in colors.oklch(color))
    if chroma < 0.03:
        return tokens.text
    steps = np.linspace(0.0, 1.0, 101)
    steps = steps[np.argsort(np.abs(steps - lightness))]
    for step in steps:
        candidate = colors.from_oklch(float(step), min(chroma, 0.16), hue)
        if colors.contrast(candidate, tokens.surface) >= 4.5:
            return candidate
    return tokens.text


def typeface(size: int, weight: int = 400, *, display: bool = False, tabular: bool = False) -> QFont:
    """Return Inter at a size in pixels, for what is printed; the window's is :meth:`Theme.font`."""
    # A copy, which its owner may change, still shares the look-up of its file with the others of its kind.
    return QFont(_face(size, weight, display, tabular))


@lru_cache(maxsize=256)
def _face(size: int, weight: int, display: bool, tabular: bool) -> QFont:
    font = QFont(["Inter Display" if display else "Inter", "Inter", "Helvetica Neue", "Arial"])
    font.setPixelSize(size)
    font.setWeight(QFont.Weight(weight))
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    if tabular:
        font.setFeature(QFont.Tag("tnum"), 1)
    return font


class Theme(QObject):
    """The app's look, handed to every widget that paints.

    Parameters
    ----------
    app
        The application to dress.
    fonts
        The folder of the bundled fonts.
    mode
        ``system`` follows the desktop's scheme, as it changes.

    Attributes
    ----------
    changed
        The scheme changed: everything painted must be painted anew.
    accent_changed
        The accent moved (also while it is on its way).
    accent_rests
        The accent has come to where it was going. What takes long to paint (plots, groups of names) wears
        the new one from then on, rather than at each step of the way.
    scaled
        The text has another size; ``changed`` follows.
    """

    changed = Signal()
    accent_changed = Signal()
    accent_rests = Signal()
    scaled = Signal()

    def __init__(self, app: QApplication, fonts: Path, mode: Mode = "system", scale: float = 1.0) -> None:
        super().__init__(app)
        self._app = app
        self._mode: Mode = mode
        self._scale = scale
        self.motion = True
        self._system_dark = self._desktop_is_dark(app.palette())
        for file in sorted(fonts.glob("*.otf")):
            QFontDatabase.addApplicationFont(str(file))
        self.tokens = DARK if self._wants_dark() else LIGHT
        self._color = "#d48475"
        self.fill = QColor(self._color)
        self.ink = QColor(ink(self._color, self.tokens))
        self._from = (self.fill, self.ink)
        self._to = (self.fill, self.ink)
        self._last_frame = QElapsedTimer()
        self._animation = QVariantAnimation(self)
        self._animation.setStartValue(0.0)
        self._animation.setEndValue(1.0)
        self._animation.setDuration(CALM)
        self._animation.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._animation.valueChanged.connect(self._step)
        style = QStyleFactory.create("Fusion")
        app.setStyle(style)
        app.setFont(self.font(13))
        app.styleHints().colorSchemeChanged.connect(self._scheme_changed)
        self._dress()

    @property
    def mode(self) -> Mode:
        """What the user chose: follow the desktop, light or dark."""
        return self._mode

    def set_mode(self, mode: Mode) -> None:
        """Choose a scheme, or follow the desktop."""
        self._mode = mode
        self._redress()

    def duration(self, milliseconds: int) -> int:
        """Return how long a motion lasts: nothing when motion is off."""
        return milliseconds if self.motion else 0

    def color(self, token: str) -> QColor:
        """Return a token of the present scheme as a ``QColor``."""
        return QColor(_named(getattr(self.tokens, token)))

    def font(self, size: float, weight: int = 400, *, display: bool = False, tabular: bool = False) -> QFont:
        """Return Inter at a size in pixels; ``display`` for headings, ``tabular`` for figures that align."""
        return typeface(self.px(size), weight, display=display, tabular=tabular)

    @property
    def scale(self) -> float:
        """How large text is, 1 to 1.5 times its usual size."""
        return self._scale

    def px(self, length: float) -> int:
        """Return a length in pixels that grows with the text: a font's size, a line's height."""
        return int(length * self._scale + 0.5)

    def broad(self, width: float) -> int:
        """Return a side's width in pixels: it grows with the text, by less, since others need room too."""
        return int(width * (1 + 0.6 * (self._scale - 1)) + 0.5)

    def set_scale(self, scale: float) -> None:
        """Let all text be 1 to 1.5 times its usual size, and what was fitted to text by :meth:`fit` too."""
        before, self._scale = self._scale, min(max(scale, 1.0), 1.5)
        if self._scale == before:
            return
        for widget in self._app.allWidgets():
            if widget.testAttribute(Qt.WidgetAttribute.WA_SetFont):
                font = widget.font()
                # Sizes grow by at least a pixel each at 100% and above, so that the nominal one can be told.
                font.setPixelSize(self.px(round(font.pixelSize() / before)))
                widget.setFont(font)
            self._refit(widget)
            widget.updateGeometry()
        self._app.setFont(self.font(13))
        self._dress()
        self.scaled.emit()
        self.changed.emit()

    def fit(self, widget: QWidget, *, width: int = 0, height: int = 0) -> None:
        """Fix a widget's width or height in pixels at 100% text; it grows and shrinks with the text."""
        if width:
            widget.setProperty("fit_width", width)
        if height:
            widget.setProperty("fit_height", height)
        self._refit(widget)

    def set_accent(self, color: str) -> None:
        """Let the accent move to a colour."""
        if color == self._color:
            return
        self._color = color
        self._from = (self.fill, self.ink)
        self._to = (QColor(color), QColor(ink(color, self.tokens)))
        self._animation.stop()
        if self.motion:
            self._animation.start()
        else:
            self._step(1.0)

    def text_over_fill(self) -> QColor:
        """Return black or white, whichever can be read on the user's colour."""
        return QColor(colors.text_over(self.fill.name()))

    def _step(self, share: float) -> None:
        # A frame of everything that wears the accent costs more than one of what moves: half as many will do.
        if share < 1.0 and self._last_frame.isValid() and self._last_frame.elapsed() < _FRAME:
            return
        self._last_frame.start()
        self.fill = _between(self._from[0], self._to[0], share)
        self.ink = _between(self._from[1], self._to[1], share)
        self.accent_changed.emit()
        if share == 1.0:
            self.accent_rests.emit()

    def _wants_dark(self) -> bool:
        return self._system_dark if self._mode == "system" else self._mode == "dark"

    def _desktop_is_dark(self, palette: QPalette) -> bool:
        scheme = self._app.styleHints().colorScheme()
        if scheme == Qt.ColorScheme.Unknown:
            return palette.color(QPalette.ColorRole.Window).lightness() < 128
        return scheme == Qt.ColorScheme.Dark

    def _scheme_changed(self, scheme: Qt.ColorScheme) -> None:
        if scheme != Qt.ColorScheme.Unknown:
            self._system_dark = scheme == Qt.ColorScheme.Dark
            self._redress()

    def _redress(self) -> None:
        tokens = DARK if self._wants_dark() else LIGHT
        if tokens is self.tokens:
            return
        self.tokens = tokens
        self._animation.stop()
        self.fill, self.ink = QColor(self._color), QColor(ink(self._color, tokens))
        self._dress()
        self.changed.emit()
        self.accent_changed.emit()
        self.accent_rests.emit()

    def _dress(self) -> None:
        own = {
            widget: QFont(widget.font())
            for widget in self._app.allWidgets()
            if widget.testAttribute(Qt.WidgetAttribute.WA_SetFont)
        }
        self._app.setPalette(_palette(self.tokens))
        self._app.setStyleSheet(sheet(self.tokens, self._scale))
        # Qt puts back the fonts that widgets had when it first met them under a style sheet.
        for widget, font in own.items():
            if widget.font() != font:
                widget.setFont(font)

    def _refit(self, widget: QWidget) -> None:
        if width := widget.property("fit_width"):
            widget.setFixedWidth(self.px(width))
        if height := widget.property("fit_height"):
            widget.setFixedHeight(self.px(height))


@lru_cache(maxsize=64)
def _named(color: str) -> QColor:
    return QColor(color)


def _between(a: QColor, b: QColor, share: float) -> QColor:
    return QColor.fromRgbF(
        a.redF() + (b.redF() - a.redF()) * share,
        a.greenF() + (b.greenF() - a.greenF()) * share,
        a.blueF() + (b.blueF() - a.blueF()) * share,
    )


def _palette(tokens: Tokens) -> QPalette:
    role = QPalette.ColorRole
    palette = QPalette()
    wanted = {
        role.Window: tokens.canvas,
        role.WindowText: tokens.text,
        role.Base: tokens.surface,
        role.AlternateBase: tokens.sunken,
        role.Text: tokens.text,
        role.PlaceholderText: tokens.text_3,
        role.Button: tokens.surface,
        role.ButtonText: tokens.text,
        role.BrightText: tokens.danger,
        role.ToolTipBase: tokens.surface,
        role.ToolTipText: tokens.text,
        role.Light: tokens.surface,
        role.Midlight: tokens.line,
        role.Mid: tokens.line,
        role.Dark: tokens.edge,
        role.Shadow: tokens.edge,
        role.Highlight: tokens.text,
        role.HighlightedText: tokens.surface,
        role.Link: tokens.text,
        role.LinkVisited: tokens.text_2,
        role.Accent: tokens.text,
    }
    for which, value in wanted.items():
        palette.setColor(which, QColor(value))
    for which in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, QColor(tokens.text_3))
    return palette

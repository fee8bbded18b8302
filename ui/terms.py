"""Words that the app explains: a label marked with a term says on demand what it means.

Marking is one line, :func:`explain` or a :class:`Term`; what the words mean is known to the window alone,
which answers for every part of it (see ``ui.window``).
"""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLabel, QWidget

from ui.theme import Theme
from ui.widgets.basics import Label, Tone

_PROPERTY = "term"


def explain(widget: QWidget, term: str) -> None:
    """Mark a widget with a term of the glossary: pointing at it defines it, F1 opens it on Learn."""
    widget.setProperty(_PROPERTY, term)


def term_of(widget: QWidget | None) -> str:
    """Return the term that a widget, or what it lies in, is marked with; empty for none."""
    while widget is not None:
        term = widget.property(_PROPERTY)
        if isinstance(term, str) and term:
            return term
        if widget.isWindow():
            return ""
        widget = widget.parentWidget()
    return ""


def term_at(window: QWidget, at: QPoint) -> str:
    """Return the term of what lies at a point of the window."""
    return term_of(window.childAt(at))


def term_for(control: QWidget | None) -> str:
    """Return the term of a control that has the focus: its own, or that of the label it is named by."""
    if control is None:
        return ""
    own = term_of(control)
    if own:
        return own
    labels = control.window().findChildren(QLabel)
    return next((term_of(label) for label in labels if label.buddy() is control), "")


class Term(Label):
    """A label whose text is a term of the glossary: dotted below, and a click opens it on Learn.

    Parameters
    ----------
    theme, text, size, tone, weight
        As of a ``Label``.
    term
        The glossary's word; the text by default.
    """

    def __init__(
        self, theme: Theme, text: str, size: int = 13, tone: Tone = "", weight: int = 400, *, term: str = ""
    ) -> None:
        super().__init__(theme, text, size, tone, weight)
        self._theme = theme
        self.setCursor(Qt.CursorShape.WhatsThisCursor)
        explain(self, term or text.lower())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the text, and dots below it while the pointer is over it."""
        super().paintEvent(event)
        if not self.underMouse():
            return
        painter = QPainter(self)
        pen = QPen(self._theme.color("edge"), 1)
        pen.setDashPattern([1, 2])
        painter.setPen(pen)
        width = min(self.fontMetrics().horizontalAdvance(self.text()), self.width())
        y = self.contentsRect().center().y() + self.fontMetrics().ascent() // 2 + 3
        painter.drawLine(self.contentsRect().left(), y, self.contentsRect().left() + width, y)

    def enterEvent(self, event: object) -> None:
        """Show the dots."""
        self.update()

    def leaveEvent(self, event: object) -> None:
        """Hide them."""
        self.update()

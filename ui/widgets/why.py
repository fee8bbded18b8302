"""Why this name: a strip under the stage that lays a name out token by token, painter above base."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QHelpEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QToolTip, QWidget

from engine.service.protocol import Guess, PainterRef, Reply
from studio.views import why
from studio.views.why import TokenView, WhyView
from ui.bridge import Service
from ui.theme import Theme
from ui.tips import tip
from ui.widgets.basics import Label, button, column, elide, row, takes_escape
from ui.widgets.chip_list import faint, percent

_LEGEND = 84
_LEAST, _MOST = 96, 184
_GAP = 20
_BAR = 6
# Baselines of the rows: the token, the painter's bar, the base's bar, and what the base would rather say.
_TOKEN, _PAINTER, _BASE, _INSTEAD, _LINE = 0, 34, 54, 80, 18
_HEIGHT = _INSTEAD + 2 * _LINE + 2


class TokenBars(QWidget):
    """Paints a column for each token: it, two bars, and what the base would rather have said."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._view = WhyView()
        theme.fit(self, height=_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Token by token")
        theme.changed.connect(self.update)
        theme.accent_changed.connect(self.update)

    def show_view(self, view: WhyView) -> None:
        """Show an explanation."""
        self._view = view
        px = self._theme.px
        self.setMinimumWidth(px(_LEGEND) + len(view.tokens) * (px(_LEAST) + _GAP))
        self.setAccessibleDescription(" ".join(_spoken(view, token) for token in view.tokens))
        self.update()

    def sizeHint(self) -> QSize:
        """Want a column for each token."""
        px = self._theme.px
        return QSize(px(_LEGEND) + len(self._view.tokens) * (px(_MOST) + _GAP), px(_HEIGHT))

    def event(self, event: QEvent) -> bool:
        """Tell under the pointer what the figures are."""
        if isinstance(event, QHelpEvent):
            token = self._token_at(event.pos())
            if token is not None:
                QToolTip.showText(event.globalPos(), tip(_spoken(self._view, token)), self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the legend and the columns."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_legend(painter)
        width = self._column()
        for place, token in enumerate(self._view.tokens):
            self._paint_token(painter, token, self._theme.px(_LEGEND) + place * (width + _GAP), width)

    def _column(self) -> float:
        count = max(len(self._view.tokens), 1)
        px = self._theme.px
        return float(min(max((self.width() - px(_LEGEND)) // count - _GAP, px(_LEAST)), px(_MOST)))

    def _token_at(self, point: QPoint) -> TokenView | None:
        place = int((point.x() - self._theme.px(_LEGEND)) // (self._column() + _GAP))
        return self._view.tokens[place] if 0 <= place < len(self._view.tokens) else None

    def _paint_legend(self, painter: QPainter) -> None:
        theme, view, px = self._theme, self._view, self._theme.px
        rows = [(_PAINTER, view.label, "text")]
        if view.own:
            rows += [
                (_BASE, "Base", "text_2"),
                (_INSTEAD, "Base would", "text_3"),
                (_INSTEAD + _LINE, "rather say", "text_3"),
            ]
        else:
            rows += [(_INSTEAD, "Or else", "text_3")]
        painter.setFont(theme.font(12, 500))
        for y, words, tone in rows:
            painter.setPen(theme.color(tone))
            label = elide(painter.fontMetrics().elidedText, words, px(_LEGEND) - 12)
            rect = QRectF(0, px(y), px(_LEGEND), px(_LINE))
            painter.drawText(rect, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, label)

    def _paint_token(self, painter: QPainter, token: TokenView, x: float, width: float) -> None:
        theme, px = self._theme, self._theme.px
        line = px(_LINE)
        end = token.text == why.END
        painter.setFont(theme.font(12, 600 if token.turn else 500, tabular=True))
        times = painter.fontMetrics().horizontalAdvance(token.times)
        head = QRectF(x, px(_TOKEN), width, px(26))
        painter.setPen(theme.ink if token.turn else theme.color("text_3"))
        painter.drawText(head, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, token.times)
        painter.setFont(theme.font(13 if end else 17, 400 if end else 600, display=not end))
        painter.setPen(theme.color("text_3" if end else "text"))
        words = elide(painter.fontMetrics().elidedText, token.text.strip() or "␣", int(width - times - 8))
        painter.drawText(head, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)
        self._paint_bar(painter, QRectF(x, px(_PAINTER), width, line), token.painter, strong=True)
        if self._view.own:
            self._paint_bar(painter, QRectF(x, px(_BASE), width, line), token.base, strong=False)
        for place, guess in enumerate(token.instead[:2]):
            self._paint_guess(painter, QRectF(x, px(_INSTEAD) + place * line, width, line), guess)

    def _paint_bar(self, painter: QPainter, rect: QRectF, share: float, *, strong: bool) -> None:
        theme = self._theme
        painter.setFont(theme.font(12, tabular=True))
        figures = QFontMetricsF(painter.font()).horizontalAdvance("<0.1%")
        painter.setPen(theme.color("text" if strong else "text_2"))
        painter.drawText(rect, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, percent(share))
        bar = QRectF(rect.left(), rect.center().y() - _BAR / 2, rect.width() - figures - 8, _BAR)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(faint(theme))
        painter.drawRoundedRect(bar, 3, 3)
        painter.setBrush(theme.ink if strong else theme.color("edge"))
        if share > 0:
            painter.drawRoundedRect(QRectF(bar.left(), bar.top(), max(bar.width() * share, 2), _BAR), 3, 3)

    def _paint_guess(self, painter: QPainter, rect: QRectF, guess: Guess) -> None:
        theme = self._theme
        painter.setFont(theme.font(12, tabular=True))
        painter.setPen(theme.color("text_3"))
        chance = percent(guess.probability)
        painter.drawText(rect, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, chance)
        room = rect.width() - painter.fontMetrics().horizontalAdvance(chance) - 8
        painter.setPen(theme.color("text_2"))
        words = elide(painter.fontMetrics().elidedText, guess.text.strip() or "␣", int(room))
        painter.drawText(rect, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)


class WhyStrip(QFrame):
    """Asks for a name's explanation and shows it.

    Parameters
    ----------
    theme, service
        The look, and who explains.

    Attributes
    ----------
    closed
        The person closed the strip.
    copy_wanted
        The name is to be copied; carries it.
    """

    closed = Signal()
    copy_wanted = Signal(str)

    def __init__(self, theme: Theme, service: Service) -> None:
        super().__init__()
        self.setProperty("plate", "surface")
        self._service = service
        self._view = WhyView()
        self.title = Label(theme, "Why this name", 13, weight=600)
        self.sentence = Label(theme, size=13, tone="2", wrap=True)
        self.sentence.setAccessibleName("What came of it")
        self.copy = button(theme, "Copy name", kind="quiet")
        self.close_button = button(theme, "Close", "Close why this name", kind="quiet")
        self.bars = TokenBars(theme)
        self._area = QScrollArea()
        self._area.setWidget(self.bars)
        self._area.setWidgetResizable(True)
        theme.fit(self._area, height=_HEIGHT + 12)
        self._area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.bars.setObjectName("bare")
        top = row(space=4)
        top.addWidget(self.title, 1)
        top.addWidget(self.copy)
        top.addWidget(self.close_button)
        layout = column(self, 0, 16)
        layout.setContentsMargins(20, 12, 12, 8)
        layout.addLayout(top)
        layout.addWidget(self.sentence)
        layout.addSpacing(14)
        layout.addWidget(self._area)
        self.copy.clicked.connect(lambda: self.copy_wanted.emit(self._view.name))
        self.close_button.clicked.connect(self.closed)
        for signal in (service.explained, service.done, service.failed):
            signal.connect(self._replied)

    @property
    def view(self) -> WhyView:
        """What is shown."""
        return self._view

    def explain(self, painter: PainterRef, label: str, color: str, name: str) -> None:
        """Ask why a painter said this name; what is shown already is not asked for again."""
        same = (self._view.label, self._view.color, self._view.name) == (label, color, name)
        if same and self._view.state != "failed":
            return
        self.drop()
        request = self._service.explain(color, name, painter)
        before = self._view
        self._view = why.ask(request, label, color, name, own=bool(painter.folder))
        self.title.setText(f"Why “{name[:60]}”?")
        if not before.tokens:
            self._show()
        else:
            # What was shown stays, faint, until the answer comes: a strip that blinks tires the eye.
            self.sentence.set_tone("3")

    def wait(self) -> None:
        """Say that the name is still to come."""
        self.drop()
        self.sentence.set_tone("3")

    def drop(self) -> None:
        """Let go of what was asked."""
        if self._view.state == "waiting":
            self._service.cancel(self._view.request)

    def event(self, event: QEvent) -> bool:
        """Keep Esc from the window, for which it lets go of fields."""
        if takes_escape(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close by Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def _replied(self, reply: Reply) -> None:
        view = why.fold(self._view, reply)
        if view is not self._view:
            self._view = view
            self._show()

    def _show(self) -> None:
        view = self._view
        said = {"waiting": "Asking the painter and the base…", "failed": view.note, "ready": view.sentence}
        self.sentence.set_tone("danger" if view.state == "failed" else "2")
        self.sentence.setText(said[view.state])
        self.bars.show_view(view)


def _spoken(view: WhyView, token: TokenView) -> str:
    word = "The end" if token.text == why.END else f"“{token.text.strip()}”"
    said = f"{word}: {view.label} {percent(token.painter)}"
    if view.own:
        said += f", base {percent(token.base)}"
    others = ", ".join(f"{guess.text.strip()} {percent(guess.probability)}" for guess in token.instead)
    who = "the base would say" if view.own else "or else"
    return f"{said}; {who} {others}." if others else f"{said}."

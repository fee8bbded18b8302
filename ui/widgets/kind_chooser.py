"""A new judge begins with its kind: each is told by when to use it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from studio.views.judge_kinds import KINDS, Kind
from ui.theme import Theme
from ui.widgets.basics import Label, button, column, row

_PAD = 12
_TITLE = 116


class KindCard(QAbstractButton):
    """One kind: its title, and when to use it."""

    def __init__(self, theme: Theme, kind: Kind) -> None:
        super().__init__()
        self.kind = kind
        self._theme = theme
        self.setText(kind.title)
        self.setAccessibleName(f"{kind.title}. {kind.when}")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        theme.changed.connect(self.update)

    def hasHeightForWidth(self) -> bool:
        """Tell that its sentence is broken into lines."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height that the sentence needs."""
        room = QRectF(0, 0, width - _TITLE - 2 * _PAD, 400).toRect()
        wrapped = int(Qt.TextFlag.TextWordWrap)
        needed = QFontMetrics(self._theme.font(12)).boundingRect(room, wrapped, self.kind.when)
        return max(_PAD * 2 + needed.height() - 6, 40)

    def sizeHint(self) -> QSize:
        """Want two lines for the sentence."""
        return QSize(380, self.heightForWidth(380))

    def event(self, event: QEvent) -> bool:
        """Repaint as the pointer comes and goes."""
        if event.type() in (QEvent.Type.Enter, QEvent.Type.Leave):
            self.update()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose by Enter, too."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a card with the title and the sentence."""
        theme = self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        card = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        over = self.underMouse() or self.isDown()
        painter.setPen(QPen(theme.color("text" if over else "line"), 1))
        painter.setBrush(theme.color("surface"))
        painter.drawRoundedRect(card, 6, 6)
        words = card.adjusted(_PAD, 0, -_PAD, 0)
        middle = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.setFont(theme.font(13, 600))
        painter.setPen(theme.color("text"))
        painter.drawText(words, int(middle), self.kind.title)
        painter.setFont(theme.font(12))
        painter.setPen(theme.color("text_2"))
        painter.drawText(
            words.adjusted(_TITLE, 0, 0, 0), int(middle | Qt.TextFlag.TextWordWrap), self.kind.when
        )


class KindChooser(QWidget):
    """All kinds, tastes first.

    Attributes
    ----------
    chosen
        A kind was chosen; carries its key.
    left
        None was.
    """

    chosen = Signal(str)
    left = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.cards = {key: KindCard(theme, kind) for key, kind in KINDS.items()}
        self.cancel = button(theme, "Cancel", "Make no new judge", kind="quiet")
        layout = column(self, 6)
        layout.addWidget(Label(theme, "What should it go by?", 20, weight=600, display=True))
        for part, title in (
            ("taste", "Tastes are weighed in the reward"),
            ("guard", "Guards multiply it: what fails one earns little, whatever the tastes say"),
        ):
            layout.addSpacing(8)
            layout.addWidget(Label(theme, title, 12, "3", wrap=True))
            for card in self.cards.values():
                if card.kind.part == part:
                    layout.addWidget(card)
        foot = row()
        foot.addWidget(self.cancel)
        foot.addStretch(1)
        layout.addSpacing(4)
        layout.addLayout(foot)
        layout.addStretch(1)
        self.cancel.clicked.connect(self.left)
        for card in self.cards.values():
            card.clicked.connect(lambda _=False, key=card.kind.key: self.chosen.emit(key))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave by Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
            return
        super().keyPressEvent(event)

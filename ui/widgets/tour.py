"""The first-run tour: the window is dimmed but for one part of it, and a sentence says what it is for."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEasingCurve, QEvent, QObject, QPoint, QRectF, QSize, Qt, QTimer, QVariantAnimation
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QWidget

from ui.theme import CALM, Theme
from ui.tour_stops import Stop
from ui.widgets.basics import Label, button, column, plate, row
from ui.widgets.sheet import DIM, Overlay

WIDTH = 320
_AROUND, _GAP, _EDGE = 8, 16, 16


class Tour(Overlay):
    """Leads from stop to stop.

    Parameters
    ----------
    theme, window
        The look, and what it lies over.
    stops
        In their order.
    open_page
        Opens a page by its title.
    """

    def __init__(
        self, theme: Theme, window: QWidget, stops: Sequence[Stop], open_page: Callable[[str], None]
    ) -> None:
        super().__init__(theme, window, "A tour of the studio")
        self._stops_of_tour = tuple(stops)
        self._open_page = open_page
        self.place = 0
        self.hole = QRectF()
        self._from, self._to = QRectF(), QRectF()
        self.card: QFrame = plate("surface")
        self.card.setParent(self)
        self.count = Label(theme, size=12, tone="3", tabular=True)
        self.title = Label(theme, size=15, weight=600, display=True)
        self.text = Label(theme, size=13, tone="2", wrap=True)
        self.skip = button(theme, "Skip", "Skip the tour", kind="link")
        self.back = button(theme, "Back", kind="quiet")
        self.following = button(theme, "Next")
        layout = column(self.card, 4)
        layout.setContentsMargins(20, 16, 12, 12)
        layout.addWidget(self.count)
        layout.addWidget(self.title)
        layout.addWidget(self.text)
        layout.addSpacing(8)
        foot = row(space=4)
        foot.addWidget(self.skip)
        foot.addStretch(1)
        foot.addWidget(self.back)
        foot.addWidget(self.following)
        layout.addLayout(foot)
        for part in (self.skip, self.back, self.following):
            part.installEventFilter(self)
        self.skip.clicked.connect(self.put_away)
        self.back.clicked.connect(lambda: self.go(self.place - 1))
        self.following.clicked.connect(lambda: self.go(self.place + 1))
        self._motion = QVariantAnimation(self)
        self._motion.setStartValue(0.0)
        self._motion.setEndValue(1.0)
        self._motion.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._motion.valueChanged.connect(self._move)
        theme.scaled.connect(self._later)
        theme.accent_changed.connect(self.update)

    def start(self) -> None:
        """Begin at the first stop."""
        self.place = 0
        self.hole = QRectF()
        self._show_stop()
        self.open(self.following)
        self._later()

    def go(self, place: int) -> None:
        """Go to a stop; past the last the tour is over."""
        if place >= len(self._stops_of_tour):
            self.put_away()
            return
        self.place = max(place, 0)
        self._show_stop()
        self.following.setFocus()
        self._later()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the arrow keys before the buttons do."""
        if watched is not self._under and event.type() == QEvent.Type.KeyPress:
            assert isinstance(event, QKeyEvent)
            if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
                self.keyPressEvent(event)
                return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go by arrow keys and Return; Esc ends it."""
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Right, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.go(self.place + 1)
        elif key == Qt.Key.Key_Left:
            self.go(self.place - 1)
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Keep clicks from what lies behind."""
        event.accept()

    def resizeEvent(self, event: object) -> None:
        """Find the target again once the layouts have moved it."""
        self._later()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Dim the window but for the hole, which has a rim in the user's ink."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        path = QPainterPath()
        path.addRect(QRectF(self.rect()))
        if not self.hole.isEmpty():
            inner = QPainterPath()
            inner.addRoundedRect(self.hole, 10, 10)
            path = path.subtracted(inner)
        painter.fillPath(path, DIM[self._theme.tokens.dark])
        if not self.hole.isEmpty():
            painter.setPen(QPen(self._theme.ink, 2))
            painter.drawRoundedRect(self.hole, 10, 10)

    def _show_stop(self) -> None:
        stop, last = self._stops_of_tour[self.place], len(self._stops_of_tour) - 1
        if stop.page:
            self._open_page(stop.page)
        self.count.setText(f"{self.place + 1} of {last + 1}")
        self.title.setText(stop.title)
        self.text.setText(stop.text)
        self.back.setEnabled(self.place > 0)
        self.skip.setVisible(self.place < last)
        self.following.setText("Next" if self.place < last else "Begin")
        self.following.setAccessibleName(self.following.text())
        self.card.setAccessibleName(f"{stop.title}. {stop.text}")

    def _later(self) -> None:
        # The page's layouts are done when this turn of the loop is over.
        QTimer.singleShot(0, self._aim)

    def _aim(self) -> None:
        if not self.isVisible():
            return
        target = self._stops_of_tour[self.place].target()
        hole = QRectF()
        if target is not None and target.isVisible():
            corner = target.mapTo(self._under, QPoint(0, 0))
            around = QRectF(corner.x(), corner.y(), target.width(), target.height())
            hole = around.adjusted(-_AROUND, -_AROUND, _AROUND, _AROUND)
            hole = hole.intersected(QRectF(self.rect()).adjusted(4, 4, -4, -4))
        self._put_card(hole)
        duration = self._theme.duration(CALM)
        if hole == self._to and self._motion.state() == QVariantAnimation.State.Running:
            return
        self._from, self._to = self.hole, hole
        self._motion.stop()
        if duration and not self._from.isEmpty() and not hole.isEmpty() and self._from != hole:
            self._motion.setDuration(duration)
            self._motion.start()
        else:
            self.hole = hole
            self.update()

    def _move(self, share: float) -> None:
        a, b = self._from, self._to
        self.hole = QRectF(
            a.x() + (b.x() - a.x()) * share,
            a.y() + (b.y() - a.y()) * share,
            a.width() + (b.width() - a.width()) * share,
            a.height() + (b.height() - a.height()) * share,
        )
        self.update()

    def _put_card(self, hole: QRectF) -> None:
        """Put the card beside the hole where there is most room, else over its lower end."""
        layout = self.card.layout()
        assert layout is not None
        width = min(self._theme.px(WIDTH), self.width() - 2 * _EDGE)
        size = QSize(width, max(layout.heightForWidth(width), layout.sizeHint().height()))
        at = QPoint((self.width() - size.width()) // 2, (self.height() - size.height()) // 2)
        if not hole.isEmpty():
            beside = (
                (self.width() - hole.right() >= width + _GAP + _EDGE, int(hole.right()) + _GAP, None),
                (hole.left() >= width + _GAP + _EDGE, int(hole.left()) - _GAP - width, None),
                (
                    self.height() - hole.bottom() >= size.height() + _GAP + _EDGE,
                    None,
                    int(hole.bottom()) + _GAP,
                ),
                (hole.top() >= size.height() + _GAP + _EDGE, None, int(hole.top()) - _GAP - size.height()),
            )
            x, y = int(hole.center().x()) - width // 2, int(hole.bottom()) - size.height() - _GAP
            for fits, left, top in beside:
                if fits:
                    x = left if left is not None else int(hole.center().x()) - width // 2
                    y = top if top is not None else int(hole.center().y()) - size.height() // 2
                    break
            at = QPoint(x, y)
        at.setX(min(max(at.x(), _EDGE), self.width() - size.width() - _EDGE))
        at.setY(min(max(at.y(), _EDGE), self.height() - size.height() - _EDGE))
        self.card.setGeometry(at.x(), at.y(), size.width(), size.height())

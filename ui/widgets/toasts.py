"""Notices at the foot of the window: quiet cards that go by themselves, or stay until they are put away."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEasingCurve, QEvent, QObject, QPoint, QPropertyAnimation, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QSizePolicy, QWidget

from ui.notices import Notice
from ui.theme import CALM, Theme
from ui.widgets.basics import Cross, Label, button, column, row

WIDTH = 420
MOST = 3
STAY, STAY_UNDO = 6000, 10000
"""Milliseconds that a notice stays, and one that offers something."""
REPORTED = "Versions, system, settings and the service's last words, without private paths"
_MARGIN, _BETWEEN = 24, 8


class Toast(QFrame):
    """One notice.

    Parameters
    ----------
    theme, notice
        The look, and what is said.
    copy_report
        Called with the notice's text when a person wants to report it.
    gone
        Called once it is past.
    """

    def __init__(
        self,
        theme: Theme,
        parent: QWidget,
        notice: Notice,
        copy_report: Callable[[str], None],
        gone: Callable[[Toast], None],
    ) -> None:
        super().__init__(parent)
        self.notice = notice
        self._gone = gone
        self.setProperty("plate", "toast")
        self.setAccessibleName("Notice")
        self.setAccessibleDescription(notice.text)
        self.text = Label(theme, notice.text, 13, "danger" if notice.tone == "fault" else "", wrap=True)
        self.text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.detail = Label(theme, notice.detail, 12, "2", wrap=True)
        self.detail.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.detail.hide()
        self.action = button(theme, notice.action, f"{notice.action}: {notice.text}")
        self.action.setVisible(bool(notice.action))
        self.action.clicked.connect(self._act)
        self.more = button(theme, "Details", kind="link")
        self.more.setVisible(bool(notice.detail))
        self.more.clicked.connect(self._fold)
        self.copy = button(theme, "Copy report", kind="link")
        self.copy.setVisible(notice.tone == "fault")
        self.copy.setToolTip(REPORTED)
        self.copy.clicked.connect(lambda: self._copied(copy_report))
        self.leave = Cross(theme, "Put this notice away")
        self.leave.clicked.connect(self.put_away)
        whole = row(self, 8)
        whole.setContentsMargins(16, 8, 8, 8)
        words = column(space=4)
        words.addWidget(self.text)
        words.addWidget(self.detail)
        below = row(space=16)
        for part in (self.more, self.copy):
            below.addWidget(part)
        below.addStretch(1)
        if notice.detail or notice.tone == "fault":
            words.addLayout(below)
        whole.addLayout(words, 1)
        whole.addWidget(self.action, 0, Qt.AlignmentFlag.AlignTop)
        whole.addWidget(self.leave, 0, Qt.AlignmentFlag.AlignTop)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(STAY_UNDO if notice.action else STAY)
        self._timer.timeout.connect(self._time_out)
        if notice.tone == "plain":
            self._timer.start()

    def enterEvent(self, event: object) -> None:
        """Stay while the pointer is over it."""
        self._timer.stop()

    def leaveEvent(self, event: object) -> None:
        """Begin to wait anew."""
        if self.notice.tone == "plain":
            self._timer.start()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc puts it away."""
        if event.key() == Qt.Key.Key_Escape:
            self.put_away()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Take Esc before the window's own shortcut does."""
        if event.type() == QEvent.Type.ShortcutOverride:
            assert isinstance(event, QKeyEvent)
            if event.key() == Qt.Key.Key_Escape:
                event.accept()
                return True
        return super().event(event)

    def put_away(self) -> None:
        """Be past."""
        self._timer.stop()
        self._gone(self)

    def _time_out(self) -> None:
        focus = QApplication.focusWidget()
        if focus is not None and self.isAncestorOf(focus):
            self._timer.start()
        else:
            self.put_away()

    def _act(self) -> None:
        call = self.notice.call
        self.put_away()
        if call is not None:
            call()

    def _fold(self) -> None:
        self.detail.setVisible(self.detail.isHidden())
        self.more.setText("Details" if self.detail.isHidden() else "Fewer details")
        self._timer.stop()
        parent = self.parentWidget()
        assert isinstance(parent, Toasts)
        parent.arrange()

    def _copied(self, copy_report: Callable[[str], None]) -> None:
        copy_report(self.notice.text + (f"\n{self.notice.detail}" if self.notice.detail else ""))
        self.copy.setText("Copied")


class Toasts(QWidget):
    """The pile of notices, the newest lowest, over the foot of the page.

    Parameters
    ----------
    theme
        The look.
    area
        What they lie over: the pages' stack.
    copy_report
        Puts a report about a notice on the clipboard.
    """

    def __init__(self, theme: Theme, area: QWidget, copy_report: Callable[[str], None]) -> None:
        super().__init__(area.window())
        self._theme, self._area, self._copy_report = theme, area, copy_report
        self.shown: list[Toast] = []
        self.hide()
        area.installEventFilter(self)
        theme.scaled.connect(self.arrange)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep to the foot of the page."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move) and self.shown:
            self.arrange()
        return False

    def arrange(self) -> None:
        """Lay the cards out, and be no larger than they are: what lies beside them can be clicked."""
        self.setVisible(bool(self.shown))
        if not self.shown:
            return
        window = self.window()
        width = min(self._theme.px(WIDTH), self._area.width() - 2 * _MARGIN)
        heights = []
        for toast in self.shown:
            layout = toast.layout()
            assert layout is not None
            layout.activate()
            heights.append(max(layout.heightForWidth(width), toast.minimumSizeHint().height(), 44))
        total = sum(heights) + _BETWEEN * (len(heights) - 1)
        corner = self._area.mapTo(window, QPoint(0, 0))
        left = corner.x() + (self._area.width() - width) // 2
        self.setGeometry(left, corner.y() + self._area.height() - total - _MARGIN, width, total)
        y = 0
        for toast, height in zip(self.shown, heights, strict=True):
            toast.setGeometry(0, y, width, height)
            toast.show()
            y += height + _BETWEEN
        self.raise_()

    def show_notice(self, notice: Notice) -> None:
        """Add a notice to the pile; one that says the same goes."""
        for same in [toast for toast in self.shown if toast.notice.text == notice.text]:
            self._gone(same)
        toast = Toast(self._theme, self, notice, self._copy_report, self._gone)
        self.shown.append(toast)
        # Those that stay by themselves are the last to go.
        while len(self.shown) > MOST:
            self._gone(next((t for t in self.shown if t.notice.tone == "plain"), self.shown[0]))
        self.arrange()
        if duration := self._theme.duration(CALM):
            self._rise(toast, duration)
        announcement = QAccessibleAnnouncementEvent(self.window(), notice.text)
        QAccessible.updateAccessibility(announcement)

    def _rise(self, toast: Toast, duration: int) -> None:
        motion = QPropertyAnimation(toast, b"pos", toast)
        motion.setDuration(duration)
        motion.setEasingCurve(QEasingCurve.Type.OutCubic)
        motion.setStartValue(toast.pos() + QPoint(0, 16))
        motion.setEndValue(toast.pos())
        motion.start(QPropertyAnimation.DeletionPolicy.DeleteWhenStopped)

    def withdraw(self, notice: Notice) -> None:
        """Put a notice away that is past."""
        for toast in [toast for toast in self.shown if toast.notice is notice]:
            self._gone(toast)

    def _gone(self, toast: Toast) -> None:
        if toast not in self.shown:
            return
        focus = QApplication.focusWidget()
        held = focus is not None and toast.isAncestorOf(focus)
        self.shown.remove(toast)
        toast.hide()
        toast.deleteLater()
        if held:
            self.window().setFocus()
        self.arrange()

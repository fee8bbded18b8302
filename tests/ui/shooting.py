"""What every picture needs: a window that is opened, waited for, and put away again."""

from contextlib import contextmanager

from PySide6.QtCore import QDeadlineTimer, QEventLoop
from PySide6.QtWidgets import QApplication

from ui.app import Studio

HISTORY = ("#3b6ea5", "#9acd32", "#2a0f38", "#efdfb0", "#b591f9", "#d48475")


def wait_for(condition, seconds=20):
    """Let the window live until something is so."""
    deadline = QDeadlineTimer(int(seconds * 1000))
    while not condition():
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
        if deadline.hasExpired():
            raise SystemExit("The window did not come to what was waited for.")


def settle(milliseconds=600):
    """Let motions and timers run out."""
    deadline = QDeadlineTimer(milliseconds)
    while not deadline.hasExpired():
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)


@contextmanager
def opened(app, world, mode, size, history=()):
    """Open the window on a world in one theme and size; afterwards it is gone.

    ``history`` are colours that were picked before it is seen.
    """
    studio = Studio(app, world.makers)
    studio.theme.motion = False
    studio.theme.set_mode(mode)
    studio.window.resize(*size)
    for color in history:
        studio.compare.picker.history.add(color)
    studio.show()
    yield studio
    studio.window.close()
    studio.close()
    studio.window.deleteLater()
    studio.deleteLater()
    settle(50)


def saver(studio, out, mode, size):
    """Return what saves the window as it is now, under a name."""

    def save(name):
        studio.window.grab().save(str(out / f"{name}_{mode}_{size[0]}x{size[1]}.png"))

    return save

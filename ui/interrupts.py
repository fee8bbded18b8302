"""Ctrl-C in the terminal that the window was started from closes it, as its own button would."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable

from PySide6.QtCore import QObject, QSocketNotifier


class Interrupts(QObject):
    """Heeds SIGINT and SIGTERM while Qt waits.

    Python runs its handlers between two of its own instructions, of which there are none while Qt waits for
    an event: so each signal also wakes a socket that Qt watches. Must be made on the main thread.

    Parameters
    ----------
    close
        What a signal asks for.
    """

    def __init__(self, close: Callable[[], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._reading, self._writing = socket.socketpair()
        for end in (self._reading, self._writing):
            end.setblocking(False)
        self._notifier = QSocketNotifier(self._reading.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(lambda: self._reading.recv(64))
        self._woken_before = signal.set_wakeup_fd(self._writing.fileno())
        self._before = {
            wish: signal.signal(wish, lambda *_: close()) for wish in (signal.SIGINT, signal.SIGTERM)
        }

    def end(self) -> None:
        """Heed no more, and leave the signals as they were."""
        for wish, handler in self._before.items():
            signal.signal(wish, handler)
        signal.set_wakeup_fd(self._woken_before)
        self._notifier.setEnabled(False)
        self._reading.close()
        self._writing.close()

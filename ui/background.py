"""The one way in which the window does slow work: on a thread of its own, with the end told on Qt's.

Reading folders and writing files may take longer than a frame; so may starting a process.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

T = TypeVar("T")


class Background(QObject):
    """Runs work in order, one piece at a time, on one thread.

    A failure is handed to ``failed`` as the exception itself, so that its sentence can be shown.
    """

    _back = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="background")
        self._closed = False
        self._back.connect(self._deliver)

    def run(
        self, work: Callable[[], T], done: Callable[[T], None], failed: Callable[[Exception], None]
    ) -> None:
        """Do ``work`` there; then call ``done`` with what it returned, or ``failed``, here."""
        if self._closed:
            return

        def ended(future: Future[T]) -> None:
            if future.cancelled() or self._closed:
                return
            error = future.exception()
            if isinstance(error, Exception):
                self._back.emit(lambda: failed(error))
            elif error is None:
                result = future.result()
                self._back.emit(lambda: done(result))

        self._pool.submit(work).add_done_callback(ended)

    def close(self) -> None:
        """Take no more work, and tell of none; what is being done is finished."""
        self._closed = True
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _deliver(self, call: Callable[[], None]) -> None:
        if not self._closed:
            call()

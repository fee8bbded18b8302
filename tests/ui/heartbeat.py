"""Counts how long the window's thread was away: a beat every few milliseconds, and what lay between two.

Two clocks: what passed (*wall*), which a busy machine stretches, and what the thread itself worked (*work*),
which it does not.
"""

import time

from PySide6.QtCore import QObject, Qt, QTimer

BEAT = 4


class Heartbeat(QObject):
    """Beats on the thread it was made on."""

    def __init__(self, parent=None):
        super().__init__(parent)
        self.wall, self.work = [], []
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(BEAT)
        self._timer.timeout.connect(self._beat)

    def start(self):
        self.wall.clear()
        self.work.clear()
        self._last = time.perf_counter(), time.thread_time()
        self._timer.start()

    def stop(self):
        self._timer.stop()

    def _beat(self):
        now = time.perf_counter(), time.thread_time()
        self.wall.append((now[0] - self._last[0]) * 1000 - BEAT)
        self.work.append((now[1] - self._last[1]) * 1000)
        self._last = now

    @staticmethod
    def told(milliseconds):
        """Return the longest, the 99.9th percentile and how many were over 50 ms."""
        ranked = sorted(milliseconds)
        return ranked[-1], ranked[int(len(ranked) * 0.999)], sum(m > 50 for m in ranked)

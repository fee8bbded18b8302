"""Counts how long the window's thread was away: a beat every few milliseconds, and what lay between two.

Two clocks: what passed (*wall*), which a busy machine stretches, and what the thread itself worked (*work*),
which it does not.
"""

import time

from PySide6.QtCore import QObject, QRectF, Qt, QTimer
from PySide6.QtGui import QFont, QImage, QPainter

BEAT = 4
GOAL = 50.0
"""Milliseconds for which the window's thread may be away."""
_PIECE = 8.0


def strain():
    """Return how many times as long this thread takes now for a fixed piece of Python and of painting.

    1 is the quiet machine on which the goal was set: caches and hyperthreads that are shared with others'
    work stretch the thread's own time too, by up to three times.
    """
    began = time.thread_time()
    image = QImage(400, 200, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    font = QFont("Inter")
    for turn in range(100):
        font.setPixelSize(12 + turn % 3)
        painter.setFont(font)
        painter.drawText(QRectF(0, turn, 300, 20), f"{turn} names of a colour")
        sum(place * place for place in range(500))
    painter.end()
    return max(1.0, (time.thread_time() - began) * 1000 / _PIECE)


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
        """Return the longest, the 99.9th percentile and how many were over the goal."""
        ranked = sorted(milliseconds)
        return ranked[-1], ranked[int(len(ranked) * 0.999)], sum(m > GOAL for m in ranked)

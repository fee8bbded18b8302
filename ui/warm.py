"""Makes PySide's classes before another thread asks for them.

PySide makes a class when it is first looked up, and that is not safe on two threads at once: pyqtgraph, which
looks up all of them as it is imported on a thread of its own, took the app down at one start in ten on a busy
machine. So they are looked up here first, on Qt's thread, a few milliseconds at a time.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6 import QtCore, QtGui, QtWidgets
from PySide6.QtCore import QObject, QTimer, Signal

if TYPE_CHECKING:
    from ui.plots.board import PlotBoard

SLICE = 0.006
"""Seconds of looking up between two turns of Qt's loop."""


class Warming(QObject):
    """Looks up every class of the modules that pyqtgraph copies.

    Attributes
    ----------
    done
        All are made; other threads may look them up.
    """

    done = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._left: Iterator[tuple[object, str]] = iter(
            [(module, name) for module in (QtCore, QtGui, QtWidgets) for name in dir(module)]
        )
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._go_on)

    def start(self) -> None:
        """Begin."""
        self._timer.start()

    def _go_on(self) -> None:
        until = time.perf_counter() + SLICE
        for module, name in self._left:
            getattr(module, name, None)
            if time.perf_counter() > until:
                return
        self._timer.stop()
        self.done.emit()


def desktop_moves() -> bool:
    """Ask the desktop whether it wants motion, off Qt's thread: it takes a process or two."""
    from studio.desktop_motion import desktop_moves as moves

    return moves()


def load_plots() -> type[PlotBoard]:
    """Import pyqtgraph off Qt's thread: it takes as long as the window's first frame."""
    from ui.plots.board import PlotBoard

    return PlotBoard

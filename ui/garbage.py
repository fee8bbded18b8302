"""Collects Python's garbage on Qt's thread and no other.

A collection begins on whichever thread happens to make one object too many. On a thread that reads files it
may come upon a closed page whose parts hold each other, and a widget put away outside Qt's thread brings the
app down or leaves two threads waiting for each other for ever.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

EVERY = 500
"""Milliseconds between two looks at how much there is."""

SETTLED = 12
"""Looks after which what is there is the app itself, and is not looked through again: it would take long."""


class Garbage(QObject):
    """Takes over from Python's own collecting until :meth:`end`, by the same thresholds."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._looks = 0
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def end(self) -> None:
        """Let Python collect by itself again."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()

    def _look(self) -> None:
        self._looks += 1
        if self._looks == SETTLED:
            gc.freeze()
        due = [
            generation
            for generation, (count, most) in enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True))
            if count > most
        ]
        if due:
            gc.collect(max(due))

"""Writing where the disk says no: told, and tried again until it says yes."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from engine.durable import DiskError
from engine.events import PhaseEntered
from engine.rundir import RunFolder
from engine.train.ranks import Log

T = TypeVar("T")
PAUSE = 2.0
"""Seconds between two tries."""


def patiently(write: Callable[[], T], folder: RunFolder, writer: Log, step: int) -> T:
    """Write something; where the disk will not have it, say so, rest, and try again until it will.

    Raises
    ------
    DiskError
        If the run is asked to stop meanwhile, or its folder is gone.
    """
    told = ""
    while True:
        try:
            return write()
        except DiskError as error:
            if folder.stop_requested() or not folder.path.exists():
                raise
            if str(error) != told:
                told = str(error)
                note = f"{told} Once that is mended, it goes on by itself."
                writer.write(PhaseEntered(phase="paused", step=step, note=note))
        time.sleep(PAUSE)

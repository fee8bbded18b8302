"""``python -m engine.export``: write one export; see ``engine.export.order``.

Everything is written into a folder beside the place where it will lie, read back and tried there; whoever
ordered it puts it in place. Stopped or failed, nothing is left.
"""

from __future__ import annotations

import os
import sys
import threading
import traceback
from typing import BinaryIO

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import msgspec

from engine.durable import RunError
from engine.export.order import Told, decode_order, encode
from engine.models import BaseError
from engine.service.protocol import Failed, Progress


class _Stopped(Exception):  # noqa: N818
    """Whoever ordered the export no longer wants it."""


def _watch(source: BinaryIO) -> threading.Event:
    """Return what is set once stdin has ended: the order is taken back, or its process has died."""
    ended = threading.Event()

    def read() -> None:
        source.read()
        ended.set()

    threading.Thread(target=read, daemon=True).start()
    return ended


def main() -> int:
    """Read the order, do it, and tell of it; return the exit status."""
    private = os.fdopen(os.dup(1), "wb", buffering=0)
    # Native libraries print.
    os.dup2(2, 1)
    # A file of its own: Python aborts if it must close sys.stdin while another thread waits on it.
    source = os.fdopen(os.dup(0), "rb")

    def send(message: Told) -> None:
        private.write(encode(message))

    try:
        order = decode_order(source.readline())
    except msgspec.DecodeError as error:
        send(Failed(reason=f"This is no order for an export: {error}."))
        return 2
    stopped = _watch(source)

    def tell(note: str, done: float | None) -> None:
        if stopped.is_set():
            raise _Stopped
        send(Progress(note=note, done=done))

    try:
        tell("Starting", None)
        from engine.export.making import make

        send(make(order, tell))
    except _Stopped:
        send(Failed(reason="The export was stopped.", cancelled=True))
        return 1
    except (BaseError, RunError) as error:
        send(Failed(reason=str(error)))
        return 1
    except Exception as error:  # the log has it all; whoever ordered it gets a sentence
        traceback.print_exc()
        said = str(error).strip().splitlines() or [type(error).__name__]
        send(Failed(reason=f"The export failed: {said[0][:200]}"))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

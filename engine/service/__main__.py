"""``python -m engine.service``: name and judge until stdin ends. See ``engine.service.protocol``.

The protocol has stdout to itself: the real one is pointed at stderr, since native libraries print.
"""

from __future__ import annotations

import argparse
import importlib
import os
import queue
import sys
import threading
import time
from typing import TYPE_CHECKING, BinaryIO

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import msgspec

from engine import places
from engine.models import BaseError, find_base
from engine.outside import UNSOUND
from engine.recipe import EMBEDDED_BASE
from engine.service.protocol import (
    Cancel,
    Failed,
    Progress,
    Question,
    Ready,
    Reply,
    decode_request,
    encode,
)
from engine.task import COLOR, TaskError
from engine.task import load as load_task

if TYPE_CHECKING:
    from engine.lm.load import LoadedBase


class _Numbered(msgspec.Struct):
    """What may still be told of a line that is no request."""

    id: int = 0


def _refusal(line: bytes, error: Exception) -> Failed | None:
    """Return the reply to a line that is no request; None if it cannot be told whose it is."""
    try:
        number = msgspec.json.decode(line, type=_Numbered).id
    except UNSOUND:
        return None
    return (
        Failed(id=number, reason=f"The service does not understand this request: {error}.")
        if number
        else None
    )


class _Inbox:
    """Requests as they come, read on a thread of their own so that a cancel overtakes."""

    def __init__(self, source: BinaryIO) -> None:
        self.requests: queue.Queue[Question | Failed | None] = queue.Queue()
        self._cancelled: set[int] = set()
        self._source = source
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self._source:
            try:
                request = decode_request(line)
            except UNSOUND as error:
                print(f"not a request: {error}", file=sys.stderr)
                if refusal := _refusal(line, error):
                    self.requests.put(refusal)
                continue
            if isinstance(request, Cancel):
                self._cancelled.add(request.id)
            else:
                self.requests.put(request)
        self.requests.put(None)

    def cancelled(self, number: int) -> bool:
        """Tell whether the request with this id was taken back."""
        return number in self._cancelled


def _refuse_inexact(loaded: LoadedBase) -> None:
    """Rather name nothing than name wrongly: everything here goes through the shared prefix."""
    from engine.lm.exact import inexact

    prompts = [loaded.prompt(color) for color in loaded.task.held_out_inputs(2)]
    why = "" if loaded.base.embedded else inexact(loaded.primed, prompts, loaded.name_tokens("Quiet Rose"))
    if why:
        raise BaseError(f"{loaded.base.title} cannot name colours in the window yet: {why}.")


def main(arguments: list[str] | None = None) -> int:
    """Serve until stdin ends; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m engine.service", description=__doc__)
    parser.add_argument("--base", default=EMBEDDED_BASE, help="the base's name or folder")
    parser.add_argument("--task", default=COLOR, help="the task's name or file")
    parser.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda", "mps"))
    parser.add_argument("--dtype", default="auto", choices=("auto", "float32", "bfloat16"))
    parser.add_argument("--trains", action="store_true", help="be ready for training steps (the lesson's)")
    options = parser.parse_args(arguments)
    private = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)

    def send(reply: Reply) -> None:
        private.write(encode(reply))

    # A file of its own: Python aborts if it must close sys.stdin while another thread waits for a line.
    inbox = _Inbox(os.fdopen(os.dup(0), "rb"))
    started = time.monotonic()
    send(Progress(note="Starting"))
    try:
        base, task = find_base(options.base), load_task(options.task)
        from engine.judges.build import JudgeBuilder
        from engine.lexicon import Lexicon
        from engine.lm.load import load_base, pick_device, pick_dtype
        from engine.service.server import Server

        device = pick_device(options.device)
        loaded = load_base(
            base,
            device,
            pick_dtype(device, options.dtype),
            lambda note, done: send(Progress(note=note, done=done)),
            task,
        )
        _refuse_inexact(loaded)
        if options.trains:
            send(Progress(note="Preparing the trainer"))
            importlib.import_module("engine.train.lesson")
    except (BaseError, TaskError) as error:
        send(Failed(reason=str(error)))
        return 1
    builder = JudgeBuilder(loaded, Lexicon.load(), places.cache() / "calibrations")
    server = Server(loaded, builder, send, inbox.cancelled)
    dtype = str(loaded.dtype).removeprefix("torch.")
    send(Ready(device=device.type, dtype=dtype, base=base.slug, seconds=time.monotonic() - started))
    while (request := inbox.requests.get()) is not None:
        if isinstance(request, Failed):
            send(request)
        else:
            server.answer(request)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Starts many short trainings fast, and lets each die where it is told to: imports once, then forks.

``zygote.py WARM`` runs the training in the folder WARM, so that what a library does once is done, and then
reads one JSON order a line, ``{"run": …, "log": …, "die": ["torn", 12], "keep": …}``. It answers with the pid
of the training that it forked, waits for it, and answers with its status as ``os.waitpid`` has it. Each
training is ``engine.train`` itself, in a session of its own; only this script, never the product, knows how
to die:

``["fsync", n]``, ``["rename", n]``, ``["renamed", n]``
    at the n-th fsync; before, after the n-th rename.
``["torn", n]``
    half-way through the n-th line of the log.
``["weights", n]``
    half-way through the n-th file of weights.
``["phase", name, n, seconds]``
    so long after the n-th time that the phase is entered.

It also knows what does not kill:

``["refuse", "fsync" or "write", errno, first, last]``
    the disk says no for some calls.
``["room", megabytes]``
    from its first update on it may have so much more memory than it has then.
``["vanish", n, folder, elsewhere]``
    the folder is moved away while the training updates for the n-th time.
"""

import contextlib
import itertools
import json
import os
import resource
import shutil
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import safetensors.torch
import torch

import engine.train.loop
import engine.train.painter
from engine import checkpoint, eventlog
from engine.eventlog import EventWriter
from engine.events import Event, PhaseEntered
from engine.train import __main__ as training
from engine.train import patience, state


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def counted(count: int) -> Callable[[], bool]:
    """Return something to be called again and again that says yes once: at the ``count``-th call."""
    calls = itertools.count(1)
    return lambda: next(calls) == count


def at(count: int, act: Callable[[], None]) -> Callable[[], None]:
    """Return something to be called again and again that acts at the ``count``-th call."""
    due = counted(count)
    return lambda: act() if due() else None


def before(module: Any, name: str, call: Callable[[], None]) -> None:
    plain = getattr(module, name)

    def wrapped(*arguments: Any, **options: Any) -> Any:
        call()
        return plain(*arguments, **options)

    setattr(module, name, wrapped)


def after(module: Any, name: str, call: Callable[[], None]) -> None:
    plain = getattr(module, name)

    def wrapped(*arguments: Any, **options: Any) -> Any:
        out = plain(*arguments, **options)
        call()
        return out

    setattr(module, name, wrapped)


def phase(name: str, count: int, act: Callable[[], None]) -> None:
    """Act as the phase is entered for the ``count``-th time."""
    later, write = at(count, act), EventWriter.write

    def told(self: EventWriter, event: Event) -> Event:
        if isinstance(event, PhaseEntered) and event.phase == name:
            later()
        return write(self, event)

    EventWriter.write = told  # type: ignore[method-assign]


def leave_room(megabytes: int) -> None:
    """Let this process have no more memory than it has now, and so much."""
    now = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    most = now + megabytes * 1_000_000
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def refuse(name: str, code: int, first: int, last: int) -> None:
    """Have the disk say no, from the ``first`` to the ``last`` call."""
    calls, plain = itertools.count(1), getattr(os, name)

    def refused(*arguments: Any) -> Any:
        if first <= next(calls) <= last:
            raise OSError(code, os.strerror(code))
        return plain(*arguments)

    setattr(os, name, refused)
    eventlog.WAIT = patience.PAUSE = 0.02


def arm(kind: str, *rest: Any) -> None:
    """See to it that this process dies at the point that the order names."""
    if kind == "fsync":
        before(os, "fsync", at(rest[0], die))
    elif kind in ("rename", "renamed"):
        call = at(rest[0], die)
        for name in ("rename", "replace"):
            (before if kind == "rename" else after)(Path, name, call)
    elif kind == "torn":
        plain = os.write
        torn = counted(rest[0])

        def half(descriptor: int, data: bytes | memoryview) -> int:
            if torn() and plain(descriptor, bytes(data)[: len(data) // 2]):
                die()
            return plain(descriptor, data)

        os.write = half  # type: ignore[assignment]
    elif kind == "weights":
        save, due = safetensors.torch.save_file, counted(rest[0])

        def cut(tensors: Any, path: Any, *more: Any) -> None:
            save(tensors, path, *more)
            if due():
                os.truncate(path, Path(path).stat().st_size // 2)
                die()

        for module in (safetensors.torch, state, engine.train.painter):
            module.save_file = cut  # type: ignore[attr-defined]
    elif kind == "refuse":
        refuse(*rest)
    elif kind == "room":
        phase("updating", 1, lambda: leave_room(rest[0]))
    elif kind == "vanish":
        phase("updating", rest[0], lambda: Path(rest[1]).rename(rest[2]))
    elif kind == "phase":
        name, count, seconds = rest
        phase(name, count, lambda: threading.Timer(seconds, die).start())
    else:
        raise ValueError(kind)


def keep(folder: Path) -> None:
    """Copy every checkpoint that is made."""
    commit = checkpoint.commit

    def kept(*arguments: Any, **options: Any) -> Path:
        made = commit(*arguments, **options)
        shutil.copytree(made, folder / made.name)
        return made

    checkpoint.commit = kept


def train(order: dict[str, Any]) -> int:
    os.setsid()
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(log, 1)
    os.dup2(log, 2)
    if order.get("die"):
        arm(*order["die"])
    if order.get("keep"):
        keep(Path(order["keep"]))
    return training.main([order["run"]])


def main() -> None:
    torch.set_num_threads(1)
    with contextlib.redirect_stdout(sys.stderr):
        training.main([sys.argv[1]])
    for line in sys.stdin:
        order = json.loads(line)
        sys.stdout.flush()
        pid = os.fork()
        if pid == 0:
            code = 70
            try:
                code = train(order)
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(code)
        print(pid, flush=True)
        print(os.waitpid(pid, 0)[1], flush=True)


if __name__ == "__main__":
    main()

"""A run's event log: one writer that appends whole lines, any number of readers that tail by byte offset.

A line is an event; a tail without a newline is an event that is still being written, or one that a dying
writer left torn. Readers leave it for later, and the next writer cuts it off.
"""

from __future__ import annotations

import contextlib
import math
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec

from engine.durable import FULL, FileLock, Reserve, disk_error
from engine.events import (
    CheckpointSaved,
    Event,
    PhaseEntered,
    RunFinished,
    RunStarted,
    Warned,
    decode,
    encode,
)
from engine.outside import UNSOUND

_BLOCK = 1 << 16
WAIT = 1.0
"""Seconds between two looks at whether a full disk has room again."""
NO_ROOM = "The disk is full: free some space, and it goes on by itself"


class Tail(msgspec.Struct, frozen=True):
    """What was new in the log.

    Attributes
    ----------
    events
        The events that could be read, in order.
    offset
        Where to go on from: the end of the last whole line.
    unknown
        How many lines were not understood (a newer version's events, or damage).
    more
        Whether whole lines may be left, because ``limit`` was reached.
    """

    events: list[Event]
    offset: int
    unknown: int = 0
    more: bool = False


def read(path: Path, offset: int = 0, limit: int | None = None) -> Tail:
    """Read whole lines from a byte offset on.

    Parameters
    ----------
    path
        The log; one that does not exist yet is empty.
    offset
        In bytes, as an earlier :class:`Tail` gave it.
    limit
        Read at most about this many bytes (a line is never cut); ``None`` reads to the last newline.

    Raises
    ------
    RunError
        If the log is there but cannot be read.
    """
    lines, more = read_lines(path, offset, limit)
    events: list[Event] = []
    unknown = 0
    for line in lines:
        event = decode(line)
        if event is not None:
            events.append(event)
        elif line.strip():
            unknown += 1
    return Tail(events, offset + sum(map(len, lines)) + len(lines), unknown, more)


def read_lines(path: Path, offset: int = 0, limit: int | None = None) -> tuple[list[bytes], bool]:
    """Read whole lines without their newlines, and tell whether some may be left; see :func:`read`."""
    try:
        with path.open("rb") as file:
            file.seek(offset)
            data = file.read() if limit is None else file.read(limit)
            full = limit is not None and len(data) == limit
            while full and b"\n" not in data and (block := file.read(_BLOCK)):
                data += block
    except FileNotFoundError:
        return [], False
    except OSError as error:
        raise disk_error(error, "read the run's events") from error
    lines = data.split(b"\n")
    lines.pop()  # what follows the last newline is still being written
    return lines, full and bool(lines)


def recent(path: Path, size: int) -> list[Event]:
    """Return the events of the log's last whole lines, about ``size`` bytes of them.

    For what only the end can tell (how did it end, at which step) without reading a long log whole.
    """
    try:
        start = max(0, path.stat().st_size - size)
        # From one byte earlier, so that a line that begins exactly at `start` is known to begin there.
        with path.open("rb") as file:
            file.seek(max(0, start - 1))
            head = file.readline() if start else b""
            start = max(0, start - 1) + len(head)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise disk_error(error, "read the run's events") from error
    return read(path, start).events


class _Stamp(msgspec.Struct):
    seq: int
    attempt: int = 1


_stamps = msgspec.json.Decoder(_Stamp)


def _backwards(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield the whole lines from the last to the first, each with the offset of its end."""
    with path.open("rb") as file:
        position = file.seek(0, os.SEEK_END)
        rest = b""
        end: int | None = None
        while position > 0:
            step = min(_BLOCK, position)
            position -= step
            file.seek(position)
            rest = file.read(step) + rest
            if end is None:
                cut = rest.rfind(b"\n")
                if cut < 0:
                    rest = b""  # all torn so far
                    continue
                rest, end = rest[:cut], position + cut + 1
            while (cut := rest.rfind(b"\n")) >= 0:
                line, rest = rest[cut + 1 :], rest[:cut]
                yield end, line
                end -= len(line) + 1
        if end is not None:
            yield end, rest


def last_stamp(path: Path) -> tuple[int, int, int]:
    """Return ``(seq, attempt, end)``: the last event's numbers and where the last whole line ends.

    Zeros for a log that is missing or empty.
    """
    end = 0
    try:
        for line_end, line in _backwards(path):
            end = max(end, line_end)
            try:
                stamp = _stamps.decode(line)
            except UNSOUND:
                continue  # damage: an earlier line will know
            return stamp.seq, stamp.attempt, end
    except FileNotFoundError:
        pass
    except OSError as error:
        raise disk_error(error, "read the run's events") from error
    return 0, 0, end


def _default(value: msgspec.Struct, field: str) -> Any:
    found = next(each.default for each in msgspec.structs.fields(value) if each.name == field)
    return 0.0 if found is msgspec.NODEFAULT else found


def _finite(value: Any, name: str, dropped: list[str]) -> Any:
    """Return ``value`` without its non-finite numbers; ``dropped`` gathers the names of the fields concerned.

    ``None`` stands for a number that is left out. Of a dict the key goes; a sequence of numbers goes whole,
    since its places mean something; of a struct the field takes its default.
    """
    if isinstance(value, float):
        if math.isfinite(value):
            return value
        dropped.append(name)
        return None
    if isinstance(value, dict):
        kept = {key: _finite(item, f"{name} of {key}", dropped) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item is not None}
    if isinstance(value, tuple):
        items = tuple(_finite(item, name, dropped) for item in value)
        return () if any(item is None for item in items) else items
    if isinstance(value, msgspec.Struct):
        changes: dict[str, Any] = {}
        for field in value.__struct_fields__:
            before = getattr(value, field)
            if before is None or isinstance(before, str | int):
                continue
            at = len(dropped)
            after = _finite(before, field.replace("_", " "), dropped)
            if len(dropped) > at:
                changes[field] = _default(value, field) if after is None else after
        return msgspec.structs.replace(value, **changes) if changes else value
    return value


class EventWriter:
    """The one writer of a run's log. Use it in a ``with``, or close it.

    Where the disk is full it says so, in room that was kept for that, and waits until there is some again
    or ``given_up`` says that nobody wants it to: whoever writes only finds that it took a while.

    Attributes
    ----------
    attempt
        The number of this attempt, from 1.
    """

    def __init__(
        self,
        log: Path,
        lock: Path,
        clock: Callable[[], float] = time.time,
        given_up: Callable[[], bool] = lambda: False,
    ) -> None:
        """Take the lock, cut off a torn tail, and go on counting where the last writer left off.

        Raises
        ------
        RunBusy
            If another process writes this log.
        RunError
            If the log cannot be written.
        """
        try:
            self._lock = FileLock(lock)
        except OSError as error:
            raise disk_error(error, "write the run's events") from error
        try:
            self._seq, last_attempt, self._end = last_stamp(log)
            # No O_APPEND: each write begins where the last whole one ended, so that a write that
            # failed half-way (a full disk) is written over, never glued to the next event.
            self._descriptor = os.open(log, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o644)
            os.ftruncate(self._descriptor, self._end)
        except OSError as error:
            self._lock.close()
            raise disk_error(error, "write the run's events") from error
        self._clock, self._given_up = clock, given_up
        self._reserve = Reserve(log.with_name("reserve"))
        self._reserve.fill()
        self.attempt = last_attempt + 1

    @property
    def size(self) -> int:
        """How long the log is, in bytes."""
        return self._end

    def write(self, event: Event) -> Event:
        """Append one event, stamped with its number, time and attempt, and return it as written.

        Numbers that are not finite become absent, and a :class:`Warned` after the event says so. The
        beginning and end of an attempt and its checkpoints are on the disk when this returns; all
        other events are with the system, and outlive this process but not a power cut.

        Raises
        ------
        RunError
            If the log cannot be written.
        """
        dropped: list[str] = []
        clean: Event = _finite(event, "", dropped)
        written = self._append(clean)
        if dropped:
            what = ", ".join(dict.fromkeys(dropped))
            step = getattr(event, "step", 0)
            self._append(Warned(message=f"Left out because it was not a finite number: {what}.", step=step))
        return written

    def _append(self, event: Event) -> Event:
        last = isinstance(event, RunFinished)
        tries = 0
        while True:
            tries += 1
            try:
                return self._put(event)
            except OSError as error:
                hopeless = tries > 1 if last else self._given_up()
                if hopeless or error.errno not in FULL:
                    raise disk_error(error, "write the run's events") from error
            self._reserve.free()
            if not last:
                self._wait(getattr(event, "step", 0))

    def _wait(self, step: int) -> None:
        """Say that there is no room, and wait until there is."""
        with contextlib.suppress(OSError):  # somebody else took what was kept
            self._put(PhaseEntered(phase="paused", step=step, note=NO_ROOM))
        while not self._reserve.fill() and not self._given_up():
            time.sleep(WAIT)

    def _put(self, event: Event) -> Event:
        stamped = msgspec.structs.replace(event, seq=self._seq + 1, time=self._clock(), attempt=self.attempt)
        data = encode(stamped)
        os.lseek(self._descriptor, self._end, os.SEEK_SET)
        view = memoryview(data)
        while view:
            view = view[os.write(self._descriptor, view) :]
        if isinstance(stamped, RunStarted | CheckpointSaved | RunFinished):
            os.fsync(self._descriptor)
        self._seq += 1
        self._end += len(data)
        return stamped

    def close(self) -> None:
        """Let go of the log and its lock; a second call does nothing."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
            self._reserve.free()
        self._lock.close()

    def __enter__(self) -> EventWriter:
        """Return the writer itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()

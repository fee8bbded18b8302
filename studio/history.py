"""A long log, read fast: what the curves need at once, the groups where they lie until somebody asks.

A step tells a few hundred bytes of numbers and some twenty thousand of groups, of which a view keeps the
latest. The log only ever grows, so that where a step's groups lie is where they stay.
"""

from __future__ import annotations

import re

from engine import eventlog
from engine.eventlog import Tail
from engine.events import Event, GroupPainted, RunStarted, decode
from engine.rundir import RunFolder
from studio.views.run import KEEP_GROUPS

# A line begins with its tag, and a group's step stands among its first few numbers.
_GROUP = b'{"event":"GroupPainted"'
_PHASE = b'{"event":"PhaseEntered"'
_ORDINARY = re.compile(rb'"phase":"(?:sampling|judging|updating|saving|evaluating)"')
_STEP = re.compile(rb'"step":(\d+)')
_HEAD = 200


class GroupPlaces:
    """Where in a log each step's groups lie; filled by :func:`skim`, from the log's beginning on."""

    def __init__(self) -> None:
        self._spans: dict[int, tuple[int, int]] = {}

    @property
    def steps(self) -> list[int]:
        """The steps that told of groups, as they came."""
        return list(self._spans)

    def note(self, step: int, start: int, end: int) -> None:
        """Take note of a group's line, from ``start`` to ``end``, its newline excluded."""
        begun = self._spans.get(step)
        self._spans[step] = (begun[0] if begun else start, end)

    def drop_after(self, step: int) -> None:
        """Forget later steps: a resumed attempt tells of them again."""
        self._spans = {at: span for at, span in self._spans.items() if at <= step}

    def read(self, folder: RunFolder, step: int) -> tuple[GroupPainted, ...]:
        """Return a step's groups in the order they were told; none if it told of none.

        Raises
        ------
        RunError
            If the log cannot be read.
        """
        if step not in self._spans:
            return ()
        start, end = self._spans[step]
        lines, _ = eventlog.read_lines(folder.events_path, start, end - start + 1)
        events = map(decode, lines)
        return tuple(event for event in events if isinstance(event, GroupPainted) and event.step == step)


def skim(folder: RunFolder, offset: int, limit: int | None, places: GroupPlaces) -> Tail:
    """Read on in a log as :meth:`engine.rundir.RunFolder.tail` does, but decode few of its groups.

    A view that is folded from these events is the same as from all: it keeps the groups of the latest
    steps, and those are here.

    Parameters
    ----------
    folder, offset, limit
        The run, and where and how far to read, in bytes.
    places
        Takes note of where all groups lie.
    """
    lines, more = eventlog.read_lines(folder.events_path, offset, limit)
    # (a group's step or 0, the event or a line still to decode)
    read: list[tuple[int, Event | bytes | None]] = []
    unknown = 0
    ordinary, last = False, -1
    for line in lines:
        end = offset + len(line)
        told = _STEP.search(line, 0, _HEAD) if line.startswith(_GROUP) else None
        if told is not None:
            step = int(told[1])
            places.note(step, offset, end)
            read.append((step, line))
        elif line.startswith(_PHASE):
            # Of ordinary phases that follow one another only the last is ever seen. What follows a pause
            # or a loading, or may do so in an earlier piece, is looked at.
            follows, ordinary = ordinary, _ORDINARY.search(line, 0, _HEAD) is not None
            if follows and ordinary and last >= 0:
                read[last] = (0, None)
            last = len(read) if follows and ordinary else -1
            read.append((0, line))
        elif (event := decode(line)) is not None:
            if isinstance(event, RunStarted):
                places.drop_after(event.resumed_from)
            read.append((0, event))
        elif line.strip():
            unknown += 1
        offset = end + 1
    latest = set(sorted({step for step, _ in read if step})[-KEEP_GROUPS:])
    events: list[Event] = []
    for step, item in read:
        if item is None or (step and step not in latest):
            continue
        known = decode(item) if isinstance(item, bytes) else item
        if known is not None:
            events.append(known)
        else:
            unknown += 1
    return Tail(events, offset, unknown, more)

"""An event log on a disk that fills up: it says so, waits, and loses nothing."""

import errno
import os
from pathlib import Path

import pytest

from engine import durable, eventlog
from engine.durable import DiskError, Reserve, RunError
from engine.eventlog import NO_ROOM, EventWriter
from engine.events import PhaseEntered, RunFinished, StepFinished


class Disk:
    """So many bytes of room, for what ``os.write`` and :class:`Reserve` write."""

    def __init__(self, room: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self.room, self.reserved, self.waits = room, False, 0
        self._write = os.write
        monkeypatch.setattr(os, "write", self.write)
        monkeypatch.setattr(Reserve, "fill", lambda _: self.fill())
        monkeypatch.setattr(Reserve, "free", lambda _: self.free())
        monkeypatch.setattr(eventlog.time, "sleep", self.sleep)

    def write(self, descriptor: int, data: memoryview) -> int:
        if not self.room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        # As a real disk does: what still fits is written, then there is no more.
        done = self._write(descriptor, bytes(data)[: self.room])
        self.room -= done
        return done

    def fill(self) -> bool:
        if not self.reserved and self.room >= Reserve.SIZE:
            self.room -= Reserve.SIZE
            self.reserved = True
        return self.reserved

    def free(self) -> None:
        self.room += Reserve.SIZE if self.reserved else 0
        self.reserved = False

    def sleep(self, seconds: float) -> None:
        self.waits += 1
        if self.waits == 3:
            self.room += 1 << 20


def writer_in(folder: Path, **more: object) -> EventWriter:
    return EventWriter(folder / "events.jsonl", folder / "writer.lock", **more)  # type: ignore[arg-type]


def write_steps(writer: EventWriter) -> None:
    for step in range(1, 40):
        writer.write(StepFinished(step=step))


def test_a_full_disk_is_told_of_and_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = Disk(Reserve.SIZE + 1000, monkeypatch)
    with writer_in(tmp_path) as writer:
        write_steps(writer)
        writer.write(RunFinished(outcome="completed", step=39))
    assert disk.waits == 3
    tail = eventlog.read(tmp_path / "events.jsonl")
    assert tail.unknown == 0
    assert [event.seq for event in tail.events] == list(range(1, len(tail.events) + 1))
    steps = [event.step for event in tail.events if isinstance(event, StepFinished)]
    assert steps == list(range(1, 40))
    (paused,) = [event for event in tail.events if isinstance(event, PhaseEntered)]
    assert (paused.phase, paused.note) == ("paused", NO_ROOM)


def test_one_who_is_asked_to_stop_waits_no_longer_and_has_a_last_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = Disk(Reserve.SIZE + 100, monkeypatch)
    with writer_in(tmp_path, given_up=lambda: disk.waits == 2) as writer:
        write_steps(writer)  # into what was kept: whoever writes looks at the wish to stop itself
        writer.write(RunFinished(outcome="failed", step=0, reason="The disk is full."))
    assert disk.waits == 2
    events = eventlog.read(tmp_path / "events.jsonl").events
    assert isinstance(events[-1], RunFinished)


def test_one_who_is_asked_to_stop_when_nothing_is_left_gets_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = Disk(100, monkeypatch)
    with (
        writer_in(tmp_path, given_up=lambda: disk.waits == 2) as writer,
        pytest.raises(DiskError, match="the disk is full; free some space"),
    ):
        write_steps(writer)
    assert disk.waits == 2


def test_a_last_word_that_finds_no_room_is_an_error_and_no_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = Disk(0, monkeypatch)
    with writer_in(tmp_path) as writer, pytest.raises(RunError, match="the disk is full"):
        writer.write(RunFinished(outcome="failed", step=0))
    assert disk.waits == 0


def test_the_room_is_kept_while_a_log_is_written_and_given_back(tmp_path: Path) -> None:
    kept = tmp_path / "reserve"
    with writer_in(tmp_path):
        assert kept.stat().st_size == Reserve.SIZE
    assert not kept.exists()
    reserve = Reserve(tmp_path / "nowhere" / "reserve")
    assert not reserve.fill()
    reserve.free()


def test_a_clock_that_is_set_back_changes_no_order(tmp_path: Path) -> None:
    times = iter([1000.0, 1060.0, 400.0, 460.0])
    with writer_in(tmp_path, clock=lambda: next(times)) as writer:
        for step in range(1, 5):
            writer.write(StepFinished(step=step, seconds=60.0, rollouts=10, reward=0.5))
    events = eventlog.read(tmp_path / "events.jsonl").events
    assert [event.time for event in events] == [1000.0, 1060.0, 400.0, 460.0]
    assert [event.seq for event in events] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (errno.ENOSPC, "the disk is full; free some space"),
        (errno.EROFS, "the disk is read-only; choose another folder"),
        (errno.EACCES, "may not be written to; check its rights"),
        (errno.EIO, "Input/output error"),
    ],
)
def test_every_no_of_the_disk_is_one_sentence(code: int, words: str) -> None:
    said = str(durable.disk_error(OSError(code, os.strerror(code), "/a/file"), "save"))
    assert said.startswith("Could not save: ")
    assert words in said
    assert said.endswith(" (/a/file).")

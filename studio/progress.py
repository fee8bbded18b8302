"""Set-up's one live line, and the running of a command under it. Standard library only.

On a terminal a line is redrawn in place; elsewhere a stage says when it is done, and every while where it is.
"""

from __future__ import annotations

import contextlib
import queue
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TextIO

FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
QUIET = 20.0  # seconds between words where nothing can be redrawn
TICK = 0.1


class Run(Protocol):
    """Runs a command; returns its exit status, tells each line of its output, ticks while it runs."""

    def __call__(
        self, command: Sequence[str], on_line: Callable[[str], None], tick: Callable[[], None], /
    ) -> int:
        """Run it; see the class."""
        ...


class Tick(Protocol):
    """Redraws the live line, with another note when one is given."""

    def __call__(self, note: str = "", /) -> None:
        """Redraw; see the class."""
        ...


def run_streaming(command: Sequence[str], on_line: Callable[[str], None], tick: Callable[[], None]) -> int:
    """Run a command with its output, errors included, as lines; 127 if it cannot be run at all."""
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        )
    except OSError as error:
        on_line(str(error))
        return 127
    lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    reader = threading.Thread(target=_read, args=(process, lines), daemon=True)
    reader.start()
    try:
        while True:
            try:
                line = lines.get(timeout=TICK)
                if line is None:
                    return process.wait()
                on_line(line)
            except queue.Empty:
                pass  # nothing was said, but time went by
            tick()
    except BaseException:
        # Ctrl-C above all: pip must not go on writing into the environment behind our back.
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
        process.kill()
        raise


def _read(process: subprocess.Popen[str], lines: queue.SimpleQueue[str | None]) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        lines.put(line.rstrip("\n"))
    lines.put(None)


class Live:
    """Shows stages on a stream.

    Parameters
    ----------
    stream
        Where; colours and redrawing only if it is a terminal.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._terminal = stream.isatty()
        self._fancy = _can_say(stream, FRAMES + "✓✗")

    def say(self, text: str) -> None:
        """Print a line."""
        self._stream.write(text + "\n")
        self._stream.flush()

    @contextlib.contextmanager
    def stage(self, name: str) -> Iterator[Tick]:
        """Show a stage while the block runs; yields what redraws its line."""
        began = last = time.monotonic()
        note, frame = "", 0

        def tick(said: str = "") -> None:
            nonlocal note, frame, last
            note = said or note
            now = time.monotonic()
            if self._terminal:
                mark = FRAMES[frame % len(FRAMES)] if self._fancy else "-"
                frame += 1
                self._draw(_line(mark, name, note, now - began))
            elif now - last > QUIET:
                last = now
                self.say(_line(" ", name, note, now - began))

        tick()
        try:
            yield tick
        except BaseException:
            self._finish(_line("✗" if self._fancy else "x", name, note, time.monotonic() - began))
            raise
        self._finish(_line("✓" if self._fancy else "+", name, note, time.monotonic() - began))

    def _draw(self, line: str) -> None:
        width = shutil.get_terminal_size().columns - 1
        self._stream.write("\r\x1b[2K" + line[:width])
        self._stream.flush()

    def _finish(self, line: str) -> None:
        if self._terminal:
            self._draw(line)
            self.say("")
        else:
            self.say(line)


def _line(mark: str, name: str, note: str, seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{mark} {name:<14} {minutes}:{rest:02}  {note}".rstrip()


def _can_say(stream: TextIO, text: str) -> bool:
    try:
        text.encode(stream.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True

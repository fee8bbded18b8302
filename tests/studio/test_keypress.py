"""Decisions from a real pseudo-terminal, key by key, and from plain lines."""

import io
import os
import sys
import threading
import time

import pytest

from studio.commands.keypress import Decisions

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX's")


def test_keys_of_a_terminal() -> None:
    import pty
    import termios

    ours, theirs = pty.openpty()

    def press() -> None:
        for key in (b"\x1b[D", b"\x1b[C", b"\x1b[A", b"\x1bOD", b"x", b"1", b"2", b"S", b"\x1b[B", b"q"):
            time.sleep(0.05)
            os.write(ours, key)

    with open(theirs, closefd=False) as terminal:
        before = termios.tcgetattr(theirs)
        decisions = Decisions(terminal)
        assert decisions.keys
        typist = threading.Thread(target=press)
        typist.start()
        said = [decisions.next() for _ in range(8)]
        typist.join()
        assert said == ["left", "right", "skip", "left", "left", "right", "skip", "end"]
        assert termios.tcgetattr(theirs) == before
        os.close(ours)
        # A terminal that is gone ends it.
        assert decisions.next() == "end"


def test_lines_of_a_pipe() -> None:
    decisions = Decisions(io.StringIO("1\n 2 \nwhat?\n\nS\nq\n1\n"))
    assert not decisions.keys
    assert [decisions.next() for _ in range(4)] == ["left", "right", "skip", "end"]
    assert Decisions(io.StringIO("")).next() == "end"

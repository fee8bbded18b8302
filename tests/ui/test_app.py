"""The app as a process: it shows its window, and brings none of the heavy libraries along."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("first_frame.py")


def test_the_window_shows_and_no_torch_is_in_its_process(home):
    done = subprocess.run(
        [sys.executable, str(SCRIPT), str(time.time())],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["visible"]
    assert told["early"] == []
    assert told["heavy"] == []
    # The aim is a second on a quiet machine, see tests/bench/startup.py; this only catches the absurd.
    assert told["seconds"] < 20


@pytest.mark.parametrize("wish", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_closes_the_window_and_what_should_be_is_remembered(home, wish):
    app = subprocess.Popen(
        [sys.executable, str(SCRIPT), str(time.time()), "stay"],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert app.stdout.readline()  # it is shown
    app.send_signal(wish)
    _, said = app.communicate(timeout=60)
    assert (app.returncode, said) == (0, "")
    assert (home / "settings.toml").exists()

"""What every child process of the app needs alike: its environment, its own session, and how it ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO, Any

TAIL = 8_000


def project_root() -> Path:
    """Return the folder that holds ``engine`` and ``studio``."""
    return Path(__file__).resolve().parent.parent


def child_environment() -> dict[str, str]:
    """Return this process's environment, in which ``-m engine.…`` works from whatever folder, in UTF-8."""
    environment = dict(os.environ)
    paths = [str(project_root()), *filter(None, environment.get("PYTHONPATH", "").split(os.pathsep))]
    environment["PYTHONPATH"] = os.pathsep.join(dict.fromkeys(paths))
    environment["PYTHONUTF8"] = "1"
    # OpenMP threads that wait by spinning keep the cores from whoever they wait for: beside a training,
    # names took ten times as long.
    environment.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    environment.setdefault("KMP_BLOCKTIME", "0")
    return environment


def own_session() -> dict[str, Any]:
    """Return ``Popen`` options that keep a terminal's Ctrl-C, and its closing, away from the child."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    return {"start_new_session": True}


def open_log(path: Path, limit: int) -> IO[bytes]:
    """Open a child's log to be written on, anew when it has more than ``limit`` bytes.

    A home that cannot be written is no reason not to have the child: what it says goes nowhere then.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        grown = path.exists() and path.stat().st_size > limit
        return path.open("wb" if grown else "ab")
    except OSError:
        return Path(os.devnull).open("wb")


def how_it_ended(code: int, log: Path) -> str:
    """Say in a clause how a child ended, with the last line of its log when it failed by itself.

    Parameters
    ----------
    code
        The return code; negative for a signal, as ``subprocess`` has it.
    log
        Where its stderr went.
    """
    if code == 0:
        return "it ended by itself"
    if code < 0:
        if -code == getattr(signal, "SIGKILL", 9):
            return "it was killed, perhaps because memory ran out"
        try:
            return f"it was ended by {signal.Signals(-code).name}"
        except ValueError:
            return f"it was ended by signal {-code}"
    said = last_line(log)
    return f"exit code {code}: {said}" if said else f"exit code {code}"


def last_line(log: Path) -> str:
    """Return the last line of a log that says anything, at most 300 characters of it."""
    try:
        with log.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - TAIL))
            lines = file.read().decode("utf-8", "replace").splitlines()
    except OSError:
        return ""
    spoken = [line.strip() for line in lines if line.strip()]
    return spoken[-1][:300] if spoken else ""

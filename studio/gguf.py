"""llama.cpp's Python package, an extra that is tried last and in the background.

PyPI has it as source only, so getting it means compiling for minutes. Nobody should wait for that: after
set-up it is compiled at the lowest priority, by one process, while the app is already open. How it went is
kept in ``gguf.json`` in the environment for ``doctor``. The app works without it.

``PAINTER_STUDIO_GGUF=0`` leaves it out; so does ``CI``.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from engine.durable import FileLock, RunBusy, write_whole
from studio.bootstrap import GGUF_SETTLED, ROOT, gguf_requirements, python_of
from studio.children import own_session

STATE = "gguf.json"
LOCK = "gguf.lock"
LOG = "gguf.log"
COMPILERS = ("c++", "g++", "clang++", "cl")
ATTEMPTS = 2


def is_due(venv: Path) -> bool:
    """Tell whether it was never tried, or its compilation broke off (the computer was switched off, say)."""
    if os.environ.get("PAINTER_STUDIO_GGUF") == "0" or os.environ.get("CI"):
        return False
    state, _, attempts = read(venv)
    return state == "" or (state == "building" and attempts < ATTEMPTS and not is_building(venv))


def begin(root: Path, venv: Path) -> str:
    """Begin to compile it in a process of its own, and return a line for people; empty if none is needed."""
    try:
        if any(venv.glob("[Ll]ib/**/site-packages/llama_cpp/__init__.py")):
            _write(venv, "on", "")
        elif not any(shutil.which(name) for name in COMPILERS):
            _write(venv, "off", "there is no C++ compiler")
        else:
            _write(venv, "building", "", read(venv)[2] + 1)
            subprocess.Popen(
                [str(python_of(venv)), "-P", "-m", "studio.gguf", str(root), str(venv)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                **own_session(),
            )
            return "llama.cpp, an extra for judges in GGUF files, is being compiled in the background."
    except OSError:
        pass  # an extra must not stand in the way of the start; `doctor` says that it is off
    return ""


def build(root: Path, venv: Path) -> None:
    """Compile and install it; how it went goes to ``gguf.json``, the compiler's words to ``gguf.log``."""
    try:
        lock = FileLock(venv / LOCK)
    except RunBusy:
        return  # another start was quicker
    if sys.platform != "win32":
        os.nice(19)
    # One job at a time: the person at this computer is about to train on it.
    environment = {**os.environ, "CMAKE_BUILD_PARALLEL_LEVEL": "1", "PIP_USER": "0", "PIP_NO_INPUT": "1"}
    command = [str(python_of(venv)), "-I", "-m", "pip", "install", *gguf_requirements(root)]
    with (venv / LOG).open("wb") as log:
        done = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
        )
    if done.returncode == 0:
        _write(venv, "on", "")
    else:
        _write(venv, "off", f"it could not be compiled; {venv / LOG} says why")
    lock.close()


def read(venv: Path) -> tuple[str, str, int]:
    """Return the state (``on``, ``off``, ``building``, empty if never tried), the reason, the attempts."""
    try:
        data = json.loads((venv / STATE).read_text("utf-8"))
        return str(data["state"]), str(data["why"]), int(data["attempts"])
    except (OSError, ValueError, KeyError, TypeError):
        return "", "", 0


def report(venv: Path) -> tuple[bool, str]:
    """Return whether llama.cpp is there, and a sentence on that for ``doctor``."""
    if importlib.util.find_spec("llama_cpp") is not None:
        return True, "On."
    requirement = " ".join(f'"{one}"' for one in gguf_requirements(ROOT))
    how = f"install a C++ compiler and run {sys.executable} -m pip install {requirement}"
    state, why, _ = read(venv)
    if state == "building" and is_building(venv):
        return False, "Off: it is being compiled in the background, which takes minutes."
    return False, f"Off: {why or 'it is an extra that was not installed'}. To get it, {how}."


def is_building(venv: Path) -> bool:
    """Tell whether a process is compiling it now."""
    try:
        began = json.loads((venv / STATE).read_text("utf-8"))["time"]
        FileLock(venv / LOCK).close()
    except RunBusy:
        return True
    except (OSError, ValueError, KeyError):
        return False
    # Between being started and taking the lock the process is loading.
    return bool(time.time() - began < 10)


def _write(venv: Path, state: str, why: str, attempts: int = 1) -> None:
    data = {"state": state, "why": why, "attempts": attempts, "time": time.time()}
    write_whole(venv / STATE, json.dumps(data).encode())
    if state in ("on", "off"):
        (venv / GGUF_SETTLED).touch()


if __name__ == "__main__":
    build(Path(sys.argv[1]), Path(sys.argv[2]))

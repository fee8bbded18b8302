"""llama.cpp's Python package, an extra that is tried last and in the background.

PyPI has it as source only, so getting it means compiling for minutes. Nobody should wait for that: after
set-up it is compiled at the lowest priority, by one process, while the app is already open. How it went is
kept in ``gguf.json`` in the environment for ``doctor``. The app works without it.

Only opening the window begins it. ``PAINTER_STUDIO_GGUF=0`` leaves it out; so does ``CI``.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from engine.durable import FileLock, RunBusy, write_whole
from engine.outside import UNSOUND
from studio.bootstrap import GGUF_SETTLED, ROOT, gguf_requirements, python_of, site_packages
from studio.bootstrap import LOCK as SETUP_LOCK
from studio.children import own_session
from studio.installer import forget_half_installed

STATE = "gguf.json"
LOCK = "gguf.lock"
LOG = "gguf.log"
WHEELS = "gguf-wheels"
NO_COMPILER = "there is no C++ compiler"
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
        if _is_whole(venv):
            _write(venv, "on", "")
        elif not any(shutil.which(name) for name in COMPILERS):
            _write(venv, "off", NO_COMPILER)
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


def build(root: Path, venv: Path, run: Callable[[list[str], IO[bytes]], int] | None = None) -> None:
    """Compile and install it; how it went goes to ``gguf.json``, the compiler's words to ``gguf.log``.

    The long part makes a wheel beside the environment's packages; only then, and under set-up's own lock,
    is that installed, within seconds. Broken off in the first, nothing is there; broken off in the second,
    the next attempt clears away the half. A compilation that was killed counts as broken off, not as failed.

    Parameters
    ----------
    run
        Runs a command with its output in a file; tests hand in their own.
    """
    run = _run if run is None else run
    try:
        lock = FileLock(venv / LOCK)
    except RunBusy:
        return  # another start was quicker
    pip = [str(python_of(venv)), "-I", "-m", "pip"]
    wheels = venv / WHEELS
    shutil.rmtree(wheels, ignore_errors=True)
    with (venv / LOG).open("wb") as log:
        code = run([*pip, "wheel", "--no-deps", "--wheel-dir", str(wheels), *gguf_requirements(root)], log)
        if code == 0:
            with _no_set_up(venv):
                forget_half_installed(venv)
                code = run([*pip, "install", "--no-user", *map(str, sorted(wheels.glob("*.whl")))], log)
    shutil.rmtree(wheels, ignore_errors=True)
    if code == 0:
        _write(venv, "on", "")
    elif code > 0 or read(venv)[2] >= ATTEMPTS:
        _write(venv, "off", f"it could not be compiled; {venv / LOG} says why", read(venv)[2])
    lock.close()


def _run(command: list[str], log: IO[bytes]) -> int:
    # One job at a time: the person at this computer is about to train on it.
    one_job = {"CMAKE_BUILD_PARALLEL_LEVEL": "1", "MAKEFLAGS": "-j1"}
    environment = {**os.environ, **one_job, "PIP_USER": "0", "PIP_NO_INPUT": "1"}
    return subprocess.run(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
    ).returncode


@contextlib.contextmanager
def _no_set_up(venv: Path) -> Iterator[None]:
    """Keep set-up's pip out of the environment, after waiting for one that is at work."""
    while True:
        try:
            lock = FileLock(venv / SETUP_LOCK)
            break
        except RunBusy:
            time.sleep(1.0)
    try:
        yield
    finally:
        lock.close()


def _is_whole(venv: Path) -> bool:
    """Tell whether pip finished installing it."""
    return any(site_packages(venv).glob("llama_cpp_python-*.dist-info/INSTALLER"))


def read(venv: Path) -> tuple[str, str, int]:
    """Return the state (``on``, ``off``, ``building``, empty if never tried), the reason, the attempts."""
    try:
        data = json.loads((venv / STATE).read_text("utf-8"))
        return str(data["state"]), str(data["why"]), int(data["attempts"])
    except (OSError, *UNSOUND, OverflowError, KeyError, TypeError):
        return "", "", 0


def report(venv: Path) -> tuple[bool, str]:
    """Return whether llama.cpp is there, and a sentence on that for ``doctor``."""
    if _installed():
        return True, "On."
    requirement = " ".join(f'"{one}"' for one in gguf_requirements(ROOT))
    how = f"{sys.executable} -m pip install {requirement}"
    state, why, _ = read(venv)
    if state == "building" and is_building(venv):
        return False, "Off: it is being compiled in the background, which takes minutes."
    if not any(shutil.which(name) for name in COMPILERS):
        return False, f"Off: {NO_COMPILER}. To get it, install one and run {how}."
    if is_due(venv):
        return False, (
            "Off: it is compiled in the background when python3 -m studio next opens the window. "
            f"To get it now, run {how}."
        )
    why = why or ("its compilation broke off" if state else "it is an extra that was not installed")
    return False, f"Off: {why}. To get it, run {how}."


def _installed() -> bool:
    """Tell whether this Python has it, whole: of one that pip is just unpacking there may be half."""
    try:
        return importlib.metadata.distribution("llama-cpp-python").read_text("INSTALLER") is not None
    except importlib.metadata.PackageNotFoundError:
        return False


def is_building(venv: Path) -> bool:
    """Tell whether a process is compiling it now."""
    try:
        began = float(json.loads((venv / STATE).read_text("utf-8"))["time"])
        FileLock(venv / LOCK).close()
    except RunBusy:
        return True
    except (OSError, *UNSOUND, OverflowError, KeyError, TypeError):
        return False
    # Between being started and taking the lock the process is loading.
    return bool(time.time() - began < 10)


def _write(venv: Path, state: str, why: str, attempts: int = 1) -> None:
    data = {"state": state, "why": why, "attempts": attempts, "time": time.time()}
    write_whole(venv / STATE, json.dumps(data).encode())
    if state in ("on", "off"):
        (venv / GGUF_SETTLED).touch()


if __name__ == "__main__":
    if sys.platform != "win32":
        os.nice(19)
    build(Path(sys.argv[1]), Path(sys.argv[2]))

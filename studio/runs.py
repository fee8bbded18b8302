"""The runs on disk: made, found by whatever a person calls them, and told of in a line each."""

from __future__ import annotations

import builtins
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import msgspec

from engine import places
from engine.fork import fork
from engine.judges.spec import JudgeSpec
from engine.recipe import Recipe
from engine.rundir import RunError, RunFolder
from studio.views import run
from studio.views.run import RunView, Status

_GLANCE = 1 << 16


class RunSummary(msgspec.Struct, frozen=True, kw_only=True):
    """One run, in a line.

    Attributes
    ----------
    id
        Its folder's name.
    name
        What its painter is or will be called.
    date
        The day on which it was made, ``2026-11-23``.
    status
        As :class:`studio.views.run.RunView` has it.
    step, steps
        How far it is, and how far it is to go.
    reward_first, reward_last
        Mean rewards of its first and last steps, 0..1; ``None`` where there is none.
    painter
        The finished painter's slug; empty before.
    base
        The base it trains on.
    judges
        Slugs of its panel, the tastes first.
    updated
        When it last said something, in seconds since the epoch; 0 for never.
    error
        Why it cannot be used, in a sentence; empty when it can.
    """

    id: str
    path: Path
    name: str = ""
    date: str = ""
    status: Status = "waiting"
    step: int = 0
    steps: int = 0
    reward_first: float | None = None
    reward_last: float | None = None
    painter: str = ""
    base: str = ""
    judges: tuple[str, ...] = ()
    updated: float = 0.0
    error: str = ""


class Outside(msgspec.Struct, frozen=True, kw_only=True):
    """What a run's events cannot say.

    Attributes
    ----------
    alive
        Whether its process runs.
    started
        Whether it ever had one.
    stopping, pausing
        Whether it was asked to stop, to rest.
    silent
        Whether its latest process died before its first event.
    """

    alive: bool
    started: bool
    stopping: bool
    silent: bool
    pausing: bool = False

    @classmethod
    def look(cls, folder: RunFolder) -> Outside:
        """Look at a run's folder; to be done before its events are read, see :func:`run.settle`."""
        alive = folder.alive()
        return cls(
            alive=alive,
            started=folder.process() is not None,
            stopping=folder.stop_requested(),
            pausing=folder.pause_requested(),
            # The log is made by who starts the process, the attempt's first event by the process.
            silent=not alive and folder.log_path(folder.next_attempt()).exists(),
        )

    def settle(self, view: RunView) -> RunView:
        """Return the view with the outside added."""
        return run.settle(
            view,
            self.alive,
            stopping=self.stopping,
            pausing=self.pausing,
            started=self.started,
            silent=self.silent,
        )


class Runs:
    """The folder of runs.

    Parameters
    ----------
    home
        The person's own folder; runs lie in its ``runs``.
    """

    def __init__(self, home: Path) -> None:
        self.path = home / "runs"

    def list(self) -> list[RunSummary]:
        """Return all runs, the newest first; a broken one is among them and says what is wrong."""
        return [summarize(folder) for folder in self.folders()]

    def create(
        self, recipe: Recipe, judges: Mapping[str, JudgeSpec], when: datetime | None = None
    ) -> RunFolder:
        """Make a new run that begins from its base; see :meth:`engine.rundir.RunFolder.create`."""
        # A fork's recipe may be used again; what it began from is not in a folder that is not a fork's.
        begun = msgspec.structs.replace(recipe, origin=None)
        return RunFolder.create(self.path, begun, judges, when or datetime.now())

    def fork(
        self,
        source: RunFolder,
        step: int | None,
        recipe: Recipe,
        judges: Mapping[str, JudgeSpec],
        when: datetime | None = None,
    ) -> RunFolder:
        """Make a new run from a checkpoint of another; see :func:`engine.fork.fork`."""
        return fork(source, step, self.path, recipe, judges, when or datetime.now())

    def open(self, reference: str | Path) -> RunFolder:
        """Return a run by its path, its folder's name, its four-digit id, or its painter's slug.

        Raises
        ------
        RunError
            If there is none, or more than one.
        """
        path = Path(reference)
        if places.is_file(path / "recipe.toml"):
            return RunFolder(path.resolve())
        wanted = str(reference)
        folders = self.folders()
        found = [folder for folder in folders if folder.path.name == wanted] or [
            folder for folder in folders if wanted in (folder.path.name[11:-5], folder.path.name[-4:])
        ]
        if not found:
            raise RunError(f"There is no run “{wanted:.200}”; `painter-studio runs` lists those there are.")
        if len(found) > 1:
            names = ", ".join(folder.path.name for folder in found[:5])
            raise RunError(f"Several runs go by “{wanted}”; say which: {names}.")
        return found[0]

    def going(self) -> builtins.list[RunFolder]:
        """Return the runs whose training runs now, whoever started it; the newest first."""
        return [folder for folder in self.folders() if folder.alive()]

    def folders(self) -> builtins.list[RunFolder]:
        """Return all runs, the newest first."""
        if not self.path.is_dir():
            return []
        # A link leads out of the folder of runs, and is none.
        here = (path for path in self.path.iterdir() if not path.is_symlink())
        paths = [path for path in here if places.is_file(path / "recipe.toml")]
        paths.sort(key=lambda p: (p.name[:10], (p / "recipe.toml").stat().st_mtime, p.name), reverse=True)
        return [RunFolder(path) for path in paths]


def fork_name(name: str) -> str:
    """Return what a fork of a run is called until somebody calls it otherwise."""
    return name if name.endswith(" (fork)") else f"{name[:53]} (fork)"


def summarize(folder: RunFolder) -> RunSummary:
    """Return a run in a line, from the two ends of its log."""
    summary = RunSummary(id=folder.path.name, path=folder.path, date=folder.path.name[:10])
    try:
        recipe = folder.recipe()
        view = last_view(folder, recipe)
        first = _first_reward(folder, recipe)
    except RunError as error:
        return msgspec.structs.replace(summary, name=folder.path.name, status="failed", error=str(error))
    return msgspec.structs.replace(
        summary,
        name=view.name,
        status=view.status,
        step=view.step,
        steps=view.steps,
        reward_first=first,
        reward_last=view.reward_last,
        painter=view.painter,
        base=recipe.base,
        judges=recipe.panel.judges,
        updated=view.updated,
    )


def last_view(folder: RunFolder, recipe: Recipe) -> RunView:
    """Return the run's settled view by the end of its log: right in all but its early curve."""
    look = Outside.look(folder)  # before the log is read: the dead have no more to say
    return look.settle(_end(folder, recipe))


def _end(folder: RunFolder, recipe: Recipe) -> RunView:
    size = _GLANCE
    while True:
        events = folder.recent(size)
        view = run.fold_many(run.empty(recipe), events)
        if view.reward_last is not None or size >= _length(folder):
            return view
        size *= 4


def _first_reward(folder: RunFolder, recipe: Recipe) -> float | None:
    view, offset, more = run.empty(recipe), 0, True
    while more and view.reward_first is None:
        tail = folder.tail(offset, limit=_GLANCE)
        view, offset, more = run.fold_many(view, tail.events), tail.offset, tail.more
    return view.reward_first


def _length(folder: RunFolder) -> int:
    return folder.events_path.stat().st_size if folder.events_path.exists() else 0

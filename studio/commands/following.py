"""A training's events as progress on stderr, and Ctrl-C as a request to save and stop."""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Iterator, Sequence
from types import FrameType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from engine.rundir import RunFolder
from studio.commands.desk import printable
from studio.supervisor import Supervisor
from studio.views.run import RunView, empty

POLL = 0.2
QUIET = 15.0  # seconds between lines where nothing can be redrawn


def follow(folder: RunFolder, supervisor: Supervisor, interrupts: Sequence[int]) -> tuple[RunView, bool]:
    """Show a training until its end, and stop it when a Ctrl-C has been collected.

    Parameters
    ----------
    interrupts
        What :func:`collected_interrupts` yields.

    Returns
    -------
    RunView, bool
        The training's view, and whether it was left to itself.
    """
    view = empty(folder.recipe())
    offset = 0
    with _Show.on(Console(stderr=True), view) as show:
        asked = 0
        while True:
            news = supervisor.watch(folder, offset)
            offset, view = news.offset, news.fold(view)
            show.show(view)
            if not news.more and not news.outside.alive:
                return view, False
            if interrupts and not asked:
                supervisor.stop(folder)
                show.say(
                    "Finishing the step and saving; Ctrl-C again leaves the training to do so by itself."
                )
            elif len(interrupts) > 1:
                return view, True
            asked = len(interrupts)
            if not news.more:
                time.sleep(POLL)


@contextlib.contextmanager
def collected_interrupts() -> Iterator[list[int]]:
    """Collect Ctrl-C instead of being thrown out by it: the training is to be saved first."""
    heard: list[int] = []

    def hear(number: int, _: FrameType | None) -> None:
        heard.append(number)

    before = signal.signal(signal.SIGINT, hear)
    try:
        yield heard
    finally:
        signal.signal(signal.SIGINT, before)


class _Show:
    """A training's progress on a console: a live line on a terminal, else a line every now and then.

    Parameters
    ----------
    console
        Where; stderr, since stdout is the result's.
    view
        What there is at the beginning.
    """

    def __init__(self, console: Console, view: RunView) -> None:
        self._console = console
        self._said = -QUIET
        self._warned = 0
        columns = (
            TextColumn("{task.description}", style="bold", markup=False),
            BarColumn(),
            TextColumn("{task.fields[told]}", markup=False),
        )
        self.progress = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._task = self.progress.add_task(printable(view.name), total=view.steps, told="")

    @classmethod
    @contextlib.contextmanager
    def on(cls, console: Console, view: RunView) -> Iterator[Self]:
        """Show it while the block runs."""
        show = cls(console, view)
        with show.progress:
            yield show

    def show(self, view: RunView) -> None:
        """Show where the training is, and its new warnings."""
        for notice in view.warnings[self._warned :]:
            loud = notice.level != "note"
            self.say(
                f"{notice.level.capitalize()} at step {notice.step}: {notice.text}" if loud else notice.text
            )
        self._warned = len(view.warnings)
        told = printable(telling(view))
        self.progress.update(self._task, completed=view.step, total=view.steps, told=told)
        now = time.monotonic()
        if not self._console.is_terminal and now - self._said > QUIET:
            self._said = now
            self.say(f"{view.name}: {told}")

    def say(self, text: str) -> None:
        """Print a line above the live one."""
        self._console.print(printable(text), highlight=False, markup=False, soft_wrap=True)


def telling(view: RunView) -> str:
    """Say in a line where a training is: step, phase, reward, speed, time left."""
    parts = [f"step {view.step} of {view.steps}"]
    if view.status == "stopping":
        parts.append("stopping")
    elif view.status in ("pausing", "paused"):
        parts.append(view.status)
    elif view.phase_note:
        parts.append(view.phase_note)
    elif view.phase is not None:
        parts.append(view.phase)
    if view.reward_last is not None:
        parts.append(f"reward {view.reward_last:.2f}")
    if view.rollouts_per_second is not None:
        parts.append(f"{view.rollouts_per_second:.1f} rollouts/s")
    if view.seconds_left is not None:
        minutes, seconds = divmod(round(view.seconds_left), 60)
        parts.append(f"{minutes}:{seconds:02} left")
    return " · ".join(parts)

"""A training's numbers for those who have a dashboard: TensorBoard, Trackio or Weights & Biases.

The event log stays what everything else rests on; a dashboard that fails is told of once and let go.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from engine.durable import RunError
from engine.events import EvalFinished, Event, RunFinished, RunStarted, StepFinished, Warned
from engine.train.ranks import Log

PROJECT = "painter-studio"
_STEP: tuple[str, ...] = (
    "reward",
    "reward_spread",
    "loss",
    "kl",
    "entropy",
    "grad_norm",
    "learning_rate",
    "seconds",
)
_LOOK: tuple[str, ...] = ("reward", "effective", "top_share")


class Dashboard(Protocol):
    """What scalars are told to."""

    def tell(self, step: int, scalars: dict[str, float]) -> None:
        """Take a step's scalars."""
        ...

    def close(self) -> None:
        """Let all that was told arrive."""
        ...


def scalars(event: Event) -> dict[str, float]:
    """Return an event's numbers by the names that dashboards show; empty where it has none."""
    if isinstance(event, StepFinished):
        shares = {
            "train/distinct": event.distinct / event.rollouts if event.rollouts else None,
            "train/unreadable": event.unreadable / event.rollouts if event.rollouts else None,
        }
        prefix, fields = "train", _STEP
    elif isinstance(event, EvalFinished):
        prefix, fields, shares = "eval", _LOOK, dict[str, float | None]()
    else:
        return {}
    told = {f"{prefix}/{name}": getattr(event, name) for name in fields} | shares
    told |= {f"{prefix}/judges/{slug}": score for slug, score in event.judges.items()}
    return {name: float(value) for name, value in told.items() if value is not None}


class _TensorBoard:
    def __init__(self, folder: Path, first: int) -> None:
        from torch.utils.tensorboard import SummaryWriter

        # Steps that a resumed training does again must not be shown twice.
        self._writer: Any = SummaryWriter(str(folder / "tensorboard"), purge_step=first)

    def tell(self, step: int, scalars: dict[str, float]) -> None:
        for name, value in scalars.items():
            self._writer.add_scalar(name, value, step)
        self._writer.flush()

    def close(self) -> None:
        self._writer.close()


class _Hosted:
    """Trackio and Weights & Biases are spoken to alike."""

    def __init__(self, module: str, folder: Path) -> None:
        self._library: Any = importlib.import_module(module)
        self._library.init(project=PROJECT, name=folder.name, resume="allow")

    def tell(self, step: int, scalars: dict[str, float]) -> None:
        self._library.log(scalars, step=step)

    def close(self) -> None:
        self._library.finish()


def check(name: str) -> None:
    """Refuse a dashboard whose package is not there.

    Raises
    ------
    RunError
        With what to install.
    """
    if importlib.util.find_spec(name) is None:
        raise RunError(f"{name} is not installed: “pip install {name}”, or leave --report-to out.")


def open_dashboard(name: str, folder: Path, first: int) -> Dashboard:
    """Open a dashboard for a run's folder; ``first`` is the first step that will be told."""
    return _TensorBoard(folder, first) if name == "tensorboard" else _Hosted(name, folder)


class Reported:
    """A log whose numbers go to a dashboard too, from :class:`RunStarted` on.

    Parameters
    ----------
    log
        Where every event is written, first.
    dashboard
        Opens the dashboard, given the first step that will be told.
    """

    def __init__(self, log: Log, dashboard: Callable[[int], Dashboard]) -> None:
        self._log, self._open = log, dashboard
        self._dashboard: Dashboard | None = None

    @property
    def size(self) -> int:
        """How many bytes are in the log."""
        return self._log.size

    def write(self, event: Event) -> Event:
        """Write an event, and tell the dashboard its numbers."""
        written = self._log.write(event)
        try:
            if isinstance(event, RunStarted):
                self._dashboard = self._open(event.resumed_from + 1)
            elif self._dashboard is not None and (told := scalars(event)):
                self._dashboard.tell(getattr(event, "step", 0), told)
            elif self._dashboard is not None and isinstance(event, RunFinished):
                self._dashboard.close()
        except Exception as error:  # a foreign library, and perhaps a network
            self._dashboard = None
            said = f"The dashboard failed and is told nothing more ({type(error).__name__}: {error})."
            self._log.write(Warned(message=said, step=getattr(event, "step", 0)))
        return written

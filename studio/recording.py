"""A recorded run: what the lesson plays of a training that was made elsewhere, and labels as recorded.

``python -m studio.recording RUN_FOLDER`` makes one from a run's event log and puts it among the resources.
"""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from engine import places
from engine.durable import RunError, write_whole
from engine.events import EvalFinished, RunStarted, StepFinished
from engine.rundir import RunFolder
from studio.painters import PainterCard

COLORS = 6


class RecordingError(ValueError):
    """A run that cannot be recorded, or a recording that cannot be read, in a sentence."""


class Moment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the painter called the recording's colours after a step, in their order."""

    step: int
    names: tuple[str, ...]


class Recording(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A training as it went.

    Attributes
    ----------
    painter, machine, date
        Who was trained, on what, and on which day (ISO 8601).
    rewards
        The mean reward of each step, from the first.
    colors
        A few held-out colours.
    moments
        What they were called, step by step; the first before any update.
    steps
        How many steps were trained, where the rewards are not those of each of them.
    """

    painter: str
    machine: str
    date: str
    rewards: tuple[float, ...]
    colors: tuple[str, ...]
    moments: tuple[Moment, ...]
    steps: int = 0

    @property
    def length(self) -> int:
        """How many steps were trained."""
        return self.steps or len(self.rewards)


def of_card(card: PainterCard) -> Recording | None:
    """Return what a painter's card has kept of its training: how the reward began and where it ended."""
    if card.reward_first is None or card.reward_last is None:
        return None
    return Recording(
        painter=card.name,
        machine=card.machine,
        date=card.date[:10],
        rewards=(card.reward_first, card.reward_last),
        colors=(),
        moments=(),
        steps=card.steps,
    )


def record(folder: RunFolder) -> Recording:
    """Make a recording of a run.

    Raises
    ------
    RecordingError
        If the run told too little: a reward for two steps and names for two moments are needed.
    RunError
        If it cannot be read.
    """
    events = folder.tail().events
    began = next((event for event in events if isinstance(event, RunStarted)), None)
    # A resumed run tells of some steps twice: the later word counts.
    rewards = {e.step: e.reward for e in events if isinstance(e, StepFinished) and e.reward is not None}
    surveys = {e.step: e.names for e in events if isinstance(e, EvalFinished)}
    if began is None or len(rewards) < 2 or len(surveys) < 2:
        raise RecordingError("This run is too short to be shown: it needs two steps and two evaluations.")
    first = next(iter(surveys.values()))
    colors = tuple(list(first)[:COLORS])
    return Recording(
        painter=began.name,
        machine=began.device,
        date=datetime.fromtimestamp(began.time, UTC).date().isoformat(),
        rewards=tuple(round(rewards[step], 4) for step in sorted(rewards)),
        colors=colors,
        moments=tuple(
            Moment(step, tuple(surveys[step].get(color, "") for color in colors)) for step in sorted(surveys)
        ),
    )


def shipped() -> Path:
    """Return where the recording lies that ships with the app."""
    return places.resources() / "lesson" / "run.json"


def load(path: Path | None = None) -> Recording | None:
    """Read a recording, the shipped one by default; ``None`` if there is none.

    Raises
    ------
    RecordingError
        If it is damaged.
    """
    path = path or shipped()
    try:
        return msgspec.json.decode(path.read_bytes(), type=Recording)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError) as error:
        raise RecordingError(f"{path.name} is not sound: {error}.") from error


def main(arguments: list[str] | None = None) -> int:
    """Record a run; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m studio.recording", description=__doc__)
    parser.add_argument("run", type=Path, help="the run's folder")
    parser.add_argument("--out", type=Path, default=None, help="where to; among the resources by default")
    options = parser.parse_args(arguments)
    out: Path = options.out or shipped()
    try:
        recording = record(RunFolder(options.run))
        write_whole(out, msgspec.json.format(msgspec.json.encode(recording), indent=1) + b"\n")
    except (RecordingError, RunError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{out}: {len(recording.rewards)} steps, {len(recording.moments)} moments")
    return 0


if __name__ == "__main__":
    sys.exit(main())

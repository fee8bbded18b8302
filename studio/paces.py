"""How the runs went that were made here, read from the two ends of their logs: what estimates rest on."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from engine.durable import RunError
from engine.events import EvalFinished, Event, PhaseEntered, RunStarted, StepFinished
from engine.rundir import RunFolder
from studio.estimates import Pace, panel_kinds
from studio.runs import Runs

FEWEST = 3
"""Steps that a run must have to tell a pace."""
_MOST = 8
_FIRST, _LAST = 1 << 17, 1 << 18


class Paces:
    """Reads paces and remembers them, as logs of runs that are over do not change.

    Parameters
    ----------
    runs
        Where the runs lie.
    """

    def __init__(self, runs: Runs) -> None:
        self._runs = runs
        self._known: dict[str, tuple[int, Pace | None]] = {}

    def read(self, most: int = _MOST) -> tuple[Pace, ...]:
        """Return the paces of the last runs that tell one, newest first. Reads files."""
        found: list[Pace] = []
        for folder in self._runs.folders():
            key = folder.path.name
            size = folder.events_path.stat().st_size if folder.events_path.exists() else 0
            if self._known.get(key, (-1, None))[0] != size:
                self._known[key] = (size, _read(folder))
            pace = self._known[key][1]
            if pace is not None:
                found.append(pace)
            if len(found) == most:
                break
        return tuple(found)


def _read(folder: RunFolder) -> Pace | None:
    try:
        recipe, judges = folder.recipe(), folder.judges()
        first, last = folder.tail(0, _FIRST).events, folder.recent(_LAST)
    except RunError:
        return None  # a broken run tells nothing; the list of runs says what is wrong with it
    started = next((event for event in first if isinstance(event, RunStarted)), None)
    steps = [event for event in last if isinstance(event, StepFinished)]
    if started is None or len(steps) < FEWEST:
        return None
    megabytes = started.memory_estimate_mb
    return Pace(
        name=recipe.name,
        machine=started.device,
        dtype=started.dtype,
        recipe=recipe,
        judges=panel_kinds(judges),
        sampling=statistics.median(step.sampling_seconds for step in steps),
        judging=statistics.median(step.judging_seconds for step in steps),
        updating=statistics.median(step.updating_seconds for step in steps),
        looking=_looking([*first, *last]),
        loading=max(started.time - first[0].time, 0.0),
        memory=int(megabytes * 1e6) if megabytes is not None else None,
    )


def _looking(events: Sequence[Event]) -> float | None:
    """Return the median seconds between turning to the held-out colours and having named and judged them."""
    spans, began = [], None
    for event in events:
        if isinstance(event, PhaseEntered):
            began = event.time if event.phase == "evaluating" else None
        elif isinstance(event, EvalFinished) and began is not None:
            spans.append(event.time - began)
    return statistics.median(spans) if spans else None

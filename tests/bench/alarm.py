"""How often the collapse alarm rings in vain, and how often it is silent: over saved runs.

Usage: ``python -m tests.bench.alarm --healthy RUN … --collapsed RUN … [--json]``, where a RUN is a run's
folder or its ``events.jsonl``.

Each run's evaluations are graded again by today's thresholds, the first of them taken for the base's (for a
fork, the base's evaluation that its origin kept). For every run: the first step of a watch and of an alarm,
what was left of the base's effective names then and at the end, and what the evaluations cost as a share of
the training's time. A false alarm is a healthy run in which the alarm rang; a miss, a collapsed one in which
it did not, or only when half of the names were gone.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from engine import alarm, eventlog
from engine.events import EvalFinished, Event, PhaseEntered, RunStarted, StepFinished

HALF = 0.5


class _Kept(msgspec.Struct):
    """Of ``engine.train.state.Progress``, what is asked for here; that module loads torch."""

    base: EvalFinished | None = None


def read(path: Path) -> tuple[list[EvalFinished], EvalFinished | None, float | None]:
    """Return a run's evaluations, its base's, and the share of its time that evaluations took."""
    log = path / "events.jsonl" if path.is_dir() else path
    events = eventlog.read(log).events
    evals: list[EvalFinished] = []
    for event in events:
        if isinstance(event, RunStarted):
            evals = [one for one in evals if one.step <= event.resumed_from]
        elif isinstance(event, EvalFinished):
            evals = [*(one for one in evals if one.step < event.step), event]
    kept = log.parent / "origin" / "trainer_state" / "progress.json"
    if kept.is_file():
        base = msgspec.json.decode(kept.read_bytes(), type=_Kept).base
    else:
        base = next((one for one in evals if one.step == 0), None)
    return evals, base, _cost(events)


def _cost(events: Sequence[Event]) -> float | None:
    """Return seconds evaluating over seconds training, the evaluation before the first step left out."""
    looked = trained = 0.0
    began: float | None = None
    for event in events:
        if isinstance(event, PhaseEntered):
            began = event.time if event.phase == "evaluating" else None
        elif isinstance(event, EvalFinished) and began is not None:
            looked += (event.time - began) * (event.step > 0)
        elif isinstance(event, StepFinished):
            trained += event.seconds
    return looked / trained if trained else None


def trial(path: Path, collapsed: bool) -> dict[str, Any]:
    """Grade a run again, and say what came of it."""
    evals, base, cost = read(path)
    if base is None:
        raise SystemExit(f"{path} has no evaluation of its base to grade by.")
    first: dict[str, EvalFinished] = {}
    sentence = ""
    best: list[EvalFinished] = []
    for one in evals:
        if one.step:
            told = alarm.grade(one, base, best)
            if told.level not in first:
                first[told.level] = one
                sentence = told.evidence if told.level == "alarm" else sentence
        if one.held_out is not None and (not best or one.held_out > (best[0].held_out or 0.0)):
            best = [one]
    rang = first.get("alarm")
    left = _kept(rang, base)
    return {
        "run": path.parent.name if path.is_file() else path.name,
        "collapsed": collapsed,
        "evaluations": len(evals),
        "watch": first["watch"].step if "watch" in first else None,
        "alarm": rang.step if rang is not None else None,
        "kept_at_alarm": left,
        "kept_at_end": _kept(evals[-1], base),
        "cost": cost,
        "evidence": sentence,
        "false_alarm": not collapsed and rang is not None,
        "miss": collapsed and (left is None or left < HALF),
    }


def _kept(one: EvalFinished | None, base: EvalFinished) -> float | None:
    return alarm.with_kept(one, base).kept if one is not None else None


def main(arguments: Sequence[str] | None = None) -> None:
    """Grade the runs and print the table and the counts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--healthy", nargs="*", type=Path, default=[], metavar="RUN")
    parser.add_argument("--collapsed", nargs="*", type=Path, default=[], metavar="RUN")
    parser.add_argument("--json", action="store_true", help="print one JSON document instead of text")
    options = parser.parse_args(arguments)
    rows = [trial(path, False) for path in options.healthy]
    rows += [trial(path, True) for path in options.collapsed]
    false, missed = (sum(row[key] for row in rows) for key in ("false_alarm", "miss"))
    if options.json:
        print(json.dumps({"runs": rows, "false_alarms": false, "misses": missed}, indent=2))
        return
    print("| run | is | first watch | first alarm | names kept then | at the end | evaluations cost |")
    print("|---|---|---|---|---|---|---|")
    for row in rows:
        shares = (row["kept_at_alarm"], row["kept_at_end"], row["cost"])
        cells = [
            row["run"],
            "collapsed" if row["collapsed"] else "healthy",
            *("–" if row[key] is None else f"step {row[key]}" for key in ("watch", "alarm")),
            *("–" if share is None else f"{share:.0%}" for share in shares),
        ]
        print(f"| {' | '.join(cells)} |")
    for row in rows:
        if row["evidence"]:
            print(f"{row['run']}, step {row['alarm']}: {row['evidence']}")
    print(f"{false} false alarms in {len(options.healthy)} healthy runs.")
    print(f"{missed} misses in {len(options.collapsed)} collapsed runs.")


if __name__ == "__main__":
    main()

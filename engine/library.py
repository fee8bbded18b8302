"""The engine as a library: name, judge, train, report.

Everything runs in the process that calls, but a training, which is a process of its own and heard through
its event log, as in the app.

Example
-------
::

    from engine import judge, name, report, train

    print(name("#d48475", samples=4))                      # by the base
    print(judge("#d48475", ["Sunset Dust", "Beige"], by="poet"))

    for event in train("poet", steps=20, title="My poet"):
        print(event)

    print(name("#d48475", painter="my-poet"))
    print(report(["my-poet"], colors=200))
"""

from __future__ import annotations

import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine import places, reports, task
from engine.durable import RunError
from engine.events import Event, RunFinished
from engine.judges import spec as specs
from engine.judges.base import Verdict
from engine.judges.spec import JudgeError, JudgeSpec
from engine.models import find_base
from engine.palette import held_out_colors
from engine.recipe import EMBEDDED_BASE, Budget, Panel, Recipe, Taste
from engine.rundir import RunFolder
from engine.service.protocol import Choice, PainterRef

if TYPE_CHECKING:
    from engine.judges.build import JudgeBuilder
    from engine.lm.load import LoadedBase
    from engine.service.naming import Naming

BASE = "base"
_POLL = 0.2


def name(
    given: str,
    painter: str | Path = BASE,
    *,
    samples: int = 0,
    seed: int = 0,
    of: str = task.COLOR,
    base: str = EMBEDDED_BASE,
) -> tuple[Choice, ...]:
    """Name a colour.

    Parameters
    ----------
    given
        The colour as ``#rrggbb``, or what else the task is about.
    painter
        A painter's slug or folder; the base by default.
    samples, seed
        How many names are drawn beside the greedy one, and with which dice.
    of
        The task; see :mod:`engine.task`.
    base
        The base's slug or folder.

    Returns
    -------
    tuple of Choice
        The greedy name first, then others by their probability.

    Raises
    ------
    ValueError
        With a sentence, if the colour is none, or the painter, task or base cannot be had.
    """
    house = _house(base, of)
    ref = PainterRef("" if painter == BASE else str(painter), _folder("painters", painter))
    return house.naming.name(house.base.task.read_input(given), [ref], samples, seed)[0]


def judge(
    given: str, names: Sequence[str], by: str | Path | JudgeSpec, *, base: str = EMBEDDED_BASE
) -> list[Verdict]:
    """Score names of a colour by a judge.

    Parameters
    ----------
    given
        The colour as ``#rrggbb``.
    by
        A judge's slug or file, or the judge itself.

    Returns
    -------
    list of Verdict
        A score in 0..1 and a reason for each name; no score where the judge failed.

    Raises
    ------
    JudgeError
        If the judge cannot be had.
    """
    color = task.color_task().read_input(given)
    return _house(base, task.COLOR).builder.build(_judge(by)).score([(color, one) for one in names])


def train(
    by: str | Path | Recipe,
    *,
    guards: Sequence[str] = ("correctness",),
    title: str = "",
    steps: int = 60,
    base: str = EMBEDDED_BASE,
) -> Iterator[Event]:
    """Train a painter, and tell of it as it goes.

    Parameters
    ----------
    by
        A taste, by a judge's slug or file, or a whole recipe, which the other arguments then do not change.
    guards
        Slugs of judges that multiply the taste.
    title
        What the painter is called.

    Yields
    ------
    Event
        All that the training tells; the last is ``RunFinished``, whose ``painter`` is what it left. Its
        folder lies among the app's own runs. Whoever stops listening lets it go on.

    Raises
    ------
    RunError
        If it cannot begin, or died without a word.
    """
    if isinstance(by, Recipe):
        recipe, judges = by, {slug: _judge(slug) for slug in by.panel.judges}
    else:
        taste = Path(by).stem
        judges = {taste: _judge(by), **{slug: _judge(slug) for slug in guards}}
        recipe = Recipe(
            name=title or f"My {judges[taste].name}"[:60],
            panel=Panel(tastes=(Taste(taste),), guards=tuple(guards)),
            budget=Budget(steps=steps),
            base=base,
        )
    folder = RunFolder.create(places.home() / "runs", recipe, judges, datetime.now())
    return _follow(folder)


def report(
    painters: Sequence[str | Path], colors: int = 2000, *, base: str = EMBEDDED_BASE
) -> list[reports.Row]:
    """Measure painters over colours that none was trained on; see :mod:`engine.report`.

    Parameters
    ----------
    painters
        Slugs or folders. The base is always measured too, and comes first: style is told against it.
    colors
        How many held-out colours, of the same grid for all.

    Returns
    -------
    list of Row
        The style is judged by each painter's first taste, as its card has it.
    """
    from engine.lm.load import copy_linears, merge_adapter
    from engine.service.survey import survey

    house = _house(base, task.COLOR)
    grid = held_out_colors(colors)
    folders = {Path(one).name: _folder("painters", one) for one in painters if one != BASE}
    tastes = {slug: _taste(Path(folder)) for slug, folder in folders.items()}
    judges = {slug: house.builder.build(_judge(slug)) for slug in dict.fromkeys(tastes.values()) if slug}
    correctness = house.builder.build(specs.Correctness(name="Correctness"))

    def look(slug: str, model: Any) -> reports.Survey:
        found = survey(slug, model, house.base, grid, judges, correctness, lambda done: True)
        assert found is not None
        return found

    plain = look(BASE, house.base.primed)
    rows = [reports.row(grid, plain)]
    for slug, folder in folders.items():
        model = copy_linears(house.base.primed)
        merge_adapter(model, Path(folder))
        rows.append(reports.row(grid, look(slug, model), plain, tastes[slug] or None))
    return rows


# --- behind the verbs


@dataclass(frozen=True)
class _House:
    """A base in memory with what names and judges on it."""

    base: LoadedBase
    naming: Naming
    builder: JudgeBuilder


@lru_cache(maxsize=1)
def _house(base: str, of: str) -> _House:
    from engine.judges.build import JudgeBuilder
    from engine.lexicon import Lexicon
    from engine.lm.load import load_base, pick_device, pick_dtype
    from engine.service.naming import Naming

    device = pick_device()
    loaded = load_base(find_base(base), device, pick_dtype(device), task=task.load(of))
    builder = JudgeBuilder(loaded, Lexicon.load(), places.cache() / "calibrations")
    return _House(loaded, Naming(loaded), builder)


def _judge(by: str | Path | JudgeSpec) -> JudgeSpec:
    if not isinstance(by, str | Path):
        return by
    return specs.load(_path("judges", by, ".toml", JudgeError))


def _folder(kind: str, painter: str | Path) -> str:
    return "" if painter == BASE else str(_path(kind, painter, "", ValueError))


def _path(kind: str, given: str | Path, suffix: str, fault: type[ValueError]) -> Path:
    """Return where something lies: a path, or a slug of the person's own or of what ships."""
    places_ = (places.home() / kind, places.resources() / kind)
    for path in (Path(given), *(place / f"{given}{suffix}" for place in places_)):
        if path.exists() and (not suffix or path.suffix == suffix):
            return path
    known = sorted({path.stem for place in places_ for path in place.glob(f"*{suffix or '/'}")})
    raise fault(f"There is nothing called “{given!s:.80}” among the {kind}; there are {', '.join(known)}.")


def _taste(painter: Path) -> str:
    card = tomllib.loads((painter / "card.toml").read_text(encoding="utf-8"))
    judges = card.get("judges") or [""]
    return str(judges[0])


def _follow(folder: RunFolder) -> Iterator[Event]:
    """Start a run's training and tell its events until it ends."""
    log = folder.log_path(folder.next_attempt())
    with log.open("wb") as out:
        child = subprocess.Popen(
            [sys.executable, "-m", "engine.train", str(folder.path)],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    offset = 0
    while True:
        ended = child.poll() is not None
        tail = folder.tail(offset)
        offset = tail.offset
        for event in tail.events:
            yield event
            if isinstance(event, RunFinished):
                child.wait()
                return
        if ended and not tail.events:
            raise RunError(f"The training died without a word; see {log}.")
        time.sleep(_POLL)

"""``judges rescore``: a training's names under another judge, and what would have been rewarded otherwise."""

from __future__ import annotations

import argparse

import msgspec

from engine.durable import RunError
from engine.events import GroupPainted
from engine.judges.spec import JudgeError
from engine.recipe import EMBEDDED_BASE, Panel
from engine.rundir import RunFolder
from engine.service.protocol import Scored, ScorePairs
from studio.commands.asking import Conversation
from studio.commands.desk import CommandError, Desk, print_json, print_table, printable
from studio.judges import JudgeLibrary
from studio.runs import Runs
from studio.views.rescored import NameChange, Rescored, batches, readable, rescored

_PART = 1 << 22


def rescore(options: argparse.Namespace, desk: Desk) -> int:
    """Score a run's rollouts by another judge, and print what changes."""
    library = JudgeLibrary(desk.home)
    try:
        spec = library.get(options.judge)
        folder = Runs(desk.home).open(options.run)
        recipe = folder.recipe()
        steps = _steps(folder, options.last)
    except (JudgeError, RunError) as error:
        raise CommandError(str(error)) from error
    slug = library.slug_of(options.judge)
    place = _place(recipe.panel, slug, options.instead_of)
    if not steps:
        raise CommandError(f"The run {folder.path.name} has painted nothing yet.")
    scores: dict[int, list[float | None]] = {}
    with Conversation(desk, "" if recipe.base == EMBEDDED_BASE else recipe.base) as service:
        for count, (step, groups) in enumerate(steps.items()):
            request = ScorePairs(pairs=readable(groups), judge=spec)
            note = f"Scoring step {step} of {max(steps)}"
            heard = service.ask(request, note if count else "", count / len(steps) if count else None)
            verdicts = next((reply.verdicts for reply in heard if isinstance(reply, Scored)), ())
            scores[step] = [verdict.score for verdict in verdicts]
    found = rescored(recipe.panel, place, steps, scores)
    if options.json:
        print_json(
            {"run": folder.path.name, "judge": slug, "instead_of": place, **msgspec.to_builtins(found)}
        )
        return 0
    _tell(found)
    return 0


def _steps(folder: RunFolder, last: int | None) -> dict[int, list[GroupPainted]]:
    steps: dict[int, list[GroupPainted]] = {}
    offset, more = 0, True
    while more:
        tail = folder.tail(offset, limit=_PART)
        batches(tail.events, steps)
        offset, more = tail.offset, tail.more
    kept = sorted(steps)[-last:] if last else sorted(steps)
    return {step: steps[step] for step in kept}


def _place(panel: Panel, slug: str, wanted: str | None) -> str:
    """Return the slug, in the run's panel, of the judge that is replaced."""
    if wanted is not None and wanted not in panel.judges:
        raise CommandError(f"“{wanted:.60}” took no part; these did: {', '.join(panel.judges)}.")
    if wanted is not None or slug in panel.judges:
        return wanted or slug
    if len(panel.tastes) == 1:
        return panel.tastes[0].judge
    raise CommandError(f"Say whose place {slug} takes by --instead-of: {', '.join(panel.judges)}.")


def _tell(found: Rescored) -> None:
    print(printable(found.sentence))
    left_out = f"; {found.left_out} left out, a judge failed on them" if found.left_out else ""
    print(f"{found.rollouts} names in {found.steps} steps{left_out}.")
    for title, changes in (("would have gained", found.gained), ("would have lost", found.lost)):
        if changes:
            print_table((title, "then", "now", "times"), map(_row, changes), right=("then", "now", "times"))


def _row(change: NameChange) -> tuple[str, ...]:
    return change.name, f"{change.then:.2f}", f"{change.now:.2f}", str(change.count)

"""``runs show RUN``: one training, how it stands, and what its evaluations found."""

from __future__ import annotations

import argparse

from engine.durable import RunError
from engine.events import EvalFinished
from studio.commands.desk import CommandError, Desk, print_json, print_table, printable
from studio.runs import Outside, Runs
from studio.views import alarm
from studio.views.run import empty, fold_many
from studio.views.run_words import doing

_MEASURES = (
    *("distinct", "effective", "kept", "top_share", "duplicates"),
    *("entropy", "kl", "reward", "held_out"),
)


def show(options: argparse.Namespace, desk: Desk) -> int:
    """Tell of one training: what it does, how it stands, its evaluations."""
    try:
        folder = Runs(desk.home).open(options.run)
        look = Outside.look(folder)  # before the log is read: the dead have no more to say
        view = look.settle(fold_many(empty(folder.recipe()), folder.tail().events))
        kept = [one.step for one in folder.listed_checkpoints()]
    except RunError as error:
        raise CommandError(str(error)) from error
    at = alarm.standing(view)
    if options.json:
        document = {
            "run": folder.path.name,
            "name": view.name,
            "status": view.status,
            "step": view.step,
            "steps": view.steps,
            "alarm": alarm.document(view),
            "healthy_checkpoint": alarm.last_healthy_step(view, kept) or None,
            "evaluations": [
                {"step": one.step, **{key: getattr(one, key) for key in _MEASURES}} for one in view.evals
            ],
        }
        print_json(document)
        return 0
    print(printable(f"{view.name}: {doing(view)}"))
    if at is not None:
        print(printable(alarm.sentence(at)))
    print_table(
        ("step", "effective", "commonest", "repeated", "entropy", "KL", "reward", "held out"),
        [(str(one.step), *_cells(one)) for one in view.evals],
        right=("step", "effective", "commonest", "repeated", "entropy", "KL", "reward", "held out"),
    )
    return 0


def _cells(one: EvalFinished) -> tuple[str, ...]:
    shares = (one.top_share, one.duplicates)
    numbers = (one.entropy, one.kl, one.reward, one.held_out)
    return (
        "" if one.effective is None else f"{one.effective:.0f}",
        *("" if value is None else f"{value:.0%}" for value in shares),
        *("" if value is None else f"{value:.2f}" for value in numbers),
    )

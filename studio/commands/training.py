"""``train``: a recipe from options, a training in a process of its own, and its events as progress."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from engine import recipe as recipes
from engine.durable import RunError
from engine.judges.spec import Correctness, JudgeError, JudgeSpec
from engine.recipe import EMBEDDED_BASE, Budget, Learning, Lora, Panel, Recipe, RecipeError, Taste
from engine.rundir import RunFolder
from studio.commands.desk import CommandError, Desk, print_json, printable
from studio.commands.following import collected_interrupts, follow
from studio.judges import JudgeLibrary
from studio.runs import Runs
from studio.supervisor import Supervisor
from studio.views.run import RunView, empty

GUARD = "correctness"
ENDS = 5  # steps that reward_first and reward_last are means over

# Options that make a recipe; a resumed run has its own.
_RECIPE = (
    *("judge", "guard", "no_sameness", "name", "base", "steps", "colors", "group", "seed"),
    *("objective", "lr", "beta", "temperature", "rank", "accumulation"),
    *("checkpoint_every", "eval_every", "device", "dtype", "threads"),
)


def train(options: argparse.Namespace, desk: Desk) -> int:
    """Train a painter, or go on with a run, and follow it to its end."""
    supervisor = Supervisor(desk.python, desk.training)
    runs = Runs(desk.home)
    try:
        if options.resume is not None:
            folder = _resumed(options, runs)
        else:
            recipe, judges = plan(options, JudgeLibrary(desk.home))
            folder = runs.create(recipe, judges)
        # From before its start, so that no Ctrl-C leaves a training behind without a word.
        with collected_interrupts() as interrupts:
            # A run that is going (since its window was closed, say) is only followed.
            if not folder.alive():
                supervisor.start(folder)
            if options.detach:
                view, left = empty(folder.recipe()), True
            else:
                view, left = follow(folder, supervisor, interrupts)
    except (JudgeError, RecipeError, RunError) as error:
        raise CommandError(str(error)) from error
    outcome = "running" if left else view.status
    if options.json:
        print_json(summary(folder.path.name, view, outcome))
    elif left:
        print(f"The training goes on by itself; find it again with: {_again(folder)}")
    elif outcome == "stopped":
        print(f"Saved at step {view.step}; go on with: {_again(folder)}")
    elif outcome == "completed":
        print(printable(_praise(view)))
    if outcome in ("failed", "crashed"):
        raise CommandError(supervisor.ended_sentence(folder))
    return 0


def plan(options: argparse.Namespace, library: JudgeLibrary) -> tuple[Recipe, dict[str, JudgeSpec]]:
    """Make a recipe, with its judges, from the options.

    Raises
    ------
    JudgeError, RecipeError
        In a sentence.
    """
    tastes, judges = [], {}
    for text in options.judge or ["poet"]:
        reference, weight = split_weight(text)
        slug = library.slug_of(reference)
        judges[slug] = library.get(reference)
        tastes.append(Taste(slug, weight))
    if options.guard is None:
        # Taste alone soon gives every colour the same beautiful name; what describes needs no guard.
        guards = [] if any(isinstance(spec, Correctness) for spec in judges.values()) else [GUARD]
    else:
        guards = [one for one in options.guard if one != "none"]
    for reference in guards:
        judges[library.slug_of(reference)] = library.get(reference)
    panel = Panel(
        tastes=tuple(tastes),
        guards=tuple(library.slug_of(reference) for reference in guards),
        sameness=not options.no_sameness,
    )
    first = judges[tastes[0].judge]
    recipe = Recipe(
        name=options.name or f"My {first.name}"[:60],
        panel=panel,
        base=_base(options.base),
        budget=Budget(**_given(options, steps="steps", colors="colors", group="group")),
        learning=Learning(
            **_given(
                options,
                objective="objective",
                lr="learning_rate",
                beta="beta",
                temperature="temperature",
                accumulation="accumulation",
            )
        ),
        lora=Lora(**_given(options, rank="rank") | ({"alpha": 2.0 * options.rank} if options.rank else {})),
        **_given(
            options,
            seed="seed",
            device="device",
            dtype="dtype",
            threads="threads",
            checkpoint_every="checkpoint_every",
            eval_every="eval_every",
        ),
    )
    # A struct made in the program has not been checked by msgspec; what was read back has.
    return recipes.parse(recipes.dump(recipe)), judges


def split_weight(text: str) -> tuple[str, float]:
    """Read ``JUDGE[:WEIGHT]``; a colon that no number follows belongs to the judge's path."""
    reference, colon, weight = text.rpartition(":")
    if colon and reference:
        with contextlib.suppress(ValueError):
            return reference, float(weight)
    return text, 1.0


def summary(run: str, view: RunView, outcome: str) -> dict[str, Any]:
    """Return the JSON document of a training."""
    first, last = ends(view.curve.reward)
    return {
        "run": run,
        "painter": view.painter or None,
        "steps": view.step,
        "outcome": outcome,
        "reward_first": first,
        "reward_last": last,
        "rollouts_per_second": view.rollouts_per_second,
    }


def ends(rewards: Sequence[float | None], count: int = ENDS) -> tuple[float | None, float | None]:
    """Return the mean of the first and of the last ``count`` rewards that there are."""
    known = [reward for reward in rewards if reward is not None]
    if not known:
        return None, None
    first, last = known[:count], known[-count:]
    return sum(first) / len(first), sum(last) / len(last)


def _given(options: argparse.Namespace, **fields: str) -> dict[str, Any]:
    """Return the options that were given, under the recipe's names; the others keep its defaults."""
    return {
        field: getattr(options, option)
        for option, field in fields.items()
        if getattr(options, option) is not None
    }


def _base(given: str | None) -> str:
    if given is None or given == EMBEDDED_BASE:
        return EMBEDDED_BASE
    folder = Path(given).expanduser()
    # The training runs elsewhere: a relative path would mean another folder there.
    return str(folder.resolve()) if folder.is_dir() else given


def _resumed(options: argparse.Namespace, runs: Runs) -> RunFolder:
    given = [f"--{name.replace('_', '-')}" for name in _RECIPE if getattr(options, name) is not None]
    if given:
        options.refuse(f"--resume goes on with the run's own recipe; leave out {', '.join(given)}")
    return runs.open(options.resume)


def _again(folder: RunFolder) -> str:
    return f"painter-studio train --resume {folder.path.name}"


def _praise(view: RunView) -> str:
    first, last = ends(view.curve.reward)
    change = "" if first is None or last is None else f", reward {first:.2f} → {last:.2f}"
    return (
        f"{view.painter} is trained: {view.step} steps{change}.\n"
        f"Try it: painter-studio name '#d48475' --painter base --painter {view.painter}"
    )

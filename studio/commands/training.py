"""``train``: a recipe from options, a training in a process of its own, and its events as progress."""

from __future__ import annotations

import argparse
import importlib.util
import shlex
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from engine import places
from engine import recipe as recipes
from engine import task as tasks
from engine.durable import RunError
from engine.judges.spec import Correctness, JudgeError, JudgeSpec
from engine.recipe import EMBEDDED_BASE, Panel, Recipe, RecipeError, Taste
from engine.rundir import RunFolder
from engine.task import Task
from studio import cures
from studio.commands.desk import CommandError, Desk, print_json, printable
from studio.commands.following import collected_interrupts, follow
from studio.commands.panels import gates_of, split_weight
from studio.judges import JudgeLibrary
from studio.runs import Runs, fork_name
from studio.supervisor import Supervisor, Way
from studio.views import alarm
from studio.views.run import RunView, empty

_Part = TypeVar("_Part", bound=msgspec.Struct)
ENDS = 5  # steps that reward_first and reward_last are means over

# Options that make a recipe; a resumed run has its own.
_RECIPE = (
    *("recipe", "task", "judge", "guard", "gate", "normalize", "no_sameness", "name", "base"),
    *("steps", "colors", "group", "seed"),
    *("objective", "lr", "beta", "temperature", "entropy_floor", "rank", "accumulation", "patience"),
    *("reject_worst", "reject_duplicates", "redraws", "rare_colors", "phrasings"),
    *("checkpoint_every", "eval_every", "device", "dtype", "threads", "quantize", "vllm"),
)


def train(options: argparse.Namespace, desk: Desk) -> int:
    """Train a painter, or go on with a run, and follow it to its end."""
    supervisor = Supervisor(desk.python, desk.training)
    runs = Runs(desk.home)
    way = _way(options)
    try:
        if options.resume is not None:
            folder = _resumed(options, runs)
        elif options.fork is not None or options.cure is not None:
            folder = _forked(options, runs, JudgeLibrary(desk.home))
        else:
            recipe, judges = plan(options, JudgeLibrary(desk.home))
            folder = runs.create(recipe, judges)
        # From before its start, so that no Ctrl-C leaves a training behind without a word.
        with collected_interrupts() as interrupts:
            # A run that is going (since its window was closed, say) is only followed.
            if not folder.alive():
                if options.no_start:
                    return _made(folder, options.json)
                supervisor.start(folder, way)
            if options.detach:
                view, left = empty(folder.recipe()), True
            else:
                view, left = follow(folder, supervisor, interrupts)
    except (tasks.TaskError, JudgeError, RecipeError, RunError) as error:
        raise CommandError(str(error)) from error
    outcome = "running" if left else view.status
    if options.json:
        print_json(summary(folder.path.name, view, outcome))
    elif left:
        print(printable(f"The training goes on by itself; find it again with: {_again(folder)}"))
    elif outcome == "stopped":
        print(printable(f"Saved at step {view.step}; go on with: {_again(folder)}"))
    elif outcome == "completed":
        print(printable(_praise(view)))
        if (at := alarm.standing(view)) is not None and at.level != "calm":
            print(printable(alarm.sentence(at)))
    if outcome in ("failed", "crashed"):
        raise CommandError(supervisor.ended_sentence(folder))
    return 0


def _way(options: argparse.Namespace) -> Way:
    """Return how the training is to be started; refuse a dashboard whose package is not there."""
    if options.report_to and importlib.util.find_spec(options.report_to) is None:
        raise CommandError(
            f"{options.report_to} is not installed: “pip install {options.report_to}”, "
            "or leave --report-to out."
        )
    try:
        launch = tuple(shlex.split(options.launch or ""))
    except ValueError as error:
        raise CommandError(f"The command in --launch cannot be read: {error}.") from error
    return Way(launch=launch, report_to=options.report_to or "")


def _made(folder: RunFolder, as_json: bool) -> int:
    """Tell of a run that was made and not started."""
    if as_json:
        print_json({"run": folder.path.name, "path": str(folder.path)})
    else:
        print(folder.path)
    return 0


def plan(
    options: argparse.Namespace,
    library: JudgeLibrary,
    begun: Recipe | None = None,
    frozen: Mapping[str, JudgeSpec] | None = None,
) -> tuple[Recipe, dict[str, JudgeSpec]]:
    """Make a recipe, with its judges, from the options; where they name a recipe, they change it.

    Parameters
    ----------
    begun, frozen
        A run's recipe to change instead, and its own copies of its judges, which go before the library's.

    Raises
    ------
    JudgeError, RecipeError
        In a sentence.
    """
    begun = _shipped(options.recipe) if options.recipe else begun
    task = options.task or (begun.task if begun else tasks.COLOR)
    panel, judges = _panel(options, library, begun, frozen or {}, tasks.load(task))
    first = judges[panel.tastes[0].judge]
    recipe = begun or Recipe(name=f"My {first.name}"[:60], panel=panel)
    given = _given(
        options,
        **{name: name for name in ("name", "seed", "device", "dtype", "threads", "quantize", "vllm")},
        checkpoint_every="checkpoint_every",
        eval_every="eval_every",
        patience="patience",
    )
    given["task"] = task
    if options.base is not None:
        given["base"] = _base(options.base)
    recipe = msgspec.structs.replace(
        recipe,
        panel=panel,
        budget=_changed(recipe.budget, _given(options, steps="steps", colors="colors", group="group")),
        learning=_changed(
            recipe.learning,
            _given(
                options,
                objective="objective",
                lr="learning_rate",
                beta="beta",
                temperature="temperature",
                entropy_floor="entropy_floor",
                accumulation="accumulation",
            ),
        ),
        rejection=_changed(
            recipe.rejection,
            _given(options, reject_worst="worst", reject_duplicates="duplicates", redraws="redraws"),
        ),
        breadth=_changed(recipe.breadth, _given(options, rare_colors="rare", phrasings="phrasings")),
        lora=_changed(
            recipe.lora,
            _given(options, rank="rank") | ({"alpha": 2.0 * options.rank} if options.rank else {}),
        ),
        **given,
    )
    # A struct made in the program has not been checked by msgspec; what was read back has.
    return recipes.parse(recipes.dump(recipe)), judges


def _changed(part: _Part, fields: dict[str, Any]) -> _Part:
    return msgspec.structs.replace(part, **fields)


def _panel(
    options: argparse.Namespace,
    library: JudgeLibrary,
    begun: Recipe | None,
    frozen: Mapping[str, JudgeSpec],
    task: Task,
) -> tuple[Panel, dict[str, JudgeSpec]]:
    """Return the panel that the options ask for, or the recipe's where they ask for none, and its judges."""
    judges: dict[str, JudgeSpec] = {}
    taste, *usual = task.judges or ("poet",)
    tastes = list(begun.panel.tastes) if begun else [Taste(taste)]
    guards: list[str] | None = list(begun.panel.guards) if begun else None
    if options.judge:
        split = [split_weight(text) for text in options.judge]
        judges |= {library.slug_of(reference): library.get(reference) for reference, _ in split}
        tastes = [Taste(library.slug_of(reference), weight) for reference, weight in split]
    own = {slug: spec for slug, spec in frozen.items() if slug not in judges}
    judges |= {taste.judge: _of(taste.judge, own, library) for taste in tastes if taste.judge not in judges}
    if options.guard is not None:
        asked = [one for one in options.guard if one != "none"]
        judges |= {library.slug_of(reference): library.get(reference) for reference in asked}
        guards = [library.slug_of(reference) for reference in asked]
    elif guards is None:
        # Taste alone soon gives every colour the same beautiful name; what describes needs no guard.
        guards = [] if any(isinstance(spec, Correctness) for spec in judges.values()) else usual
    judges |= {slug: _of(slug, own, library) for slug in guards if slug not in judges}
    panel = begun.panel if begun else Panel(tastes=tuple(tastes))
    gates = panel.gates
    if options.gate is not None:
        asked_gates = gates_of([one for one in options.gate if one != "none"], library)
        judges |= {gate.judge: library.get(reference) for reference, gate in asked_gates.items()}
        gates = tuple(asked_gates.values())
    judges |= {gate.judge: _of(gate.judge, own, library) for gate in gates if gate.judge not in judges}
    switches = {
        **({"sameness": False} if options.no_sameness else {}),
        **({"normalize": True} if options.normalize else {}),
    }
    parts = {"tastes": tuple(tastes), "guards": tuple(guards), "gates": gates}
    return _changed(panel, {**parts, **switches}), judges


def _of(slug: str, own: Mapping[str, JudgeSpec], library: JudgeLibrary) -> JudgeSpec:
    return own[slug] if slug in own else library.get(slug)


def _shipped(reference: str) -> Recipe:
    """Return a recipe by the name of one that ships with the app, or by path."""
    folder = places.resources() / "recipes"
    known = sorted(path.stem for path in folder.glob("*.toml"))
    if reference in known:
        return recipes.load(folder / f"{reference}.toml")
    path = places.expanded(reference)
    if not places.is_file(path):
        raise RecipeError(
            f"There is no recipe “{reference:.60}”: give one of {', '.join(known)}, or the path of a .toml."
        )
    return recipes.load(path)


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
        "alarm": alarm.document(view),
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
    folder = places.expanded(given)
    # The training runs elsewhere: a relative path would mean another folder there.
    return str(folder.resolve()) if folder.is_dir() else given


def _resumed(options: argparse.Namespace, runs: Runs) -> RunFolder:
    given = [
        f"--{name.replace('_', '-')}"
        for name in (*_RECIPE, "fork", "cure")
        if getattr(options, name) is not None
    ]
    if given:
        options.refuse(f"--resume goes on with the run's own recipe; leave out {', '.join(given)}")
    return runs.open(options.resume)


def _forked(options: argparse.Namespace, runs: Runs, library: JudgeLibrary) -> RunFolder:
    """Make a run from another's checkpoint; what the options do not say is as it was there."""
    if options.recipe is not None:
        options.refuse("a fork goes by the run's own recipe; leave out --recipe")
    if options.fork is not None and options.cure is not None:
        options.refuse("a cure is a fork already: give --cure or --fork")
    reference, step = _split_step(options.fork or options.cure[1])
    source = runs.open(reference)
    before = source.recipe()
    begun, origin = msgspec.structs.replace(before, name=fork_name(before.name)), None
    if options.cure is not None:
        begun = cures.find(options.cure[0], cures.load()).fork(before)
        origin = cures.origin_of(source) if step is None else None
        if step is None and origin is None:
            # It had narrowed before its first checkpoint: the base is the last that was healthy.
            return runs.create(*plan(options, library, begun, source.judges()))
    recipe, judges = plan(options, library, begun, source.judges())
    if origin is not None:
        source, step = runs.open(origin.run), origin.step
    return runs.fork(source, step, recipe, judges)


def _split_step(text: str) -> tuple[str, int | None]:
    """Split RUN:STEP; a run's path may hold colons of its own."""
    run, colon, step = text.rpartition(":")
    return (run, int(step)) if colon and step.isdecimal() else (text, None)


def _again(folder: RunFolder) -> str:
    return f"painter-studio train --resume {folder.path.name}"


def _praise(view: RunView) -> str:
    first, last = ends(view.curve.reward)
    change = "" if first is None or last is None else f", reward {first:.2f} → {last:.2f}"
    return (
        f"{view.painter} is trained: {view.step} steps{change}.\n"
        f"Try it: painter-studio name '#d48475' --painter base --painter {view.painter}"
    )

"""Runs laid over each other: where their recipes differ, field by field, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import msgspec

from engine.recipe import Panel, Recipe
from studio.views import plots
from studio.views.plots import Trace
from studio.views.run import RunView

MOST = 3
"""Runs laid over one; more could not be told apart."""

_WORDS = {
    "base": "Base",
    "seed": "Seed",
    "dtype": "Numbers",
    "device": "Device",
    "max_name_tokens": "Tokens a name",
    "checkpoint_every": "Checkpoint every",
    "eval_every": "Evaluated every",
    "patience": "Patience",
    "threads": "Threads",
    "budget.steps": "Steps",
    "budget.colors": "Colours a step",
    "budget.group": "Names a colour",
    "learning.objective": "Objective",
    "learning.learning_rate": "Learning rate",
    "learning.beta": "KL term",
    "learning.updates_per_batch": "Updates a batch",
    "learning.accumulation": "Micro-batches",
    "learning.temperature": "Temperature",
    "learning.entropy_floor": "Entropy floor",
    "learning.max_grad_norm": "Gradient limit",
    "learning.min_spread": "Least spread",
    "rejection.worst": "Worst left out",
    "rejection.duplicates": "Repeats left out",
    "rejection.redraws": "Drawn again at most",
    "breadth.rare": "Rare colours",
    "breadth.phrasings": "Ways of asking",
    "lora.rank": "LoRA rank",
    "lora.alpha": "LoRA alpha",
    "panel.floor": "Guard's floor",
    "panel.sameness": "Sameness",
    "panel.normalize": "Tastes normalised",
}
# Told as one line each, or (the name, the version) not at all.
_APART = {"name", "version", "origin", "panel.tastes", "panel.guards", "panel.gates"}


class Difference(msgspec.Struct, frozen=True):
    """A field in which recipes differ: what it is called, and each run's value as text."""

    field: str
    values: tuple[str, ...]


class Overlay(msgspec.Struct, frozen=True, kw_only=True):
    """Another run, to be laid over the one that is watched.

    Attributes
    ----------
    reward, names
        Its reward, and its different names over rollouts.
    """

    run: str
    name: str
    recipe: Recipe
    reward: Trace
    names: Trace


def shift(run: str, recipe: Recipe, other: str, other_recipe: Recipe) -> int:
    """Return by how many steps another run is moved to lie over the one that is watched.

    A fork and the run that it comes from are laid so that the fork begins where it left the other.

    Parameters
    ----------
    run, other
        The folders' names of the run that is watched and of the other.
    """
    begun, others = recipe.origin, other_recipe.origin
    if begun is not None and begun.run == other:
        return -begun.step
    return others.step if others is not None and others.run == run else 0


def over(run: str, recipe: Recipe, other: RunView, other_run: str, other_recipe: Recipe) -> Overlay:
    """Return a run as it is laid over the one that is watched; see :func:`shift`.

    Parameters
    ----------
    run, recipe
        The run that is watched.
    other
        The view of the run that is laid over it.
    """
    moved = shift(run, recipe, other_run, other_recipe)
    return Overlay(
        run=other_run,
        name=other.name,
        recipe=other_recipe,
        reward=_moved(plots.reward_of(other, other_run, other.name), moved),
        names=_moved(plots.names_of(other, other_run), moved),
    )


def _moved(trace: Trace, steps: int) -> Trace:
    """Return a trace moved along; what falls before the first step is left out."""
    kept = trace.steps + steps >= 1
    moved = {name: getattr(trace, name)[kept] for name in ("values", "smooth")}
    return replace(trace, steps=trace.steps[kept] + steps, **moved)


def differences(recipes: Sequence[Recipe]) -> tuple[Difference, ...]:
    """Return the fields in which recipes differ, the judges first.

    Names are left out: two runs of one name may differ, and two names are no difference.

    Parameters
    ----------
    recipes
        Two or more; each difference has a value for each.
    """
    rows = [_flat(recipe) for recipe in recipes]
    keys = dict.fromkeys(key for row in rows for key in row)
    found = []
    for key in keys:
        values = tuple(row.get(key, "–") for row in rows)
        if len(set(values)) > 1:
            found.append(Difference(key, values))
    return tuple(found)


def _flat(recipe: Recipe) -> dict[str, str]:
    panel = recipe.panel
    told = {
        "Tastes": _tastes(panel),
        "Guards": ", ".join(panel.guards) or "none",
        "Gates": ", ".join(f"{gate.judge} ≥ {gate.at_least:g}" for gate in panel.gates) or "none",
        "Begins from": "the base"
        if recipe.origin is None
        else f"{recipe.origin.run}, step {recipe.origin.step}",
    }
    for key, value in _leaves("", msgspec.to_builtins(recipe)).items():
        if not any(key == one or key.startswith(f"{one}.") for one in _APART):
            told[_WORDS.get(key, key)] = _written(value)
    return told


def _tastes(panel: Panel) -> str:
    alone = len(panel.tastes) == 1
    return ", ".join(t.judge if alone else f"{t.judge} × {t.weight:g}" for t in panel.tastes)


def _leaves(path: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        return {path: value}
    out: dict[str, Any] = {}
    for key, item in value.items():
        out |= _leaves(f"{path}.{key}" if path else key, item)
    return out


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, float) else str(value)

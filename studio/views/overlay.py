"""Runs laid over each other: where their recipes differ, field by field, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from engine.recipe import Panel, Recipe
from studio.views.plots import Trace

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
    "learning.max_grad_norm": "Gradient limit",
    "learning.min_spread": "Least spread",
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
    """Another run, to be laid over the one that is watched."""

    run: str
    name: str
    recipe: Recipe
    reward: Trace


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

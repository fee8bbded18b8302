"""Cures for a painter that narrows: what each does and costs, and the recipe that it makes of another.

A cure is data (``resources/cures.toml``): fields of the recipe that it changes. Taken, it is a fork from the
last healthy checkpoint, so that the curves before and after can be laid over each other.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path

import msgspec

from engine import places
from engine import recipe as recipes
from engine.recipe import Gate, Origin, Recipe, RecipeError, Slug
from engine.rundir import RunFolder
from studio.views import run as views
from studio.views.alarm import last_healthy_step
from studio.views.recipe_fields import Value, get, put
from studio.views.run import RunView

NAME_LIMIT = 60


class Cure(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One cure.

    Attributes
    ----------
    slug, name
        What the CLI and people call it.
    does, costs
        A sentence or two each.
    set, least, most
        Fields of the recipe by their paths, such as ``learning.beta``: their new value, or what they are
        raised or lowered to where they are below or above it.
    guards, gates
        Judges that join the panel; a gate that is there already stays as it is.
    """

    slug: Slug
    name: str
    does: str
    costs: str
    set: dict[str, Value] = {}
    least: dict[str, int | float] = {}
    most: dict[str, int | float] = {}
    guards: tuple[Slug, ...] = ()
    gates: tuple[Gate, ...] = ()

    @property
    def judges(self) -> tuple[str, ...]:
        """The judges that it needs."""
        return tuple(dict.fromkeys([*self.guards, *(gate.judge for gate in self.gates)]))

    def change(self, recipe: Recipe) -> Recipe:
        """Return the recipe as the cure has it; the same one if it is so already.

        Raises
        ------
        RecipeError
            If the recipe cannot take it, in a sentence.
        """
        changed = recipe
        for path, value in self.set.items():
            changed = put(changed, path, value)
        for path, number in self.least.items():
            changed = put(changed, path, max(get(changed, path), number))
        for path, number in self.most.items():
            now = get(changed, path)
            changed = put(changed, path, min(now, number) if now else number)
        panel = changed.panel
        there = {taste.judge for taste in panel.tastes} | {*panel.guards}
        guards = (*panel.guards, *(slug for slug in self.guards if slug not in there))
        shut = {gate.judge for gate in panel.gates}
        gates = (*panel.gates, *(gate for gate in self.gates if gate.judge not in shut))
        changed = put(put(changed, "panel.guards", guards), "panel.gates", gates)
        return recipes.parse(recipes.dump(changed))

    def fork(self, recipe: Recipe) -> Recipe:
        """Return the changed recipe under a name that tells of the cure; see :meth:`change`."""
        plain = recipe.name.partition(" + ")[0]
        name = f"{plain[: NAME_LIMIT - len(self.name) - 3]} + {self.name}"
        return msgspec.structs.replace(self.change(recipe), name=name)


class _Book(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    cure: tuple[Cure, ...]


def load(path: Path | None = None) -> tuple[Cure, ...]:
    """Return the cures that ship with the app, or another file's, in order.

    Raises
    ------
    RecipeError
        If the file cannot be read.
    """
    path = path or places.resources() / "cures.toml"
    try:
        book: _Book = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), _Book)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise RecipeError(f"{path} cannot be read: {error}.") from error
    return book.cure


def find(slug: str, cures: Sequence[Cure]) -> Cure:
    """Return a cure by its slug.

    Raises
    ------
    RecipeError
        If there is none.
    """
    found = next((cure for cure in cures if cure.slug == slug), None)
    if found is None:
        known = ", ".join(cure.slug for cure in cures)
        raise RecipeError(f"There is no cure “{slug:.60}”: give one of {known}.")
    return found


def origin(run: str, recipe: Recipe, view: RunView, kept: Sequence[int]) -> Origin | None:
    """Return where a cure of a run begins: its last healthy checkpoint, or what the run itself began from.

    Parameters
    ----------
    run, recipe
        The run's folder and recipe.
    view
        Folded from the whole log.
    kept
        The steps of the checkpoints that are there.

    Returns
    -------
    Origin or None
        ``None`` for the base.
    """
    step = last_healthy_step(view, kept)
    return Origin(run=run, step=step) if step else recipe.origin


def origin_of(folder: RunFolder) -> Origin | None:
    """Return where a cure of a run begins, read from its folder; see :func:`origin`.

    Raises
    ------
    RunError
        If the run cannot be read.
    """
    recipe = folder.recipe()
    view = views.fold_many(views.empty(recipe), folder.tail().events)
    kept = [one.step for one in folder.listed_checkpoints()]
    return origin(folder.path.name, recipe, view, kept)

"""The cures of a run as its view shows them: where they begin, what each does, costs and changes."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec

from engine.recipe import Origin, RecipeError
from studio.cures import Cure, origin
from studio.views.overlay import differences
from studio.views.run import RunView


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """A cure.

    Attributes
    ----------
    changes
        What of the recipe it changes, such as "Sameness off → on".
    closed
        Why it cannot be taken; empty where it can.
    """

    slug: str
    name: str
    does: str
    costs: str
    changes: str = ""
    closed: str = ""


class CuresView(msgspec.Struct, frozen=True, kw_only=True):
    """The cures of a run.

    Attributes
    ----------
    origin
        Where they begin; ``None`` for the base.
    begins
        The same in a sentence.
    """

    origin: Origin | None
    begins: str
    cards: tuple[Card, ...] = ()


def cures_of(
    cures: Sequence[Cure], run: str, view: RunView, kept: Sequence[int], known: Collection[str]
) -> CuresView | None:
    """Return the cures of a run; ``None`` where its recipe is not known.

    Parameters
    ----------
    run
        The name of its folder.
    kept
        The steps of its checkpoints that are there.
    known
        The slugs of the judges that there are.
    """
    recipe = view.recipe
    if recipe is None:
        return None
    begun = origin(run, recipe, view, kept)
    if begun is not None and begun.run == run:
        where = f"from step {begun.step}, its last healthy checkpoint"
    elif begun is not None:
        where = f"where this run began, at step {begun.step} of {begun.run}: no checkpoint since was healthy"
    else:
        where = "from the base: no checkpoint of this run was healthy"
    return CuresView(
        origin=begun,
        begins=f"One click starts a fork {where}. This run's curves are laid over the fork's.",
        cards=tuple(_card(cure, view, known) for cure in cures),
    )


def _card(cure: Cure, view: RunView, known: Collection[str]) -> Card:
    assert view.recipe is not None
    card = Card(slug=cure.slug, name=cure.name, does=cure.does, costs=cure.costs)
    missing = [slug for slug in cure.judges if slug not in known and slug not in view.recipe.panel.judges]
    if missing:
        return msgspec.structs.replace(card, closed=f"There is no judge “{missing[0]}”.")
    try:
        rows = differences([view.recipe, cure.change(view.recipe)])
    except RecipeError as error:
        return msgspec.structs.replace(card, closed=str(error))
    if not rows:
        return msgspec.structs.replace(card, closed="This run was trained so already.")
    told = [f"{row.field} {row.values[0]} → {row.values[1]}" for row in rows]
    return msgspec.structs.replace(card, changes="; ".join(told))

"""Judges that nothing is trained against: what a training's reward is checked by.

A painter trained against a judge ends up saying what pleases *that* judge. Whether it has learned the taste,
another judge of the same taste must say. The house's tastes have twins in other words and with other
examples (``resources/judges/held-out``). A person's own contrast judge gets a twin made from it: every other
one of its liked examples, against a dictionary's colour words instead of its own plain list. Half of what
it is shown was shown to the trained judge too, so it is the weaker check, but a name that only exploits the
trained judge's wording or its plain list does not please it. Other kinds have no twin that could be made
without asking more of a person or of a server: for them correctness alone is the check, and it guards all
others, since a name that says nothing of its colour is no better for its style.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from engine import places
from engine.judges import spec as specs
from engine.judges.spec import Contrast, Correctness, JudgeError, JudgeSpec
from engine.recipe import Panel, Taste

GUARD = "held-out-guard"
"""Correctness, by a slug that is no taste's: somebody may call a judge of another kind "correctness"."""
PLAIN = ("Medium Gray", "Orange Red", "Navy", "Tan")
PLAIN_ASKS = "ordinary color words from a dictionary"


def twin(slug: str, spec: JudgeSpec, house: Path | None = None) -> JudgeSpec | None:
    """Return a judge of the same taste that is not trained against; ``None`` if there can be none.

    Parameters
    ----------
    slug, spec
        The judge that is trained against.
    house
        The folder of the house's judges.
    """
    house = house or places.resources() / "judges"
    if not isinstance(spec, Contrast):
        return None
    if _is_the_houses(spec, house / f"{slug}.toml"):
        try:
            return specs.load(house / "held-out" / f"{slug}.toml")
        except JudgeError:
            pass  # a house judge without a twin is treated as anybody's
    return msgspec.structs.replace(
        spec,
        name=f"{spec.name[: specs.NAME_LIMIT - 10]}, held out",
        liked=spec.liked[1::2] or spec.liked,
        plain=PLAIN,
        plain_asks=PLAIN_ASKS,
    )


def panel(
    tastes: Panel, judges: Mapping[str, JudgeSpec], of_colors: bool = True
) -> tuple[Panel, dict[str, JudgeSpec]] | None:
    """Return the panel that a training is checked by, and its judges; ``None`` if there can be none.

    Its tastes are the twins of those that have one, weighed as they are; its guard is correctness, which is
    the only taste where none has a twin. Sameness is left out, as in every evaluation.

    Parameters
    ----------
    tastes
        The panel that is trained against.
    judges
        Slug → judge, for its tastes.
    of_colors
        Whether names are for colours; correctness can say nothing of others.
    """
    twins = {taste.judge: twin(taste.judge, judges[taste.judge]) for taste in tastes.tastes}
    found = {slug: spec for slug, spec in twins.items() if spec is not None}
    guard = {GUARD: Correctness(name="Correctness")} if of_colors else {}
    kept = tuple(taste for taste in tastes.tastes if taste.judge in found)
    if kept:
        return Panel(tastes=kept, guards=tuple(guard), floor=tastes.floor, sameness=False), {**found, **guard}
    return (Panel(tastes=(Taste(GUARD),), sameness=False), {**guard}) if guard else None


def _is_the_houses(spec: Contrast, path: Path) -> bool:
    try:
        shipped = specs.load(path)
    except JudgeError:
        return False
    return isinstance(shipped, Contrast) and (shipped.asks, shipped.liked) == (spec.asks, spec.liked)

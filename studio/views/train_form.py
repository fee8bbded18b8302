"""A recipe as the Train page's form holds it: what is chosen, whether it is sound, and it in words.

A draft is a :class:`Recipe` that may not be sound yet: its name may be empty, its panel without a taste.
``engine.recipe.check`` stays the judge of soundness; here its sentences are put beside the fields.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import msgspec

from engine import recipe as recipes
from engine.judges.spec import Describes, Form, JudgeSpec, Rating, kind_of
from engine.judges.trial import Advice
from engine.outside import has_unseen
from engine.recipe import Gate, Panel, Recipe, RecipeError, Taste
from studio.views import recipe_fields as fields

LENGTHS = (("Quick", 20), ("Standard", 60), ("Long", 200))
NAME_LIMIT = 60
GATE = 0.3
"""What a new gate asks for."""


class FormError(ValueError):
    """A draft that is no recipe yet; ``faults`` has a sentence for each field at fault."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__(" ".join(faults.values()))
        self.faults = dict(faults)


def start(taste: str = "poet", guards: Sequence[str] = ("listener", "correctness")) -> Recipe:
    """Return the draft that a first visit begins with."""
    return Recipe(name="", panel=Panel(tastes=(Taste(taste),), guards=tuple(guards)))


def length(draft: Recipe) -> int:
    """Return the place of the draft's steps among :data:`LENGTHS`; -1 for another number."""
    return next((place for place, (_, steps) in enumerate(LENGTHS) if steps == draft.budget.steps), -1)


def read(draft: Recipe, known: Collection[str]) -> Recipe:
    """Return the recipe that a draft is.

    Parameters
    ----------
    known
        Slugs of the judges that can be used.

    Raises
    ------
    FormError
        With a sentence for each field at fault; ``name``, ``base`` and ``panel`` are fields too.
    """
    tidy = msgspec.structs.replace(draft, name=" ".join(draft.name.split()))
    found = faults(tidy, known)
    if found:
        raise FormError(found)
    try:
        # A struct made in the program has not been checked by msgspec; what was read back has.
        return recipes.parse(recipes.dump(tidy))
    except RecipeError as error:
        raise FormError({"name": str(error)}) from error


def faults(draft: Recipe, known: Collection[str]) -> dict[str, str]:
    """Return what keeps a draft from being a recipe, by field; empty if nothing does."""
    found: dict[str, str] = {}
    name = " ".join(draft.name.split())
    if not name:
        found["name"] = "Give the painter a name."
    elif len(name) > NAME_LIMIT:
        found["name"] = f"This is {len(name)} characters long; {NAME_LIMIT} is the most."
    elif has_unseen(name):
        found["name"] = "A name cannot hold control characters."
    if said := _panel_fault(draft.panel, known):
        found["panel"] = said
    for path, field in fields.FIELDS.items():
        value = fields.get(draft, path)
        if field.kind == "choice" and not field.allows(value):
            found[path] = f"Choose one of {', '.join(word for _, word in field.choices)}."
    if said := _parts_fault(draft):
        found["learning.accumulation"] = said
    return found


def _panel_fault(panel: Panel, known: Collection[str]) -> str:
    if not panel.tastes:
        return "Add a judge: without a taste there is no reward."
    missing = [slug for slug in panel.judges if slug not in known]
    if missing:
        which = " and ".join(f"“{slug}”" for slug in missing[:3])
        return f"There is no judge {which} here: take it out, or put its file among your judges."
    named = [taste.judge for taste in panel.tastes] + list(panel.guards)
    if len(set(named)) != len(named):
        return "Each judge can take part once, as a taste or as a guard."
    return ""


def _parts_fault(draft: Recipe) -> str:
    """Say why the rollouts cannot be cut into parts; TRL wants them all alike."""
    rollouts, parts = draft.budget.colors * draft.budget.group, draft.learning.accumulation
    if rollouts % parts == 0:
        return ""
    near = sorted((n for n in range(1, rollouts + 1) if rollouts % n == 0), key=lambda n: (abs(n - parts), n))
    lower, *others = sorted(near[:2])
    fits = f"{lower} or {others[0]}" if others else str(lower)
    return f"{rollouts} names cannot be cut into {parts} equal parts; {fits} would do."


# The panel.


def shares(tastes: Sequence[Taste]) -> list[float]:
    """Return each taste's share of the weights, 0..1."""
    whole = sum(taste.weight for taste in tastes)
    return [taste.weight / whole for taste in tastes]


def panel_sentence(panel: Panel, names: Mapping[str, str]) -> str:
    """Tell the panel in one plain sentence; ``names`` are the judges' names by slug."""
    if not panel.tastes:
        return "Nobody judges yet."
    parts = [names.get(taste.judge, taste.judge) for taste in panel.tastes]
    if len(parts) > 1:
        parts = [f"{share:.0%} {name}" for name, share in zip(parts, shares(panel.tastes), strict=True)]
    said = _listed(parts)
    if panel.guards:
        said += f", guarded by {_listed([names.get(slug, slug) for slug in panel.guards])}"
    if panel.gates:
        gates = [f"{gate.at_least:g} from {names.get(gate.judge, gate.judge)}" for gate in panel.gates]
        said += f"; a name needs {_listed(gates)}"
    return f"{said[:1].upper()}{said[1:]}."


def _listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def panel_warnings(panel: Panel, judges: Mapping[str, JudgeSpec], advice: Mapping[str, Advice]) -> list[str]:
    """Return what a person should know of a panel before training on it; it may be trained on nevertheless.

    Parameters
    ----------
    judges, advice
        The judges, and what came of trying the models of some, by slug.
    """
    said = []
    if panel.tastes and not _describing(panel, judges):
        said.append(
            "Nothing asks whether a name fits its colour: soon all colours are called alike. Add a guard."
        )
    elif panel.tastes and not panel.sameness:
        said.append("Sameness is off: one good name may come to serve for many colours.")
    for slug in panel.judges:
        spec, found = judges.get(slug), advice.get(slug)
        if spec is not None and found is not None and not found.sound:
            said.append(f"{spec.name}: {found.sentence}")
    return said


def _describing(panel: Panel, judges: Mapping[str, JudgeSpec]) -> bool:
    """Tell whether some judge hears of the colour, as a guard, a gate, or a taste."""
    guarding = {*panel.guards, *(gate.judge for gate in panel.gates)}
    return any(
        slug in judges
        and (
            kind_of(judges[slug]) in ("correctness", "describes", "listener")
            # What else guards may ask for it in its own words; rules about a name's shape do not.
            or (slug in guarding and not isinstance(judges[slug], Form))
        )
        for slug in panel.judges
    )


def worth_trying(panel: Panel, judges: Mapping[str, JudgeSpec]) -> list[str]:
    """Return the slugs of the judges whose model may not be able to judge: those that give marks."""
    return [slug for slug in panel.judges if isinstance(judges.get(slug), Rating | Describes)]


def with_gate(panel: Panel, judge: str, at_least: float = GATE) -> Panel:
    """Return the panel with a gate, in place of one of the same judge."""
    kept = tuple(gate for gate in panel.gates if gate.judge != judge)
    return msgspec.structs.replace(panel, gates=(*kept, Gate(judge, at_least)))

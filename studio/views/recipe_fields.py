"""A recipe's numbers and choices as fields of a form: made from the schema, with words and sane limits.

The schema says what a value may be at all; here is what a person is offered. A recipe from elsewhere may
lie beyond that, within the schema: then its field goes as far (see :func:`reaching`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import msgspec
from msgspec import inspect

from engine.recipe import Panel, Recipe, Taste

Value = int | float | str | bool
Kind = Literal["count", "number", "choice", "switch"]

# What has a control of its own, or none.
_ELSEWHERE = frozenset(
    {"name", "version", "base", "task", "origin", "vllm", "panel.tastes", "panel.guards", "panel.gates"}
)
_UNTOUCHED = Recipe(name="-", panel=Panel(tastes=(Taste("-"),)))


class FormField(msgspec.Struct, frozen=True, kw_only=True):
    """One field.

    Attributes
    ----------
    path
        Where its value stands in a recipe, such as ``learning.beta``.
    section
        What it is shown among.
    label, sentence
        What it is called, and what it does.
    default
        A new recipe's value.
    least, most
        What is offered, both included; numbers and counts only.
    places
        Decimals that are shown at most.
    by_ratio
        Whether a step multiplies rather than adds.
    choices
        (value, word) of each, for choices.
    notes
        What some choices mean, by value: said instead of the sentence while they are chosen.
    """

    path: str
    section: str
    label: str
    sentence: str
    kind: Kind
    default: Value
    least: float = 0
    most: float = 0
    step: float = 1
    places: int = 0
    by_ratio: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    notes: dict[str, str] = {}

    def allows(self, value: Value) -> bool:
        """Tell whether a value is one that is offered."""
        if self.kind == "choice":
            return value in dict(self.choices)
        return self.kind == "switch" or (not isinstance(value, str) and self.least <= value <= self.most)


class _Words(msgspec.Struct, frozen=True):
    label: str
    sentence: str
    least: float = 0
    most: float = 0
    step: float = 1
    places: int = 0
    by_ratio: bool = False


TERMS: dict[str, str] = {
    "budget.colors": "color",
    "budget.group": "group",
    "panel.sameness": "sameness",
    "panel.normalize": "taste",
    "panel.floor": "guard",
    "learning.objective": "grpo",
    "learning.learning_rate": "learning-rate",
    "learning.beta": "kl",
    "learning.temperature": "temperature",
    "learning.max_grad_norm": "gradient",
    "learning.min_spread": "advantage",
    "lora.rank": "rank",
    "lora.alpha": "lora",
    "max_name_tokens": "name",
    "checkpoint_every": "checkpoint",
    "seed": "seed",
}
"""Which term of the glossary a field sets, by its path; those that need none are not here."""
SECTIONS: dict[str, dict[str, _Words]] = {
    "Length": {
        "budget.steps": _Words("Steps", "How many times it samples, is judged and learns.", 1, 5000, 10),
        "budget.colors": _Words("Colours", "How many colours are named at each step.", 1, 128),
        "budget.group": _Words(
            "Names each",
            "How many names a colour is given at a step: one group, measured by its mean.",
            2,
            64,
        ),
    },
    "Reward": {
        "panel.sameness": _Words(
            "Sameness", "Colours of a step that are given the same name share what it earns."
        ),
        "panel.normalize": _Words(
            "Even tastes", "No taste drowns another by spreading wider: each is set to one spread first."
        ),
        "panel.floor": _Words(
            "Guards leave", "The share of the reward that stays when a guard gives nothing.", 0, 0.9, 0.05, 2
        ),
    },
    "Learning": {
        "learning.objective": _Words("Objective", "How advantages become an update."),
        "learning.learning_rate": _Words(
            "Learning rate",
            "How far one update goes; too far, and it learns one name.",
            1e-6,
            1e-2,
            1.25,
            9,
            True,
        ),
        "learning.beta": _Words(
            "Pull to the base",
            "The weight of the KL term; 0 lets the painter go where its judges like it.",
            0,
            1,
            0.01,
            4,
        ),
        "learning.updates_per_batch": _Words(
            "Updates a batch", "How often the same names are learnt from; above 1, clipping sets in.", 1, 8
        ),
        "learning.accumulation": _Words(
            "In parts",
            "Into how many parts a step is cut: more take less memory. It must divide colours × names.",
            1,
            64,
        ),
        "learning.temperature": _Words(
            "Temperature", "How boldly names are sampled; 1 is the model's own chances.", 0.1, 2, 0.1, 2
        ),
        "learning.entropy_floor": _Words(
            "Entropy floor",
            "In nats a token, of which the base has 3: below it a bonus for being unsure grows; 0 for none.",
            0,
            6,
            0.25,
            2,
        ),
        "learning.max_grad_norm": _Words(
            "Longest gradient", "Longer gradients are cut to this length.", 0.01, 100, 0.1, 2
        ),
        "learning.min_spread": _Words(
            "Least spread", "A group whose rewards differ by less teaches nothing.", 0, 0.5, 0.01, 3
        ),
    },
    "Rejection": {
        "rejection.worst": _Words(
            "Worst left out",
            "The share of each group, from its lowest reward up, that never reaches the loss.",
            0,
            0.75,
            0.05,
            2,
        ),
        "rejection.duplicates": _Words(
            "Repeats left out", "A name counts once in its group; what repeats it never reaches the loss."
        ),
        "rejection.redraws": _Words(
            "Draw again",
            "How often, at most, groups without spread are drawn again for other colours (DAPO).",
            0,
            8,
        ),
    },
    "Breadth": {
        "breadth.rare": _Words(
            "Rare colours",
            "The share of a step's colours that few of the known names lie near. Hues are balanced anyway.",
            0,
            1,
            0.05,
            2,
        ),
        "breadth.phrasings": _Words(
            "Ways of asking", "In how many phrasings names are asked for; 1 is the task, word for word.", 1, 6
        ),
    },
    "Painter": {
        "lora.rank": _Words(
            "Rank", "How much a painter can hold: the rank of its LoRA's matrices.", 1, 128, 4
        ),
        "lora.alpha": _Words(
            "Alpha", "How strongly the LoRA speaks: it is multiplied by alpha over rank.", 0.5, 256, 4, 1
        ),
        "max_name_tokens": _Words("Longest name", "In tokens; a name that goes on is unreadable.", 4, 32),
    },
    "Keeping": {
        "checkpoint_every": _Words(
            "Save every", "In steps; 0 saves at the end only. A run goes on from what was saved.", 0, 1000, 5
        ),
        "eval_every": _Words(
            "Look every", "In steps: when it names 48 colours that it never learns from.", 0, 1000, 5
        ),
        "patience": _Words(
            "Patience",
            "Stop when so many looks in a row find no better reward, and keep the best; 0 trains to the end.",
            0,
            50,
        ),
        "seed": _Words("Seed", "The same seed gives the same training again.", 0, 2**31 - 1),
    },
    "Machine": {
        "device": _Words("Device", "Where it trains."),
        "dtype": _Words("Numbers", "How exact numbers are; half of the bits is faster where it is built in."),
        "quantize": _Words(
            "Weights", "How the base is held; 4 bits need an NVIDIA GPU and bitsandbytes, and are slower."
        ),
        "threads": _Words("Threads", "Of the processor; 0 leaves it to the machine.", 0, 256),
    },
}

_CHOICES: dict[str, str] = {
    "grpo": "GRPO",
    "dr_grpo": "Dr. GRPO",
    "dapo": "DAPO",
    "gspo": "GSPO",
    "cispo": "CISPO",
    "auto": "Best here",
    "float32": "32 bits",
    "bfloat16": "16 bits",
    "none": "As they are",
    "nf4": "4 bits",
    "cpu": "Processor",
    "cuda": "NVIDIA GPU",
    "mps": "Apple GPU",
}

_NOTES: dict[str, str] = {
    "grpo": "GRPO: a reward counts against its group's mean, in units of the group's spread.",
    "dr_grpo": "Dr. GRPO: as GRPO, but groups that differ widely pull harder, and length counts for nothing.",
    "dapo": "DAPO: as GRPO, every token alike, with more room to rise; names cut short teach nothing.",
    "gspo": "GSPO: as GRPO, but a name is kept near as a whole rather than token by token.",
    "cispo": "CISPO: as GRPO, but no token is left out of the update: only its weight is cut.",
}


def get(recipe: Recipe, path: str) -> Any:
    """Return a recipe's value at a path."""
    value: Any = recipe
    for part in path.split("."):
        value = getattr(value, part)
    return value


def put(recipe: Recipe, path: str, value: Any) -> Recipe:
    """Return the recipe with another value at a path."""
    first, _, rest = path.partition(".")
    if not rest:
        return msgspec.structs.replace(recipe, **{first: value})
    part = getattr(recipe, first)
    return msgspec.structs.replace(recipe, **{first: msgspec.structs.replace(part, **{rest: value})})


def _make(path: str, schema: inspect.Type) -> FormField:
    section, words = next((name, told[path]) for name, told in SECTIONS.items() if path in told)
    facts: dict[str, Any] = {
        "path": path,
        "section": section,
        "label": words.label,
        "sentence": words.sentence,
        "default": get(_UNTOUCHED, path),
    }
    match schema:
        case inspect.BoolType():
            return FormField(kind="switch", **facts)
        case inspect.LiteralType(values=values):
            # In the order of the words; msgspec sorts a literal's values.
            choices = tuple((value, word) for value, word in _CHOICES.items() if value in values)
            notes = {value: _NOTES[value] for value, _ in choices if value in _NOTES}
            return FormField(kind="choice", choices=choices, notes=notes, **facts)
        case _:
            return FormField(
                kind="count" if isinstance(schema, inspect.IntType) else "number",
                least=words.least,
                most=words.most,
                step=words.step,
                places=words.places,
                by_ratio=words.by_ratio,
                **facts,
            )


def _walk(schema: inspect.Type, before: str = "") -> dict[str, inspect.Type]:
    found: dict[str, inspect.Type] = {}
    assert isinstance(schema, inspect.StructType)
    for field in schema.fields:
        path = f"{before}{field.name}"
        if path in _ELSEWHERE:
            continue
        if isinstance(field.type, inspect.StructType):
            found |= _walk(field.type, f"{path}.")
        else:
            found[path] = field.type
    return found


def schema() -> dict[str, inspect.Type]:
    """Return what may be set in a recipe by a field, by path, as msgspec tells the schema."""
    return _walk(inspect.type_info(Recipe))


_SCHEMA = schema()
FIELDS: dict[str, FormField] = {
    path: _make(path, _SCHEMA[path]) for told in SECTIONS.values() for path in told
}
"""All fields by path, in the order in which they are shown."""


def reaching(field: FormField, value: Value) -> FormField:
    """Return the field with limits that take in a value."""
    if field.kind in ("choice", "switch") or isinstance(value, str) or field.allows(value):
        return field
    return msgspec.structs.replace(field, least=min(field.least, value), most=max(field.most, value))


def among(field: FormField, values: Sequence[str]) -> FormField:
    """Return a choice with those of its choices that are among the values."""
    return msgspec.structs.replace(
        field, choices=tuple(choice for choice in field.choices if choice[0] in values)
    )


def differing(recipe: Recipe) -> list[str]:
    """Return the paths of the fields that are not as in a new recipe."""
    return [path for path, field in FIELDS.items() if get(recipe, path) != field.default]


def entered(recipe: Recipe) -> Recipe:
    """Return what of a recipe can be entered; where a run's training began is that run's alone."""
    parts = {"name", "base", "task", "panel", "vllm", *(path.partition(".")[0] for path in FIELDS)}
    return Recipe(**{part: getattr(recipe, part) for part in parts})


def reset(recipe: Recipe) -> Recipe:
    """Return the recipe with every field as in a new one; name, base and judges stay."""
    for path, field in FIELDS.items():
        recipe = put(recipe, path, field.default)
    return recipe

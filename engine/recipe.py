"""A recipe: everything that defines a training. Strict, versioned, written to ``recipe.toml``.

Judges are named by slug; their files are frozen beside the recipe in the run's folder.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import tomli_w

from engine.outside import OutsideError, has_unseen, parse_toml, read_toml, upgrade

EMBEDDED_BASE = "smollm2-135m-instruct"

Slug = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,59}\Z")]
Objective = Literal["grpo", "dr_grpo", "dapo", "gspo", "cispo"]


class RecipeError(ValueError):
    """A recipe that cannot be used, in one sentence."""


class Taste(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A judge in the panel and how much it weighs among the tastes."""

    judge: Slug
    weight: Annotated[float, msgspec.Meta(gt=0, le=100)] = 1.0


class Gate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A judge that must give a name so much, or the name earns nothing."""

    judge: Slug
    at_least: Annotated[float, msgspec.Meta(gt=0, le=1)]


class Panel(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How several judges become one reward.

    ``reward = (Σ weight·taste / Σ weight) · Π (floor + (1 − floor)·guard)``, divided, when ``sameness``
    is on, by the number of colours in the batch that were given the same name; 0 where a gate is shut.

    Attributes
    ----------
    gates
        May be judges that are tastes or guards as well.
    normalize
        Whether each taste is normalised within its group before they are summed, so that a taste whose
        scores spread widely does not drown the others, whatever the objective scales by; see
        :func:`engine.advantage.decoupled`.
    """

    tastes: Annotated[tuple[Taste, ...], msgspec.Meta(min_length=1, max_length=16)]
    guards: Annotated[tuple[Slug, ...], msgspec.Meta(max_length=16)] = ()
    floor: Annotated[float, msgspec.Meta(ge=0, lt=1)] = 0.15
    sameness: bool = True
    gates: Annotated[tuple[Gate, ...], msgspec.Meta(max_length=16)] = ()
    normalize: bool = False

    @property
    def judges(self) -> tuple[str, ...]:
        """The slugs of all who take part, each once: tastes, guards, gates."""
        tastes, gates = (taste.judge for taste in self.tastes), (gate.judge for gate in self.gates)
        return tuple(dict.fromkeys([*tastes, *self.guards, *gates]))


class Budget(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How long a training is and how wide each of its steps."""

    steps: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 60
    colors: Annotated[int, msgspec.Meta(ge=1, le=512)] = 8
    group: Annotated[int, msgspec.Meta(ge=2, le=256)] = 8


class Learning(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The objective and its numbers, in the literature's terms.

    Attributes
    ----------
    beta
        The weight of the KL term to the base.
    entropy_floor
        Below this mean entropy of a token, in nats, an entropy bonus grows step by step until it is back
        (Skywork-OR1, 2505.22312, §4); 0 for none.
    """

    objective: Objective = "grpo"
    learning_rate: Annotated[float, msgspec.Meta(gt=0, le=0.1)] = 1.5e-4
    beta: Annotated[float, msgspec.Meta(ge=0, le=10)] = 0.0
    updates_per_batch: Annotated[int, msgspec.Meta(ge=1, le=16)] = 1
    accumulation: Annotated[int, msgspec.Meta(ge=1, le=256)] = 1
    temperature: Annotated[float, msgspec.Meta(gt=0, le=5)] = 1.0
    entropy_floor: Annotated[float, msgspec.Meta(ge=0, le=10)] = 0.0
    max_grad_norm: Annotated[float, msgspec.Meta(gt=0, le=1000)] = 1.0
    min_spread: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.01


class Rejection(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which rollouts never reach the loss, and which groups are drawn again.

    Attributes
    ----------
    worst
        The share of each group, from its lowest reward up, that is left out (rounded down).
    duplicates
        Whether a name counts once in its group: what repeats an earlier one is left out.
    redraws
        How many times, at most, a step's groups without spread are drawn again, for other colours: the
        dynamic sampling of DAPO (2503.14476, §3.2) within a budget.
    """

    worst: Annotated[float, msgspec.Meta(ge=0, le=0.9)] = 0.0
    duplicates: bool = False
    redraws: Annotated[int, msgspec.Meta(ge=0, le=16)] = 0


class Breadth(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How wide a world is sampled; a step's colours are balanced by hue whatever stands here.

    Attributes
    ----------
    rare
        The share of each step's colours that are rare: few of the known names lie near them.
    phrasings
        In how many ways the colours are asked about; 1 is the task, word for word.
    """

    rare: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.0
    phrasings: Annotated[int, msgspec.Meta(ge=1, le=6)] = 1


class Lora(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The painter's own weights (Hu et al., 2106.09685), on all linear layers."""

    rank: Annotated[int, msgspec.Meta(ge=1, le=256)] = 8
    alpha: Annotated[float, msgspec.Meta(gt=0, le=1024)] = 16.0


class Origin(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The checkpoint that a fork begins from: a run's folder and the step it was saved after."""

    run: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    step: Annotated[int, msgspec.Meta(ge=1, le=100_000)]


class Recipe(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Everything that defines a training.

    Attributes
    ----------
    name
        What the painter will be called.
    base
        ``smollm2-135m-instruct`` (embedded) or the path of a local transformers folder.
    seed
        Every random choice derives from (seed, step, purpose).
    checkpoint_every, eval_every
        In steps; 0 means only at the end.
    task
        What is asked; see :mod:`engine.task`.
    quantize
        ``nf4`` holds the base's weights in 4 bits (QLoRA, Dettmers et al., 2305.14314); needs CUDA and
        bitsandbytes, and takes the plain path.
    vllm
        Address of a ``trl vllm-serve`` that draws the names; empty: they are drawn here.
    patience
        Stop when so many evaluations in a row bring no better held-out reward, and make the painter of the
        best one's checkpoint; 0 to train to the end.
    origin
        Where a fork begins; ``None`` for a training that begins from the base.
    """

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    panel: Panel
    version: Literal[1] = 1
    base: Annotated[str, msgspec.Meta(min_length=1, max_length=4096)] = EMBEDDED_BASE
    seed: Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)] = 0
    budget: Budget = Budget()
    learning: Learning = Learning()
    rejection: Rejection = Rejection()
    breadth: Breadth = Breadth()
    lora: Lora = Lora()
    dtype: Literal["auto", "float32", "bfloat16"] = "auto"
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"
    max_name_tokens: Annotated[int, msgspec.Meta(ge=1, le=64)] = 12
    checkpoint_every: Annotated[int, msgspec.Meta(ge=0, le=100_000)] = 10
    eval_every: Annotated[int, msgspec.Meta(ge=0, le=100_000)] = 10
    patience: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 0
    threads: Annotated[int, msgspec.Meta(ge=0, le=1024)] = 0
    task: Slug = "colour"
    quantize: Literal["none", "nf4"] = "none"
    vllm: Annotated[str, msgspec.Meta(pattern=r"^(https?://[^\s]{1,200})?$")] = ""
    origin: Origin | None = None


def parse(text: str) -> Recipe:
    """Read a recipe from TOML text.

    Raises
    ------
    RecipeError
        With one sentence that says what is wrong.
    """
    try:
        return from_data(parse_toml(text))
    except OutsideError as error:
        raise RecipeError(f"This recipe cannot be used: {error}.") from error


def from_data(data: dict[str, Any]) -> Recipe:
    """Read a recipe from a table as TOML gives it; see :func:`parse`."""
    try:
        recipe: Recipe = msgspec.convert(upgrade(data), Recipe)
    except OutsideError as error:
        raise RecipeError(f"This recipe cannot be used: {error}.") from error
    except msgspec.ValidationError as error:
        raise RecipeError(f"This recipe is not sound: {error}.") from error
    return check(recipe)


def check(recipe: Recipe) -> Recipe:
    """Check what the types cannot say, and return the recipe unchanged.

    Raises
    ------
    RecipeError
        If a judge appears twice, the rollouts do not divide into whole micro-batches, a group is left with
        fewer than two rollouts to compare, or it waits for evaluations that never come.
    """
    judges = [taste.judge for taste in recipe.panel.tastes] + list(recipe.panel.guards)
    if len(set(judges)) != len(judges):
        raise RecipeError("Each judge can take part once, as a taste or as a guard.")
    gates = [gate.judge for gate in recipe.panel.gates]
    if len(set(gates)) != len(gates):
        raise RecipeError("Each judge can be one gate.")
    if (recipe.budget.colors * recipe.budget.group) % recipe.learning.accumulation:
        raise RecipeError("The number of rollouts (colors × group) must be a multiple of the accumulation.")
    if recipe.budget.group - int(recipe.rejection.worst * recipe.budget.group) < 2:
        raise RecipeError("Two names of each group must be left to compare: leave out fewer of the worst.")
    if recipe.patience and not recipe.eval_every:
        raise RecipeError("To stop early it must look at held-out colours: set eval_every above 0.")
    if has_unseen(recipe.name) or not recipe.name.strip():
        raise RecipeError("The painter's name is empty or holds control characters.")
    return recipe


def load(path: Path) -> Recipe:
    """Read ``recipe.toml``; see :func:`parse`."""
    try:
        return from_data(read_toml(path))
    except OSError as error:
        raise RecipeError(f"{path} cannot be read: {error.strerror or error}.") from error
    except OutsideError as error:
        raise RecipeError(f"{path.name} cannot be read: {error}.") from error


def dump(recipe: Recipe) -> str:
    """Write a recipe as TOML text that :func:`parse` reads back to an equal recipe."""
    return tomli_w.dumps(table(recipe))


def table(recipe: Recipe) -> dict[str, Any]:
    """Return a recipe as a table that TOML can hold, which knows no null."""
    return {key: value for key, value in msgspec.to_builtins(recipe).items() if value is not None}

"""Whatever can be entered in the Train page's form is a recipe that TRL takes, or has a fault by a field."""

import tempfile
from pathlib import Path

import msgspec
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import recipe as recipes
from engine.lm.load import LoadedBase, copy_linears, lora_targets, twin
from engine.recipe import Gate, Panel, Recipe, Taste
from engine.task import color_task
from engine.train import grpo
from engine.train.batch import Hooks
from engine.train.grpo import PainterTrainer
from studio.views import recipe_fields as fields
from studio.views import train_form
from studio.views.recipe_fields import FIELDS, FormField

SLUGS = ("poet", "listener", "correctness", "terse", "unhinged")
START = msgspec.structs.replace(train_form.start(), name="Mine")


def values(field: FormField) -> st.SearchStrategy[object]:
    match field.kind:
        case "switch":
            return st.booleans()
        case "choice":
            return st.sampled_from([value for value, _ in field.choices])
        case "count":
            return st.integers(int(field.least), int(field.most))
        case _:
            return st.floats(field.least, field.most).map(lambda x: max(round(x, field.places), field.least))


@st.composite
def drafts(draw: st.DrawFn) -> Recipe:
    names = draw(st.permutations(SLUGS))
    count = draw(st.integers(0, 3))
    guards = tuple(names[count : count + draw(st.integers(0, 2))])
    panel = Panel(
        tastes=tuple(Taste(slug, draw(st.floats(0.01, 100))) for slug in names[:count]),
        guards=guards,
        gates=tuple(Gate(slug, draw(st.floats(0.01, 1))) for slug in names[: draw(st.integers(0, 2))]),
    )
    draft = Recipe(name=draw(st.text(max_size=70)), panel=panel)
    for path, field in FIELDS.items():
        if draw(st.booleans()):
            draft = fields.put(draft, path, draw(values(field)))
    return draft


@settings(max_examples=150, deadline=None)
@given(draft=drafts())
def test_what_the_form_makes_is_a_sound_recipe_that_trl_takes(draft: Recipe) -> None:
    faults = train_form.faults(draft, SLUGS)
    if faults:
        assert set(faults) <= {"name", "panel", "learning.accumulation"}
        assert all(sentence.endswith(".") for sentence in faults.values())
        return
    made = train_form.read(draft, SLUGS)
    assert recipes.check(made) == made
    assert recipes.parse(recipes.dump(made)) == made
    with tempfile.TemporaryDirectory() as scratch:
        told = grpo.settings(made, made.budget.steps, torch.device("cpu"), Path(scratch))
    assert told.generation_batch_size == made.budget.colors * made.budget.group
    assert told.num_generations == made.budget.group


@pytest.mark.parametrize("objective", [value for value, _ in FIELDS["learning.objective"].choices])
@pytest.mark.parametrize("most", [False, True])
def test_the_ends_of_what_can_be_entered_make_a_trainer(
    objective: str, most: bool, tiny_base: LoadedBase, tmp_path: Path
) -> None:
    recipe = fields.put(START, "learning.objective", objective)
    for path, field in FIELDS.items():
        if field.kind in ("count", "number") and path not in ("learning.accumulation", "max_name_tokens"):
            end = field.most if most else field.least
            recipe = fields.put(recipe, path, int(end) if field.kind == "count" else float(end))
    made = train_form.read(fields.put(recipe, "learning.accumulation", 64 if most else 1), SLUGS)
    assert made.budget.group == (64 if most else 2)
    hooks = Hooks(
        colors=lambda step: ["#d48475"] * made.budget.colors,
        prompt=lambda color: color_task().messages(color, True),
        judge=lambda batch: [],
        updated=lambda batch, metrics: False,
        phase=lambda phase, step: None,
    )
    trainer = PainterTrainer(
        twin(tiny_base.primed),
        copy_linears(tiny_base.primed),
        tiny_base.tokenizer,
        tiny_base.ends,
        made,
        list(lora_targets(tiny_base.primed)),
        1,
        hooks,
        tmp_path,
    )
    assert trainer.args.max_steps == made.budget.steps * made.learning.updates_per_batch

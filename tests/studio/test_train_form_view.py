"""The recipe's form, without Qt: its fields are the schema's, what it makes is sound, its words are plain."""

import msgspec
import pytest
from msgspec import inspect

from engine import places
from engine import recipe as recipes
from engine.judges import spec as specs
from engine.judges.spec import Form, Rating
from engine.judges.trial import Trial, advice
from engine.recipe import Gate, Panel, Recipe, Taste
from studio.views import recipe_fields as fields
from studio.views import train_form
from studio.views.recipe_fields import FIELDS, FormField
from studio.views.train_form import FormError

SLUGS = ("poet", "listener", "correctness", "terse", "unhinged")
JUDGES = {slug: specs.load(places.resources() / "judges" / f"{slug}.toml") for slug in SLUGS}
NAMES = {slug: spec.name for slug, spec in JUDGES.items()}
START = msgspec.structs.replace(train_form.start(), name="Mine")


# The fields.


def test_everything_that_a_recipe_holds_can_be_set() -> None:
    assert set(FIELDS) == set(fields.schema())
    for field in FIELDS.values():
        assert field.label
        assert field.sentence.endswith(".")
        assert len(field.sentence) < 110


@pytest.mark.parametrize("field", FIELDS.values(), ids=FIELDS)
def test_limits_are_sane_and_within_the_schema(field: FormField) -> None:
    assert field.allows(field.default)
    schema = fields.schema()[field.path]
    if isinstance(schema, inspect.IntType | inspect.FloatType):
        assert field.least < field.most
        for value in (field.least, field.most):
            recipe = fields.put(START, field.path, int(value) if field.kind == "count" else float(value))
            told = recipes.dump(recipe)
            assert fields.get(recipes.parse(told) if _divides(recipe) else recipe, field.path) == value
    elif isinstance(schema, inspect.LiteralType):
        assert {value for value, _ in field.choices} == set(schema.values)


def _divides(recipe: Recipe) -> bool:
    return recipe.budget.colors * recipe.budget.group % recipe.learning.accumulation == 0


def test_a_recipe_from_elsewhere_reaches_as_far_as_it_does() -> None:
    field = FIELDS["budget.steps"]
    assert not field.allows(90_000)
    assert fields.reaching(field, 90_000).allows(90_000)
    assert fields.reaching(field, 60) is field


def test_what_differs_is_known_and_set_back() -> None:
    assert fields.differing(START) == []
    changed = fields.put(fields.put(START, "learning.beta", 0.1), "seed", 7)
    assert fields.differing(changed) == ["learning.beta", "seed"]
    assert fields.reset(changed) == START


def test_what_is_started_from_is_what_can_be_entered() -> None:
    whole = START
    for path, field in FIELDS.items():
        if field.kind == "count":
            whole = fields.put(whole, path, int(field.most))
    assert fields.entered(whole) == whole


# Faults.


@pytest.mark.parametrize(
    ("draft", "field", "said"),
    [
        (msgspec.structs.replace(START, name="  "), "name", "Give the painter a name."),
        (msgspec.structs.replace(START, name="x" * 61), "name", "61 characters"),
        (msgspec.structs.replace(START, panel=Panel(tastes=())), "panel", "without a taste"),
        (
            msgspec.structs.replace(START, panel=Panel(tastes=(Taste("gone"),))),
            "panel",
            "There is no judge “gone” here",
        ),
        (
            msgspec.structs.replace(START, panel=Panel(tastes=(Taste("poet"),), guards=("poet",))),
            "panel",
            "once",
        ),
        (fields.put(START, "learning.accumulation", 5), "learning.accumulation", "2 or 4 would do"),
        (fields.put(START, "dtype", "float8"), "dtype", "Choose one of"),
    ],
)
def test_faults_stand_at_their_field(draft: Recipe, field: str, said: str) -> None:
    with pytest.raises(FormError) as told:
        train_form.read(draft, SLUGS)
    assert list(told.value.faults) == [field]
    assert said in told.value.faults[field]


def test_a_name_is_tidied() -> None:
    assert train_form.read(msgspec.structs.replace(START, name="  My \n Poet "), SLUGS).name == "My Poet"


def test_lengths_are_known_by_their_steps() -> None:
    assert [train_form.length(fields.put(START, "budget.steps", n)) for n in (20, 60, 200, 37)] == [
        0,
        1,
        2,
        -1,
    ]


# The panel in words.


def test_the_panel_is_one_plain_sentence() -> None:
    def said(panel: Panel) -> str:
        return train_form.panel_sentence(panel, NAMES)

    assert said(START.panel) == "Poet, guarded by Listener and Correctness."
    assert said(Panel(tastes=(Taste("poet"),))) == "Poet."
    two = Panel(tastes=(Taste("poet", 3), Taste("unhinged")), gates=(Gate("correctness", 0.3),))
    assert said(two) == "75% Poet and 25% Unhinged; a name needs 0.3 from Correctness."
    assert said(Panel(tastes=())) == "Nobody judges yet."
    assert train_form.with_gate(two, "correctness", 0.5).gates == (Gate("correctness", 0.5),)


def test_a_panel_that_invites_collapse_is_warned_of() -> None:
    def warned(panel: Panel, judges: dict[str, specs.JudgeSpec] = JUDGES) -> str:
        return " ".join(train_form.panel_warnings(panel, judges, {}))

    assert warned(START.panel) == ""
    assert "Add a guard" in warned(Panel(tastes=(Taste("poet"),)))
    # Rules about a name's shape know nothing of its colour.
    shape = {**JUDGES, "rules": Form(name="Rules")}
    assert "Add a guard" in warned(Panel(tastes=(Taste("poet"),), guards=("rules",)), shape)
    assert warned(Panel(tastes=(Taste("correctness"),))) == ""
    assert warned(Panel(tastes=(Taste("poet"),), gates=(Gate("correctness", 0.3),))) == ""
    assert "Sameness is off" in warned(Panel(tastes=(Taste("poet"),), guards=("listener",), sameness=False))


def test_a_judge_that_cannot_judge_is_warned_of() -> None:
    rating = Rating(name="Mark", asks="names like weather")
    judges = {**JUDGES, "mark": rating}
    panel = Panel(tastes=(Taste("mark"),), guards=("listener",))
    assert train_form.worth_trying(panel, judges) == ["mark"]
    found = advice(Trial(model="SmolLM2 135M", contrast=0.93, rating=0.53), "rating")
    (said,) = train_form.panel_warnings(panel, judges, {"mark": found})
    assert said.startswith("Mark: SmolLM2 135M tells a liked name from a plain one in 53% of pairs")
    good = advice(Trial(model="SmolLM2 135M", contrast=0.93, rating=0.93), "rating")
    assert train_form.panel_warnings(panel, judges, {"mark": good}) == []

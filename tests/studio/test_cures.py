"""The cures: that each is data that holds, what it makes of a recipe, and where it begins."""

from datetime import datetime
from pathlib import Path

import msgspec
import pytest

from engine.events import CheckpointSaved, CollapseNoticed, EvalFinished, RunStarted, StepFinished
from engine.judges import spec as specs
from engine.places import resources
from engine.recipe import Budget, Learning, Origin, Panel, Recipe, RecipeError, Taste
from studio import cures
from studio.runs import Runs
from studio.views import overlay, recipe_fields
from studio.views.cures import cures_of
from studio.views.run import RunView, fold_many

NAKED = Recipe(name="Unhinged", panel=Panel(tastes=(Taste("unhinged"),), sameness=False))
CURES = cures.load()


@pytest.mark.parametrize("cure", CURES, ids=lambda cure: cure.slug)
def test_each_changes_a_recipe_that_has_no_cure_and_names_judges_that_ship(cure) -> None:
    changed = cure.change(NAKED)
    assert changed != NAKED
    assert cure.change(changed) == changed
    assert set(cure.judges) <= set(changed.panel.judges)
    assert all((resources() / "judges" / f"{slug}.toml").is_file() for slug in cure.judges)
    assert {*cure.set, *cure.least, *cure.most} <= set(recipe_fields.FIELDS)
    assert cure.does.endswith(".")
    assert cure.costs.endswith(".")


def test_a_cure_leaves_alone_what_is_more_than_it_asks_for() -> None:
    far = msgspec.structs.replace(
        NAKED, learning=Learning(beta=0.5), budget=Budget(colors=64), eval_every=3, checkpoint_every=3
    )
    changed = {slug: cures.find(slug, CURES).change(far) for slug in ("kl", "breadth", "early-stop")}
    assert changed["kl"] == far
    assert changed["breadth"].budget.colors == 64
    assert changed["early-stop"].eval_every == 3
    never = msgspec.structs.replace(NAKED, eval_every=0)
    assert cures.find("early-stop", CURES).change(never).eval_every == 5


def test_the_forks_name_tells_of_the_last_cure_alone() -> None:
    named = msgspec.structs.replace(NAKED, name="A" * 60)
    first = cures.find("kl", CURES).fork(named)
    assert first.name == f"{'A' * 41} + Pull to the base"
    assert len(first.name) <= 60
    assert cures.find("entropy", CURES).fork(first).name == f"{'A' * 41} + Entropy floor"


def test_what_is_not_there_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="There is no cure “wine”: give one of breadth, "):
        cures.find("wine", CURES)
    (tmp_path / "cures.toml").write_text("cure = 3")
    with pytest.raises(RecipeError, match="cannot be read"):
        cures.load(tmp_path / "cures.toml")
    odd = msgspec.structs.replace(NAKED, learning=Learning(accumulation=24), budget=Budget(colors=3))
    with pytest.raises(RecipeError, match="multiple of the accumulation"):
        cures.find("breadth", CURES).change(odd)


def view_of(*events, recipe: Recipe = NAKED) -> RunView:
    return fold_many(RunView(steps=20, recipe=recipe), events)


LOUD = (
    EvalFinished(step=0, names={}),
    CheckpointSaved(step=5),
    EvalFinished(step=5, names={}),
    CheckpointSaved(step=10),
    EvalFinished(step=10, names={}),
    CollapseNoticed(step=10, level="alarm", evidence="x"),
)


def test_it_begins_at_the_last_healthy_checkpoint_or_where_the_run_began() -> None:
    assert cures.origin("loud", NAKED, view_of(*LOUD), (5, 10)) == Origin(run="loud", step=5)
    assert cures.origin("loud", NAKED, view_of(*LOUD), (10,)) is None
    fork = msgspec.structs.replace(NAKED, origin=Origin(run="first", step=7))
    assert cures.origin("loud", fork, view_of(*LOUD), (10,)) == fork.origin


def test_cards_say_what_changes_and_why_one_cannot_be_taken() -> None:
    shown = cures_of(CURES, "loud", view_of(*LOUD), (10, 5), {"unhinged", "correctness"})
    assert "from step 5, its last healthy checkpoint" in shown.begins
    cards = {card.slug: card for card in shown.cards}
    assert cards["uniqueness"].changes == "Sameness off → on"
    assert cards["uniqueness"].closed == ""
    assert cards["verifiable"].closed == "There is no judge “wording”."
    alike = view_of(*LOUD, recipe=cures.find("uniqueness", CURES).change(NAKED))
    again = {card.slug: card for card in cures_of(CURES, "loud", alike, (5,), {"unhinged"}).cards}
    assert again["uniqueness"].closed == "This run was trained so already."
    assert cures_of(CURES, "loud", RunView(), (), ()) is None


def test_a_fork_and_its_parent_are_laid_from_one_step_on() -> None:
    fork = msgspec.structs.replace(NAKED, origin=Origin(run="first", step=5))
    steps = [StepFinished(step=step, reward=step / 10, rollouts=4, distinct=2) for step in range(1, 8)]
    first = fold_many(RunView(name="First", steps=20, recipe=NAKED), steps)
    under = overlay.over("fork", fork, first, "first", NAKED)
    assert under.reward.steps.tolist() == [1, 2]
    assert under.reward.values.tolist() == [0.6, 0.7]
    assert under.names.values.tolist() == [0.5, 0.5]
    assert overlay.over("first", NAKED, first, "fork", fork).reward.steps.tolist() == list(range(6, 13))
    assert overlay.over("a", NAKED, first, "b", NAKED).reward.steps.tolist() == list(range(1, 8))


def test_a_runs_folder_tells_where_its_cure_begins(tmp_path: Path) -> None:
    judges = {"unhinged": specs.load(resources() / "judges" / "unhinged.toml")}
    folder = Runs(tmp_path).create(NAKED, judges, datetime(2026, 11, 27))
    for step in (5, 10):
        folder.commit_checkpoint(step, lambda part: (part / "adapter").mkdir())
    with folder.open_writer() as writer:
        writer.write(RunStarted(name="Unhinged", steps=20, device="cpu", dtype="float32"))
        for event in LOUD:
            writer.write(event)
    assert cures.origin_of(folder) == Origin(run=folder.path.name, step=5)

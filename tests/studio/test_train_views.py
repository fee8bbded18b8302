"""Groups, pinned colours and laid-over runs as they are shown."""

import msgspec
import pytest

from engine.events import EvalFinished, GroupPainted, Rollout
from engine.recipe import Budget, Gate, Learning, Origin, Panel, Recipe, Taste
from studio.views.colors_over_time import spread_out, story
from studio.views.group import group_views
from studio.views.overlay import Difference, differences

PANEL = Panel(tastes=(Taste("poet"),), guards=("correctness",), floor=0.0)
RECIPE = Recipe(name="My Poet", panel=PANEL)


def rollout(name, reward, advantage=0.0, poet=0.8, correctness=0.5, **more):
    scores = {"poet": poet, "correctness": correctness}
    return Rollout(name=name, reward=reward, advantage=advantage, scores=scores, **more)


def group(*rollouts, bar=0.3, color="#d48475"):
    return GroupPainted(step=4, color=color, reading="a light red", rollouts=rollouts, bar=bar)


# --- groups


def test_names_are_ranked_about_the_bar_with_arrows_by_advantage() -> None:
    silent = Rollout(name="Gone", scores={})
    [view] = group_views([group(rollout("Low", 0.1, -2.0), silent, rollout("High", 0.4, 1.0))], PANEL)
    assert [name.name for name in view.names] == ["High", "Low", "Gone"]
    assert [name.above for name in view.names] == [True, False, False]
    assert [name.reach for name in view.names] == [0.5, -1.0, 0.0]
    assert view.names[2].parts == ()


def test_each_judges_share_is_told_and_sums_to_the_reward() -> None:
    groups = [
        group(rollout("Fog", 0.2), rollout("Mist", 0.4)),
        group(rollout("fog", 0.2), color="#123456"),
    ]
    first, _ = group_views(groups, PANEL)
    mist, fog = first.names
    assert [(p.judge, p.score, p.share) for p in mist.parts] == [
        ("poet", 0.8, pytest.approx(0.8)),
        ("correctness", 0.5, pytest.approx(-0.4)),
    ]
    # Two colours are called Fog: sameness takes its part.
    assert [p.judge for p in fog.parts] == ["poet", "correctness", ""]
    assert sum(p.share for p in fog.parts) == pytest.approx(0.2)


def test_without_the_panel_scores_are_told_without_shares() -> None:
    [view] = group_views([group(rollout("Fog", 0.2))])
    assert [(p.judge, p.share) for p in view.names[0].parts] == [("poet", None), ("correctness", None)]
    [view] = group_views([group(Rollout(name="…", unreadable="It has no letters.", reward=0.0))], PANEL)
    assert (view.names[0].unreadable, view.names[0].parts) == ("It has no letters.", ())


# --- pinned colours

COLORS = ("#d48475", "#123456", "#9acd32", "#efdfb0", "#808080", "#b591f9", "#d48576", "#102030")


def evaluated(step, names=None):
    return EvalFinished(
        step=step,
        names=names or {c: f"Name {i}" for i, c in enumerate(COLORS)},
        reward=0.5,
        effective=6.0,
    )


def test_a_story_tells_pinned_names_at_each_evaluation_and_which_are_new() -> None:
    later = {c: "Mulled Wine" if c == "#d48475" else f"Name {i}" for i, c in enumerate(COLORS)}
    told = story([evaluated(0), evaluated(10, later)], ("#d48475", "#123456", "#ffffff"))
    assert told.pinned == ("#d48475", "#123456")
    assert [moment.step for moment in told.moments] == [0, 10]
    assert told.moments[1].names == ("Mulled Wine", "Name 1")
    assert [moment.fresh for moment in told.moments] == [(False, False), (True, False)]
    assert (told.moments[0].effective, told.moments[0].colors, told.known) == (6.0, 8, COLORS)


def test_colours_are_pinned_far_apart_and_one_near_the_persons_own() -> None:
    assert story([]).pinned == ()
    chosen = story([evaluated(0)], near="#d38474").pinned
    assert len(chosen) == 6
    assert chosen[0] == "#d48475"
    assert not {"#d48475", "#d48576"} <= set(chosen)
    assert set(spread_out(COLORS[:3])) == set(COLORS[:3])


def test_a_colour_that_was_not_evaluated_once_has_no_name_there() -> None:
    told = story([evaluated(0), evaluated(5, {"#d48475": "Fog"})], ("#123456",))
    assert told.moments[1].names == ("",)


# --- runs laid over each other


def changed(recipe=RECIPE, **changes):
    return msgspec.structs.replace(recipe, **changes)


def test_recipes_differ_by_field_and_not_by_name() -> None:
    assert differences([RECIPE, changed(name="Another")]) == ()
    other = changed(
        seed=7,
        budget=Budget(steps=120),
        learning=Learning(learning_rate=3e-4),
        panel=Panel(tastes=(Taste("poet"), Taste("form", 0.5)), gates=(Gate("correctness", 0.3),)),
        origin=Origin(run="2026-11-23-my-poet-3f9a", step=20),
    )
    third = changed(other, seed=8)
    assert differences([RECIPE, other, third]) == (
        Difference("Tastes", ("poet", "poet × 1, form × 0.5", "poet × 1, form × 0.5")),
        Difference("Guards", ("correctness", "none", "none")),
        Difference("Gates", ("none", "correctness ≥ 0.3", "correctness ≥ 0.3")),
        Difference(
            "Begins from",
            ("the base", "2026-11-23-my-poet-3f9a, step 20", "2026-11-23-my-poet-3f9a, step 20"),
        ),
        Difference("Guard's floor", ("0", "0.15", "0.15")),
        Difference("Seed", ("0", "7", "8")),
        Difference("Steps", ("60", "120", "120")),
        Difference("Learning rate", ("0.00015", "0.0003", "0.0003")),
    )


def test_every_field_of_a_recipe_has_a_word() -> None:
    strange = changed(
        seed=1,
        base="/elsewhere",
        dtype="float32",
        device="cpu",
        max_name_tokens=9,
        checkpoint_every=3,
        eval_every=4,
        threads=2,
        budget=Budget(steps=1, colors=2, group=3),
        learning=Learning(
            objective="gspo",
            learning_rate=1e-3,
            beta=0.1,
            updates_per_batch=2,
            accumulation=2,
            temperature=0.5,
            max_grad_norm=2.0,
            min_spread=0.5,
        ),
        lora=msgspec.structs.replace(RECIPE.lora, rank=2, alpha=3.0),
        panel=msgspec.structs.replace(PANEL, floor=0.5, sameness=False, normalize=True),
    )
    fields = [difference.field for difference in differences([RECIPE, strange])]
    assert len(fields) == 24
    assert all(field[0].isupper() and "." not in field for field in fields)

"""Which rollouts never reach the loss, and when a training has seen its best."""

import pytest

from engine.recipe import Panel, Recipe, RecipeError, Rejection, Taste, check, dump, parse
from engine.rejection import rejected
from engine.train.stopping import Best

NAMES = ["Fog", "Ash", "fog ", None, "Fog", None, "Elm", "Oak"]
REWARDS = [0.9, 0.1, 0.9, 0.0, 0.9, 0.0, 0.5, None]


@pytest.mark.parametrize(
    ("rejection", "reasons"),
    [
        (Rejection(), [""] * 8),
        (Rejection(duplicates=True), ["", "", "duplicate", "", "duplicate", "", "", ""]),
        (Rejection(worst=0.25), ["", "", "", "worst", "", "worst", "", ""]),
        (Rejection(worst=0.25, duplicates=True), ["", "", "duplicate", "", "duplicate", "", "", ""]),
        (Rejection(worst=0.4, duplicates=True), ["", "", "duplicate", "", "duplicate", "worst", "", ""]),
    ],
    ids=["nothing", "repeats", "the worst", "repeats make up the share", "both"],
)
def test_what_is_left_out(rejection, reasons) -> None:
    assert rejected(rejection, NAMES, REWARDS) == reasons


def test_a_group_of_one_name_keeps_it_once() -> None:
    assert rejected(Rejection(worst=0.5, duplicates=True), ["Fog"] * 4, [0.5] * 4) == ["", *["duplicate"] * 3]


def test_a_group_must_keep_two_and_patience_needs_evaluations() -> None:
    recipe = Recipe(name="A", panel=Panel(tastes=(Taste("poet"),)))
    with pytest.raises(RecipeError, match="leave out fewer"):
        parse(dump(recipe).replace("worst = 0.0", "worst = 0.9"))
    with pytest.raises(RecipeError, match="eval_every"):
        parse(
            dump(recipe).replace("patience = 0", "patience = 2").replace("eval_every = 10", "eval_every = 0")
        )
    assert check(parse(dump(recipe).replace("worst = 0.0", "worst = 0.75"))).rejection.worst == 0.75


def test_the_best_is_the_highest_and_the_rest_is_counted() -> None:
    best = Best()
    for step, reward in [(0, 0.99), (5, 0.4), (10, 0.6), (10, 0.6), (15, 0.5), (20, None)]:
        best = best.look(step, reward)
    assert best == Best(step=10, reward=0.6, since=2, looked=20)

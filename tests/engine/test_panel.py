"""The panel's formula: tastes are weighed, guards multiply, sameness divides, silence leaves out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import recipe as recipes
from engine.judges.panel import explain, guarded_tastes, rewards, sharing
from engine.recipe import Gate, Panel, Recipe, RecipeError, Taste

POET = Panel(tastes=(Taste("poet"),))
GUARDED = Panel(tastes=(Taste("poet", 3.0), Taste("terse", 1.0)), guards=("fits", "new"), floor=0.2)


def test_one_taste_is_its_score() -> None:
    assert rewards(POET, [["A", "B"], ["C"]], {"poet": [[0.25, 0.5], [1.0]]}) == [[0.25, 0.5], [1.0]]


def test_tastes_are_weighed_and_guards_multiply_from_the_floor() -> None:
    scores = {"poet": [[0.8]], "terse": [[0.4]], "fits": [[0.5]], "new": [[0.0]]}
    taste = (3 * 0.8 + 0.4) / 4
    assert rewards(GUARDED, [["A"]], scores)[0] == [pytest.approx(taste * (0.2 + 0.8 * 0.5) * 0.2)]


def test_weights_count_only_against_each_other() -> None:
    scores = {"a": [[0.9]], "b": [[0.1]]}
    small = Panel(tastes=(Taste("a", 0.2), Taste("b", 0.1)))
    large = Panel(tastes=(Taste("a", 20.0), Taste("b", 10.0)))
    assert rewards(small, [["N"]], scores)[0][0] == pytest.approx(rewards(large, [["N"]], scores)[0][0])


def test_a_name_for_many_colors_is_divided_among_them_however_it_is_spelled() -> None:
    groups = [["Night", "night", "Dawn"], ["NIGHT", "Dusk", "Noon"], ["Mist", "Mist", "Mist"]]
    scores = {"poet": [[0.6] * 3] * 3}
    assert sharing(groups) == {"night": 2, "dawn": 1, "dusk": 1, "noon": 1, "mist": 1}
    assert rewards(POET, groups, scores) == [[0.3, 0.3, 0.6], [0.3, 0.6, 0.6], [0.6, 0.6, 0.6]]
    alone = Panel(tastes=(Taste("poet"),), sameness=False)
    assert rewards(alone, groups, scores) == [[0.6] * 3] * 3


def test_an_unreadable_reply_earns_nothing_and_shares_nothing() -> None:
    groups = [[None, "Dust"], [None, "Dust"]]
    assert rewards(POET, groups, {"poet": [[0.0, 0.8], [0.0, 0.8]]}) == [[0.0, 0.4], [0.0, 0.4]]


def test_where_any_judge_is_silent_the_rollout_is_left_out() -> None:
    scores = {
        "poet": [[None, 0.5, 0.5, None]],
        "terse": [[0.5, 0.5, 0.5, None]],
        "fits": [[0.5, None, 1.0, None]],
        "new": [[0.5, 0.5, 1.0, None]],
    }
    out = rewards(GUARDED, [["A", "B", "C", None]], scores)[0]
    assert out == [None, None, pytest.approx(0.5), 0.0]


@given(st.lists(st.floats(0, 1), min_size=4, max_size=4), st.floats(0, 0.99))
def test_a_reward_lies_in_0_to_1_and_rises_with_every_score(marks: list[float], floor: float) -> None:
    panel = Panel(tastes=GUARDED.tastes, guards=GUARDED.guards, floor=floor)

    def reward(values: list[float]) -> float:
        keys = ("poet", "terse", "fits", "new")
        value = rewards(panel, [["A"]], {k: [[v]] for k, v in zip(keys, values, strict=True)})[0][0]
        assert value is not None
        return value

    before = reward(marks)
    assert 0.0 <= before <= 1.0 + 1e-12
    for i in range(4):
        better = [1.0 if j == i else mark for j, mark in enumerate(marks)]
        assert reward(better) >= before - 1e-12


GATED = Panel(
    tastes=(Taste("poet"),), guards=("fits",), floor=0.2, gates=(Gate("fits", 0.3), Gate("new", 0.5))
)


def test_a_shut_gate_leaves_nothing_and_an_open_one_changes_nothing() -> None:
    scores = {
        "poet": [[0.8, 0.8, 0.8, 0.8]],
        "fits": [[0.3, 0.29, 1.0, 1.0]],
        "new": [[0.5, 0.9, 0.49, None]],
    }
    out = rewards(GATED, [["A", "B", "C", "D"]], scores)[0]
    assert out == [pytest.approx(0.8 * (0.2 + 0.8 * 0.3)), 0.0, 0.0, None]


def test_what_each_taste_would_earn_alone_weighs_up_to_the_reward() -> None:
    scores = {"poet": [[0.8, 0.1]], "terse": [[0.4, 0.9]], "fits": [[0.5, 1.0]], "new": [[0.0, None]]}
    first, second = guarded_tastes(GUARDED, [["A", "B"]], scores)[0]
    factor = (0.2 + 0.8 * 0.5) * 0.2
    assert first == pytest.approx((0.8 * factor, 0.4 * factor))
    assert second is None
    assert guarded_tastes(GUARDED, [[None]], {key: [[0.0]] for key in scores}) == [[(0.0, 0.0)]]


@given(
    st.lists(st.floats(0, 1), min_size=4, max_size=4),
    st.sampled_from([0.0, 0.2, 0.9]),
    st.integers(1, 5),
    st.booleans(),
)
def test_shares_sum_to_the_reward_and_only_tastes_give(
    marks: list[float], floor: float, colors: int, sameness: bool
) -> None:
    panel = Panel(
        tastes=GUARDED.tastes,
        guards=GUARDED.guards,
        floor=floor,
        sameness=sameness,
        gates=(Gate("fits", 0.3),),
    )
    scores = dict(zip(("poet", "terse", "fits", "new"), marks, strict=True))
    found = explain(panel, scores, colors)
    groups = [["A"]] * colors
    alike = {key: [[mark]] * colors for key, mark in scores.items()}
    assert found.reward == pytest.approx(rewards(panel, groups, alike)[0][0])
    assert sum(share.share for share in found.shares) == pytest.approx(found.reward, abs=1e-9)
    for share in found.shares:
        assert share.share >= 0 if share.role == "taste" else share.share <= 0
    assert [share.role for share in found.shares].count("sameness") == sameness


def test_who_takes_more_away_has_the_larger_share_whoever_is_asked_first() -> None:
    scores = {"poet": 1.0, "terse": 1.0, "fits": 0.5, "new": 0.1}
    shares = {share.judge: share.share for share in explain(GUARDED, scores).shares}
    assert shares["new"] < shares["fits"] < 0
    turned = Panel(tastes=GUARDED.tastes, guards=("new", "fits"), floor=0.2)
    assert {share.judge: share.share for share in explain(turned, scores).shares} == pytest.approx(shares)


def test_a_shut_gate_takes_all_that_is_left() -> None:
    shares = {
        (s.role, s.judge): s.share for s in explain(GATED, {"poet": 0.8, "fits": 0.1, "new": 1.0}).shares
    }
    assert shares[("gate", "fits")] == pytest.approx(-0.8)
    assert shares[("guard", "fits")] == shares[("gate", "new")] == 0


def test_where_a_judge_failed_there_are_no_shares() -> None:
    found = explain(GUARDED, {"poet": 0.5, "terse": None, "fits": 1.0, "new": 1.0})
    assert found.reward is None
    assert {share.share for share in found.shares} == {None}
    assert [share.score for share in found.shares] == [0.5, None, 1.0, 1.0, 1.0]


def recipe(panel: str) -> Recipe:
    return recipes.parse(f'version = 1\nname = "P"\n[panel]\n{panel}')


def test_recipes_from_before_gates_read_as_they_did() -> None:
    panel = recipe('tastes = [{judge = "poet"}]\nguards = ["correctness"]').panel
    assert (panel.gates, panel.normalize) == ((), False)
    assert panel.judges == ("poet", "correctness")


def test_gates_survive_a_recipe_and_may_be_judges_that_guard_as_well() -> None:
    text = 'tastes = [{judge = "poet"}]\nguards = ["fits"]\nnormalize = true\n'
    made = recipe(text + 'gates = [{judge = "fits", at_least = 0.3}, {judge = "new", at_least = 1.0}]')
    assert made.panel.judges == ("poet", "fits", "new")
    assert recipes.parse(recipes.dump(made)) == made


@pytest.mark.parametrize(
    "gates",
    [
        '[{judge = "fits", at_least = 0.0}]',
        '[{judge = "fits", at_least = 1.1}]',
        '[{judge = "fits", at_least = nan}]',
        '[{judge = "Fits!", at_least = 0.5}]',
        '[{judge = "fits"}]',
        '[{judge = "fits", at_least = 0.5}, {judge = "fits", at_least = 0.6}]',
    ],
)
def test_what_is_no_gate_is_refused(gates: str) -> None:
    with pytest.raises(RecipeError):
        recipe(f'tastes = [{{judge = "poet"}}]\ngates = {gates}')

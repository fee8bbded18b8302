"""The panel's formula: tastes are weighed, guards multiply, sameness divides, silence leaves out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.judges.panel import rewards, sharing
from engine.recipe import Panel, Taste

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

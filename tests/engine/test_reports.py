"""The report's figures, on names small enough to count by hand."""

import math

import pytest

from engine.palette import held_out_colors
from engine.reports import Survey, row, rows, top_names_share, wins
from engine.service.survey import other_colors

COLORS = ["#ff0000", "#ee0000", "#00ff00", "#0000ff"]


def survey(painter: str, names: list[str], likes: list[float | None], **more: tuple) -> Survey:
    return Survey(painter=painter, names=tuple(names), scores={"poet": tuple(likes)}, **more)


def test_a_row_counts_names_and_shares() -> None:
    base = survey("base", ["Red", "Red", "Green", "Blue"], [0.1, 0.1, 0.2, 0.9])
    poet = survey(
        "poet",
        ["Ember", "ember ", "Fern", ""],
        [0.8, 0.1, 0.1, None],
        correct=(0.9, 0.8, 0.5, None),
        mistaken=(0.1, 0.9, 0.5, None),
    )
    told = row(COLORS, poet, base, "poet", "poet (held out)")
    assert told.distinct == 2
    assert told.effective == pytest.approx(2 ** -(2 / 3 * math.log2(2 / 3) + 1 / 3 * math.log2(1 / 3)))
    assert told.top10_share == 1.0
    assert told.top_hue_share == 1.0
    assert told.unreadable == 0.25
    assert told.correctness == pytest.approx((1 + 0 + 0.5) / 3)
    assert told.style_auc == pytest.approx((1 + 0.5 + 0) / 3)
    assert told.style_auc_held_out is None
    assert told.judges == {"poet": pytest.approx(1 / 3)}


def test_a_painter_without_a_readable_name_has_no_figures_to_show() -> None:
    told = row(COLORS, survey("mute", [""] * 4, [None] * 4))
    assert (told.distinct, told.effective, told.top10_share, told.top_hue_share) == (0, 0.0, 0.0, 0.0)
    assert told.unreadable == 1.0
    assert told.correctness is None
    assert told.style_auc is None
    assert told.judges == {}


def test_the_ten_commonest_names_are_counted_without_case() -> None:
    names = ["A", "a", *"BCDEFGHIJKL"]
    assert top_names_share(names, 10) == pytest.approx(11 / 13)


def test_pairs_that_are_not_whole_do_not_count() -> None:
    assert wins([1.0, None, 0.2], [0.5, 0.1, None]) == 1.0
    assert wins([None], [1.0]) is None


def test_each_painter_is_measured_by_its_own_judge() -> None:
    base = survey("base", ["Red"] * 4, [0.5] * 4)
    poet = survey("poet", ["Ember"] * 4, [0.9] * 4)
    told = rows(COLORS, [base, poet], base, {"poet": ("poet", None)})
    assert [one.style_auc for one in told] == [None, 1.0]


def test_random_other_colors_are_the_same_colors_none_in_its_own_place() -> None:
    colors = held_out_colors(200)
    others = other_colors(colors)
    assert sorted(others) == sorted(colors)
    assert all(a != b for a, b in zip(colors, others, strict=True))

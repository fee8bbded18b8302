"""Collapse: how varied names are, in all and by hue."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import collapse

REDS = ["#c0392b", "#d4504a", "#e06666", "#b03030", "#cc4444", "#a83232", "#d85c5c", "#bf4040"]
BLUES = ["#2040c0", "#3050d0", "#1030a0", "#4060e0", "#2a4ac8", "#2244bb", "#3355cc", "#4466dd"]


def test_names_are_compared_without_case_and_spacing():
    assert collapse.distinct(["Mulled Wine", "mulled  wine ", "Sage"]) == 2
    assert collapse.duplicates(["Mulled Wine", "MULLED WINE", "Sage"]) == 1


@pytest.mark.parametrize(
    ("names", "effective"),
    [([], 0.0), (["a"] * 5, 1.0), (list("abcd"), 4.0), (["a", "a", "b", "c"], 2**1.5)],
)
def test_effective_names(names, effective):
    assert collapse.effective_names(names) == pytest.approx(effective)


@given(st.lists(st.sampled_from(["Sage", "sage", "Fog", "Rust", "Ash"]), min_size=1))
def test_effective_names_lie_between_one_and_the_distinct(names):
    assert 1 - 1e-9 <= collapse.effective_names(names) <= collapse.distinct(names) + 1e-9


def test_top_share_keeps_the_first_spelling():
    assert collapse.top_share(["Fog", "Mulled Wine", "mulled wine", "Ash"]) == ("Mulled Wine", 0.5)
    assert collapse.top_share(["Fog", "Ash"]) == ("Fog", 0.5)
    assert collapse.top_share([]) == ("", 0.0)


def test_shares_by_hue_keep_greys_apart():
    colors = [*REDS, "#808080", "#ffffff", *BLUES]
    names = ["Mulled Wine"] * 8 + ["Fog", "Snow"] + [f"Blue {i}" for i in range(8)]
    shares = collapse.shares_by_hue(colors, names)
    assert sum(share.count for share in shares) == len(names)
    assert shares[-1].sector is None
    assert (shares[-1].count, shares[-1].share) == (2, 0.5)
    assert {share.name for share in shares if share.start < 60 and share.sector is not None} == {
        "Mulled Wine"
    }
    assert all(math.isclose(share.end - share.start, 30) for share in shares if share.sector is not None)


def test_colors_and_names_must_pair():
    with pytest.raises(ValueError, match="zip"):
        collapse.shares_by_hue(["#808080"], [])


def test_names_that_several_colors_share():
    assert collapse.shared([["Fog", "Ash"], ["fog", "Rust"], ["Sage"]]) == pytest.approx(2 / 5)
    # A group that repeats its own name shares it with nobody.
    assert collapse.shared([["Fog", "Fog"], ["Ash"]]) == 0.0
    assert collapse.shared([[], []]) == 0.0

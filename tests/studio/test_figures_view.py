"""A colour in figures: OKLCH, HSL, RGB."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import color as c
from studio.views.figures import HSL, OKLCH, RGB, SPACES, figures, groove, moved

HEXES = st.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06x}")


def test_figures_of_a_colour():
    color = "#d48475"
    lch = c.oklch(color)
    assert figures(OKLCH, lch, color) == pytest.approx((69.3, 0.102, 31.3), abs=0.06)
    assert figures(HSL, lch, color) == pytest.approx((9.5, 52.5, 64.5), abs=0.06)
    assert figures(RGB, lch, color) == (212, 132, 117)


@given(HEXES, st.sampled_from(SPACES))
def test_to_stay_is_to_keep_the_colour(color, space):
    there = moved(space, figures(space, c.oklch(color), color))
    assert (there if isinstance(there, str) else c.from_oklch(*there)) == color


@given(st.floats(0, 359), st.floats(5, 95))
def test_an_hsl_hue_survives_grey(hue, lightness):
    there = moved(HSL, (hue, 0.0, lightness))
    again = figures(HSL, there, c.from_oklch(*there))
    assert abs((again[0] - hue + 180) % 360 - 180) < 8
    assert again[1] == 0
    assert again[2] == pytest.approx(lightness, abs=0.5)


@pytest.mark.parametrize("space", SPACES)
@pytest.mark.parametrize("which", [0, 1, 2])
def test_a_groove_shows_what_its_slider_gives(space, which):
    color = "#5a8f6b"
    values = list(figures(space, c.oklch(color), color))
    painted, end = groove(space, values, which, 101)
    axis = space.axes[which]
    for place in range(0, 101, 4):
        values[which] = axis.least + (axis.most - axis.least) * place / 100
        there = moved(space, tuple(values))
        there = there if isinstance(there, str) else c.from_oklch(*there)
        assert np.abs(c.to_bytes(c.to_srgb(there)).astype(int) - painted[place]).max() <= 4
    assert (end < 1) == (axis.letter == "C")


def test_chroma_ends_where_srgb_ends():
    _, end = groove(OKLCH, (70.0, 0.1, 30.0), 1, 10)
    assert end * OKLCH.axes[1].most == pytest.approx(float(c.max_chroma(0.7, 30.0)), abs=1e-4)

"""Training colours and held-out colours: even, seeded, and never the same."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import color as c
from engine.palette import held_out_colors, is_held_out, training_colors


@settings(deadline=None)
@given(st.integers(0, 2**31 - 1), st.integers(0, 100_000), st.integers(1, 64))
def test_training_never_meets_a_held_out_color(seed: int, step: int, count: int) -> None:
    drawn = training_colors(seed, step, count)
    assert len(drawn) == count
    assert not any(is_held_out(color) for color in drawn)


def test_training_colors_come_from_seed_and_step_alone() -> None:
    assert training_colors(3, 5, 8) == training_colors(3, 5, 8)
    assert training_colors(3, 5, 8) != training_colors(3, 6, 8)
    assert training_colors(3, 5, 8) != training_colors(4, 5, 8)
    assert training_colors(0, 0, 0) == []
    assert len(training_colors(0, 0, 512)) == 512


def test_training_colors_are_even_in_hue_and_lightness() -> None:
    lch = c.srgb_to_oklch(c.to_srgb_many([x for step in range(200) for x in training_colors(0, step, 8)]))
    hues = np.histogram(lch[lch[:, 1] > 0.02, 2], 12, (0, 360))[0]
    lights = np.histogram(lch[:, 0], 7, (0.2, 0.97))[0]
    assert hues.min() > 0.7 * hues.mean()
    assert lights.min() > 0.7 * lights.mean()
    share = lch[:, 1] / np.maximum(c.max_chroma(lch[:, 0], lch[:, 2]), 1e-6)
    assert (share < 0.25).mean() > 0.08
    assert (share > 0.75).mean() > 0.25


def test_one_step_of_eight_goes_around_the_hue_circle() -> None:
    hues = sorted(c.oklch(color)[2] for color in training_colors(1, 1, 8))
    gaps = np.diff([*hues, hues[0] + 360])
    assert max(gaps) < 120


def test_held_out_colors_are_many_fixed_and_even() -> None:
    held = held_out_colors(2500)
    assert len(set(held)) == 2500
    assert all(is_held_out(color) for color in held)
    assert held_out_colors(24) == held[:24]
    lch = c.srgb_to_oklch(c.to_srgb_many(held))
    hues = np.histogram(lch[:, 2], 12, (0, 360))[0]
    assert hues.min() > 0.6 * hues.mean()


def test_no_held_out_color_has_a_twin_in_training() -> None:
    held = c.srgb_to_oklab(c.to_srgb_many(held_out_colors(500)))
    trained = [x for step in range(400) for x in training_colors(7, step, 8)]
    seen = c.srgb_to_oklab(c.to_srgb_many(trained))
    apart = np.sqrt(((held[:, None] - seen[None]) ** 2).sum(-1))
    assert apart.min() > 0.002


def test_about_an_eighth_of_all_colors_is_held_out() -> None:
    colors = [f"#{value:06x}" for value in np.random.default_rng(0).integers(0, 2**24, 4000)]
    assert 0.1 < np.mean([is_held_out(color) for color in colors]) < 0.15

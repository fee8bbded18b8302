"""Colours that go with a colour."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import color as c
from engine.harmony import harmonies


def test_harmonies_turn_the_hue_and_keep_lightness_and_chroma() -> None:
    found = {harmony.name: harmony for harmony in harmonies(0.7, 0.06, 30.0)}
    assert found["Complement"].hues == (210.0,)
    assert found["Analogous"].hues == (0.0, 60.0)
    assert found["Triad"].hues == (150.0, 270.0)
    assert found["Split"].hues == (180.0, 240.0)
    for harmony in found.values():
        for color, hue in zip(harmony.colors, harmony.hues, strict=True):
            there = c.oklch(color)
            assert there[0] == pytest.approx(0.7, abs=0.005)
            assert there[1] == pytest.approx(0.06, abs=0.005)
            assert abs((there[2] - hue + 180) % 360 - 180) < 3


@given(st.floats(0, 1), st.floats(0, 0.4), st.floats(0, 360))
def test_a_harmony_can_always_be_shown_and_is_as_light(lightness: float, chroma: float, hue: float) -> None:
    for harmony in harmonies(lightness, chroma, hue):
        for color in harmony.colors:
            assert c.parse_hex(color) == color
            assert c.oklch(color)[0] == pytest.approx(lightness, abs=0.06 if lightness < 0.1 else 0.01)


def test_a_grey_goes_with_itself() -> None:
    for harmony in harmonies(0.6, 0.0, 30.0):
        assert set(harmony.colors) == {"#808080"}

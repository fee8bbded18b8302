"""Colours in words: the ones that anybody would check, and all the others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.reading import reading


@pytest.mark.parametrize(
    ("color", "said"),
    [
        ("#d48475", "a light, muted coral red"),
        ("#efdfb0", "a pale cream yellow"),
        ("#6b4423", "a medium dark brown"),
        ("#808080", "a medium gray"),
        ("#2a0f38", "a very dark, muted purple"),
        ("#000000", "black"),
        ("#ffffff", "white"),
        ("#ff0000", "a vivid red"),
        ("#006400", "a dark, vivid leaf green"),
        ("#ffc0cb", "a very light pink"),
        ("#000080", "a dark, vivid navy blue"),
        ("#87ceeb", "a very light sky blue"),
        ("#008080", "a dark, vivid teal"),
        ("#8b4513", "a dark, vivid brown"),
        ("#808000", "a dark, vivid olive"),
        ("#f5f5dc", "a pale ivory cream"),
        ("#e6e6fa", "a very pale lavender blue"),
        ("#708090", "a grayish blue"),
        ("#bc8f8f", "a light dusty rose"),
    ],
)
def test_anchors(color: str, said: str) -> None:
    assert reading(color) == said


@given(st.integers(0, 0xFFFFFF))
def test_every_color_has_a_short_reading(value: int) -> None:
    said = reading(f"#{value:06x}")
    assert 1 <= len(said.split()) <= 6
    assert said == said.strip()
    assert said.isprintable()
    assert said in ("black", "white") or said.split()[0] == ("an" if said.split()[1][0] in "aeiou" else "a")
    assert "grey" not in said


@given(st.integers(0, 255))
def test_grays_have_no_hue(level: int) -> None:
    said = reading(f"#{level:02x}{level:02x}{level:02x}")
    assert said.split()[-1] in {"black", "gray", "white", "off-white"}


def test_readings_tell_colors_apart() -> None:
    said = {
        reading(f"#{r:02x}{g:02x}{b:02x}")
        for r in range(0, 256, 15)
        for g in range(0, 256, 15)
        for b in range(0, 256, 15)
    }
    assert len(said) > 400

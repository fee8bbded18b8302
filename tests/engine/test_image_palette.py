"""The few colours of a picture."""

from __future__ import annotations

import numpy as np
import pytest

from engine import color as c
from engine.image_palette import COUNT, palette


def bytes_of(*colors: str) -> np.ndarray:
    return c.to_bytes(c.to_srgb_many(colors))


def test_flat_colors_come_back_as_they_are_with_their_shares() -> None:
    pixels = bytes_of(*["#d48475"] * 60, *["#3b6ea5"] * 30, *["#efdfb0"] * 10)
    found = palette(pixels)
    assert [(one.color, one.share) for one in found] == [
        ("#d48475", pytest.approx(0.6)),
        ("#3b6ea5", pytest.approx(0.3)),
        ("#efdfb0", pytest.approx(0.1)),
    ]


def test_noisy_areas_give_one_color_each_and_a_small_accent_is_kept() -> None:
    rng = np.random.default_rng(5)
    areas = {"#5b87b8": 70_000, "#2f4a35": 25_000, "#cfc7b0": 4_000, "#d0271d": 1_000}
    pixels = np.concatenate(
        [np.clip(bytes_of(color) + rng.normal(0, 5, (size, 3)), 0, 255) for color, size in areas.items()]
    ).astype(np.uint8)
    found = palette(pixels)
    assert len(found) <= COUNT
    assert sum(one.share for one in found) == pytest.approx(1)
    for color in areas:
        assert min(c.delta_e_2000(color, one.color) for one in found) < 6
    assert c.delta_e_2000(found[0].color, "#5b87b8") < 4
    assert found[0].share == pytest.approx(0.7, abs=0.03)


def test_each_color_occurs_in_the_picture_and_none_looks_like_another() -> None:
    rng = np.random.default_rng(6)
    pixels = rng.integers(0, 256, (8_000, 3)).astype(np.uint8)
    found = palette(pixels)
    there = set(c.from_srgb_many(pixels / 255))
    assert len(found) == COUNT
    assert {one.color for one in found} <= there
    for one in found:
        for other in found:
            assert one is other or np.linalg.norm(c.oklab(one.color) - c.oklab(other.color)) > 0.03


def test_the_same_picture_gives_the_same_colors() -> None:
    pixels = np.random.default_rng(7).integers(0, 256, (50_000, 3)).astype(np.uint8)
    assert palette(pixels) == palette(pixels)


@pytest.mark.parametrize("count", [0, 1, 2, 9])
def test_few_pixels_are_enough(count: int) -> None:
    pixels = np.random.default_rng(8).integers(0, 256, (count, 3)).astype(np.uint8)
    found = palette(pixels)
    assert len(found) <= max(count, 0)
    assert bool(found) == bool(count)

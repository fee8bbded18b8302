"""The colour maths, against coloraide and against its own inverses."""

from __future__ import annotations

import time

import numpy as np
import pytest
from coloraide import Color
from hypothesis import given
from hypothesis import strategies as st

from engine import color as c

HEXES = st.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06x}")
SOME = [f"#{value:06x}" for value in np.random.default_rng(1).integers(0, 2**24, 200)]


@pytest.mark.parametrize("text", ["#D48475", "d48475", "  #d48475 ", "D48475"])
def test_parse_hex_reads_what_people_write(text: str) -> None:
    assert c.parse_hex(text) == "#d48475"


def test_parse_hex_widens_three_digits() -> None:
    assert c.parse_hex("#AbC") == "#aabbcc"


@pytest.mark.parametrize(
    "text", ["", "#", "red", "#12345", "#1234567", "#gggggg", "##123456", "#12 456", "١٢٣"]
)
def test_parse_hex_says_what_to_write_instead(text: str) -> None:
    with pytest.raises(c.ColorError, match=r"is not a colour; write six hex digits, such as #d48475\.$"):
        c.parse_hex(text)


@given(HEXES)
def test_hex_survives_every_round_trip(color: str) -> None:
    rgb = c.to_srgb(color)
    assert c.from_srgb(rgb) == color
    assert c.from_srgb(c.oklab_to_srgb(c.srgb_to_oklab(rgb))) == color
    assert c.from_srgb(c.oklch_to_srgb(c.srgb_to_oklch(rgb))) == color
    assert c.from_oklch(*c.oklch(color)) == color
    assert np.allclose(c.linear_to_srgb(c.srgb_to_linear(rgb)), rgb, atol=1e-12)


def test_many_at_once_agree_with_one_at_a_time() -> None:
    rgb = c.to_srgb_many(SOME)
    assert c.from_srgb_many(rgb) == SOME
    assert np.allclose(c.srgb_to_oklab(rgb), [c.oklab(color) for color in SOME])


def test_oklab_and_lab_agree_with_coloraide() -> None:
    rgb = c.to_srgb_many(SOME)
    assert np.allclose(c.srgb_to_oklab(rgb), [Color(x).convert("oklab").coords() for x in SOME], atol=2e-5)
    assert np.allclose(c.srgb_to_lab(rgb), [Color(x).convert("lab-d65").coords() for x in SOME], atol=1e-2)


def test_delta_e_and_contrast_agree_with_coloraide() -> None:
    for one, other in zip(SOME, reversed(SOME), strict=True):
        there = Color(one).delta_e(other, method="2000", space="lab-d65")
        assert c.delta_e_2000(one, other) == pytest.approx(there, abs=5e-3)
        assert c.contrast(one, other) == pytest.approx(Color(one).contrast(other), rel=2e-4)


def test_delta_e_on_sharmas_hard_pairs() -> None:
    # Sharma et al., table 1: the pairs on which implementations go wrong (hue means across 0°, greys).
    table = [
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, -1.3802, -84.2814), (50, 0, -82.7485), 1.0),
        ((50, 0, 0), (50, -1, 2), 2.3669),
        ((50, 2.49, -0.001), (50, -2.49, 0.0009), 7.1792),
        ((50, 2.49, -0.001), (50, -2.49, 0.0011), 7.2195),
        ((50, 2.5, 0), (50, 0, -2.5), 4.3065),
        ((50, 2.5, 0), (73, 25, -18), 27.1492),
        ((90.8027, -2.0831, 1.441), (91.1528, -1.6435, 0.0447), 1.4441),
        ((2.0776, 0.0795, -1.135), (0.9033, -0.0636, -0.5514), 0.9082),
    ]
    first, second, apart = (np.array(column) for column in zip(*table, strict=True))
    assert np.allclose(c.ciede2000(first, second), apart, atol=1e-4)
    assert np.allclose(c.ciede2000(second, first), apart, atol=1e-4)


@given(st.floats(0, 1), st.floats(0, 360))
def test_max_chroma_lies_on_the_gamut_s_edge(lightness: float, hue: float) -> None:
    chroma = float(c.max_chroma(lightness, hue))
    assert 0 <= chroma < 0.33
    assert c.in_gamut(c.oklch_to_srgb([lightness, chroma, hue]), 2e-3)
    if 0.01 < lightness < 0.99:
        assert not c.in_gamut(c.oklch_to_srgb([lightness, chroma + 0.005, hue]), 1e-4)


def test_max_chroma_broadcasts() -> None:
    assert c.max_chroma(np.linspace(0, 1, 5)[:, None], np.arange(0, 360, 90)).shape == (5, 4)


@given(st.floats(-1, 2), st.floats(-1, 1), st.floats(-720, 720))
def test_from_oklch_always_gives_a_color_and_keeps_its_lightness(
    light: float, chroma: float, hue: float
) -> None:
    color = c.from_oklch(light, chroma, hue)
    assert c.parse_hex(color) == color
    # Whole bytes are coarse near black.
    assert c.oklch(color)[0] == pytest.approx(min(max(light, 0), 1), abs=0.06 if light < 0.1 else 0.01)


def test_pad_runs_from_gray_to_the_strongest_and_from_white_to_black() -> None:
    pad = c.pad(30.0, 36, 25)
    assert pad.shape == (25, 36, 3)
    assert pad[0].tolist() == [[255, 255, 255]] * 36
    assert pad[-1].tolist() == [[0, 0, 0]] * 36
    light = np.linspace(1, 0, 25)[8]
    there = c.oklch("#" + pad[8, -1].tobytes().hex())
    assert there[0] == pytest.approx(light, abs=0.004)
    assert there[1] == pytest.approx(float(c.max_chroma(light, 30.0)), abs=0.004)
    assert there[2] == pytest.approx(30.0, abs=1.0)
    assert np.ptp(pad[8, 0].astype(int)) <= 1


def test_a_pad_is_painted_within_a_frame() -> None:
    c.pad(1.0, 360, 240)
    times = []
    for turn in range(8):
        start = time.perf_counter()
        c.pad(40.0 * turn, 360, 240)
        times.append(time.perf_counter() - start)
    assert min(times) < 0.016


@given(HEXES)
def test_text_over_a_color_can_be_read(color: str) -> None:
    assert c.contrast(color, c.text_over(color)) >= 4.5

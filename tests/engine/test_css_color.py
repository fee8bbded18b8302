"""Colours as CSS writes them, against coloraide, and against whatever a person may paste."""

from __future__ import annotations

import time

import numpy as np
import pytest
from coloraide import Color
from coloraide.css.color_names import name2val_map
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine import color as c
from engine import css_color
from engine.css_names import NAMED

HEXES = st.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06x}")


def reference(text: str) -> str:
    """Return what coloraide makes of a text that sRGB can show."""
    return Color(text).convert("srgb").to_string(hex=True)


@pytest.mark.parametrize(
    "text",
    [
        "#abc",
        "#D48475",
        "rgb(212, 132, 117)",
        "rgb(212 132 117)",
        "rgb(83.1% 51.8% 45.9%)",
        "rgb(83.1%, 51.8%, 45.9%)",
        "RGB(212 132 117)",
        "hsl(9.5, 52.5%, 64.5%)",
        "hsl(9.5deg 52.5% 64.5%)",
        "hsl(0.5turn 50% 50%)",
        "hsl(100grad 50% 50%)",
        "hsl(2rad 50% 50%)",
        "hsl(-60 50% 50%)",
        "hwb(200 20% 30%)",
        "hwb(200 70% 60%)",
        "lab(50% 20 30)",
        "lab(50 20 -30)",
        "lab(5 2 3)",
        "lab(50% 16% 24%)",
        "lch(50% 30 120)",
        "lch(50 20% 120deg)",
        "oklab(60% 0.05 -0.05)",
        "oklab(0.6 12% -12%)",
        "oklch(70% 0.1 30)",
        "oklch(0.7 25% 30deg)",
        "oklch(70% none 30)",
        "color(srgb 0.2 0.4 0.6)",
        "color(srgb 20% 40% 60%)",
        "color(srgb-linear 0.2 0.4 0.6)",
        "color(display-p3 0.4 0.5 0.6)",
        "rebeccapurple",
        "AliceBlue",
    ],
)
def test_every_form_is_read_as_coloraide_reads_it(text: str) -> None:
    found = css_color.parse(text)
    assert found.hex == reference(text)
    assert not found.mapped
    assert not found.translucent


@pytest.mark.parametrize(
    ("text", "hex"),
    [
        ("  d48475 ", "#d48475"),
        ("color: #d48475;", "#d48475"),
        ("--wall: oklch(70% 0.1 30);", reference("oklch(70% 0.1 30)")),
        ("“teal”", "#008080"),
        ("rgb(212 132 117", "#d48475"),
        ("rgb( 212 , 132 ,117 )", "#d48475"),
        ("rgb(/* red */ 212 132 117)", "#d48475"),
        ("hsl(9.5 52.5 64.5)", "#d48475"),
        ("hsl(9.5° 52.5% 64.5%)", "#d48475"),
        ("oklch(70%, 0.1, 30)", reference("oklch(70% 0.1 30)")),
    ],
)
def test_it_is_lenient_where_the_meaning_is_plain(text: str, hex: str) -> None:
    assert css_color.parse(text).hex == hex


@pytest.mark.parametrize(
    "text",
    ["rgba(212, 132, 117, 0.5)", "rgb(212 132 117 / 50%)", "#d4847580", "oklch(69.3% 0.102 31.3 / 0.5)"],
)
def test_a_transparency_is_left_out_and_told(text: str) -> None:
    found = css_color.parse(text)
    assert found.translucent
    assert found.hex == "#d48475"


def test_opaque_is_no_transparency() -> None:
    assert not css_color.parse("#d48475ff").translucent
    assert not css_color.parse("rgb(212 132 117 / 100%)").translucent


def test_the_148_names_are_those_of_css() -> None:
    theirs = {name: Color(name).to_string(hex=True) for name in name2val_map if name != "transparent"}
    assert theirs == NAMED


def test_oklch_is_kept_as_it_was_written() -> None:
    assert css_color.parse("oklch(70% 0.1 30)").lch == pytest.approx((0.7, 0.1, 30.0))
    assert css_color.parse("oklch(70% 0 200)").lch == pytest.approx((0.7, 0.0, 200.0))
    assert css_color.parse("oklch(70% 0.4 30)").lch is None


@pytest.mark.parametrize(
    "text",
    [
        "oklch(70% 0.4 30)",
        "oklch(90% 0.3 264)",
        "oklch(20% 0.3 140)",
        "oklab(60% 0.3 0.3)",
        "lch(50 120 300)",
        "lab(80 -120 80)",
        "color(display-p3 0 1 0)",
        "color(srgb 1.3 -0.2 0.4)",
    ],
)
def test_what_srgb_cannot_show_is_mapped_as_css_says(text: str) -> None:
    found = css_color.parse(text)
    theirs = Color(text).convert("oklch").fit("srgb", method="oklch-chroma", jnd=0.02).convert("srgb")
    assert found.mapped
    # Two searches that stop within a ten-thousandth of each other.
    assert np.allclose(c.to_srgb(found.hex), theirs.coords(), atol=2.5 / 255)


@given(st.floats(0, 1), st.floats(0, 0.5), st.floats(0, 360))
def test_mapping_keeps_lightness_and_hue_as_far_as_the_eye_can_tell(
    lightness: float, chroma: float, hue: float
) -> None:
    shown = css_color.map_to_gamut([lightness, chroma, hue])
    assert np.all((shown >= 0) & (shown <= 1))
    there = c.srgb_to_oklch(shown)
    assert there[1] <= chroma + 0.0201
    kept = c.srgb_to_oklab(c.oklch_to_srgb([lightness, min(there[1], chroma), hue]))
    assert np.linalg.norm(c.srgb_to_oklab(shown) - kept) < 0.03


def test_too_much_red_is_as_much_as_there_is_and_told() -> None:
    found = css_color.parse("rgb(300 0 -20)")
    assert (found.hex, found.mapped) == ("#ff0000", True)
    assert css_color.parse("oklch(180% 0 0)").hex == "#ffffff"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is not a colour"),
        ("mauve is nice", "“mauve is nice” is not a colour; write six hex digits"),
        ("#12345", "“#12345” is not a colour; write six hex digits, such as #d48475."),
        ("#gggggg", "write six hex digits"),
        ("rgb(1 2)", "rgb() takes three numbers; write it like rgb(212 132 117)."),
        ("rgb()", "takes three numbers"),
        ("rgb(1 2 3 4 5)", "takes three numbers"),
        ("rgb(1,,2)", "“” is no number"),
        ("hsl(red 10% 10%)", "“red” is no number that fits there; write it like hsl("),
        ("rgb(12px 1 2)", "“12px” is no number"),
        ("rgb(12deg 1 2)", "“12deg” is no number"),
        ("oklch(1e999 0 0)", "is no number"),
        ("rgb(١٢ 1 2)", "is no number"),
        ("rgb(1 2 3 / x)", "“x” is no number"),
        ("cmyk(1 2 3)", "cmyk() is no way to write a colour here"),
        ("color(xyz 1 1 1)", "color() is read in srgb"),
        ("color()", "color() is read in srgb"),
        ("rgb(calc(1) 2 3)", "is not a colour"),
        ("x" * 10_000, "is too long for a colour"),
    ],
)
def test_what_is_no_colour_gets_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(c.ColorError) as caught:
        css_color.parse(text)
    assert sentence in str(caught.value)
    assert len(str(caught.value)) < 200


ANYTHING = st.text(max_size=300) | st.text("rgbhsloklach()%,./ 0123456789-+e#°", max_size=120)


@settings(max_examples=500)
@given(ANYTHING, st.integers(1, 100))
@example("(" * 5_000, 2)
@example("/*" * 2_500, 2)
@example("rgb(" + "1 " * 2_498, 2)
@example("1e" * 60, 1)
@example("a" * 60 + ":" + " " * 130, 1)
def test_no_text_does_harm(text: str, times: int) -> None:
    text = (text * times)[:10_000]
    start = time.perf_counter()
    try:
        said = css_color.parse(text).hex
    except c.ColorError as error:
        said = str(error)
    assert time.perf_counter() - start < 0.25
    assert (len(said) == 7 and c.parse_hex(said) == said) or 10 < len(said) < 250


@given(
    st.sampled_from(["rgb", "hsl", "hwb", "lab", "lch", "oklab", "oklch"]),
    st.tuples(*[st.floats(allow_nan=False, allow_infinity=False)] * 3),
    st.sampled_from(["", "%"]),
)
def test_any_three_numbers_are_some_color(name: str, numbers: tuple[float, ...], unit: str) -> None:
    found = css_color.parse(f"{name}({' '.join(f'{number!r}{unit}' for number in numbers)})")
    assert c.parse_hex(found.hex) == found.hex


@settings(max_examples=300)
@given(HEXES)
def test_what_is_written_is_read_back_and_means_the_same_elsewhere(color: str) -> None:
    for text in css_color.texts(color).values():
        found = css_color.parse(text)
        assert found.hex == color
        assert not found.mapped
        if not text.startswith("color:"):
            assert Color(text).convert("srgb").clip().to_string(hex=True) == color


def test_texts_are_as_short_as_they_may_be() -> None:
    assert css_color.texts("#d48475") == {
        "hex": "#d48475",
        "rgb": "rgb(212 132 117)",
        "hsl": "hsl(9.5 52.5% 64.5%)",
        "oklch": "oklch(69.3% 0.102 31.3)",
        "color": "color(srgb 0.831 0.518 0.459)",
        "declaration": "color: #d48475;",
    }
    assert css_color.texts("#fff")["oklch"] == "oklch(100% 0 0)"


@given(HEXES)
def test_hsl_goes_there_and_back(color: str) -> None:
    hsl = c.srgb_to_hsl(c.to_srgb(color))
    assert c.from_srgb(c.hsl_to_srgb(hsl)) == color
    theirs = Color(color).convert("hsl", norm=False).coords()
    if theirs[1] > 0:
        assert np.allclose(hsl, theirs, atol=1e-6)

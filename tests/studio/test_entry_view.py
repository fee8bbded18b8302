"""What a text typed into the picker means."""

import pytest

from engine.lexicon import Lexicon
from studio.views import entry

LEXICON = Lexicon(
    ("Dusty Rose", "Café Noir", "Acapulco Sun", "100 Mph"), ("#ac86a8", "#4b3621", "#eb8a44", "#c93f38")
)


def test_css_needs_no_lexicon():
    assert entry.read("hsl(9.5 52.5% 64.5%)") == entry.Entry(hex="#d48475")
    assert entry.read("oklch(70% 0.1 30)").lch == pytest.approx((0.7, 0.1, 30.0))


def test_what_was_changed_on_the_way_is_said():
    assert entry.read("oklch(70% 0.4 30)").note == "Beyond sRGB; this is the nearest it can show."
    assert "transparency" in entry.read("#d4847580").note
    both = entry.read("oklch(70% 0.4 30 / 20%)").note
    assert both.startswith("Beyond")
    assert both.endswith("left out.")


def test_a_known_name_is_its_colour():
    first = entry.read("dusty  ROSE")
    assert first.ask_names
    assert not first.hex
    found = entry.read("dusty  ROSE", LEXICON)
    assert (found.hex, found.note) == ("#ac86a8", "Dusty Rose, one of 4 known names.")
    assert entry.read("cafe noir", LEXICON).hex == "#4b3621"


def test_a_misspelt_name_is_asked_about():
    found = entry.read("Dusti Rose", LEXICON)
    assert not found.hex
    assert found.fault == "“Dusti Rose” is no colour that is known; did you mean Dusty Rose?"
    assert "is not a colour; write six hex digits" in entry.read("qqq", LEXICON).fault


@pytest.mark.parametrize("text", ["", "   ", "12 34", "#12", "rgb(1 2)", "☃", "a" * 10_000])
def test_no_text_is_taken_for_a_colour_that_is_none(text):
    for lexicon in (None, LEXICON):
        found = entry.read(text, lexicon)
        assert not found.hex
        assert 10 < len(found.fault) < 200


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("#d48475", True),
        ("d48475", True),
        ("rgb(1 2 3)", True),
        ("#abc", False),
        ("rgb(1 2", False),
        ("rgb(1 2)", False),
        ("red", False),
        ("indigo", False),
        ("facade", False),
    ],
)
def test_a_text_is_taken_while_it_is_typed_once_it_cannot_grow(text, whole):
    assert entry.is_whole(text) is whole


def test_copies_are_named():
    assert dict(entry.copies("#d48475"))["OKLCH"] == "oklch(69.3% 0.102 31.3)"
    assert [name for name, _ in entry.copies("#000000")] == ["Hex", "RGB", "HSL", "OKLCH", "color()", "CSS"]


@pytest.mark.parametrize(
    ("color", "text", "ratio", "grade"),
    [
        ("#ffffff", "#000000", "21.00", "AAA"),
        ("#000000", "#000000", "1.00", "Too weak"),
        ("#767676", "#ffffff", "4.54", "AA"),
        ("#777777", "#ffffff", "4.47", "AA, large text"),
        ("#d48475", "#ffffff", "2.85", "Too weak"),
    ],
)
def test_contrast_is_graded_as_wcag_does(color, text, ratio, grade):
    assert entry.contrast(color, text) == entry.ContrastView(ratio, grade)

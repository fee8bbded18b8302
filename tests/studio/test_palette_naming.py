"""Which colour is named next, how long it takes in words, and how a fan deck is dealt."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import color as colors
from engine.service.protocol import Choice, Named, PainterRef
from studio.palettes import HOUSE, Entry
from studio.views import palette
from studio.views.palette import FAN, FIELDS, STRIPS, Cell, Pace

BASE, POET = PainterRef("base"), PainterRef("poet", "/painters/poet")
RED, BLUE = "#d48475", "#3b6ea5"


def test_a_reply_fills_a_cell_or_says_why_not():
    said = (Choice("Rose", 0.1), Choice("Sunset Dust", 0.05, greedy=True))
    assert palette.cell(Named(color=RED, painter="poet", names=said), "Poet") == Cell("Sunset Dust")
    said = (Choice("", 0.1, greedy=True, unreadable="it is empty"),)
    assert "it is empty" in palette.cell(Named(color=RED, painter="poet", names=said), "Poet").note


def test_the_first_colour_that_lacks_a_name_is_next_and_only_who_has_not_answered_is_asked():
    book = {(RED, BASE): Cell("Beige"), (RED, POET): Cell(note="no name"), (BLUE, BASE): Cell("Blue")}
    assert palette.upcoming([RED, BLUE], [BASE, POET], book) == BLUE
    assert palette.missing(BLUE, [BASE, POET], book) == (POET,)
    # A painter that was trained again lies in another folder, and is another painter.
    assert palette.missing(RED, [PainterRef("poet", "/painters/new")], book) != ()
    assert palette.upcoming([RED], [BASE, POET], book) == ""


@pytest.mark.parametrize(
    ("pace", "words"),
    [
        (Pace(0, 40, 0, 3.0), "0 of 40"),
        (Pace(12, 40, 12, 7.8), "12 of 40, about 20 s left"),
        (Pace(39, 40, 39, 20.0), "39 of 40"),
        (Pace(20, 500, 10, 10.0), "20 of 500, about 8 min left"),
        (Pace(1, 61, 1, 1.0), "1 of 61, about 1 min left"),
    ],
)
def test_time_left_is_told_as_people_say_it(pace, words):
    assert pace.words == words


def test_a_colour_that_comes_twice_is_counted_once():
    book = {(RED, BASE): Cell("Beige")}
    assert palette.pace([RED, BLUE, RED], [BASE], book, 1, 2.0) == Pace(1, 2, 1, 2.0)
    assert palette.pace([], [BASE], book, 0, 0.0).share == 1.0


@given(st.lists(st.integers(0, 0xFFFFFF).map("#{:06x}".format), max_size=FAN + 5), st.booleans())
def test_strips_hold_every_colour_once_and_are_about_as_long_as_each_other(hexes, sort):
    dealt = palette.strips([Entry(color) for color in hexes], sort=sort)
    flat = [entry.hex for strip in dealt for entry in strip]
    assert sorted(flat) == sorted(hexes[:FAN])
    assert len(dealt) <= STRIPS
    if dealt:
        lengths = [len(strip) for strip in dealt]
        assert 1 <= min(lengths) <= max(lengths) <= FIELDS
        assert max(lengths) - min(lengths) <= 1
    if not sort:
        assert flat == hexes[:FAN]


def test_a_sorted_fan_goes_around_the_hues_and_from_light_to_dark():
    dealt = palette.strips(HOUSE.entries, sort=True)
    assert [len(strip) for strip in dealt] == [4] * 5
    for strip in dealt:
        lightness = [colors.oklch(entry.hex)[0] for entry in strip]
        assert lightness == sorted(lightness, reverse=True)
    assert "#9acd32" in [entry.hex for entry in dealt[2]]


def test_greys_come_last():
    arranged = palette.by_hue([Entry("#808080"), Entry("#3b6ea5"), Entry("#eeeeee"), Entry("#d48475")])
    assert [entry.hex for entry in arranged] == ["#d48475", "#3b6ea5", "#eeeeee", "#808080"]
    assert palette.by_hue([]) == []

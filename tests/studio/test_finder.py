"""The command palette's search: what is found, and what comes first."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.finder import Entry, color_of, find, plain

ENTRIES = (
    Entry("Page", "Compare", shortcut="Ctrl+1"),
    Entry("Page", "Judges", shortcut="Ctrl+2"),
    Entry("Page", "Train", shortcut="Ctrl+3"),
    Entry("Action", "Start training", shortcut="Ctrl+Return", words="begin run"),
    Entry("Action", "Stop and save"),
    Entry("Action", "Use the dark theme", words="night appearance"),
    Entry("Judge", "Weather", "contrast, yours"),
    Entry("Painter", "Weather Poet", "60 steps"),
    Entry("Run", "Weather Poet", "stopped at step 34"),
    Entry("Term", "advantage", "The reward against the bar."),
)


def titles(query):
    return [ENTRIES[hit.place].title for hit in find(query, ENTRIES)]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("train", "Train"),
        ("trn", "Train"),
        ("start", "Start training"),
        ("st tr", "Start training"),
        ("sts", "Stop and save"),
        ("dark", "Use the dark theme"),
        ("night", "Use the dark theme"),
        ("weather", "Weather"),
        ("poet", "Weather Poet"),
        ("poet weather", "Weather Poet"),
        ("ADVANT", "advantage"),
        ("cömpare", "Compare"),
        ("stopped", "Weather Poet"),
    ],
)
def test_what_was_meant_comes_first(query, first):
    assert titles(query)[0] == first


def test_kinds_can_be_asked_for():
    assert titles("poet run") == ["Weather Poet"]
    assert [ENTRIES[hit.place].kind for hit in find("poet run", ENTRIES)] == ["Run"]


def test_nothing_asked_is_everything_in_its_order_and_nonsense_is_nothing():
    assert [hit.place for hit in find(" ", ENTRIES)] == list(range(len(ENTRIES)))
    assert find("", ENTRIES, limit=3)[-1].place == 2
    assert titles("xyzzy") == []
    # All letters of it occur, strewn over the sentence.
    assert find("eevw", [Entry("Term", "a sentence that goes on over many words until it ends")]) == []


def test_the_letters_that_were_asked_for_are_told():
    hit = find("st tr", ENTRIES)[0]
    assert "".join(ENTRIES[hit.place].title[at] for at in hit.letters) == "Sttr"
    assert find("trn", [Entry("Page", "Train")])[0].letters == (0, 1, 4)


@given(st.text(max_size=30), st.text(max_size=60))
def test_any_text_can_be_sought_in_any(query, title):
    for hit in find(query, [Entry("Run", title)]):
        assert all(0 <= at < len(title) for at in hit.letters)
    assert len(plain(title)) == len(title)


@given(st.text(min_size=1, max_size=40))
def test_everything_finds_itself(title):
    assert find(title, [Entry("Run", title)])


@pytest.mark.parametrize(
    ("query", "color"),
    [
        ("#d48475", "#d48475"),
        (" D48475 ", "#d48475"),
        ("#abc", "#aabbcc"),
        ("add", ""),
        ("bed", ""),
        ("deface", "#deface"),
        ("a1b", "#aa11bb"),
        ("#12", ""),
        ("rose", ""),
        ("rebeccapurple", "#663399"),
        ("rgb(212 132 117)", "#d48475"),
        ("oklch(0.6929 0.1018 31.33)", "#d48475"),
        ("", ""),
    ],
)
def test_colours_are_told_from_words(query, color):
    assert color_of(query) == color


def test_thousands_are_searched_well_within_what_is_felt():
    many = [Entry("Run", f"Weather Poet number {n}", f"stopped at step {n % 200}") for n in range(5000)]
    began = time.perf_counter()
    assert find("wp 4321", many)[0].place == 4321
    # Some 30 ms on a quiet core; a shared one is given its time.
    assert time.perf_counter() - began < 1.0

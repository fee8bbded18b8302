"""Hacking a judge: the climb, what it comes to, and the service's search for one name for all colours."""

from pathlib import Path

import numpy as np
import pytest

from engine.judges.build import JudgeBuilder
from engine.judges.hacking import (
    SHOWN,
    Effort,
    OneName,
    climb,
    conclude,
    distinct,
    effort,
    examples,
    looks_at_color,
    mutated,
)
from engine.judges.spec import Contrast, Correctness, Describes, Form, Listener, Remote
from engine.lexicon import Lexicon
from engine.lm.load import LoadedBase
from engine.palette import held_out_colors
from engine.service.hacking import Hacker
from engine.service.protocol import Hack

WEATHER = Contrast(name="Weather", asks="names that sound like weather", liked=("Monsoon Sky", "Hail"))
TERSE = Form(name="Terse", max_words=1, max_letters=6)


def one(name: str, score: float) -> OneName:
    return OneName(name=name, score=score, beats=1.0, source="known")


def test_a_mutation_changes_a_word_at_a_time() -> None:
    rng = np.random.default_rng(0)
    for _ in range(300):
        parts = mutated("Night Song", ["Rain"], rng).split()
        assert 1 <= len(parts) <= 3
        assert set(parts) <= {"Night", "Song", "Rain"}


def test_a_climb_finds_what_a_judge_wants() -> None:
    def score(names):
        return [None if "Bad" in name else name.split().count("Gold") / 4 for name in names]

    met = {"Grey": 0.0}
    climb(met, score, ["Gold", "Grey", "Bad"], 400, np.random.default_rng(3))
    assert max(met.values()) == 1.0
    assert not any("Bad" in name for name in met)
    nothing: dict[str, float] = {}
    climb(nothing, score, ["Gold"], 400, np.random.default_rng(3))
    assert nothing == {}


def test_names_of_the_same_words_are_told_once() -> None:
    names = [one("Night Song", 0.9), one("Song of Dust", 0.8), one("Rain of Tin", 0.7), one("Hail", 0.95)]
    assert [kept.name for kept in distinct(names, frozenset({"hail"}))] == ["Night Song", "Rain of Tin"]
    assert len(distinct(one(f"Word{n}", n / 99) for n in range(40))) == SHOWN


@pytest.mark.parametrize(
    ("yardstick", "names", "asked", "by_color", "said"),
    [
        (
            0.41,
            [("Song", 0.93)],
            800,
            False,
            "One name, “Song”, would earn 0.93 for every colour; the base’s",
        ),
        (
            0.41,
            [("Song", 0.93)],
            800,
            True,
            "on average, said to every colour; the base’s own names earn 0.41",
        ),
        (0.41, [("Fog", 0.43)], 1, False, "so it does not cheat this judge."),
        (0.62, [("Fog", 0.2), ("Song", 0.3)], 48, True, "None of 48 names said to every colour"),
        (None, [("Song", 0.9)], 48, True, "the base said no name"),
        (0.4, [], 0, True, "gave no name a score"),
    ],
)
def test_one_plain_sentence(yardstick, names, asked, by_color, said) -> None:
    found = [one(*pair) for pair in names]
    hacking = conclude(yardstick, [], found, asked, Effort(32, 800), by_color=by_color)
    assert said in hacking.sentence
    assert hacking.sentence.count(". ") == 0
    assert hacking.sentence.endswith(".")


def test_what_judges_look_at_and_what_they_may_cost() -> None:
    remote = Remote(name="R", url="http://localhost:1/v1", model="m", asks="x")
    assert [looks_at_color(spec) for spec in (WEATHER, TERSE, Listener(name="L"), remote)] == [
        False,
        False,
        True,
        True,
    ]
    may = effort(remote)
    assert may.names * may.colors + may.colors <= 120
    assert effort(Describes(name="D", model="/m.gguf")).names < effort(Describes(name="D")).names
    assert examples(WEATHER) >= {"monsoon sky", "light blue"}
    assert examples(Correctness(name="C")) == frozenset()


@pytest.fixture
def builder(tiny_base: LoadedBase, tmp_path: Path) -> JudgeBuilder:
    return JudgeBuilder(tiny_base, Lexicon.load(), tmp_path)


@pytest.mark.usefixtures("one_thread")
def test_a_search_finds_the_name_that_earns_most(tiny_base: LoadedBase, builder: JudgeBuilder) -> None:
    heard: list[tuple[str, float | None]] = []
    request = Hack(judge=TERSE, names=("Fog", "A Very Long Name Indeed"), search=True)
    hacker = Hacker(tiny_base, builder)
    hacking, seconds = hacker.hack(request, lambda note, done: heard.append((note, done)))
    assert not hacking.by_color
    assert [(name.name, name.source) for name in hacking.tried] == [
        ("Fog", "yours"),
        ("A Very Long Name Indeed", "yours"),
    ]
    assert hacking.tried[0].score == 1.0
    assert hacking.tried[1].score < 1.0
    assert hacking.found[0].score == 1.0
    assert {name.source for name in hacking.found} <= {"known", "base", "climb"}
    assert hacking.asked > 300
    judge = builder.build(TERSE)
    colors = held_out_colors(hacking.colors)
    own = [names[0] if names else None for names in hacker._greedy]
    scores = [judge.score([(c, n)])[0].score for c, n in zip(colors, own, strict=True) if n]
    assert hacking.yardstick == pytest.approx(sum(scores) / len(scores))
    shares = [done for _, done in heard if done is not None]
    assert shares == sorted(shares)
    assert set(seconds) == {"calibrating", "the base’s own names", "judging names"}
    again, _ = hacker.hack(request, lambda note, done: None)
    assert again == hacking


@pytest.mark.usefixtures("one_thread")
def test_a_judge_that_looks_at_the_colour_is_asked_for_all(
    tiny_base: LoadedBase, builder: JudgeBuilder
) -> None:
    spec = Correctness(name="Correctness")
    hacking, _ = Hacker(tiny_base, builder).hack(Hack(judge=spec, names=("Red",)), lambda note, done: None)
    (red,) = hacking.tried
    verdicts = builder.build(spec).score([(color, "Red") for color in held_out_colors(32)])
    assert red.score == pytest.approx(np.mean([verdict.score for verdict in verdicts]))
    assert 0.0 < red.score < 1.0
    assert hacking.found == ()
    assert hacking.by_color


@pytest.mark.usefixtures("one_thread")
def test_it_can_be_called_off(tiny_base: LoadedBase, builder: JudgeBuilder) -> None:
    class Stop(Exception):  # noqa: N818
        pass

    def progress(note: str, done: float | None) -> None:
        if done:
            raise Stop

    with pytest.raises(Stop):
        Hacker(tiny_base, builder).hack(Hack(judge=TERSE, search=True), progress)

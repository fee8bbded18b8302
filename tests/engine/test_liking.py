"""What a judge really likes: the numbers, the shortcuts, the sentence; and how the service finds them out."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from engine.judges.build import JudgeBuilder
from engine.judges.liking import (
    SHOWN,
    Liking,
    Shortcut,
    Spread,
    agreement,
    analyse,
    correlation,
    has_color_word,
    letters,
    predict,
    shortcuts,
    spread,
)
from engine.judges.spec import Contrast, Form
from engine.lexicon import Lexicon
from engine.lm.load import LoadedBase
from engine.service.liking import COLORS, find_out

NUMBERS = st.lists(st.tuples(st.integers(-5, 5), st.integers(-5, 5)), min_size=2, max_size=30)


@given(NUMBERS)
def test_the_correlation_is_spearmans(pairs: list[tuple[int, int]]) -> None:
    a, b = [float(x) for x, _ in pairs], [float(y) for _, y in pairs]
    if len(set(a)) == 1 or len(set(b)) == 1:
        assert correlation(a, b) == 0.0
    else:
        assert correlation(a, b) == pytest.approx(spearmanr(a, b).statistic, abs=1e-9)


def test_too_little_to_correlate_is_no_correlation() -> None:
    assert correlation([], []) == 0.0
    assert correlation([1.0], [2.0]) == 0.0


def test_words_and_letters() -> None:
    assert has_color_word("Dusty GREY-Blue")
    assert has_color_word("Light Drizzle")
    assert not has_color_word("Redwood Bluebell")
    assert letters("Crème Brûlée 2!") == 12
    assert letters(" ") == 0


def test_how_scores_lie() -> None:
    assert spread([0.0, 0.25, 0.5, 0.75, 1.0]) == Spread(0.0, 0.25, 0.5, 0.75, 1.0)
    assert spread([]) == Spread(0.0, 0.0, 0.0, 0.0, 0.0)


def test_agreement_counts_the_pairs_that_were_rated_apart() -> None:
    judged = {"a": 0.9, "b": 0.2, "c": 0.5, "d": 0.5}
    assert agreement(judged, {"a": 1.0, "b": 0.0}) == 1.0
    assert agreement(judged, {"a": 0.0, "b": 1.0}) == 0.0
    assert agreement(judged, {"c": 1.0, "d": 0.0}) == 0.5
    # a over b and a over c as rated; d over b is not told apart by the person.
    assert agreement(judged, {"a": 0.0, "b": 1.0, "c": 1.0}) == 0.0
    assert agreement(judged, {"a": 5.0, "b": 1.0, "d": 1.0}) == 1.0
    assert agreement(judged, {"a": 1.0, "b": 1.0}) is None
    assert agreement(judged, {"a": 1.0, "not scored": 0.0}) is None
    assert agreement({}, {}) is None


def test_a_shortcut_beats_what_the_base_says_color_by_color() -> None:
    rivals = [[0.5, 0.4], [0.7], []]
    candidates = {
        "Everywhere": [0.8, 0.8, 0.1],
        "Once": [0.6, 0.6, 0.9],
        "Level": [0.5, 0.7, 0.9],
        "Failed": [None, None, None],
        "Half failed": [None, 0.8, None],
    }
    assert shortcuts(candidates, rivals) == [
        Shortcut("Everywhere", pytest.approx(1.7 / 3), 1.0),
        Shortcut("Half failed", 0.8, 0.5),
        Shortcut("Once", pytest.approx(0.7), 0.5),
        Shortcut("Level", pytest.approx(0.7), 0.0),
    ]
    assert shortcuts({"Alone": [0.5]}, [[]]) == [Shortcut("Alone", 0.5, 0.0)]
    assert shortcuts({}, []) == []


def longer_is_better() -> Liking:
    known = {"x" * n: n / 100 for n in range(1, 61)} | {"Broken": None}
    base = [{"Red": 0.125, "Pink": 0.25}, {"Blue": 0.375}]
    candidates = {"x" * n: [n / 100] * 2 for n in range(50, 61)}
    return analyse(known, base, candidates, {"x": 0.01, "xx": 0.02}, {"x": 0.0, "xx": 1.0})


def test_all_of_it_together() -> None:
    liking = longer_is_better()
    assert liking.best[0].name == "x" * 60
    assert liking.worst[0].name == "x"
    assert len(liking.best) == len(liking.worst) == SHOWN
    assert (liking.scored, liking.failed) == (60, 1)
    assert liking.length == pytest.approx(1.0)
    assert liking.color_words == 0.0
    assert liking.known.greatest == 0.6
    assert liking.base == Spread(0.125, 0.1875, 0.25, 0.3125, 0.375)
    assert [one.name for one in liking.shortcuts] == ["x" * n for n in range(60, 49, -1)]
    assert liking.shortcut_share == pytest.approx(23 / 60)
    assert (liking.rated, liking.agreement) == (2, 1.0)
    assert "long names" in liking.sentence
    assert "x" * 60 in liking.sentence


def test_a_judge_that_failed_everywhere_still_has_an_analysis() -> None:
    liking = analyse({"a": None}, [{"Red": None}], {}, {"a": None}, {"a": 1.0})
    assert (liking.best, liking.shortcuts, liking.scored, liking.failed) == ((), (), 0, 1)
    assert liking.agreement is None
    assert analyse({}, [], {}, {}, {}).shortcut_share == 0.0


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ({}, "no easy shortcut"),
        ({"length": 0.5}, "drift to long names; no known name wins"),
        ({"length": -0.5, "color_words": -0.5}, "short names without a colour’s word"),
        ({"color_words": 0.4, "found": [Shortcut("Red Red", 0.9, 1.0)]}, "in them such as “Red Red”"),
        ({"found": [Shortcut(name, 0.9, 1.0) for name in "ABC"]}, "names such as “A” or “B”"),
        ({"known": Spread(0.4, 0.5, 0.5, 0.52, 0.6), "length": 0.9}, "learn noise"),
        ({"agrees": 0.5, "length": 0.9}, "only 50% of the time"),
        ({"agrees": 0.8, "length": 0.9}, "long names"),
    ],
)
def test_one_plain_sentence(numbers: dict, said: str) -> None:
    usual = {"known": Spread(0.0, 0.25, 0.5, 0.75, 1.0), "length": 0.0, "color_words": 0.0, "found": []}
    sentence = predict(**(usual | {"agrees": None} | numbers))
    assert said in sentence
    assert sentence.endswith(".")
    assert sentence.count(". ") == 0


@pytest.fixture
def builder(tiny_base: LoadedBase, tmp_path: Path) -> JudgeBuilder:
    return JudgeBuilder(tiny_base, Lexicon.load(), tmp_path)


WEATHER = Contrast(name="Weather", asks="names that sound like weather", liked=("Monsoon Sky", "Hail"))


@pytest.mark.usefixtures("one_thread")
def test_the_service_finds_out(tiny_base: LoadedBase, builder: JudgeBuilder) -> None:
    heard: list[tuple[str, float]] = []

    def progress(note: str, done: float) -> bool:
        heard.append((note, done))
        return True

    rated = {"Hail": 1.0, "Beige": 0.0}
    found = find_out(tiny_base, builder, WEATHER, 120, rated, progress)
    assert found is not None
    liking, seconds = found
    assert liking.scored + liking.failed == len({n for n, _ in builder.lexicon.reference(120, 1)})
    scores = [one.score for one in liking.best]
    assert scores == sorted(scores, reverse=True)
    judge = builder.build(WEATHER)
    (again,) = judge.score([("#123456", liking.best[0].name)])
    assert again.score == pytest.approx(liking.best[0].score, abs=1e-5)
    hail, beige = (verdict.score for verdict in judge.score([("#123456", "Hail"), ("#123456", "Beige")]))
    assert liking.agreement == float(hail > beige)
    # The base was heard, and a shortcut is above all of it.
    assert 0.0 < liking.base.greatest <= 1.0
    assert all(one.score > liking.base.greatest for one in liking.shortcuts)
    assert sorted(seconds) == sorted(
        {"calibrating", "sampling", "scoring known names", "looking for shortcuts"}
    )
    assert [done for _, done in heard] == sorted(done for _, done in heard)
    again = find_out(tiny_base, builder, WEATHER, 120, rated, progress)
    assert again is not None
    assert again[0] == liking


@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize("after", [0, 1, 2, 3])
def test_it_can_be_called_off(tiny_base: LoadedBase, builder: JudgeBuilder, after: int) -> None:
    asked: list[str] = []

    def progress(note: str, done: float) -> bool:
        asked.append(note)
        return len(asked) <= after

    assert find_out(tiny_base, builder, WEATHER, 60, {}, progress) is None
    assert len(asked) == after + 1


@pytest.mark.usefixtures("one_thread")
def test_a_judge_that_looks_at_shape_alone(tiny_base: LoadedBase, builder: JudgeBuilder) -> None:
    spec = Form(name="Terse", max_words=1, max_letters=6)
    found = find_out(tiny_base, builder, spec, 300, {}, lambda note, done: True)
    assert found is not None
    assert found[0].length < -0.35
    assert "short names" in found[0].sentence
    assert len(np.unique([one.beats for one in found[0].shortcuts])) <= 1
    assert COLORS >= 8

"""The form judge: each rule alone, rules together, and what it says."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.judges.form import FormJudge
from engine.judges.spec import Form
from engine.lexicon import Lexicon


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon.load()


@pytest.mark.parametrize(
    ("rules", "name", "score"),
    [
        ({}, "Sunset Dust", 1.0),
        ({}, "One Two Three Four Five", 0.75),
        ({"max_words": 1}, "Rust", 1.0),
        ({"max_words": 1}, "Old Rust", 0.5),
        ({"max_words": 1}, "Very Old Rust", 0.0),
        ({"min_words": 2, "max_words": 2}, "Rust", 0.5),
        ({"max_letters": 6}, "Rust", 1.0),
        ({"max_letters": 6}, "Old Rusty", 0.8),
        ({"min_letters": 6}, "Rust", 0.8),
        ({"must_contain": ("sea", "Wave")}, "Wild WAVE", 1.0),
        ({"must_contain": ("sea", "Wave")}, "Seaside", 0.0),
        ({"must_contain": ("z",)}, "Hazy", 1.0),
        ({"must_not_contain": ("red",)}, "Sacred Fire", 1.0),
        ({"must_not_contain": ("red",)}, "Red Fire", 0.0),
        ({"must_not_contain": ("deep red",)}, "Very Deep Red", 0.0),
        ({"alliteration": True}, "Velvet Violet", 1.0),
        ({"alliteration": True}, "Vale of Violets", 1.0),
        ({"alliteration": True}, "Velvet Violet Night", 0.5),
        ({"alliteration": True}, "Élan Ember", 1.0),
        ({"alliteration": True}, "Violet", 0.0),
        ({"novelty": True}, "Dark Red", 0.0),
        ({"novelty": True}, "Zqx Wvj", 1.0),
        ({"real_words": True}, "Dark Velvet", 1.0),
        ({"real_words": True}, "Vacant Viment Tint", 0.0),
        ({"real_words": True}, "!!", 0.0),
        ({"no_repeats": True}, "White Tile white", 0.0),
        ({"no_repeats": True}, "Purplish Purple", 1.0),
        ({"max_words": 1, "max_letters": 6}, "Old Rust", 0.7),
        ({}, "   ", 0.0),
        ({"alliteration": True}, "☃ ☃", 0.0),
    ],
)
def test_rules(lexicon: Lexicon, rules: dict[str, Any], name: str, score: float) -> None:
    verdict = FormJudge(Form(name="F", **rules), lexicon).score([("#d48475", name)])[0]
    assert verdict.score == pytest.approx(score)


def test_the_reason_names_what_fails(lexicon: Lexicon) -> None:
    judge = FormJudge(Form(name="F", max_words=1, max_letters=6, must_not_contain=("rust",)), lexicon)
    kept, broken = judge.score([("#d48475", "Ember"), ("#d48475", "Old Rust")])
    assert kept.reason == "It keeps every rule."
    assert broken.reason == "It has 2 words, not 1; it has 7 letters, not 0 to 6; it contains rust."


@given(st.lists(st.text(max_size=60), max_size=5))
def test_any_text_gets_a_score(lexicon: Lexicon, names: list[str]) -> None:
    judge = FormJudge(
        Form(name="F", max_words=2, must_contain=("sea",), alliteration=True, novelty=True), lexicon
    )
    verdicts = judge.score([("#000000", name) for name in names])
    assert len(verdicts) == len(names)
    assert all(
        verdict.score is not None and 0 <= verdict.score <= 1 and verdict.reason for verdict in verdicts
    )

"""Why this name: where the painter turned off the base's road, in figures and in words."""

import pytest

from engine.service.protocol import Done, Explained, Failed, Guess, TokenChance
from studio.views import why

TOKENS = (
    TokenChance(
        text="Sun",
        painter=0.5,
        base=0.001,
        painter_best=(Guess("Sun", 0.5), Guess("Em", 0.2)),
        base_best=(Guess("Dust", 0.4), Guess("Rose", 0.2), Guess("Sun", 0.001)),
    ),
    TokenChance(text="set", painter=0.9, base=0.9, base_best=(Guess("set", 0.9), Guess("", 0.05))),
    TokenChance(text="", painter=0.6, base=0.3, base_best=(Guess("", 0.3),)),
)


def explained(tokens=TOKENS, request=4):
    return Explained(id=request, color="#d48475", name="Sunset", painter="poet", tokens=tokens)


@pytest.fixture
def asked():
    return why.ask(4, "Poet", "#d48475", "Sunset", own=True)


def test_each_token_has_both_chances_and_what_the_base_would_have_said(asked):
    view = why.fold(asked, explained())
    assert view.state == "ready"
    assert [token.text for token in view.tokens] == ["Sun", "set", "(ends)"]
    assert [token.times for token in view.tokens] == ["×500", "", "×2.0"]
    assert [guess.text for guess in view.tokens[0].instead] == ["Dust", "Rose"]
    assert [guess.text for guess in view.tokens[1].instead] == ["(ends)"]
    assert [guess.text for guess in view.tokens[0].rather] == ["Em"]
    assert view.painter == pytest.approx(0.27)
    assert view.base == pytest.approx(0.00027)


def test_a_models_own_marks_are_read_as_the_names_end(asked):
    rose = TokenChance(
        text=" Rose",
        painter=0.5,
        base=0.1,
        base_best=(Guess("<|im_start|>", 0.3), Guess(" Red", 0.35), Guess("", 0.2)),
    )
    over = TokenChance(text="", painter=0.9, base=0.5, base_best=(Guess("", 0.5), Guess("<|im_start|>", 0.3)))
    view = why.fold(asked, explained((rose, over)))
    told = [[(guess.text, guess.probability) for guess in token.instead] for token in view.tokens]
    assert told == [[("(ends)", 0.5), (" Red", 0.35)], []]
    assert view.sentence.endswith("where the base would rather end the name.")


def test_the_turn_is_told(asked):
    view = why.fold(asked, explained())
    assert [token.turn for token in view.tokens] == [True, False, False]
    assert view.sentence == (
        "Poet says this 27 times in 100, 1\u2009000 times more likely than the base. "
        "It turns at “Sun”, where the base would rather say “Dust”."
    )


def test_without_a_turn_none_is_claimed(asked):
    tokens = (TokenChance(text="Rose", painter=0.15, base=0.1),)
    view = why.fold(asked, explained(tokens))
    assert not view.tokens[0].turn
    assert view.sentence == "Poet says this 15 times in 100, 1.5 times more likely than the base."
    same = why.fold(asked, explained((TokenChance(text="Rose", painter=0.1, base=0.1),)))
    assert same.sentence == "Poet is as likely as the base to say this: 10 times in 100."


def test_a_name_may_be_less_likely_and_a_chance_may_be_nothing(asked):
    less = why.fold(asked, explained((TokenChance(text="Rose", painter=0.001, base=0.01),)))
    assert "10 times less likely" in less.sentence
    never = why.fold(asked, explained((TokenChance(text="Rose", painter=0.5, base=0.0),)))
    assert "over a million times more likely" in never.sentence
    assert never.tokens[0].times == "×10¹²"


def test_the_base_is_compared_with_nobody():
    view = why.fold(why.ask(4, "Base", "#d48475", "Rose", own=False), explained())
    assert view.sentence == "The base says this 27 times in 100."
    assert not any(token.turn or token.times for token in view.tokens)


def test_only_the_answer_to_this_question_counts(asked):
    assert why.fold(asked, explained(request=3)) is asked
    assert why.fold(why.WhyView(), explained(request=0)).state == "waiting"
    view = why.fold(asked, Failed(id=4, reason="The adapter in poet cannot be read."))
    assert (view.state, view.note) == ("failed", "The adapter in poet cannot be read.")
    assert why.fold(asked, Done(id=4)).note == "There was no answer; try again."
    ready = why.fold(asked, explained())
    assert why.fold(ready, Done(id=4)) is ready


@pytest.mark.parametrize(
    ("ratio", "words"),
    [(1.05, ""), (2.04, "×2.0"), (0.25, "÷4.0"), (123.4, "×123"), (4321, "×4\u2009321"), (2e5, "×10⁵")],
)
def test_ratios_are_written_short(ratio, words):
    assert why.times(ratio) == words

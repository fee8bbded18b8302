"""The rating judge: what it asks, what a mark is, and when it says that it has none."""

import math

import pytest

from engine.judges.calibration import Calibration
from engine.judges.rating import RatingJudge, question
from engine.judges.spec import Rating
from tests.scripted_model import ScriptedModel

SPEC = Rating(name="Weather", asks="paint color names that sound like weather")
HALF = [0.0] * 4 + [0.25, 0.25] + [0.0] * 4
TABLE = {"Hail": [0.0] * 9 + [0.5], "Beige": [0.4] + [0.0] * 9, "Fog": HALF, "Mute": [0.0] * 10}


@pytest.fixture
def judge() -> RatingJudge:
    return RatingJudge(SPEC, ScriptedModel(TABLE.__getitem__), Calibration(4.5, 1.0))


def test_it_asks_for_a_digit_and_ends_where_the_name_stands() -> None:
    asked = question(SPEC.asks)
    assert "a list of paint color names that sound like weather?" in asked
    assert "one digit, from 0 (not at all) to 9" in asked
    assert asked.endswith("Name:")


def test_the_mark_is_what_would_be_said_on_average(judge: RatingJudge) -> None:
    # Of what is said as a digit: the rest of the probability does not lower a mark.
    assert judge.raw(["Hail", "Beige", "Fog"]) == pytest.approx([9.0, 0.0, 4.5])


def test_verdicts_are_calibrated_and_tell_the_mark(judge: RatingJudge) -> None:
    hail, beige, fog = judge.score([("#d48475", name) for name in ("Hail", "Beige", "Fog")])
    assert hail.score > 0.98
    assert beige.score < 0.02
    assert fog.score == pytest.approx(0.5)
    assert fog.reason == "a mark of 4.5, from 0 to 9"


def test_a_model_that_answers_without_a_digit_has_failed(judge: RatingJudge) -> None:
    assert math.isnan(judge.raw(["Mute"])[0])
    (verdict,) = judge.score([("#d48475", "Mute")])
    assert (verdict.score, verdict.reason) == (None, "The model did not answer with a mark.")


def test_each_name_is_asked_about_once_and_on_one_line(judge: RatingJudge) -> None:
    model = judge._model
    judge.raw(["Hail", "Fog", "Hail"])
    judge.raw(["Fog\n ", "Hail"])
    assert model.asked == ["Hail", "Fog", "Fog"]


def test_no_name_is_a_bad_name() -> None:
    judge = RatingJudge(SPEC, ScriptedModel(lambda name: HALF), Calibration(4.5, 1.0))
    assert judge.score([("#d48475", " ")])[0].score == 0.0


def test_without_a_calibration_it_says_so() -> None:
    with pytest.raises(ValueError, match="not been calibrated"):
        RatingJudge(SPEC, ScriptedModel(lambda name: HALF)).score([("#d48475", "Hail")])

"""The guard that asks a model whether a name describes its colour."""

import math
from pathlib import Path

import pytest

from engine.judges.build import JudgeBuilder
from engine.judges.calibration import Calibration
from engine.judges.describes import DescribesJudge
from engine.judges.spec import Describes
from engine.lexicon import Lexicon
from engine.lm.load import LoadedBase
from engine.reading import reading
from tests.scripted_model import ScriptedModel

SPEC = Describes(name="Describes")
ROSE, NIGHT = "#d48475", "#2a0f38"


def says(text: str) -> tuple[float, float]:
    """Say yes to a rose of this colour only."""
    return (0.8, 0.1) if text.endswith("Rose") and ROSE in text else (0.1, 0.8)


@pytest.fixture
def judge() -> DescribesJudge:
    return DescribesJudge(SPEC, ScriptedModel(says), Calibration(0.0, 1.0))


def test_the_score_is_the_log_odds_of_yes(judge: DescribesJudge) -> None:
    odds = judge.raw([(ROSE, "Rose"), (NIGHT, "Rose"), (ROSE, "Fog")])
    assert odds == pytest.approx([math.log(8), -math.log(8), -math.log(8)])
    right, wrong = judge.score([(ROSE, "Rose"), (NIGHT, "Rose")])
    assert right.score == pytest.approx(8 / 9)
    assert wrong.score == pytest.approx(1 / 9)
    assert right.reason == "asked if it describes the colour, 89% yes"


def test_the_color_is_told_in_words_and_as_a_hex_and_each_pair_once(judge: DescribesJudge) -> None:
    judge.raw([(ROSE, "Rose"), (ROSE, "Rose"), (ROSE, "Two\nLines")])
    assert judge._model.asked == [
        f"{reading(ROSE)} ({ROSE})\nName:Rose",
        f"{reading(ROSE)} ({ROSE})\nName:Two Lines",
    ]


def test_no_name_and_no_number() -> None:
    judge = DescribesJudge(SPEC, ScriptedModel(lambda text: (0.0, 0.0)), Calibration(0.0, 1.0))
    (empty,) = DescribesJudge(SPEC, ScriptedModel(says), Calibration(0.0, 1.0)).score([(ROSE, "")])
    assert (empty.score, empty.reason) == (0.0, "There is no name.")
    (silent,) = judge.score([(ROSE, "Rose")])
    assert silent.score is None


def test_a_half_is_what_a_name_gets_for_a_color_that_is_not_its_own(
    tiny_base: LoadedBase, tmp_path: Path
) -> None:
    lexicon = Lexicon.load()
    judge = JudgeBuilder(tiny_base, lexicon, tmp_path).build(SPEC)
    reference = lexicon.reference(384)
    pairs = [(reference[(i + 1) % 384][1], name) for i, (name, _) in enumerate(reference)]
    scores = sorted(verdict.score for verdict in judge.score(pairs))
    assert scores[192] == pytest.approx(0.5, abs=0.02)

"""The lesson's words: sound, short, and whole: every blank is filled, every term is in the glossary."""

import re

import pytest

from studio import glossary
from studio.lesson import LessonError, load
from studio.views.lesson_facts import facts
from studio.views.lesson_scenes import COUNTS, MARKS
from tests.studio.lesson_world import whole

STEPS = load()
TERMS = glossary.load()
# What the issue asks the lesson to lead to.
ASKED_FOR = """
rollout reward rlhf rlvr rlaif llm-as-judge group bar advantage grpo ppo dpo gspo dapo dr-grpo cispo kl
entropy clipping lora sft primer policy reference-model reward-model reward-hacking goodharts-law
mode-collapse rejection-sampling best-of-n synthetic-data temperature over-optimization judge-bias
"""


def test_it_goes_the_essays_path() -> None:
    path = "task rollout reward judge guard group scores advantages update after many painters hacking cures"
    assert [step.slug for step in STEPS] == path.split()


def test_every_term_is_explained_and_every_term_asked_for_is_met() -> None:
    met = {term for step in STEPS for term in step.terms}
    for term in met:
        assert TERMS.get(term)
    assert set(ASKED_FOR.split()) <= met


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.slug)
def test_a_step_is_short_and_asks(step) -> None:
    assert step.ask.endswith("?")
    for text in (step.say, step.tell):
        assert len(text) <= 420
        assert re.search(r"[.!?]$", text.rstrip("”"))
    if step.slug in MARKS:
        assert step.low
        assert step.high
    elif step.slug not in COUNTS and step.slug not in ("rollout", "update"):
        assert len(step.choices) == 3


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.slug)
def test_every_blank_is_filled_once_all_has_happened(step) -> None:
    told = facts(whole())
    for blank in step.blanks:
        assert told[blank] != "…", blank


def test_what_is_not_sound_is_said(tmp_path) -> None:
    broken = tmp_path / "lesson.toml"
    broken.write_text("[[step]]\nslug = 'task'\n", encoding="utf-8")
    with pytest.raises(LessonError, match=r"lesson\.toml is not sound"):
        load(broken)

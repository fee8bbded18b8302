"""Names × judges: each column keeps its own request, and the reward is the panel's."""

import msgspec
import pytest

from engine.judges.base import Verdict
from engine.service.protocol import Done, Failed, Progress, Scored
from studio.views import judge_table as tables
from studio.views.judge_table import Column, JudgeTable

NAMES = ("Monsoon Sky", "Beige")
COLUMNS = (
    Column(key="open", title="Weather", part="taste"),
    Column(key="listener", title="Listener", part="guard"),
)


def asked(*keys: str) -> JudgeTable:
    table = tables.arrange(JudgeTable(), COLUMNS)
    for number, key in enumerate(keys, 1):
        table = tables.ask(table, key, number, "#d48475", NAMES)
    return table


def scored(table: JudgeTable, number: int, *scores: float | None) -> JudgeTable:
    return tables.fold(table, Scored(id=number, verdicts=tuple(Verdict(score) for score in scores)))


def test_a_taste_times_a_guard_makes_the_reward_and_is_told_in_words() -> None:
    table = scored(scored(asked("open", "listener"), 1, 0.8, 0.2), 2, 0.5, 1.0)
    assert [cell.score for cell in table.row("Monsoon Sky")] == [0.8, 0.5]
    reward = table.reward("Monsoon Sky")
    assert reward is not None
    assert reward.reward == pytest.approx(0.8 * (0.15 + 0.85 * 0.5))
    assert "Weather gives 0.80" in reward.sentence
    assert "Listener takes" in reward.sentence


def test_there_is_no_reward_while_a_verdict_is_awaited_or_without_a_taste() -> None:
    table = scored(asked("open", "listener"), 1, 0.8, 0.2)
    assert table.has_reward
    assert table.waiting
    assert table.reward("Beige") is None
    guards = tables.arrange(
        JudgeTable(), [msgspec.structs.replace(column, part="guard") for column in COLUMNS]
    )
    assert not guards.has_reward
    assert not tables.arrange(JudgeTable(), COLUMNS[:1]).has_reward


def test_a_judge_that_failed_on_a_name_leaves_it_without_a_reward() -> None:
    table = scored(scored(asked("open", "listener"), 1, 0.8, None), 2, 0.5, 1.0)
    reward = table.reward("Beige")
    assert reward is not None
    assert reward.reward is None
    assert "Weather gave no verdict" in reward.sentence


def test_answers_to_what_was_asked_before_change_nothing() -> None:
    table = tables.ask(asked("open", "listener"), "open", 3, "#3b6ea5", NAMES)
    assert scored(table, 1, 0.9, 0.9) is table
    assert [cell.stale for cell in table.row("Beige")] == [True, True]
    assert [cell.score for cell in scored(table, 3, 0.1, 0.3).row("Beige")] == [0.3, None]


def test_how_far_a_judge_is_and_why_it_fails_are_told() -> None:
    table = tables.fold(asked("open", "listener"), Progress(id=2, note="Calibrating Listener", done=0.4))
    assert table.going == ("Calibrating Listener", 0.4)
    failed = tables.fold(table, Failed(id=2, reason="There is no such model."))
    assert failed.note == "Listener: There is no such model."
    assert failed.going == ("", None)
    assert tables.fold(table, Failed(id=1, reason="It broke.")).note == "It broke."
    assert tables.fold(table, Done(id=1)).note == "The judge did not score every name; try again."


def test_scores_of_judges_that_stay_are_kept_when_another_comes() -> None:
    table = scored(asked("open", "listener"), 1, 0.8, 0.2)
    more = tables.arrange(table, [*COLUMNS, Column(key="poet", title="Poet", part="taste")])
    assert [cell.score for cell in more.row("Beige")] == [0.2, None, None]
    refused = tables.refuse(more, "open", "Scores come once the judge is complete.")
    assert refused.note == "Scores come once the judge is complete."
    assert more.row("A name nobody asked about")[0].score is None

"""The judge editor's board: verdicts land on their names, old scores are stale, faults are sentences."""

import pytest

from engine.judges.base import Verdict
from engine.service.protocol import Done, Failed, Progress, Scored
from studio.views import judge

NAMES = ("Monsoon Sky", "Beige", "Hail on Tin")


@pytest.fixture
def scored() -> judge.JudgeBoard:
    board = judge.ask(judge.JudgeBoard(), 1, "#d48475", NAMES)
    assert board.waiting
    verdicts = (Verdict(0.8, "Weather."), Verdict(None, "Failed."), Verdict(0.9))
    return judge.fold(judge.fold(board, Scored(id=1, verdicts=verdicts)), Done(id=1))


def test_verdicts_land_on_their_names(scored: judge.JudgeBoard) -> None:
    assert [(row.name, row.score, row.reason) for row in scored.rows] == [
        ("Monsoon Sky", 0.8, "Weather."),
        ("Beige", None, "Failed."),
        ("Hail on Tin", 0.9, ""),
    ]
    assert not scored.waiting
    assert [row.name for row in scored.ranked] == ["Hail on Tin", "Monsoon Sky", "Beige"]


def test_scores_stay_as_stale_while_new_ones_are_awaited(scored: judge.JudgeBoard) -> None:
    board = judge.ask(scored, 2, "#d48475", ("Hail on Tin", "Fog"))
    assert [(row.name, row.score, row.stale) for row in board.rows] == [
        ("Hail on Tin", 0.9, True),
        ("Fog", None, True),
    ]
    assert judge.fold(board, Scored(id=1, verdicts=(Verdict(0.1), Verdict(0.1)))) == board
    board = judge.fold(board, Scored(id=2, verdicts=(Verdict(0.1), Verdict(0.2))))
    assert [(row.score, row.stale) for row in board.rows] == [(0.1, False), (0.2, False)]


def test_a_failure_is_a_sentence_and_goes_with_the_next_request(scored: judge.JudgeBoard) -> None:
    board = judge.ask(scored, 2, "#d48475", NAMES)
    board = judge.fold(board, Failed(id=2, reason="The base is not there."))
    assert (board.note, board.waiting) == ("The base is not there.", False)
    assert judge.ask(board, 3, "#d48475", NAMES).note == ""


def test_what_is_no_judge_yet_is_refused(scored: judge.JudgeBoard) -> None:
    board = judge.refuse(scored, "This judge needs an example.")
    assert (board.note, board.waiting) == ("This judge needs an example.", False)
    assert all(row.stale for row in board.rows)
    assert judge.fold(board, Failed(id=0, reason="The service stopped.")) == board
    assert judge.fold(board, Scored(id=1, verdicts=(Verdict(0.5),) * 3)) == board


def test_too_few_verdicts_are_no_verdicts() -> None:
    board = judge.ask(judge.JudgeBoard(), 1, "#d48475", NAMES)
    board = judge.fold(judge.fold(board, Scored(id=1, verdicts=(Verdict(0.5),))), Done(id=1))
    assert board.note.startswith("The judge did not score every name")


def test_what_makes_a_judge_ready_is_told_until_it_has_scored(scored: judge.JudgeBoard) -> None:
    board = judge.ask(scored, 2, "#d48475", NAMES)
    board = judge.fold(board, Progress(id=2, note="Calibrating Weather", done=0.25))
    assert (board.going, board.done, board.waiting) == ("Calibrating Weather", 0.25, True)
    assert judge.fold(board, Progress(id=1, note="Old", done=0.5)) == board
    done = judge.fold(board, Scored(id=2, verdicts=(Verdict(0.5),) * 3))
    assert (done.going, done.done) == ("", None)

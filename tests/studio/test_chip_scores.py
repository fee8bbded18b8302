"""Which judges stand on a chip, and what is asked of them: own first, once a name, nobody's server."""

from pathlib import Path

import pytest

from engine.judges.base import Verdict
from engine.judges.spec import Contrast, Correctness, Listener, Remote
from studio.judges import JudgeEntry
from studio.painters import PainterCard
from studio.views.chip_scores import Question, ScoreBoard, judges_for

SPECS = {
    "poet": Contrast(name="Poet", asks="poems", liked=("Sunset Dust",)),
    "correctness": Correctness(name="Correctness"),
    "listener": Listener(name="Listener"),
    "oracle": Remote(name="Oracle", url="http://localhost:1/v1", model="m", asks="oracles"),
}
POET = PainterCard(slug="poet", name="Poet", judges=("poet", "listener", "correctness"))
BASE = PainterCard(slug="base", name="Base")
COLOR = "#d48475"


def entries(**changes):
    specs = {**SPECS, **changes}
    return [JudgeEntry(slug, spec, None, True, Path(f"{slug}.toml")) for slug, spec in specs.items()]


@pytest.fixture
def board():
    made = ScoreBoard()
    made.show_judges(entries())
    made.show_painters([BASE, POET])
    return made


def test_own_tastes_come_first_and_then_correctness():
    library = {entry.slug: entry for entry in entries(broken=None)}
    assert judges_for(POET, library) == ("poet", "correctness")
    assert judges_for(BASE, library) == ("correctness",)
    # One that has gone, one that is faulty, one that costs money.
    for slug in ("gone", "broken", "oracle"):
        assert judges_for(PainterCard(slug="x", name="X", judges=(slug,)), library) == ("correctness",)


def test_judges_are_asked_own_first_and_once_about_all_names(board):
    names = {"base": "Sandy Beige", "poet": "Sunset Dust"}
    first = board.next_question(COLOR, names)
    assert first == Question("poet", ("Sunset Dust",))
    board.take(first, COLOR, [Verdict(0.8, "by the list")])
    second = board.next_question(COLOR, names)
    assert second.judge == "correctness"
    assert set(second.names) == {"Sandy Beige", "Sunset Dust"}
    board.take(second, COLOR, [Verdict(0.5), Verdict(0.9)])
    assert board.next_question(COLOR, names) is None
    own, _ = board.rows("poet", COLOR, "Sunset Dust")
    assert (own.label, own.score) == ("Poet", 0.8)
    # Another colour is another question.
    assert board.next_question("#000000", names) is not None


def test_rows_wait_until_a_judge_has_answered(board):
    assert [(row.label, row.known) for row in board.rows("poet", COLOR, "")] == [
        ("Poet", False),
        ("Correctness", False),
    ]
    assert [(row.judge, row.label) for row in board.rows("base", COLOR, "Clay")] == [
        ("", "No taste of its own"),
        ("correctness", "Correctness"),
    ]
    assert board.rows("stranger", COLOR, "Rose") == ()


def test_names_that_are_not_there_are_not_asked_about(board):
    assert board.next_question(COLOR, {"base": "", "poet": ""}) is None


def test_a_judge_that_fails_is_not_asked_again(board):
    question = board.next_question(COLOR, {"poet": "Sunset Dust"})
    board.fail(question, COLOR, "Its model is gone.")
    [row, _] = board.rows("poet", COLOR, "Sunset Dust")
    assert (row.known, row.score, row.reason) == (True, None, "Its model is gone.")
    assert board.next_question(COLOR, {"poet": "Sunset Dust"}).judge == "correctness"
    # Nor one that says nothing; but all of them once there is reason to.
    board.take(Question("correctness", ("Sunset Dust",)), COLOR, [])
    assert board.next_question(COLOR, {"poet": "Sunset Dust"}) is None
    board.forget_failures()
    assert board.next_question(COLOR, {"poet": "Sunset Dust"}) == question


def test_an_edited_judge_is_another(board):
    question = board.next_question(COLOR, {"poet": "Sunset Dust"})
    board.take(question, COLOR, [Verdict(0.8)])
    board.show_judges(entries(poet=Contrast(name="Poet", asks="odes", liked=("Ode",))))
    board.show_painters([BASE, POET])
    assert board.next_question(COLOR, {"poet": "Sunset Dust"}) == question
    board.show_judges(entries())
    assert board.spec("poet") == SPECS["poet"]


def test_what_is_kept_does_not_grow_for_ever(board, monkeypatch):
    monkeypatch.setattr("studio.views.chip_scores.KEPT", 10)
    for n in range(40):
        board.take(Question("poet", (f"Name {n}",)), COLOR, [Verdict(0.5)])
    assert board.rows("poet", COLOR, "Name 39")[0].known
    assert not board.rows("poet", COLOR, "Name 1")[0].known

"""What is said of a name's reward, and of a judge before it is used."""

import pytest

from engine.judges.base import Verdict
from engine.judges.spec import Contrast, Form, JudgeSpec, Pick, Preference, Remote
from engine.recipe import Gate, Panel, Taste
from studio.views.explained import explained
from studio.views.judge_notes import notes

PANEL = Panel(tastes=(Taste("poet", 3.0), Taste("terse")), guards=("fits",), gates=(Gate("fits", 0.3),))
TITLES = {"poet": "Poet", "terse": "Terse", "fits": "Fits"}


def verdicts(poet: float, terse: float, fits: float | None) -> dict[str, list[Verdict]]:
    return {"poet": [Verdict(poet, "Lyrical.")], "terse": [Verdict(terse)], "fits": [Verdict(fits, "Gone.")]}


def test_who_gives_and_who_takes() -> None:
    [row] = explained(PANEL, ["Dust"], verdicts(0.8, 0.4, 0.5), TITLES)
    assert row.reward == pytest.approx(0.7 * (0.15 + 0.85 * 0.5))
    assert sum(share.share for share in row.shares) == pytest.approx(row.reward)
    assert row.sentence == "0.40: Poet gives 0.60, Terse gives 0.10, Fits takes 0.30."
    assert row.reasons["poet"] == "Lyrical."
    [row] = explained(PANEL, ["Dust"], verdicts(0.8, 0.4, 1.0), TITLES)
    assert row.sentence == "0.70: Poet gives 0.60, Terse gives 0.10."
    [row] = explained(PANEL, ["Dust"], verdicts(0.8, 0.4, 0.2), TITLES)
    assert row.sentence == "0.00: Poet gives 0.60, Terse gives 0.10, Fits shuts at 0.20 and takes 0.70."


def test_who_failed() -> None:
    [row] = explained(PANEL, ["Dust"], verdicts(0.8, 0.4, None), TITLES)
    assert (row.reward, row.sentence) == (None, "No reward: Fits gave no verdict.")


REMOTE = Remote(name="Critic", url="https://example.com/v1", model="m", asks="names")
PICKS = tuple(Pick(f"A {n}", f"B {n}") for n in range(30))


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        (Form(name="F"), []),
        (Contrast(name="C", asks="x", liked=("A", "B", "D", "E")), []),
        (
            Contrast(name="C", asks="x", liked=("A", "B", "beige"), plain=("Beige",)),
            ["Four liked names work better than 3.", "In both lists, which cancels out: beige."],
        ),
        (REMOTE, ["It sends every name with its colour to example.com."]),
        (
            Remote(
                name="R", url="http://localhost:1/v1", model="m", asks="x", tells_color=False, key_entry="e"
            ),
            ["It sends every name, and the key in the keyring's entry e, to localhost:1."],
        ),
        (Preference(name="P", picks=PICKS[:2]), ["It has 2 picks and cannot judge before it has 8."]),
        (Preference(name="P", picks=PICKS[:9]), ["It has 9 picks; 30 make a taste."]),
        (Preference(name="P", picks=PICKS), []),
    ],
)
def test_what_to_know_of_a_judge(spec: JudgeSpec, said: list[str]) -> None:
    assert list(notes(spec, {})) == said


def test_a_key_that_is_not_there_is_told_and_never_shown() -> None:
    spec = Remote(name="R", url="https://example.com/v1", model="m", asks="x", key_env="A_KEY")
    assert "The variable A_KEY is not set here." in notes(spec, {})
    told = notes(spec, {"A_KEY": "sk-secret"})
    assert told == (
        "It sends every name with its colour, and the key in the variable A_KEY, to example.com.",
    )

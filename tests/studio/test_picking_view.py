"""Picking as a view-model: pairs come and go, picks become part of the judge, and what is known is said."""

import msgspec
import pytest

from engine.judges.spec import MOST_PICKS, Pick, Preference
from engine.service.protocol import Asked, Failed, Pair, Scored
from studio.views import picking
from studio.views.picking import Picking

PAIR = Pair(left="Rose", right="Beige", chance=0.4, accuracy=0.8, best=("Rose",), worst=("Beige",))


@pytest.fixture
def shown() -> Picking:
    state = picking.asked(Picking(judge=Preference(name="Mine")), 3)
    assert state.pair is None
    return picking.fold(state, Asked(id=3, pair=PAIR))


def many(count: int) -> Preference:
    return Preference(name="Mine", picks=tuple(Pick(f"A {n}", f"B {n}") for n in range(count)))


def test_a_pick_becomes_part_of_the_judge(shown: Picking) -> None:
    assert (shown.pair, shown.accuracy) == (PAIR, 0.8)
    left, right = picking.choose(shown, "left"), picking.choose(shown, "right")
    assert left.judge.picks == (Pick("Rose", "Beige"),)
    assert right.judge.picks == (Pick("Beige", "Rose"),)
    assert (left.pair, left.made, left.heard) == (None, 1, PAIR)
    # Until the next pair comes there is nothing to pick from.
    assert picking.choose(left, "left") == left
    assert picking.question(left, 7).judge == left.judge
    assert picking.question(left, 7).seed == 7


def test_a_skipped_pair_is_told_to_the_service_and_changes_no_judge(shown: Picking) -> None:
    state = picking.skip(shown)
    assert (state.judge, state.made) == (shown.judge, 0)
    assert picking.question(state).skipped == (("Rose", "Beige"),)
    assert picking.skip(state) == state


def test_only_the_latest_question_counts(shown: Picking) -> None:
    state = picking.asked(shown, 4)
    assert picking.fold(state, Asked(id=3, pair=PAIR)) == state
    assert picking.fold(state, Scored(id=4, verdicts=())) == state
    assert picking.fold(state, Failed(id=4, reason="The base is missing.")).note == "The base is missing."
    assert picking.fold(state, Failed(id=4, reason="x", cancelled=True)).note == "This was called off."
    assert picking.asked(msgspec.structs.replace(state, note="old"), 5).note == ""


def test_how_far_one_is() -> None:
    assert Picking(judge=many(1)).standing == "1 pick; 7 more until it can judge."
    assert Picking(judge=many(12)).standing == "12 picks; 30 make a taste."
    told = Picking(judge=many(12), heard=PAIR).standing
    assert told == (
        "12 picks; of picks that it has not seen it tells 80% right (guessing: 50%); 30 make a taste."
    )
    assert Picking(judge=many(40), heard=PAIR).standing.endswith("(guessing: 50%).")


def test_a_full_judge_takes_no_more() -> None:
    state = Picking(judge=many(MOST_PICKS), pair=PAIR)
    assert state.full
    assert picking.choose(state, "left") == state


def test_a_decision_is_taken_back_and_its_pair_asked_about_again(shown: Picking) -> None:
    picked = picking.choose(shown, "left")
    back = picking.undo(picking.asked(picked, 4))
    assert (back.judge.picks, back.pair, back.made) == ((), PAIR, 0)
    # The question about the pick that is no more does not count.
    assert picking.fold(back, Asked(id=4, pair=PAIR)) == back
    skipped = picking.skip(shown)
    assert (picking.undo(skipped).skipped, picking.undo(skipped).pair) == ((), PAIR)
    assert picking.undo(shown) == shown


def test_picks_of_an_earlier_sitting_are_taken_back_one_by_one() -> None:
    state = picking.undo(Picking(judge=many(3), pair=PAIR, request=7))
    assert (len(state.judge.picks), state.pair, state.request) == (2, None, 0)


def test_the_curve_grows_with_the_picks_and_shrinks_with_them() -> None:
    state = picking.fold(picking.asked(Picking(judge=many(9)), 1), Asked(id=1, pair=PAIR))
    state = picking.asked(picking.choose(state, "left"), 2)
    state = picking.fold(state, Asked(id=2, pair=msgspec.structs.replace(PAIR, accuracy=0.9)))
    assert state.curve == ((9, 0.8), (10, 0.9))
    assert picking.undo(state).curve == ((9, 0.8),)
    unknown = picking.fold(picking.asked(state, 3), Asked(id=3, pair=Pair(left="a", right="b", chance=0.5)))
    assert unknown.curve == ((9, 0.8),)

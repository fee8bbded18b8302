"""The collapse alarm: what it rings for, what it leaves alone, and the sentence it says."""

import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import alarm, collapse
from engine.alarm import FAMILIES
from engine.events import EvalFinished
from engine.palette import GRID_COLUMNS, GRID_ROWS, held_out_grid, is_held_out

GRID = held_out_grid()
COLUMNS = GRID_COLUMNS // len(FAMILIES)


def family_of(place: int) -> int:
    return place % GRID_COLUMNS // COLUMNS


def evaluated(step: int = 0, *, named: dict | None = None, among: int = 36, **more) -> EvalFinished:
    """Evaluate a painter of ``among`` names, all about equally common but for what ``named`` says."""
    names = {color: f"Name {place % among}" for place, color in enumerate(GRID)}
    return EvalFinished(step=step, names={**names, **(named or {})}, **more)


BASE = evaluated()


def one_name(count: int, where: range | None = None) -> dict[str, str]:
    places = range(len(GRID)) if where is None else where
    return {GRID[place]: "Mulled Wine" for place in [*places][:count]}


REDS = [place for place in range(len(GRID)) if family_of(place) == 0]
GREENS = [place for place in range(len(GRID)) if family_of(place) == 2]


def test_the_grid_is_held_out_and_goes_once_around_the_hues() -> None:
    assert len(set(GRID)) == GRID_COLUMNS * GRID_ROWS
    assert all(map(is_held_out, GRID))
    counts = [share.count for share in collapse.shares_by_hue(GRID, GRID, sectors=len(FAMILIES))]
    assert len(counts) == len(FAMILIES)
    assert min(counts) >= 6


def test_a_painter_that_says_what_its_base_says_is_calm() -> None:
    told = alarm.grade(evaluated(10), BASE)
    assert told.level == "calm"
    assert told.evidence == ("48 names are as varied as 34 equally common ones; the base's are as 34.")


def test_taste_may_narrow_and_may_widen() -> None:
    # Poet keeps 60% and more of the base's effective names.
    assert alarm.grade(evaluated(20, among=48), BASE).level == "calm"
    assert alarm.grade(evaluated(20, among=29), BASE).level == "calm"
    assert alarm.grade(evaluated(20, among=24), BASE).level == "watch"


@pytest.mark.parametrize("among", [2, 4, 8, 12, 16, 18])
def test_the_alarm_rings_when_half_of_the_names_are_gone(among: int) -> None:
    told = alarm.grade(evaluated(10, among=among), BASE)
    assert told.level == "alarm"


def test_one_name_that_takes_over_is_named_with_the_bases_own() -> None:
    told = alarm.grade(evaluated(10, named=one_name(22)), BASE)
    assert told.level == "alarm"
    assert told.evidence == "“Mulled Wine” now names 46% of all colours; the base's commonest name has 4%."
    assert alarm.grade(evaluated(10, named=one_name(9)), BASE).level == "watch"
    assert alarm.grade(evaluated(10, named=one_name(4)), BASE).level == "calm"


def test_a_base_that_says_one_name_often_may_go_on_doing_so() -> None:
    base = evaluated(named=one_name(12))
    assert alarm.grade(msgspec.structs.replace(base, step=10), base).level == "calm"
    assert alarm.grade(evaluated(10, named=one_name(15)), base).level == "calm"


def test_one_family_of_hues_is_watched_and_two_are_an_alarm() -> None:
    reds = {GRID[place]: "Mulled Wine" for place in REDS}
    told = alarm.grade(evaluated(10, named=reds, among=48), evaluated(among=48))
    assert "names 100% of the reds and oranges; the base's commonest name for them has 12%" in told.evidence
    greens = {GRID[place]: "Slime" for place in GREENS}
    assert (
        alarm.grade(evaluated(10, named={**reds, **greens}, among=48), evaluated(among=48)).level == "alarm"
    )
    few = {GRID[place]: "Mulled Wine" for place in REDS[:4]}
    assert alarm.grade(evaluated(10, named=few, among=48), evaluated(among=48)).level == "calm"


def held(step: int, reward: float, held_out: float, error: float = 0.03) -> EvalFinished:
    return evaluated(step, reward=reward, held_out=held_out, held_out_error=error)


def test_judges_that_part_are_cheating() -> None:
    base, best = held(0, 0.3, 0.4), held(10, 0.6, 0.55)
    assert alarm.grade(held(20, 0.7, 0.5), base, [best]).level == "calm"
    told = alarm.grade(held(20, 0.7, 0.42), base, [best])
    assert told.level == "watch"
    assert told.evidence.startswith(
        "Since step 10 the trained reward rose from 0.60 to 0.70 "
        "while the held-out one fell from 0.55 to 0.42"
    )
    assert alarm.grade(held(20, 0.7, 0.3), base, [best]).level == "alarm"
    # Where both fall, something else is wrong.
    assert alarm.grade(held(20, 0.5, 0.3), base, [best]).level == "calm"
    # With few colours or uneven judgements the same fall tells nothing.
    assert alarm.grade(held(20, 0.7, 0.42, error=0.2), base, [best]).level == "calm"


def test_replies_that_are_no_names_are_an_alarm() -> None:
    gone = evaluated(10, named=dict.fromkeys(GRID[:40], ""))
    told = alarm.grade(gone, BASE)
    assert told == alarm.Grade("alarm", "Only 8 of 48 replies are names; the base gave 48 of 48.")


def test_a_base_without_names_tells_nothing() -> None:
    silent = evaluated(named=dict.fromkeys(GRID, ""))
    assert alarm.grade(evaluated(10, among=2), silent).level == "calm"


def test_what_is_kept_is_told_with_the_evaluation() -> None:
    assert alarm.with_kept(evaluated(10, among=12), BASE).kept == pytest.approx(12 / 34.3, abs=0.01)
    assert alarm.with_kept(BASE, evaluated(named=dict.fromkeys(GRID, ""))).kept is None


def test_fishers_test_agrees_with_the_lady_who_tasted_tea() -> None:
    assert alarm.by_chance(4, 4, 0, 4) == pytest.approx(1 / 70)
    assert alarm.by_chance(3, 4, 1, 4) == pytest.approx(17 / 70)
    assert alarm.by_chance(0, 4, 4, 4) == 1.0


@given(st.integers(1, 60), st.data())
def test_a_bound_lies_below_its_share_and_nears_it(of: int, data) -> None:
    count = data.draw(st.integers(0, of))
    assert 0.0 <= alarm.at_least(count, of) <= count / of + 1e-9
    assert alarm.at_least(count * 100, of * 100) >= alarm.at_least(count, of) - 1e-9
    # Wilson's lower end for 10 of 10 at 95%, one side, by hand.
    assert math.isclose(alarm.at_least(10, 10), 10 / (10 + 1.645**2), rel_tol=1e-9)


@given(st.lists(st.integers(0, 47), min_size=48, max_size=48))
def test_the_kept_share_is_bounded_from_above(picks: list[int]) -> None:
    names = [f"Name {pick}" for pick in picks]
    before = list(BASE.names.values())
    ratio = collapse.effective_names(names) / collapse.effective_names(before)
    assert alarm.kept_at_most(names, before) >= ratio - 1e-9


def test_names_for_words_are_graded_without_hues() -> None:
    def of_words(step: int, among: int) -> EvalFinished:
        return EvalFinished(step=step, names={f"word {i}": f"Line {i % among}" for i in range(48)})

    base = of_words(0, 40)
    assert alarm.families(of_words(10, 2), base) == []
    told = alarm.grade(of_words(10, 2), base)
    assert told.level == "alarm"
    assert told.evidence == "“Line 0” now names 50% of all inputs; the base's commonest name has 4%."

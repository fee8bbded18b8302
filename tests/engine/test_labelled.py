"""The names labelled by hand: enough of them, each on one side, none that its judge was shown."""

import pytest

from tests.bench.judges import SHIPPED, Labelled, auc, labelled

SETS = labelled()


def names(taste: str) -> list[str]:
    return [name for one in SETS if one.taste == taste for name in (*one.liked, *one.plain)]


@pytest.mark.parametrize("taste", SHIPPED)
def test_each_shipped_taste_has_sixty_a_side_in_two_halves(taste: str) -> None:
    halves = {one.half: one for one in SETS if one.taste == taste}
    assert sorted(halves) == ["seen", "unseen"]
    assert sum(len(one.liked) for one in halves.values()) >= 60
    assert sum(len(one.plain) for one in halves.values()) >= 60
    assert all(min(len(one.liked), len(one.plain)) >= 30 for one in halves.values())


def test_there_are_further_tastes_written_from_a_sentence_and_four_examples() -> None:
    further = [one for one in SETS if one.half == "names"]
    assert len(further) >= 6
    assert all(len(one.judge.liked) == 4 for one in further)
    assert all(len(one.liked) >= 24 <= len(one.plain) for one in further)


@pytest.mark.parametrize("taste", sorted({one.taste for one in SETS}))
def test_a_name_stands_on_one_side_once_and_is_no_example(taste: str) -> None:
    all_names = [name.casefold() for name in names(taste)]
    assert len(set(all_names)) == len(all_names)
    shown = next({*one.judge.liked, *one.judge.plain} for one in SETS if one.taste == taste)
    assert not {example.casefold() for example in shown} & set(all_names)


def test_the_area_under_the_curve() -> None:
    assert auc([2.0, 3.0], [0.0, 1.0]) == 1.0
    assert auc([0.0], [1.0, 2.0]) == 0.0
    assert auc([1.0, 1.0], [1.0]) == 0.5
    assert auc([0.0, 3.0], [1.0, 2.0]) == 0.5


def test_a_set_keeps_its_sides_apart() -> None:
    for one in SETS:
        assert isinstance(one, Labelled)
        assert not set(one.liked) & set(one.plain)

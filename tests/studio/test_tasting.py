"""Blind taste tests: the order tells nothing, the score claims nothing, and no line is lost."""

import pytest

from engine.judges import spec
from engine.judges.spec import FEWEST_PICKS, MOST_PICKS, Pick
from studio.tasting import Offer, Tasted, Tastes, judge_of, picks
from studio.views import taste_test

NAMED = (("base", "Sandy Beige"), ("poet", "Sunset Dust"), ("architect", "Burnt Sienna"))
LABELS = {"base": "Base", "poet": "Poet", "architect": "Architect"}


def tasted(picked="poet", named=NAMED, color="#d48475"):
    offers = tuple(Offer(*pair) for pair in named)
    return Tasted(color=color, offers=offers, picked=[o.painter for o in offers].index(picked), time=1.0)


def test_every_order_comes_about_equally_often():
    orders = [
        tuple(o.painter for o in taste_test.offer("#d48475", NAMED, seed).offers) for seed in range(600)
    ]
    assert len(set(orders)) == 6
    assert max(orders.count(order) for order in set(orders)) < 150
    assert taste_test.offer("#d48475", NAMED, 7) == taste_test.offer("#d48475", NAMED, 7)


def test_names_that_read_alike_are_offered_once_and_fairly():
    named = (("a", "Dusty Rose"), ("b", "dusty  rose"), ("c", "Clay"), ("d", ""))
    views = [taste_test.offer("#d48475", named, seed) for seed in range(200)]
    assert all(len(view.offers) == 2 for view in views)
    kept = [next(o.painter for o in view.offers if o.painter in "ab") for view in views]
    assert 60 < kept.count("a") < 140
    alike = taste_test.offer("#d48475", (("a", "Rose"), ("b", "Rose")), 0)
    assert alike.state == "none"


def test_a_pick_reveals_and_is_kept():
    view = taste_test.offer("#d48475", NAMED, 1)
    revealed, kept = taste_test.pick(view, 1, time=5.0)
    assert (revealed.state, revealed.picked) == ("revealed", 1)
    assert kept == Tasted(color="#d48475", offers=view.offers, picked=1, time=5.0)
    # Once only, and only what is there.
    assert taste_test.pick(revealed, 0, 6.0) == (revealed, None)
    assert taste_test.pick(view, 3, 6.0) == (view, None)
    assert taste_test.pick(taste_test.TasteView(), 0, 6.0)[1] is None


def test_wilsons_interval():
    # Newcombe (1998), table I: 81 of 263, and 0 of 20.
    assert taste_test.wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert taste_test.wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert taste_test.wilson(0, 0) == (0.0, 1.0)
    assert taste_test.wilson(5, 5)[1] == 1.0


def test_standings_count_wins_and_appearances():
    history = [tasted("poet"), tasted("poet"), tasted("base", NAMED[:2])]
    rows = taste_test.standings(history, {"base": "Base", "poet": "Poet"})
    assert [(row.label, row.words) for row in rows] == [
        ("Poet", "2 of 3"),
        ("Base", "1 of 3"),
        ("architect", "0 of 2"),
    ]
    assert rows[0].chance == pytest.approx((1 / 3 + 1 / 3 + 1 / 2) / 3)
    assert rows[0].low < rows[0].share < rows[0].high


def test_no_more_is_claimed_than_was_shown():
    assert "Who said it" in taste_test.verdict(())
    few = taste_test.standings([tasted("poet")] * 2, LABELS)
    assert taste_test.verdict(few) == "2 picks: none is picked more often than chance would explain."
    assert taste_test.tail(2, 2, 1 / 3) == pytest.approx(1 / 9)
    many = taste_test.standings([tasted("poet")] * 12, LABELS)
    assert taste_test.verdict(many) == "12 picks: you pick Poet more often than chance would (12 of 12)."


def test_tests_are_added_line_by_line_and_torn_ones_are_passed_over(tmp_path):
    store = Tastes(tmp_path / "home")
    assert store.read() == ()
    store.add(tasted("poet"))
    with store.path.open("ab") as file:
        file.write(b'{"color":"#d48475","offers":[["ba')
    store.add(tasted("base"))
    with store.path.open("ab") as file:
        file.write(b'\xff\xfe\n{"color":"#000000","offers":[],"picked":3}\n{"version":9}\n')
    assert store.read() == (tasted("poet"), tasted("base"))


def test_a_long_file_is_read_from_its_end(tmp_path, monkeypatch):
    monkeypatch.setattr("studio.tasting.READ_LIMIT", 1000)
    store = Tastes(tmp_path)
    for n in range(30):
        store.add(tasted("poet", color=f"#0000{n:02x}"))
    found = store.read()
    assert 1 < len(found) < 30
    assert found[-1].color == "#00001d"


def test_a_pick_of_one_is_a_pick_over_each_other():
    assert picks([tasted("poet")]) == (
        Pick("Sunset Dust", "Sandy Beige"),
        Pick("Sunset Dust", "Burnt Sienna"),
    )
    # The same names once, as they were decided last; names alike say nothing; what no judge may hold is cut.
    odd = tasted("base", (("base", "Rose\n" + "x" * 99), ("poet", "ROSE"), ("architect", "\x00")))
    [one] = picks([odd])
    assert len(one.better) <= 60
    assert picks([tasted("poet"), tasted("poet")]) == picks([tasted("poet")])
    many = [tasted("poet", (("poet", f"A{n}"), ("base", f"B{n}"))) for n in range(MOST_PICKS + 5)]
    assert len(picks(many)) == MOST_PICKS
    assert picks(many)[-1] == Pick(f"A{MOST_PICKS + 4}", f"B{MOST_PICKS + 4}")


def test_a_judge_is_offered_once_there_are_enough_picks():
    assert taste_test.offer_to_judge([tasted("poet")]) == ""
    history = [tasted("poet", (("poet", f"A{n}"), ("base", f"B{n}"))) for n in range(FEWEST_PICKS)]
    assert taste_test.offer_to_judge(history) == f"Make a judge of my {FEWEST_PICKS} picks"
    made = judge_of(history, "My taste")
    assert spec.parse(spec.dump(made)) == made
    assert made.about == f"From {FEWEST_PICKS} blind taste tests."

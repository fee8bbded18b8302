"""What a judge really likes, in words: what is shown, and that only the latest request counts."""

import pytest

from engine.judges.liking import Liking, ScoredName, Shortcut, Spread
from engine.service.protocol import Done, Failed, Likes, Progress, decode_reply, encode
from studio.views import liking as views
from studio.views.liking import LikingView, Row

LIKING = Liking(
    best=(ScoredName("Ember Lullaby", 0.987),),
    worst=(ScoredName("Beige", 0.02),),
    known=Spread(0.0, 0.25, 0.5, 0.75, 0.99),
    base=Spread(0.0, 0.1, 0.2, 0.3, 0.4),
    length=0.5,
    color_words=-0.7,
    shortcuts=(Shortcut("Night of the Night", 0.995, 1.0),),
    shortcut_share=0.123,
    rated=0,
    agreement=None,
    scored=2000,
    failed=0,
    sentence="It drifts.",
)


def test_it_goes_over_the_wire_unchanged() -> None:
    reply = Likes(id=3, liking=LIKING, seconds={"sampling": 1.5})
    assert decode_reply(encode(reply)) == reply


def test_what_was_found_is_told_in_words() -> None:
    view = views.show(LIKING)
    assert view.sentence == "It drifts."
    assert view.best == (Row("Ember Lullaby", "0.99"),)
    assert view.worst == (Row("Beige", "0.02"),)
    assert view.shortcuts == (Row("Night of the Night", "0.99"),)
    facts = {row.name: row.value for row in view.facts}
    assert facts == {
        "length": "names that are longer are clearly preferred (+0.50)",
        "colour words": "names without a colour’s word are strongly preferred (-0.70)",
        "known names": "half of 2,000 lie between 0.25 and 0.75; the best has 0.99",
        "the base’s names": "half of them lie between 0.10 and 0.30",
        "shortcuts": "12.3% of known names beat all that the base says",
    }
    assert not view.waiting


@pytest.mark.parametrize(
    ("changes", "fact"),
    [
        ({"length": 0.1}, Row("length", "hardly counts (+0.10)")),
        ({"length": -0.2}, Row("length", "names that are shorter are somewhat preferred (-0.20)")),
        ({"failed": 7}, Row("no score", "the judge failed on 7 known names")),
        ({"rated": 2}, Row("your ratings", "rate at least one name up and one down")),
        (
            {"rated": 5, "agreement": 0.75},
            Row("your ratings", "put in the same order in 75% of the pairs (50% is chance)"),
        ),
    ],
)
def test_facts_follow_the_numbers(changes: dict, fact: Row) -> None:
    facts = {name: getattr(LIKING, name) for name in LIKING.__struct_fields__} | changes
    assert fact in views.show(Liking(**facts)).facts


def test_it_waits_is_told_how_far_it_is_and_is_done() -> None:
    view = views.ask(4)
    assert view.waiting
    view = views.fold(view, Progress(id=4, note="Scoring known names", done=0.5))
    assert (view.note, view.done) == ("Scoring known names", 0.5)
    assert views.fold(view, Likes(id=3, liking=LIKING)) == view
    shown = views.fold(view, Likes(id=4, liking=LIKING))
    assert shown == views.show(LIKING, 4)
    assert views.fold(shown, Done(id=4)) == shown


def test_why_nothing_came_is_a_sentence() -> None:
    view = views.ask(4)
    assert views.fold(view, Failed(id=4, reason="The base is not there.")).note == "The base is not there."
    called_off = views.fold(view, Failed(id=4, reason="Taken back.", cancelled=True))
    assert (called_off.note, called_off.waiting) == ("This was called off.", False)
    silent = views.fold(view, Done(id=4))
    assert silent.note.startswith("The service told nothing")
    assert not silent.waiting
    assert views.fold(LikingView(), Failed(id=0, reason="It stopped.")) == LikingView()

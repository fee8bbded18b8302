"""Cheating a judge, as it is shown: which request counts, what stays, and what can be done with a name."""

import pytest

from engine.judges.hacking import Effort, OneName, conclude
from engine.judges.spec import Contrast, Correctness, Form, Listener, Preference, Rating, Remote
from engine.service.protocol import Done, Failed, Hacked, Progress, decode_reply, encode
from studio.views import hacking as views
from studio.views import judge_form
from studio.views.hacking import HackingView

SPEC = Contrast(name="Weather", asks="x", liked=("Hail",), plain=("Beige",))


def hacked(number: int, tried=(), found=()) -> Hacked:
    def names(pairs, source):
        return [OneName(name=n, score=s, beats=0.5, source=source) for n, s in pairs]

    hacking = conclude(
        0.41, names(tried, "yours"), names(found, "climb"), 800, Effort(32, 800), by_color=False
    )
    return Hacked(id=number, hacking=hacking)


def searched() -> HackingView:
    return views.fold(views.search(HackingView(), 3), hacked(3, found=[("Song", 0.9), ("Fog", 0.4)]))


def test_it_goes_over_the_wire_unchanged() -> None:
    reply = hacked(3, [("Banana", 0.2)], [("Song", 0.9)])
    assert decode_reply(encode(reply)) == reply


def test_a_search_tells_how_far_it_is_and_what_it_found() -> None:
    view = views.search(HackingView(), 3)
    assert (view.note, view.done) == ("Starting", 0.0)
    view = views.fold(view, Progress(id=3, note="Looking", done=0.5))
    assert (view.note, view.done) == ("Looking", 0.5)
    assert views.fold(view, Progress(id=2, note="Else", done=0.9)) is view
    view = views.fold(view, hacked(3, found=[("Song", 0.9), ("Fog", 0.4)]))
    assert (view.searching, view.note, view.yardstick) == (0, "", 0.41)
    assert [(row.name, row.cheats) for row in view.found] == [("Song", True), ("Fog", False)]
    assert view.found[0].words == (
        "Made up of known words; it beats the base’s own name for 50% of 32 colours."
    )
    assert "a painter would find it" in view.sentence
    assert views.fold(view, Done(id=3)) is view


def test_a_search_that_ends_otherwise_says_why() -> None:
    view = views.search(HackingView(), 3)
    assert "called off" in views.fold(view, Failed(id=3, reason="x", cancelled=True)).note
    assert views.fold(view, Failed(id=3, reason="It broke.")).note == "It broke."
    assert "try again" in views.fold(view, Done(id=3)).note


def test_a_typed_name_is_judged_beside_what_was_found() -> None:
    view = views.ask(searched(), 4)
    assert views.names(view, "  Ba  nana ") == ("Ba nana",)
    told = views.fold(view, hacked(4, [("Ba nana", 0.2)]), "Ba  nana")
    assert told.tried is not None
    assert (told.tried.name, told.tried.cheats) == ("Ba nana", False)
    assert told.sentence == view.sentence  # what the search came to still holds
    assert views.fold(view, hacked(4, [("Ba", 0.2)]), "Ba nana").tried is None
    first = views.fold(views.ask(HackingView(), 5), hacked(5, [("Ba", 0.2)]), "Ba")
    assert "“Ba”" in first.sentence


def test_a_changed_judge_has_the_found_names_judged_again_in_place() -> None:
    view = views.changed(searched())
    assert view.stale
    assert views.names(view, "") == ("Song", "Fog")
    view = views.fold(views.ask(view, 7), hacked(7, [("Song", 0.1), ("Fog", 0.5)]))
    assert [(row.name, row.score) for row in view.found] == [("Song", 0.1), ("Fog", 0.5)]
    assert "Made up of known words" in view.found[0].words
    assert "“Fog”" in view.sentence
    assert not view.stale
    assert "search again" in views.changed(views.search(view, 8)).note


def test_what_can_be_done_with_a_name() -> None:
    assert views.offer(SPEC, "Song") == ("add", "")
    assert views.offer(SPEC, "beige") == ("undo", "")
    assert views.offer(SPEC, "HAIL")[0] == "refuse"
    assert views.offer(SPEC, "x" * 61)[0] == "refuse"
    full = Contrast(name="W", asks="x", liked=("a",), plain=tuple(f"p{n}" for n in range(32)))
    assert "32" in views.offer(full, "Song")[1]
    assert views.offer(Form(name="F"), "Song") == ("", "")
    form = judge_form.with_counter_example(judge_form.draft(SPEC), "Song")
    assert judge_form.read(form).plain == ("Beige", "Song")
    assert judge_form.read(judge_form.with_counter_example(form, "song", on=False)) == SPEC


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        (SPEC, "hardly others like it"),
        (Form(name="F"), "forbid the name’s words"),
        (Preference(name="P"), "pick against"),
        (Correctness(name="C"), "a gate"),
        (Listener(name="L"), "another guard"),
        (Rating(name="R", asks="x"), "more closely"),
    ],
)
def test_every_kind_has_a_remedy(spec, said: str) -> None:
    assert said in views.remedy(spec)
    assert "sameness" in views.remedy(spec)


def test_what_a_search_costs_is_said_before() -> None:
    assert "800 names." in views.intro(SPEC)
    remote = Remote(name="R", url="http://localhost:1/v1", model="m", asks="x")
    assert "sends 104 requests" in views.intro(remote)
    assert "complete" in views.intro(None)

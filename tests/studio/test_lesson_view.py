"""The lesson as it is folded and shown: what counts, what is kept back, what is told, and the sums."""

import msgspec
import pytest

from engine.judges.base import Verdict
from engine.judges.spec import Correctness, Form, Listener
from engine.recipe import Panel
from engine.service.protocol import Choice, Done, Failed, Named, NamedAll, Progress, Ready, TakeStep
from studio.lesson import load
from studio.views import lesson
from studio.views.lesson import CURED, NEARBY, Guess, LessonView, named, taught
from studio.views.lesson_drawn import FLOOR
from studio.views.lesson_facts import odds
from studio.views.lesson_pictures import Arrows, Bars, Chips, Course, Layers, Moves, Sheet, Waiting
from studio.views.lesson_scenes import gap, scene
from tests.studio.lesson_world import SETUP, SPEC, step, whole

STEPS = {one.slug: one for one in load()}
PASSED = Guess(None)


def shown(slug, guess=None, view=None):
    return scene(view or whole(), STEPS[slug], guess)


def test_the_request_is_one_colour_one_taste_and_a_guard_that_multiplies() -> None:
    asked = lesson.question(SETUP)
    assert isinstance(asked, TakeStep)
    assert (asked.color, asked.group) == ("#d48475", 4)
    assert asked.panel.judges == ("taste", "guard")
    assert asked.judges["taste"] == SPEC
    assert set(asked.judges) >= set(asked.panel.judges)
    assert asked.asides == lesson.decoys("#d48475")
    assert asked.panel.floor == FLOOR == Panel(tastes=asked.panel.tastes).floor


def test_the_wrong_names_are_wrong_for_the_colour() -> None:
    assert "Blueberry" in lesson.decoys("#d48475")
    assert "Banana" in lesson.decoys("#3b4f8a")
    assert lesson.decoy(whole()) == "Blueberry Lullaby", "the one that the judge likes best"


def test_guards_are_no_tastes() -> None:
    assert lesson.can_teach(SPEC)
    assert not lesson.can_teach(Correctness(name="Correctness"))
    assert not lesson.can_teach(Listener(name="Listener"))


def test_only_the_latest_step_counts() -> None:
    view = LessonView(setup=SETUP, request=2)
    assert taught(view, step()) is view, "that was the step before"
    assert taught(view, Progress(id=1, note="Old")) is view
    view = taught(view, Progress(note="Loading", done=0.5))
    assert (view.note, view.done) == ("Loading", 0.5)
    view = taught(view, Ready(device="cpu", dtype="float32", base="b", seconds=1.0))
    assert view.note == ""
    taken = msgspec.structs.replace(step(), id=2)
    view = taught(view, taken)
    assert view.taken is taken
    assert taught(view, Failed(id=2, reason="Too late.")) is view


def test_why_there_is_no_step_is_told_where_it_would_be() -> None:
    view = taught(LessonView(setup=SETUP, request=2), Failed(id=2, reason="There is not enough memory."))
    made = shown("rollout", PASSED, view)
    assert isinstance(made.picture, Waiting)
    assert made.picture.fault == "There is not enough memory."
    assert not made.ready
    assert not made.revealed


def test_painters_names_are_taken_from_their_own_requests_alone() -> None:
    view = LessonView(setup=SETUP, asked={4: "", 5: "unhinged"})
    other = Named(id=9, color="#000000", painter="poet", names=(Choice("Night", 0.5),))
    assert named(view, other) is view
    view = named(view, msgspec.structs.replace(other, id=4))
    assert view.painters == {"poet": "Night"}
    half = tuple("Jam" for _ in range(NEARBY // 2))
    view = named(view, NamedAll(id=5, painter="unhinged", start=0, names=half))
    view = named(view, NamedAll(id=5, painter="unhinged", start=len(half), names=half))
    assert view.nearby["unhinged"] == half + half
    assert named(view, Done(id=5)).asked == {4: ""}
    assert named(view, Failed(id=4, reason="No such painter.")).naming_fault == "No such painter."


def test_to_begin_again_forgets_all_but_the_recording() -> None:
    other = msgspec.structs.replace(SETUP, color="#3b6ea5", group=16)
    view = lesson.restart(whole(), other)
    assert view == LessonView(setup=other, recording=whole().recording)


def test_colours_nearby_are_so_many_and_all_different() -> None:
    for color in ("#d48475", "#ffffff", "#000000", "#87878b", "#3b6ea5"):
        assert len(set(lesson.nearby(color))) == NEARBY


@pytest.mark.parametrize("slug", STEPS)
def test_nothing_is_told_before_the_guess(slug) -> None:
    made = shown(slug)
    assert made.ready
    assert not made.revealed
    assert (made.gap, made.tell, made.sums) == ("", "", ())
    after = shown(slug, PASSED)
    assert after.revealed
    assert after.tell
    assert "…" not in after.tell
    assert after.picture.caption, "a picture that makes sense alone says what it is"
    if slug != "task":
        assert after.picture != made.picture


@pytest.mark.parametrize("slug", sorted(set(STEPS) - {"task", "many"}))
def test_a_step_waits_for_what_it_needs(slug) -> None:
    made = shown(slug, PASSED, LessonView(setup=SETUP, request=1, note="Preparing the trainer"))
    assert isinstance(made.picture, Waiting)
    assert not made.revealed
    assert made.picture.note


@pytest.mark.parametrize("slug", sorted(set(STEPS) - {"task", "reward", "painters", "many"}))
def test_the_arithmetic_is_there(slug) -> None:
    assert shown(slug, PASSED).sums


KINDS = {
    "task": Sheet,
    "rollout": Sheet,
    "reward": Bars,
    "judge": Bars,
    "guard": Bars,
    "group": Chips,
    "scores": Bars,
    "advantages": Arrows,
    "update": Layers,
    "after": Moves,
    "many": Course,
    "painters": Chips,
    "hacking": Chips,
    "cures": Chips,
}


def test_every_step_has_its_picture() -> None:
    assert {slug: type(shown(slug, PASSED).picture) for slug in STEPS} == KINDS


TRUTHS = {
    "task": 1,
    "rollout": int("d48475", 16) % 3,
    "judge": 0.4,
    "guard": 0,
    "group": 3,
    "advantages": 1,
    "update": 1,
    "after": 0,
    "many": 0.42,
    "hacking": 4,
    "cures": 16,
}


@pytest.mark.parametrize("slug", TRUTHS)
def test_the_truth_is_what_happened(slug) -> None:
    question = shown(slug).question
    assert question.truth == pytest.approx(TRUTHS[slug])
    if slug == "rollout":
        assert question.choices[TRUTHS[slug]] == "Dusty Coral"


def test_a_guess_is_laid_beside_the_truth() -> None:
    choice, mark, count = (shown(slug).question for slug in ("task", "judge", "group"))
    assert gap(choice, Guess(1.0)) == "Right: No, it is a matter of taste."
    assert gap(choice, Guess(2.0)) == "You said: Yes, by its spelling. It is: No, it is a matter of taste."
    assert gap(mark, Guess(0.62)) == "You said 0.62, it is 0.40: 0.22 off."
    assert gap(mark, Guess(0.41)) == "You said 0.41, it is 0.40: very near."
    assert gap(count, Guess(3.0)) == "Right: 3."
    assert gap(count, Guess(1.0)) == "You said 1, it is 3: 2 off."
    assert gap(mark, PASSED) == ""
    assert gap(shown("reward").question, Guess(0.7)) == "Your mark: 0.70."


def test_the_sums_add_up() -> None:
    guard = {one.what: one.sum for one in shown("guard", PASSED).sums}
    assert guard["“Dusty Coral”"] == "0.40 × (0.15 + 0.85 × 1.00) = 0.40"
    assert guard["“Blueberry Lullaby”"] == "0.70 × (0.15 + 0.85 × 0.05) = 0.13"
    best, bar = shown("scores", PASSED).sums
    assert best.sum == "0.90 × (0.15 + 0.85 × 0.80) = 0.75"
    assert bar.sum == "(0.75 + 0.40 + 0.40 + 0.07) ÷ 4 = 0.40"
    assert shown("update", PASSED).sums[0].sum == "2,000,000 ÷ 100,000,000 = 0.0200"
    assert shown("after", PASSED).sums[0].sum == "0.001 → 0.002: ×2.000"
    assert shown("hacking", PASSED).sums[0].sum.endswith("Mulled Wine ×20, Toast ×2, Ham, Jam: 4 of 24")


def test_what_moved_is_counted_by_the_way_it_was_pushed() -> None:
    told = shown("after", PASSED).tell
    assert "It rose, from 0.1% to 0.2%, 2.00 times what it was." in told
    # A name said twice is one name, and one on the bar was hardly pushed.
    assert "of the 3 names moved the way they were pushed." in told
    rows = {move.label: move for move in shown("after", PASSED).picture.moves}
    assert list(rows) == ["Ember Rose", "Dusty Coral", "Red"]
    assert rows["Red"].after == pytest.approx(0.03)


@pytest.mark.parametrize(
    ("lie", "place", "words"), [(0.7, 0, "learn to lie"), (0.2, 1, "Less here"), (0.42, 2, "cost it nothing")]
)
def test_the_lie_is_told_as_it_went(lie, place, words) -> None:
    made = shown("guard", PASSED, whole(step(lie=lie)))
    assert made.question.truth == place
    assert words in made.tell


def test_a_group_without_spread_is_told_honestly() -> None:
    flat = tuple((f"Red {place}", 0.4, 1.0, 0.02, 0.02) for place in range(4))
    made = shown("advantages", PASSED, whole(step(flat)))
    assert "None: their rewards hardly differ" in made.tell
    assert "No name was pushed" in shown("after", PASSED, whole(step(flat))).tell


def test_a_reply_that_is_no_name_and_a_judge_that_failed_are_shown_as_such() -> None:
    taken = step()
    first, *others = taken.group.rollouts
    odd = msgspec.structs.replace(first, name="", unreadable="It is empty.", reward=None, advantage=0.0)
    group = msgspec.structs.replace(taken.group, rollouts=(odd, *others))
    asides = {**taken.asides, "Ember Rose": {"taste": Verdict(None, "No number.")}}
    view = whole(msgspec.structs.replace(taken, group=group, asides=asides))
    assert shown("rollout", PASSED, view).picture.reply == "Ember Rose", "the first that is a name"
    bars = {bar.label: bar.note for bar in shown("scores", PASSED, view).picture.bars}
    assert bars["nothing"] == "a judge failed"
    assert "did not speak" in shown("guard", PASSED, view).tell


def test_painters_that_are_not_here_are_missed_in_a_sentence() -> None:
    view = msgspec.structs.replace(whole(), painters={}, nearby={})
    for slug in ("painters", "hacking", "cures"):
        assert "not here" in shown(slug, None, view).picture.fault
    named = msgspec.structs.replace(view, asked={3: CURED}, nearby={"unhinged": ("Jam",) * 12})
    assert shown("hacking", None, named).picture.done == pytest.approx(0.5)


def test_other_kinds_of_judges_are_told_as_what_they_are() -> None:
    setup = msgspec.structs.replace(SETUP, spec=Form(name="Terse", about="Two words.", max_words=2))
    view = msgspec.structs.replace(whole(), setup=setup)
    made = shown("judge", None, view)
    assert made.say.startswith("Terse is a rule that a program checks. What it asks for: Two words.")
    assert made.picture.notes == ()


@pytest.mark.parametrize(
    ("chance", "words"),
    [
        (0.124, "12.4%"),
        (0.0008, "1 in 1,200"),
        (3.1e-6, "1 in 320,000"),
        (3.2e-8, "1 in 31 million"),
        (4e-10, "1 in 2 billion"),
        (0.0, "next to nothing"),
    ],
)
def test_chances_can_be_read_however_small(chance, words) -> None:
    assert odds(chance) == words

"""The lesson in the window: walked both ways, guessed and passed over, begun again, by mouse and by keys."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from engine.service.protocol import TakeStep
from studio.lesson import load
from studio.views.lesson_pictures import Waiting
from ui.terms import Term

STEPS = [step.slug for step in load()]
LAST = len(STEPS) - 1


@pytest.fixture
def learn(world, open_studio, qtbot):
    """Return Learn in a world whose teacher and painters have answered."""
    world.add_house()
    studio = open_studio(world)
    studio.window.open_titled("Learn")
    qtbot.waitUntil(lambda: studio.desk.view is not None and len(studio.desk.view.nearby) == 2)
    return studio.learn


@pytest.fixture
def slow(slow_world, open_studio, qtbot):
    """Return Learn in a world whose teacher answers when the test says so."""
    slow_world.add_house()
    studio = open_studio(slow_world)
    studio.window.open_titled("Learn")
    qtbot.waitUntil(lambda: studio.desk.view is not None and studio.desk.view.request > 0)
    return studio, slow_world.teachers[0]


def click(qtbot, widget):
    qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)


def test_the_whole_lesson_forwards_and_backwards(learn, qtbot):
    pane = learn.lesson
    for place, slug in enumerate(STEPS):
        assert (pane.place, pane.shown.slug) == (place, slug)
        assert pane.shown.ready
        assert pane.guess.isVisible()
        assert not pane.tell.isVisible()
        if pane.shown.question.kind == "choice":
            assert len(pane.guess.choices) == 3
            click(qtbot, pane.guess.choices[0])
        else:
            click(qtbot, pane.guess.reveal)
        assert pane.shown.revealed
        assert pane.gap.text
        assert pane.tell.isVisible()
        assert not pane.guess.isVisible()
        assert pane.scene.picture == pane.shown.picture
        click(qtbot, pane.next)
    assert pane.place == LAST, "the last Next leads out of the lesson"
    told = {}
    for place in range(LAST, -1, -1):
        assert pane.place == place
        assert pane.shown.revealed, "what was guessed stays guessed"
        told[pane.shown.slug] = pane.gap.text
        click(qtbot, pane.back)
    assert pane.place == 0
    assert len(told) == len(STEPS)
    assert not pane.back.isEnabled()


def test_after_the_last_step_one_writes_a_judge(learn, qtbot):
    learn.lesson.go_to(LAST)
    assert learn.lesson.next.text() == "Write a judge"
    with qtbot.waitSignal(learn.page_wanted) as wanted:
        click(qtbot, learn.lesson.next)
    assert wanted.args == ["Judges"]


def test_by_keys_alone(learn, qtbot):
    pane = learn.lesson
    qtbot.waitUntil(lambda: QApplication.focusWidget() is pane)
    for _ in range(3):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Right)
    assert pane.shown.slug == "judge"
    pane.guess.focus_first()
    before = pane.guess.number
    qtbot.keyClick(pane.guess.slider, Qt.Key.Key_Right)
    assert pane.shown.slug == "judge", "on the slider the arrows set the guess"
    assert pane.guess.number == pytest.approx(before + 0.01)
    qtbot.keyClick(pane.guess.slider, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is pane.guess.reveal
    qtbot.keyClick(pane.guess.reveal, Qt.Key.Key_Space)
    assert pane.shown.revealed
    assert "0.51" in pane.gap.text
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Left)
    assert pane.shown.slug == "reward"


def test_a_guess_may_be_passed_over(learn, qtbot):
    click(qtbot, learn.lesson.guess.skip)
    assert learn.lesson.shown.revealed
    assert not learn.lesson.gap.isVisible()
    assert learn.lesson.tell.isVisible()


def test_one_click_shows_the_sums(learn, qtbot):
    pane = learn.lesson
    pane.go_to(STEPS.index("advantages"))
    assert not pane.sums.isVisible()
    click(qtbot, pane.guess.reveal)
    assert not pane.sums.fold.body.isVisible()
    click(qtbot, pane.sums.fold.head)
    assert pane.sums.fold.body.isVisible()
    assert any("÷" in text for text in pane.sums.texts)
    pane.go_on()
    click(qtbot, pane.guess.choices[0])
    assert not pane.sums.fold.body.isVisible(), "folded again on the next step"


def test_every_term_leads_to_the_glossary_and_back(learn, qtbot):
    pane = learn.lesson
    pane.go_to(STEPS.index("hacking"))

    def goodhart():
        return [one for one in pane.findChildren(Term) if one.isVisible() and "Goodhart" in one.text()]

    qtbot.waitUntil(lambda: len(goodhart()) == 1 and goodhart()[0].width() > 20)
    click(qtbot, goodhart()[0])
    assert learn.tabs.place == 1
    assert learn.opened == "goodharts-law"
    learn.tabs.choose(0)
    assert pane.shown.slug == "hacking", "the lesson is where it was"


def test_it_begins_again_with_another_colour_group_and_judge(learn, world, qtbot):
    pane, desk = learn.lesson, learn.desk
    click(qtbot, pane.guess.choices[1])
    pane.go_to(5)
    click(qtbot, learn.change)
    assert learn.setup.isVisible()
    learn.setup.color.setText("rebeccapurple")
    learn.setup.group.choose(2)
    learn.setup.judge.setCurrentText("Unhinged")
    click(qtbot, learn.setup.begin)
    assert not learn.setup.isVisible()
    setup = desk.view.setup
    assert (setup.color, setup.group, setup.spec.name) == ("#663399", 16, "Unhinged")
    qtbot.waitUntil(lambda: desk.view.taken is not None)
    assert len(desk.view.taken.group.rollouts) == 16
    assert pane.place == 0
    assert not pane.shown.revealed, "what was guessed of another colour is forgotten"
    assert "#663399" in pane.say.text
    asked = [request for request in world.teachers[0].sent if isinstance(request, TakeStep)]
    assert [request.color for request in asked][-1] == "#663399"
    assert len(world.teachers) == 1, "the same teacher goes on: its base is in memory"


def test_what_is_no_colour_is_said_and_nothing_begins(learn, qtbot):
    view = learn.desk.view
    click(qtbot, learn.change)
    learn.setup.color.setText("#12")
    click(qtbot, learn.setup.begin)
    assert learn.setup.fault.isVisible()
    assert learn.setup.fault.text().endswith(".")
    assert learn.desk.view is view
    click(qtbot, learn.setup.cancel)
    assert not learn.setup.isVisible()


def test_another_current_colour_is_offered_and_does_not_disturb(learn, qtbot):
    learn.lesson.go_to(3)
    learn._current.set_hex("#3b6ea5")
    qtbot.waitUntil(lambda: "#3b6ea5" in learn.about.text())
    assert learn.lesson.place == 3
    click(qtbot, learn.change)
    assert learn.setup.color.text() == "#3b6ea5"


def test_nothing_is_fetched_before_the_lesson_is_seen(world, open_studio, qtbot):
    studio = open_studio(world)
    assert world.teachers == []
    studio.window.open_titled("Learn")
    qtbot.waitUntil(lambda: len(world.teachers) == 1)
    assert world.teachers[0].started


def test_it_waits_in_place_and_goes_on_by_itself(slow, qtbot):
    studio, teacher = slow
    pane = studio.learn.lesson
    assert pane.shown.ready, "the first step needs nobody"
    pane.go_on()
    assert not pane.shown.ready
    assert not pane.guess.isVisible()
    teacher.load("Loading SmolLM2 135M", 0.4)
    qtbot.waitUntil(lambda: isinstance(pane.scene.picture, Waiting) and "SmolLM2" in pane.scene.picture.note)
    teacher.answer(1)
    qtbot.waitUntil(lambda: pane.shown.ready)
    assert pane.guess.isVisible()


def test_a_failure_is_said_and_tried_again(slow, qtbot):
    studio, teacher = slow
    pane = studio.learn.lesson
    pane.go_on()
    teacher.fail(1, "There is not enough memory: close other programs.")
    qtbot.waitUntil(pane.retry.isVisible)
    assert "not enough memory" in pane.scene.picture.fault
    click(qtbot, pane.retry)
    assert len(teacher.sent) == 2
    teacher.answer(2)
    qtbot.waitUntil(lambda: pane.shown.ready)
    assert not pane.retry.isVisible()


def test_a_step_that_came_too_late_is_passed_over(slow, qtbot):
    studio, teacher = slow
    studio.learn.setup.begun.emit("#3b6ea5", "poet", 4)
    assert teacher.cancelled == {1}
    teacher.answer(1)
    teacher.answer(2)
    qtbot.waitUntil(lambda: studio.desk.view.taken is not None)
    assert studio.desk.view.taken.group.color == "#3b6ea5"


def test_the_teacher_goes_when_it_is_not_needed(learn, world, qtbot):
    desk = learn.desk
    learn.tabs.choose(1)
    assert desk._rest.isActive()
    learn.tabs.choose(0)
    assert not desk._rest.isActive()
    learn.tabs.choose(1)
    desk._rest.setInterval(1)
    desk._rest.start()
    qtbot.waitUntil(lambda: world.teachers[0].closed)
    taken = desk.view.taken
    learn.tabs.choose(0)
    assert desk.view.taken is taken, "what was learned is still to be read"
    learn.setup.begun.emit("#3b6ea5", "poet", 4)
    qtbot.waitUntil(lambda: desk.view.taken is not None and desk.view.taken.group.color == "#3b6ea5")
    assert len(world.teachers) == 2


def test_another_base_is_taught_too(learn, world, qtbot):
    learn.desk.use("/a/base", "cpu")
    qtbot.waitUntil(lambda: world.teachers[0].closed)
    learn.desk.seen()
    assert world.teachers[1].used == [("/a/base", "cpu")]
    qtbot.waitUntil(lambda: learn.desk.view.taken is not None)


@pytest.mark.parametrize("motion", [False, True])
def test_pictures_come_whole_with_motion_and_without(learn, qtbot, motion):
    pane = learn.lesson
    pane._theme.motion = motion
    pane.go_to(STEPS.index("scores"))
    click(qtbot, pane.guess.reveal)
    qtbot.waitUntil(lambda: pane.scene._grown == 1.0)
    if not motion:
        assert pane.scene._motion.state() == pane.scene._motion.State.Stopped


@pytest.mark.parametrize("size", [(1000, 680), (1600, 1000)])
def test_words_fit_their_column(learn, qtbot, size):
    learn.window().resize(*size)
    pane = learn.lesson
    for place in range(len(STEPS)):
        pane.go_to(place)
        pane.guess.passed.emit()
        QApplication.processEvents()
        for part in (pane.heading, pane.say, pane.tell):
            assert part.width() <= pane._scroll.viewport().width()
            assert part.heightForWidth(part.width()) <= part.height() + 1, STEPS[place]


def test_the_command_palette_knows_the_lesson(learn):
    commands = {command.title: command.call for command in learn.commands()}
    commands["Open the glossary"]()
    assert learn.tabs.place == 1
    commands["Start the lesson again"]()
    assert learn.tabs.place == 0
    assert learn.setup.isVisible()

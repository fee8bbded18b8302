"""Cheating the judge in the window: one's own name, a search, counter-examples and back."""

import pytest
from PySide6.QtCore import Qt

from engine.judges.spec import Contrast
from engine.service.protocol import Hack, Progress

WEATHER = Contrast(name="Weather", asks="names like weather", liked=("Thunderhead",))
BEST = "Ember Lullaby"


def opened(world, open_studio, qtbot):
    studio = open_studio(world)
    studio.window.open_titled("Judges")
    qtbot.waitUntil(lambda: bool(world.client.scores()))
    studio.judges.pane.choice.choose(2)
    return studio.judges


@pytest.fixture
def page(world, open_studio, qtbot):
    return opened(world, open_studio, qtbot)


def press(qtbot, control):
    qtbot.mouseClick(control, Qt.MouseButton.LeftButton)


def search(page, qtbot):
    hacking = page.pane.hacking
    press(qtbot, hacking.look)
    qtbot.waitUntil(lambda: bool(hacking.view.found))
    return hacking


def test_ones_own_name_is_judged_once_typing_stops(page, world, qtbot):
    hacking = page.pane.hacking
    qtbot.keyClicks(hacking.field, "Banana")
    qtbot.waitUntil(lambda: hacking.own.isVisible())
    asked = [request for _, request in world.client.asked(Hack)]
    assert [(request.names, request.search) for request in asked] == [(("Banana",), False)]
    assert hacking.own.bar.score == pytest.approx(0.25)
    assert "0.41" in hacking.own.bar.accessibleName()
    assert "does not cheat" in hacking.sentence.text()


def test_a_counter_example_is_made_in_one_click_and_taken_back(page, world, qtbot):
    world.makers.judges.save("weather", WEATHER)
    page.reload("weather")
    qtbot.waitUntil(lambda: page.opened == "weather")
    hacking = search(page, qtbot)
    assert "would earn 0.93 for every colour" in hacking.sentence.text()
    line = hacking.lines[0]
    assert (line.name.text(), line.bar.score) == (BEST, pytest.approx(0.93))
    press(qtbot, line.act)
    qtbot.waitUntil(lambda: BEST in world.makers.judges.get("weather").plain)
    # It is judged again by the judge as it is now, in its place.
    qtbot.waitUntil(lambda: line.bar.score == pytest.approx(0.3))
    assert (line.name.text(), line.act.text()) == (BEST, "Undo")
    press(qtbot, line.act)
    qtbot.waitUntil(lambda: world.makers.judges.get("weather").plain == WEATHER.plain)
    qtbot.waitUntil(lambda: line.bar.score == pytest.approx(0.93))


def test_a_shipped_judge_is_copied_first_and_what_was_found_stays(page, world, qtbot):
    before = world.makers.judges.get("poet")
    hacking = search(page, qtbot)
    # One of Poet's own liked names is no discovery; the next one is.
    line = next(line for line in hacking.lines if line.act.isEnabled())
    name = line.name.text()
    press(qtbot, line.act)
    qtbot.waitUntil(lambda: page.opened == "poet-2")
    qtbot.waitUntil(lambda: name in world.makers.judges.get("poet-2").plain)
    assert world.makers.judges.get("poet") == before
    qtbot.waitUntil(lambda: line.bar.score == pytest.approx(0.3))
    page.shelf.choose("terse")
    qtbot.waitUntil(lambda: not hacking.view.found)
    assert not hacking.area.isVisible()


def test_a_kind_without_examples_says_what_to_do(page, qtbot):
    page.shelf.choose("terse")
    hacking = search(page, qtbot)
    assert not any(line.act.isVisible() for line in hacking.lines)
    assert "forbid the name’s words" in hacking.remedy.text()


def test_a_search_shows_how_far_it_is_and_can_be_stopped(slow_world, open_studio, qtbot):
    hacking = opened(slow_world, open_studio, qtbot).pane.hacking
    press(qtbot, hacking.look)
    number, _ = slow_world.client.asked(Hack)[-1]
    slow_world.client.reply(Progress(id=number, note="Looking", done=0.5))
    qtbot.waitUntil(lambda: hacking.bar.share == pytest.approx(0.5))
    assert hacking.note.text() == "Looking…"
    press(qtbot, hacking.stop)
    assert number in slow_world.client.cancelled
    slow_world.client.fail(number, "It broke.")
    qtbot.waitUntil(lambda: hacking.note.text() == "It broke.")
    assert hacking.look.isVisible()

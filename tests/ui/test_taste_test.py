"""The blind taste test in the window: nothing tells who said what before the pick; picks become a judge."""

import pytest
from PySide6.QtCore import Qt

from engine.service.protocol import Named
from studio.tasting import Tastes

SAID = {"base": ("Sandy Beige",), "poet": ("Sunset Dust",), "architect": ("Burnt Sienna",)}


@pytest.fixture
def studio(slow_world, open_studio):
    slow_world.add_painter("poet")
    slow_world.add_painter("architect")
    return open_studio(slow_world)


def begin(studio, world, qtbot, said=None):
    """Begin a test, or go on to its next colour, and let the painters answer."""
    taste, before = studio.compare.taste, len(world.client.names())
    if taste.isVisible():
        taste.next.click()
    else:
        qtbot.mouseClick(studio.compare.test, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(world.client.names()) > before)
    number, request = world.client.names()[before]
    assert [chip.name for chip in taste.chips] == [""] * 3
    world.client.answer(number, said or SAID)
    qtbot.waitUntil(lambda: taste.view.state != "waiting")
    return request


def test_nothing_tells_the_painters_before_the_pick(studio, slow_world, qtbot):
    request = begin(studio, slow_world, qtbot)
    taste = studio.compare.taste
    assert request.samples == 0
    assert sorted(chip.name for chip in taste.chips) == ["Burnt Sienna", "Sandy Beige", "Sunset Dust"]
    told = " ".join(
        text
        for chip in taste.chips
        for text in (chip.accessibleName(), chip.accessibleDescription(), chip.toolTip(), chip.slug)
    )
    for label in ("Base", "Poet", "Architect", "base", "poet", "architect"):
        assert label not in told
    # The colour is the test's; the one that is being picked stays.
    assert studio.current.hex == "#d48475" != request.color


def test_a_pick_by_key_reveals_and_is_kept(studio, slow_world, qtbot, home):
    request = begin(studio, slow_world, qtbot)
    taste = studio.compare.taste
    place = [chip.name for chip in taste.chips].index("Sunset Dust")
    qtbot.keyClick(taste, Qt.Key(Qt.Key.Key_1 + place))
    assert taste.question.text() == "You picked Poet."
    assert taste.chips[place].chosen
    assert taste.chips[place].accessibleName() == "Poet: Sunset Dust, chosen"
    qtbot.waitUntil(lambda: len(Tastes(home).read()) == 1)
    [kept] = Tastes(home).read()
    assert (kept.color, kept.offers[kept.picked].painter) == (request.color, "poet")
    assert taste.standings.isVisible()
    assert "1 pick:" in taste.verdict.text()
    # One pick a colour.
    taste.pick((place + 1) % 3)
    assert len(taste.history) == 1


def test_a_click_picks_and_space_goes_on(studio, slow_world, qtbot):
    begin(studio, slow_world, qtbot)
    taste = studio.compare.taste
    qtbot.mouseClick(taste.chips[1], Qt.MouseButton.LeftButton)
    assert taste.view.state == "revealed"
    assert taste.next.hasFocus()
    before = len(slow_world.client.names())
    qtbot.keyClick(taste.next, Qt.Key.Key_Space)
    assert len(slow_world.client.names()) == before + 1
    assert taste.view.state == "waiting"


def test_names_that_are_alike_are_passed_by(studio, slow_world, qtbot):
    begin(studio, slow_world, qtbot, dict.fromkeys(SAID, ("Green Glow",)))
    taste = studio.compare.taste
    assert taste.view.state == "none"
    assert "two different names" in taste.hint.text()
    assert taste.next.isEnabled()


def test_a_service_that_fails_is_said_and_can_be_asked_again(studio, slow_world, qtbot):
    before = len(slow_world.client.names())
    qtbot.mouseClick(studio.compare.test, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(slow_world.client.names()) > before)
    number, _ = slow_world.client.names()[-1]
    slow_world.client.fail(number, "The naming service stopped; ask again.")
    taste = studio.compare.taste
    qtbot.waitUntil(lambda: taste.hint.text() == "The naming service stopped; ask again.")
    begin(studio, slow_world, qtbot)
    assert taste.view.state == "open"


def test_leaving_lets_go_and_comes_back_to_the_colour(studio, slow_world, qtbot):
    before = len(slow_world.client.names())
    qtbot.mouseClick(studio.compare.test, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(slow_world.client.names()) > before)
    number, request = slow_world.client.names()[-1]
    taste = studio.compare.taste
    qtbot.keyClick(taste, Qt.Key.Key_Escape)
    assert number in slow_world.client.cancelled
    assert studio.compare.stage.isVisible()
    # The names of the colour at hand are asked for again; those of the test come to nothing.
    again, at_hand = slow_world.client.names()[-1]
    assert at_hand.color == studio.current.hex
    slow_world.client.reply(Named(id=number, color=request.color, painter="poet", names=()))
    slow_world.client.answer(again)
    qtbot.waitUntil(lambda: studio.compare.chips["poet"].name == "Sunset Dust")


def test_with_the_base_alone_it_says_what_is_missing(slow_world, open_studio, qtbot):
    studio = open_studio(slow_world)
    before = len(slow_world.client.names())
    qtbot.mouseClick(studio.compare.test, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "train one" in studio.compare.taste.hint.text())
    assert len(slow_world.client.names()) == before


def test_picks_are_made_into_a_judge(studio, slow_world, qtbot):
    taste = studio.compare.taste
    for n in range(4):
        said = {slug: (f"{names[0]} {n}",) for slug, names in SAID.items()}
        begin(studio, slow_world, qtbot, said)
        assert not taste.make.isVisible()
        taste.pick(next(i for i, chip in enumerate(taste.chips) if chip.name.startswith("Sunset")))
    assert taste.make.text() == "Make a judge of my 4 picks"
    qtbot.mouseClick(taste.make, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: studio.window.title == "Judges")
    made = slow_world.makers.judges.get("my-taste")
    assert len(made.picks) == 8
    assert {pick.better for pick in made.picks} == {f"Sunset Dust {n}" for n in range(4)}


def test_tests_of_earlier_days_count(slow_world, open_studio, qtbot):
    slow_world.add_painter("poet")
    slow_world.add_painter("architect")
    studio = open_studio(slow_world)
    begin(studio, slow_world, qtbot)
    studio.compare.taste.pick(0)
    open_studio.close(studio)
    again = open_studio(slow_world)
    qtbot.mouseClick(again.compare.test, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(again.compare.taste.history) == 1)

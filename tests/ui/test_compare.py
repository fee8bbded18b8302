"""Compare: pick a colour, and the names come."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from scripted import READY

from engine.service.protocol import Explain, Named

NAMES = {"base": ("Sandy Beige",), "poet": ("Sunset Dust",)}


@pytest.fixture
def studio(slow_world, open_studio):
    slow_world.add_painter("poet")
    return open_studio(slow_world)


def chip(studio, slug):
    return studio.compare.chips[slug]


def asked(world, qtbot, count):
    qtbot.waitUntil(lambda: len(world.client.names()) >= count)
    return world.client.names()[count - 1]


def test_first_names_come_for_the_base_and_each_painter(studio, slow_world, qtbot):
    number, request = asked(slow_world, qtbot, 1)
    assert [ref.slug for ref in request.painters] == ["base", "poet"]
    assert request.samples == 0
    assert chip(studio, "poet").waiting
    slow_world.client.answer(number)
    qtbot.waitUntil(lambda: chip(studio, "poet").name == "Sunset Dust")
    assert chip(studio, "base").name == "Sandy Beige"
    assert not chip(studio, "base").waiting


def test_alternatives_follow_once_the_names_are_there(studio, slow_world, qtbot):
    number, _ = asked(slow_world, qtbot, 1)
    slow_world.client.answer(number)
    number, request = asked(slow_world, qtbot, 2)
    assert request.samples > 0
    slow_world.client.answer(number)
    qtbot.waitUntil(lambda: len(chip(studio, "poet").also) == 4)
    assert chip(studio, "poet").also[0].name == "Ember Lullaby"


def test_a_new_colour_waits_for_rest_and_supersedes_what_was_asked(studio, slow_world, qtbot):
    first, _ = asked(slow_world, qtbot, 1)
    pad = studio.compare.picker.pad
    # A drag: many colours, a request where it rests.
    qtbot.mousePress(pad, Qt.MouseButton.LeftButton, pos=QPoint(40, 40))
    for x in range(44, 140, 4):
        qtbot.mouseMove(pad, QPoint(x, 60))
    qtbot.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=QPoint(140, 60))
    color = studio.current.hex
    qtbot.waitUntil(lambda: slow_world.client.names()[-1][1].color == color)
    second, _ = slow_world.client.names()[-1]
    assert color != "#d48475"
    # Where the machine is slow the drag may seem to rest on its way.
    assert len(slow_world.client.names()) < 8
    assert first in slow_world.client.cancelled
    # The answer to the first comes late, and changes nothing.
    slow_world.client.answer(first, {"base": ("Too Late",), "poet": ("Too Late",)})
    slow_world.client.answer(second, {"base": ("Teal Hush",), "poet": ("Tide Song",)})
    qtbot.waitUntil(lambda: chip(studio, "poet").name == "Tide Song")
    assert chip(studio, "base").name == "Teal Hush"


def test_the_first_start_says_what_it_is_doing(studio, slow_world, qtbot):
    page = studio.compare
    slow_world.client.load(0.43)
    qtbot.waitUntil(lambda: page.progress.isVisible())
    assert "first use" in page.progress.words.text()
    assert page.progress.bar.share == pytest.approx(0.43)
    slow_world.client.reply(READY)
    qtbot.waitUntil(lambda: not page.progress.isVisible())
    assert "SmolLM2" in page.status.text()


def test_a_failed_request_says_why_and_can_be_tried_again(studio, slow_world, qtbot):
    number, _ = asked(slow_world, qtbot, 1)
    slow_world.client.fail(number, "The base cannot be found; run painter-studio doctor.")
    page = studio.compare
    qtbot.waitUntil(lambda: page.progress.again.isVisible())
    assert "doctor" in page.progress.words.text()
    qtbot.mouseClick(page.progress.again, Qt.MouseButton.LeftButton)
    number, _ = asked(slow_world, qtbot, 2)
    slow_world.client.answer(number)
    qtbot.waitUntil(lambda: chip(studio, "base").name == "Sandy Beige")


def test_a_service_that_was_started_again_is_asked_again(studio, slow_world, qtbot):
    number, _ = asked(slow_world, qtbot, 1)
    slow_world.client.fail(number, "The naming service stopped before it answered; ask again.")
    slow_world.client.fail(0, "The naming service stopped and was started again.")
    slow_world.client.reply(READY)
    number, _ = asked(slow_world, qtbot, 2)
    slow_world.client.answer(number)
    qtbot.waitUntil(lambda: chip(studio, "base").name == "Sandy Beige")
    assert not studio.compare.progress.isVisible()


def test_hex_is_typed_or_refused_beside_its_field(studio, slow_world, qtbot):
    picker = studio.compare.picker
    picker.hex.setFocus()
    picker.hex.selectAll()
    qtbot.keyClicks(picker.hex, "#3b6ea5")
    assert studio.current.hex == "#3b6ea5"
    picker.hex.selectAll()
    qtbot.keyClicks(picker.hex, "mauvve")
    qtbot.keyClick(picker.hex, Qt.Key.Key_Return)
    qtbot.waitUntil(picker.fault.isVisible, timeout=30_000)
    assert "mauvve" in picker.fault.text()
    assert studio.current.hex == "#3b6ea5"
    picker.hex.selectAll()
    qtbot.keyClicks(picker.hex, "abc")
    qtbot.keyClick(picker.hex, Qt.Key.Key_Return)
    assert studio.current.hex == "#aabbcc"
    assert not picker.fault.isVisible()


def test_arrow_keys_move_the_pad_and_the_ring_and_hue_survives_grey(studio, slow_world, qtbot):
    picker, current = studio.compare.picker, studio.current
    lightness, _, hue = current.lch
    qtbot.keyClick(picker.pad, Qt.Key.Key_Up)
    assert current.lch[0] == pytest.approx(lightness + 0.01)
    qtbot.keyClick(picker.pad, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert current.lch[0] == pytest.approx(lightness + 0.009)
    share = picker.pad.share()
    qtbot.keyClick(picker.ring, Qt.Key.Key_PageUp)
    assert current.lch[2] == pytest.approx(hue + 10)
    assert picker.pad.share() == share
    picker.chroma.setValue(0)
    assert current.lch[2] == pytest.approx(hue + 10)
    current.set_hex("#808080")
    assert current.lch[2] == pytest.approx(hue + 10)


def test_fields_show_and_set_lch(studio, slow_world, qtbot):
    picker = studio.compare.picker
    assert picker.lightness.value() == pytest.approx(69.3, abs=0.06)
    picker.lightness.setValue(50)
    assert studio.current.lch[0] == pytest.approx(0.5)
    picker.hue.setValue(200)
    assert picker.hue.value() == pytest.approx(200)
    # More chroma than sRGB has there is cut, and the field says to what.
    picker.chroma.setValue(0.37)
    assert picker.chroma.value() < 0.2


def test_colours_settled_on_are_remembered_and_come_back(studio, slow_world, qtbot):
    picker = studio.compare.picker
    with qtbot.waitSignal(studio.current.settled):
        studio.current.set_hex("#3b6ea5")
    assert picker.history.colors[:2] == ["#3b6ea5", "#d48475"]
    qtbot.mouseClick(picker.history, Qt.MouseButton.LeftButton, pos=QPoint(32, 10))
    assert studio.current.hex == "#d48475"


def test_without_painters_there_is_an_invitation_to_train(slow_world, open_studio, qtbot):
    studio = open_studio(slow_world)
    invitation = studio.compare.invitation
    assert invitation is not None
    assert invitation.isVisible()
    qtbot.mouseClick(invitation, Qt.MouseButton.LeftButton)
    assert studio.window.title == "Train"


def test_beside_the_houses_painters_the_invitation_stays_until_there_is_ones_own(slow_world, open_studio):
    slow_world.add_painter("poet")
    studio = open_studio(slow_world)
    assert studio.compare.invitation is not None
    slow_world.add_painter("mine", parent=slow_world.home / "painters")
    studio.compare.show_painters(slow_world.makers.painters.list())
    assert studio.compare.invitation is None


def test_hostile_names_are_shown_as_text_and_do_no_harm(studio, slow_world, qtbot):
    number, _ = asked(slow_world, qtbot, 1)
    evil = "<b>Rose</b> " + "x" * 10_000
    slow_world.client.answer(number, {"base": (evil,), "poet": ("\x00\n\u202e" + "é" * 300,)})
    qtbot.waitUntil(lambda: chip(studio, "base").name == evil)
    picture = studio.window.grab()
    assert picture.width() == studio.window.width()
    assert len(chip(studio, "base").accessibleName()) < 400


def test_ctrl_c_on_a_chip_copies_its_name(studio, slow_world, qtbot):
    number, _ = asked(slow_world, qtbot, 1)
    slow_world.client.answer(number)
    qtbot.waitUntil(lambda: not chip(studio, "poet").waiting)
    chip(studio, "poet").setFocus()
    qtbot.keyClick(chip(studio, "poet"), Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "Sunset Dust"


def explained(world, qtbot, count):
    qtbot.waitUntil(lambda: len(world.client.asked(Explain)) >= count)
    return world.client.asked(Explain)[count - 1]


def test_a_press_on_a_chip_tells_why_this_name(studio, slow_world, qtbot):
    number, _ = asked(slow_world, qtbot, 1)
    slow_world.client.answer(number)
    qtbot.waitUntil(lambda: not chip(studio, "poet").waiting)
    why = studio.compare.why
    assert not why.isVisible()
    qtbot.mouseClick(chip(studio, "poet"), Qt.MouseButton.LeftButton)
    number, request = explained(slow_world, qtbot, 1)
    assert (request.name, request.painter.slug, request.color) == ("Sunset Dust", "poet", "#d48475")
    assert chip(studio, "poet").chosen
    assert why.isVisible()
    slow_world.client.answer(number)
    qtbot.waitUntil(lambda: why.view.state == "ready")
    assert [token.text for token in why.view.tokens] == ["Sun", "set", " Dust", "(ends)"]
    assert "turns at “Sun”" in why.sentence.text()
    assert "base 0.4%" in why.bars.accessibleDescription()
    qtbot.mouseClick(why.copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "Sunset Dust"
    # Again, and it closes; so it does by Esc.
    qtbot.mouseClick(chip(studio, "poet"), Qt.MouseButton.LeftButton)
    assert not why.isVisible()
    assert not chip(studio, "poet").chosen
    chip(studio, "base").setFocus()
    qtbot.keyClick(chip(studio, "base"), Qt.Key.Key_Return)
    assert why.isVisible()
    why.close_button.setFocus()
    qtbot.keyClick(why.close_button, Qt.Key.Key_Escape)
    assert not why.isVisible()


def test_why_follows_the_colour(studio, slow_world, qtbot):
    number, _ = asked(slow_world, qtbot, 1)
    slow_world.client.answer(number)
    qtbot.waitUntil(lambda: not chip(studio, "poet").waiting)
    qtbot.mouseClick(chip(studio, "poet"), Qt.MouseButton.LeftButton)
    first, _ = explained(slow_world, qtbot, 1)
    studio.current.set_hex("#3b6ea5")
    # The answer to the last colour is no answer any more.
    assert first in slow_world.client.cancelled
    number, request = asked(slow_world, qtbot, 2)
    assert request.color == "#3b6ea5"
    slow_world.client.answer(number, {"poet": ("Tide Song",), "base": ("Sea Blue",)})
    number, request = explained(slow_world, qtbot, 2)
    assert request.name == "Tide Song"
    slow_world.client.answer(first)
    slow_world.client.answer(number)
    qtbot.waitUntil(lambda: studio.compare.why.view.state == "ready")
    assert studio.compare.why.title.text() == "Why “Tide Song”?"


def test_an_explanation_that_fails_is_a_sentence(studio, slow_world, qtbot):
    number, _ = asked(slow_world, qtbot, 1)
    slow_world.client.answer(number)
    qtbot.waitUntil(lambda: not chip(studio, "poet").waiting)
    qtbot.mouseClick(chip(studio, "poet"), Qt.MouseButton.LeftButton)
    number, _ = explained(slow_world, qtbot, 1)
    slow_world.client.fail(number, "The adapter in poet cannot be read.")
    qtbot.waitUntil(lambda: studio.compare.why.sentence.text() == "The adapter in poet cannot be read.")
    # The names are none the worse for it.
    assert not studio.compare.progress.isVisible()


def test_judges_score_the_names_after_the_alternatives(studio, slow_world, qtbot):
    number, _ = asked(slow_world, qtbot, 1)
    poet = chip(studio, "poet")
    assert [(score.label, score.known) for score in poet.scores] == [("Poet", False), ("Correctness", False)]
    slow_world.client.answer(number)
    number, _ = asked(slow_world, qtbot, 2)
    assert not slow_world.client.scores()
    slow_world.client.answer(number)
    qtbot.waitUntil(lambda: len(slow_world.client.scores()) == 1)
    number, request = slow_world.client.scores()[0]
    assert (request.judge.name, request.names) == ("Poet", ("Sunset Dust",))
    slow_world.client.answer(number)
    qtbot.waitUntil(lambda: poet.scores[0].score == 0.81)
    qtbot.waitUntil(lambda: len(slow_world.client.scores()) == 2)
    number, request = slow_world.client.scores()[1]
    assert request.judge.name == "Correctness"
    assert set(request.names) == {"Sandy Beige", "Sunset Dust"}
    slow_world.client.answer(number)
    qtbot.waitUntil(lambda: chip(studio, "base").scores[1].score == 0.22)
    assert "Poet 0.81" in poet.accessibleDescription()
    # There and back again: what was said is known.
    studio.current.set_hex("#3b6ea5")
    assert not poet.scores[0].known
    number, _ = asked(slow_world, qtbot, 3)
    studio.current.set_hex("#d48475")
    number, _ = asked(slow_world, qtbot, 4)
    slow_world.client.answer(number)
    qtbot.waitUntil(lambda: poet.scores[0].score == 0.81)


def test_scores_give_way_to_a_new_colour(studio, slow_world, qtbot):
    for count in (1, 2):
        number, _ = asked(slow_world, qtbot, count)
        slow_world.client.answer(number)
    qtbot.waitUntil(lambda: len(slow_world.client.scores()) == 1)
    scoring, _ = slow_world.client.scores()[0]
    studio.current.set_hex("#3b6ea5")
    assert scoring in slow_world.client.cancelled
    # A late verdict is about another colour.
    slow_world.client.answer(scoring)
    number, _ = asked(slow_world, qtbot, 3)
    slow_world.client.answer(number)
    qtbot.waitUntil(lambda: not chip(studio, "poet").waiting)
    assert not chip(studio, "poet").scores[0].known


def test_a_judge_that_fails_leaves_the_others(studio, slow_world, qtbot):
    for count in (1, 2):
        number, _ = asked(slow_world, qtbot, count)
        slow_world.client.answer(number)
    qtbot.waitUntil(lambda: len(slow_world.client.scores()) == 1)
    slow_world.client.fail(slow_world.client.scores()[0][0], "Its model is gone.")
    qtbot.waitUntil(lambda: len(slow_world.client.scores()) == 2)
    poet = chip(studio, "poet")
    assert (poet.scores[0].known, poet.scores[0].score) == (True, None)
    assert "Its model is gone." in poet.toolTip()


def test_the_views_are_turned_by_their_switch(studio, slow_world, qtbot):
    page = studio.compare
    assert page.stage.isVisible()
    page.views.switch.setFocus()
    qtbot.keyClick(page.views.switch, Qt.Key.Key_Right)
    assert studio.palette.isVisible()
    assert not page.stage.isVisible()
    qtbot.keyClick(page.views.switch, Qt.Key.Key_Right)
    assert page.map.isVisible()
    assert not studio.palette.isVisible()


def test_a_painter_that_cannot_be_used_is_said(slow_world, open_studio, qtbot):
    (slow_world.add_painter("poet") / "adapter_config.json").unlink()
    studio = open_studio(slow_world)
    assert "poet" not in studio.compare.chips
    assert "adapter_config.json is missing" in studio.compare.note.text()


def test_an_empty_reply_is_a_fault_not_a_crash(studio, slow_world, qtbot):
    number, request = asked(slow_world, qtbot, 1)
    slow_world.client.reply(Named(id=number, color=request.color, painter="poet", names=()))
    slow_world.client.reply(Named(id=number, color=request.color, painter="nobody", names=()))
    qtbot.waitUntil(lambda: not chip(studio, "poet").waiting)
    assert chip(studio, "base").waiting

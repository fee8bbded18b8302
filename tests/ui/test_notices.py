"""Notices, what they undo, and the tour."""

import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from scripted import World

from studio.settings import SettingsStore

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def studio(world, open_studio):
    world.add_painter("poet")
    return open_studio(world)


def press(qtbot, studio, key, modifier=Qt.KeyboardModifier.NoModifier):
    qtbot.keyClick(QApplication.focusWidget() or studio.window, key, modifier)


# Notices.


def test_a_plain_notice_goes_and_a_fault_stays(studio, qtbot):
    # Under the pointer a notice waits.
    studio.notices.say("It is copied.")
    studio.notices.fault("The disk is full. Make room.", "OSError 28")
    said, fault = studio.across.toasts.shown
    assert said._timer.isActive() or said.underMouse()
    assert not fault._timer.isActive()
    said._timer.timeout.emit()
    assert studio.across.toasts.shown == [fault]
    assert fault.detail.isHidden()
    qtbot.mouseClick(fault.more, Qt.MouseButton.LeftButton)
    assert fault.detail.isVisible()
    fault.leave.setFocus()
    press(qtbot, studio, Qt.Key.Key_Escape)
    assert studio.across.toasts.shown == []
    assert studio.across.toasts.isHidden()


def test_no_more_than_three_notices_lie_there_and_none_twice(studio):
    for text in "abcde":
        studio.notices.say(text)
    studio.notices.say("d")
    assert [toast.notice.text for toast in studio.across.toasts.shown] == ["c", "e", "d"]
    area = studio.window.stack.geometry()
    assert area.contains(studio.across.toasts.geometry())


def test_undo_by_the_notice_or_by_keys_and_only_once(studio, qtbot):
    undone = []
    studio.notices.undo("Deleted Weather.", lambda: undone.append("weather"))
    toast = studio.across.toasts.shown[-1]
    press(qtbot, studio, Qt.Key.Key_Z, CTRL)
    assert undone == ["weather"]
    assert toast not in studio.across.toasts.shown
    studio.notices.undo("Deleted Sailing.", lambda: undone.append("sailing"))
    qtbot.mouseClick(studio.across.toasts.shown[-1].action, Qt.MouseButton.LeftButton)
    assert undone == ["weather", "sailing"]
    press(qtbot, studio, Qt.Key.Key_Z, CTRL)
    assert undone == ["weather", "sailing"]
    assert studio.across.toasts.shown[-1].notice.text == "There is nothing to undo on this page."


def test_undo_is_of_the_page_that_is_open(studio, qtbot):
    undone = []
    studio.notices.remember("A colour", lambda: undone.append("compare"))
    studio.window.open_titled("Judges")
    studio.notices.remember("A judge", lambda: undone.append("judges"))
    assert studio.notices.undoable == "A judge"
    studio.window.open_titled("Compare")
    press(qtbot, studio, Qt.Key.Key_Z, CTRL)
    assert undone == ["compare"]


def test_ctrl_z_goes_back_through_the_colours(studio, qtbot):
    colors = [studio.current.hex, "#3b6ea5", "#9acd32"]
    for color in colors[1:]:
        with qtbot.waitSignal(studio.current.settled):
            studio.current.set_hex(color)
    studio.window.setFocus()
    for color in colors[-2::-1]:
        with qtbot.waitSignal(studio.current.settled):
            press(qtbot, studio, Qt.Key.Key_Z, CTRL)
        assert studio.current.hex == color
    assert not studio.notices.undoable


def test_a_report_is_copied_without_private_paths(studio, world, qtbot):
    (world.home / "logs").mkdir()
    (world.home / "logs" / "service.log").write_text(f"opened {world.home}/runs/x\nRuntimeError: boom\n")
    studio.notices.fault("The naming service stopped.", f"see {world.home}/logs/service.log")
    toast = studio.across.toasts.shown[-1]
    QGuiApplication.clipboard().clear()
    qtbot.mouseClick(toast.copy, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "boom" in QGuiApplication.clipboard().text())
    text = QGuiApplication.clipboard().text()
    assert str(world.home) not in text
    for wanted in ("The naming service stopped.", "~app/runs/x", "PySide6-Essentials", "Qt: ", "theme"):
        assert wanted in text


def test_broken_settings_are_a_notice(world, open_studio):
    (world.home / "settings.toml").write_text('toured = true\ntheme = "plaid"\njudge = "weather"\n')
    studio = open_studio(world)
    assert "theme" in studio.across.toasts.shown[0].notice.text
    assert studio.settings.judge == "weather"


def test_the_service_is_spoken_of_on_other_pages_too(studio, world, qtbot):
    studio.window.open_titled("Judges")
    world.client.fail(0, "The naming service stopped and was started again (signal 9).")
    qtbot.waitUntil(lambda: bool(studio.across.toasts.shown))
    assert "started again" in studio.across.toasts.shown[0].notice.text


# The tour.


def test_the_first_start_begins_with_a_tour_of_six_that_comes_once(home, open_studio, qtbot):
    world = World(home, toured=False)
    world.add_painter("poet")
    studio = open_studio(world)
    qtbot.waitUntil(lambda: studio.across._tour is not None and studio.across._tour.isVisible())
    tour = studio.across._tour
    assert tour.count.text() == "1 of 6"
    pages = []
    for _ in range(6):
        qtbot.waitUntil(lambda: not tour.hole.isEmpty())
        pages.append(studio.window.title)
        assert QRectF(tour.rect()).contains(tour.hole)
        assert tour.rect().contains(tour.card.geometry())
        press(qtbot, studio, Qt.Key.Key_Right)
    assert pages == ["Compare", "Compare", "Judges", "Train", "Train", "Compare"]
    assert not tour.isVisible()
    qtbot.waitUntil(lambda: SettingsStore(home).load()[0].toured)
    open_studio.close(studio)
    again = open_studio(world)
    assert again.across._tour is None


def test_the_tour_goes_back_and_ends_by_escape_and_survives_a_resize(studio, qtbot):
    studio.across.start_tour()
    tour = studio.across._tour
    press(qtbot, studio, Qt.Key.Key_Return)
    assert tour.place == 1
    press(qtbot, studio, Qt.Key.Key_Left)
    assert tour.place == 0
    qtbot.waitUntil(lambda: not tour.hole.isEmpty())
    before = QRectF(tour.hole)
    studio.window.resize(1000, 680)
    qtbot.waitUntil(lambda: tour.size() == studio.window.size() and tour.hole != before)
    picker = studio.compare.picker
    corner = picker.mapTo(studio.window, QPoint(0, 0))
    qtbot.waitUntil(lambda: tour.hole.contains(QRectF(corner.x(), corner.y(), 50, 50)))
    assert tour.rect().contains(tour.card.geometry())
    press(qtbot, studio, Qt.Key.Key_Escape)
    assert not tour.isVisible()


def test_the_tour_moves_only_where_motion_is_on(studio, qtbot):
    studio.theme.motion = True
    studio.across.start_tour()
    tour = studio.across._tour
    qtbot.waitUntil(lambda: not tour.hole.isEmpty())
    tour.go(1)
    qtbot.waitUntil(lambda: tour._motion.state() == tour._motion.State.Running)
    qtbot.waitUntil(lambda: tour.hole == tour._to)
    studio.theme.motion = False
    tour.go(0)
    qtbot.waitUntil(lambda: tour.hole == tour._to)
    assert tour._motion.state() == tour._motion.State.Stopped


def test_clicks_do_not_go_through_the_tour(studio, qtbot):
    before = studio.current.hex
    studio.across.start_tour()
    qtbot.mouseClick(studio.across._tour, Qt.MouseButton.LeftButton, pos=QPoint(250, 120))
    assert studio.current.hex == before
    assert studio.across._tour.isVisible()

"""The name map in the window: it fills while it is seen, is kept, and can be walked about in."""

import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from scripted_words import map_name

from engine.service.protocol import Done, NameAll, NamedAll
from studio.views import name_map
from ui.widgets.map_view import AT_ONCE
from ui.widgets.name_map import map_pixmap

ALL = name_map.ROWS * name_map.COLUMNS


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("PAINTER_STUDIO_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def studio(slow_world, open_studio, qtbot):
    slow_world.add_painter("unhinged")
    return open_studio(slow_world)


def open_map(studio, qtbot):
    studio.compare.views.show_view(studio.compare.map)
    qtbot.waitUntil(lambda: len(studio.compare.map.views) == 2)
    return studio.compare.map


def asked(world, qtbot, count):
    qtbot.waitUntil(lambda: len(world.client.asked(NameAll)) >= count)
    return world.client.asked(NameAll)[count - 1]


def answer_all(world, view, qtbot):
    answered = set()
    asked(world, qtbot, 1)
    while not all(one.whole for one in view.views.values()):
        number, _ = world.client.asked(NameAll)[-1]
        if number not in answered:
            answered.add(number)
            world.client.answer(number)
        qtbot.waitUntil(
            lambda: world.client.asked(NameAll)[-1][0] not in answered or not view.bar.isVisible()
        )


def test_nothing_is_asked_before_the_map_is_seen(studio, slow_world, qtbot):
    qtbot.waitUntil(lambda: len(studio.compare.map.views) == 2)
    assert not slow_world.client.asked(NameAll)
    view = open_map(studio, qtbot)
    _, request = asked(slow_world, qtbot, 1)
    assert request.painter.slug == "base"
    assert len(request.colors) == AT_ONCE
    assert view.sentence.text() == "Base has not named this map yet."


def test_the_chosen_painter_goes_first_and_then_the_others(studio, slow_world, qtbot):
    view = open_map(studio, qtbot)
    first, _ = asked(slow_world, qtbot, 1)
    view.shelf.setFocus()
    qtbot.keyClick(view.shelf, Qt.Key.Key_Right)
    assert first in slow_world.client.cancelled
    number, request = asked(slow_world, qtbot, 2)
    assert request.painter.slug == "unhinged"
    slow_world.client.answer(number)
    qtbot.waitUntil(lambda: view.map.view.known > 0)
    assert f"{AT_ONCE} of {2 * ALL} colours named" in view.progress.text()
    answer_all(slow_world, view, qtbot)
    assert view.views["base"].whole
    assert not view.stop.isVisible()
    assert "“Mulled Wine” covers" in view.sentence.text()


def test_it_can_be_stopped_and_goes_on(studio, slow_world, qtbot):
    view = open_map(studio, qtbot)
    number, _ = asked(slow_world, qtbot, 1)
    qtbot.mouseClick(view.stop, Qt.MouseButton.LeftButton)
    assert number in slow_world.client.cancelled
    assert view.stop.text() == "Go on"
    slow_world.client.reply(Done(id=number))
    qtbot.mouseClick(view.stop, Qt.MouseButton.LeftButton)
    asked(slow_world, qtbot, 2)
    # Who looks elsewhere is not made to wait for it.
    studio.compare.views.switch.choose(0)
    assert slow_world.client.asked(NameAll)[1][0] in slow_world.client.cancelled


def test_a_failure_stops_with_its_sentence(studio, slow_world, qtbot):
    view = open_map(studio, qtbot)
    number, _ = asked(slow_world, qtbot, 1)
    slow_world.client.fail(number, "The adapter in unhinged cannot be read.")
    qtbot.waitUntil(lambda: view.stop.text() == "Go on")
    assert view.sentence.text() == "The adapter in unhinged cannot be read."


def test_a_service_that_says_nothing_is_not_asked_for_ever(studio, slow_world, qtbot):
    view = open_map(studio, qtbot)
    number, _ = asked(slow_world, qtbot, 1)
    slow_world.client.reply(NamedAll(id=number, painter="base", start=0, names=("Red",)))
    slow_world.client.reply(Done(id=number))
    qtbot.waitUntil(lambda: view.stop.text() == "Go on")
    assert len(slow_world.client.asked(NameAll)) == 1


def test_maps_are_kept_for_the_next_time(slow_world, open_studio, qtbot):
    studio = open_studio(slow_world)
    studio.compare.views.show_view(studio.compare.map)
    qtbot.waitUntil(lambda: len(studio.compare.map.views) == 1)
    answer_all(slow_world, studio.compare.map, qtbot)
    # A second round through the background's queue: the file is written.
    with qtbot.waitSignal(studio.judges.judges_changed):
        studio.judges.reload()
    open_studio.close(studio)
    again = open_studio(slow_world)
    again.compare.views.show_view(again.compare.map)
    qtbot.waitUntil(lambda: again.compare.map.views["base"].whole if again.compare.map.views else False)
    assert not slow_world.client.asked(NameAll)
    assert not again.compare.map.bar.isVisible()


def test_a_cell_is_chosen_by_click_and_by_keys(studio, slow_world, qtbot):
    view = open_map(studio, qtbot)
    canvas = view.map
    cell = QPoint(canvas.width() // name_map.COLUMNS // 2, canvas.height() // name_map.ROWS // 2)
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=cell)
    assert studio.current.hex == name_map.grid()[0]
    assert studio.compare.stage.isVisible()
    open_map(studio, qtbot)
    canvas.setFocus()
    qtbot.keyClick(canvas, Qt.Key.Key_Right)
    middle = (name_map.ROWS // 2) * name_map.COLUMNS
    assert canvas.accessibleDescription().startswith(name_map.grid()[middle])
    qtbot.keyClick(canvas, Qt.Key.Key_Right)
    qtbot.keyClick(canvas, Qt.Key.Key_Up)
    qtbot.keyClick(canvas, Qt.Key.Key_Return)
    assert studio.current.hex == name_map.grid()[middle + 1 - name_map.COLUMNS]


def test_a_small_picture_has_the_tiles_colours(studio):
    colors = name_map.grid()
    names = [map_name("unhinged", color) for color in colors]
    view = name_map.fill(name_map.empty(), range(ALL), names)
    picture = map_pixmap(studio.theme, view, QSize(160, 90), ratio=2.0)
    assert picture.size() == QSize(320, 180)
    image = picture.toImage()
    wine = next(tile for tile in view.tiles if tile.name == "Mulled Wine")
    assert image.pixelColor(30, 90).name() == wine.color
    assert len(view.tiles) > 10

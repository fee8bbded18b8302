"""Pictures of what Compare can do beside naming: scores, why this name, a taste test, the name map."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest


def shoot_compare(studio, save, settle, wait_for):
    """Take the pictures in a studio that is shown and whose service answers at once."""
    page = studio.compare
    studio.window.open_titled("Compare")
    wait_for(lambda: any(score.known for score in page.chips["poet"].scores))
    settle(300)
    save("compare_scores")
    page.chips["poet"].pressed.emit("poet")
    wait_for(lambda: page.why.view.state == "ready")
    settle(500)
    save("compare_why")
    page.why.closed.emit()
    QTest.mouseClick(page.test, Qt.MouseButton.LeftButton)
    wait_for(lambda: page.taste.view.state == "open")
    for place in (0, 1, 0, 2, 1, 0, 3, 0, 1, 0):
        page.taste.pick(place)
        page.taste.begin()
        wait_for(lambda: page.taste.view.state == "open")
    settle(500)
    save("compare_taste_blind")
    page.taste.pick(0)
    settle(500)
    save("compare_taste_revealed")
    page.taste.left.emit()
    page.views.show_view(page.map)
    wait_for(lambda: all(view.whole for view in page.map.views.values()))
    page.map.shelf.choose(1)
    settle(500)
    save("compare_map")
    page.map.shelf.choose(len(page.map.views) - 1)
    settle(500)
    save("compare_map_collapsed")
    page.views.switch.choose(0)

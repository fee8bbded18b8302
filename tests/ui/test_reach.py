"""Everything can be reached by keys, and says its name: every page is walked through by Tab."""

from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QScrollBar,
    QTextEdit,
    QWidget,
)

from ui.widgets.sheet import Overlay
from ui.window import Window

KINDS = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
)
MOUSE = ("mousePressEvent", "mouseReleaseEvent", "mouseDoubleClickEvent")


def inner(widget):
    """Tell whether a widget is a part that Qt puts into another control."""
    parent = widget.parentWidget()
    if widget.objectName().startswith("qt_"):
        return True
    return isinstance(widget, QScrollBar) or isinstance(parent, QAbstractSpinBox | QComboBox)


def takes_the_mouse(widget):
    """Tell whether a class of our own listens to presses."""
    own = [cls for cls in type(widget).__mro__ if cls.__module__.startswith("ui.")]
    return any(name in vars(cls) for cls in own for name in MOUSE)


def interactive(root):
    """Return what can be used on a page as it is now."""
    return [
        widget
        for widget in root.findChildren(QWidget)
        if widget.isVisible()
        and widget.isEnabled()
        and not inner(widget)
        and not isinstance(widget, Overlay | Window)
        and (
            isinstance(widget, KINDS)
            or takes_the_mouse(widget)
            or widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        )
    ]


def walk(window, qtbot, most=400):
    """Press Tab until the focus comes round; return where it stopped."""
    window.setFocus()
    seen = []
    for _ in range(most):
        qtbot.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Tab)
        now = QApplication.focusWidget()
        if now in seen:
            break
        seen.append(now)
    return seen


@pytest.fixture
def studio(world, open_studio, qtbot):
    world.add_painter("poet")
    made = open_studio(world)
    qtbot.waitUntil(lambda: made.train.pane.plotted)
    return made


def test_tab_reaches_every_control_of_every_page_and_each_has_a_name(studio, qtbot):
    for page in studio.window.pages:
        studio.window.open_titled(page.title)
        qtbot.waitUntil(page.isVisible)
        stops = walk(studio.window, qtbot)
        rail = studio.window.rail
        assert rail.settings in stops
        for widget in interactive(page):
            where = (page.title, widget, widget.accessibleName())
            assert widget.accessibleName(), where
            assert widget.focusPolicy() & Qt.FocusPolicy.TabFocus, where
            assert widget in stops, where


def test_tab_goes_down_and_across_as_one_reads(studio, qtbot):
    """No stop lies above and left of the one before it, within one column of the page."""
    for page in studio.window.pages:
        studio.window.open_titled(page.title)
        stops = [stop for stop in walk(studio.window, qtbot) if page.isAncestorOf(stop)]
        for column in columns(page, stops):
            tops = [stop.mapTo(page, stop.rect().topLeft()).y() for stop in column]
            jumps = sum(after < before - 40 for before, after in pairwise(tops))
            assert jumps <= 1, (page.title, [stop.accessibleName() for stop in column], tops)


def columns(page, stops):
    """Part stops by the part of the page that they lie in."""
    parts = {}
    for stop in stops:
        part = stop
        while part.parentWidget() is not page:
            part = part.parentWidget()
        parts.setdefault(part, []).append(stop)
    return parts.values()


def test_what_has_a_shortcut_says_so_in_its_tooltip(studio):
    rail = studio.window.rail
    assert "Ctrl+K" in rail.finder.toolTip()
    assert "Ctrl+," in rail.settings.toolTip()
    assert all(f"Ctrl+{place + 1}" in item.toolTip() for place, item in enumerate(rail._items))

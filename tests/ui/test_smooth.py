"""The window's thread is never away for long while things happen, and does nothing while nothing happens."""

import time

import psutil
import pytest
from busy import PAINTERS, stream, training
from heartbeat import GOAL, Heartbeat, strain
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget

OPENS = 2 * GOAL
"""Milliseconds within which a page opens, laid out and painted for the first time."""
STARVED = 2.5
"""A turn that lasted so many times as long as the thread worked in it had to share the cores: what was due in
the meantime then came all at once, and says nothing of the window."""


@pytest.fixture
def busy(world):
    """Return a world in which a training goes on."""
    for slug in PAINTERS:
        world.add_painter(slug)
    with training(world, 400, 0.05):
        yield world


def longest(heart, pace):
    """Return the longest that the thread worked without a pause, at a quiet machine's pace."""
    turns = [
        work if wall + 4 < STARVED * work else work / STARVED
        for wall, work in zip(heart.wall, heart.work, strict=True)
    ]
    return max(turns) / pace


@pytest.mark.xfail(strict=False, reason="not yet run on a machine that is quiet enough to tell")
def test_no_stall_while_a_training_runs_and_names_stream(busy, open_studio, qtbot):
    studio = open_studio(busy, motion=True)
    qtbot.waitUntil(lambda: studio.train.pane.plotted, timeout=120000)
    qtbot.waitUntil(
        lambda: studio.trainings.view is not None and studio.trainings.view.step > 2, timeout=120000
    )
    heart = Heartbeat(studio)
    before = studio.trainings.view.step
    for page in studio.window.pages:
        pace = strain()
        heart.start()
        studio.window.open_titled(page.title)
        qtbot.waitUntil(lambda: len(heart.work) >= 10, timeout=120000)
        opened = longest(heart, max(pace, strain()))
        assert opened < OPENS, f"opening {page.title} took {opened:.0f} ms"
        pace = strain()
        heart.start()
        for turn in range(25):
            stream(studio, busy, turn)
            beats = len(heart.work) + 10
            qtbot.waitUntil(lambda beats=beats: len(heart.work) >= beats, timeout=120000)
        heart.stop()
        away = longest(heart, max(pace, strain()))
        assert away < GOAL, f"on {page.title} the window's thread was away for {away:.0f} ms"
    assert studio.trainings.view.step > before
    assert len(busy.client.names()) > 3


class Paints(QObject):
    """Counts what is painted."""

    def __init__(self, window):
        super().__init__(window)
        self.count = {}
        for widget in (window, *window.findChildren(QWidget)):
            widget.installEventFilter(self)

    def eventFilter(self, watched, event):  # noqa: N802
        if event.type() == QEvent.Type.Paint:
            self.count[type(watched).__name__] = self.count.get(type(watched).__name__, 0) + 1
        return False


def test_an_idle_window_paints_nothing_and_uses_under_two_per_cent_of_a_core(world, open_studio, qtbot):
    world.add_painter("poet")
    studio = open_studio(world, motion=True)
    qtbot.waitUntil(lambda: studio.train.pane.plotted, timeout=120000)
    for page in studio.window.pages:
        studio.window.open_titled(page.title)
        qtbot.waitUntil(page.isVisible)
        studio.window.setFocus()
        # Until what was on its way has come to rest.
        paints = Paints(studio.window)

        def at_rest(paints=paints):
            paints.count.clear()
            began = time.perf_counter()
            qtbot.waitUntil(lambda: time.perf_counter() - began > 0.4)
            return not paints.count

        qtbot.waitUntil(at_rest, timeout=120000)
        process = psutil.Process()
        used, began = sum(process.cpu_times()[:2]), time.perf_counter()
        qtbot.wait(2000)
        share = (sum(process.cpu_times()[:2]) - used) / (time.perf_counter() - began)
        assert paints.count == {}, page.title
        assert share < 0.02, page.title

"""The window's thread is never away for long while things happen, and does nothing while nothing happens."""

import threading
import time

import psutil
import pytest
from heartbeat import Heartbeat
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget
from scripted import SAID, Training

from engine.recipe import Budget, Panel, Recipe, Taste
from engine.service.protocol import Choice, Done, Named
from studio.runs import Runs

TURN = 300.0
"""Milliseconds within which a page opens. The goal is 100; Train, with its plots, takes some 150 so far."""
STEPS = 400


@pytest.fixture
def busy(world):
    """Return a world in which a training goes on; and what writes its steps until it is told to stop."""
    for slug in ("poet", "architect", "unhinged"):
        world.add_painter(slug)
    judges = {slug: world.makers.judges.get(slug) for slug in ("poet", "correctness")}
    recipe = Recipe(
        name="Fast Poet",
        panel=Panel(tastes=(Taste("poet"),), guards=("correctness",)),
        budget=Budget(steps=STEPS),
    )
    folder = Runs(world.home).create(recipe, judges)
    world.supervisor.start(folder)
    training = Training(folder, STEPS)
    training.begin("Fast Poet")
    enough = threading.Event()

    def write():
        for step in range(1, STEPS):
            if enough.wait(0.05):
                break
            training.step(step)

    writer = threading.Thread(target=write)
    writer.start()
    yield world
    enough.set()
    writer.join()
    training.writer.close()


def stream(studio, world, turn):
    """Move the colour, and let names come for it as fast as they can, one painter after another."""
    studio.current.set_hex(f"#{(turn * 5) % 256:02x}84{(255 - turn * 3) % 256:02x}")
    number, asked = world.client.names()[-1]
    for ref in asked.painters:
        names = tuple(Choice(name, 0.1, greedy=place == 0) for place, name in enumerate(SAID["poet"]))
        world.client.reply(Named(id=number, color=asked.color, painter=ref.slug, names=names))
    world.client.reply(Done(id=number))


@pytest.mark.xfail(
    strict=False,
    reason="a goal not reached yet: Train's plots and cards repaint with every frame of the accent",
)
def test_no_stall_while_a_training_runs_and_names_stream(busy, open_studio, qtbot):
    studio = open_studio(busy, motion=True)
    qtbot.waitUntil(lambda: studio.train.pane.plotted)
    qtbot.waitUntil(
        lambda: studio.trainings.view is not None and studio.trainings.view.step > 2, timeout=20000
    )
    heart = Heartbeat(studio)
    before = studio.trainings.view.step
    for page in studio.window.pages:
        heart.start()
        studio.window.open_titled(page.title)
        qtbot.waitUntil(lambda: len(heart.work) >= 10)
        longest, _, _ = heart.told(heart.work)
        assert longest < TURN, f"opening {page.title} took {longest:.0f} ms"
        heart.start()
        for turn in range(25):
            stream(studio, busy, turn)
            beats = len(heart.work) + 10
            qtbot.waitUntil(lambda beats=beats: len(heart.work) >= beats)
        heart.stop()
        # What the thread itself worked without a pause: other programs on this machine do not count.
        # The aim is none over 50 ms, which tests/bench/window.py tells; a machine whose cores are shared with
        # trainings works at half its pace, so one in twenty is let pass here.
        longest, _, over = heart.told(heart.work)
        assert over <= len(heart.work) // 20, f"on {page.title}: {over} turns over 50 ms"
        assert longest < TURN, f"on {page.title} the window's thread was busy for {longest:.0f} ms"
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
    qtbot.waitUntil(lambda: studio.train.pane.plotted)
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

        qtbot.waitUntil(at_rest, timeout=20000)
        process = psutil.Process()
        used, began = sum(process.cpu_times()[:2]), time.perf_counter()
        qtbot.wait(2000)
        share = (sum(process.cpu_times()[:2]) - used) / (time.perf_counter() - began)
        assert paints.count == {}, page.title
        assert share < 0.02, page.title

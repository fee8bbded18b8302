"""The window in a scripted world."""

import gc
import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).parent))

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from scripted import World

from ui.app import Studio


@pytest.fixture(autouse=True, scope="session")
def garbage_is_collected_here():
    """Collect on Qt's thread only, as the app does (ui/garbage.py), and nothing older than these tests."""
    gc.collect()
    gc.freeze()
    gc.disable()
    yield
    gc.enable()
    gc.unfreeze()


@pytest.fixture
def open_studio(qtbot, qapp):
    """Return what opens the window on a world, and closes it again after the test."""
    opened = []

    def open_on(world, motion=False):
        studio = Studio(qapp, world.makers)
        studio.theme.motion = motion
        opened.append(studio)
        with qtbot.waitSignal(studio.window.shown):
            studio.show()
        studio.window.activateWindow()
        qtbot.waitUntil(studio.window.isActiveWindow)
        qtbot.waitUntil(lambda: studio.judges.shelf.count() > 0 and bool(studio.compare.chips))
        return studio

    def close(studio):
        studio.window.close()
        studio.close()
        studio.window.deleteLater()
        studio.deleteLater()
        # Now, not whenever: the next window dresses all widgets that there are, and half-dead ones crash it.
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    open_on.close = lambda studio: (opened.remove(studio), close(studio))
    yield open_on
    for studio in opened:
        close(studio)
    opened.clear()
    gc.collect()


@pytest.fixture(autouse=True)
def own_cache(request, tmp_path, monkeypatch):
    """Keep scripted names out of the maps that are kept for real ones."""
    if request.node.get_closest_marker("real") is None:
        monkeypatch.setenv("PAINTER_STUDIO_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def world(home):
    """Return a world whose service answers at once."""
    made = World(home)
    yield made
    made.supervisor.end_all()


@pytest.fixture
def slow_world(home):
    """Return a world whose service answers when the test says so."""
    made = World(home, prompt=False)
    yield made
    made.supervisor.end_all()

"""Garbage is collected on Qt's thread, whoever makes it."""

import gc
import threading

import pytest
from PySide6.QtCore import QObject

from ui.garbage import Garbage


class Loop:
    """Holds itself, and tells on which thread it was put away."""

    def __init__(self, told):
        self.me = self
        self.told = told

    def __del__(self):
        self.told.append(threading.current_thread())


def litter(told):
    for _ in range(5 * gc.get_threshold()[0]):
        Loop(told)


@pytest.fixture
def garbage(qapp):
    parent = QObject()
    made = Garbage(parent)
    yield made
    made.end()
    # The session's own rule again; see conftest.py.
    gc.collect()
    gc.freeze()
    gc.disable()


def test_what_another_thread_drops_is_collected_on_qts(garbage, qtbot):
    told = []
    thread = threading.Thread(target=litter, args=(told,))
    thread.start()
    thread.join()
    assert not told
    qtbot.waitUntil(lambda: bool(told))
    assert set(told) == {threading.main_thread()}


def test_python_collects_by_itself_afterwards(garbage):
    assert not gc.isenabled()
    garbage.end()
    assert gc.isenabled()

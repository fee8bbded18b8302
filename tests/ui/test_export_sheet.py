"""Export: the sheet as a person uses it, with a scripted job."""

import dataclasses
import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from engine.service.protocol import Progress
from studio.exporting import ExportStopped
from studio.painters import PainterError

sys.path.insert(0, str(Path(__file__).parents[1]))
from scripted_export import result


class ScriptedJob:
    """Goes on until the test lets it end."""

    def __init__(self, order, made):
        self.order, self.ended, self.end = order, threading.Event(), None
        made.append(self)

    def run(self, tell):
        tell(Progress(note="Merging the weights", done=0.5))
        assert self.ended.wait(20)
        if isinstance(self.end, Exception):
            raise self.end
        return self.end

    def stop(self):
        self.finish(ExportStopped("The export was stopped."))

    def finish(self, end):
        self.end = end
        self.ended.set()


@pytest.fixture
def jobs(world):
    made = []
    world.add_painter("poet")
    world.makers = dataclasses.replace(world.makers, export=lambda order: ScriptedJob(order, made))
    return made


@pytest.fixture
def sheet(world, jobs, open_studio, qtbot, tmp_path):
    studio = open_studio(world)
    studio.window.open_titled("Painters")
    page = studio.painters
    qtbot.waitUntil(lambda: page.opened == "poet")
    qtbot.mouseClick(page.details.export, Qt.MouseButton.LeftButton)
    page.exports._parent = tmp_path
    page.exports._choose_kind()
    return page.exports


def press(qtbot, widget):
    qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)


def test_an_export_goes_on_and_shows_both_names(sheet, jobs, qtbot, tmp_path):
    assert sheet.isVisible()
    assert sheet.place.text() == str(tmp_path / "poet-adapter")
    assert not sheet.precision.isVisible()
    press(qtbot, sheet.go)
    qtbot.waitUntil(lambda: "Merging" in sheet.progress.words.text())
    assert not sheet.go.isEnabled()
    assert jobs[0].order.kind == "adapter"
    jobs[0].finish(result(jobs[0].order))
    qtbot.waitUntil(sheet.names.isVisible)
    assert "19 of 20" in sheet.said.text()
    assert sheet.go.isEnabled()
    assert not sheet.stop.isVisible()


def test_the_weights_are_asked_for_where_they_count(sheet, jobs, qtbot):
    sheet.kind.setFocus()
    for _ in range(2):
        qtbot.keyClick(sheet.kind, Qt.Key.Key_Right)
    assert sheet.precision.isVisible()
    assert sheet.place.text().endswith("poet-gguf")
    sheet.precision.setFocus()
    qtbot.keyClick(sheet.precision, Qt.Key.Key_Right)
    press(qtbot, sheet.go)
    qtbot.waitUntil(lambda: bool(jobs))
    assert (jobs[0].order.kind, jobs[0].order.quantization) == ("gguf", "q8_0")
    press(qtbot, sheet.stop)
    qtbot.waitUntil(lambda: "Stopped" in sheet.said.text())


def test_a_place_that_is_taken_is_told_and_may_be_replaced(sheet, jobs, qtbot, tmp_path):
    out = tmp_path / "poet-adapter"
    out.mkdir()
    (out / "card.toml").touch()
    press(qtbot, sheet.go)
    qtbot.waitUntil(lambda: "earlier export" in sheet.field.fault)
    assert not jobs
    press(qtbot, sheet.replace)
    qtbot.waitUntil(lambda: bool(jobs))
    jobs[0].finish(PainterError("The disk is full."))
    qtbot.waitUntil(lambda: sheet.progress.words.text() == "The disk is full.")
    assert sheet.progress.again.isVisible()

"""The window with the real naming service: one colour gets its name, one judge scores."""

import pytest

from ui.app import Studio
from ui.makers import Makers

PATIENT = 240_000  # milliseconds: on a first start the base is converted


@pytest.fixture
def studio(qtbot, qapp, home):
    made = Studio(qapp, Makers.usual())
    made.theme.motion = False
    with qtbot.waitSignal(made.window.shown):
        made.show()
    yield made
    made.window.close()
    made.close()
    made.window.deleteLater()
    made.deleteLater()


@pytest.mark.real
@pytest.mark.timeout(900)
def test_the_real_service_names_and_judges_in_the_window(studio, qtbot):
    compare, judges = studio.compare, studio.judges
    qtbot.waitUntil(lambda: "base" in compare.chips)
    chip = compare.chips["base"]
    qtbot.waitUntil(lambda: bool(chip.name) and not chip.waiting, timeout=PATIENT)
    first = chip.name
    assert compare.status.text().startswith("SmolLM2 135M on the ")
    assert not compare.progress.isVisible()

    studio.current.set_hex("#9acd32")
    assert chip.waiting
    qtbot.waitUntil(lambda: not chip.waiting, timeout=PATIENT)
    assert chip.name != first

    studio.window.open_titled("Judges")
    board = judges.trial.board
    qtbot.waitUntil(lambda: judges.opened == "poet")
    qtbot.waitUntil(lambda: len([score for score in board.scores if score is not None]) == 6, timeout=PATIENT)
    scores = dict(zip(board.names, board.scores, strict=True))
    assert all(0.0 <= score <= 1.0 for score in scores.values())
    assert scores["Sunset Dust"] > scores["Light Grey"]

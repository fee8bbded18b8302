"""The plots by themselves: drawn fast at ten thousand steps, linked, and with labels that do not touch."""

import statistics
import time

import numpy as np
import pytest
from PySide6.QtCore import Qt

from engine import places
from engine.events import EvalFinished, StepFinished
from studio.views import plots, run
from ui.plots.board import PlotBoard
from ui.plots.curve import ticks
from ui.plots.ends import spread_apart
from ui.theme import Theme


def sheet_of(steps):
    random = np.random.default_rng(0)
    noise = random.normal(0, 0.03, steps + 1)
    events = [
        StepFinished(
            step=n,
            reward=float(0.3 + 0.4 * n / steps + noise[n]),
            reward_spread=0.1,
            judges={"poet": float(0.5 + noise[n]), "correctness": 0.4},
            entropy=float(2 - n / steps + noise[n]),
            grad_norm=float(0.5 + noise[n]),
            rollouts=64,
            distinct=40,
        )
        for n in range(1, steps + 1)
    ]
    evals = [EvalFinished(step=n, names={"#d48475": "x"}, reward=0.4) for n in range(0, steps, 10)]
    return plots.sheet(run.fold_many(run.RunView(name="Long", steps=steps), [*events, *evals]))


@pytest.fixture
def board(qtbot, qapp):
    made = PlotBoard(Theme(qapp, places.resources() / "fonts", "light"))
    qtbot.addWidget(made)
    made.resize(750, 560)
    made.show()
    return made


def test_ten_thousand_steps_are_drawn_within_a_frame_or_three(board, qapp) -> None:
    board.show_sheet(sheet_of(10_000))
    board.draw()
    qapp.processEvents()
    took = []
    for _ in range(10):
        begin = time.process_time()
        board.draw()
        qapp.processEvents()
        took.append(time.process_time() - begin)
    # The aim is 50 ms (tests/bench/plots.py); here other tests and trainings may share the machine.
    assert statistics.median(took) < 0.1
    assert board.reward.points("reward") <= 2 * plots.MOST + 30


def test_all_plots_show_the_same_step_and_the_same_stretch(board, qtbot) -> None:
    board.show_sheet(sheet_of(100))
    board.draw()
    with qtbot.waitSignal(board.hovered) as heard:
        board.small[1].plot.hovered.emit(41.7)
    assert heard.args == [42]
    assert [plot._cross.value() for plot in board.plots] == [42] * 4
    assert [titled.figure.text() != "" for titled in board.small] == [True] * 3
    with qtbot.waitSignal(board.pinned) as pinned:
        board.reward.clicked.emit(17.2)
    assert pinned.args == [17]
    board.overview.region.setRegion((20, 60))
    assert board.stretch == (20.0, 60.0)
    qtbot.waitUntil(lambda: all((p._first, p._last) == (20.0, 60.0) for p in board.plots))
    board.overview.region.setRegion((0, 100))
    assert board.stretch == (0.0, 100.0)


def test_keys_go_by_steps_and_by_tens(board, qtbot) -> None:
    board.show_sheet(sheet_of(100))
    steps = []
    board.pinned.connect(lambda step: (steps.append(step), board.pin(step)))
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Home, Qt.Key.Key_Right):
        qtbot.keyClick(board, key)
    qtbot.keyClick(board, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert steps == [99, 1, 2, 12]


def test_a_short_run_needs_no_overview_and_another_scheme_is_taken_on(board, qapp) -> None:
    board.show_sheet(sheet_of(20))
    board.draw()
    assert not board.overview.isVisible()
    before = board.reward.widget.backgroundBrush().color()
    board._theme.set_mode("dark")
    assert board.reward.widget.backgroundBrush().color() != before


@pytest.mark.parametrize(
    ("wanted", "placed"),
    [
        ([], []),
        ([50.0], [50.0]),
        ([10.0, 90.0], [10.0, 90.0]),
        ([50.0, 52.0], [44.0, 58.0]),
        ([52.0, 50.0], [58.0, 44.0]),
        ([99.0, 98.0], [100.0, 86.0]),
        ([0.0, 1.0, 2.0], [0.0, 14.0, 28.0]),
        ([50.0, 52.0, 66.0], [42.0, 56.0, 70.0]),
    ],
)
def test_labels_move_apart_about_their_middle(wanted, placed) -> None:
    assert spread_apart(wanted, 14.0, 0.0, 100.0) == pytest.approx(placed)


def test_ticks_are_round_and_end_where_the_plot_does() -> None:
    assert ticks(0, 60, 6) == [0, 10, 20, 30, 40, 50, 60]
    assert ticks(0, 143, 3) == [0, 50, 100, 143]
    assert ticks(0, 1, 6) == [0, 1]


def test_all_plots_are_drawn_one_after_another_once_they_are_seen(board, qtbot) -> None:
    board.hide()
    board.show_sheet(sheet_of(100))
    assert board.reward.points("reward") == 0
    board.show()
    qtbot.waitUntil(lambda: all(titled.title.text() for titled in board.small), timeout=60000)
    qtbot.waitUntil(lambda: bool(board.small[0].figure.text()), timeout=60000)
    assert board.reward.points("reward") > 0
    assert board.overview.isVisible()

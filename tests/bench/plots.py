"""Measure what a refresh of the Train page's plots takes at 10,000 steps, and how fast a run's page reopens.

Usage: python tests/bench/plots.py [STEPS]
"""

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from PySide6.QtWidgets import QApplication

from engine import places
from engine.events import EvalFinished, GroupPainted, PhaseEntered, Rollout, RunStarted, StepFinished, encode
from engine.palette import held_out_colors
from engine.recipe import Budget, Panel, Recipe, Taste
from engine.rundir import RunFolder
from studio.history import GroupPlaces, skim
from studio.views import plots, run
from ui.plots.board import PlotBoard
from ui.theme import Theme

ROLLOUTS = tuple(
    Rollout(
        name=f"Quiet Lavender {i}",
        scores={"poet": 0.5123456789012345, "correctness": 0.4123456789012345},
        reward=0.3123456789012345,
        advantage=0.1234567890123456,
        tokens=(" Name",) * 6,
        logps_before=(-1.0 / 3,) * 6,
    )
    for i in range(8)
)


def write(folder, steps):
    """Write the log of a run of 8 colours × 8 names a step."""
    named = dict.fromkeys(held_out_colors(48), "Quiet Lavender")
    groups = b"".join(
        encode(GroupPainted(step=1, color="#d48475", reading="a light red", rollouts=ROLLOUTS))
        for _ in range(8)
    )
    with folder.events_path.open("wb") as file:
        file.write(encode(RunStarted(name="Long", steps=steps, device="CPU", dtype="float32")))
        for n in range(1, steps + 1):
            for phase in ("sampling", "judging", "updating"):
                file.write(encode(PhaseEntered(phase=phase, step=n)))
            file.write(groups.replace(b'"step":1,', b'"step":%d,' % n))
            noise = (n * 7919 % 101) / 1000
            file.write(
                encode(
                    StepFinished(
                        step=n,
                        reward=0.3 + 0.4 * n / steps + noise,
                        reward_spread=0.1,
                        judges={"poet": 0.5 + noise, "correctness": 0.4 + noise},
                        entropy=2.0 - n / steps + noise,
                        grad_norm=0.5 + noise,
                        rollouts=64,
                        distinct=40,
                        seconds=5.0,
                    )
                )
            )
            if n % 10 == 0:
                file.write(encode(EvalFinished(step=n, names=named, reward=0.4, effective=20.0)))


def reopen(folder, recipe):
    """Read a run as its page does; return its view, its sheet and the seconds."""
    begin = time.perf_counter()
    view, offset, more, places_ = run.empty(recipe), 0, True, GroupPlaces()
    while more:
        tail = skim(folder, offset, 1 << 22, places_)
        view, offset, more = run.fold_many(view, tail.events, tail.unknown), tail.offset, tail.more
    sheet = plots.sheet(view)
    return view, sheet, time.perf_counter() - begin


def refreshes(app, sheet, times):
    """Draw a sheet anew so many times; return each one's seconds by the clock and of this process's own."""
    board = PlotBoard(Theme(app, places.resources() / "fonts", "light"))
    board.resize(750, 560)
    board.show()
    board.show_sheet(sheet)
    board.draw()
    app.processEvents()
    took = []
    for _ in range(times):
        begin, own = time.perf_counter(), time.process_time()
        board.draw()
        app.processEvents()  # painted in here
        took.append((time.perf_counter() - begin, time.process_time() - own))
    board.close()
    return took


def main(steps=10_000):
    """Print what was measured."""
    app = QApplication(sys.argv[:1])
    recipe = Recipe(
        name="Long", panel=Panel(tastes=(Taste("poet"),)), budget=Budget(steps=min(steps, 100_000))
    )
    with tempfile.TemporaryDirectory() as home:
        folder = RunFolder(Path(home))
        write(folder, steps)
        size = folder.events_path.stat().st_size / 1e6
        reopen(folder, recipe)
        view, sheet, seconds = reopen(folder, recipe)
    print(f"a log of {steps} steps, {size:.0f} MB, is read and folded in {seconds:.2f} s")
    begin = time.perf_counter()
    plots.sheet(view)
    print(
        f"its curves are computed in {1000 * (time.perf_counter() - begin):.1f} ms, off the window's thread"
    )
    both = zip(*refreshes(app, sheet, 30), strict=True)
    wall, own = (1000 * statistics.median(part) for part in both)
    print(f"a refresh takes {wall:.1f} ms by the clock, {own:.1f} ms of the processor (medians of 30)")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

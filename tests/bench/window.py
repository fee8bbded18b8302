"""Measure the window: first frame, stalls while a training runs and names stream, and what it costs idle.

Usage: python tests/bench/window.py [--real] [--seconds 20]

Without ``--real`` the naming service and the training are scripted and fast; with it they are the app's own
on the embedded base (converted once), in a home of their own. Times are told twice: *wall*, what a person
waits, which other programs on the machine stretch; and *work*, what the window's thread did itself.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "ui"))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import psutil
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

IDLE = 10.0


def live(seconds, until=lambda: False):
    """Let the window live for a while, or until something is so; return whether it was."""
    loop, look = QEventLoop(), QTimer()
    look.timeout.connect(lambda: until() and loop.quit())
    look.start(100)
    QTimer.singleShot(int(seconds * 1000), loop.quit)
    loop.exec()
    return until()


def beats(studio, label, act, seconds):
    """Act every 120 ms for a while; print how long the window's thread was away."""
    from heartbeat import Heartbeat

    heart = Heartbeat(studio)
    heart.start()
    began = time.perf_counter()
    turn = 0
    while time.perf_counter() - began < seconds:
        act(turn)
        turn += 1
        live(0.12)
    heart.stop()
    for clock, values in (("wall", heart.wall), ("work", heart.work)):
        longest, most, over = heart.told(values)
        print(
            f"{label:<22} {clock}: longest {longest:5.1f} ms, 99.9% under {most:5.1f} ms, {over} over 50 ms "
            f"({len(values)} beats)"
        )


def idle(studio, label, seconds=IDLE):
    """Print what the process uses while nothing happens."""
    studio.window.setFocus()
    live(2.0)
    process = psutil.Process()
    used, began = sum(process.cpu_times()[:2]), time.perf_counter()
    live(seconds)
    share = (sum(process.cpu_times()[:2]) - used) / (time.perf_counter() - began)
    print(f"{label:<22} idle: {100 * share:.2f}% of a core over {seconds:.0f} s")


def close(studio):
    """End a studio."""
    studio.window.close()
    studio.close()
    live(0.3)


def each_page(studio, seconds):
    """Measure every page while the colour moves."""
    from busy import recolor

    for page in studio.window.pages:
        studio.window.open_titled(page.title)
        live(0.8)
        beats(studio, page.title, lambda turn: recolor(studio, turn), seconds / len(studio.window.pages))


def scripted(app, home, seconds):
    """Measure with a scripted service and a scripted training of ten steps a second."""
    from busy import PAINTERS, training
    from scripted import World

    from ui.app import Studio

    world = World(home)
    for slug in PAINTERS:
        world.add_painter(slug)
    studio = Studio(app, world.makers)
    studio.show()
    live(20, lambda: studio.train.pane.plotted and bool(studio.compare.chips))
    idle(studio, "no training")
    with training(world, 4000, 0.1):
        studio.trainings.refresh()
        live(10, lambda: studio.trainings.view is not None and studio.trainings.view.step > 2)
        each_page(studio, seconds)
    world.supervisor.end_all()
    live(5)
    idle(studio, "after the training")
    close(studio)


def real(app, home, seconds):
    """Measure with the app's own service and a training of its own."""
    os.environ["PAINTER_STUDIO_HOME"] = str(home)
    home.mkdir(parents=True, exist_ok=True)
    (home / "settings.toml").write_text("toured = true\n", encoding="utf-8")
    from busy import recipe

    from studio.runs import Runs
    from studio.supervisor import Supervisor
    from ui.app import Studio
    from ui.makers import Makers

    makers = Makers.usual()
    studio = Studio(app, makers)
    studio.show()
    live(300, lambda: studio.service.described is not None and studio.train.pane.plotted)
    live(3)
    idle(studio, "no training")
    judges = {slug: makers.judges.get(slug) for slug in ("poet", "correctness")}
    folder = Runs(home).create(recipe(60), judges)
    Supervisor().start(folder)
    studio.trainings.refresh()
    going = live(300, lambda: studio.trainings.view is not None and studio.trainings.view.step > 1)
    print("a training goes on" if going else "the training has not begun; what follows is without it")
    each_page(studio, seconds)
    Supervisor().stop(folder)
    live(120, lambda: studio.trainings.going is None)
    idle(studio, "after the training")
    close(studio)


def main():
    """Print all of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--real", action="store_true", help="the app's own service and training")
    parser.add_argument("--seconds", type=float, default=20.0, help="for all pages together (default 20)")
    options = parser.parse_args()
    import startup

    with tempfile.TemporaryDirectory() as home:
        startup.once(home)
        times = [startup.once(home) for _ in range(5)]
    told = ", ".join(f"{t:.2f}" for t in sorted(times))
    print(f"first frame            {statistics.median(times):.2f} s (median of 5 warm starts: {told})")
    app = QApplication(sys.argv[:1])
    with tempfile.TemporaryDirectory() as folder:
        (real if options.real else scripted)(app, Path(folder) / "home", options.seconds)


if __name__ == "__main__":
    main()

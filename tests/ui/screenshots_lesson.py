"""Pictures of the lesson: each step before and after its guess, both themes, two sizes.

Usage: python tests/ui/screenshots_lesson.py FOLDER [--recorded RUN.json] [--only SLUG …] [--quick]
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).resolve().parents[2])]

from PySide6.QtWidgets import QApplication
from scripted import World
from shooting import opened, saver, settle, wait_for

from studio.recording import Moment, Recording

SIZES = ((1100, 700), (1600, 1000))
RECORDED = Recording(
    painter="Poet",
    machine="CPU, 2 threads, float32",
    date="2026-11-25",
    rewards=tuple(0.2 + 0.22 * (1 - 0.9**step) + 0.02 * ((step * 7) % 5 - 2) / 2 for step in range(32)),
    colors=("#d48475", "#3b6ea5", "#6b8e23", "#efdfb0", "#2a0f38", "#87878b"),
    moments=(
        Moment(0, ("Light Red", "Blue", "Green", "Cream", "Dark Purple", "Grey")),
        Moment(20, ("Coral Dust", "Blue Horizon", "Olive Garden", "Sunny Peach", "Violet Night", "Slate")),
        Moment(32, ("Ember Rose", "Harbor Night", "Greenhaven", "Peach Morning", "Plum Vault", "Fog Bell")),
    ),
)
GUESSES = {"choice": 0.0, "count": 3.0, "mark": 0.62}


def shoot(app, out, mode, size, only):
    """Take the pictures of one theme and size."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["PAINTER_STUDIO_HOME"] = os.environ["PAINTER_STUDIO_CACHE"] = home
        world = World(Path(home))
        world.add_house()
        with opened(app, world, mode, size) as studio:
            studio.window.open_titled("Learn")
            pane = studio.learn.lesson
            wait_for(lambda: studio.desk.view is not None and len(studio.desk.view.nearby) == 2)
            save = saver(studio, out, mode, size)
            for place, step in enumerate(pane._steps):
                if only and step.slug not in only:
                    continue
                pane.go_to(place)
                settle(80)
                save(f"lesson_{place + 1:02}_{step.slug}_a")
                pane.guess.guessed.emit(GUESSES[pane.shown.question.kind])
                pane.sums.fold.set_open(step.slug in ("scores", "advantages"))
                settle(80)
                save(f"lesson_{place + 1:02}_{step.slug}_b")
            if not only:
                studio.learn.change.click()
                settle(80)
                save("lesson_setup")


def main():
    """Take all pictures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--quick", action="store_true", help="one theme at the smaller size")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    app = QApplication([])
    kinds = [("light", SIZES[0])] if options.quick else [(m, s) for m in ("light", "dark") for s in SIZES]
    for mode, size in kinds:
        shoot(app, options.out, mode, size, options.only)


if __name__ == "__main__":
    main()

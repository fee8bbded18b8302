"""Pictures of the lesson: each step before and after its guess, both themes, two sizes.

Usage: python tests/ui/screenshots_lesson.py FOLDER [--only SLUG …] [--kind dark1600 …]
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).parent))

from PySide6.QtWidgets import QApplication
from scripted import World
from shooting import opened, saver, settle, wait_for

SIZES = ((1100, 700), (1600, 1000))
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
    parser.add_argument("--kind", nargs="*", default=[], help="such as light1100 dark1600; all by default")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    app = QApplication([])
    kinds = [(m, s) for m in ("light", "dark") for s in SIZES]
    if options.kind:
        kinds = [kind for kind in kinds if f"{kind[0]}{kind[1][0]}" in options.kind]
    for mode, size in kinds:
        shoot(app, options.out, mode, size, options.only)


if __name__ == "__main__":
    main()

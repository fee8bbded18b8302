"""Measure what a drag on the picker costs: each part's repaint, and all of the picker's at once.

Usage: python tests/bench/picker.py

What is measured is the thread's own time: on a machine that does other work too, a clock on the wall measures
that.
"""

import math
import os
import statistics
import sys
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QApplication

from engine import places
from studio.settings import PickerSettings
from ui.background import Background
from ui.current import CurrentColor
from ui.icons import Icons
from ui.theme import Theme
from ui.widgets.eyedropper import Eyedropper
from ui.widgets.picker import Picker

MOVES = 90
GOAL = 8.0
"""Milliseconds that a repaint during a drag may take."""


def open_picker(app):
    """Return a picker on the screen, as wide as the column, and what it needs to live."""
    resources = places.resources()
    theme = Theme(app, resources / "fonts")
    current, background = CurrentColor("#d48475"), Background()
    picker = Picker(
        theme, Icons(resources / "icons"), current, background, PickerSettings(), Eyedropper(theme)
    )
    picker.setObjectName("page")
    picker.resize(320, 640)
    picker.show()
    QApplication.processEvents()
    return picker, current, background


def drags(picker, current):
    """Return each part's name, what moves it to a place in 0..1, and the widget that then repaints."""
    figures = picker.figures.rows

    def turn(share):
        picker.pad.turn(share * 359)

    def wander(share):
        lightness, chroma = 0.6 + 0.25 * math.sin(7 * share), 0.05 + 0.1 * share
        current.set_lch(lightness, chroma, current.lch[2])

    def true_shape(share):
        picker.pad.show_true_shape(True)
        turn(share)

    def slide(row, which):
        axis = figures[row].sliders[which]
        least, most = axis.minimum(), axis.maximum()
        return lambda share: axis.picked.emit((least + share * (most - least)) / axis._scale)

    sliders = figures[0].sliders
    parts = [
        ("pad, chroma and lightness", wander, picker.pad),
        ("pad, hue", turn, picker.pad),
        ("pad, hue, true shape", true_shape, picker.pad),
        ("ring", turn, picker.ring),
        ("slider L", slide(0, 0), sliders[0]),
        ("slider C", slide(0, 1), sliders[1]),
        ("slider H", slide(0, 2), sliders[2]),
    ]
    for space, rows in zip(("HSL", "RGB"), figures[1:], strict=True):
        parts.append((f"slider, {space}", turn, rows.sliders[0]))
    return parts


def times(move, widget):
    """Drag from one end to the other; return each repaint's milliseconds."""
    taken, paper = [], QPixmap(400, 400)
    for place in range(MOVES):
        move((place + 0.5) / MOVES)
        start = time.thread_time()
        # Not repaint(): that paints whatever else is due in the window too.
        widget.render(paper)
        taken.append(1000 * (time.thread_time() - start))
        QApplication.processEvents()
    return taken


def whole(move):
    """Drag from one end to the other; return what each move costs in all, picking and painting, in ms."""
    taken = []
    for place in range(MOVES):
        start = time.thread_time()
        move((place + 0.5) / MOVES)
        QApplication.processEvents()
        taken.append(1000 * (time.thread_time() - start))
    return taken


def main():
    """Print the median and the worst of each."""
    app = QApplication(sys.argv[:1])
    picker, current, background = open_picker(app)
    print(f"{'repaint':34} median   worst (ms; goal {GOAL:g})")
    for name, move, widget in drags(picker, current):
        taken = times(move, widget)
        print(f"{name:34} {statistics.median(taken):6.2f}  {max(taken):6.2f}")
    picker.pad.show_true_shape(False)
    for place, row in enumerate(("OKLCH", "HSL", "RGB")):
        picker.figures.segments.choose(place)
        taken = whole(lambda share: picker.pad.turn(share * 359))
        name = f"a move of the hue in all, {row}"
        print(f"{name:34} {statistics.median(taken):6.2f}  {max(taken):6.2f}")
    background.close()


if __name__ == "__main__":
    main()

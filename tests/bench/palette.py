"""How quick the palette is with 500 colours and six painters: a frame while scrolling, a reply, a fan deck.

Usage: python tests/bench/palette.py
"""

import os
import statistics
import sys
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from PySide6.QtWidgets import QApplication

from engine import places
from engine.palette import held_out_colors
from engine.service.protocol import Choice, Done, Named, PainterRef
from studio.palettes import Entry
from ui.bridge import Service
from ui.naming import Naming
from ui.printing import fan_sheets, image, pdf, png, svg
from ui.theme import Theme
from ui.widgets.palette_table import PaletteModel, PaletteTable

COLORS, PAINTERS = 500, 6
WORDS = (
    "Sunset",
    "Velvet",
    "Harbor",
    "Greenhaven",
    "Ember",
    "Midnight",
    "Moonlit",
    "Quiet",
    "Copper",
    "Vista",
)


class Silent:
    """A service that says what it is told to."""

    def __init__(self, on_reply):
        self.reply, self.last = on_reply, 0

    def start(self):
        pass

    def send(self, request):
        self.request = request
        self.last += 1
        return self.last

    def cancel(self, request_id):
        pass

    def close(self):
        pass


def told(what, seconds):
    """Print the median and the worst of some times."""
    worst, middle = 1000 * max(seconds), 1000 * statistics.median(seconds)
    print(f"{what:<44} median {middle:6.1f} ms   worst {worst:6.1f} ms")


def timed(work):
    """Return how much of this thread's time some work takes, in seconds: other programs are not counted."""
    began = time.thread_time()
    work()
    return time.thread_time() - began


def main():
    """Measure."""
    app = QApplication([])
    theme = Theme(app, places.resources() / "fonts", "light")
    made = []
    service = Service(lambda reply: made.append(Silent(reply)) or made[0])
    entries = [Entry(color) for color in held_out_colors(COLORS)]
    naming = Naming(service, lambda: [entry.hex for entry in entries])
    model = PaletteModel(naming)
    table = PaletteTable(theme, model)
    naming.set_painters([(PainterRef(f"p{i}"), f"Painter {i}") for i in range(PAINTERS)])
    model.show_painters([f"Painter {i}" for i in range(PAINTERS)])
    model.show_entries(entries)
    table.resize(1130, 800)
    table.show()
    naming.go()
    replies = []
    for number in range(1, COLORS + 1):
        color = made[0].request.color
        for i in range(PAINTERS):
            name = f"{WORDS[(number + i) % 10]} {WORDS[(number * 7 + i * 3) % 10]} {number}"
            made[0].reply(Named(id=number, color=color, painter=f"p{i}", names=(Choice(name, 0.1, True),)))
        made[0].reply(Done(id=number))
        replies.append(timed(app.processEvents))
    told("one colour's replies, shown", replies)
    bar = table.verticalScrollBar()
    frames = []
    for step in range(100):
        bar.setValue(round(bar.maximum() * step / 99))
        frames.append(timed(table.viewport().repaint))
    told("a frame while scrolling, all names new", frames)
    frames = []
    for step in range(100):
        bar.setValue(round(bar.maximum() * step / 99))
        frames.append(timed(table.viewport().repaint))
    told("the same again", frames)
    names = {entry.hex: naming.name(entry.hex, naming.painters[0]) for entry in entries}
    sheets = fan_sheets(entries, names, "Painter", "All", sort=True)
    told("a fan deck's preview", [timed(lambda: image(sheets[0], 0.52)) for _ in range(5)])
    told("a fan deck as PNG", [timed(lambda: png(sheets[0])) for _ in range(3)])
    told("a fan deck as SVG", [timed(lambda: svg(sheets[0])) for _ in range(3)])
    told(f"{len(sheets)} fan decks as PDF", [timed(lambda: pdf(sheets)) for _ in range(3)])


if __name__ == "__main__":
    main()

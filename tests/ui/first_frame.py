"""Start the real app, tell of its first frame, and leave; run in a process of its own.

Usage: python tests/ui/first_frame.py STARTED [stay]

STARTED is the time at which it was started, in seconds since the epoch: what Linux knows of a process's
creation is off by up to a second. With ``stay`` it does not leave by itself.

Prints one JSON line: seconds from there to the first frame, and which heavy modules came along.
"""

import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

HEAVY = ("torch", "transformers", "peft", "trl", "llama_cpp", "accelerate", "datasets", "gguf", "scipy")


def arranged(studio):
    """Note the first frame; then wait for what begins after it, and close."""
    told = {}

    def shown():
        told["seconds"] = time.time() - float(sys.argv[1])
        told["visible"] = studio.window.isVisible()
        told["early"] = sorted(name for name in (*HEAVY, "pyqtgraph") if name in sys.modules)

    def loaded():
        if not studio.train.pane.plotted or not studio.judges.shelf.count():
            return
        timer.stop()
        told["heavy"] = sorted(name for name in HEAVY if name in sys.modules)
        print(json.dumps(told), flush=True)
        if "stay" not in sys.argv:
            studio.window.close()

    from PySide6.QtCore import QTimer

    studio.window.shown.connect(shown)
    timer = QTimer(studio)
    timer.timeout.connect(loaded)
    timer.start(10)


class Silent:
    """A naming service that never answers: this is about the window alone."""

    def __init__(self, on_reply):
        self.sent = 0

    def start(self):
        pass

    def send(self, request):
        self.sent += 1
        return self.sent

    def cancel(self, request_id):
        pass

    def use(self, base, device="auto"):
        pass

    def close(self):
        pass


if __name__ == "__main__":
    from dataclasses import replace

    from ui.app import main
    from ui.makers import Makers

    sys.exit(main(replace(Makers.usual(), connect=Silent), arranged))

"""Drive the real app under Xvfb and a window manager: pick, judge, train five steps, compare.

Usage: python tests/bench/drive.py [--patience 900]

The base and the training are the real ones (the base is converted once); the home is a temporary folder.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "process"))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import xvfb


def main():
    """Print what was done, and how long it took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--patience", type=float, default=900.0, help="seconds for the training at most")
    options = parser.parse_args()
    if xvfb.missing():
        sys.exit(f"not installed: {', '.join(xvfb.missing())}")
    with tempfile.TemporaryDirectory() as folder:
        logs, home = Path(folder), Path(folder) / "home"
        display, began = xvfb.Display(logs), time.monotonic()
        app = display.start([sys.executable, "-m", "studio"], PAINTER_STUDIO_HOME=str(home))
        try:
            seen = xvfb.drive(display, app, home, steps=5, patience=options.patience)
        except AssertionError:
            print((logs / "app.log").read_text(), file=sys.stderr)
            raise
        finally:
            xvfb.end(app)
            display.close()
    print("\n".join(seen))
    print(f"{time.monotonic() - began:.0f} s in all")


if __name__ == "__main__":
    main()

"""Measure the time from process start to the first shown frame: the median of five, after one to warm up.

Usage: python tests/bench/startup.py
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[1] / "ui" / "first_frame.py"


def once(home):
    """Start the app once; return the seconds."""
    environment = {"QT_QPA_PLATFORM": "offscreen", **os.environ, "PAINTER_STUDIO_HOME": home}
    command = [sys.executable, str(SCRIPT), str(time.time())]
    done = subprocess.run(command, env=environment, capture_output=True, check=True, text=True)
    return json.loads(done.stdout)["seconds"]


def main():
    """Print the median and the single times."""
    with tempfile.TemporaryDirectory() as home:
        once(home)
        times = [once(home) for _ in range(5)]
    print(f"first frame after {statistics.median(times):.2f} s (median of 5)")
    print("single times: " + ", ".join(f"{seconds:.2f}" for seconds in times))


if __name__ == "__main__":
    main()

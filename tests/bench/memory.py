"""The memory that a training announces against what it then takes, on the real embedded base.

Usage: ``python tests/bench/memory.py [COLORSxGROUP …]``.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from engine import places
from engine.events import RunStarted
from engine.judges import spec
from engine.recipe import Budget, Panel, Recipe, Taste
from engine.rundir import RunFolder


def main() -> None:
    """Train two steps of each size and print estimate, peak and error."""
    for size in sys.argv[1:] or ["8x8", "16x8", "16x16", "32x16"]:
        colors, group = map(int, size.split("x"))
        with tempfile.TemporaryDirectory() as home:
            recipe = Recipe(
                name="bench",
                panel=Panel(tastes=(Taste("terse"),), guards=("correctness",)),
                budget=Budget(steps=2, colors=colors, group=group),
                checkpoint_every=0,
                eval_every=0,
            )
            folder = places.resources() / "judges"
            judges = {slug: spec.load(folder / f"{slug}.toml") for slug in ("terse", "correctness")}
            run = RunFolder.create(Path(home) / "runs", recipe, judges, datetime.now())
            command = [sys.executable, "-m", "engine.train", str(run.path)]
            child = subprocess.Popen(
                command,
                env={**os.environ, "PAINTER_STUDIO_HOME": home},
                cwd=Path(__file__).resolve().parents[2],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            _, _, usage = os.wait4(child.pid, 0)
            told = next(event for event in run.tail().events if isinstance(event, RunStarted))
            estimate, peak = told.memory_estimate_mb or 0.0, usage.ru_maxrss * 1024 / 1e6
            print(
                f"{size}: estimated {estimate:.0f} MB, took {peak:.0f} MB, {estimate / peak - 1:+.0%}",
                flush=True,
            )


if __name__ == "__main__":
    main()

"""Cure a collapsed run by each cure, for real: what equal further steps make of it, as a table.

Usage: ``python -m tests.bench.cures RUN [--steps 40] [--colors 256] [--cure NAME …] [--out FOLDER]``

RUN is a run's folder, or the name of one in the app's home; it is not changed. For each cure a fork is
trained from the last healthy checkpoint (or from ``--from-step``), and one without any cure, all for the same
number of steps by ``painter-studio train --cure``. Each painter then names a grid of held-out colours
greedily: effective names, also as a share of the base's; the mean of the held-out judge; and how often a name
outscores the base's for the same colour, by the judge that was trained against (style AUC) and by the
held-out one.

All is kept in ``--out`` (default: ``cures-RUN`` in the temporary folder), a home of its own. Run it again to
go on: a training that was cut off is resumed, one that is done is not repeated, nor is a painter measured
twice.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from engine import places
from engine.events import RunFinished
from engine.recipe import EMBEDDED_BASE
from engine.rundir import RunFolder
from studio import cures
from studio.runs import Runs

ROOT = Path(__file__).resolve().parents[2]
NONE = "none"
KEPT, STYLE = 0.6, 0.8


def studio(home: Path, *words: str) -> dict[str, Any]:
    """Run a command of the app in a home of its own and return its JSON."""
    done = subprocess.run(
        [sys.executable, "-m", "studio.cli", *words, "--json"],
        cwd=ROOT,
        env={**os.environ, "PAINTER_STUDIO_HOME": str(home)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def painter_of(folder: RunFolder) -> str:
    """Return the painter that a run has made; empty while it has none."""
    ends = [event for event in folder.recent() if isinstance(event, RunFinished)]
    return ends[-1].painter if ends else ""


def trained(home: Path, cure: str, run: str, step: int | None, steps: int) -> str:
    """Train a fork, or go on with it, and return its painter; which run it is, is kept in ``home``."""
    note, runs = home / f"{cure}.run", Runs(home)
    if not note.exists():
        before = {folder.path.name for folder in runs.folders()}
        at = run if step is None else f"{run}:{step}"
        words = ["--fork", at] if cure == NONE else ["--cure", cure, at]
        if cure == NONE and step is None:
            words = ["--recipe", str(home / "runs" / run / "recipe.toml")]
        studio(home, "train", *words, "--name", f"Cured {cure}", "--steps", str(steps), "--detach")
        (made,) = {folder.path.name for folder in runs.folders()} - before
        note.write_text(made)
    folder = runs.open(note.read_text())
    if not painter_of(folder):
        studio(home, "train", "--resume", folder.path.name)
    if not painter_of(folder):
        raise SystemExit(f"{cure} was stopped; run this again to go on.")
    return painter_of(folder)


def measured(home: Path, cure: str, painter: str, base: str, colors: int) -> dict[str, dict[str, Any]]:
    """Return the report's lines of a painter and of the base, from a file where they are known."""
    note = home / f"{cure}.report-{colors}.json"
    if not note.exists():
        words = ["report", "--painter", "base", "--painter", painter, "--colors", str(colors)]
        words += [] if base == EMBEDDED_BASE else ["--base", base]
        note.write_text(json.dumps(studio(home, *words)))
    return {line["painter"]: line for line in json.loads(note.read_text())["painters"]}


def held_out_mean(line: dict[str, Any], taste: str) -> float | None:
    """Return the held-out judge's mean, or that of the judge itself where it has no twin."""
    judges = line["judges"]
    mean: float | None = judges.get(f"{taste} (held out)", judges.get(taste))
    return mean


def row(name: str, line: dict[str, Any], base: dict[str, Any], taste: str) -> str:
    """Return a line of the table; ✓ where names and style are both back."""

    def figure(value: float | None) -> str:
        return "" if value is None else f"{value:.2f}"

    kept, style = line["effective"] / base["effective"], line["style_auc"]
    well = "✓" if line is not base and kept >= KEPT and (style or 0.0) >= STYLE else ""
    cells = [
        name,
        str(line["distinct"]),
        f"{line['effective']:.0f}",
        f"{kept:.0%}",
        figure(held_out_mean(line, taste)),
        figure(style),
        figure(line["style_auc_held_out"]),
        f"{line['correctness']:.0%}" if line["correctness"] is not None else "",
        well,
    ]
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Train, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("run", help="the collapsed run: its folder, or its name in the app's home")
    parser.add_argument("--steps", type=int, default=40, help="of each fork")
    parser.add_argument("--colors", type=int, default=256, help="of the held-out grid")
    parser.add_argument("--from-step", type=int, help="instead of the last healthy checkpoint")
    parser.add_argument(
        "--cure", action="append", help="only these; may be repeated (default: all, and none)"
    )
    parser.add_argument("--out", type=Path, help="where all is kept")
    options = parser.parse_args()
    book = cures.load()
    source: RunFolder = Runs(places.home()).open(options.run)
    out = options.out or Path(tempfile.gettempdir()) / f"cures-{source.path.name}"
    copy = out / "runs" / source.path.name
    if not copy.exists():
        copy.parent.mkdir(parents=True, exist_ok=True)
        part = copy.with_name(f".{copy.name}.part")
        shutil.rmtree(part, ignore_errors=True)
        shutil.copytree(source.path, part)
        part.rename(copy)
    step = options.from_step
    if step is None:
        origin = cures.origin_of(RunFolder(copy))
        if origin is not None and origin.run == copy.name:
            step = origin.step
    print(
        f"From {'the base' if step is None else f'step {step}'} of {copy.name}, {options.steps} steps each."
    )
    wanted = options.cure or [NONE, *(cure.slug for cure in book)]
    names = {NONE: "no cure", **{cure.slug: cure.name for cure in book}}
    recipe = RunFolder(copy).recipe()
    taste = recipe.panel.tastes[0].judge
    lines: list[str] = []
    for slug in wanted:
        painter = trained(out, slug, copy.name, step, options.steps)
        told = measured(out, slug, painter, recipe.base, options.colors)
        if not lines:
            lines.append(row("base", told["base"], told["base"], taste))
        lines.append(row(names.get(slug, slug), told[painter], told["base"], taste))
        print(lines[-1], file=sys.stderr, flush=True)
    print(
        "| after equal steps | names | effective | of the base's | held-out judge | style AUC "
        "| held out | right | back |\n|---|---|---|---|---|---|---|---|---|"
    )
    print("\n".join(lines))
    back = sum("✓" in line for line in lines)
    print(f"\n{back} of {len(lines) - 1} keep {KEPT:.0%} of the base's names at a style AUC of {STYLE}.")


if __name__ == "__main__":
    main()

"""Make the house painters again: train each recipe that ships, put what comes out among the resources.

Usage: ``python -m tests.bench.house [NAME …] [--colors 2000] [--cards]``.

Each is trained by ``painter-studio train --recipe NAME`` in a home of its own, its adapter is written in
bfloat16 (half the size, and what a bf16 base can tell), and then all of them are surveyed and each card gets
its line of the report, over the whole grid and over a small one that the tests repeat. ``--cards`` only
does the latter, for painters that are there.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

import tomli_w

from engine import places

SMALL = 96
SHIPPED = places.resources() / "painters"
ROOT = Path(__file__).resolve().parents[2]


def train(name: str, home: Path) -> Path:
    """Train a recipe and return the painter's folder."""
    command = [sys.executable, "-m", "studio.cli", "train", "--recipe", name, "--json"]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "PAINTER_STUDIO_HOME": str(home)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return home / "painters" / json.loads(done.stdout)["painter"]


def ship(painter: Path, slug: str) -> None:
    """Copy a painter among the resources, its weights in bfloat16."""
    import torch
    from safetensors.torch import load_file, save_file

    folder = SHIPPED / slug
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copy(painter / "adapter_config.json", folder)
    shutil.copy(painter / "card.toml", folder)
    weights = load_file(painter / "adapter_model.safetensors")
    halved = {key: value.to(torch.bfloat16).contiguous() for key, value in weights.items()}
    save_file(halved, folder / "adapter_model.safetensors")


def survey(colors: int) -> dict[str, dict]:
    """Return the report's line of every shipped painter and of the base."""
    command = [sys.executable, "-m", "studio.cli", "report", "--colors", str(colors), "--json"]
    with tempfile.TemporaryDirectory() as home:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env={**os.environ, "PAINTER_STUDIO_HOME": home},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    return {one["painter"]: one for one in json.loads(done.stdout)["painters"]}


def write_cards(colors: int) -> None:
    """Put each painter's lines of the report into its card; the base's go into the primer's."""
    whole, small = survey(colors), survey(SMALL)
    for slug, line in whole.items():
        path = SHIPPED / ("primer" if slug == "base" else slug) / "card.toml"
        card = tomllib.loads(path.read_text(encoding="utf-8"))
        card["report"] = {"colors": colors, **_told(line)}
        card["report_small"] = {"colors": SMALL, **_told(small[slug])}
        path.write_text(tomli_w.dumps(card), encoding="utf-8")
        print(slug, json.dumps(_told(line)), flush=True)


def _told(line: dict) -> dict:
    """Return what TOML can hold of a line: it has no null."""
    return {key: value for key, value in line.items() if value is not None and key != "painter"}


def main() -> None:
    """Train, ship and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("names", nargs="*", help="recipes (default: all that ship)")
    parser.add_argument("--colors", type=int, default=2000)
    parser.add_argument("--cards", action="store_true", help="measure what is there, train nothing")
    options = parser.parse_args()
    known = sorted(path.stem for path in (places.resources() / "recipes").glob("*.toml"))
    for name in [] if options.cards else options.names or known:
        with tempfile.TemporaryDirectory() as home:
            ship(train(name, Path(home)), name)
    write_cards(options.colors)


if __name__ == "__main__":
    main()

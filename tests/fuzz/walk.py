"""Walks a parser by coverage: ``python -m tests.fuzz.walk TARGET [--inputs 100000] [--out FOLDER]``.

It needs atheris, which is no dependency of the project (``pip install atheris``). Each fault is kept once, by
its kind and place, as a file of its input; the last line says how many inputs were tried and faults found.
Crashers that were mended go to ``tests/data/crashers/TARGET``, from where every test run replays them.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import logging
import os
import shutil
import sys
import tempfile
import time
import traceback
from pathlib import Path
from random import Random

from tests.fuzz.bend import bend

CODE = ("engine", "studio", "tomllib")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target")
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--out", type=Path, default=Path(tempfile.gettempdir()) / "painter-studio-fuzz")
    options = parser.parse_args()
    import atheris

    with atheris.instrument_imports(include=list(CODE)):
        from tests.fuzz import targets
    logging.disable(logging.CRITICAL)
    target = targets.TARGETS[options.target]
    out = options.out / options.target
    shutil.rmtree(out, ignore_errors=True)
    corpus = out / "corpus"
    corpus.mkdir(parents=True)
    for number, seed in enumerate(target.seeds):
        (corpus / f"seed{number}").write_bytes(seed)
    hexed = ("".join(f"\\x{byte:02x}" for byte in word[:64]) for word in target.words)
    (out / "words").write_text("".join(f'"{word}"\n' for word in hexed))
    walk = Walk(target, out, options.inputs, targets.SLOWEST)
    limits = [f"-max_len={targets.LARGEST}", "-len_control=20", "-rss_limit_mb=3000", "-timeout=60"]
    flags = [f"-dict={out / 'words'}", f"-runs={2 * options.inputs}", "-verbosity=0", *limits]

    def mutate(data: bytes, size: int, seed: int) -> bytes:
        random = Random(seed)
        if random.random() < 0.4:
            return atheris.Mutate(data, size)
        return bend(bytes(data), random, target.words, target.seeds)[:size]

    atheris.Setup([sys.argv[0], *flags, str(corpus)], walk, custom_mutator=mutate)
    atheris.Fuzz()


class Walk:
    """Takes one input after another, keeps what went wrong, and ends the process after the last."""

    def __init__(self, target, out: Path, inputs: int, slowest: float) -> None:
        self.target, self.out, self.inputs, self.slow = target, out, inputs, slowest
        self.tried = self.refused = 0
        self.faults: dict[str, int] = {}
        self.slowest = 0.0
        self.began = time.monotonic()
        self.folder = Path(tempfile.mkdtemp())

    def __call__(self, data: bytes) -> None:
        self.tried += 1
        start = time.process_time()
        try:
            found = self.target(data, self.folder)
            self.refused += isinstance(found, Exception)
        except Exception as error:
            self.keep(data, self.place(error), traceback.format_exc())
        took = time.process_time() - start
        for path in self.folder.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        self.slowest = max(self.slowest, took)
        if took > self.slow:
            self.keep(data, "slow", f"{took:.1f} s")
        if self.tried == self.inputs:
            self.tell()

    def place(self, error: Exception) -> str:
        frames = traceback.extract_tb(error.__traceback__)
        last = next(
            (
                one
                for one in reversed(frames)
                if "/engine/" in one.filename or "/studio/" in one.filename or "targets.py" in one.filename
            ),
            frames[-1],
        )
        return f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno}"

    def keep(self, data: bytes, fault: str, told: str) -> None:
        if fault not in self.faults:
            stem = hashlib.sha256(data).hexdigest()[:12]
            (self.out / f"{stem}.input").write_bytes(data)
            (self.out / f"{stem}.txt").write_text(f"{fault}\n{told}")
        self.faults[fault] = self.faults.get(fault, 0) + 1

    def tell(self) -> None:
        told = {
            "inputs": self.tried,
            "refused": self.refused,
            "faults": self.faults,
            "slowest_ms": round(1000 * self.slowest),
            "seconds": round(time.monotonic() - self.began),
        }
        shutil.rmtree(self.folder)
        (self.out / "result.json").write_text(json.dumps(told))
        print(json.dumps({self.out.name: told}), flush=True)
        # libFuzzer never returns.
        with contextlib.suppress(OSError):
            sys.stderr.flush()
        os._exit(0)


if __name__ == "__main__":
    main()

"""Whether ours learns as stock TRL does: reward against steps, and against time.

Usage: ``python -m tests.bench.learning [--seeds 3] [--steps 12] [--colors 6] [--group 6] [--json]``.

The same recipe and colours on the real embedded base, judged by Poet, once by our engine and once by the
unmodified ``GRPOTrainer``, each in a process of its own, for several seeds. The two draw their names from
different random numbers, so single curves differ; over seeds they must lie within each other's spread.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.bench import engine


def curves(options: argparse.Namespace) -> dict[str, list[dict]]:
    """Return each side's runs, one a seed."""
    found: dict[str, list[dict]] = {"ours": [], "stock": []}
    for seed in range(1, options.seeds + 1):
        for side, runs in found.items():
            options.bench.seed = seed
            told = engine.run(side, options.colors, options.group, "poet", options.steps, options.bench)
            # A side may take a step more, to warm up.
            runs.append(told | {key: told[key][: options.steps] for key in ("rewards", "step_times")})
    return found


def summary(found: dict[str, list[dict]], part: int) -> dict[str, dict[str, float]]:
    """Return mean and spread over the seeds of the last ``part`` steps' reward, and the seconds taken."""
    out = {}
    for side, runs in found.items():
        first = [statistics.mean(run["rewards"][:part]) for run in runs]
        last = [statistics.mean(run["rewards"][-part:]) for run in runs]
        out[side] = {
            "first": statistics.mean(first),
            "last": statistics.mean(last),
            "spread_of_last": statistics.stdev(last) if len(last) > 1 else 0.0,
            "seconds": statistics.mean(sum(run["step_times"]) for run in runs),
        }
    return out


def main() -> None:
    """Train both sides and print their curves side by side."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=12)
    parser.add_argument("--colors", type=int, default=6)
    parser.add_argument("--group", type=int, default=6)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    options.bench = argparse.Namespace(
        base="smollm2-135m-instruct", dtype="auto", device="auto", stock_warm=False, seed=1, lr=3e-4
    )
    found = curves(options)
    told = summary(found, max(1, options.steps // 4))
    if options.json:
        print(json.dumps({"runs": found, "summary": told}))
        return
    print("step   " + "   ".join(f"{side} (seeds)" for side in found))
    for step in range(options.steps):
        cells = [" ".join(f"{run['rewards'][step]:.3f}" for run in runs) for runs in found.values()]
        print(f"{step + 1:4}   " + "   ".join(cells))
    for side, figures in told.items():
        print(side, ", ".join(f"{key} {value:.3f}" for key, value in figures.items()))


if __name__ == "__main__":
    main()

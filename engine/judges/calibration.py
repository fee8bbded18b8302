"""Calibration: raw scores to 0..1, so that judges can be weighed against each other.

A logistic curve through the quartiles of a fixed sample of known names: the median name scores 0.5, the
lower quartile 0.25, the upper 0.75. Unlike ranks it goes on rising past the best known name, so that a
painter always has something to learn.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec
import numpy as np

from engine.durable import write_whole
from engine.outside import UNSOUND

# To be raised when the same judge would score otherwise than before.
VERSION = 4
SAMPLE = 384
# A large model reads some ten names a second.
SLOW_SAMPLE = 128

_Asked = TypeVar("_Asked", str, tuple[str, str])


class Calibration(msgspec.Struct, frozen=True):
    """A logistic curve; calling it maps a raw score to 0..1."""

    median: float
    scale: Annotated[float, msgspec.Meta(gt=0)]

    def __call__(self, raw: float) -> float:
        """Return the calibrated score of a raw one."""
        z = (raw - self.median) / self.scale
        return 1 / (1 + math.exp(-z)) if z > -500 else 0.0


def fit(raw: Sequence[float]) -> Calibration:
    """Fit the curve to the raw scores of a reference sample."""
    values = np.asarray([value for value in raw if math.isfinite(value)])
    if not values.size:
        return Calibration(0.0, 1.0)
    low, median, high = np.percentile(values, [25, 50, 75])
    return Calibration(float(median), max(float(high - low) / (2 * math.log(3)), 1e-6))


def calibrate(
    key: Sequence[str],
    raw: Callable[[Sequence[_Asked]], Sequence[float]],
    sample: Sequence[_Asked],
    folder: Path,
) -> Calibration:
    """Return the stored calibration for ``key``, or make and store it.

    Parameters
    ----------
    key
        Whatever the raw scores depend on: the judge's content, the model's fingerprint, the dtype.
    raw
        Scores names, or (colour, name) pairs.
    sample
        The reference names or pairs.
    folder
        Where calibrations are kept.
    """
    text = json.dumps([VERSION, *key, *sample])
    path = folder / f"{hashlib.sha256(text.encode()).hexdigest()[:24]}.json"
    try:
        return msgspec.json.decode(path.read_bytes(), type=Calibration)
    except (OSError, *UNSOUND):
        calibration = fit(raw(sample))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(path, msgspec.json.encode(calibration))
    except OSError:
        # A cache that cannot be written costs a second at the next start, nothing else.
        pass
    return calibration

"""Calibration: the median name scores a half, the curve goes on rising, and it is made once."""

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.judges.calibration import Calibration, calibrate, fit


def test_quartiles_land_on_quarters() -> None:
    raw = np.random.default_rng(0).logistic(3.0, 2.0, 4001)
    curve = fit(list(raw))
    low, median, high = np.percentile(raw, [25, 50, 75])
    assert curve(median) == pytest.approx(0.5)
    assert curve(low) == pytest.approx(0.25, abs=0.02)
    assert curve(high) == pytest.approx(0.75, abs=0.02)


def test_there_is_always_something_to_learn_past_the_best_known_name() -> None:
    curve = fit([0.0, 1.0, 2.0, 3.0])
    assert curve(3.0) < curve(4.0) < curve(6.0) < 1.0


@pytest.mark.parametrize("raw", [[], [math.nan, math.inf], [2.0] * 9])
def test_samples_that_say_nothing_still_make_a_curve(raw: list[float]) -> None:
    curve = fit(raw)
    assert curve.scale > 0
    assert curve(curve.median) == 0.5


def test_what_is_not_finite_is_left_out_of_the_fit() -> None:
    assert fit([0.0, 1.0, 2.0, math.nan, math.inf, -math.inf]) == fit([0.0, 1.0, 2.0])


@given(st.floats(allow_nan=False, allow_infinity=True))
def test_any_number_is_mapped_into_0_to_1(raw: float) -> None:
    assert 0.0 <= Calibration(0.0, 1e-6)(raw) <= 1.0


def test_it_is_made_once_for_what_it_depends_on(tmp_path: Path) -> None:
    asked: list[list[str]] = []

    def raw(names: list[str]) -> list[float]:
        asked.append(list(names))
        return [float(len(name)) for name in names]

    folder = tmp_path / "calibrations"
    names = ["a", "bb", "ccc"]
    first = calibrate(["judge", "base"], raw, names, folder)
    assert calibrate(["judge", "base"], raw, names, folder) == first
    assert asked == [names]
    calibrate(["judge", "another base"], raw, names, folder)
    calibrate(["judge", "base"], raw, ["a", "bb", "cccc"], folder)
    assert len(asked) == 3


@pytest.mark.parametrize(
    "damage", [b"", b"{}", b"\xff\x00", b'{"median": "x", "scale": 1}', b'{"median": 1}']
)
def test_a_damaged_one_is_made_again(tmp_path: Path, damage: bytes) -> None:
    first = calibrate(["k"], lambda names: [1.0, 2.0, 4.0], ["a", "b", "c"], tmp_path)
    (path,) = tmp_path.iterdir()
    path.write_bytes(damage)
    assert calibrate(["k"], lambda names: [1.0, 2.0, 4.0], ["a", "b", "c"], tmp_path) == first
    assert path.read_bytes() != damage


@pytest.mark.parametrize("scale", ["0.0", "-1.0"])
def test_one_that_cannot_be_a_curve_is_made_again(tmp_path: Path, scale: str) -> None:
    first = calibrate(["k"], lambda names: [1.0, 2.0, 4.0], ["a", "b", "c"], tmp_path)
    (path,) = tmp_path.iterdir()
    path.write_text(f'{{"median": 1.0, "scale": {scale}}}')
    assert calibrate(["k"], lambda names: [1.0, 2.0, 4.0], ["a", "b", "c"], tmp_path) == first


def test_a_folder_that_cannot_be_written_costs_nothing_but_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    curve = calibrate(["k"], lambda names: [1.0, 2.0, 4.0], ["a", "b", "c"], tmp_path / "file" / "folder")
    assert curve(2.0) == 0.5

"""Every parser of outside data, shortly: bent seeds by Hypothesis, and all inputs that once were faults.

The long form is ``python -m tests.fuzz.walk TARGET``, by coverage.
"""

import time
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.bend import bend
from tests.fuzz.targets import LARGEST, SLOWEST, TARGETS

CRASHERS = Path(__file__).parent.parent / "data" / "crashers"
SOUND = [(name, number) for name, target in TARGETS.items() for number in range(len(target.seeds))]


@pytest.mark.parametrize("name", TARGETS)
def test_a_value_or_a_clear_error(name: str, tmp_path: Path) -> None:
    target = TARGETS[name]

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.integers(0, 2**32), st.binary(max_size=40))
    def check(seed: int, raw: bytes) -> None:
        random = Random(seed)
        bent = bend(random.choice(target.seeds), random, (*target.words, raw), target.seeds)[:LARGEST]
        before = time.process_time()
        target(bent, tmp_path)
        assert time.process_time() - before < SLOWEST

    check()


@pytest.mark.parametrize(
    "path", sorted(CRASHERS.glob("*/*")), ids=lambda path: f"{path.parent.name}-{path.name}"
)
def test_what_was_a_fault_is_none_any_more(path: Path, tmp_path: Path) -> None:
    before = time.process_time()
    TARGETS[path.parent.name](path.read_bytes(), tmp_path)
    assert time.process_time() - before < SLOWEST


def test_the_seeds_of_each_parser_are_sound(tmp_path: Path) -> None:
    for name, target in TARGETS.items():
        found = [target(seed, tmp_path) for seed in target.seeds]
        assert name == "base" or not all(isinstance(one, Exception) for one in found), name

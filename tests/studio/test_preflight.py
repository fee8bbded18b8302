"""The last look before a start: what it takes against what there is, and what to change if it is too much."""

import msgspec
import pytest

from engine import places
from engine.judges import spec as specs
from engine.models import find_base
from engine.recipe import EMBEDDED_BASE
from studio.estimates import Machine
from studio.shapes import Shape, shape_of
from studio.views import preflight, train_form
from studio.views import recipe_fields as fields
from studio.views.preflight import Surroundings

JUDGES = {
    slug: specs.load(places.resources() / "judges" / f"{slug}.toml")
    for slug in ("poet", "listener", "correctness")
}
DRAFT = train_form.start()
MACHINE = Machine(
    kind="cpu",
    dtype="float32",
    name="CPU, 2 threads, float32",
    devices=("cpu",),
    threads=2,
    gflops={"float32": 138.0},
    memory_free=12_100_000_000,
    memory_total=16_000_000_000,
    disk_free=40_000_000_000,
)


def around(**facts: object) -> Surroundings:
    return Surroundings(
        machine=msgspec.structs.replace(MACHINE, **facts), shape=shape_of(find_base(EMBEDDED_BASE))
    )


def test_what_it_takes_is_one_sentence() -> None:
    told = preflight.look(DRAFT, JUDGES, around())
    assert told.sentence == "Takes about 13 min, 3.6 GB of 12.1 GB free memory and 99 MB of disk."
    assert "first run" in told.basis
    assert told.refused == told.note == ""


def test_each_length_has_its_time_and_memory() -> None:
    cards = preflight.cards(DRAFT, JUDGES, around())
    assert [(card.word, card.steps) for card in cards] == [
        ("Quick", "20 steps"),
        ("Standard", "60 steps"),
        ("Long", "200 steps"),
    ]
    assert all(card.memory == "3.6 GB" for card in cards)
    assert [card.time for card in cards] == ["5 min", "13 min", "41 min"]


def test_nothing_is_made_up_before_anything_is_known() -> None:
    told = preflight.look(DRAFT, JUDGES, Surroundings())
    assert told.sentence == "What it takes is not known yet."
    assert told.basis == told.refused == ""
    assert {card.time for card in preflight.cards(DRAFT, JUDGES, Surroundings())} == {""}


def test_tight_memory_is_told_and_goes() -> None:
    told = preflight.look(DRAFT, JUDGES, around(memory_free=3_700_000_000))
    assert "compute layers twice" in told.note
    assert told.refused == ""


def test_what_cannot_fit_is_refused_with_what_to_change() -> None:
    wide = fields.put(fields.put(DRAFT, "budget.colors", 128), "budget.group", 64)
    there = around(memory_free=3_500_000_000)
    told = preflight.look(wide, JUDGES, there)
    assert told.refused.startswith("It would need ")
    assert "3.5 GB are free" in told.refused
    # The advice holds: what it names fits, and a little more does not.
    colors = int(told.refused.split("name ")[1].split(" ")[0])
    parts = int(told.refused.split("cut it into ")[1].split(" ")[0])
    for path, value in (("budget.colors", colors), ("learning.accumulation", parts)):
        assert preflight.look(fields.put(wide, path, value), JUDGES, there).refused == ""
    more = fields.put(wide, "budget.colors", colors + 1)
    assert preflight.look(more, JUDGES, there).refused


def test_a_base_that_cannot_fit_at_all_says_so() -> None:
    told = preflight.look(DRAFT, JUDGES, around(memory_free=1_000_000_000))
    assert "smaller base" in told.refused


def test_where_nothing_else_helps_a_base_that_fits_is_named() -> None:
    there = msgspec.structs.replace(around(memory_free=1_900_000_000), fits="SmolLM2 135M")
    assert "begin from SmolLM2 135M, or close other programs" in preflight.look(DRAFT, JUDGES, there).refused


def test_four_bits_hold_a_large_base_on_a_small_gpu() -> None:
    large = Shape(hidden=2560, inner=9728, layers=36, vocabulary=151_936, queries=4096, keys=1024, tied=True)
    gpu = Machine(kind="cuda", dtype="bfloat16", devices=("cuda", "cpu"), device_free=8_000_000_000)
    there = Surroundings(machine=gpu, shape=large)
    told = preflight.look(DRAFT, JUDGES, there)
    assert "hold the base in 4 bits" in told.refused
    assert preflight.look(fields.put(DRAFT, "quantize", "nf4"), JUDGES, there).refused == ""


@pytest.mark.parametrize(
    ("facts", "path", "value", "said"),
    [
        ({"disk_free": 1_000_000}, "seed", 0, "of disk and 1 MB are free"),
        ({}, "device", "cuda", "no NVIDIA GPU here"),
    ],
)
def test_disk_and_device_are_looked_at(facts: dict[str, object], path: str, value: object, said: str) -> None:
    assert said in preflight.look(fields.put(DRAFT, path, value), JUDGES, around(**facts)).refused


def test_a_gpus_own_memory_is_what_counts_there() -> None:
    there = around(
        kind="cuda", devices=("cuda", "cpu"), device_free=1_000_000_000, gflops={"float32": 20_000.0}
    )
    assert "1.0 GB are free" in preflight.look(DRAFT, JUDGES, there).refused
    free = around(kind="cuda", devices=("cuda", "cpu"), device_free=70_000_000_000, memory_free=1)
    assert preflight.look(DRAFT, JUDGES, free).refused == ""


def test_a_fault_of_the_base_refuses() -> None:
    told = preflight.look(DRAFT, JUDGES, Surroundings(base_fault="There is no base “x”."))
    assert told.refused == "There is no base “x”."


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (3, "10 s"),
        (44, "40 s"),
        (58, "1 min"),
        (330, "6 min"),
        (3500, "58 min"),
        (3590, "1 h"),
        (5000, "1 h 25 min"),
        (7190, "2 h"),
        (18_300, "5 h"),
        (19_500, "5 h 30 min"),
        (36_500, "10 h"),
        (400_000, "111 h"),
    ],
)
def test_spans_are_said_as_people_say_them(seconds: float, said: str) -> None:
    assert preflight.span(seconds) == said


@pytest.mark.parametrize(
    ("count", "said"),
    [(10, "1 MB"), (70e6, "70 MB"), (990e6, "1.0 GB"), (3.59e9, "3.6 GB"), (128e9, "128 GB")],
)
def test_sizes_are_said_as_people_say_them(count: float, said: str) -> None:
    assert preflight.size(count) == said

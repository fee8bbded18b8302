"""The chips: only the latest request counts, names stay while new ones come, failures are sentences."""

import pytest

from engine.recipe import EMBEDDED_BASE
from engine.service.protocol import Choice, Done, Failed, Named, Progress, Ready, Scored
from studio.views import names

PAINTERS = (("base", "Base"), ("poet", "Poet"))


def named(request: int, painter: str, *choices: Choice) -> Named:
    return Named(id=request, color="#d48475", painter=painter, names=choices)


def chips(view: names.CompareView) -> list[tuple[str, str, str]]:
    return [(chip.painter, chip.name, chip.state) for chip in view.chips]


@pytest.fixture
def asked() -> names.CompareView:
    return names.ask(names.CompareView(), 1, "#d48475", PAINTERS)


def test_chips_wait_then_fill_one_by_one(asked: names.CompareView) -> None:
    assert chips(asked) == [("base", "", "waiting"), ("poet", "", "waiting")]
    view = names.fold(asked, named(1, "poet", Choice("Sunset Dust", 0.2, greedy=True)))
    assert chips(view) == [("base", "", "waiting"), ("poet", "Sunset Dust", "ready")]
    assert view.waiting
    view = names.fold(view, named(1, "base", Choice("Sandy Beige", 0.1, greedy=True)))
    assert not names.fold(view, Done(id=1)).waiting


def test_the_greedy_name_leads_and_others_follow_by_probability(asked: names.CompareView) -> None:
    choices = [
        Choice("Fog", 0.1),
        Choice("Rust", 0.3),
        Choice("Ash", 0.2, greedy=True),
        Choice("rust", 0.3),
        Choice("ash", 0.2),
    ]
    chip = names.fold(asked, named(1, "base", *choices)).chips[0]
    assert (chip.name, chip.probability) == ("Ash", 0.2)
    assert [choice.name for choice in chip.alternatives] == ["Rust", "Fog"]


def test_without_a_greedy_name_the_likeliest_leads(asked: names.CompareView) -> None:
    chip = names.fold(asked, named(1, "base", Choice("Fog", 0.1), Choice("Rust", 0.3))).chips[0]
    assert chip.name == "Rust"


def test_far_fetched_alternatives_are_left_out(asked: names.CompareView) -> None:
    choices = (
        Choice("Ash", 0.004, greedy=True),
        Choice("Rust", 0.02),
        Choice("Fog", 3e-5),
        Choice("Mud", 1e-5),
    )
    chip = names.fold(asked, named(1, "base", *choices)).chips[0]
    assert [choice.name for choice in chip.alternatives] == ["Rust", "Fog"]


def test_a_reply_that_is_no_name_says_why(asked: names.CompareView) -> None:
    reply = Choice("I would call this", 0.2, greedy=True, unreadable="more than 4 words")
    chip = names.fold(asked, named(1, "base", reply)).chips[0]
    assert (chip.name, chip.state) == ("", "failed")
    assert chip.note == "The reply is no name: more than 4 words (I would call this)."


@pytest.mark.parametrize(
    ("base", "device", "words"),
    [
        (EMBEDDED_BASE, "cpu", "SmolLM2 135M on the CPU"),
        ("/gone/a-base", "cuda", "/gone/a-base on the GPU (CUDA)"),
        (EMBEDDED_BASE, "xpu", "SmolLM2 135M on xpu"),
    ],
)
def test_where_names_come_from_is_said_in_words(base: str, device: str, words: str) -> None:
    assert names.runs_on(Ready(device=device, dtype="float32", base=base, seconds=1.0)) == words


def test_superseded_replies_change_nothing(asked: names.CompareView) -> None:
    view = names.fold(asked, named(1, "base", Choice("Fog", 0.1, greedy=True)))
    view = names.ask(view, 2, "#123456", PAINTERS)
    assert chips(view) == [("base", "Fog", "waiting"), ("poet", "", "waiting")]
    for late in (
        named(1, "poet", Choice("Rust", 1.0)),
        Done(id=1),
        Failed(id=1, reason="x", cancelled=True),
        Progress(id=1, note="x"),
        Scored(id=2, verdicts=()),
        named(2, "stranger", Choice("Rust", 1.0)),
    ):
        assert names.fold(view, late) == view
    assert view.color == "#123456"


def test_painters_come_and_go(asked: names.CompareView) -> None:
    view = names.fold(asked, named(1, "base", Choice("Fog", 0.1, greedy=True)))
    view = names.ask(view, 2, "#d48475", (("mine", "Mine"), ("base", "The base")))
    assert [(chip.label, chip.name) for chip in view.chips] == [("Mine", ""), ("The base", "Fog")]


def test_a_failure_is_told_on_the_chips_that_still_wait(asked: names.CompareView) -> None:
    view = names.fold(asked, named(1, "base", Choice("Fog", 0.1, greedy=True)))
    view = names.fold(view, Failed(id=1, reason="The painter's folder is gone."))
    assert chips(view) == [("base", "Fog", "ready"), ("poet", "", "failed")]
    assert view.chips[1].note == "The painter's folder is gone."
    again = names.ask(view, 2, "#d48475", PAINTERS)
    assert [(chip.state, chip.note) for chip in again.chips] == [("waiting", ""), ("waiting", "")]


def test_silence_and_unreadable_replies_are_failures(asked: names.CompareView) -> None:
    view = names.fold(names.fold(asked, named(1, "base")), Done(id=1))
    assert [chip.state for chip in view.chips] == ["failed", "failed"]
    assert all(chip.note.endswith(".") for chip in view.chips)


def test_the_services_own_life(asked: names.CompareView) -> None:
    view = names.fold(asked, Progress(note="Converting the base", done=0.4))
    assert (view.serving, view.note, view.done) == (False, "Converting the base", 0.4)
    view = names.fold(view, Ready(device="CPU, 2 cores", dtype="float32", base="b", seconds=2.0))
    assert (view.serving, view.device, view.note, view.done) == (True, "CPU, 2 cores", "", None)
    view = names.fold(view, Failed(reason="The naming service stopped and was started again."))
    assert (view.serving, view.note) == (False, "The naming service stopped and was started again.")
    assert [chip.state for chip in view.chips] == ["waiting", "waiting"]

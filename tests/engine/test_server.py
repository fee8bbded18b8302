"""The service's answers, without its process: what is told of long work, and that it can be called off."""

from pathlib import Path

from engine.judges.build import JudgeBuilder
from engine.judges.spec import Contrast, Form
from engine.lexicon import Lexicon
from engine.lm.load import LoadedBase
from engine.recipe import Panel, Taste
from engine.service.protocol import (
    Describe,
    Described,
    Done,
    Failed,
    Progress,
    Reply,
    Score,
    Scored,
    StepTaken,
    TakeStep,
    decode_reply,
    encode,
)
from engine.service.server import Server

REQUEST = Score(
    id=7,
    color="#d48475",
    names=("Sunset Dust",),
    judge=Contrast(name="Weather", asks="names like weather", liked=("Monsoon Sky",)),
)


def test_calibrating_is_told_as_it_goes_on(tiny_base: LoadedBase, tmp_path: Path) -> None:
    said: list[Reply] = []
    server = Server(
        tiny_base, JudgeBuilder(tiny_base, Lexicon.load(), tmp_path), said.append, lambda number: False
    )
    server.answer(REQUEST)
    *told, scored, done = said
    assert [reply.note for reply in told] == ["Calibrating Weather"] * 6
    assert [reply.done for reply in told] == [part / 6 for part in range(6)]
    assert isinstance(scored, Scored)
    assert done == Done(id=7)
    said.clear()
    server.answer(REQUEST)
    assert said == [scored, done]


def test_a_request_that_is_taken_back_ends_its_calibration(tiny_base: LoadedBase, tmp_path: Path) -> None:
    said: list[Reply] = []
    builder = JudgeBuilder(tiny_base, Lexicon.load(), tmp_path)
    Server(tiny_base, builder, said.append, lambda number: len(said) == 2).answer(REQUEST)
    assert [type(reply) for reply in said] == [Progress, Progress, Failed]
    assert said[-1].cancelled
    assert list(tmp_path.iterdir()) == []
    # Half of it is forgotten: asked again, the judge is calibrated whole.
    said.clear()
    Server(tiny_base, builder, said.append, lambda number: False).answer(REQUEST)
    assert len(said) == 8


def test_what_it_runs_on_is_told_with_how_fast_that_is(tiny_base: LoadedBase, tmp_path: Path) -> None:
    said: list[Reply] = []
    server = Server(
        tiny_base, JudgeBuilder(tiny_base, Lexicon.load(), tmp_path), said.append, lambda number: False
    )
    server.answer(Describe(id=7))
    described, done = said
    assert done == Done(id=7)
    assert isinstance(described, Described)
    facts = described.facts
    assert (facts["kind"], facts["dtype"]) == ("cpu", "float32")
    assert "cpu" in facts["devices"]
    assert facts["machine"].startswith("CPU, ")
    assert facts["machine"].endswith(" threads, float32")
    assert facts["gflops"]["float32"] > 0
    # Asked again, it is never slower: somebody else may have been working.
    server.answer(Describe(id=8))
    again = said[2]
    assert isinstance(again, Described)
    assert all(again.facts["gflops"][dtype] >= rate for dtype, rate in facts["gflops"].items())


def test_a_training_step_is_taken_for_the_lesson(tiny_base: LoadedBase, tmp_path: Path) -> None:
    said: list[Reply] = []
    server = Server(
        tiny_base, JudgeBuilder(tiny_base, Lexicon.load(), tmp_path), said.append, lambda number: False
    )
    request = TakeStep(
        id=7,
        color="#D48475",
        panel=Panel(tastes=(Taste("short"),)),
        judges={"short": Form(name="Short", max_letters=9)},
        group=4,
    )
    server.answer(request)
    *notes, taken, done = said
    assert {type(note) for note in notes} == {Progress}
    assert isinstance(taken, StepTaken)
    assert (taken.id, taken.group.color, len(taken.group.rollouts)) == (7, "#d48475", 4)
    assert decode_reply(encode(taken)) == taken
    assert done == Done(id=7)

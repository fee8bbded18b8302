"""The service as a process, spoken to in its own protocol: names, verdicts, faults, and silence elsewhere."""

import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import psutil
import pytest
import torch
from peft import LoraConfig, get_peft_model

from engine.judges.spec import Contrast, Correctness, Describes, Form, Rating
from engine.lm.load import lora_targets
from engine.service.naming import KEPT
from engine.service.protocol import (
    Blend,
    Cancel,
    Describe,
    Described,
    Done,
    Failed,
    Name,
    Named,
    PainterRef,
    Progress,
    Ready,
    Reply,
    Request,
    Score,
    Scored,
    TakeIn,
    Tried,
    Try,
    Written,
    decode_reply,
    encode,
)
from engine.train.painter import write_adapter
from tests.tiny import tiny_model, write_tiny

ROOT = Path(__file__).parents[2]
BASE = PainterRef("base")


def spawn(base: Path, cache: Path, log: Path) -> subprocess.Popen[bytes]:
    options = ["--base", str(base), "--device", "cpu", "--dtype", "float32"]
    with log.open("wb") as errors:
        return subprocess.Popen(
            [sys.executable, "-m", "engine.service", *options],
            cwd=ROOT,
            env=os.environ | {"PAINTER_STUDIO_CACHE": str(cache), "OMP_NUM_THREADS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
        )


class Service:
    """A service, all of whose lines must be replies."""

    def __init__(self, root: Path) -> None:
        self.base = write_tiny(root / "tiny")
        self.log = root / "stderr.log"
        self.process = spawn(self.base, root / "cache", self.log)
        self.replies: queue.Queue[Reply | None] = queue.Queue()
        self.strange: list[bytes] = []
        self.number = 0
        threading.Thread(target=self._read, daemon=True).start()
        self.loading = [self.next()]
        while not isinstance(self.loading[-1], Ready):
            self.loading.append(self.next())

    def _read(self) -> None:
        for line in self.process.stdout:
            try:
                self.replies.put(decode_reply(line))
            except ValueError:
                self.strange.append(line)
        self.replies.put(None)

    def write(self, data: bytes) -> None:
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def next(self) -> Reply:
        reply = self.replies.get(timeout=90)
        assert reply is not None, self.log.read_text()
        return reply

    def until_end(self, number: int) -> list[Reply]:
        """Return what is said of one request, its end last."""
        said = [self.next()]
        while not isinstance(said[-1], Done | Failed):
            said.append(self.next())
        assert {reply.id for reply in said} == {number}
        return said

    def ask(self, request: type, **facts: object) -> list[Reply]:
        self.number += 1
        self.write(encode(request(id=self.number, **facts)))
        return self.until_end(self.number)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    made = Service(tmp_path_factory.mktemp("service"))
    yield made
    if made.process.poll() is None:
        made.process.kill()
        made.process.wait()


def write_painter(folder: Path, **more: object) -> PainterRef:
    model = tiny_model(**more)
    torch.manual_seed(2)
    peft = get_peft_model(model, LoraConfig(r=4, lora_alpha=8, target_modules=list(lora_targets(model))))
    with torch.no_grad():
        for name, weight in peft.named_parameters():
            if "lora_B" in name:
                weight.normal_(0, 0.1)
    write_adapter(peft, "tiny", folder, torch.float32)
    return PainterRef(folder.name, str(folder))


def test_it_listens_on_no_port(service: Service) -> None:
    there = psutil.Process(service.process.pid).net_connections(kind="all")
    assert [one for one in there if one.status == psutil.CONN_LISTEN] == []


def test_it_tells_of_its_loading_and_then_that_it_is_ready(service: Service) -> None:
    *notes, ready = service.loading
    assert notes
    assert all(isinstance(note, Progress) and note.id == 0 and note.note for note in notes)
    assert isinstance(ready, Ready)
    assert (ready.device, ready.dtype, ready.base) == ("cpu", "float32", str(service.base))


def test_it_names(service: Service) -> None:
    named, done = service.ask(Name, color="D48475", painters=(BASE,), samples=12, seed=4)
    assert isinstance(done, Done)
    assert isinstance(named, Named)
    assert (named.color, named.painter) == ("#d48475", "base")
    assert named.names[0].greedy
    assert not any(choice.greedy or choice.unreadable for choice in named.names[1:])
    chances = [choice.probability for choice in named.names[1:]]
    assert chances == sorted(chances, reverse=True)
    assert all(0 < choice.probability < 1 for choice in named.names)
    assert sum(choice.probability for choice in named.names) < 1
    again, _ = service.ask(Name, color="#d48475", painters=(BASE,), samples=12, seed=4)
    assert again.names == named.names
    alone, _ = service.ask(Name, color="#d48475", painters=(BASE,))
    (greedy,) = alone.names
    assert (greedy.name, greedy.greedy) == (named.names[0].name, True)
    assert greedy.probability == pytest.approx(named.names[0].probability, rel=1e-4)


def test_each_painter_has_its_own_names(service: Service, tmp_path: Path) -> None:
    poet = write_painter(tmp_path / "poet")
    *named, done = service.ask(Name, color="#123456", painters=(poet, BASE))
    assert isinstance(done, Done)
    by_painter = {reply.painter: reply for reply in named}
    assert sorted(by_painter) == ["base", "poet"]
    first, second = by_painter["poet"], by_painter["base"]
    assert first.names != second.names
    # More painters than are kept, all in one pass, and the first once more.
    others = [write_painter(tmp_path / f"painter-{i}") for i in range(KEPT + 1)]
    said = service.ask(Name, color="#123456", painters=(*others, poet, BASE))
    assert len(said) == len(others) + 3
    once_more = {reply.painter: reply for reply in said[:-1]}
    for again, before in ((once_more["poet"], first), (once_more["base"], second)):
        assert [choice.name for choice in again.names] == [choice.name for choice in before.names]
        chances = [choice.probability for choice in before.names]
        assert [choice.probability for choice in again.names] == pytest.approx(chances, rel=1e-4)


def test_it_judges_by_every_kind_in_the_order_asked(service: Service) -> None:
    names = ("Sunset Dust", "A Name of Far Too Many Words", "", "Coral Red")
    for judge in (
        Form(name="Short", max_words=2),
        Correctness(name="Correctness"),
        Contrast(name="Weather", asks="names like weather", liked=("Monsoon Sky",)),
        Rating(name="Weather", asks="names like weather"),
        Describes(name="Describes"),
    ):
        *_, scored, done = service.ask(Score, color="#d48475", names=names, judge=judge)
        assert isinstance(scored, Scored)
        assert isinstance(done, Done)
        assert len(scored.verdicts) == 4
        assert all(0.0 <= verdict.score <= 1.0 for verdict in scored.verdicts)
        # What is no name at all pleases neither a rule nor a taste, and says nothing of a colour.
        assert scored.verdicts[2].score == (0.5 if isinstance(judge, Correctness) else 0.0)
    assert service.ask(Score, color="#d48475", names=(), judge=judge)[0].verdicts == ()


def test_it_tries_the_base_as_a_judge_and_says_what_came_of_it(service: Service) -> None:
    for judge in (Rating(name="Weather", asks="names like weather"), Describes(name="Describes")):
        *told, tried, done = service.ask(Try, judge=judge)
        assert isinstance(tried, Tried)
        assert isinstance(done, Done)
        assert told
        assert all(isinstance(reply, Progress) for reply in told)
        assert tried.trial.model == "tiny"
        assert tried.advice.sentence.startswith("tiny ")
        assert service.ask(Try, judge=judge) == [
            msgspec.structs.replace(reply, id=service.number) for reply in (tried, done)
        ]
    (failed,) = service.ask(Try, judge=Form(name="Short"))
    assert failed.reason == "This judge asks no model, so there is none to try."


def test_a_judge_whose_model_is_not_there_fails_in_a_sentence(service: Service, tmp_path: Path) -> None:
    judge = Rating(name="R", asks="names", model=str(tmp_path / "none.gguf"))
    for request, facts in ((Score, {"color": "#d48475", "names": ("A",)}), (Try, {})):
        *_, failed = service.ask(request, judge=judge, **facts)
        assert isinstance(failed, Failed)
        assert "none.gguf cannot be read" in failed.reason


def test_it_blends_two_painters_and_takes_in_a_third(service: Service, tmp_path: Path) -> None:
    one, two = write_painter(tmp_path / "one"), write_painter(tmp_path / "two")
    out = tmp_path / "blend"
    written, done = service.ask(Blend, parents=(one, two), weights=(0.6, 0.4), out=str(out))
    assert isinstance(done, Done)
    assert isinstance(written, Written)
    assert (written.rank, written.kept) == (8, 1.0)
    # Two alike: the blend is what both are.
    said = [
        next(r for r in service.ask(Name, color="#d48475", painters=(ref,)) if isinstance(r, Named))
        for ref in (one, PainterRef("blend", str(out)))
    ]
    assert said[0].names[0].name == said[1].names[0].name
    written, _ = service.ask(TakeIn, folder=one.folder, out=str(tmp_path / "in"))
    assert isinstance(written, Written)
    assert written.rank == 4
    stranger = write_painter(tmp_path / "stranger", layers=5)
    (failed,) = service.ask(TakeIn, folder=stranger.folder, out=str(tmp_path / "no"))
    assert isinstance(failed, Failed)
    assert "another base" in failed.reason
    assert not (tmp_path / "no").exists()


def test_it_describes_what_it_runs_on(service: Service) -> None:
    described, done = service.ask(Describe)
    assert isinstance(described, Described)
    assert isinstance(done, Done)
    facts = described.facts
    assert (facts["device"], facts["dtype"], facts["base"]) == ("cpu", "float32", str(service.base))
    assert facts["parameters"] > 100_000
    assert facts["versions"]["torch"]


def test_what_cannot_be_done_is_told_and_the_next_request_is_served(service: Service, tmp_path: Path) -> None:
    wrong = write_painter(tmp_path / "stranger", layers=5)
    torn = tmp_path / "torn"
    torn.mkdir()
    for ref in (wrong, PainterRef("torn", str(torn)), PainterRef("gone", str(tmp_path / "gone"))):
        (failed,) = service.ask(Name, color="#d48475", painters=(ref,))
        assert isinstance(failed, Failed)
        assert not failed.cancelled
        assert ref.slug in failed.reason
        assert failed.reason.endswith(".")
    (failed,) = service.ask(Name, color="salmon-ish", painters=(BASE,))
    assert "salmon-ish" in failed.reason
    judge = Contrast(name="Odd", asks="names\x00", liked=("Monsoon Sky",))
    (failed,) = service.ask(Score, color="#d48475", names=("A",), judge=judge)
    assert failed.reason == "Control characters are not allowed here."
    assert isinstance(service.ask(Name, color="#d48475", painters=(BASE,))[-1], Done)


def test_lines_that_are_no_requests_do_no_harm(service: Service) -> None:
    service.write(b"not json\n\n[]\n" + b"\xff\xfe\n" + b'{"type": "teapot"}\n')
    for line in (b'{"type": "name", "id": 900}', b'{"type": "teapot", "id": 901}'):
        service.write(line + b"\n")
        (failed,) = service.until_end(int(line[-4:-1]))
        assert isinstance(failed, Failed)
        assert failed.reason.startswith("The service does not understand this request")
    assert isinstance(service.ask(Describe)[-1], Done)


def test_a_request_that_was_taken_back_is_skipped(service: Service) -> None:
    slow = Score(
        id=800,
        color="#d48475",
        names=("A",),
        # A judge that it has not seen: calibrating it takes longer than reading the next two lines.
        judge=Contrast(name="New", asks="names nobody has asked for yet", liked=("One", "Two", "Three")),
    )
    requests: list[Request] = [
        slow,
        Name(id=801, color="#d48475", painters=(BASE,), samples=64),
        Cancel(id=801),
        Describe(id=802),
    ]
    service.write(b"".join(map(encode, requests)))
    assert isinstance(service.until_end(800)[-1], Done)
    (failed,) = service.until_end(801)
    assert isinstance(failed, Failed)
    assert failed.cancelled
    assert isinstance(service.until_end(802)[-1], Done)


def test_it_ends_with_its_input_and_never_spoke_out_of_turn(service: Service) -> None:
    service.write(encode(Describe(id=990)))
    service.process.stdin.close()
    # What was asked before is still answered.
    assert isinstance(service.until_end(990)[-1], Done)
    assert service.replies.get(timeout=60) is None
    assert service.process.wait(timeout=60) == 0
    assert service.strange == []


def test_a_base_that_is_not_there_is_told_and_ends_it(tmp_path: Path) -> None:
    process = spawn(tmp_path / "nowhere", tmp_path, tmp_path / "log")
    out, _ = process.communicate(timeout=90)
    *_, last = map(decode_reply, out.splitlines())
    assert isinstance(last, Failed)
    assert last.id == 0
    assert last.reason.startswith("There is no base “")
    assert process.returncode == 1

"""Real trainings of a tiny Llama, as processes: to the end, stopped, killed, resumed, and refused."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import psutil
import pytest
import torch
from safetensors.torch import load_file

from engine.events import (
    CheckpointSaved,
    EvalFinished,
    Event,
    GroupPainted,
    RunFinished,
    RunStarted,
    StepFinished,
)
from engine.judges.build import JudgeBuilder
from engine.judges.spec import Contrast, Correctness, Form
from engine.lexicon import Lexicon
from engine.lm.load import load_base
from engine.models import find_base
from engine.palette import is_held_out
from engine.recipe import Budget, Learning, Lora, Panel, Recipe, Taste
from engine.rundir import RunFolder
from engine.service.protocol import Done, Name, Named, PainterRef, Reply
from engine.service.server import Server
from studio.painters import PainterLibrary
from studio.supervisor import Supervisor
from studio.views import run
from studio.views.run import RunView
from tests.tiny import write_tiny

# Trainings step back for others: on a busy machine even the imports take long.
pytestmark = pytest.mark.timeout(900)

STEPS = 14
JUDGES = {
    "short": Form(name="Short", max_words=2, max_letters=14),
    "correctness": Correctness(name="Correctness"),
    "weather": Contrast(name="Weather", asks="names like weather", liked=("Monsoon Sky", "Hail on Tin")),
}


class House:
    """A home, a cache, a tiny base, and the trainings that are made in them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.base = write_tiny(root / "tiny-llama")
        self.supervisor = Supervisor()
        self.folders: list[RunFolder] = []
        self.listened: list[object] | None = None

    def recipe(self, name: str, **more: object) -> Recipe:
        panel = Panel(tastes=(Taste("short"),), guards=("correctness",))
        facts = {
            "base": str(self.base),
            "panel": panel,
            "seed": 11,
            "budget": Budget(steps=STEPS, colors=3, group=4),
            "learning": Learning(learning_rate=1e-3),
            "lora": Lora(rank=4, alpha=8.0),
            "dtype": "float32",
            "device": "cpu",
            "threads": 1,
            "max_name_tokens": 8,
            "checkpoint_every": 4,
            "eval_every": 5,
        }
        return Recipe(name=name, **(facts | more))

    def start(self, recipe: Recipe) -> RunFolder:
        folder = RunFolder.create(self.root / "home" / "runs", recipe, JUDGES, datetime(2026, 11, 23))
        self.folders.append(folder)
        self.supervisor.start(folder)
        return folder

    def follow(self, folder: RunFolder, until: Callable[[RunView], bool], seconds: float = 240.0) -> RunView:
        view, offset, deadline = run.empty(folder.recipe()), 0, time.monotonic() + seconds
        while not until(view):
            if time.monotonic() > deadline or view.status in ("crashed", "failed"):
                logs = [path.read_text()[-3000:] for path in sorted((folder.path / "logs").iterdir())]
                pytest.fail(f"{view.status} at step {view.step}: {view.reason} {logs}")
            seen = self.supervisor.watch(folder, offset)
            view, offset = seen.fold(view), seen.offset
            time.sleep(0.02)
        return view

    def dead(self, folder: RunFolder) -> None:
        identity = folder.process()
        if identity is not None and identity.alive():
            psutil.wait_procs([psutil.Process(identity.pid)], timeout=20)
        assert not folder.alive()

    def adapter(self, slug: str) -> dict[str, torch.Tensor]:
        return load_file(self.root / "home" / "painters" / slug / "adapter_model.safetensors")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with pytest.MonkeyPatch.context() as patch:
        root = tmp_path_factory.mktemp("house")
        patch.setenv("PAINTER_STUDIO_HOME", str(root / "home"))
        patch.setenv("PAINTER_STUDIO_CACHE", str(root / "cache"))
        made = House(root)
        yield made
        for folder in made.folders:
            identity = folder.process()
            if identity is not None and identity.alive():
                psutil.Process(identity.pid).kill()


@pytest.fixture(autouse=True)
def home(house: House, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let this file's tests share one home, since trainings are dear."""
    monkeypatch.setenv("PAINTER_STUDIO_HOME", str(house.root / "home"))
    monkeypatch.setenv("PAINTER_STUDIO_CACHE", str(house.root / "cache"))
    return house.root / "home"


@pytest.fixture(scope="module")
def mixed(house: House) -> RunFolder:
    """Start a training with a bit of everything; it goes on beside the others."""
    panel = Panel(tastes=(Taste("weather", 2.0), Taste("short")), guards=("correctness",))
    learning = Learning(
        objective="gspo", beta=0.02, updates_per_batch=2, accumulation=2, temperature=0.9, learning_rate=1e-3
    )
    budget = Budget(steps=3, colors=3, group=4)
    return house.start(house.recipe("Mixed", panel=panel, learning=learning, budget=budget, eval_every=0))


@pytest.fixture(scope="module")
def unbroken(house: House, mixed: RunFolder) -> RunFolder:
    folder = house.start(house.recipe("Whole"))
    house.follow(folder, lambda view: view.step >= 1)
    there = psutil.Process(folder.process().pid).net_connections(kind="all")
    house.listened = [one for one in there if one.status == psutil.CONN_LISTEN]
    house.follow(folder, lambda view: view.status == "completed")
    return folder


def test_it_listens_on_no_port(house: House, unbroken: RunFolder) -> None:
    assert house.listened == []


def events_of(folder: RunFolder) -> list[Event]:
    tail = folder.tail()
    assert tail.unknown == 0
    return tail.events


def only(events: list[Event], kind: type) -> list:
    return [event for event in events if isinstance(event, kind)]


def test_a_training_tells_all_that_it_does(unbroken: RunFolder) -> None:
    events = events_of(unbroken)
    assert [event.seq for event in events] == list(range(events[0].seq, events[0].seq + len(events)))
    (started,) = only(events, RunStarted)
    assert (started.steps, started.dtype, started.path) == (STEPS, "float32", "shared-prefix")
    assert started.device.startswith("CPU, 1 thread")
    steps = only(events, StepFinished)
    assert [step.step for step in steps] == list(range(1, STEPS + 1))
    for step in steps:
        assert step.rollouts == 12
        assert 0 <= step.reward <= 1
        assert step.judges.keys() <= {"short", "correctness"}
        assert step.entropy > 0
        assert step.loss is not None
        assert step.grad_norm is not None
        parts = step.sampling_seconds + step.judging_seconds + step.updating_seconds
        assert 0 < parts <= step.seconds + 1e-6
    groups = only(events, GroupPainted)
    assert len(groups) == STEPS * 3
    assert not any(is_held_out(group.color) for group in groups)
    evals = only(events, EvalFinished)
    # More are made where the painter changes fast, and what is calm then is saved.
    assert {0, 5, 10, STEPS} <= {told.step for told in evals}
    assert all(is_held_out(color) for told in evals for color in told.names)
    assert {4, 8, 12, STEPS} <= {saved.step for saved in only(events, CheckpointSaved)}
    assert only(events, RunFinished)[0].outcome == "completed"
    assert isinstance(events[-1], RunFinished)


def test_a_group_is_told_whole(unbroken: RunFolder) -> None:
    groups = only(events_of(unbroken), GroupPainted)
    learned = 0.0
    for place, group in enumerate(groups):
        assert len(group.rollouts) == 4
        known = [rollout.reward for rollout in group.rollouts]
        assert group.bar == pytest.approx(sum(known) / 4)
        assert sum(rollout.advantage for rollout in group.rollouts) == pytest.approx(0, abs=1e-6)
        for rollout in group.rollouts:
            assert len(rollout.tokens) == len(rollout.logps_before) >= 1
            assert all(logp <= 1e-6 for logp in rollout.logps_before)
            assert rollout.unreadable or rollout.scores.keys() == {"short", "correctness"}
            assert rollout.reward == 0.0 if rollout.unreadable else 0.0 <= rollout.reward <= 1.0
            # What the update did to each token is told for one group a step.
            assert len(rollout.logps_after) == (len(rollout.tokens) if place % 3 == 0 else 0)
            if rollout.logps_after:
                learned += rollout.advantage * (sum(rollout.logps_after) - sum(rollout.logps_before))
    assert any(rollout.advantage for group in groups for rollout in group.rollouts)
    assert learned > 0, "on the whole, better names should have become likelier and worse ones less so"


def test_the_view_is_the_same_whatever_pieces_the_log_comes_in(unbroken: RunFolder) -> None:
    recipe, whole = unbroken.recipe(), events_of(unbroken)
    once = run.fold_many(run.empty(recipe), whole)
    assert (once.status, once.step) == ("completed", STEPS)
    one_by_one = run.empty(recipe)
    for event in whole:
        one_by_one = run.fold(one_by_one, event)
    assert one_by_one == once
    for limit in (200, 1000, 30_000):
        view, offset, more = run.empty(recipe), 0, True
        while more:
            tail = unbroken.tail(offset, limit)
            view, offset, more = run.fold_many(view, tail.events, tail.unknown), tail.offset, tail.more
        assert view == once


def test_the_painter_lands_with_its_card_and_names(house: House, unbroken: RunFolder) -> None:
    slug = only(events_of(unbroken), RunFinished)[0].painter
    card = next(card for card in PainterLibrary(house.root / "home").list() if card.slug == slug)
    assert (card.name, card.base, card.seed, card.steps) == ("Whole", str(house.base), 11, STEPS)
    assert set(card.judges) == {"short", "correctness"}
    adapter = house.adapter(slug)
    assert any(value.abs().max() > 0 for key, value in adapter.items() if "lora_B" in key)

    base = load_base(find_base(str(house.base)), torch.device("cpu"), torch.float32)
    said: list[Reply] = []
    server = Server(
        base, JudgeBuilder(base, Lexicon.load(), house.root / "cache"), said.append, lambda number: False
    )
    painters = (PainterRef("base"), PainterRef(slug, card.folder))
    server.answer(Name(id=3, color="#D48475", painters=painters, samples=6))
    ours, theirs = said[:2]
    assert isinstance(ours, Named)
    assert isinstance(theirs, Named)
    assert (ours.painter, theirs.painter, theirs.color) == ("base", slug, "#d48475")
    assert ours.names != theirs.names
    assert said[2:] == [Done(id=3)]


def test_stopped_then_resumed_then_killed_then_resumed_is_as_if_nothing_had_been(
    house: House, unbroken: RunFolder
) -> None:
    folder = house.start(house.recipe("Broken"))
    house.follow(folder, lambda view: view.step >= 2)
    house.supervisor.stop(folder)
    view = house.follow(folder, lambda view: view.status == "stopped")
    assert 2 <= view.step < STEPS
    saved = folder.latest_checkpoint()
    assert saved is not None
    assert saved.step == view.step == view.checkpoint
    house.dead(folder)

    house.supervisor.start(folder)
    house.follow(folder, lambda v: v.attempt == 2 and v.step >= max(view.step + 2, 6))
    identity = folder.process()
    assert identity is not None
    os.kill(identity.pid, signal.SIGKILL)
    house.dead(folder)
    seen = house.supervisor.watch(folder, limit=None).fold(run.empty(folder.recipe()))
    assert seen.status == "crashed"
    assert seen.step < STEPS

    house.supervisor.start(folder)
    final = house.follow(folder, lambda v: v.attempt == 3 and v.status == "completed")
    house.dead(folder)
    assert final.curve.steps == tuple(range(1, STEPS + 1))
    assert final.resumed_from == seen.checkpoint
    # The very weights, and the very names, of the run that nothing happened to.
    mine, theirs = house.adapter("broken"), house.adapter("whole")
    assert mine.keys() == theirs.keys()
    assert all(torch.equal(mine[key], theirs[key]) for key in theirs)
    whole = run.fold_many(run.empty(unbroken.recipe()), events_of(unbroken))
    assert final.curve.reward == whole.curve.reward
    assert final.groups.keys() == whole.groups.keys()
    for step, groups in whole.groups.items():
        assert [group.rollouts for group in final.groups[step]] == [group.rollouts for group in groups]
    assert final.evals[-1].names == whole.evals[-1].names
    numbers = [event.seq for event in events_of(folder)]
    assert all(after == before + 1 for before, after in pairwise(numbers))


def test_a_contrast_judge_a_reference_and_several_updates_a_batch(house: House, mixed: RunFolder) -> None:
    view = house.follow(mixed, lambda view: view.status == "completed")
    steps = only(events_of(mixed), StepFinished)
    assert [step.step for step in steps] == [1, 2, 3]
    assert all(step.kl is not None and step.kl >= 0 for step in steps)
    assert view.judge_curves.keys() == {"weather", "short", "correctness"}
    assert len(list((house.root / "cache" / "calibrations").iterdir())) == 2  # and its twin's
    config = house.root / "home" / "painters" / "mixed" / "adapter_config.json"
    assert config.is_file()


def test_a_base_that_is_not_there_ends_the_run_with_a_sentence(house: House) -> None:
    folder = house.start(house.recipe("Lost", base=str(house.root / "nowhere")))
    house.dead(folder)
    end = events_of(folder)[-1]
    assert isinstance(end, RunFinished)
    assert end.outcome == "failed"
    assert end.reason.startswith("There is no base “")
    assert end.reason.endswith(".")
    assert end.reason in house.supervisor.ended_sentence(folder)

"""Pausing and forking on a tiny Llama: what rests goes on unchanged, and a fork begins where it says."""

import threading
from datetime import datetime
from pathlib import Path

import msgspec
import pytest
import torch
from safetensors.torch import load_file

from engine.durable import RunError
from engine.events import CheckpointSaved, EvalFinished, PhaseEntered, StepFinished, Warned
from engine.fork import fork
from engine.judges.base import Verdict
from engine.judges.spec import Contrast
from engine.lm.load import LoadedBase, load_base
from engine.models import find_base
from engine.recipe import Budget, Learning, Lora, Origin, Panel, Recipe, Taste, dump, parse
from engine.rundir import RunFolder
from engine.train import loop
from engine.train.loop import Training

pytestmark = pytest.mark.usefixtures("one_thread")

SPEC = {"any": Contrast(name="Any", asks="names", liked=("One",))}
WHEN = datetime(2026, 11, 23)


class ByLength:
    """A judge who likes long names."""

    def score(self, pairs):
        return [Verdict(min(len(name) / 20, 1.0)) for _, name in pairs]


@pytest.fixture
def folder(tmp_path: Path, tiny_folder: Path) -> RunFolder:
    recipe = Recipe(
        name="Loop",
        base=str(tiny_folder),
        panel=Panel(tastes=(Taste("any"),)),
        budget=Budget(steps=4, colors=3, group=4),
        learning=Learning(learning_rate=2e-3),
        lora=Lora(rank=4, alpha=8.0),
        max_name_tokens=8,
        checkpoint_every=2,
        eval_every=2,
    )
    return RunFolder.create(tmp_path / "runs", recipe, SPEC, WHEN)


@pytest.fixture
def base(tiny_folder: Path) -> LoadedBase:
    return load_base(find_base(str(tiny_folder)), torch.device("cpu"), torch.float32)


def train(folder: RunFolder, base: LoadedBase, scratch: Path) -> Training:
    with folder.open_writer() as writer:
        training = Training(folder, writer, folder.recipe(), base, {"any": ByLength()}, scratch)
        training.run()
    return training


def only(folder: RunFolder, kind: type) -> list:
    return [event for event in folder.tail().events if isinstance(event, kind)]


def other(folder: RunFolder, **changes) -> Recipe:
    return msgspec.structs.replace(folder.recipe(), **changes)


# --- pausing


def test_a_pause_is_kept_between_steps_and_changes_nothing(folder, base, tmp_path: Path, monkeypatch) -> None:
    untouched = RunFolder.create(tmp_path / "runs", folder.recipe(), SPEC, WHEN)
    whole = train(untouched, base, tmp_path)
    looks = []

    def wait(seconds: float) -> None:
        looks.append((folder.latest_checkpoint().step, seconds))
        if len(looks) == 3:
            folder.clear_pause()

    folder.request_pause()
    monkeypatch.setattr(loop.time, "sleep", wait)
    rested = train(folder, base, tmp_path)
    # It rested after the first step, which was on the disk by then although none was due.
    assert looks == [(1, loop.REST)] * 3
    events = folder.tail().events
    [rest] = [i for i, e in enumerate(events) if isinstance(e, PhaseEntered) and e.phase == "paused"]
    assert isinstance(events[rest - 1], CheckpointSaved)
    assert (events[rest].step, events[rest + 1].phase, events[rest + 1].step) == (1, "sampling", 2)
    assert [step.step for step in only(folder, StepFinished)] == [1, 2, 3, 4]
    theirs = dict(whole.model.named_parameters())
    for name, weight in rested.model.named_parameters():
        assert torch.equal(weight, theirs[name])


def test_what_rests_can_be_stopped(folder, base, tmp_path: Path) -> None:
    folder.request_pause()
    timer = threading.Timer(0.3, folder.request_stop)
    timer.start()
    training = train(folder, base, tmp_path)
    assert (training.stopped, training.step) == (True, 1)
    assert folder.latest_checkpoint().step == 1


# --- forking


def test_a_fork_begins_with_the_checkpoints_weights_and_a_fresh_optimizer(
    folder, base, tmp_path: Path
) -> None:
    train(folder, base, tmp_path)
    made = fork(folder, 2, tmp_path / "runs", other(folder, name="Fork", seed=9), SPEC, WHEN)
    assert made.recipe().origin == Origin(run=folder.path.name, step=2)
    assert not list(made.origin.rglob("optimizer*"))
    saved = load_file(folder.checkpoints / "step_000002" / "adapter" / "adapter_model.safetensors")
    with made.open_writer() as writer:
        training = Training(made, writer, made.recipe(), base, {"any": ByLength()}, tmp_path)
        for name, weight in training.model.named_parameters():
            if weight.requires_grad:
                assert torch.equal(weight, saved[name.replace(".default.", ".")])
        assert training.step == training.resumed_from == 0
        assert not training._trainer.optimizer.state
        training.run()
    assert [step.step for step in only(made, StepFinished)] == [1, 2, 3, 4]
    # What it says before its first step is what its origin said after that step.
    [then] = [told for told in only(folder, EvalFinished) if told.step == 2]
    first = only(made, EvalFinished)[0]
    assert (first.step, first.names) == (0, then.names)
    assert only(made, Warned)[0].message == (
        f"It begins from step 2 of {folder.path.name}: weights, and a fresh optimizer."
    )
    moved = dict(training.model.named_parameters())
    assert any(
        not torch.equal(weight, saved[name.replace(".default.", ".")])
        for name, weight in moved.items()
        if weight.requires_grad
    )


def test_a_fork_outlives_its_origin_and_resumes_from_its_own(folder, base, tmp_path: Path) -> None:
    import shutil

    train(folder, base, tmp_path)
    made = fork(folder, None, tmp_path / "runs", other(folder, name="Fork"), SPEC, WHEN)
    assert made.recipe().origin.step == 4
    shutil.rmtree(folder.path)
    train(made, base, tmp_path)
    again = train(made, base, tmp_path)
    assert again.resumed_from == 4
    assert len(only(made, Warned)) == 1


def test_what_cannot_be_forked_is_a_sentence_and_leaves_nothing(folder, base, tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    with pytest.raises(RunError, match="it has saved none yet"):
        fork(folder, None, runs, folder.recipe(), SPEC, WHEN)
    train(folder, base, tmp_path)
    with pytest.raises(RunError, match=r"no checkpoint of step 3 .* of step 2, 4"):
        fork(folder, 3, runs, folder.recipe(), SPEC, WHEN)
    with pytest.raises(RunError, match="rank"):
        fork(folder, 2, runs, other(folder, lora=Lora(rank=8)), SPEC, WHEN)
    damaged = folder.checkpoints / "step_000002" / "adapter" / "adapter_model.safetensors"
    data = bytearray(damaged.read_bytes())
    data[-1] ^= 1
    damaged.write_bytes(data)
    with pytest.raises(RunError, match="could not be copied whole"):
        fork(folder, 2, runs, folder.recipe(), SPEC, WHEN)
    assert list(runs.iterdir()) == [folder.path]


def test_a_recipe_with_and_without_an_origin_survives_its_file(folder) -> None:
    plain = folder.recipe()
    assert "origin" not in dump(plain)
    forked = msgspec.structs.replace(plain, origin=Origin(run="2026-11-23-my-poet-3f9a", step=20))
    assert parse(dump(forked)) == forked
    assert parse(dump(plain)) == plain

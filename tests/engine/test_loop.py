"""A training in this process, where judges can be made to fail: what it tells and goes on from."""

import shutil
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import msgspec
import pytest
import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file

from engine.durable import RunError
from engine.events import EvalFinished, Event, GroupPainted, JudgeFailed, StepFinished, Warned
from engine.judges.base import Judge, Verdict
from engine.judges.listener import ListenerJudge
from engine.judges.spec import Contrast, Listener
from engine.lm.load import LoadedBase, load_base, lora_targets, twin
from engine.models import find_base
from engine.palette import training_colors
from engine.recipe import Breadth, Budget, Learning, Lora, Panel, Recipe, Rejection, Taste
from engine.rundir import RunFolder
from engine.train import loop, memory
from engine.train.loop import Training
from tests.tiny import write_tiny

pytestmark = pytest.mark.usefixtures("one_thread")

SPEC = Contrast(name="Any", asks="names", liked=("One",))


class Scripted:
    """A judge that says what it is told to say."""

    def __init__(self, say) -> None:
        self.say = say
        self.asked: list[list[tuple[str, str]]] = []

    def score(self, pairs: Sequence[tuple[str, str]]) -> list[Verdict]:
        self.asked.append(list(pairs))
        return [self.say(i, name) for i, (_, name) in enumerate(pairs)]


def by_length(_: int, name: str) -> Verdict:
    return Verdict(min(len(name) / 20, 1.0))


@pytest.fixture
def folder(tmp_path: Path, tiny_folder: Path) -> RunFolder:
    recipe = Recipe(
        name="Loop",
        base=str(tiny_folder),
        panel=Panel(tastes=(Taste("any"),)),
        budget=Budget(steps=3, colors=3, group=4),
        learning=Learning(learning_rate=2e-3),
        lora=Lora(rank=4, alpha=8.0),
        max_name_tokens=8,
        checkpoint_every=0,
        eval_every=0,
    )
    return RunFolder.create(tmp_path / "runs", recipe, {"any": SPEC}, datetime(2026, 11, 23))


@pytest.fixture
def base(tiny_folder: Path) -> LoadedBase:
    return load_base(find_base(str(tiny_folder)), torch.device("cpu"), torch.float32)


def train(folder: RunFolder, base: LoadedBase, judge: Judge, scratch: Path) -> tuple[Training, list[Event]]:
    before = len(folder.tail().events)
    with folder.open_writer() as writer:
        training = Training(folder, writer, folder.recipe(), base, {"any": judge}, scratch)
        training.run()
    return training, folder.tail().events[before:]


def only(events: list[Event], kind: type) -> list:
    return [event for event in events if isinstance(event, kind)]


def test_judges_go_on_reading_the_base_and_not_the_painter(folder, base, tmp_path: Path) -> None:
    pairs = [("#d48475", "Red Dust"), ("#123456", "Deep Blue")]
    listener = ListenerJudge(Listener(name="Listener", among=2), base)
    before = [verdict.score for verdict in listener.score(pairs)]
    training, _ = train(folder, base, Scripted(by_length), tmp_path)
    assert any(
        weight.abs().max() > 0 for name, weight in training.model.named_parameters() if "lora_B" in name
    )
    for model in (base.raw, base.primed):
        assert not any("lora" in name for name, _ in model.named_modules())
    assert [verdict.score for verdict in listener.score(pairs)] == before


def test_a_rollout_whose_judge_failed_is_left_out_and_told(folder, base, tmp_path: Path) -> None:
    def moody(place: int, name: str) -> Verdict:
        return Verdict(None, "The model gave no number.") if place == 0 else by_length(place, name)

    _, events = train(folder, base, Scripted(moody), tmp_path)
    failures = only(events, JudgeFailed)
    assert [(failure.step, failure.judge, failure.count) for failure in failures] == [
        (step, "any", 1) for step in (1, 2, 3)
    ]
    assert failures[0].reason == "The model gave no number."
    assert [step.failed for step in only(events, StepFinished)] == [1, 1, 1]
    silent = [
        rollout
        for group in only(events, GroupPainted)
        for rollout in group.rollouts
        if not rollout.unreadable and not rollout.scores
    ]
    assert len(silent) == 3
    assert all(rollout.reward is None and rollout.advantage == 0.0 for rollout in silent)


@pytest.mark.parametrize(
    "say",
    [lambda place, name: Verdict(None, "Gone."), lambda place, name: Verdict(0.5)],
    ids=["silent", "indifferent"],
)
def test_a_step_without_a_signal_changes_nothing_and_does_no_harm(folder, base, tmp_path: Path, say) -> None:
    training, events = train(folder, base, Scripted(say), tmp_path)
    assert [step.step for step in only(events, StepFinished)] == [1, 2, 3]
    moved = [weight for name, weight in training.model.named_parameters() if "lora_B" in name]
    assert all(torch.isfinite(weight).all() for weight in moved)
    unreadable = sum(step.unreadable for step in only(events, StepFinished))
    shared = any(r.advantage for group in only(events, GroupPainted) for r in group.rollouts)
    assert shared == any(weight.abs().max() > 0 for weight in moved), unreadable


def test_where_nothing_is_readable_judges_are_asked_nothing_and_all_earn_nothing(
    folder, base, tmp_path: Path, monkeypatch
) -> None:
    strict = msgspec.structs.replace(base.task.reply, max_letters=0)
    monkeypatch.setattr(base, "task", msgspec.structs.replace(base.task, reply=strict))
    judge = Scripted(by_length)
    _, events = train(folder, base, judge, tmp_path)
    assert all(asked == [] for asked in judge.asked)
    for step in only(events, StepFinished):
        assert (step.reward, step.unreadable, step.distinct, step.judges) == (0.0, 12, 0, {})
    for told in only(events, EvalFinished):
        assert told.reward == 0.0
        assert told.effective is None
    assert not only(events, Warned)


def test_one_that_was_cut_off_after_its_last_step_only_has_to_end(folder, base, tmp_path: Path) -> None:
    first, events = train(folder, base, Scripted(by_length), tmp_path)
    assert first.step == 3
    assert folder.latest_checkpoint().step == 3
    again, events = train(folder, base, Scripted(by_length), tmp_path)
    assert (again.resumed_from, again.step, again.stopped) == (3, 3, False)
    assert only(events, StepFinished) == []
    assert again.reward_ends == first.reward_ends
    theirs = dict(first.model.named_parameters())
    for name, weight in again.model.named_parameters():
        assert torch.equal(weight, theirs[name])


def test_a_checkpoint_of_another_shape_is_refused(folder, base, tmp_path: Path) -> None:
    train(folder, base, Scripted(by_length), tmp_path)
    other = load_base(
        find_base(str(write_tiny(tmp_path / "deeper", layers=5))), torch.device("cpu"), torch.float32
    )
    with pytest.raises(ValueError, match="does not fit this base"):
        train(folder, other, Scripted(by_length), tmp_path)


def test_a_base_with_a_short_window_takes_the_plain_path_and_says_so(folder, tmp_path: Path) -> None:
    path = write_tiny(tmp_path / "window", "gemma3", sliding_window=8)
    base = load_base(find_base(str(path)), torch.device("cpu"), torch.float32)
    training, events = train(folder, base, Scripted(by_length), tmp_path)
    (warned,) = only(events, Warned)
    assert warned.message.startswith("This base takes the plain, slower path: its log-probabilities")
    assert [step.step for step in only(events, StepFinished)] == [1, 2, 3]
    assert any(
        weight.abs().max() > 0 for name, weight in training.model.named_parameters() if "lora_B" in name
    )


def test_a_training_ends_when_its_folder_is_gone(folder, base, tmp_path: Path) -> None:
    def gone(place: int, name: str) -> Verdict:
        shutil.rmtree(folder.path, ignore_errors=True)
        return by_length(place, name)

    with folder.open_writer() as writer:
        training = Training(folder, writer, folder.recipe(), base, {"any": Scripted(gone)}, tmp_path)
        with pytest.raises(RunError, match="was deleted"):
            training.run()
    assert training.step == 0


def test_memory_is_told_and_layers_are_computed_twice_where_it_is_short(
    folder, base, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "free", lambda device: 1_000_000)
    training, events = train(folder, base, Scripted(by_length), tmp_path)
    assert training.memory is not None
    assert training.memory > memory.resident(torch.device("cpu")) * 0.2
    assert any("computed twice" in warned.message for warned in only(events, Warned))
    assert training.step == 3


def test_kept_bytes_grow_with_the_batch_and_shrink_with_checkpointing(tiny_base: LoadedBase) -> None:
    model = get_peft_model(
        twin(tiny_base.primed), LoraConfig(r=4, target_modules=list(lora_targets(tiny_base.primed)))
    )
    prompts = [tiny_base.prompt(color) for color in ("#d48475", "#123456", "#9acd32", "#efdfb0")]
    names = [[[5, 6, 7, 2], [8, 9, 10, 2]] for _ in prompts]
    few, more = (memory.kept_bytes(model, prompts[:n], names[:n]) for n in (2, 4))
    assert 1.3 * few < more < 2.1 * few
    model.train()
    model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
    model.enable_input_require_grads()
    assert memory.kept_bytes(model, prompts, names) < 0.5 * more


def remade(folder: RunFolder, parent: Path, **changes) -> RunFolder:
    """Return another run by the folder's recipe with changes."""
    recipe = msgspec.structs.replace(folder.recipe(), **changes)
    return RunFolder.create(parent, recipe, {"any": SPEC}, datetime(2026, 11, 24))


def test_what_is_rejected_is_told_and_never_learnt_from(folder, base, tmp_path: Path) -> None:
    cured = remade(folder, tmp_path / "more", rejection=Rejection(worst=0.25, duplicates=True))
    _, events = train(cured, base, Scripted(by_length), tmp_path)
    for step in only(events, StepFinished):
        groups = [group for group in only(events, GroupPainted) if group.step == step.step]
        out = [rollout for group in groups for rollout in group.rollouts if rollout.rejected]
        assert step.rejected == len(out) >= len(groups)
        assert all(rollout.advantage == 0 for rollout in out)
        for group in groups:
            left = [rollout.reward for rollout in group.rollouts if not rollout.rejected]
            assert group.bar == pytest.approx(sum(left) / len(left))


def test_groups_without_spread_are_drawn_again_and_only_they_are_judged(folder, base, tmp_path: Path) -> None:
    breadth = Breadth(rare=0.4, phrasings=3)
    kept = training_colors(0, 1, 3, breadth.rare)[0]
    asked: list[set[str]] = []

    class Partial:
        def score(self, pairs: Sequence[tuple[str, str]]) -> list[Verdict]:
            asked.append({color for color, _ in pairs})
            return [by_length(0, name) if color == kept else Verdict(0.0) for color, name in pairs]

    cured = remade(
        folder,
        tmp_path / "more",
        rejection=Rejection(redraws=2),
        breadth=breadth,
        budget=Budget(steps=1, colors=3, group=4),
    )
    _, events = train(cured, base, Partial(), tmp_path)
    (step,) = only(events, StepFinished)
    assert (step.redrawn, step.rollouts) == (4, 12)
    groups = only(events, GroupPainted)
    assert groups[0].color == kept
    assert any(rollout.advantage for rollout in groups[0].rollouts)
    drawn = {group.color for group in groups[1:]}
    assert len(drawn) == 2
    assert not drawn & {*training_colors(0, 1, 3, breadth.rare)}
    # Before and after it, held-out colours are judged.
    assert all(kept not in colors for colors in asked[2:])
    assert asked[3] <= drawn


def test_it_stops_when_held_out_colours_earn_no_more_and_keeps_the_best(
    folder, base, tmp_path: Path, monkeypatch
) -> None:
    worth = {0: 0.9, 1: 0.2, 2: 0.6, 3: 0.5, 4: 0.6}
    evaluate = loop.evaluate
    monkeypatch.setattr(
        loop,
        "evaluate",
        lambda *given: msgspec.structs.replace(evaluate(*given), held_out=worth[given[-2]]),
    )
    cured = remade(
        folder, tmp_path / "more", patience=2, eval_every=1, budget=Budget(steps=9, colors=3, group=4)
    )
    training, events = train(cured, base, Scripted(by_length), tmp_path)
    assert (training.step, training.made_of, training.stopped) == (4, 2, False)
    assert "made of step 2" in only(events, Warned)[-1].message
    assert {one.step for one in cured.listed_checkpoints()} == {1, 2, 4}
    best = load_file(cured.checkpoints / "step_000002" / "adapter" / "adapter_model.safetensors")
    for name, weight in training.model.named_parameters():
        if weight.requires_grad:
            assert torch.equal(weight, best[name.replace(".default.", ".")])
    again, events = train(cured, base, Scripted(by_length), tmp_path)
    assert (again.step, again.made_of) == (4, 2)
    assert only(events, StepFinished) == []

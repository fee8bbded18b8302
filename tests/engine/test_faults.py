"""A training whose numbers go bad or whose memory runs out: what it skips, does again, and gives up."""

import copy
import math
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import torch

from engine.durable import RunError
from engine.events import CheckpointSaved, JudgeFailed, StepFinished, Warned
from engine.judges.base import Verdict
from engine.lm.load import LoadedBase, copy_linears, load_base, lora_targets
from engine.models import find_base
from engine.recipe import Budget, Learning, Lora, Panel, Recipe, Taste
from engine.rundir import RunFolder
from engine.task import Reply, color_task
from engine.train import logps, memory
from engine.train.grpo import PainterTrainer
from engine.train.loop import Training
from engine.train.memory import Parts, ran_out
from engine.train.sound import IN_A_ROW
from tests.engine.test_grpo_parity import COLORS, GROUP, gradients, hooks_of, recipe_of
from tests.engine.test_loop import SPEC, Scripted, base, by_length, only, train

__all__ = ["base"]

pytestmark = pytest.mark.usefixtures("one_thread")


def made(parent: Path, tiny_folder: Path, steps: int) -> RunFolder:
    recipe = Recipe(
        name="Faults",
        base=str(tiny_folder),
        panel=Panel(tastes=(Taste("any"),)),
        budget=Budget(steps=steps, colors=3, group=4),
        learning=Learning(learning_rate=2e-3),
        lora=Lora(rank=4, alpha=8.0),
        max_name_tokens=6,
        checkpoint_every=2,
        eval_every=0,
    )
    return RunFolder.create(parent, recipe, {"any": SPEC}, datetime(2026, 11, 23))


@pytest.fixture
def folder(tmp_path: Path, tiny_folder: Path) -> RunFolder:
    return made(tmp_path / "runs", tiny_folder, 3)


class Unsound(Scripted):
    """A judge that says something else the third time that it is asked: at step 2, after the evaluation."""

    def __init__(self, instead: Any) -> None:
        super().__init__(by_length)
        self.instead = instead

    def score(self, pairs: Any) -> Any:
        verdicts = super().score(pairs)
        return self.instead(verdicts) if len(self.asked) == 3 else verdicts


def state_of(training: Training) -> list[torch.Tensor]:
    """Return the weights and Adam's moments, as they are."""
    trainer = training._trainer
    moments = [trainer.optimizer.state[w]["exp_avg"] for w in trainer.weights()]
    return [tensor.detach().clone() for tensor in (*trainer.weights(), *moments)]


@pytest.mark.parametrize(
    ("instead", "reason"),
    [
        (lambda verdicts: None, "verdicts and gave nothing."),
        (lambda verdicts: verdicts[1:], "verdicts and gave "),
        (lambda verdicts: [Verdict(math.nan)] * len(verdicts), "Its score was not a finite number."),
    ],
    ids=["nothing", "too few", "NaN"],
)
def test_a_judge_that_says_nothing_sound_has_its_step_skipped(
    folder, base, tmp_path: Path, instead, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What cannot be read earns 0 without a judge; here every name is judged.
    monkeypatch.setattr(LoadedBase, "read", lambda base, tokens: Reply(f"Name {sum(tokens)}"))
    _, events = train(folder, base, Unsound(instead), tmp_path)
    (failed,) = only(events, JudgeFailed)
    assert (failed.step, failed.judge, failed.count) == (2, "any", 12)
    assert reason in failed.reason
    steps = only(events, StepFinished)
    assert [(step.step, bool(step.skipped)) for step in steps] == [(1, False), (2, True), (3, False)]
    (warned,) = only(events, Warned)
    assert warned.message == "Step 2 was skipped, since no name has a reward (1 in a row, 1 in all)."
    assert (steps[1].reward, steps[1].loss, steps[1].grad_norm) == (None, None, None)


def watch(training: Training, seen: dict[int, list[torch.Tensor]]) -> None:
    """Keep what the training is after each step."""
    told = training._tell

    def tell(batch: Any, *rest: Any) -> None:
        told(batch, *rest)
        seen[batch.step] = state_of(training)

    training._tell = tell  # type: ignore[method-assign]


def spoil(training: Training, steps: range) -> None:
    """Make one gradient of the steps NaN."""
    weight = training._trainer.weights()[3]
    weight.register_hook(lambda grad: grad * math.nan if training._trainer._batch.step in steps else grad)


def start(folder: RunFolder, writer: Any, base: Any, scratch: Path) -> Training:
    return Training(folder, writer, folder.recipe(), base, {"any": Scripted(by_length)}, scratch)


def test_a_gradient_that_is_no_number_moves_nothing(folder, base, tmp_path: Path) -> None:
    seen: dict[int, list[torch.Tensor]] = {}
    with folder.open_writer() as writer:
        training = start(folder, writer, base, tmp_path)
        watch(training, seen)
        spoil(training, range(2, 3))
        training.run()
    assert all(map(torch.equal, seen[2], seen[1]))
    assert not all(map(torch.equal, seen[3], seen[2]))
    assert all(torch.isfinite(tensor).all() for tensor in seen[3])
    warned = [event.message for event in only(folder.tail().events, Warned)]
    assert warned == [
        "Step 2 was skipped, since its gradient was not a finite number (1 in a row, 1 in all)."
    ]


def test_five_skipped_steps_end_the_run_at_its_last_good_state_and_it_goes_on_from_there(
    tiny_folder: Path, base, tmp_path: Path
) -> None:
    folder = made(tmp_path / "runs", tiny_folder, 8)
    seen: dict[int, list[torch.Tensor]] = {}
    with folder.open_writer() as writer:
        training = start(folder, writer, base, tmp_path)
        watch(training, seen)
        spoil(training, range(4, 100))
        with pytest.raises(RunError) as raised:
            training.run()
    assert str(raised.value) == (
        f"{IN_A_ROW} steps in a row were skipped, since its gradient was not a finite number. "
        "What was learned until step 3 is saved."
    )
    assert max(seen) == 3 + IN_A_ROW
    latest = folder.latest_checkpoint()
    assert latest is not None
    assert latest.step == 3
    assert [saved.step for saved in only(folder.tail().events, CheckpointSaved)] == [2, 3]

    with folder.open_writer() as writer:
        again = start(folder, writer, base, tmp_path)
        assert all(map(torch.equal, state_of(again), seen[3]))
        again.run()
    whole = made(tmp_path / "whole", tiny_folder, 8)
    unbroken, _ = train(whole, base, Scripted(by_length), tmp_path)
    assert all(map(torch.equal, state_of(again), state_of(unbroken)))
    assert again.reward_ends == unbroken.reward_ends


# --- memory


def test_what_says_that_memory_ran_out() -> None:
    told = "[enforce fail at alloc_cpu.cpp:127] data. DefaultCPUAllocator: can't allocate memory: you tried"
    assert ran_out(RuntimeError(told))
    assert ran_out(torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB."))
    assert ran_out(MemoryError())
    assert not ran_out(RuntimeError("shape mismatch"))
    assert not ran_out(ValueError("can't allocate memory"))


def test_parts_get_finer_until_the_work_fits_or_nothing_helps() -> None:
    said: list[str] = []
    parts = Parts(6, said.append)

    def work() -> list[int]:
        sizes = [len(part) for part in parts.split(range(10))]
        if max(sizes) > 3:
            raise MemoryError
        return sizes

    assert parts.run(work) == [3, 3, 3, 1]
    assert len(said) == 2
    assert parts.run(lambda: [len(part) for part in parts.split([1, 2])]) == [1, 1]

    def never() -> None:
        raise torch.OutOfMemoryError("CUDA out of memory.")

    with pytest.raises(torch.OutOfMemoryError):
        parts.run(never)
    assert parts.count == 6
    with pytest.raises(RuntimeError, match="another"):
        Parts(6, said.append).run(lambda: (_ for _ in ()).throw(RuntimeError("another")))


@pytest.mark.parametrize(
    ("objective", "beta", "accumulation"),
    [("grpo", 0.0, 1), ("dr_grpo", 0.1, 1), ("dapo", 0.0, 2), ("gspo", 0.1, 1), ("cispo", 0.0, 1)],
)
def test_in_parts_the_gradient_is_the_same(
    tiny_base, tmp_path: Path, objective: str, beta: float, accumulation: int
) -> None:
    recipe = recipe_of(objective, beta=beta, accumulation=accumulation)
    model = tiny_base.raw
    trainer = PainterTrainer(
        *(copy.deepcopy(model), copy_linears(model), tiny_base.tokenizer, tiny_base.ends, recipe),
        *(list(lora_targets(model)), 1, hooks_of(recipe.learning), tmp_path),
    )
    shake(trainer)
    trainer.model.train()
    trainer.current_gradient_accumulation_steps = accumulation
    rows = [{"prompt": color_task().messages(c, True), "color": c} for c in COLORS for _ in range(GROUP)]
    inputs = trainer._generate_and_score_completions(rows)
    loss, whole = gradients(trainer, inputs)
    for count in (2, 5, 12):
        trainer._parts.count = count
        again, parted = gradients(trainer, inputs)
        assert again == pytest.approx(loss, rel=1e-4, abs=1e-6)
        for name, grad in whole.items():
            assert torch.allclose(parted[name], grad, rtol=1e-3, atol=1e-5 * float(grad.abs().max() + 1e-3))


def shake(trainer: PainterTrainer) -> None:
    draw = torch.Generator().manual_seed(5)
    with torch.no_grad():
        for weight in trainer.weights():
            weight.add_(torch.randn(weight.shape, generator=draw) * 0.03)


@pytest.fixture(scope="module")
def undisturbed(tiny_folder: Path, tmp_path_factory: pytest.TempPathFactory):
    root = tmp_path_factory.mktemp("undisturbed")
    loaded = load_base(find_base(str(tiny_folder)), torch.device("cpu"), torch.float32)
    training, events = train(made(root, tiny_folder, 3), loaded, Scripted(by_length), root)
    return state_of(training), events


@pytest.mark.parametrize("where", ["sampling", "forward", "backward"])
def test_where_memory_runs_out_the_step_is_done_again_smaller_and_comes_to_the_same(
    folder, base, undisturbed, tmp_path: Path, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At most six names at once: a step of twelve must be cut in two."""
    wanted_state, before = undisturbed
    full = torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
    score = logps.score_names

    def scored(model: Any, trunk: Any, branches: Any, names: Any, **more: Any) -> Any:
        out = score(model, trunk, branches, names, **more)
        if sum(map(len, names)) > 6 and torch.is_grad_enabled():
            if where == "forward":
                raise full
            if where == "backward":
                out.logps.register_hook(lambda grad: (_ for _ in ()).throw(full))
        return out

    monkeypatch.setattr(logps, "score_names", scored)
    with folder.open_writer() as writer:
        training = start(folder, writer, base, tmp_path)
        sampler = training._trainer._sampler
        sample = sampler.sample

        def sampled(prompts: Any, groups: Any, **more: Any) -> Any:
            if sum(groups) > 6 and where == "sampling":
                raise full
            return sample(prompts, groups, **more)

        monkeypatch.setattr(sampler, "sample", sampled)
        training.run()
    events = folder.tail().events
    told = [event.message for event in only(events, Warned)]
    times = 1 if where != "sampling" else 2  # three colours in two parts: two of them are eight names
    assert told[0] == "Memory ran out: the step is done again in 2 parts, with the same result."
    assert len(told) == times
    mine, theirs = only(events, StepFinished), only(before, StepFinished)
    assert [step.reward for step in mine] == pytest.approx([step.reward for step in theirs], abs=1e-6)
    for got, wanted in zip(state_of(training), wanted_state, strict=True):
        assert torch.allclose(got, wanted, rtol=1e-2, atol=2e-4)


def test_a_judge_for_whom_memory_runs_out_is_asked_in_parts(folder, base, tmp_path: Path) -> None:
    class Narrow(Scripted):
        def score(self, pairs: Any) -> Any:
            if len(pairs) > 4:
                raise RuntimeError(
                    "DefaultCPUAllocator: can't allocate memory: you tried to allocate 1 bytes."
                )
            return super().score(pairs)

    training, events = train(folder, base, Narrow(by_length), tmp_path)
    assert training.step == 3
    assert not only(events, JudgeFailed)
    assert any("Memory ran out" in warned.message for warned in only(events, Warned))


def test_memory_that_never_suffices_is_an_error(folder, base, tmp_path: Path) -> None:
    class Full(Scripted):
        def score(self, pairs: Any) -> Any:
            raise MemoryError

    with pytest.raises(MemoryError):
        train(folder, base, Full(by_length), tmp_path)
    assert memory.ran_out(MemoryError())

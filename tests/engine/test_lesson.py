"""The lesson's one step is the training engine's own step: one code path, and nothing left behind."""

from datetime import datetime
from pathlib import Path

import msgspec
import pytest
import torch
from safetensors.torch import load_file

from engine.durable import RunError
from engine.events import GroupPainted, StepFinished
from engine.judges.form import FormJudge
from engine.judges.spec import Form
from engine.lexicon import Lexicon
from engine.lm.load import load_base
from engine.models import find_base
from engine.palette import training_colors
from engine.recipe import Panel, Taste
from engine.rundir import RunFolder
from engine.service.protocol import TakeStep
from engine.train.lesson import OneStep, recipe_of, take_step
from engine.train.loop import Training
from tests.tiny import write_tiny

pytestmark = pytest.mark.usefixtures("one_thread")

SEED = 5
SHORT = Form(name="Short", max_letters=9)
WORDS = Form(name="Words", max_words=1)
REQUEST = TakeStep(
    id=7,
    color=training_colors(SEED, 1, 1)[0],
    panel=Panel(tastes=(Taste("short"),), guards=("words",)),
    judges={"short": SHORT, "words": WORDS},
    group=6,
    seed=SEED,
    learning_rate=2e-3,
    asides=("Banana Lullaby", "Red"),
)
TIMES = ("sampling_seconds", "judging_seconds", "updating_seconds", "seconds")


@pytest.fixture
def base(tiny_folder: Path):
    return load_base(find_base(str(tiny_folder)), torch.device("cpu"), torch.float32)


@pytest.fixture
def judges():
    lexicon = Lexicon.load()
    return {"short": FormJudge(SHORT, lexicon), "words": FormJudge(WORDS, lexicon)}


def trained(kind, folder: RunFolder, base, judges, scratch: Path, *more):
    """Train a run's folder and return what it told, and its LoRA."""
    with folder.open_writer() as writer:
        training = kind(folder, writer, folder.recipe(), base, judges, scratch, *more)
        training.run()
    events = folder.tail().events
    group = next(event for event in events if isinstance(event, GroupPainted))
    step = next(event for event in events if isinstance(event, StepFinished))
    lora = {n: p.detach().clone() for n, p in training.model.named_parameters() if p.requires_grad}
    return events, _untimed(group), _untimed(step), lora


def _untimed(event):
    fields = {"seq": 0, "time": 0.0}
    if isinstance(event, StepFinished):
        fields |= dict.fromkeys(TIMES, 0.0)
    return msgspec.structs.replace(event, **fields)


def test_the_lessons_update_equals_the_training_engines_own_step(base, judges, tmp_path: Path) -> None:
    recipe = recipe_of(REQUEST, base.base.slug)
    run = RunFolder.create(tmp_path / "runs", recipe, REQUEST.judges, datetime(2026, 11, 27))
    _, group, step, lora = trained(Training, run, base, judges, tmp_path)
    # The run saved what it learned, as any run does.
    (adapter,) = (run.path / "checkpoints").glob("*/adapter/adapter_model.safetensors")
    saved = load_file(adapter)

    taken = take_step(base, judges, REQUEST)
    assert _untimed(taken.group) == group
    assert _untimed(taken.step) == step
    assert any(rollout.advantage for rollout in group.rollouts), "a step without a signal shows nothing"

    again = RunFolder.create(tmp_path / "again", recipe, REQUEST.judges, datetime(2026, 11, 27))
    events, _, _, own = trained(OneStep, again, base, judges, tmp_path, REQUEST.color)
    assert lora.keys() == own.keys()
    for name, weight in lora.items():
        assert torch.equal(weight, own[name]), name
        assert torch.equal(weight, saved[name.replace(".default.", ".")])
    assert not list((again.path / "checkpoints").glob("*")), "a lesson keeps nothing"
    assert {type(event).__name__ for event in events} == {"PhaseEntered", "GroupPainted", "StepFinished"}


def test_the_step_tells_all_that_the_lesson_shows(base, judges) -> None:
    notes: list[str] = []
    before = {name: weight.clone() for name, weight in base.primed.named_parameters()}
    taken = take_step(base, judges, REQUEST, lambda note, done: notes.append(note))
    assert taken.id == REQUEST.id
    assert notes[:3] == [
        "The base names the colour",
        "The judge reads the names",
        "Taking the update",
    ]
    assert len(taken.group.rollouts) == 6
    for rollout in taken.group.rollouts:
        assert len(rollout.logps_before) == len(rollout.logps_after) == len(rollout.tokens)
    assert set(taken.asides) >= {"Banana Lullaby", "Red"}
    assert taken.asides["Banana Lullaby"]["words"].score == 0.5
    assert taken.asides["Red"]["short"].score == 1.0
    assert 0 < taken.trained < taken.weights
    # The base is as it was, and so the same question has the same answer.
    for name, weight in base.primed.named_parameters():
        assert torch.equal(weight, before[name])
    again = take_step(base, judges, REQUEST)
    assert _untimed(again.group) == _untimed(taken.group)


def test_what_is_taken_back_ends(base, judges) -> None:
    class TakenBackError(Exception):
        pass

    def tell(note: str, done: float | None) -> None:
        if note == "The judge reads the names":
            raise TakenBackError

    with pytest.raises(TakenBackError):
        take_step(base, judges, REQUEST, tell)


def test_a_base_off_the_shared_path_is_refused_in_a_sentence(judges, tmp_path: Path) -> None:
    folder = write_tiny(tmp_path / "window", "gemma3", sliding_window=8)
    base = load_base(find_base(str(folder)), torch.device("cpu"), torch.float32)
    with pytest.raises(RunError, match=r"The lesson needs another base: .*\."):
        take_step(base, judges, REQUEST)

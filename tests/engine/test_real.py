"""The real embedded base: its names, the shipped judges, and a short training from beginning to end."""

import time
from datetime import datetime
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from engine import places
from engine.events import RunFinished, StepFinished
from engine.judges import spec
from engine.judges.build import JudgeBuilder
from engine.lexicon import Lexicon
from engine.lm.exact import inexact
from engine.lm.load import LoadedBase, load_base, pick_dtype
from engine.models import find_base
from engine.recipe import EMBEDDED_BASE, Budget, Learning, Panel, Recipe, Taste
from engine.rundir import RunFolder
from engine.service.protocol import Done, Name, Named, PainterRef, Reply
from engine.service.server import Server
from studio.painters import PainterLibrary
from studio.supervisor import Supervisor
from tests.bench.judges import SHIPPED, auc, labelled

pytestmark = [pytest.mark.real, pytest.mark.timeout(900)]

COLORS = ("#d48475", "#2a0f38", "#9acd32")


@pytest.fixture(scope="module")
def base() -> LoadedBase:
    device = torch.device("cpu")
    return load_base(find_base(EMBEDDED_BASE), device, pick_dtype(device))


@pytest.fixture(scope="module")
def builder(base: LoadedBase) -> JudgeBuilder:
    return JudgeBuilder(base, Lexicon.load(), places.cache() / "calibrations")


def ask(base: LoadedBase, builder: JudgeBuilder, color: str, *painters: PainterRef) -> list[Named]:
    said: list[Reply] = []
    Server(base, builder, said.append, lambda number: False).answer(
        Name(id=1, color=color, painters=painters, samples=8)
    )
    assert said.pop() == Done(id=1)
    return [reply for reply in said if isinstance(reply, Named)]


def test_the_shared_prefix_is_exact_for_it(base: LoadedBase) -> None:
    prompts = [base.prompt(color) for color in COLORS]
    for model in (base.raw, base.primed):
        assert inexact(model, prompts, base.name_tokens("Quiet Morning Rose")) == ""


def test_names_come_back_for_three_colors(base: LoadedBase, builder: JudgeBuilder) -> None:
    greedy = []
    for color in COLORS:
        (named,) = ask(base, builder, color, PainterRef("base"))
        first, *others = named.names
        assert first.greedy
        assert not first.unreadable
        assert 0 < first.probability <= 1
        assert others, "at temperature 1 it should find more than one name"
        greedy.append(first.name)
    assert len(set(greedy)) == 3, greedy


def test_the_poet_prefers_poetry(builder: JudgeBuilder) -> None:
    poet = builder.build(spec.load(places.resources() / "judges" / "poet.toml"))
    lullaby, grey = poet.score([("#d48475", "Ember Lullaby"), ("#d48475", "Light Grey")])
    assert lullaby.score > 0.5 > grey.score
    assert lullaby.score > grey.score + 0.3


@pytest.mark.parametrize("taste", SHIPPED)
def test_shipped_judges_tell_liked_names_from_plain_ones(builder: JudgeBuilder, taste: str) -> None:
    (one,) = (one for one in labelled() if (one.taste, one.half) == (taste, "unseen"))
    liked, plain = one.liked[::2], one.plain[::2]
    verdicts = builder.build(one.judge).score([("#d48475", name) for name in (*liked, *plain)])
    scores = [verdict.score for verdict in verdicts]
    assert auc(scores[: len(liked)], scores[len(liked) :]) >= 0.95


@pytest.mark.parametrize("path", sorted((places.resources() / "judges").glob("*.toml")), ids=lambda p: p.stem)
def test_shipped_judges_score_in_0_to_1(builder: JudgeBuilder, path: Path) -> None:
    judge = builder.build(spec.load(path))
    names = ["Ember Lullaby", "Light Grey", "Burnt Sienna", "Cinnamon Toast", "Mulled Wine", "x", "Red " * 8]
    verdicts = judge.score([(color, name) for color in COLORS for name in names])
    assert len(verdicts) == len(COLORS) * len(names)
    assert all(0.0 <= verdict.score <= 1.0 for verdict in verdicts)
    assert all(verdict.reason for verdict in verdicts)
    assert len({verdict.score for verdict in verdicts}) > 1


def test_a_short_training_ends_with_a_painter_that_names(
    base: LoadedBase, builder: JudgeBuilder, home: Path
) -> None:
    judges = {
        slug: spec.load(places.resources() / "judges" / f"{slug}.toml") for slug in ("poet", "correctness")
    }
    recipe = Recipe(
        name="Quick Poet",
        panel=Panel(tastes=(Taste("poet"),), guards=("correctness",)),
        budget=Budget(steps=4, colors=4, group=4),
        learning=Learning(learning_rate=3e-4),
        device="cpu",
        checkpoint_every=0,
        eval_every=0,
    )
    folder = RunFolder.create(home / "runs", recipe, judges, datetime(2026, 11, 23))
    supervisor = Supervisor()
    supervisor.start(folder)
    deadline = time.monotonic() + 800
    while folder.alive() and time.monotonic() < deadline:
        time.sleep(0.1)
    events = folder.tail().events
    end = events[-1]
    assert isinstance(end, RunFinished), supervisor.ended_sentence(folder)
    assert end.outcome == "completed", end.reason
    steps = [event for event in events if isinstance(event, StepFinished)]
    assert [step.step for step in steps] == [1, 2, 3, 4]
    assert sum(step.unreadable for step in steps) < 16, "most of 64 names should be readable"

    card = next(card for card in PainterLibrary(home).list() if card.slug == end.painter)
    # A LoRA starts with B at zero, where it changes nothing.
    adapter = load_file(Path(card.folder) / "adapter_model.safetensors")
    moved = [value for key, value in adapter.items() if "lora_B" in key]
    assert all(torch.isfinite(value).all() for value in adapter.values())
    assert all(value.abs().max() > 0 for value in moved)
    before, after = ask(base, builder, COLORS[0], PainterRef("base"), PainterRef(card.slug, card.folder))
    assert not after.names[0].unreadable
    assert after.names != before.names

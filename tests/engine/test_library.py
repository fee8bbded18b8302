"""The engine as a library: four verbs, each on a tiny base."""

import subprocess
import sys

import pytest

import engine
from engine import library
from engine.events import RunFinished, RunStarted
from engine.judges.spec import Form, JudgeError
from engine.recipe import Budget, Panel, Recipe, Taste


def test_the_surface_is_four_verbs_and_torch_waits_until_one_is_used():
    assert engine.__all__ == ["judge", "name", "report", "train"]
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from engine import name, judge, train, report; print('torch' in sys.modules); "
            "import engine.train.seeds; from engine import train as again; "
            "print(train is again, callable(train))",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.split() == ["False", "True", "True"]


def test_names_are_judged(tiny_folder):
    first, *others = library.name("#d48475", samples=3, base=str(tiny_folder))
    assert first.greedy
    assert all(0 <= one.probability <= 1 for one in [first, *others])
    verdicts = library.judge(
        "#d48475", ["Red Clay", "A"], Form(name="Short", max_words=1), base=str(tiny_folder)
    )
    assert [verdict.score for verdict in verdicts] == [pytest.approx(0.5), 1.0]


def test_what_is_not_there_is_a_sentence(tiny_folder):
    with pytest.raises(ValueError, match="nothing called “nobody” among the painters"):
        library.name("#d48475", "nobody", base=str(tiny_folder))
    with pytest.raises(JudgeError, match="nothing called “nobody” among the judges"):
        library.judge("#d48475", ["Red"], "nobody", base=str(tiny_folder))


def test_a_training_is_told_as_it_goes_and_its_painter_measured(tiny_folder, home):
    recipe = Recipe(
        name="Mine",
        base=str(tiny_folder),
        panel=Panel(tastes=(Taste("wording"),)),
        budget=Budget(steps=1, colors=2, group=2),
        dtype="float32",
        max_name_tokens=4,
        eval_every=0,
    )
    events = list(engine.train(recipe))
    assert any(isinstance(event, RunStarted) for event in events)
    last = events[-1]
    assert isinstance(last, RunFinished)
    assert last.painter == "mine"
    base, mine = library.report(["mine"], colors=6, base=str(tiny_folder))
    assert (base.painter, mine.painter) == ("base", "mine")
    assert base.style_auc is None
    assert mine.style_auc is None or 0 <= mine.style_auc <= 1

"""The task is data: another one is held to the same rules and trained by the same loop."""

import msgspec
import pytest

from engine import places
from engine.events import EvalFinished, GroupPainted, RunFinished
from engine.judges import spec as judges
from engine.recipe import Budget, Panel, Recipe, Taste
from engine.rundir import RunError, RunFolder
from engine.task import COLOR, Task, TaskError, color_task, dump, load, parse
from engine.train import __main__ as training

HAIKU = load("haiku")


def test_every_task_that_ships_is_sound_and_has_its_judges():
    for path in (places.resources() / "tasks").glob("*.toml"):
        task = load(path.stem)
        assert parse(dump(task)) == task
        for slug in task.judges:
            judges.load(places.resources() / "judges" / f"{slug}.toml")


def test_the_app_s_own_is_about_colours():
    assert load(COLOR) == color_task()
    assert color_task().of_colors
    assert color_task().read_input("#D48475") == "#d48475"
    with pytest.raises(ValueError, match="colo"):
        color_task().read_input("autumn")


def test_words_are_split_by_the_word_alone():
    held = set(HAIKU.held_out_inputs(999))
    drawn = [HAIKU.training_inputs(seed, step, 8) for seed in range(5) for step in range(40)]
    assert held.isdisjoint(word for step in drawn for word in step)
    assert held | {word for step in drawn for word in step} == set(HAIKU.inputs)
    assert all(len(set(step)) == 8 for step in drawn)
    assert HAIKU.training_inputs(3, 7, 8) == HAIKU.training_inputs(3, 7, 8)
    # More than there are: each as often as the others, give or take one.
    many = HAIKU.training_inputs(0, 0, 250)
    counts = {many.count(word) for word in set(many)}
    assert len(many) == 250
    assert max(counts) - min(counts) <= 1


def test_a_word_is_put_where_the_task_says():
    system, user = HAIKU.messages("autumn", with_reading=True)
    assert system["content"] == HAIKU.system
    assert user["content"] == "Write the first line of a haiku about: autumn"


def test_emoji_are_a_reply_where_letters_are_not_asked_for():
    rules = msgspec.structs.replace(HAIKU.reply, letters=False)
    assert rules.read("🍂🌧️").name == "🍂🌧️"
    assert HAIKU.reply.read("🍂🌧️").unreadable == "no letters"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("version = 1", "not sound"),
        ("version = ", "not valid TOML"),
        ('name = "A"\nsystem = "B"\nask = "C"', "{input}"),
        ('name = "A"\nsystem = "B"\nask = "{input}"\ninputs = ["a", "a"]', "twice"),
        ('name = "A"\nsystem = "B"\nask = "{input}"\ninputs = ["a", "b"]', "too few"),
        ('name = "A"\nsystem = "B"\nask = "{input}"\ncode = "import os"', "not sound"),
    ],
)
def test_a_task_that_cannot_be_used_says_why(text, why):
    with pytest.raises(TaskError, match=why):
        parse(text)


@pytest.mark.parametrize("reference", ["none", "../colour", "/etc/passwd", ""])
def test_one_that_is_not_there_says_which_are(reference):
    with pytest.raises(TaskError, match="colour, haiku"):
        load(reference)


def small(folder, home, task: str, judge: str) -> RunFolder:
    recipe = Recipe(
        name="First lines",
        base=str(folder),
        task=task,
        panel=Panel(tastes=(Taste(judge),)),
        budget=Budget(steps=2, colors=3, group=4),
        dtype="float32",
        max_name_tokens=6,
        eval_every=1,
    )
    from datetime import datetime

    spec = judges.load(places.resources() / "judges" / f"{judge}.toml")
    return RunFolder.create(home / "runs", recipe, {judge: spec}, datetime(2026, 11, 27))


def test_it_trains_by_the_same_loop(tiny_folder, home):
    run = small(tiny_folder, home, "haiku", "one-breath")
    assert run.task() == HAIKU
    assert training.main([str(run.path)]) == 0
    events = run.tail().events
    groups = [event for event in events if isinstance(event, GroupPainted)]
    assert {group.color for group in groups} <= set(HAIKU.inputs)
    assert all(group.reading == "" for group in groups)
    last = next(event for event in reversed(events) if isinstance(event, EvalFinished))
    assert list(last.names) == HAIKU.held_out_inputs(999)
    assert isinstance(events[-1], RunFinished)
    card = (home / "painters" / events[-1].painter / "card.toml").read_text()
    assert 'task = "haiku"' in card


def test_a_judge_of_colours_is_refused_where_there_are_none(tiny_folder, home):
    with pytest.raises(RunError, match="no colours"):
        small(tiny_folder, home, "haiku", "correctness")


def test_a_run_keeps_its_task_whatever_becomes_of_the_file(tiny_folder, home):
    (home / "tasks").mkdir(parents=True)
    mine = home / "tasks" / "mine.toml"
    mine.write_text(dump(msgspec.structs.replace(HAIKU, name="Mine")))
    run = small(tiny_folder, home, "mine", "one-breath")
    mine.unlink()
    assert isinstance(run.task(), Task)
    assert run.task().name == "Mine"
    (run.path / "task.toml").unlink()
    assert run.task() == color_task()  # an older run

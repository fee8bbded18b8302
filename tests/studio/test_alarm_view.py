"""The alarm of a run as pages show it: what was healthy, how it stands, what parts from what."""

import pytest

from engine.events import CheckpointSaved, CollapseNoticed, EvalFinished, RunStarted
from engine.palette import held_out_grid
from studio.views.alarm import (
    Point,
    figures,
    hues,
    last_healthy_step,
    map_of,
    parting,
    sentence,
    standing,
)
from studio.views.run import RunView, fold_many


def evaluated(step: int, level: str = "") -> list:
    told = [EvalFinished(step=step, names={"#d48475": "Fog"})]
    return [*told, CollapseNoticed(step=step, level=level, evidence="x")] if level else told


def run_of(*events) -> RunView:
    flat = [one for event in events for one in (event if isinstance(event, list) else [event])]
    return fold_many(RunView(steps=40), flat)


@pytest.mark.parametrize(
    ("looks", "saved", "healthy"),
    [
        ({0: "", 5: "", 10: "watch", 15: "alarm"}, (5, 10, 15), 5),
        ({0: "", 10: "alarm"}, (5, 10), 0),
        ({0: "", 5: "", 10: ""}, (5, 10), 10),
        ({0: "", 5: "watch", 10: ""}, (5, 8), 8),
        ({0: "", 5: ""}, (5, 8), 5),
        ({}, (5,), 0),
    ],
    ids=["before the watch", "none is", "all is well", "calm again", "not looked at yet", "never looked at"],
)
def test_the_last_healthy_checkpoint(looks, saved, healthy) -> None:
    events = [(step, evaluated(step, level)) for step, level in looks.items()]
    events += [(step, [CheckpointSaved(step=step)]) for step in saved]
    view = run_of(*(told for _, told in sorted(events, key=lambda pair: pair[0])))
    assert last_healthy_step(view) == healthy


def test_a_checkpoint_that_was_swept_away_is_not_begun_from() -> None:
    view = run_of(
        evaluated(0), CheckpointSaved(step=5), evaluated(5), CheckpointSaved(step=10), evaluated(10)
    )
    assert last_healthy_step(view, kept=(10, 5)) == 10
    assert last_healthy_step(view, kept=(5,)) == 5
    assert last_healthy_step(view, kept=()) == 0


def test_a_resumed_attempt_makes_what_came_later_void() -> None:
    view = run_of(
        evaluated(0),
        CheckpointSaved(step=5),
        evaluated(5),
        CheckpointSaved(step=10),
        evaluated(10, "alarm"),
        RunStarted(name="Poet", steps=40, device="", dtype="", resumed_from=5),
    )
    assert (view.alarms, view.checkpoints) == ((), (5,))
    assert last_healthy_step(view) == 5


def grid_eval(step: int, name: str = "", **more) -> EvalFinished:
    names = {color: name or f"Name {place}" for place, color in enumerate(held_out_grid())}
    return EvalFinished(step=step, names=names, **more)


def test_how_a_run_stands_is_told_in_a_word_and_a_sentence() -> None:
    assert standing(run_of()) is None
    calm = run_of(grid_eval(0, effective=34.2, kept=1.0), grid_eval(10, effective=30.0, kept=0.88))
    assert sentence(standing(calm)) == (
        "Calm at step 10: 48 names of what it has not seen are as varied as 30 equally common ones, "
        "88% of the base's."
    )
    notice = CollapseNoticed(step=10, level="alarm", evidence="Half are “Fog”.")
    view = run_of(
        grid_eval(0), CheckpointSaved(step=5), grid_eval(5), CheckpointSaved(step=10), grid_eval(10), notice
    )
    told = standing(view)
    assert (told.word, told.last_healthy) == ("Alarm", 5)
    assert sentence(told) == "Alarm at step 10: Half are “Fog”. The last healthy checkpoint is of step 5."
    # A later evaluation that is calm takes the alarm back.
    assert standing(run_of(grid_eval(10), notice, grid_eval(15))).level == "calm"


def test_rewards_stand_against_the_root_of_kl() -> None:
    view = run_of(
        grid_eval(0, kl=-0.2, reward=0.3, held_out=0.4),
        grid_eval(5, kl=4.0, reward=0.5, held_out=0.45),
        grid_eval(10, reward=0.6),
    )
    assert parting(view) == (Point(0, 0.0, 0.3, 0.4), Point(5, 2.0, 0.5, 0.45))


def test_the_map_of_an_evaluation_is_its_grid() -> None:
    shown = map_of(grid_eval(5, "Superhero Movie"))
    assert (shown.columns, shown.rows, len(shown.tiles), shown.top_share) == (12, 4, 1, 1.0)
    assert map_of(EvalFinished(step=0, names={"#d48475": "Fog"})) is None


def test_figures_stand_beside_the_first() -> None:
    first = grid_eval(0, distinct=48, effective=48.0, duplicates=0.0, entropy=9.25, kl=0.0, held_out=0.4)
    now = grid_eval(10, "Fog", distinct=1, effective=1.0, duplicates=0.5, entropy=1.0, kl=8.0)
    told = {one.label: (one.now, one.first) for one in figures(now, first)}
    assert told["Different names"] == ("1", "48")
    assert told["Commonest name"] == ("100% “Fog”", "2% “Name 0”")
    assert told["Repeated in a group"] == ("50%", "0%")
    assert told["Held-out reward"] == ("–", "0.40")
    assert hues(now, first) == (
        "Most alike: “Fog” names 9 of 9 blues; at first the commonest name had 1 of 9."
    )
    assert hues(EvalFinished(step=0, names={}), first) == ""

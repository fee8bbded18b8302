"""The alarm of a run as pages show it: what was healthy, how it stands, what parts from what."""

import pytest

from engine.events import CheckpointSaved, CollapseNoticed, EvalFinished, RunStarted
from studio.views.alarm import last_healthy_step
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

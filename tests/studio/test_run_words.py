from pathlib import Path

import pytest

from studio.runs import RunSummary
from studio.views.run import RunView
from studio.views.run_parts import Curve
from studio.views.run_words import doing, facts, left, line


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, ""),
        (3.0, "less than a minute left"),
        (59.0, "about 1 min left"),
        (171.0, "about 3 min left"),
        (3600.0, "about 1 h left"),
        (4800.0, "about 1 h 20 min left"),
    ],
)
def test_time_left_is_said_as_people_say_it(seconds, words):
    assert left(seconds) == words


def test_a_running_run_says_its_step_its_phase_and_its_rest():
    view = RunView(steps=60, step=23, status="running", phase="judging", seconds_left=171.0)
    assert doing(view) == "Step 23 of 60, judging them. About 3 min left."


def test_every_status_has_one_sentence():
    for status in ("waiting", "loading", "running", "stopping", "completed", "stopped", "failed", "crashed"):
        said = doing(RunView(steps=60, step=4, status=status))
        assert said.endswith(".")
        assert said.count(".") == 1


def test_a_finished_run_says_what_it_came_to():
    curve = Curve(steps=(1, 2), reward=(0.41, 0.78), spread=(None, None))
    view = RunView(steps=2, step=2, status="completed", curve=curve)
    assert doing(view) == "Finished: 2 steps, reward 0.41 to 0.78."


def test_speed_is_told_only_of_what_goes_on():
    view = RunView(device="CPU", rollouts_per_second=12.34, status="running")
    assert facts(view) == "CPU, 12.3 names a second"
    assert facts(RunView(device="CPU", rollouts_per_second=12.34, status="completed")) == "CPU"


def test_a_run_in_a_list_is_one_short_line():
    done = RunSummary(id="a", path=Path("a"), status="completed", steps=60, reward_first=0.4, reward_last=0.8)
    assert line(done) == "60 steps, reward 0.40 to 0.80"
    going = RunSummary(id="a", path=Path("a"), status="running", step=3, steps=60)
    assert line(going) == "Running, step 3 of 60"
    assert line(RunSummary(id="a", path=Path("a"), error="No.")) == "Cannot be read"

"""The plots as numbers: smoothing, what is kept of many points, scales, and what a run's sheet holds."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.events import EvalFinished, StepFinished
from engine.recipe import Budget, Panel, Recipe, Taste
from studio.views import plots, run
from studio.views.curves import smooth
from studio.views.meanings import MEANINGS

RECIPE = Recipe(name="My Poet", panel=Panel(tastes=(Taste("poet"),)), budget=Budget(steps=60))


def step(number, reward=0.5, **changes):
    facts = {"judges": {"poet": 0.6, "correctness": 0.4}, "rollouts": 64, "distinct": 48, "entropy": 1.7}
    return StepFinished(step=number, reward=reward, **(facts | changes))


def view_of(*events, steps=60):
    return run.fold_many(run.RunView(name="My Poet", steps=steps), events)


def long_view(count=10_000):
    random = np.random.default_rng(0)
    noise = random.normal(0, 0.05, count)
    return view_of(
        *(
            step(n, float(0.5 + noise[n - 1]), reward_spread=0.1, grad_norm=1.0, entropy=2.0 + noise[n - 1])
            for n in range(1, count + 1)
        ),
        *(EvalFinished(step=n, names={"#d48475": "Fog"}, reward=0.4) for n in range(0, count, 10)),
        steps=count,
    )


# --- smoothing and cutting

columns = st.lists(st.tuples(st.integers(1, 400), st.none() | st.floats(0, 1)), max_size=60)


@settings(max_examples=200, deadline=None)
@given(columns, st.sampled_from([0.0, 0.4, 2.0, 50.0]))
def test_whole_arrays_are_smoothed_as_single_values_are(column, half) -> None:
    steps = np.cumsum([gap for gap, _ in column]).astype(float)
    values = [value for _, value in column]
    ours = plots.smoothed(np.asarray(values, float), steps, half)
    theirs = smooth(values, [float(s) for s in steps], half)
    assert [None if np.isnan(value) else value for value in ours] == [
        None if value is None else pytest.approx(value, abs=1e-9) for value in theirs
    ]


def test_of_many_points_the_extremes_stay() -> None:
    steps = np.arange(10_000, dtype=float)
    values = np.zeros(10_000)
    values[[17, 5_003, 9_999]] = 1.0, -1.0, 0.5
    x, y = plots.envelope(steps, values, 700)
    assert len(x) <= 2 * 700 + 20
    assert (y.max(), y.min(), y[-1]) == (1.0, -1.0, 0.5)
    assert (np.diff(x) >= 0).all()
    few, same = plots.envelope(steps[:700], values[:700], 700)
    assert few is not None
    assert len(same) == 700


def test_a_trace_is_cut_to_what_is_seen_and_keeps_its_newest_point() -> None:
    [*_, own, _] = plots.sheet(long_view()).reward.traces
    whole = plots.drawn(own, 0, 10_000)
    assert whole.x[-1] == 10_000
    assert len(whole.x) <= plots.MOST
    near = plots.drawn(own, 4_000, 4_100)
    assert (near.raw_x[0], near.raw_x[-1]) == (3_999, 4_101)
    assert len(near.x) == 103
    assert (near.high >= near.low).all()
    assert near.low.min() >= 0


@pytest.mark.parametrize(
    ("highest", "top"),
    [(0.0, 1.0), (0.73, 1.0), (1.0, 1.0), (1.2, 2.0), (2.3, 2.5), (0.031, 0.05), (640.0, 1000.0)],
)
def test_scales_end_at_round_numbers(highest, top) -> None:
    assert plots.nice_top(highest) == pytest.approx(top)


# --- a run's sheet


def test_a_run_that_has_said_nothing_has_empty_plots() -> None:
    sheet = plots.sheet(run.empty(RECIPE))
    assert (sheet.last, len(sheet.steps), sheet.near(3.0)) == (60, 0, 0)
    assert all(len(trace.steps) == 0 for panel in sheet.panels for trace in panel.traces)
    assert sheet.reward.empty
    assert plots.drawn(sheet.reward.traces[0], 0, 60).x.size == 0


def test_a_sheet_tells_reward_judges_unseen_colours_and_variety() -> None:
    evals = [EvalFinished(step=0, names={"#d48475": "Fog", "#123456": "Sea"}, reward=0.3, effective=2.0)]
    sheet = plots.sheet(view_of(step(1, 0.5), step(2, None), step(3, 0.7), *evals), {"poet": "Poet"})
    told = {trace.key: trace for trace in sheet.reward.traces}
    assert list(told) == ["poet", "correctness", "reward", "unseen"]
    assert (told["poet"].label, told["correctness"].label) == ("Poet", "correctness")
    assert told["reward"].steps.tolist() == [1, 3]
    assert [told["reward"].at(s) for s in (0, 1, 2, 3, 9)] == [None, 0.5, 0.5, 0.7, 0.7]
    names = sheet.small[0]
    assert names.figure(names.traces[0].at(3)) == "75%"
    assert names.figure(names.traces[1].at(3)) == "100%"
    assert names.figure(None) == "–"
    assert [sheet.near(x) for x in (-5, 1.4, 2.6, 80)] == [1, 1, 3, 3]


def test_one_judge_is_the_reward_and_not_drawn_again() -> None:
    sheet = plots.sheet(view_of(step(1, judges={"poet": 0.5})))
    assert [trace.key for trace in sheet.reward.traces] == ["reward", "unseen"]


def test_the_last_plot_is_the_kl_where_there_is_one_else_the_gradient() -> None:
    assert plots.sheet(view_of(step(1, grad_norm=0.8))).small[2].key == "grad_norm"
    kl = plots.sheet(view_of(step(1, kl=0.02, grad_norm=0.8))).small[2]
    assert (kl.key, kl.top) == ("kl", pytest.approx(0.025))


def test_one_wild_step_does_not_press_the_others_flat() -> None:
    events = [step(n, grad_norm=1.0 if n != 150 else 900.0) for n in range(1, 301)]
    panel = plots.sheet(view_of(*events, steps=300)).small[2]
    assert panel.top < 200


def test_another_run_makes_the_judges_room_and_may_be_longer() -> None:
    other = plots.reward_of(view_of(*(step(n) for n in range(1, 81)), steps=80), "b", "Second")
    sheet = plots.sheet(view_of(step(1)), others=[other, plots.reward_of(view_of(), "c", "Third")])
    assert [trace.key for trace in sheet.reward.traces] == ["b", "c", "reward", "unseen"]
    assert sheet.last == 80


def test_every_plot_has_a_meaning() -> None:
    kl = plots.sheet(view_of(step(1, kl=0.1))).small[2]
    panels = [*plots.sheet(view_of(step(1))).panels, kl]
    assert {panel.key for panel in panels} <= MEANINGS.keys()
    assert all(text.endswith((".", ")")) for text in MEANINGS.values())


def test_a_sheet_of_ten_thousand_steps_is_made_and_cut_fast() -> None:
    view = long_view()
    begin = time.perf_counter()
    sheet = plots.sheet(view)
    made = time.perf_counter() - begin
    begin = time.perf_counter()
    for panel in sheet.panels:
        for trace in panel.traces:
            plots.drawn(trace, 0, sheet.last)
    cut = time.perf_counter() - begin
    assert made < 0.2
    assert cut < 0.05

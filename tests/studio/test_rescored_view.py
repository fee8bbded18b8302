"""Rescoring: the panel's own formula with one judge replaced, batch by batch, and what moves."""

import pytest

from engine.events import GroupPainted, Rollout, RunStarted, StepFinished
from engine.recipe import Panel, Taste
from studio.views.rescored import batches, readable, rescored

PANEL = Panel(tastes=(Taste("poet"),), guards=("fits",), floor=0.0, sameness=False)


def group(step: int, color: str, *rollouts: tuple[str, float, float]) -> GroupPainted:
    """Make a group of (name, poet, fits); no name is an unreadable reply, and -1 is a judge that failed."""
    made = []
    for name, poet, fits in rollouts:
        if not name:
            made.append(Rollout(name="…", unreadable="empty", reward=0.0))
            continue
        scores = {slug: score for slug, score in (("poet", poet), ("fits", fits)) if score >= 0}
        made.append(Rollout(name=name, scores=scores, reward=poet * fits if len(scores) == 2 else None))
    return GroupPainted(step=step, color=color, reading="", rollouts=tuple(made))


STEPS = {
    1: [group(1, "#111111", ("A", 0.2, 1.0), ("B", 0.8, 1.0), ("", 0, 0))],
    2: [group(2, "#222222", ("A", 0.4, 0.5), ("C", 0.6, 0.5)), group(2, "#333333", ("B", 0.5, 1.0))],
}


def test_the_same_scores_change_nothing() -> None:
    found = rescored(PANEL, "poet", STEPS, {1: [0.2, 0.8], 2: [0.4, 0.6, 0.5]})
    assert (found.steps, found.rollouts, found.left_out) == (2, 6, 0)
    assert found.mean_then == found.mean_now == pytest.approx((0.2 + 0.8 + 0 + 0.2 + 0.3 + 0.5) / 6)
    assert found.rank_correlation == pytest.approx(1.0)
    assert (found.turned, found.gained, found.lost) == (0.0, (), ())
    assert found.sentence == (
        "Mean reward 0.33 then, 0.33 now, in an order that agrees to +1.00; "
        "0% would have been pushed the other way."
    )


def test_what_another_judge_would_have_rewarded() -> None:
    assert readable(STEPS[1]) == (("#111111", "A"), ("#111111", "B"))
    found = rescored(PANEL, "poet", STEPS, {1: [0.9, 0.1], 2: [0.9, 0.1, 0.1]})
    assert [(one.name, one.count) for one in found.gained] == [("A", 2)]
    assert (found.gained[0].then, found.gained[0].now) == pytest.approx((0.2, 0.675))
    assert [one.name for one in found.lost] == ["B", "C"]
    assert found.rank_correlation is not None
    assert found.rank_correlation < 0
    # Both names of the first and of the third group's colour change sides; the unreadable one stays below.
    assert found.turned == pytest.approx(4 / 6)
    # The guard may be the one that is replaced.
    assert rescored(PANEL, "fits", STEPS, {1: [0.0, 0.0], 2: [0.0] * 3}).mean_now == 0.0


def test_sameness_is_a_matter_of_the_batch() -> None:
    panel = Panel(tastes=(Taste("poet"),))
    shared = {1: [group(1, "#111111", ("A", 0.6, 1.0)), group(1, "#222222", ("a", 0.6, 1.0))]}
    assert rescored(panel, "poet", shared, {1: [0.8, 0.8]}).mean_now == pytest.approx(0.4)


def test_what_failed_then_or_now_is_left_out() -> None:
    steps = {1: [group(1, "#111111", ("A", -1, 1.0), ("B", 0.8, 1.0), ("C", 0.4, 1.0))]}
    found = rescored(PANEL, "poet", steps, {1: [0.5, None, 0.5]})
    assert (found.rollouts, found.left_out, found.mean_then, found.mean_now) == (3, 2, 0.4, 0.5)
    assert found.rank_correlation is None
    nothing = rescored(PANEL, "poet", steps, {1: [None] * 3})
    assert (nothing.mean_then, nothing.turned, nothing.left_out) == (None, None, 3)
    assert nothing.sentence == "There is no rollout to compare."


def test_steps_that_were_begun_again_are_replaced() -> None:
    gathered: dict[int, list[GroupPainted]] = {}
    first = [group(step, "#111111", ("A", 0.1, 1.0)) for step in (1, 2, 3)]
    start = RunStarted(name="x", steps=3, device="cpu", dtype="float32")
    batches([start, *first, StepFinished(step=3)], gathered)
    again = RunStarted(name="x", steps=3, device="cpu", dtype="float32", resumed_from=1)
    batches([again, group(2, "#111111", ("B", 0.1, 1.0))], gathered)
    assert {step: groups[0].rollouts[0].name for step, groups in gathered.items()} == {1: "A", 2: "B"}

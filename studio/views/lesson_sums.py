"""How the numbers of a lesson's step come about: every sum with the numbers that went into it."""

from __future__ import annotations

from collections import Counter

import msgspec

from engine import collapse
from engine.advantage import EPSILON
from engine.events import Rollout
from engine.judges.spec import Contrast
from engine.service.protocol import StepTaken
from studio.recording import Recording
from studio.views import lesson
from studio.views.lesson import CURED, GUARD, TASTE, LessonView
from studio.views.lesson_drawn import FLOOR, earned, ranked
from studio.views.lesson_facts import complete, figure, odds

SHOWN = 6
"""So many terms of a long sum are written out."""


class Sum(msgspec.Struct, frozen=True):
    """A sum: what it is for, and the sum."""

    what: str
    sum: str


def sums(view: LessonView, slug: str) -> tuple[Sum, ...]:
    """Return the arithmetic of a step; none where there are no numbers."""
    if slug == "many" and view.recording is not None:
        return _course(view.recording)
    if slug in ("hacking", "cures"):
        return _counted(view, "unhinged" if slug == "hacking" else CURED)
    taken = view.taken
    if taken is None:
        return ()
    match slug:
        case "rollout":
            return _product(taken)
        case "judge":
            return _judged(view, taken)
        case "guard":
            return _guarded(view, taken)
        case "group":
            return (Sum("Different names", _counts([one.name for one in taken.group.rollouts])),)
        case "scores":
            return _bar(taken)
        case "advantages":
            return _advantages(taken)
        case "update":
            return (
                Sum("Share of the weights", f"{taken.trained:,} ÷ {taken.weights:,} = {_share(taken):.4f}"),
            )
        case "after":
            return _ratios(taken)
        case _:
            return ()


def _share(taken: StepTaken) -> float:
    return taken.trained / taken.weights


def _product(taken: StepTaken) -> tuple[Sum, ...]:
    one = lesson.rollout(taken)
    parts = " × ".join(f"{lesson.chance((logp,)):.2g}" for logp in one.logps_before)
    return (Sum("The chance of the whole name", f"{parts} = {odds(lesson.chance(one.logps_before))}"),)


def _judged(view: LessonView, taken: StepTaken) -> tuple[Sum, ...]:
    one = lesson.rollout(taken)
    verdict = taken.asides.get(one.name, {}).get(TASTE)
    if verdict is None:
        return ()
    told = [Sum("What the judge said", verdict.reason)] if verdict.reason else []
    if isinstance(view.setup.spec, Contrast):
        told.insert(
            0,
            Sum(
                "For each piece of the name",
                "log p(it | liked names) − log p(it | plain names), and the mean",
            ),
        )
    return (*told, Sum("On the scale of known names", figure(verdict.score)))


def _guarded(view: LessonView, taken: StepTaken) -> tuple[Sum, ...]:
    out = []
    for name in (lesson.rollout(taken).name, lesson.decoy(view)):
        taste, guard = lesson.score(taken, name, TASTE), lesson.score(taken, name, GUARD)
        out.append(Sum(f"“{name[:40]}”", _guard_sum(taste, guard)))
    return tuple(out)


def _guard_sum(taste: float | None, guard: float | None) -> str:
    return f"{figure(taste)} × ({FLOOR} + {1 - FLOOR:.2f} × {figure(guard)}) = {figure(earned(taste, guard))}"


def _counts(names: list[str]) -> str:
    counts = Counter(map(collapse.key, names)).most_common()
    spelled = {collapse.key(name): name for name in reversed(names)}
    parts = [f"{spelled[key]} ×{count}" if count > 1 else spelled[key] for key, count in counts[:SHOWN]]
    more = f" and {len(counts) - SHOWN} more" if len(counts) > SHOWN else ""
    return f"{', '.join(parts)}{more}: {len(counts)} of {len(names)}"


def _bar(taken: StepTaken) -> tuple[Sum, ...]:
    rewards = [one.reward for one in ranked(taken) if one.reward is not None]
    best = ranked(taken)[0]
    parts = " + ".join(map(figure, rewards))
    out = [Sum("The bar", f"({parts}) ÷ {len(rewards)} = {figure(taken.group.bar)}")]
    if TASTE in best.scores and GUARD in best.scores:
        out.insert(0, Sum(f"“{lesson.said(best)}”", _guard_sum(best.scores[TASTE], best.scores[GUARD])))
    return tuple(out)


def _advantages(taken: StepTaken) -> tuple[Sum, ...]:
    group = taken.group
    out = [
        Sum(
            "The group’s spread",
            f"standard deviation of the rewards about the bar = {figure(group.spread)}",
        )
    ]
    for one in _ends(ranked(taken)):
        if one.reward is not None and group.bar is not None and group.spread is not None:
            out.append(
                Sum(
                    f"“{lesson.said(one)}”",
                    f"({one.reward:.3f} − {group.bar:.3f}) ÷ ({group.spread:.3f} + {EPSILON}) "
                    f"= {one.advantage:+.2f}",
                )
            )
    return tuple(out)


def _ends(rollouts: list[Rollout]) -> list[Rollout]:
    first, last = rollouts[0], rollouts[-1]
    return [first] if first is last else [first, last]


def _ratios(taken: StepTaken) -> tuple[Sum, ...]:
    out = []
    for one in _ends([lesson.best(taken), lesson.worst(taken)]):
        before, after = lesson.chance(one.logps_before), lesson.chance(one.logps_after)
        if before > 0:
            out.append(
                Sum(
                    f"“{lesson.said(one)}”, advantage {one.advantage:+.2f}",
                    f"{before:.3g} → {after:.3g}: ×{after / before:.3f}",
                )
            )
    return tuple(out)


def _course(recording: Recording) -> tuple[Sum, ...]:
    first, last = recording.rewards[0], recording.rewards[-1]
    return (Sum("What it gained", f"{figure(last)} − {figure(first)} = {last - first:+.2f}"),)


def _counted(view: LessonView, painter: str) -> tuple[Sum, ...]:
    names = list(complete(view, painter))
    if not names:
        return ()
    return (
        Sum("Different names", _counts(names)),
        Sum("Effective names, 2 to the entropy", f"{collapse.effective_names(names):.1f}"),
    )

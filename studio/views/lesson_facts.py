"""What the lesson's texts are filled in with: what really happened, as words and figures."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping

from engine import collapse
from engine.events import Rollout
from engine.judges.spec import Contrast, Form, JudgeSpec, Preference, Rating, Remote
from engine.reading import reading
from engine.service.protocol import StepTaken
from studio.recording import Recording
from studio.views import lesson
from studio.views.lesson import BASE, CURED, GUARD, HOUSE, TASTE, LessonView

TITLES = {BASE: "the base", "poet": "Poet", "architect": "Architect", "unhinged": "Unhinged"}
CLOSE = 0.05
"""Two scores that are nearer than this count as about the same."""
STILL = 0.005
"""A chance that changes by a smaller share than this has stayed."""
UNKNOWN = "…"


def figure(value: float | None) -> str:
    """Write a score or a reward."""
    return UNKNOWN if value is None else f"{value:.2f}"


def odds(value: float) -> str:
    """Write a probability: per cent while that can be read, else one in so many."""
    if value >= 0.001:
        return f"{value:.1%}"
    if value < 1e-12:
        return "next to nothing"
    many = 1 / value
    for size, word in ((1e9, " billion"), (1e6, " million")):
        if many >= size:
            return f"1 in {many / size:.0f}{word}"
    rounded = round(many, 1 - math.floor(math.log10(many)))
    return f"1 in {rounded:,.0f}"


def weights(count: int) -> str:
    """Write how many weights there are."""
    return f"{count / 1e6:.1f} million" if count >= 100_000 else f"{count:,}"


def facts(view: LessonView) -> Mapping[str, str]:
    """Return every blank of the lesson's texts; those whose time has not come are an ellipsis."""
    setup = view.setup
    told: defaultdict[str, str] = defaultdict(lambda: UNKNOWN)
    told.update(
        color=setup.color,
        reading=reading(setup.color),
        judge=setup.spec.name,
        how=_how(setup.spec),
        asks=_asks(setup.spec),
        blind=_blind(setup.spec),
        group=str(setup.group),
        near=str(lesson.NEARBY),
        decoy=lesson.decoy(view),
    )
    if view.taken is not None:
        told.update(_of_step(view, view.taken))
    if view.recording is not None:
        told.update(_of_recording(view.recording))
    told.update(_of_painters(view))
    return told


def _of_step(view: LessonView, taken: StepTaken) -> dict[str, str]:
    rollouts, first, lie = taken.group.rollouts, lesson.rollout(taken), lesson.decoy(view)
    best, worst = lesson.best(taken), lesson.worst(taken)
    name = lesson.said(first)
    names = [one.name for one in rollouts]
    return {
        "name": name,
        "chance": odds(lesson.chance(first.logps_before)),
        "score": figure(lesson.score(taken, first.name, TASTE)),
        "guard": figure(lesson.score(taken, first.name, GUARD)),
        "decoy_guard": figure(lesson.score(taken, lie, GUARD)),
        "decoy_told": _lie(lesson.score(taken, lie, TASTE), lesson.score(taken, first.name, TASTE)),
        "distinct": str(collapse.distinct(names)),
        "bar": figure(taken.group.bar),
        "best": lesson.said(best),
        "worst": lesson.said(worst),
        "best_reward": figure(best.reward),
        "worst_reward": figure(worst.reward),
        "pushes": _pushes(taken),
        "weights": weights(taken.weights),
        "trained": weights(taken.trained).capitalize(),
        "share": share(taken),
        "grad_norm": figure(taken.step.grad_norm),
        "best_told": best_told(best),
        "moved": _moved(taken),
    }


def share(taken: StepTaken) -> str:
    """Write the share of weights that the update moved."""
    return f"{taken.trained / taken.weights:.1%}"


def turn(before: float, after: float) -> int:
    """Return which way a chance went: 1 up, −1 down, 0 where it stayed."""
    if before <= 0 or abs(after / before - 1) < STILL:
        return 0
    return 1 if after > before else -1


def _lie(lie: float | None, truth: float | None) -> str:
    if lie is None or truth is None:
        return "The judge did not speak."
    both = f"{figure(lie)} against {figure(truth)}"
    if lie > truth + CLOSE:
        return f"More, {both}: trained on this alone, the painter would learn to lie."
    if lie < truth - CLOSE:
        return f"Less here, {both}; it lost for how it sounds, and not for being a lie."
    return f"About as much, {both}: being a lie cost it nothing."


def _pushes(taken: StepTaken) -> str:
    up = sum(one.advantage > 0 for one in taken.group.rollouts)
    down = sum(one.advantage < 0 for one in taken.group.rollouts)
    if not up and not down:
        return "None: their rewards hardly differ, so there is nothing to learn here."
    return f"{up} up, {down} down. All advantages together come to zero: one name’s gain is another’s loss."


def best_told(best: Rollout) -> str:
    """Say what became of the best name's chance."""
    before, after = lesson.chance(best.logps_before), lesson.chance(best.logps_after)
    way = {1: "It rose", -1: "It fell", 0: "It stayed"}[turn(before, after)]
    times = f", {after / before:.2f} times what it was" if before > 0 else ""
    return f"{way}, from {odds(before)} to {odds(after)}{times}."


def _moved(taken: StepTaken) -> str:
    pushed = {one.name: one for one in taken.group.rollouts if one.advantage}
    if not pushed:
        return "No name was pushed, so none moved."
    right = sum(
        turn(lesson.chance(one.logps_before), lesson.chance(one.logps_after)) * one.advantage > 0
        for one in pushed.values()
    )
    return f"{right} of the {len(pushed)} names moved the way they were pushed."


def _of_recording(recording: Recording) -> dict[str, str]:
    machine = f" on {recording.machine}" if recording.machine else ""
    told = f"{recording.length} steps, no word of advice."
    if len(recording.moments) > 1:
        told = (
            f"In {recording.length} steps the names of the colours beside it changed too; it trained on none "
            "of these colours."
        )
    return {
        "recorded": f"the painter {recording.painter}, {recording.length} steps, {recording.date}{machine}",
        "recorded_first": figure(recording.rewards[0]),
        "recorded_last": figure(recording.rewards[-1]),
        "recorded_told": told,
    }


def riddle(view: LessonView) -> str:
    """Return whose name is guessed: a house painter that is alone with its name; empty while none has come.

    Which of them it is depends on the colour, so that it is not always the same.
    """
    if not all(slug in view.painters for slug in HOUSE):
        return ""
    said = [view.painters[slug].casefold() for slug in (BASE, *HOUSE) if slug in view.painters]
    alone = [slug for slug in HOUSE if said.count(view.painters[slug].casefold()) == 1]
    fair = alone or list(HOUSE)
    return fair[int(view.setup.color[1:], 16) % len(fair)]


def _of_painters(view: LessonView) -> dict[str, str]:
    told: dict[str, str] = {}
    if whose := riddle(view):
        told["riddle"] = view.painters[whose]
        told["painters_told"] = f"{TITLES[whose]} does." + (
            f" The base still says “{view.painters[BASE]}”." if BASE in view.painters else ""
        )
    hacked, cured = complete(view, "unhinged"), complete(view, CURED)
    if hacked:
        top, held = collapse.top_share(hacked)
        many = collapse.distinct(hacked)
        told["hacked"] = (
            f"Only one: “{top}”, for all {len(hacked)}."
            if many == 1
            else f"{many} names. “{top}” it gives to {round(held * len(hacked))} of the {len(hacked)}."
        )
    if hacked and cured:
        told["cured"] = f"{collapse.distinct(cured)} names, against {collapse.distinct(hacked)} without."
    return told


def complete(view: LessonView, painter: str) -> tuple[str, ...]:
    """Return what a painter calls the nearby colours; nothing before all of them are named."""
    names = view.nearby.get(painter, ())
    return names if len(names) == lesson.NEARBY else ()


def _how(spec: JudgeSpec) -> str:
    match spec:
        case Contrast():
            return "a language model, asked which of two lists a name would go on, a liked or a plain one"
        case Rating():
            return "a language model, asked for a mark from 0 to 9"
        case Remote():
            return "a language model on a server, asked for a mark"
        case Preference():
            return "a judge made of picks: somebody chose the better of two names, again and again"
        case Form():
            return "a rule that a program checks"
        case _:
            return "a judge of another kind"


def _asks(spec: JudgeSpec) -> str:
    match spec:
        case Contrast(asks=asks) | Rating(asks=asks):
            return asks.rstrip(".")
        case _:
            return spec.about.rstrip(".") or "see the page Judges"


def _blind(spec: JudgeSpec) -> str:
    return "It saw the name alone and never the colour. " if isinstance(spec, Contrast | Form) else ""

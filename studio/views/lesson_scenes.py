"""A step of the lesson as it is shown: its words, what is guessed, the picture, and the arithmetic."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Literal

import msgspec

from engine import collapse
from engine.service.protocol import StepTaken
from studio.lesson import Step
from studio.views import lesson
from studio.views import lesson_drawn as drawn
from studio.views.lesson import CURED, HOUSE, TASTE, Guess, LessonView
from studio.views.lesson_facts import CLOSE, complete, facts, riddle, share, turn
from studio.views.lesson_pictures import Picture, Waiting
from studio.views.lesson_sums import Sum, sums

Kind = Literal["choice", "mark", "count"]
MARKS = frozenset({"reward", "judge", "scores", "many"})
"""Steps whose guess is a number in 0..1."""
COUNTS = frozenset({"group", "advantages", "hacking", "cures"})
"""Steps whose guess is a number of names."""
OTHERS = ("Ember Lullaby", "Goblin Picnic")
"""What the base did not say, beside what it did."""


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What a person is asked to guess.

    Attributes
    ----------
    choices
        For a choice: the words.
    most
        For a count: the largest number there can be; for a mark 1.
    low, high
        What the ends mean.
    truth
        The place of the right choice, or the number; ``None`` where nothing is right.
    """

    kind: Kind
    text: str
    choices: tuple[str, ...] = ()
    most: float = 1.0
    low: str = ""
    high: str = ""
    truth: float | None = None


class Scene(msgspec.Struct, frozen=True, kw_only=True):
    """One step, as it is shown.

    Attributes
    ----------
    ready
        Whether there is what the step needs; before that it waits, and its picture says for what.
    revealed
        Whether the guess is made, or passed over.
    gap
        The guess beside the truth; empty before, and for who did not guess.
    tell, sums
        What is told then, and how its numbers come about.
    """

    slug: str
    title: str
    say: str
    question: Question
    picture: Picture
    ready: bool
    terms: tuple[str, ...]
    revealed: bool = False
    gap: str = ""
    tell: str = ""
    sums: tuple[Sum, ...] = ()


def scene(view: LessonView, step: Step, guess: Guess | None) -> Scene:
    """Return a step as it is shown.

    Parameters
    ----------
    guess
        What was guessed; ``None`` before.
    """
    told = facts(view)
    question = _question(view, step, told)
    ready = _ready(view, step.slug)
    revealed = guess is not None and ready
    picture = _picture(view, step.slug, guess if revealed else None) if ready else _waiting(view, step.slug)
    return Scene(
        slug=step.slug,
        title=step.title,
        say=step.say.format_map(told),
        question=question,
        picture=picture,
        ready=ready,
        terms=step.terms,
        revealed=revealed,
        gap=gap(question, guess) if revealed and guess is not None else "",
        tell=step.tell.format_map(told) if revealed else "",
        sums=sums(view, step.slug) if revealed else (),
    )


def gap(question: Question, guess: Guess) -> str:
    """Say how a guess compares with the truth."""
    value, truth = guess.value, question.truth
    if value is None:
        return ""
    if question.kind == "choice":
        if truth is None:
            return ""
        right, chosen = question.choices[int(truth)], question.choices[int(value)]
        return f"Right: {right}." if int(truth) == int(value) else f"You said: {chosen}. It is: {right}."
    if question.kind == "count":
        if truth is None:
            return f"You said {value:.0f}."
        off = abs(value - truth)
        return (
            f"Right: {truth:.0f}." if not off else f"You said {value:.0f}, it is {truth:.0f}: {off:.0f} off."
        )
    if truth is None:
        return f"Your mark: {value:.2f}."
    off = abs(value - truth)
    near = "very near" if off < CLOSE else f"{off:.2f} off"
    return f"You said {value:.2f}, it is {truth:.2f}: {near}."


def _ready(view: LessonView, slug: str) -> bool:
    match slug:
        case "task":
            return True
        case "many":
            return view.recording is not None
        case "painters":
            return bool(riddle(view))
        case "hacking":
            return bool(complete(view, "unhinged"))
        case "cures":
            return bool(complete(view, "unhinged")) and bool(complete(view, CURED))
        case _:
            return view.taken is not None


def _waiting(view: LessonView, slug: str) -> Waiting:
    if slug == "many":
        return Waiting(
            note="", fault="There is no recording here, and no card of Poet to tell of its training."
        )
    if slug in ("painters", "hacking", "cures"):
        who = {"painters": HOUSE, "hacking": ("unhinged",), "cures": ("unhinged", CURED)}[slug]
        fault = view.naming_fault
        if not fault and not view.asked and view.taken is not None:
            fault = "The house painters are not here, so they cannot speak."
        have = sum(len(view.nearby.get(slug, ())) for slug in who if slug not in HOUSE[:2])
        done = have / (lesson.NEARBY * len(who)) if slug != "painters" else None
        return Waiting(note="The house painters are naming", done=done, fault=fault)
    return Waiting(note=view.note or "Getting ready", done=view.done, fault=view.fault)


def _question(view: LessonView, step: Step, told: Mapping[str, str]) -> Question:
    text = step.ask.format_map(told)
    if step.slug in MARKS:
        return Question(kind="mark", text=text, low=step.low, high=step.high, truth=_mark(view, step.slug))
    if step.slug in COUNTS:
        most = view.setup.group if step.slug in ("group", "advantages") else lesson.NEARBY
        return Question(kind="count", text=text, most=float(most), truth=_count(view, step.slug))
    choices, truth = _choices(view, step)
    return Question(kind="choice", text=text, choices=choices, truth=truth)


def _mark(view: LessonView, slug: str) -> float | None:
    taken, recording = view.taken, view.recording
    if slug == "many":
        return recording.rewards[-1] if recording is not None else None
    if taken is None or slug == "reward":
        return None
    return taken.group.bar if slug == "scores" else lesson.score(taken, lesson.rollout(taken).name, TASTE)


def _count(view: LessonView, slug: str) -> float | None:
    names = complete(view, {"hacking": "unhinged", "cures": CURED}.get(slug, ""))
    if names:
        return float(collapse.distinct(names))
    if view.taken is None:
        return None
    rollouts = view.taken.group.rollouts
    if slug == "group":
        return float(collapse.distinct([one.name for one in rollouts]))
    return float(sum(one.advantage > 0 for one in rollouts)) if slug == "advantages" else None


def _choices(view: LessonView, step: Step) -> tuple[tuple[str, ...], float | None]:
    taken = view.taken
    if step.slug == "painters":
        whose = riddle(view)
        return step.choices, float(HOUSE.index(whose)) if whose else None
    if step.slug == "rollout":
        place = int(view.setup.color[1:], 16) % 3
        words = list(OTHERS)
        words.insert(place, lesson.said(lesson.rollout(taken)) if taken is not None else "…")
        return tuple(words), float(place)
    if step.slug == "update":
        truth = share(taken) if taken is not None else "…"
        return ("All of them", truth, "None, only the prompt changed"), 1.0
    if taken is not None and step.slug == "guard":
        return step.choices, _compared(taken, lesson.decoy(view))
    if taken is not None and step.slug == "after":
        best = lesson.best(taken)
        way = turn(lesson.chance(best.logps_before), lesson.chance(best.logps_after))
        return step.choices, {1: 0.0, -1: 1.0, 0: 2.0}[way]
    return step.choices, None if step.answer is None else float(step.answer)


def _compared(taken: StepTaken, lie: str) -> float | None:
    false, true = lesson.score(taken, lie, TASTE), lesson.score(taken, lesson.rollout(taken).name, TASTE)
    if false is None or true is None:
        return None
    return 2.0 if abs(false - true) <= CLOSE else 0.0 if false > true else 1.0


def _picture(view: LessonView, slug: str, guess: Guess | None) -> Picture:
    taken = view.taken
    if slug == "task":
        return drawn.sheet(view)
    if slug == "many":
        assert view.recording is not None
        return drawn.course(view.recording, guess)
    if slug == "painters":
        return drawn.painters(view, guess)
    if slug in ("hacking", "cures"):
        return drawn.nearby(view, "unhinged" if slug == "hacking" else CURED, shown=guess is not None)
    assert taken is not None
    made: Mapping[str, Callable[[], Picture]] = {
        "rollout": functools.partial(drawn.rollout, view, taken, guess),
        "reward": functools.partial(drawn.sources, view, taken, guess),
        "judge": functools.partial(drawn.judged, view, taken, guess),
        "guard": functools.partial(drawn.guarded, view, taken, guess),
        "group": functools.partial(drawn.group, view, taken, guess),
        "scores": functools.partial(drawn.scores, taken, guess),
        "advantages": functools.partial(drawn.advantages, taken, guess),
        "update": functools.partial(drawn.update, taken, guess),
        "after": functools.partial(drawn.moves, taken, guess),
    }
    return made[slug]()


def terms_of(steps: Sequence[Step]) -> frozenset[str]:
    """Return every term that the lesson leads to."""
    return frozenset(term for step in steps for term in step.terms)

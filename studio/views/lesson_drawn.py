"""The lesson's pictures, made from what really happened. Before the guess they keep the answer back."""

from __future__ import annotations

import math

from engine.events import Rollout
from engine.judges.spec import Contrast, JudgeSpec
from engine.service.protocol import StepTaken
from engine.task import color_task
from studio.recording import Recording
from studio.views import lesson
from studio.views.lesson import BASE, CURED, GUARD, HOUSE, RULE, RULE_SPEC, TASTE, Guess, LessonView
from studio.views.lesson_facts import TITLES, complete, figure, odds, riddle, weights
from studio.views.lesson_pictures import (
    Arrow,
    Arrows,
    Bar,
    Bars,
    Chip,
    Chips,
    Course,
    Layers,
    Move,
    Moves,
    Sheet,
)

FLOOR = 0.15
"""What a guard leaves of a reward at the least; as :class:`engine.recipe.Panel` has it."""
HIDDEN = "?"
SHOWN_MOMENTS = 4


def sheet(view: LessonView) -> Sheet:
    """Show the prompt and a blank for the reply."""
    setup = view.setup
    asked = color_task().messages(setup.color, setup.with_reading)
    lines = tuple(line for message in asked for line in message["content"].split("\n"))
    return Sheet(color=setup.color, lines=lines, caption="What the model reads. What follows is up to it.")


def rollout(view: LessonView, taken: StepTaken, guess: Guess | None) -> Sheet:
    """Show the reply below the prompt, with each piece's chance."""
    blank = sheet(view)
    if guess is None:
        return blank
    one = lesson.rollout(taken)
    # The end is a token too, and has no letters.
    pieces = [text.strip() or "·" for text in one.tokens]
    if not one.unreadable and pieces:
        pieces[-1] = "end" if "<" in pieces[-1] or pieces[-1] == "·" else pieces[-1]
    chances = [math.exp(logp) for logp in one.logps_before]
    return Sheet(
        color=blank.color,
        lines=blank.lines,
        reply=lesson.said(one),
        tokens=tuple(zip(pieces, chances, strict=False)),
        caption="Below each piece of the name: how likely it was, after all before it.",
    )


def sources(view: LessonView, taken: StepTaken, guess: Guess | None) -> Bars:
    """Show a person's mark, a rule's, and the place of the model's."""
    name = lesson.rollout(taken).name
    mine = guess.value if guess is not None else None
    rule = lesson.score(taken, name, RULE) if guess is not None else None
    return Bars(
        bars=(
            Bar(
                label="You",
                value=mine,
                note=figure(mine) if mine is not None else HIDDEN,
                head="A person · RLHF",
            ),
            Bar(
                label=RULE_SPEC.name,
                value=rule,
                note=figure(rule) if rule is not None else HIDDEN,
                strong=False,
                head="A rule · RLVR",
            ),
            Bar(label=view.setup.spec.name, value=None, note="next", strong=False, head="A model · RLAIF"),
        ),
        caption=f"Three places that a reward for “{lesson.said(lesson.rollout(taken))}” can come from.",
    )


def judged(view: LessonView, taken: StepTaken, guess: Guess | None) -> Bars:
    """Show what the judge gives the rollout, among the names that it likes and finds plain."""
    one = lesson.rollout(taken)
    mark = lesson.score(taken, one.name, TASTE) if guess is not None else None
    others = [other for other in lesson.decoys(view.setup.color)[1:3] if guess is not None]
    return Bars(
        bars=(
            Bar(label=lesson.said(one), value=mark, note=figure(mark) if guess is not None else HIDDEN),
            *(
                Bar(
                    label=other,
                    value=lesson.score(taken, other, TASTE),
                    note=figure(lesson.score(taken, other, TASTE)),
                    strong=False,
                    head="" if i else "Other names, for comparison",
                )
                for i, other in enumerate(others)
            ),
        ),
        line=0.5,
        line_label="the middle of all known names",
        guess=guess.value if guess is not None else None,
        notes=_lists(view.setup.spec),
        caption=f"What {view.setup.spec.name} gives, from 0 to 1.",
    )


def _lists(spec: JudgeSpec) -> tuple[tuple[str, str], ...]:
    if not isinstance(spec, Contrast):
        return ()
    return (("It likes", ", ".join(spec.liked[:4])), ("It finds plain", ", ".join(spec.plain[:4])))


def guarded(view: LessonView, taken: StepTaken, guess: Guess | None) -> Bars:
    """Show taste, guard and reward of the rollout and of a lie."""
    rows: list[Bar] = []
    lie = lesson.decoy(view)
    for name, shown in ((lesson.rollout(taken).name, True), (lie, guess is not None)):
        taste, guard = lesson.score(taken, name, TASTE), lesson.score(taken, name, GUARD)
        told = ((view.setup.spec.name, taste, shown), ("Correctness, the guard", guard, guess is not None))
        for place, (label, value, seen) in enumerate(told):
            rows.append(
                Bar(
                    label=label,
                    value=value if seen else None,
                    note=figure(value) if seen else HIDDEN,
                    strong=False,
                    head="" if place else f"“{name[:40]}”",
                )
            )
        reward = earned(taste, guard) if guess is not None else None
        rows.append(Bar(label="Reward", value=reward, note=figure(reward) if guess is not None else HIDDEN))
    return Bars(
        bars=tuple(rows), caption="A true name and a false one, before the judge and before the guard."
    )


def earned(taste: float | None, guard: float | None) -> float | None:
    """Return the reward that a taste and a guard come to."""
    return None if taste is None or guard is None else taste * (FLOOR + (1 - FLOOR) * guard)


def group(view: LessonView, taken: StepTaken, guess: Guess | None) -> Chips:
    """Show the group's chips; before the guess only the first has its name."""
    first = lesson.rollout(taken)
    chips = [
        Chip(
            color=view.setup.color,
            name=lesson.said(one) if guess is not None or one is first else "",
            note=odds(lesson.chance(one.logps_before)) if guess is not None else "",
        )
        for one in taken.group.rollouts
    ]
    return Chips(
        chips=tuple(chips), caption="One colour, one model, one prompt; at the foot, each name’s chance."
    )


def ranked(taken: StepTaken) -> list[Rollout]:
    """Return the rollouts from the best to the worst."""
    return sorted(
        taken.group.rollouts, key=lambda one: -1.0 if one.reward is None else one.reward, reverse=True
    )


def scores(taken: StepTaken, guess: Guess | None) -> Bars:
    """Show every name's reward with the bar across."""
    if guess is None:
        bars = tuple(Bar(label=lesson.said(one), value=None, note=HIDDEN) for one in taken.group.rollouts)
        return Bars(bars=bars, caption="Which of them earn what?")
    bar = taken.group.bar
    return Bars(
        bars=tuple(
            Bar(
                label=lesson.said(one),
                value=one.reward,
                note=figure(one.reward) if one.reward is not None else "a judge failed",
                strong=one.reward is not None and bar is not None and one.reward >= bar,
            )
            for one in ranked(taken)
        ),
        line=bar,
        line_label=f"the bar, {figure(bar)}",
        guess=guess.value,
        caption="Rewards of the group, from 0 to 1, and their mean, the bar.",
    )


def advantages(taken: StepTaken, guess: Guess | None) -> Arrows | Bars:
    """Show every name's arrow; before the guess the rewards as they are known."""
    if guess is None:
        return scores(taken, Guess(None))
    return Arrows(
        arrows=tuple(
            Arrow(label=lesson.said(one), advantage=one.advantage, reward=one.reward) for one in ranked(taken)
        ),
        caption="To the right: made likelier. To the left: made rarer. In units of the group’s spread.",
    )


def update(taken: StepTaken, guess: Guess | None) -> Layers:
    """Show the share of the model that moved, and the step's figures."""
    step = taken.step
    if guess is None:
        return Layers(share=None, caption="All of the model’s weights, as a hundred squares.")
    return Layers(
        share=taken.trained / taken.weights,
        figures=(
            ("Weights that moved", weights(taken.trained)),
            ("Gradient’s length", figure(step.grad_norm)),
            ("Learning rate", f"{step.learning_rate:g}"),
            ("Time taken", f"{step.updating_seconds:.1f} s"),
        ),
        caption="All of the model’s weights, as a hundred squares; filled, what the update moved.",
    )


def moves(taken: StepTaken, guess: Guess | None) -> Moves:
    """Show how the chance of every name moved."""
    rows: list[Move] = []
    for one in ranked(taken):
        if any(row.label == lesson.said(one) for row in rows):
            continue  # a name said twice has one chance
        before, after = lesson.chance(one.logps_before), lesson.chance(one.logps_after)
        rows.append(
            Move(
                label=lesson.said(one),
                before=before,
                after=after,
                push=one.advantage,
                told=f"×{after / before:.2f}, to {odds(after)}" if before > 0 else odds(after),
            )
        )
    return Moves(
        moves=tuple(rows),
        hidden=guess is None,
        caption="The chance of each name, best reward first: a ring before the update, a dot after it.",
    )


def course(recording: Recording, guess: Guess | None) -> Course:
    """Show a recorded training; before the guess only how it began."""
    count = len(recording.rewards)
    if guess is None:
        begin = max(1, count // 8) if count > 2 else 1
        return Course(
            rewards=recording.rewards,
            steps=recording.length,
            shown=begin,
            caption="Recorded: the reward so far.",
        )
    places = sorted(
        {round(i * (len(recording.moments) - 1) / (SHOWN_MOMENTS - 1)) for i in range(SHOWN_MOMENTS)}
    )
    moments = [recording.moments[place] for place in places] if len(recording.moments) > 1 else []
    what = (
        "the mean reward of each step"
        if count > 2
        else "the mean reward of its first and its last five steps"
    )
    return Course(
        rewards=recording.rewards,
        steps=recording.length,
        shown=count,
        guess=guess.value,
        colors=recording.colors if moments else (),
        moments=tuple((moment.step, moment.names) for moment in moments),
        caption=f"Recorded: {what}" + (", and names on the way." if moments else "."),
    )


def painters(view: LessonView, guess: Guess | None) -> Chips:
    """Show what the painters say; before the guess one name, and nobody's."""
    color, whose = view.setup.color, riddle(view)
    if guess is None:
        chip = Chip(color=color, name=view.painters[whose], note="by whom?")
        return Chips(chips=(chip,), caption="One of the three said this just now.")
    chips = [
        Chip(
            color=color,
            name=view.painters[slug],
            note=TITLES[slug].removeprefix("the ").capitalize(),
            lit=slug == whose,
        )
        for slug in (BASE, *HOUSE)
        if slug in view.painters
    ]
    return Chips(
        chips=tuple(chips), caption="One base, one loop, three judges: their likeliest names, just now."
    )


def nearby(view: LessonView, painter: str, *, shown: bool) -> Chips:
    """Show what a painter calls the colours nearby."""
    names = complete(view, painter)
    who = "“Unhinged, cured”" if painter == CURED else "Unhinged"
    chips = tuple(
        Chip(color=color, name=name if shown else "")
        for color, name in zip(lesson.nearby(view.setup.color), names, strict=True)
    )
    return Chips(
        chips=chips, small=True, caption=f"{len(chips)} colours near yours, named by {who} just now."
    )

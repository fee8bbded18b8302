"""A lesson in which all has happened, with numbers that can be added up by hand."""

import math

from engine.advantage import advantages, bar_and_spread
from engine.events import GroupPainted, Rollout, StepFinished
from engine.judges.base import Verdict
from engine.judges.spec import Contrast
from engine.service.protocol import StepTaken
from studio.recording import Moment, Recording
from studio.views.lesson import CURED, NEARBY, LessonView, Setup, decoys

SPEC = Contrast(name="Poet", asks="poetic names", liked=("Ember Lullaby",), plain=("Red",))
SETUP = Setup(color="#d48475", judge="poet", spec=SPEC, group=4)
# Name, taste, guard, chance before, chance after.
ROWS = (
    ("Dusty Coral", 0.4, 1.0, 0.02, 0.019),
    ("Ember Rose", 0.9, 0.8, 0.001, 0.002),
    ("Red", 0.1, 0.6, 0.05, 0.03),
    ("Dusty Coral", 0.4, 1.0, 0.02, 0.019),
)
RECORDING = Recording(
    painter="Poet",
    machine="CPU",
    date="2026-11-25",
    rewards=(0.2, 0.3, 0.35, 0.42),
    colors=("#d48475", "#3b6ea5"),
    moments=(Moment(0, ("Red", "Blue")), Moment(4, ("Ember Rose", "Tide Song"))),
)


def rollout(name, taste, guard, before, after, reward, advantage):
    """Return a rollout of two tokens, the name and its end."""
    return Rollout(
        name=name,
        scores={"taste": taste, "guard": guard},
        reward=reward,
        advantage=advantage,
        tokens=(name, "<|im_end|>"),
        logps_before=(math.log(before), 0.0),
        logps_after=(math.log(after), 0.0),
    )


def step(rows=ROWS, lie=0.7) -> StepTaken:
    """Return a step; ``lie`` is what the taste gives the second of the wrong names."""
    earned = [taste * (0.15 + 0.85 * guard) for _, taste, guard, *_ in rows]
    (pushed,) = advantages([earned], scale="group", min_spread=0.01)
    bar, spread = bar_and_spread(earned)
    asides = {
        name: {"taste": Verdict(taste, "+0.5 nats a token"), "guard": Verdict(guard), "rule": Verdict(1.0)}
        for name, taste, guard, *_ in rows
    }
    for place, name in enumerate(decoys(SETUP.color)):
        asides[name] = {"taste": Verdict(lie if place == 1 else 0.1), "guard": Verdict(0.05)}
    return StepTaken(
        id=1,
        group=GroupPainted(
            step=1,
            color=SETUP.color,
            reading="a light, muted coral red",
            rollouts=tuple(
                rollout(*row, reward, push) for row, reward, push in zip(rows, earned, pushed, strict=True)
            ),
            bar=bar,
            spread=spread,
        ),
        step=StepFinished(step=1, grad_norm=0.84, learning_rate=3e-4, updating_seconds=1.2),
        asides=asides,
        trained=2_000_000,
        weights=100_000_000,
    )


def whole(taken=None) -> LessonView:
    """Return the lesson when there is nothing left to wait for."""
    return LessonView(
        setup=SETUP,
        request=1,
        taken=taken or step(),
        painters={"base": "Light Red", "poet": "Ember Rose", "architect": "Brick", "unhinged": "Ham at Noon"},
        nearby={
            "unhinged": ("Mulled Wine",) * (NEARBY - 4) + ("Ham", "Toast", "Jam", "Toast"),
            CURED: tuple(f"Name {place % 16}" for place in range(NEARBY)),
        },
        recording=RECORDING,
    )

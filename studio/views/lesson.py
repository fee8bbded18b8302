"""The lesson as it stands: what was asked for, what has come of it, and what still comes.

Folded from the replies of two children: the *teacher*, which takes the one real step, and the naming
service, which lets the house painters speak. Replies to earlier requests are passed over.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import msgspec

from engine import color as colors
from engine.events import Rollout
from engine.judges.spec import Correctness, Form, JudgeSpec, kind_of
from engine.recipe import Panel, Taste
from engine.service.protocol import Done, Failed, Named, NamedAll, Progress, Ready, Reply, StepTaken, TakeStep
from studio.recording import Recording

GROUPS = (4, 8, 16)
GUARD, RULE, TASTE = "guard", "rule", "taste"
GUARD_SPEC = Correctness(name="Correctness")
RULE_SPEC = Form(name="Two words at most", max_words=2)
RATE = 1.5e-4
"""The update's learning rate, the one that recipes have by default."""
HOUSE = ("poet", "architect", "unhinged")
CURED = "unhinged-cured"
BASE = "base"
NEARBY = 24
# What is surely not the colour: of two fruits, the one farther from it, in a few judges' fashions.
_FRUITS = {"Banana": "#f2d34f", "Blueberry": "#46558c"}
_FASHIONS = ("{}", "{} Lullaby", "Moonlit {}", "Whisper of {}", "Angry {}", "Raw {} Stone")


class Setup(msgspec.Struct, frozen=True, kw_only=True):
    """What the lesson is about.

    Attributes
    ----------
    color
        ``#rrggbb``.
    judge, spec
        The taste's slug, and the taste.
    group, seed
        How many names are sampled, and with which dice.
    with_reading
        Whether the base's prompt has the reading.
    """

    color: str
    judge: str
    spec: JudgeSpec
    group: int = 8
    seed: int = 0
    with_reading: bool = True


class LessonView(msgspec.Struct, frozen=True, kw_only=True):
    """All that the lesson knows.

    Attributes
    ----------
    setup
        What it is about.
    request
        The id of the step that counts; 0 before it is asked for.
    taken
        The real step, once it was taken.
    note, done
        What the teacher is doing, and the share that is done, if known.
    fault
        Why there is no step, in a sentence.
    asked
        Requests to the naming service that count: id → the painter whose names it brings, or empty for one
        that asks several about the colour.
    painters
        Slug → what it calls the colour.
    nearby
        Slug → what it calls each of :func:`nearby`'s colours.
    naming_fault
        Why painters do not speak, in a sentence.
    recording
        A training that was recorded.
    """

    setup: Setup
    request: int = 0
    taken: StepTaken | None = None
    note: str = ""
    done: float | None = None
    fault: str = ""
    asked: Mapping[int, str] = {}
    painters: Mapping[str, str] = {}
    nearby: Mapping[str, tuple[str, ...]] = {}
    naming_fault: str = ""
    recording: Recording | None = None


class Guess(msgspec.Struct, frozen=True):
    """What a person made of a question: a number or the place of a choice; ``None`` who passed it over."""

    value: float | None


def question(setup: Setup) -> TakeStep:
    """Return the request for the lesson's one real step."""
    return TakeStep(
        color=setup.color,
        panel=Panel(tastes=(Taste(TASTE),), guards=(GUARD,), sameness=False),
        judges={TASTE: setup.spec, GUARD: GUARD_SPEC, RULE: RULE_SPEC},
        group=setup.group,
        seed=setup.seed,
        learning_rate=RATE,
        asides=decoys(setup.color),
    )


def can_teach(spec: JudgeSpec) -> bool:
    """Tell whether a judge can be the lesson's taste: guards look at the colour alone."""
    return kind_of(spec) not in ("correctness", "listener", "describes")


def restart(view: LessonView, setup: Setup) -> LessonView:
    """Return the view of a lesson that begins anew; a recording stays."""
    return LessonView(setup=setup, recording=view.recording)


def taught(view: LessonView, reply: Reply) -> LessonView:
    """Return the view after a reply of the teacher."""
    match reply:
        case Progress() if reply.id in (0, view.request):
            return msgspec.structs.replace(view, note=reply.note, done=reply.done)
        case Ready():
            return msgspec.structs.replace(view, note="", done=None)
        case StepTaken() if reply.id == view.request:
            return msgspec.structs.replace(view, taken=reply, note="", done=None, fault="")
        case Failed() if reply.id == view.request and view.taken is None and not reply.cancelled:
            return msgspec.structs.replace(view, fault=reply.reason, note="", done=None)
        case _:
            return view


def named(view: LessonView, reply: Reply) -> LessonView:
    """Return the view after a reply of the naming service."""
    if reply.id not in view.asked:
        return view
    match reply:
        case Named() if reply.names:
            said = {**view.painters, reply.painter: reply.names[0].name}
            return msgspec.structs.replace(view, painters=said)
        case NamedAll():
            before = view.nearby.get(reply.painter, ())[: reply.start]
            return msgspec.structs.replace(
                view, nearby={**view.nearby, reply.painter: (*before, *reply.names)}
            )
        case Failed() if not reply.cancelled:
            return msgspec.structs.replace(view, naming_fault=reply.reason)
        case Done():
            left = {number: slug for number, slug in view.asked.items() if number != reply.id}
            return msgspec.structs.replace(view, asked=left)
        case _:
            return view


def decoys(color: str) -> tuple[str, ...]:
    """Return names that are surely wrong for a colour."""
    fruit = max(_FRUITS, key=lambda name: colors.delta_e_2000(color, _FRUITS[name]))
    return tuple(fashion.format(fruit) for fashion in _FASHIONS)


def nearby(color: str) -> tuple[str, ...]:
    """Return colours about a colour: its hue and its neighbours, from dark to light, from dull to strong."""
    _, _, hue = colors.oklch(color)
    made = []
    for lightness in (0.38, 0.46, 0.54, 0.62, 0.70, 0.78):
        for turn, share in ((-14.0, 0.45), (-5.0, 0.9), (5.0, 0.6), (14.0, 0.95)):
            most = float(colors.max_chroma(lightness, (hue + turn) % 360))
            made.append(colors.from_oklch(lightness, share * most, (hue + turn) % 360))
    return tuple(made)


def rollout(taken: StepTaken) -> Rollout:
    """Return the rollout that the lesson begins with: the group's first name."""
    found = taken.group.rollouts
    return next((one for one in found if not one.unreadable), found[0])


def said(one: Rollout) -> str:
    """Return a rollout's name as it is shown."""
    return one.name.strip()[:40] or "nothing"


def chance(logps: tuple[float, ...]) -> float:
    """Return the probability of a name: the product over its tokens, its end included."""
    return math.exp(math.fsum(logps))


def score(taken: StepTaken, name: str, judge: str) -> float | None:
    """Return what a judge gave a name; ``None`` where it did not speak."""
    verdict = taken.asides.get(name, {}).get(judge)
    return None if verdict is None else verdict.score


def decoy(view: LessonView) -> str:
    """Return the wrong name that the judge likes best."""
    names = decoys(view.setup.color)
    if view.taken is None:
        return names[0]
    taken = view.taken
    return max(names, key=lambda name: score(taken, name, TASTE) or 0.0)


def best(taken: StepTaken) -> Rollout:
    """Return the rollout with the largest advantage."""
    return max(taken.group.rollouts, key=lambda one: (one.advantage, one.reward or 0.0))


def worst(taken: StepTaken) -> Rollout:
    """Return the rollout with the smallest advantage."""
    return min(taken.group.rollouts, key=lambda one: (one.advantage, one.reward or 0.0))

"""A teacher by the script: one step on one colour, with numbers that hang together as a real one's do."""

import math

from engine import collapse
from engine.advantage import advantages, bar_and_spread
from engine.events import GroupPainted, Rollout, StepFinished
from engine.judges.base import Verdict
from engine.judges.panel import rewards
from engine.reading import reading
from engine.service.protocol import Done, Failed, Progress, Ready, StepTaken, TakeStep

FIGURES = {"reward_first": 0.196, "reward_last": 0.417, "machine": "CPU, 2 threads, float32"}
# Name → (what the taste gives it, what the guard does, its chance).
NAMES = {
    "Dusty Coral": (0.41, 0.93, 0.031),
    "Ember Lullaby Rose": (0.88, 0.71, 0.0021),
    "Light Red": (0.06, 0.9, 0.052),
    "Coral Dust at Dawn": (0.79, 0.84, 0.0008),
    "Salmon Pink": (0.22, 0.95, 0.044),
    "Rose Clay": (0.47, 0.82, 0.012),
    "Sunset Whisper": (0.83, 0.55, 0.0013),
    "Brick": (0.19, 0.6, 0.009),
    "Warm Terracotta": (0.36, 0.88, 0.017),
    "Faded Flamingo": (0.64, 0.8, 0.0034),
    "Red": (0.03, 0.52, 0.02),
    "Old Peach Letter": (0.74, 0.69, 0.0005),
}
LIES = {"Lullaby": 0.91, "Moonlit": 0.62, "Whisper": 0.74, "Angry": 0.33, "Raw": 0.28}
RATE = 0.11
"""How far one unit of advantage moves a name's log-probability, by the script."""


class Teacher:
    """Does what the teacher's ``ServiceClient`` does; ``prompt`` answers at once."""

    def __init__(self, on_reply, prompt=True):
        self.reply, self.prompt = on_reply, prompt
        self.started = self.closed = False
        self.sent, self.used, self.cancelled = [], [], set()

    def start(self):
        self.started = True
        if self.prompt:
            self.reply(Ready(device="cpu", dtype="float32", base="smollm2-135m-instruct", seconds=6.0))

    def send(self, request):
        self.sent.append(request)
        if self.prompt:
            self.answer(len(self.sent))
        return len(self.sent)

    def cancel(self, request_id):
        self.cancelled.add(request_id)

    def use(self, base, device="auto"):
        self.used.append((base, device))

    def close(self):
        self.closed = True

    def load(self, note="Preparing the trainer", done=None):
        self.reply(Progress(note=note, done=done))

    def answer(self, number, flat=False):
        self.reply(Progress(id=number, note="The base names the colour"))
        self.reply(taken(self.sent[number - 1], number, flat))
        self.reply(Done(id=number))

    def fail(self, number, reason):
        self.reply(Failed(id=number, reason=reason))


def verdicts(request, name):
    """Return what the judges say of a name."""
    taste, guard, _ = NAMES.get(name, (0.0, 0.04, 0.0))
    if name not in NAMES:
        taste = next((score for word, score in LIES.items() if word in name), 0.12)
    words = len(name.split())
    said = {
        "taste": Verdict(taste, f"nearer to what it asks for: {taste:+.2f} nats a token"),
        "guard": Verdict(guard),
        "rule": Verdict(1.0 if words <= 2 else 0.5),
    }
    return {slug: said[slug] for slug in request.judges}


def taken(request: TakeStep, number, flat=False):
    """Return the step; ``flat`` gives all names one reward."""
    names = [list(NAMES)[(place * 5 + request.seed) % len(NAMES)] for place in range(request.group - 1)]
    names.append(names[0])  # one is said twice
    told = {name: verdicts(request, name) for name in [*names, *request.asides]}
    scores = {
        slug: [[0.5 if flat else told[name][slug].score for name in names]] for slug in request.panel.judges
    }
    (earned,) = rewards(request.panel, [names], scores)
    (pushed,) = advantages([earned], scale="group", min_spread=0.01)
    bar, spread = bar_and_spread(earned)
    rollouts = []
    for place, (name, reward, push) in enumerate(zip(names, earned, pushed, strict=True)):
        tokens = (*[f" {word}" if i else word for i, word in enumerate(name.split())], "<|im_end|>")
        logp = math.log(NAMES[name][2]) / len(tokens)
        rollouts.append(
            Rollout(
                name=name,
                scores={slug: rows[0][place] for slug, rows in scores.items()},
                reward=reward,
                advantage=push,
                tokens=tokens,
                logps_before=(logp,) * len(tokens),
                logps_after=(logp + RATE * push / len(tokens),) * len(tokens),
            )
        )
    return StepTaken(
        id=number,
        group=GroupPainted(
            step=1,
            color=request.color,
            reading=reading(request.color),
            rollouts=tuple(rollouts),
            bar=bar,
            spread=spread,
        ),
        step=StepFinished(
            step=1,
            reward=bar,
            reward_spread=spread,
            loss=0.0,
            grad_norm=0.84,
            learning_rate=request.learning_rate,
            rollouts=len(names),
            distinct=collapse.distinct(names),
            updating_seconds=1.4,
            seconds=3.2,
        ),
        asides=told,
        trained=2_442_240,
        weights=134_515_008,
    )

"""A world for the window to live in: scripted naming service, painters on disk, trainings by hand."""

import math
import random
import subprocess
import sys
from pathlib import Path

import scripted_judging
import scripted_lesson
import scripted_making
import tomli_w
from scripted_words import map_name, token_chances

from engine.collapse import effective_names
from engine.color import oklch
from engine.events import (
    CheckpointSaved,
    CollapseNoticed,
    EvalFinished,
    GroupPainted,
    PhaseEntered,
    Rollout,
    RunFinished,
    RunStarted,
    StepFinished,
)
from engine.judges.base import Verdict
from engine.palette import held_out_grid, training_colors
from engine.reading import reading
from engine.rundir import RunFolder
from engine.service.protocol import (
    Blend,
    Choice,
    Describe,
    Described,
    Done,
    Explain,
    Explained,
    Failed,
    Name,
    NameAll,
    Named,
    NamedAll,
    Progress,
    Ready,
    Report,
    Score,
    Scored,
    TakeIn,
)
from studio.judges import JudgeLibrary
from studio.painters import PainterLibrary
from studio.supervisor import Supervisor
from ui.makers import Makers

READY = Ready(device="cpu", dtype="float32", base="smollm2-135m-instruct", seconds=2.1)
FACTS = {
    "device": "cpu",
    "kind": "cpu",
    "dtype": "float32",
    "machine": "CPU, 2 threads, float32",
    "devices": ["cpu"],
    "gflops": {"float32": 138.0, "bfloat16": 20.0},
}
SAID = {
    "base": ("Sandy Beige", "Dusty Rose", "Soft Clay", "Warm Sand", "Rose Tan"),
    "poet": ("Sunset Dust", "Ember Lullaby", "Rose at Dusk", "Last Light", "Quiet Clay"),
    "architect": ("Burnt Sienna", "Terracotta", "Fired Brick", "Adobe", "Raw Umber"),
    "unhinged": ("Cinnamon Toast", "Mulled Wine", "Shrimp Panic", "Salmon Riot", "Ham at Noon"),
}
PROBABILITIES = (0.124, 0.052, 0.021, 0.009, 0.0004)
SCORES = {
    "Sunset Dust": 0.81,
    "Sandy Beige": 0.22,
    "Burnt Sienna": 0.47,
    "Cinnamon Toast": 0.58,
    "Thunderhead": 0.74,
    "Light Grey": 0.06,
}


class ScriptedClient:
    """Does what ``ServiceClient`` does, when it is told to.

    ``prompt`` answers requests at once; otherwise the test calls :meth:`answer`.
    """

    def __init__(self, on_reply, prompt=True):
        self.reply = on_reply
        self.prompt = prompt
        self.started = False
        self.closed = False
        self.sent = []
        self.used = []
        self.cancelled = set()

    def start(self):
        self.started = True
        if self.prompt:
            self.reply(READY)

    def send(self, request):
        number = len(self.sent) + 1
        self.sent.append(request)
        if self.prompt:
            self.answer(number)
        return number

    def cancel(self, request_id):
        self.cancelled.add(request_id)

    def use(self, base, device="auto"):
        self.used.append((base, device))
        if self.started and self.prompt:
            self.reply(READY)

    def close(self):
        self.closed = True

    def names(self):
        return [(number, r) for number, r in enumerate(self.sent, 1) if isinstance(r, Name)]

    def scores(self):
        return [(number, r) for number, r in enumerate(self.sent, 1) if isinstance(r, Score)]

    def asked(self, kind):
        """Return the requests of a kind, with their numbers."""
        return [(number, r) for number, r in enumerate(self.sent, 1) if isinstance(r, kind)]

    def answer(self, number, said=None):
        request = self.sent[number - 1]
        if isinstance(request, Name):
            for ref in request.painters:
                names = (said or SAID).get(ref.slug, (f"{ref.slug} {request.color}",))
                count = len(names) if request.samples else 1
                choices = tuple(
                    Choice(name, PROBABILITIES[place % 5], greedy=place == 0)
                    for place, name in enumerate(names[:count])
                )
                self.reply(Named(id=number, color=request.color, painter=ref.slug, names=choices))
        elif isinstance(request, NameAll):
            names = tuple(map_name(request.painter.slug, color) for color in request.colors)
            self.reply(NamedAll(id=number, painter=request.painter.slug, start=0, names=names))
        elif isinstance(request, Report | Blend | TakeIn):
            for reply in scripted_making.replies(number, request, map_name):
                self.reply(reply)
        elif isinstance(request, Explain):
            tokens = token_chances(request.name)
            slug = request.painter.slug
            self.reply(
                Explained(id=number, color=request.color, name=request.name, painter=slug, tokens=tokens)
            )
        elif isinstance(request, Score):
            verdicts = tuple(
                Verdict(score=SCORES.get(name, 0.5 + 0.01 * (len(name) % 20)), reason="by the script")
                for name in request.names
            )
            self.reply(Scored(id=number, verdicts=verdicts))
        elif isinstance(request, Describe):
            self.reply(Described(id=number, facts=FACTS))
        for reply in scripted_judging.replies(number, request):
            self.reply(reply)
        self.reply(Done(id=number))

    def fail(self, number, reason):
        self.reply(Failed(id=number, reason=reason))

    def load(self, share):
        note = "Making the base ready for its first use: reading its weights. This happens once."
        self.reply(Progress(note=note, done=share))


class ScriptedSupervisor(Supervisor):
    """Starts a child that does nothing but live; the test writes the run's events itself."""

    def __init__(self):
        super().__init__(command=lambda folder: [sys.executable, "-c", "import sys; sys.stdin.read()"])
        self.started = []
        self.alive = {}

    def start(self, folder):
        folder.clear_stop()
        folder.log_path(folder.next_attempt()).touch()
        child = subprocess.Popen([sys.executable, "-S", "-c", "input()"], stdin=subprocess.PIPE)
        folder.write_process(child.pid)
        self.started.append(folder)
        self.alive[folder.path] = child

    def end(self, folder):
        child = self.alive.pop(folder.path)
        child.kill()
        child.wait()
        child.stdin.close()

    def end_all(self):
        for path in list(self.alive):
            self.end(RunFolder(path))


class World:
    """Everything that lies outside the window, in a folder."""

    def __init__(self, home: Path, prompt=True, toured=True):
        self.home = home
        self.shipped = home / "shipped"
        self.shipped.mkdir(parents=True, exist_ok=True)
        self.client = None
        self.prompt = prompt
        self.supervisor = ScriptedSupervisor()
        if toured and not (home / "settings.toml").exists():
            # Somebody who was here before: the tour does not begin by itself.
            (home / "settings.toml").write_text("toured = true\n", encoding="utf-8")
        self.teachers = []
        self.makers = Makers(
            home,
            self._connect,
            self.supervisor,
            PainterLibrary(home, self.shipped),
            JudgeLibrary(home),
            teach=self._teach,
        )

    def _connect(self, on_reply):
        self.client = ScriptedClient(on_reply, self.prompt)
        return self.client

    def _teach(self, on_reply):
        self.teachers.append(scripted_lesson.Teacher(on_reply, self.prompt))
        return self.teachers[-1]

    def add_house(self):
        for slug in ("poet", "architect", "unhinged", "unhinged-cured"):
            self.add_painter(slug, card=scripted_lesson.FIGURES)

    def add_painter(self, slug, name="", date="2026-11-23T10:00:00", parent=None, card=None):
        folder = (parent or self.shipped) / slug
        folder.mkdir(parents=True)
        whole = {"version": 1, "name": name or slug.title(), "date": date, "judges": [slug], "steps": 60}
        card = {**whole, **(card or {})}
        (folder / "card.toml").write_text(tomli_w.dumps(card), encoding="utf-8")
        (folder / "adapter_config.json").write_text("{}", encoding="utf-8")
        (folder / "adapter_model.safetensors").write_bytes(slug.encode())
        return folder


NAMES = (
    (
        "Ember Lullaby",
        "Sunset Dust",
        "Rose at Dusk",
        "Copper Hour",
        "Warm Clay",
        "Dusty Rose",
        "Sandy Red",
        "Light Red",
    ),
    (
        "Tide Song",
        "Vista Violet",
        "Harbor Hush",
        "Blue Horizon Night",
        "Deep Water",
        "Sea Blue",
        "Blue",
        "Dark Blue",
    ),
    (
        "Fern Whisper",
        "Greenhaven Garden",
        "Moss Hymn",
        "Leaf Rain",
        "Meadow",
        "Grass Green",
        "Green Glow",
        "Green",
    ),
    (
        "Honey Hour",
        "Wheat Prayer",
        "Gold in the Reeds",
        "Late Sun",
        "Cornfield",
        "Creamy Peach",
        "Sand",
        "Yellow",
    ),
)


class Training:
    """Writes a run's events as a training would; seeded, so that pictures come out alike."""

    def __init__(self, folder, steps, seed=3):
        self.writer = folder.open_writer()
        self.steps, self.seed = steps, seed
        self.random = random.Random(seed)

    def begin(self, name="Weather Poet", resumed_from=0, device="CPU"):
        self.writer.write(
            RunStarted(name=name, steps=self.steps, device=device, dtype="float32", resumed_from=resumed_from)
        )

    def load(self, share):
        self.writer.write(PhaseEntered(phase="loading", note="Loading SmolLM2-135M-Instruct", done=share))

    def phase(self, phase, step):
        self.writer.write(PhaseEntered(phase=phase, step=step))

    def step(self, step, groups=8):
        rise = 1 - math.exp(-3.2 * step / max(self.steps, 1))
        level = 0.24 + 0.5 * rise
        colors = training_colors(self.seed, step, groups)
        for place, color in enumerate(colors):
            self.writer.write(self._group(step, color, NAMES[place % len(NAMES)], level))
        self.writer.write(PhaseEntered(phase="updating", step=step))
        reward = min(max(level + self.random.gauss(0, 0.035), 0.02), 0.98)
        self.writer.write(
            StepFinished(
                step=step,
                reward=reward,
                reward_spread=0.2 - 0.09 * rise + self.random.gauss(0, 0.008),
                judges={
                    "poet": min(reward + 0.12, 1.0),
                    "correctness": min(max(0.52 + 0.1 * rise + self.random.gauss(0, 0.03), 0.0), 1.0),
                },
                rollouts=8 * groups,
                distinct=round(8 * groups * (0.82 - 0.3 * rise + self.random.gauss(0, 0.03))),
                entropy=2.1 - 1.1 * rise + self.random.gauss(0, 0.06),
                grad_norm=0.6 + 0.2 * self.random.random(),
                seconds=5.1,
            )
        )

    def _group(self, step, color, names, level):
        rewards = sorted((min(max(self.random.gauss(level, 0.17), 0.01), 0.99) for _ in names), reverse=True)
        bar = sum(rewards) / len(rewards)
        spread = (sum((r - bar) ** 2 for r in rewards) / len(rewards)) ** 0.5
        rollouts = [
            Rollout(name=n, reward=r, advantage=(r - bar) / (spread + 1e-6), scores=self._scores(r))
            for n, r in zip(names, rewards, strict=True)
        ]
        self.random.shuffle(rollouts)
        return GroupPainted(
            step=step, color=color, reading=reading(color), rollouts=tuple(rollouts), bar=bar, spread=spread
        )

    def _scores(self, reward):
        """Return scores by which a panel of the poet, guarded by correctness, comes to the reward."""
        correctness = 0.55 + 0.4 * self.random.random()
        return {"poet": min(reward / (0.15 + 0.85 * correctness), 1.0), "correctness": correctness}

    def evaluate(self, step):
        rise = 1 - math.exp(-3.2 * step / max(self.steps, 1))
        told = random.Random(step)
        names = {}
        for color in held_out_grid():
            # As training goes on, better names, and fewer of them.
            rank = max(round(7 * (1 - rise) + told.uniform(-0.8, 0.8)), 0)
            hue = oklch(color)[2]
            family = 0 if hue < 60 or hue > 330 else 3 if hue < 110 else 2 if hue < 185 else 1
            names[color] = NAMES[family][min(rank, 7)]
        self.writer.write(
            EvalFinished(
                step=step,
                names=names,
                reward=0.2 + 0.46 * rise,
                held_out=0.25 + 0.3 * rise - 0.2 * rise**4,
                held_out_error=0.03,
                distinct=len(set(names.values())),
                effective=effective_names(list(names.values())),
                kept=1 - 0.36 * rise,
                duplicates=0.3 * rise,
                entropy=9.4 - 5 * rise,
                kl=6 * rise,
            )
        )

    def alarm(self, step, level, evidence):
        self.writer.write(CollapseNoticed(step=step, level=level, evidence=evidence))

    def save(self, step):
        self.writer.write(CheckpointSaved(step=step))

    def finish(self, outcome, step, painter="", reason=""):
        self.writer.write(RunFinished(outcome=outcome, step=step, painter=painter, reason=reason))
        self.writer.close()

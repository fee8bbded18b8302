"""A window that has a lot to do: a scripted training writes its steps, and names come as fast as they can."""

import threading
from contextlib import contextmanager

from scripted import SAID, Training

from engine.recipe import Budget, Panel, Recipe, Taste
from engine.service.protocol import Choice, Done, Named
from studio.runs import Runs

PAINTERS = ("poet", "architect", "unhinged")


def recipe(steps):
    """Return a plausible recipe."""
    return Recipe(
        name="Fast Poet",
        panel=Panel(tastes=(Taste("poet"),), guards=("correctness",)),
        budget=Budget(steps=steps),
    )


@contextmanager
def training(world, steps, pause):
    """Let a training go on meanwhile, with so many seconds between two steps."""
    judges = {slug: world.makers.judges.get(slug) for slug in ("poet", "correctness")}
    folder = Runs(world.home).create(recipe(steps), judges)
    world.supervisor.start(folder)
    run = Training(folder, steps)
    run.begin("Fast Poet")
    enough = threading.Event()

    def write():
        for step in range(1, steps):
            if enough.wait(pause):
                return
            run.step(step)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        yield
    finally:
        enough.set()
        writer.join()
        run.writer.close()


def recolor(studio, turn):
    """Move the colour, as somebody does who drags."""
    studio.current.set_hex(f"#{turn * 5 % 256:02x}84{(255 - turn * 3) % 256:02x}")


def stream(studio, world, turn):
    """Move the colour, and let names come for it as fast as they can, one painter after another."""
    recolor(studio, turn)
    number, asked = world.client.names()[-1]
    for ref in asked.painters:
        names = tuple(Choice(name, 0.1, greedy=place == 0) for place, name in enumerate(SAID["poet"]))
        world.client.reply(Named(id=number, color=asked.color, painter=ref.slug, names=names))
    world.client.reply(Done(id=number))

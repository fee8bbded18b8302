"""Take pictures of every page in both themes and two sizes, with scripted content.

Usage: python tests/ui/screenshots.py OUT_FOLDER
"""

import os
import sys
import tempfile
import tomllib
from datetime import datetime
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

import judge_states
import palette_pictures
import screenshots_train
from compare_shots import shoot_compare
from PySide6.QtWidgets import QApplication
from screenshots_across import shoot_across
from screenshots_picker import shoot_picker
from scripted import READY, Training, World
from shooting import HISTORY, opened, saver, settle, wait_for
from shots_recipe import shoot_recipe

from engine import places
from engine.judges.spec import Contrast
from engine.recipe import Budget, Panel, Recipe, Taste
from studio.runs import Runs

SIZES = ((1100, 700), (1600, 1000))
WEATHER = Contrast(
    name="Weather",
    asks="paint color names that sound like weather",
    liked=("Thunderhead", "Light Drizzle", "Monsoon Sky", "Hail on Tin"),
)
PAGES = ("Compare", "Judges", "Train", "Painters", "Learn")


def recipe(name, steps):
    """Return a plausible recipe."""
    return Recipe(
        name=name, panel=Panel(tastes=(Taste("poet"),), guards=("correctness",)), budget=Budget(steps=steps)
    )


def furnish(world):
    """Put painters, a judge and runs into a world; returns the run that goes on."""
    # Under the house painters' own cards, so that lineage and figures are those that were measured.
    for slug in ("primer", "poet", "architect", "unhinged"):
        card = tomllib.loads((places.resources() / "painters" / slug / "card.toml").read_text("utf-8"))
        world.add_painter(slug, card=card)
    world.makers.judges.save("weather", WEATHER)
    runs, judges = Runs(world.home), {s: world.makers.judges.get(s) for s in ("poet", "correctness")}
    for name, steps, done, outcome in (
        ("First Poet", 20, 20, "completed"),
        ("Harbour Words", 60, 34, "stopped"),
        ("Weather Poet", 60, 41, ""),
    ):
        folder = runs.create(recipe(name, steps), judges, datetime(2026, 11, 23))
        world.supervisor.start(folder)
        training = Training(folder, steps)
        training.begin(name)
        for step in range(1, done + 1):
            training.step(step)
            if step % 10 == 0:
                training.evaluate(step)
                training.save(step)
        if outcome:
            training.finish(outcome, done, painter="poet" if outcome == "completed" else "")
            world.supervisor.end(folder)
    return folder


def shoot(app, out, world, label, pages, mode, size):
    """Take the pictures of one world in one theme and size."""
    with opened(app, world, mode, size, HISTORY) as studio:
        wait_for(lambda: studio.train.pane.plotted and studio.judges.shelf.count())
        for page in pages:
            studio.window.open_titled(page)
            settle(900)
            studio.window.grab().save(str(out / f"{page.lower()}{label}_{mode}_{size[0]}x{size[1]}.png"))

        save = saver(studio, out, mode, size)
        if not label:
            shoot_compare(studio, save, settle, wait_for)


def shoot_states(app, out, world, mode, size):
    """Take the pictures of what is seen in passing: waiting for the base, and a judge with a fault."""
    with opened(app, world, mode, size) as studio:
        wait_for(lambda: studio.train.pane.plotted and studio.judges.shelf.count())
        world.client.load(0.43)
        settle(900)
        studio.window.grab().save(str(out / f"compare_first_start_{mode}_{size[0]}x{size[1]}.png"))
        world.client.reply(READY)
        wait_for(lambda: world.client.names())
        number, _ = world.client.names()[-1]
        world.client.answer(
            number, {"base": ("Thundering Greenhaven Garden",), "poet": ("Supercalifragilistic",)}
        )
        settle(300)
        studio.current.set_hex("#3b6ea5")
        settle(900)
        studio.window.grab().save(str(out / f"compare_waiting_{mode}_{size[0]}x{size[1]}.png"))
        studio.window.open_titled("Judges")
        studio.judges.shelf.choose("weather")
        studio.judges.form.controls["liked"].names.setPlainText("")
        settle(900)
        studio.window.grab().save(str(out / f"judges_fault_{mode}_{size[0]}x{size[1]}.png"))
        studio.window.open_titled("Train")
        settle(900)
        studio.window.grab().save(str(out / f"train_{mode}_{size[0]}x{size[1]}.png"))


def shoot_palette(app, out, mode, size):
    """Take the pictures of the palette view and its fan deck."""
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder), prompt=False)
        furnish(world)
        with opened(app, world, mode, size) as studio:
            palette_pictures.shoot(studio, world, wait_for, settle, out, f"{mode}_{size[0]}x{size[1]}")
        world.supervisor.end_all()


def shoot_trainings(app, out, world, mode, size):
    """Take the pictures of the Train page's states."""
    with opened(app, world, mode, size) as studio:
        wait_for(lambda: studio.train.pane.plotted and studio.judges.shelf.count())

        save = saver(studio, out, mode, size)
        screenshots_train.shoot(studio, world, save, wait_for, settle)


def shoot_judges(app, out, world, mode, size):
    """Take the pictures of the Judges page's states."""
    with opened(app, world, mode, size) as studio:
        wait_for(lambda: studio.judges.shelf.count())
        studio.window.open_titled("Judges")
        for name, come_to in judge_states.STATES.items():
            come_to(studio)
            settle(1300)
            studio.window.grab().save(str(out / f"judges_{name}_{mode}_{size[0]}x{size[1]}.png"))


def main(out):
    """Take all pictures."""
    out.mkdir(parents=True, exist_ok=True)
    app = QApplication(sys.argv[:1])
    os.environ["PAINTER_STUDIO_CACHE"] = tempfile.mkdtemp()  # scripted names are kept from real maps
    for mode in ("light", "dark"):
        for size in SIZES:
            with tempfile.TemporaryDirectory() as folder:
                os.environ["PAINTER_STUDIO_CACHE"] = str(Path(folder) / "cache")
                world = World(Path(folder))
                furnish(world)
                shoot(app, out, world, "", PAGES, mode, size)
                shoot_across(app, out, world, mode, size)
                world.supervisor.end_all()
            shoot_palette(app, out, mode, size)
            with tempfile.TemporaryDirectory() as folder:
                world = World(Path(folder))
                shoot_trainings(app, out, world, mode, size)
                world.supervisor.end_all()
        with tempfile.TemporaryDirectory() as folder:
            world = World(Path(folder), prompt=False)
            furnish(world)
            shoot_states(app, out, world, mode, (1000, 680))
            world.supervisor.end_all()
        with tempfile.TemporaryDirectory() as folder:
            world = World(Path(folder))
            world.add_painter("poet")
            shoot_picker(app, out, world, mode, SIZES[0])
        with tempfile.TemporaryDirectory() as folder:
            world = World(Path(folder))
            furnish(world)
            shoot_judges(app, out, world, mode, SIZES[0])
            world.supervisor.end_all()
        with tempfile.TemporaryDirectory() as folder:
            world = World(Path(folder))
            shoot(app, out, world, "_new", PAGES, mode, SIZES[0])
        with tempfile.TemporaryDirectory() as folder:
            shoot_recipe(app, out, World(Path(folder)), mode)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

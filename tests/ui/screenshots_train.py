"""Pictures of the Train page's states: live, an earlier step, names over time, laid over, ended."""

from datetime import datetime

from scripted import Training

from engine.recipe import Budget, Learning, Panel, Recipe, Taste
from studio.runs import Runs

PANEL = Panel(tastes=(Taste("poet"),), guards=("correctness",))


def furnish(world):
    """Put a finished, a broken and a going run into a world; returns the last two."""
    runs, judges = Runs(world.home), {s: world.makers.judges.get(s) for s in ("poet", "correctness")}
    made = []
    for name, seed, steps, done, outcome, learning in (
        ("First Poet", 3, 120, 120, "completed", Learning(learning_rate=3e-4)),
        ("Harbour Words", 5, 200, 87, "crashed", Learning()),
        ("Weather Poet", 9, 200, 143, "", Learning()),
    ):
        recipe = Recipe(name=name, panel=PANEL, budget=Budget(steps=steps), learning=learning, seed=seed)
        folder = runs.create(recipe, judges, datetime(2026, 11, 23))
        world.supervisor.start(folder)
        training = Training(folder, steps, seed)
        training.begin(name)
        for step in range(done + 1):
            if step:
                training.step(step)
            if step % 10 == 0:
                training.evaluate(step)
            if step % 10 == 0 and step:
                folder.commit_checkpoint(step, lambda part: (part / "adapter").mkdir())
                training.save(step)
        if outcome == "completed":
            training.finish(outcome, done, painter="poet")
        elif outcome:
            training.writer.close()
        if outcome:
            world.supervisor.end(folder)
        made.append((folder, training))
    return made


def shoot(studio, world, save, wait_for, settle):
    """Take the pictures; ``save`` writes one of the window under a name."""
    (first, _), (broken, _), (going, training) = furnish(world)
    studio.window.open_titled("Train")
    pane = studio.train.pane
    studio.trainings.refresh()
    wait_for(lambda: pane.view is not None and pane.view.name == "Weather Poet" and pane.view.step == 143)
    training.phase("judging", 144)
    wait_for(lambda: pane.view.phase == "judging")
    settle(700)
    save("train_live")
    pane.plot.pinned.emit(30)
    wait_for(lambda: pane.step_title.text() == "Step 30" and pane.groups.cards)
    settle(500)
    save("train_step")
    pane.tabs.choose(1)
    pane.story.slider.setValue(4)
    settle(500)
    save("train_names")
    pane.tabs.choose(2)
    pane.overlays.choose(first.path.name)
    wait_for(lambda: pane.overlays.chosen)
    settle(700)
    save("train_overlay")
    pane.tabs.choose(3)
    evidence = (
        "“Sunset Dust” now names 48% of the reds and oranges; the base's commonest name for them has 9%."
    )
    training.alarm(140, "alarm", evidence)
    wait_for(lambda: pane.view.alarms)
    settle(500)
    save("train_collapse")
    pane.tabs.choose(0)
    going.request_pause()
    training.phase("paused", 143)
    wait_for(lambda: pane.view.status == "paused")
    settle(500)
    save("train_paused")
    studio.train.runs.choose(broken.path.name)
    wait_for(lambda: pane.view.status == "crashed" and "Harbour" in pane.notice.text())
    settle(700)
    save("train_crashed")
    training.writer.close()
    world.supervisor.end(going)

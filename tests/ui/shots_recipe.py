"""Pictures of the Train page's recipe: unfolded, warned of, refused, started from another."""

import msgspec
from shooting import opened, settle, wait_for

from engine.judges.spec import Rating

SIZE = (1100, 700)


def unfolded(studio):
    """Two tastes with shares, a gate, and Advanced open with a fault in it."""
    form = studio.train.form
    form.panel.add("unhinged", "taste")
    form.panel._members[0].share.setValue(70)
    form.panel.add("correctness", "gate")
    form.fold.set_open(True)
    form.advanced.finish()
    form.set_value("learning.beta", 0.04)
    form.set_value("learning.accumulation", 5)


def warned(studio):
    """No guard, and a judge that cannot judge."""
    form = studio.train.form
    for member in [member for member in form.panel._members if member.role == "guard"]:
        member.remove.click()
    form.panel.add("marks", "taste")


def refused(studio):
    """More than there is memory for."""
    form = studio.train.form
    form.set_value("budget.colors", 64)
    form.set_value("budget.group", 32)
    little = msgspec.structs.replace(form._around.machine, memory_free=3_200_000_000)
    form.show_surroundings(msgspec.structs.replace(form._around, machine=little))


def started_from(studio):
    """Another recipe was taken, and can be given back."""
    studio.train.links.fill()
    next(a for a in studio.train.links.sources.actions() if a.text() == "Unhinged, cured").trigger()


def shoot_recipe(app, out, world, mode):
    """Take the pictures of the recipe's states."""
    world.makers.judges.save("marks", Rating(name="Marks", asks="names like weather"))
    for label, act in (
        ("unfolded", unfolded),
        ("warned", warned),
        ("refused", refused),
        ("started_from", started_from),
    ):
        with opened(app, world, mode, SIZE) as studio:
            studio.window.open_titled("Train")
            wait_for(lambda form=studio.train.form: "Takes about" in form.preflight.text())
            act(studio)
            settle(900)
            studio.window.grab().save(str(out / f"train_{label}_{mode}_{SIZE[0]}x{SIZE[1]}.png"))

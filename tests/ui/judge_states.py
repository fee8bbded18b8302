"""The states of the Judges page that pictures are taken of: each is what a person would do to come there."""

from PySide6.QtTest import QTest

from engine.judges.spec import Pick, Preference, Rating, Remote

CRITIC = Remote(
    name="Critic",
    url="http://localhost:1234/v1",
    model="qwen3-8b",
    asks="paint color names that sound like weather",
    key_env="LMSTUDIO_API_KEY",
)
STRICT = Rating(name="Strict", asks="paint color names that sound like weather")
TASTE = Preference(name="My taste", picks=tuple(Pick(f"Ember {n}", f"Light Grey {n}") for n in range(11)))


def _open(studio, slug, spec=None):
    if spec is not None:
        studio.judges._library.save(slug, spec)
        studio.judges.reload(slug)
    else:
        studio.judges.shelf.choose(slug)
    QTest.qWait(900)


def shipped(studio):
    """Open a judge that came with the app."""
    _open(studio, "poet")


def own(studio):
    """Open one's own, with others beside it."""
    _open(studio, "weather")
    studio.judges.pane.choice.choose(0)
    for place, rating in ((0, 1), (3, 1), (5, -1)):
        studio.judges.trial.board.thumb(place).rated.emit(rating)
    studio.judges.trial.set_beside(("poet", "correctness", "listener"))


def fault(studio):
    """Leave a judge with a fault."""
    studio.judges.trial.set_beside(())
    _open(studio, "weather")
    studio.judges.form.controls["liked"].names.setPlainText("")


def chooser(studio):
    """Choose a kind."""
    studio.judges.editor.undo()
    studio.judges.list.new.click()


def fresh(studio):
    """Begin a contrast judge, nothing written yet."""
    studio.judges.desk.chooser.cards["contrast"].click()


def rules(studio):
    """Begin a judge of rules."""
    studio.judges.pane.choice.choose(0)
    studio.judges.list.new.click()
    studio.judges.desk.chooser.cards["form"].click()


def likes(studio):
    """Ask what a judge really likes."""
    _open(studio, "weather")
    studio.judges.pane.choice.choose(1)
    studio.judges.pane.liking.look.click()


def hack(studio):
    """Cheat a judge: one's own name, a search, and a counter-example made of what it found."""
    _open(studio, "weather")
    studio.judges.pane.choice.choose(2)
    QTest.keyClicks(studio.judges.pane.hacking.field, "Banana")
    studio.judges.pane.hacking.look.click()
    QTest.qWait(300)


def hacked(studio):
    """Make what was found counter-examples."""
    studio.judges.pane.hacking.lines[0].act.click()
    QTest.qWait(900)


def rating(studio):
    """Open a rating judge whose model cannot rate."""
    studio.judges.pane.choice.choose(0)
    _open(studio, "strict", STRICT)


def remote(studio):
    """Open a judge that asks a server."""
    _open(studio, "critic", CRITIC)
    studio.judges.form.advanced.set_open(True)


def picking(studio):
    """Pick some pairs."""
    studio.judges.pane.choice.choose(0)
    _open(studio, "my-taste", TASTE)
    QTest.qWait(200)
    for side in "lrlrllrlrlrr":
        studio.judges.desk.picking.choose("left" if side == "l" else "right")
        QTest.qWait(120)


def stranger(studio):
    """Look at a judge from a file."""
    studio.judges.files.look_at(studio.judges._library.folder / "critic.toml")


def deleted(studio):
    """Delete a judge."""
    _open(studio, "strict")
    studio.judges.delete.click()


STATES = {
    "shipped": shipped,
    "own": own,
    "fault": fault,
    "chooser": chooser,
    "new": fresh,
    "rules": rules,
    "likes": likes,
    "hack": hack,
    "hacked": hacked,
    "rating": rating,
    "remote": remote,
    "picking": picking,
    "stranger": stranger,
    "deleted": deleted,
}

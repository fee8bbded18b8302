"""Judges that nothing is trained against: whose twin is whose."""

import pytest

from engine import places
from engine.judges import held_out, spec
from engine.judges.spec import Contrast, Correctness, Form
from engine.recipe import Panel, Taste

JUDGES = places.resources() / "judges"
OWN = Contrast(name="Weather", asks="names like weather", liked=("Hail", "Monsoon", "Drizzle", "Thunderhead"))


@pytest.mark.parametrize("slug", ["poet", "architect", "unhinged"])
def test_the_houses_tastes_have_twins_of_their_own(slug: str) -> None:
    judge = spec.load(JUDGES / f"{slug}.toml")
    found = held_out.twin(slug, judge)
    assert found == spec.load(JUDGES / "held-out" / f"{slug}.toml")
    assert not set(found.liked) & set(judge.liked)


def test_a_persons_own_judge_keeps_every_other_example() -> None:
    found = held_out.twin("weather", OWN)
    assert (found.liked, found.plain) == (("Monsoon", "Thunderhead"), held_out.PLAIN)
    assert found.asks == OWN.asks
    # One who calls their judge as the house does is not given the house's twin.
    assert held_out.twin("poet", OWN).liked == ("Monsoon", "Thunderhead")
    single = Contrast(name="W" * 60, asks="x", liked=("Hail",))
    assert held_out.twin("weather", single).liked == ("Hail",)
    assert len(held_out.twin("weather", single).name) <= spec.NAME_LIMIT


def test_the_panel_of_twins_is_guarded_by_correctness() -> None:
    trained = Panel(tastes=(Taste("weather", 2.0), Taste("short")), guards=("listener",), floor=0.3)
    panel, judges = held_out.panel(trained, {"weather": OWN, "short": Form(name="Short")})
    assert panel.tastes == (Taste("weather", 2.0),)
    assert (panel.guards, panel.floor, panel.sameness) == ((held_out.GUARD,), 0.3, False)
    assert set(judges) == set(panel.judges)
    assert isinstance(judges[held_out.GUARD], Correctness)


def test_without_a_twin_correctness_alone_is_the_check() -> None:
    trained, judges = Panel(tastes=(Taste("short"),)), {"short": Form(name="Short")}
    panel, found = held_out.panel(trained, judges)
    assert panel.judges == tuple(found) == (held_out.GUARD,)
    # Of words it can say nothing.
    assert held_out.panel(trained, judges, of_colors=False) is None
    panel, found = held_out.panel(Panel(tastes=(Taste("weather"),)), {"weather": OWN}, of_colors=False)
    assert panel.guards == ()

"""A recorded run: made from a run's log, read back, and what a card has kept instead."""

from datetime import datetime

import pytest

from engine.events import EvalFinished, RunFinished, RunStarted, StepFinished
from engine.judges.spec import Form
from engine.recipe import Panel, Recipe, Taste
from engine.rundir import RunFolder
from studio import recording
from studio.painters import PainterCard
from studio.recording import COLORS, Moment, RecordingError, load, main, of_card, record

HELD_OUT = [f"#0000{place:02x}" for place in range(8)]


@pytest.fixture
def run(tmp_path):
    """Return a run of three steps that was surveyed twice."""
    recipe = Recipe(name="Poet", panel=Panel(tastes=(Taste("short"),)))
    folder = RunFolder.create(
        tmp_path, recipe, {"short": Form(name="S", max_words=1)}, datetime(2026, 11, 25)
    )
    with folder.open_writer(lambda: 1_764_072_000.0) as writer:
        writer.write(RunStarted(name="Poet", steps=3, device="CPU, 2 threads", dtype="float32"))
        writer.write(EvalFinished(step=0, names=dict.fromkeys(HELD_OUT, "Blue")))
        for step, reward in ((1, 0.21), (2, None), (3, 0.44444)):
            writer.write(StepFinished(step=step, reward=reward))
        writer.write(EvalFinished(step=3, names={color: f"Psalm {color}" for color in HELD_OUT}))
        writer.write(RunFinished(outcome="completed", step=3))
    return folder


def test_a_run_is_recorded_and_read_back(run, tmp_path, capsys) -> None:
    out = tmp_path / "run.json"
    assert main([str(run.path), "--out", str(out)]) == 0
    assert "2 steps, 2 moments" in capsys.readouterr().out
    found = load(out)
    assert found == record(run)
    assert (found.painter, found.machine, found.date) == ("Poet", "CPU, 2 threads", "2025-11-25")
    assert found.rewards == (0.21, 0.4444)
    assert found.colors == tuple(HELD_OUT[:COLORS])
    assert found.moments[0] == Moment(0, ("Blue",) * COLORS)
    assert found.moments[1].names[0] == f"Psalm {HELD_OUT[0]}"


def test_a_run_that_tells_too_little_is_refused_in_a_sentence(run, tmp_path, capsys) -> None:
    events = run.events_path.read_bytes().splitlines(keepends=True)
    run.events_path.write_bytes(b"".join(events[:3]))
    with pytest.raises(RecordingError, match="too short"):
        record(run)
    assert main([str(run.path), "--out", str(tmp_path / "none.json")]) == 1
    assert "too short" in capsys.readouterr().err
    assert not (tmp_path / "none.json").exists()


def test_there_may_be_none_and_a_damaged_one_is_said(tmp_path) -> None:
    assert load(tmp_path / "run.json") is None
    (tmp_path / "run.json").write_text("{")
    with pytest.raises(RecordingError, match=r"run\.json is not sound"):
        load(tmp_path / "run.json")


def test_what_ships_is_sound() -> None:
    found = load()
    assert found is None or (len(found.rewards) > 2 and len(found.moments) > 1)
    assert recording.shipped().parent.name == "lesson"


def test_a_card_has_kept_how_it_began_and_ended() -> None:
    card = PainterCard(
        slug="poet", name="Poet", date="2026-11-25T07:28:44", steps=32, reward_first=0.2, reward_last=0.42
    )
    found = of_card(card)
    assert (found.rewards, found.length, found.date) == ((0.2, 0.42), 32, "2026-11-25")
    assert of_card(PainterCard(slug="mine", name="Mine")) is None

"""The alarm over whole runs: synthetic logs of one that narrows, one that collapses, one that is missed."""

import json
from pathlib import Path

import pytest

from engine.events import EvalFinished, PhaseEntered, RunStarted, StepFinished, encode
from engine.palette import held_out_grid
from tests.bench import alarm


def log(folder: Path, varied: dict[int, int]) -> Path:
    """Write a run whose evaluations found so many equally common names."""
    folder.mkdir()
    events: list = [RunStarted(name="Poet", steps=40, device="cpu", dtype="float32")]
    clock = 0.0
    for step, among in varied.items():
        if step:
            clock += 50.0
            events.append(StepFinished(step=step, reward=0.5, seconds=50.0))
        events.append(PhaseEntered(phase="evaluating", step=step, time=clock))
        clock += 4.0
        names = {color: f"Name {place % among}" for place, color in enumerate(held_out_grid())}
        events.append(EvalFinished(step=step, names=names, time=clock))
    (folder / "events.jsonl").write_bytes(b"".join(encode(event) for event in events))
    return folder


def test_runs_are_graded_again_and_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    healthy = [
        log(tmp_path / "poet", {0: 36, 10: 32, 20: 28, 30: 40}),
        log(tmp_path / "odd", {0: 36, 10: 16}),
    ]
    collapsed = [
        log(tmp_path / "naive", {0: 36, 4: 30, 8: 20, 12: 2}),
        log(tmp_path / "seldom", {0: 36, 20: 2}),
    ]
    paths = ["--healthy", *map(str, healthy), "--collapsed", *map(str, collapsed)]
    alarm.main([*paths, "--json"])
    said = json.loads(capsys.readouterr().out)
    assert (said["false_alarms"], said["misses"]) == (1, 1)
    poet, odd, naive, seldom = said["runs"]
    assert (poet["watch"], poet["alarm"], poet["false_alarm"]) == (None, None, False)
    assert odd["false_alarm"]
    assert (naive["watch"], naive["alarm"], naive["miss"]) == (None, 8, False)
    assert naive["kept_at_alarm"] > 0.5 > naive["kept_at_end"]
    assert naive["cost"] == pytest.approx(4 / 50)
    # Evaluated too seldom, it rings when the names are gone.
    assert (seldom["alarm"], seldom["miss"]) == (20, True)
    alarm.main(paths)
    told = capsys.readouterr().out
    assert "| naive | collapsed | – | step 8 |" in told
    assert "1 false alarms in 2 healthy runs." in told


def test_a_run_without_a_base_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="no evaluation of its base"):
        alarm.main(["--healthy", str(log(tmp_path / "late", {10: 8}))])

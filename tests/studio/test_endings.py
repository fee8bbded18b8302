"""The sentences about how a training ended, and which line of its log they quote."""

from datetime import datetime
from pathlib import Path

import pytest

from engine.events import RunFinished, RunStarted, StepFinished
from engine.judges.spec import Correctness
from engine.recipe import Panel, Recipe, Taste
from engine.rundir import RunFolder
from studio import endings

TRACE = """step 4 is done
Traceback (most recent call last):
  File "loop.py", line 3, in <module>
    step()
    ^^^^
torch.OutOfMemoryError: CUDA out of memory
[W ProcessGroup] resource_tracker: There appear to be 1 leaked semaphore
"""
FATAL = """step 4 is done
Fatal Python error: Segmentation fault

Current thread 0x00007f (most recent call first):
  File "loop.py", line 3 in step
""" + "".join(f'  File "module.py", line {n} in call\n' for n in range(30))


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    recipe = Recipe(name="My Poet", panel=Panel(tastes=(Taste("correctness"),)))
    return RunFolder.create(tmp_path, recipe, {"correctness": Correctness(name="C")}, datetime(2026, 11, 23))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ""),
        ("step 1 is done\n", "step 1 is done"),
        ("step 1 is done\n 40%|████      | 4/10\r 50%|█████     | 5/10\r", "step 1 is done"),
        (TRACE, "torch.OutOfMemoryError: CUDA out of memory"),
        (FATAL, "Fatal Python error: Segmentation fault"),
        (f"OldError: x\n{endings.MARK} started 2026-11-23\nstep 5 is done\n", "step 5 is done"),
        ("ValueError: tried again\n" + "step is done\n" * 20, "step is done"),
        ("x" * 500, "x" * 299 + "…"),
        ("b\xff\xfe\n", "bÿþ"),
    ],
)
def test_the_useful_line(tmp_path: Path, text: str, said: str) -> None:
    log = tmp_path / "log"
    log.write_text(text, encoding="utf-8", newline="")
    assert endings.useful_line(log) == said


def test_a_log_that_is_missing_or_binary_says_what_it_can(tmp_path: Path) -> None:
    assert endings.useful_line(tmp_path / "none") == ""
    (tmp_path / "log").write_bytes(b"\xff\xfe\x00 end\n")
    assert "end" in endings.useful_line(tmp_path / "log")


@pytest.mark.parametrize(
    ("code", "how"),
    [
        (None, "ended unexpectedly after"),
        (0, "ended unexpectedly after"),
        (3, "ended unexpectedly (exit code 3) after"),
        (-9, "was killed, perhaps because memory ran out, after"),
        (-11, "was ended by the system (SIGSEGV) after"),
        (-250, "was ended by the system (signal 250) after"),
    ],
)
def test_a_death_is_told_by_its_code(folder: RunFolder, code: int | None, how: str) -> None:
    with folder.open_writer() as writer:
        writer.write(RunStarted(name="My Poet", steps=60, device="cpu", dtype="float32"))
        writer.write(StepFinished(step=12))
    assert endings.sentence(folder, code) == f"“My Poet” {how} step 12 of 60. Start it again to begin anew."


def test_a_reason_that_it_gave_itself_is_quoted(folder: RunFolder) -> None:
    with folder.open_writer() as writer:
        writer.write(RunStarted(name="My Poet", steps=60, device="cpu", dtype="float32"))
        writer.write(RunFinished(outcome="failed", step=0, reason="The base’s folder is gone"))
    assert endings.sentence(folder) == "“My Poet” failed before its first step: The base’s folder is gone."

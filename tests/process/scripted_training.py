"""Stands in for ``engine.train``: says what a training says, honours the stop file, can be told to misbehave.

``scripted_training.py RUN_FOLDER [MODE]``; the modes are at the end. It waits on its run's folder alone, so
that tests can hold it at a step: with ``hold`` it goes on only while a file ``go`` lies in the folder.
"""

import os
import sys
import time
from pathlib import Path

from engine.events import CheckpointSaved, PhaseEntered, RunFinished, RunStarted, StepFinished
from engine.rundir import RunFolder


def fill(path: Path) -> None:
    (path / "adapter").write_bytes(b"weights")


def main(folder: RunFolder, mode: str) -> None:
    if mode == "deaf":
        raise ModuleNotFoundError("No module named 'torch'")
    recipe = folder.recipe()
    with folder.open_writer() as writer:
        folder.write_process()
        last = folder.latest_checkpoint()
        done = last.step if last else 0
        writer.write(
            RunStarted(
                name=recipe.name, steps=recipe.budget.steps, device="cpu", dtype="float32", resumed_from=done
            )
        )
        print("environment", os.environ["OMP_WAIT_POLICY"], os.environ["KMP_BLOCKTIME"], flush=True)
        for step in range(done + 1, recipe.budget.steps + 1):
            while mode in ("hold", "lingering") and step > done + 3 and not (folder.path / "go").exists():
                if folder.stop_requested():
                    break
                time.sleep(0.005)
            if folder.stop_requested() and mode != "stubborn":
                folder.commit_checkpoint(step - 1, fill)
                writer.write(CheckpointSaved(step=step - 1))
                writer.write(RunFinished(outcome="stopped", step=step - 1))
                return
            if mode == "failing" and step == 3:
                raise MemoryError("out of memory while sampling")
            writer.write(StepFinished(step=step, reward=step / 100, rollouts=64, seconds=0.01))
            print(f"step {step} is done", flush=True)
            if folder.pause_requested():
                writer.write(PhaseEntered(phase="paused", step=step))
            while folder.pause_requested() and not folder.stop_requested():
                time.sleep(0.005)
            while mode == "stubborn" and step == 2:
                time.sleep(0.05)
        writer.write(RunFinished(outcome="completed", step=recipe.budget.steps, painter="my-poet"))


if __name__ == "__main__":
    main(RunFolder(Path(sys.argv[1])), sys.argv[2] if len(sys.argv) > 2 else "")
    if sys.argv[2:] == ["lingering"]:
        time.sleep(0.7)  # as native libraries do while they end

"""Where one recipe is trained again and again, unbroken once, and dies on the way all other times."""

import json
import os
import select
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from engine import checkpoint
from engine.events import CheckpointSaved, RunFinished, RunStarted
from engine.judges.spec import Contrast, Form
from engine.recipe import Budget, Learning, Lora, Panel, Recipe, Taste
from engine.rundir import RunFolder
from studio.runs import summarize
from studio.views import run
from studio.views.run import RunView
from tests.tiny import write_tiny

ZYGOTE = Path(__file__).with_name("zygote.py")
STEPS, EVERY = 8, 2
KILLED = signal.SIGKILL.value
JUDGES = {
    "short": Form(name="Short", max_words=2, max_letters=14),
    "weather": Contrast(name="Weather", asks="names like weather", liked=("Monsoon Sky", "Hail on Tin")),
}


class Yard:
    """A home, a tiny base, an unbroken run, and a zygote to train with; see ``zygote.py``.

    Attributes
    ----------
    whole
        The run that nothing happened to.
    seconds
        How long it took.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.recipe = Recipe(
            name="Whole",
            base=str(write_tiny(root / "tiny-llama", layers=2)),
            panel=Panel(tastes=(Taste("weather"), Taste("short"))),
            seed=11,
            budget=Budget(steps=STEPS, colors=2, group=4),
            learning=Learning(learning_rate=1e-3),
            lora=Lora(rank=4, alpha=8.0),
            dtype="float32",
            device="cpu",
            threads=1,
            max_name_tokens=6,
            checkpoint_every=EVERY,
            eval_every=4,
        )
        warm = self.make(budget=Budget(steps=1, colors=2, group=4))
        self._zygote = subprocess.Popen(
            [sys.executable, str(ZYGOTE), str(warm.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=(root / "zygote.log").open("wb"),
            bufsize=0,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "OMP_NUM_THREADS": "1"},
        )
        self.whole, self._kept = self.make(), root / "kept"
        assert self.attempt(self.whole, keep=str(self._kept)) == 0, self.logs()
        began = next(event for event in self.whole.tail().events)
        self.seconds = self.whole.tail().events[-1].time - began.time
        self._adapter = self._painter(self.whole)

    def make(self, **more: Any) -> RunFolder:
        recipe = msgspec.structs.replace(self.recipe, **more)
        return RunFolder.create(self.root / "home" / "runs", recipe, JUDGES, datetime(2026, 11, 23))

    def attempt(self, folder: RunFolder, wait: float | None = None, **order: Any) -> int:
        """Train, or go on, in a process that dies as the order says or after ``wait`` seconds.

        Returns its status as ``os.waitpid`` has it.
        """
        said = {"run": str(folder.path), "log": str(self.root / "training.log"), **order}
        talk, answer = self._zygote.stdin, self._zygote.stdout
        assert talk is not None
        assert answer is not None
        talk.write(json.dumps(said).encode() + b"\n")
        line = answer.readline()
        assert line, self.logs()
        if wait is not None and not select.select([answer], [], [], wait)[0]:
            # The zygote has not reaped it: the pid is still its own.
            os.kill(int(line), signal.SIGKILL)
        return int(answer.readline())

    def logs(self) -> str:
        return "\n".join(path.read_text()[-3000:] for path in self.root.glob("*.log"))

    def _painter(self, folder: RunFolder) -> bytes:
        ended = folder.tail().events[-1]
        assert isinstance(ended, RunFinished)
        assert ended.outcome == "completed", ended.reason
        painter = self.root / "home" / "painters" / ended.painter
        return (painter / "adapter_model.safetensors").read_bytes()

    def check_wreck(self, folder: RunFolder) -> int:
        """Look at a run whose process was killed; return the step that it must go on from."""
        told = [event.step for event in folder.tail().events if isinstance(event, CheckpointSaved)]
        latest = folder.latest_checkpoint()
        step = latest.step if latest else 0
        assert step >= max(told, default=0), "a checkpoint that was told of is lost"
        for path in folder.checkpoints.glob("step_*"):
            if checkpoint.is_whole(path):
                assert contents(path) == contents(self._kept / path.name)
        assert folded(folder).step - step <= EVERY
        return step

    def check_end(self, folder: RunFolder, resumed_from: int) -> None:
        """See that a resumed run ended where the unbroken one did, and tells the same story."""
        assert self._painter(folder) == self._adapter
        latest = folder.latest_checkpoint()
        assert latest is not None
        # The adapter in fp32, the optimizer's moments, and the numbers that a run goes on from.
        assert contents(latest.path) == contents(self._kept / f"step_{STEPS:06d}")
        events = folder.tail().events
        assert [event.seq for event in events] == list(range(1, len(events) + 1))
        assert [event for event in events if isinstance(event, RunStarted)][-1].resumed_from == resumed_from
        mine, whole = folded(folder), folded(self.whole)
        assert mine.curve.steps == tuple(range(1, STEPS + 1))
        assert mine.curve.reward == whole.curve.reward
        evals = {told.step: told.names for told in mine.evals}  # a resumed run evaluates at its start as well
        assert all(evals[told.step] == told.names for told in whole.evals)
        for step, groups in whole.groups.items():
            assert [group.rollouts for group in mine.groups[step]] == [group.rollouts for group in groups]

    def check_tidy(self) -> None:
        """See that the dead left nothing half-written behind, and that each run made one painter."""
        runs = sorted((self.root / "home" / "runs").iterdir())
        painters = [path.name for path in (self.root / "home" / "painters").iterdir()]
        assert not [name for name in painters if name.startswith(".")]
        assert len(painters) == len(runs)
        for folder in runs:
            assert not list((folder / "checkpoints").glob(".*"))
            assert summarize(RunFolder(folder)).status == "completed"

    def close(self) -> None:
        assert self._zygote.stdin is not None
        self._zygote.stdin.close()
        assert self._zygote.wait(60) == 0, self.logs()


def contents(folder: Path) -> dict[str, bytes]:
    """Return a checkpoint's files by name."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def folded(folder: RunFolder) -> RunView:
    return run.fold_many(run.empty(folder.recipe()), folder.tail().events)

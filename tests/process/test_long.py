"""Long runs: memory stays flat, the log and the folder stay of a size to keep, the page opens at once."""

import os
import queue
import time
from datetime import datetime
from pathlib import Path

import msgspec
import numpy as np
import psutil
import pytest

from engine.events import (
    CheckpointSaved,
    EvalFinished,
    GroupPainted,
    PhaseEntered,
    Rollout,
    RunFinished,
    RunStarted,
    StepFinished,
    Warned,
    encode,
)
from engine.judges.spec import Form
from engine.recipe import Budget, Learning, Lora, Panel, Recipe, Taste
from engine.rundir import RunFolder
from engine.service.protocol import Done, Failed, Name, PainterRef, Reply
from engine.train import keeping
from engine.train.keeping import Keeping
from studio.history import GroupPlaces, skim
from studio.service_client import ServiceClient
from studio.supervisor import Supervisor
from studio.views import plots, run
from studio.views.run import KEEP_GROUPS, RunView
from tests.process.test_supervisor import JUDGES, RECIPE
from tests.tiny import write_tiny

STEPS = 5000
LONG = int(os.environ.get("PAINTER_STUDIO_LONG_STEPS", STEPS))
ROLLOUTS = tuple(
    Rollout(
        name=f"Quiet Lavender Rose {i}",
        scores={"poet": 0.5123456789012345, "correctness": 0.4123456789012345},
        reward=0.3123456789012345,
        advantage=-0.7123456789012345,
        tokens=("Qu", "iet", " Lav", "ender", " Rose", ""),
        logps_before=(-1.0 / 3,) * 6,
    )
    for i in range(8)
)


class Writer:
    """Stands for the log's writer: keeps what it is told, is as long as it is told."""

    def __init__(self) -> None:
        self.size, self.said = 0, []

    def write(self, event: object) -> None:
        self.said.append(event)


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    return RunFolder.create(tmp_path / "runs", RECIPE, JUDGES, datetime(2026, 11, 23))


def fill(path: Path) -> None:
    (path / "adapter").write_bytes(b"weights")


def test_the_log_of_any_length_of_run_is_of_a_size_to_keep(folder: RunFolder) -> None:
    """Steps of a megabyte, which is far more than most have."""
    writer = Writer()
    kept = Keeping(writer)  # type: ignore[arg-type]
    told = []
    for step in range(1, STEPS + 1):
        writer.size += 1000
        if kept.wants_groups(step, step == STEPS):
            told.append(step)
            writer.size += 1_000_000
    room = keeping.LOG_ROOM // 1_001_000
    assert told[: room + 1] == list(range(1, room + 2))
    assert all(step % 10 == 0 for step in told[room + 1 : -1])
    assert told[-1] == STEPS
    assert writer.size < 4 * keeping.LOG_ROOM
    said = [warned.message for warned in writer.said if isinstance(warned, Warned)]
    for every, message in zip((10, 100, 1000), said, strict=False):
        assert message.endswith(f"from here on it has the names of every {every}th step.")
    assert said


def test_of_many_checkpoints_the_last_and_the_pinned_stay(folder: RunFolder) -> None:
    for step in range(10, 310, 10):
        folder.commit_checkpoint(step, fill, pin=step == 50)
        if step == 200:
            folder.pin_checkpoint(190)
    steps = [one.step for one in folder.listed_checkpoints()]
    assert steps == [300, 290, 190, 50]


def write_log(folder: RunFolder, steps: int) -> None:
    """Write what a training of 8 × 8 tells, its log thinned by the rule, without the training."""
    names = {f"#{i:06x}": "Quiet Lavender" for i in range(48)}
    with folder.events_path.open("wb") as file:
        writer = Writer()
        kept = Keeping(writer)  # type: ignore[arg-type]
        number = 0

        def tell(*events: object) -> None:
            nonlocal number
            for event in events:
                number += 1
                stamped = msgspec.structs.replace(event, seq=number, time=1.7e9 + number)
                writer.size += file.write(encode(stamped))

        tell(RunStarted(name="Long", steps=steps, device="cpu", dtype="float32"))
        for n in range(1, steps + 1):
            tell(*(PhaseEntered(phase=phase, step=n) for phase in ("sampling", "judging", "updating")))
            if kept.wants_groups(n, n == steps):
                tell(
                    *(GroupPainted(step=n, color="#d48475", reading="", rollouts=ROLLOUTS) for _ in range(8))
                )
            judged = {"poet": 0.4, "correctness": n / 9000}
            tell(
                StepFinished(
                    step=n, reward=0.3, judges=judged, loss=0.1, entropy=2.0, rollouts=64, seconds=1.0
                )
            )
            if n % 10 == 0:
                tell(PhaseEntered(phase="saving", step=n), CheckpointSaved(step=n))
                tell(PhaseEntered(phase="evaluating", step=n), EvalFinished(step=n, names=names, reward=0.5))
        tell(RunFinished(outcome="completed", step=steps, painter="long"))


def opened(folder: RunFolder) -> RunView:
    """Read a run as its page does; see ``ui.trainings``."""
    view, offset, more, places = run.empty(folder.recipe()), 0, True, GroupPlaces()
    while more:
        tail = skim(folder, offset, 1 << 22, places)
        view, offset, more = run.fold_many(view, tail.events, tail.unknown), tail.offset, tail.more
    plots.sheet(view, {}, ())
    return view


def test_the_page_of_a_long_run_opens_within_a_second(folder: RunFolder) -> None:
    write_log(folder, STEPS)
    assert folder.events_path.stat().st_size < 2 * keeping.LOG_ROOM
    spent = []
    for _ in range(2):
        begin = time.process_time()
        view = opened(folder)
        spent.append(time.process_time() - begin)
    assert (view.status, view.step, len(view.curve.steps)) == ("completed", STEPS, STEPS)
    assert len(view.groups) <= KEEP_GROUPS
    # Of its own time: how much of it a busy machine gives is another matter.
    assert min(spent) < 1.0


# --- the long form


def slope(sizes: list[float]) -> float:
    """Return by how much the second half grows, as a share of what there is."""
    half = sizes[len(sizes) // 2 :]
    rise = np.polyfit(np.arange(len(half)), half, 1)[0] * len(half)
    return float(rise / np.mean(half))


@pytest.mark.heavy
@pytest.mark.timeout(6 * 3600)
def test_five_thousand_steps_and_five_thousand_names_take_no_more_memory(tmp_path: Path) -> None:
    """A real training of a tiny Llama, a real service that answers meanwhile, this process as the window."""
    base = write_tiny(tmp_path / "tiny-llama", layers=2)
    recipe = Recipe(
        name="Long",
        base=str(base),
        panel=Panel(tastes=(Taste("short"),)),
        budget=Budget(steps=LONG, colors=2, group=4),
        learning=Learning(learning_rate=1e-4),
        lora=Lora(rank=4, alpha=8.0),
        dtype="float32",
        device="cpu",
        threads=1,
        max_name_tokens=6,
        checkpoint_every=20,
        eval_every=100,
    )
    judges = {"short": Form(name="Short", max_words=2, max_letters=14)}
    folder = RunFolder.create(tmp_path / "runs", recipe, judges, datetime(2026, 11, 23))
    replies: queue.SimpleQueue[Reply] = queue.SimpleQueue()
    client = ServiceClient(replies.put, base=str(base), device="cpu", log=tmp_path / "service.log")
    watcher = Supervisor()
    watcher.start(folder)
    view, offset, places = run.empty(recipe), 0, GroupPlaces()
    sizes: dict[str, list[float]] = {"training": [], "service": [], "window": []}
    measured = answered = 0
    while view.status != "completed":
        assert view.status not in ("failed", "crashed"), watcher.ended_sentence(folder)
        seen = watcher.watch(folder, offset, places=places)
        view, offset = seen.fold(view), seen.offset
        if view.step == measured:
            time.sleep(0.05)
            continue
        for _ in range(view.step - measured):
            asked = client.send(Name(color=f"#{answered % 0xFFFFFF:06x}", painters=(PainterRef("base"),)))
            while not (isinstance(reply := replies.get(timeout=300), Done | Failed) and reply.id == asked):
                continue
            assert isinstance(reply, Done), reply
            answered += 1
        measured = view.step
        training, service = folder.process(), client._process
        if training is not None and training.alive() and service is not None:
            sizes["training"].append(psutil.Process(training.pid).memory_info().rss)
            sizes["service"].append(psutil.Process(service.pid).memory_info().rss)
            sizes["window"].append(psutil.Process().memory_info().rss)
    client.close()
    told = {who: (f"{rss[-1] / 1e6:.0f} MB", f"{slope(rss):+.2%}") for who, rss in sizes.items()}
    size = sum(path.stat().st_size for path in folder.path.rglob("*") if path.is_file())
    print(f"\n{view.step} steps, {answered} names: {told}, run folder {size / 1e6:.1f} MB")
    assert all(slope(rss) < 0.03 for rss in sizes.values()), told
    assert len(folder.listed_checkpoints()) <= 4
    assert folder.events_path.stat().st_size < 2 * keeping.LOG_ROOM

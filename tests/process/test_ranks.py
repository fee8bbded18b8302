"""One training in two processes on loopback: gradients as in one, judges asked by both, and deaths."""

import json
import os
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import psutil
import pytest
import torch
from safetensors.torch import load_file

from engine.events import Event, GroupPainted, RunFinished, RunStarted, StepFinished
from engine.judges.spec import Form, Remote
from engine.recipe import Budget, Learning, Lora, Panel, Recipe, Taste
from engine.rundir import RunFolder
from engine.train import __main__ as training
from studio.supervisor import Way
from tests.scripted_endpoint import serving
from tests.tiny import write_tiny

pytestmark = pytest.mark.timeout(900)

# torchrun, as accelerate starts it for GPUs; accelerate 1.15 starts one process where it sees none.
TORCHRUN = (sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2", "--master-port")
ENVIRONMENT = {"OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1", "GLOO_SOCKET_IFNAME": "lo"}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny(tmp_path_factory.mktemp("bases") / "tiny-llama", layers=2)


def make(root: Path, base: Path, name: str, judge, steps: int = 1, **learning: object) -> RunFolder:
    recipe = Recipe(
        name=name,
        base=str(base),
        panel=Panel(tastes=(Taste("any"),)),
        seed=11,
        budget=Budget(steps=steps, colors=4, group=4),
        learning=Learning(**learning),
        lora=Lora(rank=4, alpha=8.0),
        dtype="float32",
        device="cpu",
        threads=1,
        max_name_tokens=8,
        checkpoint_every=1,
        eval_every=0,
    )
    return RunFolder.create(root, recipe, {"any": judge}, datetime(2026, 11, 27))


def port() -> str:
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return str(free.getsockname()[1])


def launch(*programs: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*TORCHRUN, port(), *programs],
        cwd=Path(__file__).parents[2],
        env={**os.environ, **ENVIRONMENT},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def only(folder: RunFolder, kind: type) -> list:
    return [event for event in folder.tail().events if isinstance(event, kind)]


def gradient(folder: RunFolder) -> torch.Tensor:
    """Return the first step's gradient: Adam's first moment after one step is a tenth of it."""
    path = folder.path / "checkpoints" / "step_000001" / "trainer_state" / "optimizer.safetensors"
    moments = load_file(path)
    return torch.cat([moments[key].flatten() for key in sorted(moments) if key.endswith("exp_avg")]) * 10


def told(event: GroupPainted) -> tuple:
    return event.color, [(one.name, one.reward, one.advantage) for one in event.rollouts]


OBJECTIVES = ("grpo", "dapo")


def test_two_processes_learn_what_one_does_from_the_doubled_batch(base: Path, tmp_path: Path) -> None:
    """Both ask a judge on a server; names, rewards and advantages are the same, and so is the gradient."""

    def by_length(number: int, request: dict) -> str:
        return str(len(json.dumps(request)) % 11)

    with serving(by_length) as server:
        judge = Remote(name="Server", asks="long names", url=server.url, model="any", calibrated=False)
        pairs = [
            [make(tmp_path / at, base, way, judge, objective=way, accumulation=2) for at in ("one", "two")]
            for way in OBJECTIVES
        ]
        both = launch(str(Path(__file__).with_name("ranks.py")), *(str(two.path) for _, two in pairs))
        said = both.communicate(timeout=800)[0]
        assert both.returncode == 0, said[-3000:]
        for one, _ in pairs:
            assert training.main([str(one.path)]) == 0
    for one, two in pairs:
        [started] = only(two, RunStarted)
        assert started.device.startswith("2 × CPU")
        assert [type(event) for event in two.tail().events] == [type(event) for event in one.tail().events]
        assert list(map(told, only(two, GroupPainted))) == list(map(told, only(one, GroupPainted)))
        assert only(two, StepFinished)[0].rollouts == 16
        alone, shared = gradient(one), gradient(two)
        assert alone.norm() > 0
        torch.testing.assert_close(shared, alone, rtol=1e-3, atol=1e-7)
        assert only(two, RunFinished)[0].outcome == "completed"


def died(base: Path, tmp_path: Path, rank: int) -> tuple[RunFolder, list[Event]]:
    """Kill one process of two in the middle; return what the run said when all are gone."""
    folder = make(tmp_path / "runs", base, "Broken", Form(name="Short", max_words=2), steps=5000)
    launcher = launch("-m", "engine.train", str(folder.path))
    deadline = time.monotonic() + 600
    while not only(folder, StepFinished):
        if launcher.poll() is not None or time.monotonic() > deadline:
            launcher.kill()
            pytest.fail(launcher.communicate()[0][-3000:])
        time.sleep(0.1)
    workers = psutil.Process(launcher.pid).children(recursive=True)
    victim = next(one for one in workers if one.environ().get("RANK") == str(rank))
    victim.kill()
    launcher.communicate(timeout=200)
    _, left = psutil.wait_procs(workers, timeout=60)
    assert not left
    assert launcher.returncode != 0
    return folder, folder.tail().events


@pytest.mark.parametrize("rank", [pytest.param(0, marks=pytest.mark.heavy), 1])
def test_when_one_process_is_killed_all_end_and_the_log_says_so(
    base: Path, tmp_path: Path, rank: int
) -> None:
    folder, events = died(base, tmp_path, rank)
    ends = [event for event in events if isinstance(event, RunFinished)]
    assert [end.outcome for end in ends] == ["failed"]
    assert events[-1] == ends[0]
    assert "One of the 2 processes" in ends[0].reason
    assert {event.attempt for event in events} == {1}
    assert not folder.alive()


def test_colours_that_cannot_be_shared_out_are_a_sentence(monkeypatch, base: Path, tmp_path: Path) -> None:
    folder = make(tmp_path, base, "Odd", Form(name="Short"))
    monkeypatch.setenv("WORLD_SIZE", "3")
    monkeypatch.setenv("RANK", "0")
    assert training.main([str(folder.path)]) == 1
    [end] = only(folder, RunFinished)
    assert end.outcome == "failed"
    assert "cannot be shared out evenly among 3 processes" in end.reason


def test_a_launcher_goes_before_the_training(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "run")
    plain = Way().command(sys.executable, folder)
    assert plain == [sys.executable, "-m", "engine.train", str(folder.path)]
    way = Way(launch=("accelerate", "launch", "--num_processes", "2"), report_to="tensorboard")
    made = way.command(sys.executable, folder)
    assert Path(made[0]).name.startswith("accelerate")
    assert made[1:] == ["launch", "--num_processes", "2", *plain[1:], "--report-to", "tensorboard"]

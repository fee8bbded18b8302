"""Checkpoints are whole or not there; the newest whole one is found whatever a crash left behind."""

import errno
import os
from pathlib import Path

import pytest

from engine import checkpoint
from engine.durable import RunError


def fill(folder: Path) -> None:
    (folder / "adapter").mkdir()
    (folder / "adapter" / "adapter_model.safetensors").write_bytes(b"weights" * 1000)
    (folder / "trainer_state").write_bytes(b"state")


def commit(parent: Path, *numbers: int) -> None:
    for number in numbers:
        checkpoint.commit(parent, number, fill)


def names(parent: Path) -> list[str]:
    return sorted(path.name for path in parent.iterdir())


def newest(parent: Path) -> int | None:
    found = checkpoint.latest(parent)
    return found.step if found else None


def test_a_checkpoint_is_whole_and_named(tmp_path: Path) -> None:
    parent = tmp_path / "checkpoints"
    path = checkpoint.commit(parent, 40, fill)
    assert path == parent / "step_000040"
    assert checkpoint.latest(parent) == checkpoint.Checkpoint(40, path)
    assert checkpoint.is_whole(path)
    assert (parent / "LATEST").read_text() == "step_000040\n"
    assert sorted(p.relative_to(path).as_posix() for p in path.rglob("*") if p.is_file()) == [
        "adapter/adapter_model.safetensors",
        "manifest.json",
        "trainer_state",
    ]


def test_the_last_two_and_the_pinned_are_kept(tmp_path: Path) -> None:
    checkpoint.commit(tmp_path, 10, fill, pin=True)
    commit(tmp_path, 20, 30)
    checkpoint.pin(tmp_path, 20)
    commit(tmp_path, 40, 50)
    assert names(tmp_path) == ["LATEST", "step_000010", "step_000020", "step_000040", "step_000050"]
    assert checkpoint.is_whole(tmp_path / "step_000010")


def test_pinning_what_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="step 7"):
        checkpoint.pin(tmp_path, 7)


def test_steps_are_compared_as_numbers(tmp_path: Path) -> None:
    commit(tmp_path, 999_999, 1_000_000)
    assert newest(tmp_path) == 1_000_000


@pytest.mark.parametrize(
    "damage", ["cut", "flip", "gone", "no manifest", "torn manifest", "climbing manifest"]
)
def test_a_broken_one_is_passed_over(tmp_path: Path, damage: str) -> None:
    commit(tmp_path, 10, 20)
    weights = tmp_path / "step_000020" / "adapter" / "adapter_model.safetensors"
    manifest = tmp_path / "step_000020" / "manifest.json"
    match damage:
        case "cut":
            weights.write_bytes(weights.read_bytes()[:-1])
        case "flip":
            weights.write_bytes(b"W" + weights.read_bytes()[1:])
        case "gone":
            weights.unlink()
        case "no manifest":
            manifest.unlink()
        case "torn manifest":
            manifest.write_bytes(manifest.read_bytes()[:30])
        case "climbing manifest":
            manifest.write_text('{"step":20,"files":{"../step_000010/manifest.json":{"size":1,"sha256":""}}}')
    assert newest(tmp_path) == 10


def test_a_broken_one_is_replaced_and_pushes_out_no_whole_one(tmp_path: Path) -> None:
    commit(tmp_path, 10, 20, 30)
    (tmp_path / "step_000030" / "manifest.json").unlink()
    assert newest(tmp_path) == 20
    commit(tmp_path, 30)
    assert newest(tmp_path) == 30
    assert names(tmp_path) == ["LATEST", "step_000020", "step_000030"]


def test_latest_may_lag(tmp_path: Path) -> None:
    commit(tmp_path, 10, 20)
    (tmp_path / "LATEST").write_text("step_000010\n")
    assert newest(tmp_path) == 20
    (tmp_path / "LATEST").unlink()
    assert newest(tmp_path) == 20


def test_a_fill_that_fails_leaves_the_earlier_ones_and_no_litter(tmp_path: Path) -> None:
    commit(tmp_path, 10)

    def out_of_room(folder: Path) -> None:
        fill(folder)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(RunError, match="checkpoint of step 20: the disk is full"):
        checkpoint.commit(tmp_path, 20, out_of_room)
    assert names(tmp_path) == ["LATEST", "step_000010"]
    assert newest(tmp_path) == 10


@pytest.mark.parametrize("syscalls", range(12))
def test_dying_at_any_sync_leaves_a_whole_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, syscalls: int
) -> None:
    """Stop the world at each fsync in turn; what is on disk then must be the old one or the new one."""
    commit(tmp_path, 10)
    real, left = os.fsync, syscalls

    class Died(BaseException):
        pass

    def die(descriptor: int) -> None:
        nonlocal left
        if not left:
            raise Died
        left -= 1
        real(descriptor)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", die)
        patch.setattr(checkpoint.shutil, "rmtree", lambda *_, **__: None)  # the dead tidy nothing up
        try:
            commit(tmp_path, 20)
        except Died:
            assert newest(tmp_path) in (10, 20)
        else:
            assert newest(tmp_path) == 20
    commit(tmp_path, 30)
    assert newest(tmp_path) == 30
    assert names(tmp_path)[0] == "LATEST"  # no litter: hidden names would sort before it


def test_no_folder_is_no_checkpoint(tmp_path: Path) -> None:
    assert checkpoint.latest(tmp_path / "none") is None

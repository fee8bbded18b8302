"""Checkpoints on disk: written beside, checked by a manifest, put in place in one step.

What a checkpoint holds is the trainer's business. Here it is a folder of files that is whole or is not:
``step_000040`` with a ``manifest.json`` of sizes and SHA-256 sums. ``LATEST`` names the newest one for
people; reading does not trust it, since a crash may leave it behind.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

import msgspec

from engine.durable import RunError, disk_error, sync_file, sync_folder, write_whole
from engine.outside import UNSOUND

KEEP = 2
MANIFEST = "manifest.json"
VERSION = 1
PIN = "PINNED"
_FOLDER = re.compile(r"^step_([0-9]{6,18})\Z")


class Checkpoint(msgspec.Struct, frozen=True):
    """A whole checkpoint: the step after which it was made, and its folder."""

    step: int
    path: Path


class _Entry(msgspec.Struct, frozen=True):
    size: int
    sha256: str


class _Stamp(msgspec.Struct, frozen=True):
    version: int = 1


class _Manifest(msgspec.Struct, frozen=True, kw_only=True):
    version: int = VERSION
    step: int
    files: dict[str, _Entry]


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path != folder / MANIFEST and path != folder / PIN:
            yield path.relative_to(folder).as_posix(), path


def commit(parent: Path, step: int, fill: Callable[[Path], None], *, pin: bool = False) -> Path:
    """Make a checkpoint so that it is there whole or not at all, and tidy up older ones.

    Parameters
    ----------
    parent
        The folder of checkpoints; made when missing.
    step
        The step after which this is.
    fill
        Writes the checkpoint's files into the folder that it is given.
    pin
        Whether this one is kept for good; of the others the last two are.

    Returns
    -------
    Path
        The folder in place.

    Raises
    ------
    RunError
        If it cannot be written; earlier checkpoints are then untouched.
    """
    target = parent / f"step_{step:06d}"
    beside = parent / f".{target.name}.{secrets.token_hex(4)}.partial"
    try:
        parent.mkdir(parents=True, exist_ok=True)
        _sweep(parent)
        beside.mkdir()
        try:
            fill(beside)
            _seal(beside, step)
            if pin:
                (beside / PIN).touch()
            if target.exists():
                # Only a broken one can stand here (a training goes on from whole ones), so that the
                # moment without either loses nothing.
                target.rename(parent / f".{target.name}.{secrets.token_hex(4)}.partial")
            beside.rename(target)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
        sync_folder(parent)
        write_whole(parent / "LATEST", f"{target.name}\n".encode())
        _sweep(parent)
    except OSError as error:
        raise disk_error(error, f"save the checkpoint of step {step}") from error
    return target


def _seal(folder: Path, step: int) -> None:
    entries: dict[str, _Entry] = {}
    for name, path in _files(folder):
        sync_file(path)
        entries[name] = _Entry(path.stat().st_size, _sum(path))
    manifest = _Manifest(step=step, files=entries)
    write_whole(folder / MANIFEST, msgspec.json.format(msgspec.json.encode(manifest), indent=1))
    for path in folder.rglob("*"):
        if path.is_dir():
            sync_folder(path)
    sync_folder(folder)


def _all(parent: Path) -> list[tuple[int, Path]]:
    """Return the checkpoints' folders, whole or not, newest first."""
    if not parent.is_dir():
        return []
    here = (path for path in parent.iterdir() if not path.is_symlink())
    found = [(match, path) for path in here if (match := _FOLDER.match(path.name))]
    return sorted(((int(match.group(1)), path) for match, path in found), reverse=True)


def _sweep(parent: Path) -> None:
    """Remove what a dead writer left half-written, and checkpoints that are neither recent nor pinned."""
    for path in parent.glob(".*.partial"):
        shutil.rmtree(path, ignore_errors=True)
    for path in parent.glob(".LATEST.*"):
        path.unlink(missing_ok=True)
    kept = 0
    for _, path in _all(parent):
        if (path / PIN).exists():
            continue
        # A broken one must not take the place of a whole one; sizes are enough to see that here.
        whole = _sizes_agree(path) or _newer(path)
        kept += whole
        if not whole or kept > KEEP:
            shutil.rmtree(path, ignore_errors=True)


def _manifest(path: Path) -> _Manifest | None:
    try:
        return msgspec.json.decode((path / MANIFEST).read_bytes(), type=_Manifest)
    except (OSError, *UNSOUND):
        return None  # not there or torn: the checkpoint is not whole


def _newer(path: Path) -> bool:
    """Tell whether a newer version of the app wrote a checkpoint, whatever else its manifest says."""
    try:
        stamp = msgspec.json.decode((path / MANIFEST).read_bytes(), type=_Stamp)
    except (OSError, *UNSOUND):
        return False
    return stamp.version > VERSION


def _refuse_newer(path: Path) -> None:
    if _newer(path):
        raise RunError(
            f"The checkpoint {path.name} was written by a newer version of Painter Studio: update the app."
        )


def _sizes_agree(path: Path) -> bool:
    manifest = _manifest(path)
    if manifest is None:
        return False
    for name, entry in manifest.files.items():
        inside = PurePosixPath(name)
        if inside.is_absolute() or ".." in inside.parts:
            return False
        file = path / inside
        if file.is_symlink() or not file.is_file() or file.stat().st_size != entry.size:
            return False
    return True


def is_whole(path: Path) -> bool:
    """Tell whether every file of a checkpoint is there with the size and sum that its manifest says."""
    manifest = _manifest(path)
    if manifest is None or not _sizes_agree(path):
        return False
    return all(_sum(path / name) == entry.sha256 for name, entry in manifest.files.items())


def latest(parent: Path) -> Checkpoint | None:
    """Return the newest whole checkpoint, passing over broken ones; ``None`` if there is none.

    Raises
    ------
    RunError
        If the folder is there but cannot be read, or a newer version of the app saved the newest.
    """
    try:
        for step, path in _all(parent):
            _refuse_newer(path)
            if is_whole(path):
                return Checkpoint(step, path)
        return None
    except OSError as error:
        raise disk_error(error, "read the checkpoints") from error


def listed(parent: Path) -> list[Checkpoint]:
    """Return the checkpoints whose files are there in full, newest first; their sums are not looked at.

    Raises
    ------
    RunError
        If the folder is there but cannot be read.
    """
    try:
        return [
            Checkpoint(step, path) for step, path in _all(parent) if _sizes_agree(path) and not _newer(path)
        ]
    except OSError as error:
        raise disk_error(error, "read the checkpoints") from error


def pin(parent: Path, step: int) -> None:
    """Keep the checkpoint of a step for good.

    Raises
    ------
    RunError
        If there is none, or it cannot be marked.
    """
    try:
        (parent / f"step_{step:06d}" / PIN).touch()
    except OSError as error:
        raise disk_error(error, f"pin the checkpoint of step {step}") from error


def unpin(parent: Path, step: int) -> None:
    """Let the checkpoint of a step be swept away like any other; one that is gone is let go already.

    Raises
    ------
    RunError
        If its mark cannot be taken off.
    """
    try:
        (parent / f"step_{step:06d}" / PIN).unlink(missing_ok=True)
    except OSError as error:
        raise disk_error(error, f"unpin the checkpoint of step {step}") from error

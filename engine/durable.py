"""Writing that survives a crash: atomic files, fsync, a lock, and one sentence when the disk says no.

A run's folder is written by one process and read by any number, and either may be killed at any moment.
What is whole is decided here: a file is replaced in one step or not at all, and a lock dies with its holder.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import sys
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


class RunError(Exception):
    """A run that cannot be used, made or written, in one sentence for people."""


class DiskError(RunError):
    """The disk did not do its part; it may again, once a person has seen to it."""


FULL = (errno.ENOSPC, errno.EDQUOT)


class RunBusy(RunError):  # noqa: N818 — a state, not a fault
    """Another process is writing this run."""


def disk_error(error: OSError, doing: str) -> DiskError:
    """Turn what the system says into a sentence that says what to do.

    Parameters
    ----------
    error
        What was raised.
    doing
        What was tried, completing "could not": ``"write the run's events"``.
    """
    where = f" ({error.filename})" if error.filename else ""
    if error.errno in FULL:
        return DiskError(f"Could not {doing}: the disk is full; free some space and try again{where}.")
    if error.errno == errno.EROFS:
        return DiskError(f"Could not {doing}: the disk is read-only; choose another folder{where}.")
    if error.errno in (errno.EACCES, errno.EPERM):
        return DiskError(f"Could not {doing}: this folder may not be written to; check its rights{where}.")
    if error.errno == errno.ENOENT:
        return DiskError(f"Could not {doing}: there is no such file or folder{where}.")
    return DiskError(f"Could not {doing}: {error.strerror or error}{where}.")


def sync_file(path: Path) -> None:
    """Make sure that a file's bytes are on the disk."""
    # Windows syncs only what is open for writing; elsewhere reading is enough and works on read-only files.
    descriptor = os.open(path, os.O_RDWR if sys.platform == "win32" else os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(path: Path) -> None:
    """Make sure that a folder's entries (new names, renames) are on the disk; Windows has no such call."""
    if sys.platform != "win32":
        sync_file(path)


def write_whole(path: Path, data: bytes) -> None:
    """Write a file beside, sync it, and put it in place in one step: readers see the old one or the new."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with beside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


class Reserve:
    """A little room that is kept on the disk, so that a last word can be written when it is full.

    Parameters
    ----------
    path
        The file that keeps it.
    """

    SIZE = 1 << 16

    def __init__(self, path: Path) -> None:
        self._path = path

    def fill(self) -> bool:
        """Take the room, if it is not taken; tell whether there was enough of it."""
        try:
            if not self._path.exists() or self._path.stat().st_size < self.SIZE:
                # Not zeros: some file systems keep none of those.
                write_whole(self._path, os.urandom(self.SIZE))
        except OSError:
            return False
        return True

    def free(self) -> None:
        """Give the room away; it does no harm where there is none."""
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)


class FileLock:
    """An exclusive lock on a file, let go of when closed or when its process dies, however it dies."""

    def __init__(self, path: Path) -> None:
        """Take the lock.

        Raises
        ------
        RunBusy
            If another holder has it.
        OSError
            If the file cannot be made.
        """
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            if sys.platform == "win32":
                msvcrt.locking(self._descriptor, msvcrt.LK_NBLCK, 1)
            else:
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._descriptor)
            # These are how the two systems say "held by another"; anything else is a fault of the disk.
            if error.errno in (errno.EWOULDBLOCK, errno.EACCES, errno.EDEADLK):
                raise RunBusy("This run is already going; stop it before it is started again.") from error
            raise

    def close(self) -> None:
        """Let go; a second call does nothing."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

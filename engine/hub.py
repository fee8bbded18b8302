"""The one file that knows the hub: ``python -m engine.hub OWNER/NAME`` fetches a base, or goes on with it.

Runs as a child, and tells on stdout what comes: JSON lines of ``done`` and ``total`` in bytes, and at last
``folder``, or ``error`` in one sentence. huggingface_hub 2 forgets what a broken download had, so each
file's bytes are kept here in a ``.part`` and its :func:`http_get` is told where to go on. A file is used
only once its checksum is the one the hub promises: sha256 for what lies in LFS, git's for the small ones.
Only safetensors and plain text are fetched. A token comes from ``HF_TOKEN`` alone; nothing is sent but it.
"""

from __future__ import annotations

import argparse
import functools
import hashlib
import os
import re
import shutil
import sys
import time
from collections.abc import Callable
from contextlib import closing
from io import BufferedRandom
from pathlib import Path
from typing import Any

# Before its import: one way of fetching, which can be resumed and is tested; no bars; nothing told of us.
os.environ.setdefault("HF_HUB_DISABLE_XET", "1")
os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")

import msgspec
from huggingface_hub import HfApi, constants, hf_hub_url
from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.file_download import http_get
from huggingface_hub.utils import build_hf_headers

from engine.catalogue import SOURCE, FileFact, Source, folder_of, source_of
from engine.durable import FileLock, RunBusy, disk_error, sync_folder, write_whole
from engine.models import BaseError

# A name without a folder, so that no file can lie outside ours; a second copy of the weights is left out.
_WANTED = re.compile(
    r"^(?!consolidated)[A-Za-z0-9][\w.-]*(\.safetensors|\.json|\.jinja|\.txt|\.model)$|^(LICENSE|README)[\w.]*$"
)
_TELL = 0.2  # seconds between two lines of progress

# In one piece of ten megabytes, a broken connection would lose what came of it, and progress would jump.
constants.DOWNLOAD_CHUNK_SIZE = 1 << 18

Tell = Callable[[int, int], None]


class _File(msgspec.Struct, frozen=True):
    name: str
    size: int
    sha256: str  # of LFS; else empty
    git: str

    def sound(self, path: Path) -> str:
        """Return the sha256 of a file that is the one promised; empty if it is another."""
        sha, git = hashlib.sha256(), hashlib.sha1(b"blob %d\0" % path.stat().st_size, usedforsecurity=False)
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                sha.update(block)
                git.update(block)
        promised, found = (self.sha256, sha) if self.sha256 else (self.git, git)
        return sha.hexdigest() if found.hexdigest() == promised else ""


class _Counted:
    """A file that tells how many bytes it has been given; what :func:`http_get` needs of one."""

    def __init__(self, file: BufferedRandom, tell: Callable[[int], None]) -> None:
        self._file, self._tell = file, tell
        self.seek, self.tell = file.seek, file.tell

    def write(self, data: bytes) -> int:
        written = self._file.write(data)
        self._tell(self._file.tell())
        return written

    def truncate(self) -> int:
        return self._file.truncate()


def fetch(repo: str, tell: Tell, revision: str = "main") -> Path:
    """Fetch a base into the cache, or what is missing of it; return its folder.

    Parameters
    ----------
    tell
        Told (bytes that are here, bytes in all) as they come.

    Raises
    ------
    BaseError
        In a sentence. What came so far is kept, and the next call goes on from there.
    """
    if constants.is_offline_mode():
        raise BaseError(
            "Offline mode is on, so nothing is fetched: unset HF_HUB_OFFLINE, or Offline in Settings."
        )
    target = folder_of(repo)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with closing(FileLock(target.with_name(f".{target.name}.lock"))):
            return _fetch(repo, revision, target, tell)
    except BaseError:
        raise
    except Exception as error:  # the hub's client raises its transport's own kinds
        raise BaseError(explain(error, repo)) from error


def _fetch(repo: str, revision: str, target: Path, tell: Tell) -> Path:
    token = os.environ.get("HF_TOKEN") or False
    # False: never a token that some other program has stored.
    info = HfApi(token=token).model_info(repo, revision=revision, files_metadata=True)
    files = [_promised(one) for one in info.siblings or () if _WANTED.match(one.rfilename)]
    if not any(file.name.endswith(".safetensors") for file in files):
        raise BaseError(
            f"{repo} has no safetensors weights; other formats are not opened. Choose another base."
        )
    commit = str(info.sha)
    if (have := source_of(target)) is not None and have.commit == commit:
        tell(have.size, have.size)
        return target
    part = target.with_name(f".{target.name}@{commit[:12]}.part")
    part.mkdir(exist_ok=True)
    total, before = sum(file.size for file in files), 0
    room = shutil.disk_usage(part).free + sum(path.stat().st_size for path in part.iterdir())
    if total > room:
        raise BaseError(
            f"{repo} needs {total / 1e9:.1f} GB of disk and {room / 1e9:.1f} GB are free: free some, or set "
            "PAINTER_STUDIO_CACHE to another folder."
        )
    headers = build_hf_headers(token=token) | {"Accept-Encoding": "identity"}
    facts: dict[str, FileFact] = {}
    for file in sorted(files, key=lambda one: one.size):
        url = hf_hub_url(repo, file.name, revision=commit)
        digest = _one(file, url, headers, part, functools.partial(_add, tell, before, total))
        facts[file.name] = FileFact(file.size, digest)
        before += file.size
    licence = str((info.card_data or {}).get("license") or "")
    source = Source(repo=repo, commit=commit, licence=licence, files=facts)
    write_whole(part / SOURCE, msgspec.json.encode(source))
    shutil.rmtree(target, ignore_errors=True)
    part.rename(target)
    sync_folder(target.parent)
    return target


def _add(tell: Tell, before: int, total: int, here: int) -> None:
    tell(before + here, total)


def _promised(sibling: Any) -> _File:
    sha256 = sibling.lfs.sha256 if sibling.lfs else ""
    size = sibling.lfs.size if sibling.lfs else sibling.size
    return _File(sibling.rfilename, int(size or 0), sha256, sibling.blob_id or "")


def _one(file: _File, url: str, headers: dict[str, str], folder: Path, tell: Callable[[int], None]) -> str:
    """Fetch one file, or the rest of it; return its sha256."""
    done, part = folder / file.name, folder / f"{file.name}.part"
    if done.is_file() and (digest := file.sound(done)):
        tell(file.size)
        return digest
    if part.exists() and part.stat().st_size > file.size:
        part.unlink()
    part.touch()
    with part.open("r+b") as raw:
        here = raw.seek(0, os.SEEK_END)
        tell(here)
        http_get(
            url,
            _Counted(raw, tell),
            resume_size=here,
            headers=headers,
            expected_size=file.size,
        )
        raw.flush()
        os.fsync(raw.fileno())
    digest = file.sound(part)
    if not digest:
        part.unlink()
        raise BaseError(
            f"{file.name} came damaged (its checksum is not the one the hub promises) and was thrown away: "
            "fetch it again."
        )
    part.replace(done)
    return digest


def explain(error: Exception, repo: str) -> str:
    """Return what went wrong with the hub or the disk in a sentence that says what to do."""
    address = f"{constants.ENDPOINT}/{repo}"
    kept = "what came so far is kept, so fetch it again to go on"
    if isinstance(error, RunBusy):
        return f"{repo} is being fetched already; wait for that to end."
    if isinstance(error, HFValidationError):
        return f"“{repo}” is no name that a hub has: give OWNER/NAME."
    if isinstance(error, GatedRepoError):
        given = "is not one that may" if os.environ.get("HF_TOKEN") else "is missing"
        return (
            f"{repo} is gated: accept its terms at {address} with your account there, and start Painter "
            f"Studio with HF_TOKEN set to a token of that account (it {given})."
        )
    if isinstance(error, RepositoryNotFoundError):
        return f"The hub has no model “{repo}”, or it is private: check its name at {constants.ENDPOINT}."
    if isinstance(error, RevisionNotFoundError):
        return f"{repo} has no such revision: leave it out, or look it up at {address}."
    if isinstance(error, HfHubHTTPError):
        status = error.response.status_code
        if status in (401, 403):
            why = f"The hub refuses to give {repo} (status {status})"
            return f"{why}: check HF_TOKEN, and your rights at {address}."
        return f"The hub answers with status {status}: try again later; {kept}."
    if isinstance(error, OSError) and error.errno is not None:
        return f"{disk_error(error, f'fetch {repo}')} {kept[:1].upper()}{kept[1:]}."
    return (
        f"The connection to {constants.ENDPOINT} broke ({type(error).__name__}): check the network; {kept}."
    )


def main(arguments: list[str] | None = None) -> int:
    """Fetch one base and tell of it in JSON lines; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m engine.hub", description=main.__doc__)
    parser.add_argument("repo", help="OWNER/NAME")
    parser.add_argument("--revision", default="main")
    options = parser.parse_args(arguments)
    told = 0.0

    def say(**facts: object) -> None:
        print(msgspec.json.encode(facts).decode(), flush=True)

    def tell(done: int, total: int) -> None:
        nonlocal told
        if done == total or time.monotonic() - told > _TELL:
            told = time.monotonic()
            say(done=done, total=total)

    try:
        say(folder=str(fetch(options.repo, tell, options.revision)))
    except BaseError as error:
        say(error=str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

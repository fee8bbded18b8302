"""What a person can paste into a report of a fault: versions, machine, settings, the service's last words.

No keys and nobody's folders are given away: the home of the app, the person's own home folder and their name
are replaced wherever they stand.
"""

from __future__ import annotations

import getpass
import importlib.metadata
import os
import platform
import re
from collections.abc import Mapping
from pathlib import Path

import msgspec
import tomli_w

from engine import places
from studio.settings import Settings

PACKAGES = ("PySide6-Essentials", "pyqtgraph", "torch", "transformers", "trl", "peft", "msgspec", "numpy")
TAIL = 40
"""Lines of the log that are told."""
_READ = 64_000
_KEY = re.compile(r"(KEY|TOKEN|SECRET|PASSWORD)$", re.IGNORECASE)
_PRIVATE = ("geometry", "splitters", "run")


def report(
    settings: Settings,
    log: Path,
    home: Path,
    *,
    what: str = "",
    facts: Mapping[str, str] | None = None,
    person: Path | None = None,
) -> str:
    """Return the report as plain text, without private paths.

    Parameters
    ----------
    settings
        As they are now; the window's geometry and the run's name are left out.
    log
        The naming service's log; it may be missing.
    home
        The app's folder of what is the user's.
    what
        The notice that it is about, if any.
    facts
        More lines, label and text: the device, say.
    person
        The person's own home folder, theirs by default.
    """
    person = Path.home() if person is None else person
    lines = ["Painter Studio report", ""]
    if what:
        lines += [what, ""]
    lines += [f"app: {_version('painter-studio') or 'from its folder'}"]
    lines += [f"system: {platform.system()} {platform.release()} {platform.machine()}"]
    lines += [f"python: {platform.python_version()}"]
    lines += [f"{package}: {_version(package) or 'not installed'}" for package in PACKAGES]
    lines += [f"{label}: {text}" for label, text in (facts or {}).items()]
    kept = {
        key: value for key, value in msgspec.to_builtins(settings).items() if key not in _PRIVATE and value
    }
    lines += ["", "Settings", tomli_w.dumps(kept).strip(), "", "The naming service's last words"]
    lines += last_lines(log) or ["(none)"]
    return without_keys(without_paths("\n".join(lines), home, person, _user()), os.environ) + "\n"


def last_lines(log: Path, count: int = TAIL) -> list[str]:
    """Return the last lines of a log; none when it cannot be read."""
    try:
        with log.open("rb") as file:
            file.seek(0, 2)
            file.seek(max(file.tell() - _READ, 0))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return []
    return [line[:400] for line in text.splitlines() if line.strip()][-count:]


def without_paths(text: str, home: Path, person: Path, user: str = "") -> str:
    """Return a text in which the app's home is ``~app``, the cache ``~cache``, the person's home ``~``."""
    swapped = [
        (places.resources().parent, "~code"),
        (home, "~app"),
        (places.cache(), "~cache"),
        (person, "~"),
    ]
    # The longest first: one often lies within another.
    for folder, short in sorted(swapped, key=lambda pair: len(str(pair[0])), reverse=True):
        for spelled in {str(folder), folder.as_posix(), str(folder).replace("\\", "\\\\")}:
            if len(spelled) > 1:
                text = text.replace(spelled, short)
    if len(user) > 2:
        for before, after in (("/home/", "/"), ("/Users/", "/"), ("\\Users\\", "\\")):
            text = text.replace(f"{before}{user}{after}", f"~{after}")
    return text


def without_keys(text: str, environment: Mapping[str, str]) -> str:
    """Return a text without the values of variables that hold keys, should one ever have come into it."""
    for name, value in environment.items():
        if _KEY.search(name) and len(value.strip()) >= 8:
            text = text.replace(value.strip(), "(a key)")
    return text


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # no name is known, as in some containers
        return ""


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""

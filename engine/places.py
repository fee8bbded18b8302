"""Where things lie on disk: the user's own, what can be made again, and what ships with the app.

``PAINTER_STUDIO_HOME`` moves what is the user's (runs, painters, judges, settings) and
``PAINTER_STUDIO_CACHE`` what can be made again (converted bases, calibrations). Nothing here creates
a folder: whoever writes does.
"""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

APP = "painter-studio"


def resources() -> Path:
    """Return the folder of the data that ships with the app."""
    return Path(__file__).resolve().parent.parent / "resources"


def home() -> Path:
    """Return the folder of what is the user's: runs, painters, judges, settings."""
    override = os.environ.get("PAINTER_STUDIO_HOME")
    return Path(override) if override else Path(platformdirs.user_data_dir(APP, appauthor=False))


def expanded(path: str | Path) -> Path:
    """Return a path that a person wrote: ``~`` is their own folder, ``~x`` that of x, if there is an x."""
    try:
        return Path(path).expanduser()
    except (RuntimeError, ValueError):
        return Path(path)


def is_file(path: Path) -> bool:
    """Tell whether a file is there that may be looked at; no path is too odd to ask about."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def cache() -> Path:
    """Return the folder of what can be made again: converted bases, calibrations."""
    override = os.environ.get("PAINTER_STUDIO_CACHE")
    return Path(override) if override else Path(platformdirs.user_cache_dir(APP, appauthor=False))

"""Whether the desktop wants things to move: asked of Windows, macOS, GNOME and KDE, each in its way.

Qt has no word for it yet. Where nothing is said, things move.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_WAIT = 3.0


def desktop_moves() -> bool:
    """Tell whether motion is wanted. May take a second: not for the window's thread."""
    if sys.platform == "win32":
        return _windows_moves()
    if sys.platform == "darwin":
        return _said("defaults", "read", "com.apple.universalaccess", "reduceMotion") != "1"
    if _said("gsettings", "get", "org.gnome.desktop.interface", "enable-animations") == "false":
        return False
    return kde_moves(Path.home() / ".config" / "kdeglobals")


def kde_moves(globals_file: Path) -> bool:
    """Tell whether KDE's settings want motion: its factor of durations is 0 when they do not."""
    try:
        lines = globals_file.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return True
    factors = [line.partition("=")[2] for line in lines if line.startswith("AnimationDurationFactor=")]
    try:
        return not factors or float(factors[-1]) > 0
    except ValueError:
        return True


def _said(*command: str) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_WAIT)
    except (OSError, subprocess.SubprocessError):  # there is no such desktop here
        return ""
    return done.stdout.strip()


if sys.platform == "win32":

    def _windows_moves() -> bool:
        import ctypes

        wanted = ctypes.c_int(1)
        # SPI_GETCLIENTAREAANIMATION, see SystemParametersInfoW in Microsoft's documentation.
        ctypes.windll.user32.SystemParametersInfoW(0x1042, 0, ctypes.byref(wanted), 0)
        return bool(wanted.value)

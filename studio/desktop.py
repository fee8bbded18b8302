"""What a bare Linux lacks for a window, and how to get it. Standard library only, no Qt.

Qt's wheels bring Qt but not the system libraries under it; a missing one shows as an ImportError, or, for
the platform plugin, as an abort that nobody can catch. So both are said beforehand, in a sentence.
"""

from __future__ import annotations

import ctypes
import os
import re
import subprocess
import sys

from studio.commands.desk import CommandError

# Library → the package that has it on Debian and Ubuntu.
PACKAGES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libGLX.so.0": "libglx0",
    "libOpenGL.so.0": "libopengl0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libX11.so.6": "libx11-6",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libzstd.so.1": "libzstd1",
}
# What Qt's X11 plugin needs and a server's Linux has not.
X11 = (
    *("libxcb-cursor.so.0", "libxcb-icccm.so.4", "libxcb-image.so.0", "libxcb-keysyms.so.1"),
    *("libxcb-render-util.so.0", "libxkbcommon-x11.so.0"),
)


def explain(error: ImportError) -> str:
    """Turn an import of Qt that failed into a sentence that says what to install."""
    missing = re.search(r"(lib[\w.+-]+\.so(?:\.\d+)*)", str(error))
    if missing is None:
        return f"The window cannot be loaded: {error}."
    return _install(missing.group(1))


def check_display() -> None:
    """Make sure that a window can be shown.

    Raises
    ------
    CommandError
        If there is no display, or the X11 plugin lacks a library.
    """
    if sys.platform != "linux" or os.environ.get("QT_QPA_PLATFORM", "xcb").split(":")[0] != "xcb":
        return
    if os.environ.get("WAYLAND_DISPLAY"):
        return
    if not os.environ.get("DISPLAY"):
        raise CommandError(
            "There is no display to show the window on; the other commands work without one "
            "(painter-studio --help)."
        )
    for library in X11:
        try:
            ctypes.CDLL(library)
        except OSError:
            raise CommandError(_install(library)) from None


def qt_fault(python: str = sys.executable) -> str:
    """Return why Qt cannot be loaded, or nothing. Tried in a child: this process stays without Qt."""
    try:
        done = subprocess.run(
            [python, "-c", "import PySide6.QtWidgets"], capture_output=True, text=True, timeout=120
        )
    except (OSError, subprocess.SubprocessError) as error:
        return f"Qt could not be tried: {error}."
    if done.returncode == 0:
        return ""
    said = done.stderr.strip().splitlines()
    return explain(ImportError(said[-1] if said else f"exit code {done.returncode}"))


def _install(library: str) -> str:
    package = PACKAGES.get(library)
    if package is None:
        return f"The window needs the system library {library}; install the package that has it."
    return f"The window needs the system library {library}; on Debian and Ubuntu: sudo apt install {package}."

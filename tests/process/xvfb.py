"""Drives the app as a person does: a display, a window manager, keys and a mouse, and nothing from within.

What happened is told by what lies on disk (settings, judges, a run's events) and by the pixels on the screen.
"""

import ctypes
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from studio.desktop import X11

TOOLS = ("Xvfb", "xdotool", "openbox")
SCREEN = (1400, 900)


def missing():
    """Return which of the tools, and of the libraries that Qt needs for X, are not installed."""
    libraries = []
    for library in X11:
        try:
            ctypes.CDLL(library)
        except OSError:
            libraries.append(library)
    return [*(tool for tool in TOOLS if shutil.which(tool) is None), *libraries]


class Display:
    """An X server of its own with a window manager, for one app.

    Parameters
    ----------
    log
        The folder for what the processes say.
    """

    def __init__(self, log: Path) -> None:
        read, write = os.pipe()
        self._logs = log
        self._server = self._start(
            [
                "Xvfb",
                "-displayfd",
                str(write),
                "-screen",
                "0",
                f"{SCREEN[0]}x{SCREEN[1]}x24",
                "-nolisten",
                "tcp",
            ],
            dict(os.environ),
            "xvfb",
            pass_fds=(write,),
        )
        os.close(write)
        with os.fdopen(read) as told:
            self.number = told.readline().strip()
        assert self.number, "Xvfb did not start"
        self.environment = {**os.environ, "DISPLAY": f":{self.number}", "QT_QPA_PLATFORM": "xcb"}
        for unwanted in ("WAYLAND_DISPLAY", "QT_SCALE_FACTOR"):
            self.environment.pop(unwanted, None)
        self._manager = self._start(["openbox", "--sm-disable"], self.environment, "openbox")

    def start(self, command: list[str], **environment: str) -> subprocess.Popen[bytes]:
        """Start the app on this display."""
        return self._start(command, {**self.environment, **environment}, "app")

    def close(self) -> None:
        """End the window manager and the server."""
        for process in (self._manager, self._server):
            process.terminate()
            process.wait(10)

    def xdotool(self, *arguments: str, timeout: float = 60.0) -> str:
        """Run xdotool and return what it prints."""
        done = subprocess.run(
            ["xdotool", *arguments], env=self.environment, capture_output=True, text=True, timeout=timeout
        )
        if done.returncode != 0:
            raise AssertionError(f"xdotool {' '.join(arguments)}: {done.stderr.strip()}")
        return done.stdout.strip()

    def picture(self, path: Path) -> None:
        """Take a picture of the whole screen, as an X client beside the app."""
        script = (
            "import sys; from PySide6.QtGui import QGuiApplication as A; a = A([]);"
            "a.primaryScreen().grabWindow(0).save(sys.argv[1])"
        )
        subprocess.run(
            [sys.executable, "-c", script, str(path)], env=self.environment, check=True, timeout=120
        )

    def _start(self, command, environment, name, **options):
        with (self._logs / f"{name}.log").open("ab") as log:
            return subprocess.Popen(command, env=environment, stdout=log, stderr=log, **options)


class Hand:
    """One person at one window.

    Parameters
    ----------
    display, app
        Where the window is, and whose.
    patience
        Seconds to wait for anything at most.
    """

    def __init__(self, display: Display, app: subprocess.Popen[bytes], patience: float = 60.0) -> None:
        self._display, self._app, self._patience = display, app, patience
        self.window = ""

    def find(self) -> None:
        """Wait until the window is there, and bring it to the front."""
        self.until(lambda: bool(self._visible()), "the window is shown")
        self.window = self._visible()[-1]
        self._display.xdotool("windowactivate", "--sync", self.window)

    def key(self, *keys: str) -> None:
        """Press keys, one after another, as xdotool spells them (``ctrl+k``)."""
        self._display.xdotool("key", "--delay", "60", *keys)

    def type(self, text: str) -> None:
        """Type a text."""
        self._display.xdotool("type", "--delay", "25", text)

    def click(self, x: int, y: int) -> None:
        """Click at a point of the window."""
        self._display.xdotool("mousemove", "--window", self.window, str(x), str(y), "click", "1")

    def size(self) -> tuple[int, int]:
        """Return the window's size."""
        told = self._display.xdotool("getwindowgeometry", "--shell", self.window)
        found = dict(re.findall(r"^(\w+)=(-?\d+)$", told, re.MULTILINE))
        return int(found["WIDTH"]), int(found["HEIGHT"])

    def choose(self, query: str) -> None:
        """Find something in the command palette and do it."""
        self.key("ctrl+k")
        self.type(query)
        self.key("Return")

    def until(self, so, what: str, patience: float = 0.0):
        """Wait until something is so, and return what it is."""
        deadline = time.monotonic() + (patience or self._patience)
        while True:
            found = so()
            if found:
                return found
            assert self._app.poll() is None, f"the app ended before {what}"
            assert time.monotonic() < deadline, f"waited in vain until {what}"
            time.sleep(0.1)

    def _visible(self) -> list[str]:
        done = subprocess.run(
            ["xdotool", "search", "--onlyvisible", "--name", "^Painter Studio$"],
            env=self._display.environment,
            capture_output=True,
            text=True,
        )
        return done.stdout.split()


def events(home: Path, kind: str) -> list[str]:
    """Return the lines of all runs' events of one kind."""
    logs = home.glob("runs/*/events.jsonl")
    lines = [line for log in logs for line in log.read_text(encoding="utf-8").splitlines()]
    return [line for line in lines if f'"{kind}"' in line]


def remembered(home: Path, key: str) -> str:
    """Return a setting as it was written last."""
    path = home / "settings.toml"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    found = re.search(rf'^{key} = "?([^"\n]*)"?$', text, re.MULTILINE)
    return found.group(1) if found else ""


def drive(
    display: Display, app: subprocess.Popen[bytes], home: Path, steps: int, patience: float
) -> list[str]:
    """Pick a colour, write a judge, train, and compare; return what was seen to have worked.

    Parameters
    ----------
    app
        The app's process, on an empty home.
    steps
        How many steps are waited for before the training is stopped.
    patience
        Seconds to wait for the training at most.
    """
    hand, seen = Hand(display, app), []
    hand.find()
    # The first start begins with the tour; six presses lead to its end.
    hand.until(lambda: (hand.key("Right"), remembered(home, "toured") == "true")[1], "the tour is over", 120)
    seen.append("the tour, by keys")

    hand.choose("#3b6ea5")
    hand.key("ctrl+2", "ctrl+1")
    width, height = hand.size()
    assert width >= 1000
    assert height >= 680
    seen.append("a colour typed into the palette")
    # Somewhere in the colour area, which lies at the page's upper left, right of the rail.
    hand.click(88 + 32 + 150, 64 + 80)
    seen.append("a colour clicked")

    before = set(home.glob("judges/*.toml"))
    hand.choose("unhinged judge")
    hand.choose("duplicate this judge")
    hand.key("ctrl+a")
    hand.type("Harbour Words")
    hand.key("Tab", "ctrl+s")
    hand.until(lambda: set(home.glob("judges/*.toml")) - before, "the judge is written")
    seen.append("a judge of one's own")

    hand.key("ctrl+3")
    hand.choose("start training")
    hand.until(lambda: events(home, "RunStarted"), "a training begins", patience)
    hand.until(lambda: len(events(home, "StepFinished")) >= steps, f"{steps} steps are done", patience)
    hand.choose("stop and save")
    hand.until(lambda: events(home, "RunFinished"), "the training ends", patience)
    seen.append(f"a training of {len(events(home, 'StepFinished'))} steps")

    hand.key("ctrl+1")
    hand.choose("#9acd32")
    hand.key("ctrl+q")
    assert app.wait(60) == 0
    assert remembered(home, "page") == "Compare"
    assert remembered(home, "color") == "#9acd32"
    seen.append("the colour and the page are remembered")
    return seen


def end(app: subprocess.Popen[bytes]) -> None:
    """End an app that did not end by itself."""
    if app.poll() is None:
        app.send_signal(signal.SIGTERM)
        try:
            app.wait(20)
        except subprocess.TimeoutExpired:
            app.kill()
            app.wait()

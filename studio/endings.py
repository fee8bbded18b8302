"""How a training ended: every sentence about it, in one place."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

from engine.rundir import RunError, RunFolder
from studio import runs
from studio.views.run import RunView

MARK = "——"  # begins the lines that the supervisor itself writes into a log
KILLED = f"{MARK} ended by force"
_TAIL = 16_000
_SAID = 300
# What an exception, a failing import or the interpreter's own fault handler begin a line with.
_FAULT = re.compile(r"^(?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Interrupt|Exit)\b|^Fatal Python error")
_FATAL = re.compile(r"^Fatal Python error")
_NOISE = re.compile(r"\d+%\|| it/s\b|s/it\b|^\s*warnings\.warn|resource_tracker|^\s+File \"|^\s*[\^~]+$")


def sentence(folder: RunFolder, code: int | None = None) -> str:
    """Say how a run ended, or that it has not.

    Parameters
    ----------
    folder
        The run.
    code
        Its process's return code as ``subprocess`` has it, if known.

    Returns
    -------
    str
        One or two sentences for people, with what to do next.
    """
    try:
        return _sentence(folder, runs.last_view(folder, folder.recipe()), code)
    except RunError as error:
        return str(error)


def _sentence(folder: RunFolder, view: RunView, code: int | None) -> str:
    where = f"after step {view.step} of {view.steps}" if view.step else "before its first step"
    match view.status:
        case "completed":
            shelf = " Its painter is on the shelf." if view.painter else ""
            return f"“{view.name}” is finished: {view.step} steps are done.{shelf}"
        case "stopped":
            return f"“{view.name}” stopped {where}, as asked; start it again to go on."
        case "failed":
            return f"“{view.name}” failed {where}: {_closed(view.reason or 'it did not say why')}"
        case "crashed":
            return f"“{view.name}” {_death(folder, code)} {where}.{_last_words(folder)} {_next(folder)}"
        case "waiting":
            return f"“{view.name}” has not begun yet."
        case _:
            return f"“{view.name}” is still going: step {view.step} of {view.steps} is done."


def _death(folder: RunFolder, code: int | None) -> str:
    lines = log_lines(folder.log_path(_attempt(folder)), marks=True)
    if lines and lines[-1].startswith(KILLED):
        return "was ended by force"
    if code is None or code == 0:
        return "ended unexpectedly"
    if code > 0:
        return f"ended unexpectedly (exit code {code})"
    if -code == getattr(signal, "SIGKILL", 9):
        return "was killed, perhaps because memory ran out,"
    try:
        return f"was ended by the system ({signal.Signals(-code).name})"
    except ValueError:
        return f"was ended by the system (signal {-code})"


def _last_words(folder: RunFolder) -> str:
    said = useful_line(folder.log_path(_attempt(folder)))
    return f" The last it said: {_closed(said)}" if said else ""


def _next(folder: RunFolder) -> str:
    checkpoint = folder.latest_checkpoint()
    if checkpoint is None:
        return "Start it again to begin anew."
    return f"Start it again to go on from step {checkpoint.step}."


def _attempt(folder: RunFolder) -> int:
    """Return the newest attempt with a log: one that died at once has a log but no events."""
    return (
        folder.next_attempt()
        if folder.log_path(folder.next_attempt()).exists()
        else folder.next_attempt() - 1
    )


def _closed(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def log_lines(log: Path, *, marks: bool = False) -> list[str]:
    """Return the last lines that a process printed, since it was last started.

    Parameters
    ----------
    log
        Its log; one that is missing or cannot be read has no lines.
    marks
        Whether the supervisor's own lines are among them.
    """
    try:
        with log.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _TAIL))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return []  # no log is no evidence, and this is only evidence
    lines = [line.strip() for line in re.split(r"[\r\n]+", text) if line.strip()]
    begins = [i for i, line in enumerate(lines) if line.startswith(MARK) and not line.startswith(KILLED)]
    lines = lines[begins[-1] + 1 :] if begins else lines
    return lines if marks else [line for line in lines if not line.startswith(MARK)]


def useful_line(log: Path) -> str:
    """Return the line of a log that tells most of a death: the error, else the last that is no noise."""
    lines = log_lines(log)
    fatal = [line for line in lines if _FATAL.match(line)]
    faults = [line for line in lines[-12:] if _FAULT.match(line)]
    plain = [line for line in lines if not _NOISE.search(line)]
    found = (fatal or faults or plain or lines or [""])[-1]
    return found if len(found) <= _SAID else found[: _SAID - 1] + "…"

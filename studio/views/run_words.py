"""A run in words: what it does now, how long it still takes, what it came to."""

from __future__ import annotations

from studio.runs import RunSummary
from studio.views.run import RunView

_PHASES = {
    "loading": "loading the base",
    "sampling": "sampling names",
    "judging": "judging them",
    "updating": "learning",
    "saving": "saving",
    "evaluating": "naming colours it has not seen",
    "paused": "resting",
}


def left(seconds: float | None) -> str:
    """Return a span of time as people say it, such as “about 3 min left”; empty when it is not known."""
    if seconds is None:
        return ""
    if seconds < 45:
        return "less than a minute left"
    minutes = max(round(seconds / 60), 1)
    if minutes < 60:
        return f"about {minutes} min left"
    hours, minutes = divmod(minutes, 60)
    return f"about {hours} h {minutes} min left" if minutes else f"about {hours} h left"


def doing(view: RunView) -> str:
    """Return what a run does now, in a sentence."""
    match view.status:
        case "waiting":
            return "It has not begun yet."
        case "loading":
            note = view.phase_note.rstrip(".")
            return f"{note}." if note else "Getting ready: loading the base."
        case "stopping":
            return f"Stopping: it finishes step {min(view.step + 1, view.steps)} and saves."
        case "pausing":
            return f"Pausing: it finishes step {min(view.step + 1, view.steps)} first."
        case "paused" if view.phase_note:
            return f"Waiting: {view.phase_note.rstrip('.')}."
        case "paused":
            return f"Paused after step {view.step} of {view.steps}; all it has learned is saved."
        case "running":
            phase = _PHASES.get(view.phase or "", "")
            now = f"Step {view.step} of {view.steps}" + (f", {phase}" if phase else "")
            rest = left(view.seconds_left)
            return f"{now}. {rest[:1].upper()}{rest[1:]}." if rest else f"{now}."
        case _:
            return outcome(view)


def outcome(view: RunView) -> str:
    """Return how a run ended, short; the long sentence is ``studio.endings``'."""
    where = f"at step {view.step} of {view.steps}"
    match view.status:
        case "completed":
            return f"Finished: {view.step or view.steps} steps{_gain(view.reward_first, view.reward_last)}."
        case "stopped":
            return f"Stopped {where}."
        case "failed":
            return f"Failed {where}: {view.reason.rstrip('.')}." if view.reason else f"Failed {where}."
        case _:
            return f"Ended unexpectedly {where}."


def advice(view: RunView) -> str:
    """Return what can be done now that a run has ended, in a sentence; empty while it goes on."""
    kept = f"step {view.checkpoint}" if view.checkpoint else ""
    match view.status:
        case "completed":
            shelf = "Its painter is on the shelf" if view.painter else "It has come to its end"
            return f"{shelf}: see its names, fork it to train further, or use its recipe again."
        case "stopped":
            return f"All it has learned is saved; resume goes on from {kept or 'the beginning'}."
        case "failed":
            why = f"{view.reason.rstrip('.')}. " if view.reason else ""
            return f"{why}Once that is mended, resume goes on from {kept or 'the beginning'}."
        case "crashed":
            lost = max(view.step - view.checkpoint, 0)
            again = f"; {lost} {'step is' if lost == 1 else 'steps are'} trained again" if lost else ""
            return f"Its process died. Resume goes on from {kept or 'the beginning'}{again}."
        case _:
            return ""


def facts(view: RunView) -> str:
    """Return where and how fast a run goes, and what it began from; empty before it is known."""
    origin = view.recipe.origin if view.recipe is not None else None
    parts = [pace(view), f"forked from {origin.run} at step {origin.step}" if origin is not None else ""]
    return ", ".join(part for part in parts if part)


def pace(view: RunView) -> str:
    """Return on what and how fast a run goes, short; empty before it is known."""
    speed = view.rollouts_per_second
    parts = [view.device, f"{speed:.1f} names a second" if speed and view.live else ""]
    return ", ".join(part for part in parts if part)


def line(summary: RunSummary) -> str:
    """Return a run's line in a list."""
    if summary.error:
        return "Cannot be read"
    match summary.status:
        case "completed":
            change = _gain(summary.reward_first, summary.reward_last).lstrip(", ")
            steps = summary.step or summary.steps  # fewer where it stopped early
            return f"{steps} steps, {change}" if change else f"{steps} steps"
        case "waiting":
            return "Not begun"
        case "loading":
            return "Getting ready"
        case "running" | "pausing" | "paused" | "stopping":
            return f"{summary.status.capitalize()}, step {summary.step} of {summary.steps}"
        case "stopped":
            return f"Stopped at {summary.step} of {summary.steps}"
        case "failed":
            return f"Failed at {summary.step} of {summary.steps}"
        case _:
            return f"Broke off at {summary.step} of {summary.steps}"


def _gain(first: float | None, last: float | None) -> str:
    if first is None or last is None:
        return ""
    return f", reward {first:.2f} to {last:.2f}"

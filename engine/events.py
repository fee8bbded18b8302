"""The event vocabulary: all that a training ever says, as a typed union.

A run's log is one JSON object a line. ``seq`` rises by one over the whole log, ``attempt`` by one at
each resume. Readers skip tags that they do not know (and count them); a number that is not finite is
never written: it becomes absent, and the writer says so in a :class:`Warned`.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from engine.outside import UNSOUND

Phase = Literal["loading", "sampling", "judging", "updating", "saving", "evaluating", "paused"]
Outcome = Literal["completed", "stopped", "failed"]
VERSION = 1
"""Of this vocabulary: it rises when an event means something else than before, not when there are more."""


class _Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="event", omit_defaults=True):
    seq: int = 0
    time: float = 0.0
    attempt: int = 1


class RunStarted(_Event, frozen=True, kw_only=True, tag=True):
    """An attempt began.

    ``resumed_from`` is the step whose checkpoint it goes on from (0: from the start); steps past it that
    an earlier attempt told of are void. ``version`` is the vocabulary's; none means 1.
    """

    name: str
    steps: int
    device: str
    dtype: str
    path: Literal["shared-prefix", "plain"] = "shared-prefix"
    resumed_from: int = 0
    memory_estimate_mb: float | None = None
    version: int | None = None


class PhaseEntered(_Event, frozen=True, kw_only=True, tag=True):
    """The training turned to something else. ``note`` says more; ``done`` is a share in 0..1 when known."""

    phase: Phase
    step: int = 0
    note: str = ""
    done: float | None = None


class Rollout(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One sampled name with all that was said of it.

    Attributes
    ----------
    name
        The name, or the raw reply's first line when it is unreadable.
    unreadable
        Why the reply is no name; empty when it is one.
    scores
        Judge slug → score in 0..1; absent where the judge failed.
    reward
        The panel's number, absent when a judge failed.
    advantage
        What the update used; 0 for a rollout that was left out.
    tokens
        The reply's tokens as text, its end included.
    logps_before, logps_after
        Log-probability of each token under the painter before and after this step's update.
        ``after`` is told for one group a step.
    rejected
        Why it was left out of the loss: ``duplicate`` or ``worst``; empty if it was not.
    """

    name: str
    unreadable: str = ""
    scores: dict[str, float] = {}
    reward: float | None = None
    advantage: float = 0.0
    tokens: tuple[str, ...] = ()
    logps_before: tuple[float, ...] = ()
    logps_after: tuple[float, ...] = ()
    rejected: str = ""


class GroupPainted(_Event, frozen=True, kw_only=True, tag=True):
    """One whole group: a colour, its names, their scores, the bar, the advantages."""

    step: int
    color: str
    reading: str
    rollouts: tuple[Rollout, ...]
    bar: float | None = None
    spread: float | None = None


class StepFinished(_Event, frozen=True, kw_only=True, tag=True):
    """One update is done; times are in seconds.

    ``reward`` is over all rollouts that have one, unreadable ones among them with 0; the judges' means are
    over readable, judged ones. ``skipped`` says why the step moved no weight; empty where it did.
    ``rejected`` rollouts were left out of the loss; ``redrawn`` groups were drawn again for want of spread,
    and are not among the rollouts.
    """

    step: int
    reward: float | None = None
    reward_spread: float | None = None
    judges: dict[str, float] = {}
    loss: float | None = None
    kl: float | None = None
    entropy: float | None = None
    grad_norm: float | None = None
    learning_rate: float = 0.0
    rollouts: int = 0
    distinct: int = 0
    unreadable: int = 0
    failed: int = 0
    skipped: str = ""
    rejected: int = 0
    redrawn: int = 0
    sampling_seconds: float = 0.0
    judging_seconds: float = 0.0
    updating_seconds: float = 0.0
    seconds: float = 0.0


class EvalFinished(_Event, frozen=True, kw_only=True, tag=True):
    """The painter's names for held-out colours, and what they are worth; see ``engine.train.evaluation``.

    Attributes
    ----------
    names
        Colour → its greedy name, empty where the reply was unreadable.
    reward, held_out
        By the panel, and by judges that nothing is trained against, in 0..1; both without sameness.
    held_out_error
        The standard error of ``held_out``: it is a mean over few colours.
    judges
        Slug → mean score of each of the panel's.
    distinct, effective, top_share
        Of the greedy names.
    kept
        Effective names as a share of the base's.
    duplicates
        The share of sampled names that repeat an earlier one of their group, 0..1.
    entropy, kl
        Of sampled names, in nats a name: their mean −log p, and how far they are from the base.
    """

    step: int
    names: dict[str, str]
    reward: float | None = None
    held_out: float | None = None
    held_out_error: float = 0.0
    judges: dict[str, float] = {}
    distinct: int = 0
    effective: float | None = None
    top_share: float | None = None
    kept: float | None = None
    duplicates: float | None = None
    entropy: float | None = None
    kl: float | None = None


class CheckpointSaved(_Event, frozen=True, kw_only=True, tag=True):
    """A checkpoint is whole on disk."""

    step: int


class CollapseNoticed(_Event, frozen=True, kw_only=True, tag=True):
    """The evaluation of this step was not calm: few names for many colours, or a reward that cheats.

    Attributes
    ----------
    evidence
        A sentence.
    last_healthy
        The step of the last checkpoint that a calm evaluation vouches for, 0 if there is none: then the
        base, or what a fork began from, is the last that was healthy.
    """

    step: int
    level: Literal["watch", "alarm"]
    evidence: str
    last_healthy: int = 0


class JudgeFailed(_Event, frozen=True, kw_only=True, tag=True):
    """A judge gave no verdict for ``count`` names of this step."""

    step: int
    judge: str
    reason: str
    count: int = 1


class Warned(_Event, frozen=True, kw_only=True, tag=True):
    """Something a person should know; the training goes on."""

    message: str
    step: int = 0


class RunFinished(_Event, frozen=True, kw_only=True, tag=True):
    """The end of an attempt. ``painter`` is the finished painter's slug, ``reason`` why it failed."""

    outcome: Outcome
    step: int
    painter: str = ""
    reason: str = ""


Event = (
    RunStarted
    | PhaseEntered
    | GroupPainted
    | StepFinished
    | EvalFinished
    | CheckpointSaved
    | CollapseNoticed
    | JudgeFailed
    | Warned
    | RunFinished
)

_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)


def encode(event: Event) -> bytes:
    """Write one event as a JSON line, newline included."""
    return _encoder.encode(event) + b"\n"


def decode(line: bytes) -> Event | None:
    """Read one line; ``None`` if its tag is unknown or it is not an event."""
    try:
        return _decoder.decode(line)
    except UNSOUND:
        return None

"""How a judge's model did on labelled names, as it is shown beside the field that names it.

Only the latest request counts.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from engine.judges.spec import Contrast, Describes, JudgeSpec, Rating
from engine.judges.trial import Trial
from engine.service.protocol import Done, Failed, Progress, Reply, Tried

State = Literal["untried", "going", "sound", "poor", "failed"]


class ModelTrial(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a judge's model.

    Attributes
    ----------
    request
        The id of the request that counts; 0 before the first.
    sentence
        What is going on, what came of it, or why nothing did.
    done
        The share that is done, while it is known.
    recommended
        The kind of judge to use instead; empty if there is none better.
    shares
        Kind → the share of pairs told apart, of those that were tried; 0.5 is chance.
    """

    state: State = "untried"
    request: int = 0
    sentence: str = ""
    done: float | None = None
    recommended: str = ""
    shares: tuple[tuple[str, float], ...] = ()


def asks_model(spec: JudgeSpec | None) -> bool:
    """Tell whether a judge asks a model that can be tried."""
    return isinstance(spec, Contrast | Rating | Describes)


def wants_trial(spec: JudgeSpec | None) -> bool:
    """Tell whether a judge's model should be tried before anyone asks: where it often cannot judge."""
    return isinstance(spec, Rating | Describes)


def ask(request: int) -> ModelTrial:
    """Return the view after a request was sent."""
    return ModelTrial(state="going", request=request, sentence="Trying the model on labelled names")


def fold(view: ModelTrial, reply: Reply) -> ModelTrial:
    """Return the view after one reply of the service; replies to superseded requests change nothing."""
    if not view.request or reply.id != view.request:
        return view
    match reply:
        case Progress() if view.state == "going":
            return msgspec.structs.replace(view, sentence=reply.note, done=reply.done)
        case Tried(trial=trial, advice=advice):
            return ModelTrial(
                state="sound" if advice.sound else "poor",
                request=view.request,
                sentence=advice.sentence,
                recommended=advice.recommended,
                shares=_shares(trial),
            )
        case Failed():
            reason = "It was not tried to the end." if reply.cancelled else reply.reason
            return ModelTrial(state="failed", request=view.request, sentence=reason)
        case Done() if view.state == "going":
            return ModelTrial(state="failed", request=view.request, sentence="Nothing was told; try again.")
        case _:
            return view


def _shares(trial: Trial) -> tuple[tuple[str, float], ...]:
    kinds = ("contrast", "rating", "describes")
    return tuple((kind, share) for kind in kinds if (share := getattr(trial, kind)) is not None)

"""Picking the better of two names, for a terminal or a window: what is asked, what is known, what comes next.

A frozen state and functions from state to state; whoever shows it sends :func:`question` to the service,
folds the replies in, and saves ``state.judge`` after every pick.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from engine.judges.spec import FEWEST_PICKS, MOST_PICKS, Pick, Preference
from engine.service.protocol import Ask, Asked, Failed, Pair, Reply

ENOUGH = 30
_REMEMBERED = 600

Side = Literal["left", "right"]


class Decision(msgspec.Struct, frozen=True):
    """A pair that was decided in this sitting, or skipped."""

    pair: Pair
    picked: bool


class Picking(msgspec.Struct, frozen=True, kw_only=True):
    """Where the picking stands.

    Attributes
    ----------
    judge
        With all picks so far.
    pair
        The names to choose from; ``None`` while they are awaited.
    heard
        The last pair that came, with what was known then.
    request
        The id of the question that counts; 0 for none.
    skipped
        Pairs that could not be decided, in this sitting.
    made
        How many picks were made in this sitting.
    note
        Why there is no pair, in a sentence; empty when all is well.
    decided
        What was decided in this sitting, the latest last, so that it can be taken back.
    curve
        (picks, accuracy) as it became known in this sitting.
    """

    judge: Preference
    pair: Pair | None = None
    heard: Pair | None = None
    request: int = 0
    skipped: tuple[tuple[str, str], ...] = ()
    made: int = 0
    note: str = ""
    decided: tuple[Decision, ...] = ()
    curve: tuple[tuple[int, float], ...] = ()

    @property
    def full(self) -> bool:
        """Whether no more picks fit into the judge."""
        return len(self.judge.picks) >= MOST_PICKS

    @property
    def accuracy(self) -> float | None:
        """The share of picks told right when left out; ``None`` while there are too few."""
        return self.heard.accuracy if self.heard is not None else None

    @property
    def standing(self) -> str:
        """How far one is, in a sentence."""
        count = len(self.judge.picks)
        picks = f"{count} pick{'' if count == 1 else 's'}"
        if count < FEWEST_PICKS:
            return f"{picks}; {FEWEST_PICKS - count} more until it can judge."
        known = ""
        if self.accuracy is not None:
            known = f"; of picks that it has not seen it tells {self.accuracy:.0%} right (guessing: 50%)"
        more = f"; {ENOUGH} make a taste" if count < ENOUGH else ""
        return f"{picks}{known}{more}."


def question(state: Picking, seed: int = 0) -> Ask:
    """Return what to ask the service for the next pair."""
    return Ask(judge=state.judge, skipped=state.skipped, seed=seed)


def asked(state: Picking, request: int) -> Picking:
    """Return the state after :func:`question` was sent under this id."""
    return msgspec.structs.replace(state, request=request, pair=None, note="")


def fold(state: Picking, reply: Reply) -> Picking:
    """Return the state after one reply of the service; replies to superseded questions change nothing."""
    if reply.id != state.request:
        return state
    match reply:
        case Asked(pair=pair):
            return msgspec.structs.replace(state, pair=pair, heard=pair, curve=_curve(state, pair))
        case Failed(reason=reason, cancelled=cancelled):
            return msgspec.structs.replace(state, note="This was called off." if cancelled else reason)
        case _:
            return state


def choose(state: Picking, side: Side) -> Picking:
    """Return the state after a pick; without a pair, or with a full judge, nothing changes."""
    pair = state.pair
    if pair is None or state.full:
        return state
    better, worse = (pair.left, pair.right) if side == "left" else (pair.right, pair.left)
    judge = msgspec.structs.replace(state.judge, picks=(*state.judge.picks, Pick(better, worse)))
    return msgspec.structs.replace(
        state, judge=judge, pair=None, made=state.made + 1, decided=_decided(state, pair, picked=True)
    )


def skip(state: Picking) -> Picking:
    """Return the state after a pair that could not be decided."""
    pair = state.pair
    if pair is None:
        return state
    skipped = (*state.skipped, (pair.left, pair.right))
    return msgspec.structs.replace(
        state, skipped=skipped, pair=None, decided=_decided(state, pair, picked=False)
    )


def undo(state: Picking) -> Picking:
    """Return the state after the last decision was taken back: its pair is asked about again.

    When nothing was decided in this sitting, the last pick of an earlier one goes, and no pair is there.
    """
    picks = state.judge.picks
    if not state.decided:
        if not picks:
            return state
        judge = msgspec.structs.replace(state.judge, picks=picks[:-1])
        return msgspec.structs.replace(state, judge=judge, pair=None, request=0, note="")
    last = state.decided[-1]
    judge = msgspec.structs.replace(state.judge, picks=picks[:-1]) if last.picked else state.judge
    return msgspec.structs.replace(
        state,
        judge=judge,
        skipped=state.skipped if last.picked else state.skipped[:-1],
        made=state.made - last.picked,
        decided=state.decided[:-1],
        curve=tuple(point for point in state.curve if point[0] <= len(judge.picks)),
        pair=last.pair,
        heard=last.pair,
        # What was asked meanwhile is about picks that are no more.
        request=0,
        note="",
    )


def _decided(state: Picking, pair: Pair, *, picked: bool) -> tuple[Decision, ...]:
    return (*state.decided, Decision(pair, picked))[-_REMEMBERED:]


def _curve(state: Picking, pair: Pair) -> tuple[tuple[int, float], ...]:
    count = len(state.judge.picks)
    known = tuple(point for point in state.curve if point[0] != count)
    return known if pair.accuracy is None else (*known, (count, pair.accuracy))

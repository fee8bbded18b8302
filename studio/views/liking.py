"""What a judge really likes, as it is shown: a sentence, two lists of names, the shortcuts, and a few facts.

The service looks for some seconds; until its answer comes the view tells how far it is. Only the latest
request counts.
"""

from __future__ import annotations

import msgspec

from engine.judges.liking import Liking
from engine.service.protocol import Done, Failed, Likes, Progress, Reply

# Rank correlations from here on are called so.
_STRENGTHS = ((0.15, "hardly"), (0.35, "somewhat"), (0.6, "clearly"), (2.0, "strongly"))


class Row(msgspec.Struct, frozen=True):
    """A name and what stands beside it."""

    name: str
    value: str


class LikingView(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a judge's liking.

    Attributes
    ----------
    request
        The id of the request that counts; 0 before the first.
    note
        What is going on, or why nothing came; empty when all is told.
    done
        The share that is done, while it is known.
    sentence
        What a painter trained on this judge alone will come to.
    best, worst, shortcuts
        Names with their scores.
    facts
        What else was found, each in a few words under a heading.
    """

    request: int = 0
    note: str = ""
    done: float | None = None
    sentence: str = ""
    best: tuple[Row, ...] = ()
    worst: tuple[Row, ...] = ()
    shortcuts: tuple[Row, ...] = ()
    facts: tuple[Row, ...] = ()

    @property
    def waiting(self) -> bool:
        """Whether an answer is still to come."""
        return self.done is not None


def ask(request: int) -> LikingView:
    """Return the view after a request was sent."""
    return LikingView(request=request, note="Starting", done=0.0)


def fold(view: LikingView, reply: Reply) -> LikingView:
    """Return the view after one reply of the service; replies to superseded requests change nothing."""
    if not view.request or reply.id != view.request:
        return view
    match reply:
        case Progress() if view.waiting:
            return msgspec.structs.replace(view, note=reply.note, done=reply.done or 0.0)
        case Likes():
            return show(reply.liking, view.request)
        case Failed():
            note = "This was called off." if reply.cancelled else reply.reason
            return msgspec.structs.replace(view, note=note, done=None)
        case Done() if view.waiting:
            note = "The service told nothing of this judge; try again."
            return msgspec.structs.replace(view, note=note, done=None)
        case _:
            return view


def show(liking: Liking, request: int = 0) -> LikingView:
    """Return what was found out in words."""
    return LikingView(
        request=request,
        sentence=liking.sentence,
        best=tuple(Row(one.name, f"{one.score:.2f}") for one in liking.best),
        worst=tuple(Row(one.name, f"{one.score:.2f}") for one in liking.worst),
        shortcuts=tuple(Row(one.name, f"{one.score:.2f}") for one in liking.shortcuts),
        facts=_facts(liking),
    )


def _facts(liking: Liking) -> tuple[Row, ...]:
    known, base = liking.known, liking.base
    facts = [
        Row("length", _tendency(liking.length, "that are longer", "that are shorter")),
        Row("colour words", _tendency(liking.color_words, "with a colour’s word", "without a colour’s word")),
        Row(
            "known names",
            f"half of {liking.scored:,} lie between {known.low:.2f} and {known.high:.2f}; "
            f"the best has {known.greatest:.2f}",
        ),
        Row("the base’s names", f"half of them lie between {base.low:.2f} and {base.high:.2f}"),
        Row("shortcuts", f"{liking.shortcut_share:.1%} of known names beat all that the base says"),
    ]
    if liking.failed:
        facts.append(Row("no score", f"the judge failed on {liking.failed:,} known names"))
    if liking.rated:
        facts.append(Row("your ratings", _agreement(liking)))
    return tuple(facts)


def _tendency(correlation: float, more: str, less: str) -> str:
    strength = next(word for limit, word in _STRENGTHS if abs(correlation) < limit)
    if strength == "hardly":
        return f"hardly counts ({correlation:+.2f})"
    return f"names {more if correlation > 0 else less} are {strength} preferred ({correlation:+.2f})"


def _agreement(liking: Liking) -> str:
    if liking.agreement is None:
        return "rate at least one name up and one down"
    return f"put in the same order in {liking.agreement:.0%} of the pairs (50% is chance)"

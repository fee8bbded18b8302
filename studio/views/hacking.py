"""Cheating a judge, as it is shown: the yardstick, the person's own try, what a search found, what to do.

A search takes some seconds and its rows stay while the judge is mended: they are judged again by the judge
as it is now. Of searches, and of such tries, only the latest request counts.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from engine.judges.hacking import Hacking, OneName, Source, effort, looks_at_color
from engine.judges.spec import EXAMPLE_LIMIT, Contrast, Correctness, Form, JudgeSpec, Preference, Remote
from engine.lexicon import fold as folded
from engine.service.protocol import Done, Failed, Hacked, Progress, Reply

MOST_EXAMPLES = 32
SOURCES: dict[Source, str] = {
    "yours": "Your own",
    "known": "A known name",
    "base": "The base says it",
    "painter": "The painter says it",
    "climb": "Made up of known words",
}


class NameRow(msgspec.Struct, frozen=True, kw_only=True):
    """One name said to every colour.

    Attributes
    ----------
    score
        Its mean score over the colours, 0..1.
    cheats
        Whether it earns more than the yardstick.
    source
        Who came up with it.
    words
        Who came up with it and for how many colours it wins, in a sentence.
    """

    name: str
    score: float
    cheats: bool
    source: Source
    words: str


class HackingView(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of how a judge can be cheated.

    Attributes
    ----------
    searching, trying
        The ids of the requests that count; 0 for none.
    note
        What the search does, or why nothing came; empty when all is told.
    done
        The share that is done, while it is known.
    sentence
        What it comes to.
    yardstick
        What the base's own names earn, 0..1; ``None`` before it is known.
    found
        What the search found, best first as the judge was then.
    tried
        The person's own name.
    stale
        Whether the scores are those of the judge before its last change.
    """

    searching: int = 0
    trying: int = 0
    note: str = ""
    done: float | None = None
    sentence: str = ""
    yardstick: float | None = None
    found: tuple[NameRow, ...] = ()
    tried: NameRow | None = None
    stale: bool = False


def search(view: HackingView, request: int) -> HackingView:
    """Return the view after a search was sent; what was found before gives way to it."""
    return HackingView(searching=request, trying=view.trying, note="Starting", done=0.0, tried=view.tried)


def ask(view: HackingView, request: int) -> HackingView:
    """Return the view after names, the person's or found ones, were sent to be judged."""
    return msgspec.structs.replace(view, trying=request)


def changed(view: HackingView) -> HackingView:
    """Return the view after the judge was changed: what is shown is of the judge before."""
    gone = view.searching != 0
    note = "The judge was changed meanwhile; search again." if gone else view.note
    return msgspec.structs.replace(view, searching=0, trying=0, note=note, done=None, stale=True)


def names(view: HackingView, typed: str) -> tuple[str, ...]:
    """Return what is to be judged: the typed name, and what was found if that is of the judge before."""
    found = tuple(row.name for row in view.found) if view.stale else ()
    return tuple(dict.fromkeys(name for name in (_tidy(typed), *found) if name))


def fold(view: HackingView, reply: Reply, typed: str = "") -> HackingView:
    """Return the view after one reply of the service; replies to superseded requests change nothing."""
    if reply.id == 0 or reply.id not in (view.searching, view.trying):
        return view
    replace, sought = msgspec.structs.replace, reply.id == view.searching
    match reply:
        case Progress() if sought:
            return replace(view, note=reply.note, done=reply.done)
        case Hacked() if sought:
            found = tuple(_row(one, reply.hacking) for one in reply.hacking.found)
            return replace(
                _told(view, reply.hacking), searching=0, note="", done=None, found=found, stale=False
            )
        case Hacked():
            return _tried(view, reply.hacking, _tidy(typed))
        case Failed() if sought:
            note = "The search was called off." if reply.cancelled else reply.reason
            return replace(view, searching=0, note=note, done=None)
        case Failed():
            return replace(view, trying=0, note=view.note if reply.cancelled else reply.reason)
        case Done() if sought:
            return replace(view, searching=0, note="The service found nothing; try again.", done=None)
        case _:
            return view


def _told(view: HackingView, hacking: Hacking) -> HackingView:
    return msgspec.structs.replace(view, sentence=hacking.sentence, yardstick=hacking.yardstick)


def _tried(view: HackingView, hacking: Hacking, typed: str) -> HackingView:
    """Put in what names earn by the judge as it is now: the typed one, and those found before."""
    now = {one.name: one for one in hacking.tried}
    # A single name that was typed does not unsay what a search came to.
    told = _told(view, hacking) if view.stale or not view.found else view
    found = tuple(_row(now[row.name], hacking, row.source) if row.name in now else row for row in view.found)
    return msgspec.structs.replace(
        told,
        trying=0,
        note=view.note if view.searching else "",
        # In the order found, so that a row stays where it was pressed and its bar is seen to fall.
        found=found,
        tried=_row(now[typed], hacking) if typed in now else None,
        stale=False,
    )


def _tidy(typed: str) -> str:
    return " ".join(typed.split())


def _row(one: OneName, hacking: Hacking, source: Source | None = None) -> NameRow:
    source = source or one.source
    return NameRow(
        name=one.name,
        score=one.score,
        cheats=cheats(one, hacking),
        source=source,
        words=(
            f"{SOURCES[source]}; it beats the base’s own name for {one.beats:.0%} of "
            f"{hacking.colors} colours."
        ),
    )


def cheats(one: OneName, hacking: Hacking) -> bool:
    """Tell whether a name, said to every colour, earns more than the base's own names do."""
    return hacking.yardstick is not None and one.score > hacking.yardstick


def offer(spec: JudgeSpec | None, name: str) -> tuple[Literal["add", "undo", "refuse", ""], str]:
    """Return what can be done with a name, and why not if it is refused; nothing for most kinds."""
    if not isinstance(spec, Contrast):
        return "", ""
    same = folded(name)
    if same in {folded(one) for one in spec.plain}:
        return "undo", ""
    if same in {folded(one) for one in spec.liked}:
        return "refuse", "The judge was told to like this name: take it out of the liked ones first."
    if len(name) > EXAMPLE_LIMIT:
        return "refuse", f"A counter-example has at most {EXAMPLE_LIMIT} letters."
    if len(spec.plain) >= MOST_EXAMPLES:
        return "refuse", f"This judge has {MOST_EXAMPLES} counter-examples, the most it can hold."
    return "add", ""


def remedy(spec: JudgeSpec) -> str:
    """Say what to do about a judge that can be cheated."""
    match spec:
        case Contrast():
            return (
                "A counter-example makes this one name earn less, hardly others like it: the judge looks at "
                "the name alone. So train it with a guard, such as Listener, and with sameness."
            )
        case Form():
            return (
                "Rules have no examples: forbid the name’s words, or train with a guard, such as Listener, "
                "and with sameness."
            )
        case Preference():
            return (
                "This judge learns from picks: pick against such names, or train with a guard, such as "
                "Listener, and with sameness."
            )
        case Correctness():
            return "A guard has no examples: let it be a gate in the recipe, and train with sameness."
        case _ if looks_at_color(spec) and not isinstance(spec, Remote):
            return "A guard has no examples: put another guard beside it, and train with sameness."
        case _:
            return (
                "This judge has no examples: word what it asks for more closely, or train with a guard, such "
                "as Listener, and with sameness."
            )


def intro(spec: JudgeSpec | None) -> str:
    """Say what a search does and costs."""
    if spec is None:
        return "A search comes once the judge is complete."
    may = effort(spec)
    words = (
        f"Can one name, said to all of {may.colors} colours, earn more than the base’s own names do, each "
        f"for its colour? A search tries about {may.names} names"
    )
    if isinstance(spec, Remote):
        each = may.colors if looks_at_color(spec) else 1
        return f"{words}: that sends {may.names * each + may.colors} requests to the server."
    return f"{words}."

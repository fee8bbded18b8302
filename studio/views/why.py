"""Why this name: token by token, what the painter thought of it against what the base did.

Training moves a few tokens a lot and the rest hardly at all. Seen side by side it is plain where a painter
turned off the base's road, and where the base would have gone.
"""

from __future__ import annotations

import math
import re
from typing import Literal

import msgspec

from engine.service.protocol import Done, Explained, Failed, Guess, Reply, TokenChance

TURN = math.log(2)
"""A token is a turn when the painter is at least twice as sure of it as the base."""
END = "(ends)"
_CONTROL = re.compile(r"<\|.*\|>")  # a model's own marks: whichever it is, the name is over


class TokenView(msgspec.Struct, frozen=True, kw_only=True):
    """One token of the name.

    Attributes
    ----------
    text
        As it is read; ``(ends)`` for the name's end.
    painter, base
        Probabilities in 0..1.
    ratio
        The painter's over the base's.
    times
        The ratio in words, such as ``×12`` or ``÷3``; empty where the two agree within a tenth.
    instead
        What the base would rather have said here, the likeliest first, without this token.
    rather
        What the painter would rather have said, likewise.
    turn
        Whether it is where the painter left the base's road: the largest ratio, if at least twofold.
    """

    text: str
    painter: float
    base: float
    ratio: float
    times: str
    instead: tuple[Guess, ...] = ()
    rather: tuple[Guess, ...] = ()
    turn: bool = False


class WhyView(msgspec.Struct, frozen=True, kw_only=True):
    """A name explained.

    Attributes
    ----------
    label
        The painter's name for people.
    own
        Whether it is a painter and not the base itself, so that there are two to compare.
    state
        ``waiting`` until the answer came; ``failed`` with a sentence in ``note``.
    painter, base
        Probabilities of the whole name.
    sentence
        What came of it, in words.
    """

    request: int = 0
    label: str = ""
    color: str = ""
    name: str = ""
    own: bool = True
    state: Literal["waiting", "ready", "failed"] = "waiting"
    tokens: tuple[TokenView, ...] = ()
    painter: float = 0.0
    base: float = 0.0
    sentence: str = ""
    note: str = ""


def ask(request: int, label: str, color: str, name: str, *, own: bool) -> WhyView:
    """Return the view after a name's explanation was asked for."""
    return WhyView(request=request, label=label, color=color, name=name, own=own)


def fold(view: WhyView, reply: Reply) -> WhyView:
    """Return the view after one reply of the service; replies to other requests change nothing."""
    if not view.request or reply.id != view.request:
        return view
    match reply:
        case Explained(tokens=tokens):
            return _explained(view, tokens)
        case Failed(reason=reason, cancelled=cancelled):
            return msgspec.structs.replace(
                view, state="failed", note="This was called off." if cancelled else reason
            )
        case Done() if view.state == "waiting":
            return msgspec.structs.replace(view, state="failed", note="There was no answer; try again.")
        case _:
            return view


def _explained(view: WhyView, tokens: tuple[TokenChance, ...]) -> WhyView:
    logs = [math.log(max(t.painter, 1e-12)) - math.log(max(t.base, 1e-12)) for t in tokens]
    steepest = max(range(len(tokens)), key=lambda place: logs[place], default=-1)
    shown = []
    for place, token in enumerate(tokens):
        shown.append(
            TokenView(
                text=_read(token.text),
                painter=token.painter,
                base=token.base,
                ratio=math.exp(logs[place]),
                times=times(math.exp(logs[place])) if view.own else "",
                instead=_others(token.base_best, token.text),
                rather=_others(token.painter_best, token.text),
                turn=view.own and place == steepest and logs[place] >= TURN,
            )
        )
    painter = math.prod(t.painter for t in tokens)
    base = math.prod(t.base for t in tokens)
    done = msgspec.structs.replace(
        view, state="ready", tokens=tuple(shown), painter=painter, base=base, note=""
    )
    return msgspec.structs.replace(done, sentence=_sentence(done))


def _others(guesses: tuple[Guess, ...], said: str) -> tuple[Guess, ...]:
    """Return what else was likely, in words: several ways of ending a name are one."""
    found: dict[str, float] = {}
    for guess in guesses:
        word = _read(guess.text)
        if word != _read(said):
            found[word] = found.get(word, 0.0) + guess.probability
    return tuple(Guess(word, chance) for word, chance in sorted(found.items(), key=lambda pair: -pair[1]))


def _read(text: str) -> str:
    return END if not text or _CONTROL.fullmatch(text.strip()) else text


def times(ratio: float) -> str:
    """Write how many times as likely: ``×12``, ``÷3.5``, ``×10⁴`` from ten thousand on; empty about one."""
    if 0.9 <= ratio <= 1.1:
        return ""
    mark, size = ("×", ratio) if ratio > 1 else ("÷", 1 / max(ratio, 1e-12))
    if size >= 9_999.5:
        return f"{mark}10{str(round(math.log10(size))).translate(str.maketrans('0123456789', '⁰¹²³⁴⁵⁶⁷⁸⁹'))}"
    return f"{mark}{size:.1f}" if size < 9.95 else f"{mark}{size:,.0f}".replace(",", "\u2009")


def _sentence(view: WhyView) -> str:
    if not view.own:
        return f"The base says this {_often(view.painter)}."
    ratio = view.painter / max(view.base, 1e-12)
    if 0.9 <= ratio <= 1.1:
        return f"{view.label} is as likely as the base to say this: {_often(view.painter)}."
    more = "more" if ratio > 1 else "less"
    size = ratio if ratio > 1 else 1 / max(ratio, 1e-12)
    lead = f"{view.label} says this {_often(view.painter)}, {_size(size)} times {more} likely than the base."
    turn = next((token for token in view.tokens if token.turn), None)
    if turn is None:
        return lead
    where = "where it ends" if turn.text == END else f"at “{turn.text.strip()}”"
    if not turn.instead:
        return f"{lead} It turns {where}."
    there = turn.instead[0].text.strip()
    other = "end the name" if there == END else f"say “{there}”"
    return f"{lead} It turns {where}, where the base would rather {other}."


def _often(probability: float) -> str:
    if probability >= 0.995:
        return "every time"
    if probability >= 0.095:
        return f"{100 * probability:.0f} times in 100"
    if probability >= 0.00095:
        return f"once in {round(1 / probability):,}".replace(",", "\u2009")
    return "less than once in 1\u2009000"


def _size(size: float) -> str:
    if size < 9.95:
        return f"{size:.1f}"
    if size >= 999_999.5:
        return "over a million"
    digits = max(len(str(round(size))) - 2, 0)
    return f"{round(size, -digits):,.0f}".replace(",", "\u2009")

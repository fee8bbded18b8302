"""The chips that lie side by side: one colour, and what each painter calls it.

Folded from the naming service's replies. A person drags through colours faster than a model names them,
so only the latest request counts: replies to earlier ones are passed over, and until the new ones come each
chip keeps the name it had, as waiting.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from engine.models import BaseError, find_base
from engine.service.protocol import Choice, Done, Failed, Named, Progress, Ready, Reply

State = Literal["waiting", "ready", "failed"]

FAR = 1e-3
"""An alternative is told when it is at least this share as likely as the likeliest name: what is sampled
from a small model's long tail is noise."""
_DEVICES = {"cpu": "the CPU", "cuda": "the GPU (CUDA)", "mps": "the GPU (Metal)"}


class ChipView(msgspec.Struct, frozen=True, kw_only=True):
    """One painter's name for the colour.

    Attributes
    ----------
    painter, label
        The painter's slug, and its name for people.
    name
        Its greedy name, or the likeliest where no greedy one came; the last one while waiting; empty when
        there was none yet or it failed.
    probability
        The painter's probability of it, 0..1.
    alternatives
        Its other names, the likeliest first, no name twice; far-fetched ones are left out.
    state
        ``failed`` with a sentence in ``note``.
    """

    painter: str
    label: str
    name: str = ""
    probability: float | None = None
    alternatives: tuple[Choice, ...] = ()
    state: State = "waiting"
    note: str = ""


class CompareView(msgspec.Struct, frozen=True, kw_only=True):
    """The colour and its chips.

    Attributes
    ----------
    color
        What was asked about last.
    request
        The id of the request that counts; 0 before the first.
    chips
        In the order asked for.
    serving
        Whether the service has its base loaded.
    device
        What it runs on, once known.
    note, done
        What it is doing meanwhile, and the share of it that is done, if known; or why it is not there.
    """

    color: str = ""
    request: int = 0
    chips: tuple[ChipView, ...] = ()
    serving: bool = False
    device: str = ""
    note: str = ""
    done: float | None = None

    @property
    def waiting(self) -> bool:
        """Whether a chip still waits."""
        return any(chip.state == "waiting" for chip in self.chips)


def ask(view: CompareView, request: int, color: str, painters: Sequence[tuple[str, str]]) -> CompareView:
    """Return the view after a new request was sent: every chip waits.

    Parameters
    ----------
    request
        Its id; replies to any other are passed over from now on.
    color
        As ``#rrggbb``.
    painters
        ``(slug, label)`` in the order in which the chips lie.
    """
    before = {chip.painter: chip for chip in view.chips}
    chips = tuple(
        msgspec.structs.replace(
            before.get(slug, ChipView(painter=slug, label=label)), label=label, state="waiting", note=""
        )
        for slug, label in painters
    )
    return msgspec.structs.replace(view, color=color, request=request, chips=chips)


def fold(view: CompareView, reply: Reply) -> CompareView:
    """Return the view after one reply of the service; replies to superseded requests change nothing."""
    match reply:
        case Ready():
            return msgspec.structs.replace(view, serving=True, device=reply.device, note="", done=None)
        case Progress() if reply.id in (0, view.request):
            return msgspec.structs.replace(view, note=reply.note, done=reply.done)
        case Failed() if reply.id == 0:
            return msgspec.structs.replace(view, serving=False, note=reply.reason, done=None)
        case Named() if reply.id == view.request:
            return _with_chips(
                view, (_named(c, reply) if c.painter == reply.painter else c for c in view.chips)
            )
        case Failed() if reply.id == view.request:
            reason = "This was called off." if reply.cancelled else reply.reason
            return _with_chips(_at_rest(view), (_failed(chip, reason) for chip in view.chips))
        case Done() if reply.id == view.request:
            silent = "This painter gave no name; try again."
            return _with_chips(_at_rest(view), (_failed(chip, silent) for chip in view.chips))
        case _:
            return view


def runs_on(reply: Ready) -> str:
    """Return which base names here and on what, such as “SmolLM2 135M on the CPU”."""
    try:
        title = find_base(reply.base).title
    except BaseError:
        title = reply.base  # its folder has gone since it was loaded
    return f"{title} on {_DEVICES.get(reply.device, reply.device)}"


def _with_chips(view: CompareView, chips: Iterable[ChipView]) -> CompareView:
    return msgspec.structs.replace(view, chips=tuple(chips))


def _at_rest(view: CompareView) -> CompareView:
    return msgspec.structs.replace(view, note="", done=None)


def _named(chip: ChipView, reply: Named) -> ChipView:
    names: dict[str, Choice] = {}
    for choice in sorted(reply.names, key=lambda c: (not c.greedy, -c.probability)):
        names.setdefault(choice.name.casefold(), choice)
    if not names:
        return _failed(chip, "This painter's reply is not a name.")
    best, *others = names.values()
    if best.unreadable:
        said = f" ({best.name})" if best.name else ""
        return _failed(chip, f"The reply is no name: {best.unreadable}{said}.")
    least = FAR * max(choice.probability for choice in names.values())
    return msgspec.structs.replace(
        chip,
        name=best.name,
        probability=best.probability,
        alternatives=tuple(
            sorted((c for c in others if c.probability >= least), key=lambda c: -c.probability)
        ),
        state="ready",
        note="",
    )


def _failed(chip: ChipView, note: str) -> ChipView:
    if chip.state != "waiting":
        return chip
    return msgspec.structs.replace(
        chip, name="", probability=None, alternatives=(), state="failed", note=note
    )

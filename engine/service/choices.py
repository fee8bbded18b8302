"""From sampled replies to names with their probabilities, whoever sampled them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Protocol

from engine.service.protocol import Choice
from engine.task import Reply


class Drawn(Protocol):
    """A sampled reply: its tokens, and their log-probabilities in nats."""

    @property
    def tokens(self) -> tuple[int, ...]:
        """The tokens, the end included when reached."""
        ...

    @property
    def logps(self) -> tuple[float, ...]:
        """One for each token."""
        ...


def choices(replies: Sequence[Drawn], read: Callable[[Sequence[int]], Reply]) -> tuple[Choice, ...]:
    """Return the names of a greedy reply and of sampled ones, the greedy one first.

    Parameters
    ----------
    replies
        The greedy one is the first.
    read
        Makes a reply of tokens.
    """
    ways: dict[str, dict[tuple[int, ...], float]] = {}
    unreadable: dict[str, str] = {}
    for reply in replies:
        said = read(reply.tokens)
        if said.unreadable and ways:
            continue
        unreadable[said.name] = said.unreadable
        ways.setdefault(said.name, {})[reply.tokens] = math.exp(math.fsum(reply.logps))
    # One name may be spelled by several token sequences; its probability is the sum over those met.
    chances = {name: math.fsum(spellings.values()) for name, spellings in ways.items()}
    first, *others = chances
    rest = sorted(others, key=lambda name: -chances[name])
    return tuple(Choice(name, chances[name], name == first, unreadable[name]) for name in [first, *rest])

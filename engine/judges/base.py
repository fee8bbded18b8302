"""What every judge is: something that scores (colour, name) pairs, many at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec


class Verdict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a judge says of one name.

    Attributes
    ----------
    score
        A number in 0..1, or ``None`` when the judge failed: the rollout is then left out.
        A bad name is not a failure; it scores 0.
    reason
        A short sentence, for people.
    """

    score: float | None
    reason: str = ""


class Judge(Protocol):
    """Anything that scores names for colours."""

    def score(self, pairs: Sequence[tuple[str, str]]) -> list[Verdict]:
        """Score (colour, name) pairs.

        Parameters
        ----------
        pairs
            ``(color, name)``; the colour as ``#rrggbb`` in lower case.

        Returns
        -------
        list of Verdict
            One for each pair, in order.
        """
        ...

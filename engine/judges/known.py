"""What a judge has scored already: a batch names much twice, and a training what it named before."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Generic, TypeVar

REMEMBERED = 100_000

_Asked = TypeVar("_Asked", bound=Hashable)


class Known(Generic[_Asked]):
    """Raw scores, each computed once."""

    def __init__(self) -> None:
        self._known: dict[_Asked, float] = {}

    def scores(
        self, asked: Sequence[_Asked], compute: Callable[[Sequence[_Asked]], Sequence[float]]
    ) -> list[float]:
        """Return the raw scores of what is asked about, in order; ``compute`` scores what is new."""
        new = [one for one in dict.fromkeys(asked) if one not in self._known]
        if len(self._known) + len(new) > REMEMBERED:
            self._known.clear()
            new = list(dict.fromkeys(asked))
        if new:
            self._known.update(zip(new, compute(new), strict=True))
        return [self._known[one] for one in asked]

"""What a few colours are called at each evaluation of a run: its whole story in their names."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from engine import color as colors_of
from engine.events import EvalFinished

PINNED = 6


class Moment(msgspec.Struct, frozen=True):
    """One evaluation: the step after which it was, each pinned colour's name, and how varied all were.

    ``fresh`` tells of each name whether it is another than at the evaluation before; ``effective`` counts
    equally common names that would be as varied, over ``colors`` colours.
    """

    step: int
    names: tuple[str, ...]
    fresh: tuple[bool, ...]
    reward: float | None
    effective: float | None
    colors: int


class Story(msgspec.Struct, frozen=True):
    """The pinned colours and their moments, oldest first; ``known`` are all colours that can be pinned."""

    pinned: tuple[str, ...]
    moments: tuple[Moment, ...]
    known: tuple[str, ...]


def story(evals: Sequence[EvalFinished], pinned: Sequence[str] = (), near: str = "") -> Story:
    """Return the names of the pinned colours through a run.

    Parameters
    ----------
    evals
        The run's evaluations; only colours that were evaluated have names.
    pinned
        What is pinned; where it is empty, or none of it was evaluated, :func:`spread_out` chooses.
    near
        A colour whose nearest is to be among those chosen; empty for none.
    """
    known = tuple(dict.fromkeys(color for told in evals for color in told.names))
    chosen = tuple(color for color in pinned if color in known) or spread_out(known, near=near)
    moments = []
    before: tuple[str, ...] = ()
    for told in evals:
        names = tuple(told.names.get(color, "") for color in chosen)
        fresh = tuple(bool(before) and name != old for name, old in zip(names, before or names, strict=True))
        moments.append(Moment(told.step, names, fresh, told.reward, told.effective, len(told.names)))
        before = names
    return Story(chosen, tuple(moments), known)


def spread_out(known: Sequence[str], count: int = PINNED, near: str = "") -> tuple[str, ...]:
    """Return a few colours that lie far apart in OKLab, the first nearest to ``near`` or the most colourful.

    Parameters
    ----------
    known
        What there is to choose from, ``#rrggbb``.
    """
    if not known:
        return ()
    lab = np.array([colors_of.oklab(color) for color in known], float)
    if near:
        first = int(np.linalg.norm(lab - np.asarray(colors_of.oklab(near), float), axis=1).argmin())
    else:
        first = int(np.linalg.norm(lab[:, 1:], axis=1).argmax())
    taken = [first]
    far = np.linalg.norm(lab - lab[first], axis=1)
    while len(taken) < min(count, len(known)):
        taken.append(int(far.argmax()))
        far = np.minimum(far, np.linalg.norm(lab - lab[taken[-1]], axis=1))
    return tuple(known[place] for place in taken)

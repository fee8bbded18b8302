"""A group as it is shown: its names ranked about the bar, and what each judge made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from engine.events import GroupPainted, Rollout
from engine.judges import panel as panels
from engine.recipe import Panel


class Part(msgspec.Struct, frozen=True):
    """A judge's part in a name's reward: its slug (empty for sameness), its score, what it added or took."""

    judge: str
    score: float | None
    share: float | None


class Ranked(msgspec.Struct, frozen=True, kw_only=True):
    """One name of a group.

    Attributes
    ----------
    reward, advantage
        As the training told; the reward ``None`` where a judge failed.
    above
        Whether it lies on the bar or above it.
    reach
        The advantage as a share, −1..1, of the group's largest: its arrow's length and way.
    parts
        The judges' parts, tastes first, sameness last; empty where they cannot be told.
    """

    name: str
    unreadable: str
    reward: float | None
    advantage: float
    above: bool
    reach: float
    parts: tuple[Part, ...] = ()


class GroupView(msgspec.Struct, frozen=True, kw_only=True):
    """A group: its colour, its reading, its bar, and its names from best to worst."""

    color: str
    reading: str
    bar: float | None
    names: tuple[Ranked, ...]


def group_views(groups: Sequence[GroupPainted], panel: Panel | None = None) -> tuple[GroupView, ...]:
    """Return a step's groups as they are shown.

    Parameters
    ----------
    groups
        All groups of one step: how many colours share a name is told by all of them.
    panel
        Who judged; without it the judges' scores are told and not their shares.
    """
    said = [[None if r.unreadable else r.name for r in group.rollouts] for group in groups]
    shared = panels.sharing(said)
    return tuple(_group(group, panel, shared) for group in groups)


def _group(group: GroupPainted, panel: Panel | None, shared: Mapping[str, int]) -> GroupView:
    ranked = sorted(group.rollouts, key=lambda r: -1.0 if r.reward is None else r.reward, reverse=True)
    most = max((abs(r.advantage) for r in group.rollouts), default=0.0)
    return GroupView(
        color=group.color,
        reading=group.reading,
        bar=group.bar,
        names=tuple(
            Ranked(
                name=r.name,
                unreadable=r.unreadable,
                reward=r.reward,
                advantage=r.advantage,
                above=r.reward is not None and group.bar is not None and r.reward >= group.bar,
                reach=r.advantage / most if most > 1e-9 else 0.0,
                parts=_parts(r, panel, shared),
            )
            for r in ranked
        ),
    )


def _parts(rollout: Rollout, panel: Panel | None, shared: Mapping[str, int]) -> tuple[Part, ...]:
    if rollout.unreadable:
        return ()
    if panel is None or not all(judge in rollout.scores for judge in panel.judges):
        return tuple(Part(judge, score, None) for judge, score in rollout.scores.items())
    found = panels.explain(panel, dict(rollout.scores), shared.get(rollout.name.casefold(), 1))
    return tuple(
        Part(share.judge, share.score, share.share)
        for share in found.shares
        if share.role != "gate" and (share.judge or (share.share or 0.0) < -1e-9)
    )

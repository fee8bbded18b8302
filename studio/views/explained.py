"""A name's reward, explained: what each judge of a panel gives to it and takes from it, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from engine.judges.base import Verdict
from engine.judges.panel import Explanation, Share, explain
from engine.recipe import Panel


class ExplainedName(msgspec.Struct, frozen=True, kw_only=True):
    """One name's reward.

    Attributes
    ----------
    reward
        In 0..1; ``None`` where a judge failed.
    shares
        What each judge adds to it or takes away; they sum to the reward.
    reasons
        Judge slug → the judge's sentence.
    sentence
        The same in words.
    """

    name: str
    reward: float | None
    shares: tuple[Share, ...]
    reasons: dict[str, str]
    sentence: str


def explained(
    panel: Panel,
    names: Sequence[str],
    verdicts: Mapping[str, Sequence[Verdict]],
    titles: Mapping[str, str],
) -> tuple[ExplainedName, ...]:
    """Explain the rewards of names for one colour.

    Parameters
    ----------
    panel
        Who counts and how; sameness is a matter of batches and plays no part.
    verdicts
        Judge slug → a verdict for each name.
    titles
        Judge slug → the judge's name for people.
    """
    alone = msgspec.structs.replace(panel, sameness=False)
    rows = []
    for i, name in enumerate(names):
        found = explain(alone, {judge: verdicts[judge][i].score for judge in alone.judges})
        rows.append(
            ExplainedName(
                name=name,
                reward=found.reward,
                shares=found.shares,
                reasons={judge: verdicts[judge][i].reason for judge in alone.judges},
                sentence=sentence(found, titles),
            )
        )
    return tuple(rows)


def sentence(found: Explanation, titles: Mapping[str, str]) -> str:
    """Put an explanation in words: who gives, who takes away, who failed."""
    if found.reward is None:
        failed = dict.fromkeys(titles[share.judge] for share in found.shares if share.score is None)
        return f"No reward: {', '.join(failed)} gave no verdict."
    said = [f"{titles[one.judge]} gives {one.share:.2f}" for one in found.shares if one.role == "taste"]
    for one in found.shares:
        if one.share is None or one.share > -0.005 or one.role == "taste":
            continue
        who = "sameness" if one.role == "sameness" else titles[one.judge]
        shut = f"shuts at {one.score:.2f} and takes" if one.role == "gate" else "takes"
        said.append(f"{who} {shut} {-one.share:.2f}")
    return f"{found.reward:.2f}: {', '.join(said)}."

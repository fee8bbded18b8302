"""A step told: its groups and its numbers, as events."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from engine import collapse
from engine.advantage import bar_and_spread
from engine.events import GroupPainted, Rollout, StepFinished
from engine.lm.load import LoadedBase
from engine.reading import reading
from engine.train.batch import Batch
from engine.train.clock import Clock
from engine.train.judged import Judged


def group_painted(
    base: LoadedBase, step: int, judged: Judged, c: int, after: Sequence[tuple[float, ...]]
) -> GroupPainted:
    """Return what is told of the ``c``-th group.

    Parameters
    ----------
    after
        Its token log-probabilities after the update, if they were asked for.
    """
    rollouts = []
    for r, reply in enumerate(judged.replies[c]):
        before = judged.before[r] if c == 0 and judged.before else judged.logps[c][r]
        scores = {slug: rows[c][r] for slug, rows in judged.scores.items()}
        rollouts.append(
            Rollout(
                name=reply.name,
                unreadable=reply.unreadable,
                scores={} if reply.unreadable else {k: v for k, v in scores.items() if v is not None},
                reward=judged.rewards[c][r],
                advantage=judged.advantages[c][r],
                tokens=tuple(base.tokenizer.decode([token]) for token in judged.tokens[c][r]),
                logps_before=before,
                logps_after=after[r] if after else (),
                rejected=judged.rejected[c][r],
            )
        )
    bar, spread = bar_and_spread(judged.left[c])
    color = judged.colors[c]
    return GroupPainted(
        step=step,
        color=color,
        reading=reading(color) if base.task.of_colors else "",
        rollouts=tuple(rollouts),
        bar=bar,
        spread=spread,
    )


def step_finished(
    batch: Batch, judged: Judged, metrics: Mapping[str, float], clock: Clock, learning_rate: float
) -> StepFinished:
    """Return what is told of a step as a whole; ``metrics`` are TRL's, none of a step that was skipped."""
    flat = [reward for row in judged.rewards for reward in row if reward is not None]
    names = [name for group in judged.readable for name in group]
    count = sum(len(group) for group in judged.replies)
    reward, spread = bar_and_spread(flat)
    return StepFinished(
        step=batch.step,
        reward=reward,
        reward_spread=spread,
        judges=judged.means(),
        loss=metrics.get("loss"),
        kl=metrics.get("kl"),
        entropy=metrics.get("entropy"),
        grad_norm=metrics.get("grad_norm"),
        learning_rate=learning_rate,
        rollouts=count,
        distinct=collapse.distinct(names),
        unreadable=count - len(names),
        failed=judged.failed,
        skipped=batch.unsound,
        rejected=sum(bool(why) for row in judged.rejected for why in row),
        redrawn=batch.redrawn,
        sampling_seconds=clock.spent.get("sampling", 0.0),
        judging_seconds=clock.spent.get("judging", 0.0),
        updating_seconds=clock.spent.get("updating", 0.0),
        seconds=time.monotonic() - clock.step_began,
    )

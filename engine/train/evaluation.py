"""What a painter says of colours, or what else the task is about, that it never trains on.

Cheap on purpose, since it is done again and again while a painter is trained: one greedy name for each colour
of a fixed grid, half of them judged, and a few sampled names for how sure the painter is and how far from
its base. What the figures mean together is :mod:`engine.alarm`'s to say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch

from engine import collapse
from engine.events import EvalFinished
from engine.judges import panel
from engine.judges.base import Judge
from engine.lm.load import LoadedBase
from engine.lm.sampling import Sampled, sample
from engine.lm.scoring import score_names
from engine.lm.tree import common_prefix
from engine.palette import GRID_COLUMNS, held_out_grid
from engine.recipe import Panel, Recipe
from engine.train.memory import Parts
from engine.train.sound import verdicts

SAMPLES = 4
"""Names sampled for each of the colours that are sampled for."""
_SAMPLED_EVERY = 6
_SEED = 0xA1A2


class Check(NamedTuple):
    """Who checks the trained reward: a panel that nothing is trained against; ``engine.judges.held_out``."""

    panel: Panel
    judges: Mapping[str, Judge]


def evaluate(
    model: Any,
    base: LoadedBase,
    judges: Mapping[str, Judge],
    check: Check | None,
    recipe: Recipe,
    step: int,
    parts: Parts,
) -> EvalFinished:
    """Name the held-out grid and judge half of the names, a chessboard of it.

    Rewards are without sameness, which is a matter of batches; an unreadable reply is worth 0. Entropy and
    KL are plain means over sampled names at temperature 1: −log p, and log p less the base's log p.

    Parameters
    ----------
    model
        The painter's merged weights, or the base's own.
    check
        Who checks the reward, if anybody does.
    step
        After which step this is.
    parts
        Into how many parts it is cut, should memory run out.
    """
    task = base.task
    colors = held_out_grid() if task.of_colors else tuple(task.held_out_inputs(len(held_out_grid())))
    greedy = _sample(model, base, colors, recipe, 1, 0.0, parts)
    replies = [base.read(group[0].tokens) for group in greedy]
    names = {c: "" if reply.unreadable else reply.name for c, reply in zip(colors, replies, strict=True)}
    judged = {color: names[color] for place, color in enumerate(colors) if _is_white(place)}
    rewards, means = _rewards(recipe.panel, judges, judged, parts)
    checks = _rewards(check.panel, check.judges, judged, parts)[0] if check is not None else []
    sampled_for = [color for place, color in enumerate(colors) if _is_sampled(place)]
    groups = _sample(model, base, sampled_for, recipe, SAMPLES, 1.0, parts)
    said = [[base.read(one.tokens).name for one in group] for group in groups]
    own = [sum(one.logps) for group in groups for one in group]
    readable = [name for name in names.values() if name]
    return EvalFinished(
        step=step,
        names=names,
        reward=float(np.mean(rewards)) if rewards else None,
        held_out=float(np.mean(checks)) if checks else None,
        held_out_error=float(np.std(checks) / np.sqrt(len(checks))) if checks else 0.0,
        judges=means,
        distinct=collapse.distinct(readable),
        effective=collapse.effective_names(readable) if readable else None,
        top_share=collapse.top_share(readable)[1] if readable else None,
        duplicates=sum(map(collapse.duplicates, said)) / (len(said) * (SAMPLES - 1)),
        entropy=-float(np.mean(own)),
        kl=float(np.mean(np.subtract(own, _base_logps(base, sampled_for, groups)))),
    )


def _is_white(place: int) -> bool:
    return sum(divmod(place, GRID_COLUMNS)) % 2 == 0


def _is_sampled(place: int) -> bool:
    """Two colours a row, shifted from row to row, so that each family of hues has one at least."""
    row, column = divmod(place, GRID_COLUMNS)
    return (column + 2 * row) % _SAMPLED_EVERY == 0


def _sample(
    model: Any,
    base: LoadedBase,
    colors: Sequence[str],
    recipe: Recipe,
    count: int,
    temperature: float,
    parts: Parts,
) -> list[list[Sampled]]:
    def name() -> list[list[Sampled]]:
        named: list[list[Sampled]] = []
        for part in parts.split(colors):
            named += sample(
                model,
                [base.prompt(color) for color in part],
                [count] * len(part),
                ends=base.ends,
                longest=recipe.max_name_tokens,
                temperature=temperature,
                # The same dice at every step: what differs is the painter.
                seed=_SEED,
                before=len(named) * count,
            )
        return named

    return parts.run(name)


def _rewards(
    of: Panel, judges: Mapping[str, Judge], names: Mapping[str, str], parts: Parts
) -> tuple[list[float], dict[str, float]]:
    """Return the reward of each name that no judge failed on, 0 for no name, and each judge's mean score."""
    pairs = [(color, name) for color, name in names.items() if name]
    scores = {
        slug: [verdict.score for verdict in verdicts(judge, pairs, parts)] for slug, judge in judges.items()
    }
    alone = [
        panel.rewards(of, [[name]], {slug: [[rows[i]]] for slug, rows in scores.items()})[0][0]
        for i, (_, name) in enumerate(pairs)
    ]
    told = [value for value in alone if value is not None] + [0.0] * (len(names) - len(pairs))
    known = {slug: [score for score in rows if score is not None] for slug, rows in scores.items()}
    return told, {slug: float(np.mean(rows)) for slug, rows in known.items() if rows}


@torch.no_grad()
def _base_logps(base: LoadedBase, colors: Sequence[str], groups: Sequence[Sequence[Sampled]]) -> list[float]:
    """Return the log-probability of each sampled name under the base."""
    prompts = [base.prompt(color) for color in colors]
    shared = common_prefix(prompts)
    return score_names(
        base.primed,
        prompts[0][:shared],
        [prompt[shared:] for prompt in prompts],
        [[list(one.tokens) for one in group] for group in groups],
    ).sums()

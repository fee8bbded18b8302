"""What a painter says of colours, or what else the task is about, that it never trains on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from engine import collapse
from engine.events import EvalFinished
from engine.judges import panel
from engine.judges.base import Judge
from engine.lm.load import LoadedBase
from engine.lm.sampling import Sampled, sample
from engine.recipe import Recipe
from engine.train.memory import Parts
from engine.train.sound import verdicts

HELD_OUT = 48


def evaluate(
    model: Any,
    base: LoadedBase,
    judges: Mapping[str, Judge],
    recipe: Recipe,
    step: int,
    parts: Parts,
) -> EvalFinished:
    """Name held-out colours greedily and judge the names.

    The reward here is without sameness, which is a matter of batches; an unreadable reply is worth 0.

    Parameters
    ----------
    model
        The painter's merged weights.
    step
        After which step this is.
    parts
        Into how many parts it is cut, should memory run out.
    """
    colors = base.task.held_out_inputs(HELD_OUT)

    def name() -> list[list[Sampled]]:
        return [
            named
            for part in parts.split(colors)
            for named in sample(
                model,
                [base.prompt(color) for color in part],
                [1] * len(part),
                ends=base.ends,
                longest=recipe.max_name_tokens,
                temperature=0.0,
                seed=0,
            )
        ]

    grouped = parts.run(name)
    replies = [base.read(group[0].tokens) for group in grouped]
    readable = [(c, reply.name) for c, reply in zip(colors, replies, strict=True) if not reply.unreadable]
    names = [name for _, name in readable]
    scores = {
        slug: [[verdict.score] for verdict in verdicts(judge, readable, parts)]
        for slug, judge in judges.items()
    }
    alone = [
        panel.rewards(recipe.panel, [[name]], {slug: [rows[i]] for slug, rows in scores.items()})[0][0]
        for i, name in enumerate(names)
    ]
    told = [value for value in alone if value is not None] + [0.0] * (len(colors) - len(names))
    return EvalFinished(
        step=step,
        names=dict(zip(colors, (reply.name for reply in replies), strict=True)),
        reward=sum(told) / len(told) if told else None,
        judges={
            slug: float(np.mean([row[0] for row in rows if row[0] is not None]))
            for slug, rows in scores.items()
            if any(row[0] is not None for row in rows)
        },
        distinct=collapse.distinct(names),
        effective=collapse.effective_names(names) if names else None,
        top_share=collapse.top_share(names)[1] if names else None,
    )

"""The listener tells whether, among a few colours, a name points to the right one.

A listener who knows how the primed base names colours hears the name and must say which of K colours was
meant. Its posterior for the right one, p(name | color) / Σ p(name | other), is the score: near 1 for a
name that fits this colour alone, 1/K for one that fits them all, less for one that fits another better.
A painter cannot please it by one name for everything, whatever the name. That the name ends there tells
nothing of its colour, and its end is not scored: that saves a fourth of the work.

The other colours come from the same batch, so that each colour's prompt is computed once and only names are
appended; asked about too few colours, it fills up from a fixed palette.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch

from engine.judges.base import Verdict
from engine.judges.spec import Listener
from engine.lm.load import LoadedBase
from engine.lm.scoring import score_names
from engine.lm.tree import common_prefix
from engine.palette import training_colors

BATCH = 1024


class ListenerJudge:
    """Scores names by a :class:`engine.judges.spec.Listener`.

    Parameters
    ----------
    spec
        The judge as data.
    base
        Whose primed weights listen; painters' adapters play no part.
    """

    def __init__(self, spec: Listener, base: LoadedBase) -> None:
        self.spec = spec
        self._base = base

    def score(self, pairs: Sequence[tuple[str, str]]) -> list[Verdict]:
        """See :class:`engine.judges.base.Judge`."""
        colors = self._colors(pairs)
        place = {color: i for i, color in enumerate(colors)}
        asked = dict.fromkeys(pair for pair in pairs if pair[1].strip())
        wanted: list[tuple[tuple[str, str], int]] = [
            (pair, (place[pair[0]] + other) % len(colors))
            for pair in asked
            for other in range(self.spec.among)
        ]
        logps: list[float] = []
        # A few pairs at a time, so that a large batch needs no more memory than a small one.
        for start in range(0, len(wanted), BATCH):
            logps.extend(self._logps(colors, wanted[start : start + BATCH]))
        verdicts = {pair: Verdict(0.0, "There is no name.") for pair in pairs if not pair[1].strip()}
        for i, pair in enumerate(asked):
            row = logps[i * self.spec.among : (i + 1) * self.spec.among]
            verdicts[pair] = self._verdict(row)
        return [verdicts[pair] for pair in pairs]

    def _colors(self, pairs: Sequence[tuple[str, str]]) -> list[str]:
        """Return the batch's colours, and fixed ones if they are fewer than a listener chooses among."""
        colors = list(dict.fromkeys(color for color, _ in pairs))
        spare = [color for color in training_colors(0, 0, self.spec.among + 1) if color not in colors]
        return colors + spare[: max(0, self.spec.among - len(colors))]

    @torch.no_grad()
    def _logps(self, colors: Sequence[str], wanted: Sequence[tuple[tuple[str, str], int]]) -> list[float]:
        prompts = [self._base.prompt(color) for color in colors]
        shared = common_prefix(prompts)
        names: list[list[list[int]]] = [[] for _ in colors]
        where: list[tuple[int, int]] = []
        for (_, name), color in wanted:
            where.append((color, len(names[color])))
            names[color].append(self._base.name_tokens(name)[:-1])
        scored = score_names(
            self._base.primed, prompts[0][:shared], [prompt[shared:] for prompt in prompts], names
        ).sums()
        starts = [0]
        for group in names:
            starts.append(starts[-1] + len(group))
        return [scored[starts[color] + position] for color, position in where]

    def _verdict(self, logps: Sequence[float]) -> Verdict:
        posterior = float(torch.softmax(torch.tensor(logps, dtype=torch.float64), 0)[0])
        if posterior != posterior:
            return Verdict(None, "The model gave no number for this name.")
        return Verdict(posterior, f"among {len(logps)} colours, {posterior:.0%} sure that this one is meant")

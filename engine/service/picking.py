"""Which two names to ask a person about next, and how well the picks so far are understood.

The candidates are names that the base says and names that are known; the base's own are what a painter begins
with, so that a taste is fitted where it will be needed.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from engine.judges import preference_fit as fits
from engine.judges.preference import NameSpace
from engine.judges.spec import Pick
from engine.lexicon import Lexicon
from engine.lm.load import LoadedBase
from engine.lm.sampling import sample
from engine.palette import training_colors
from engine.service.protocol import Pair

COLORS = 24
EACH = 8
KNOWN = 200
LONGEST = 16
SHOWN = 5


class Picker:
    """Chooses pairs from a fixed lot of candidates.

    Parameters
    ----------
    base, lexicon
        Whose names the candidates are.
    space
        Where names lie.
    """

    def __init__(self, base: LoadedBase, lexicon: Lexicon, space: NameSpace) -> None:
        self._space = space
        known = [name for name, _ in lexicon.reference(KNOWN, seed=2)]
        # A name may differ from another in case alone; nobody should be asked about that.
        folded = {name.casefold(): name for name in [*known, *_base_names(base)]}
        self.candidates = sorted(folded.values())
        self._places = space.place(self.candidates)

    def next(self, picks: Sequence[Pick], skipped: Sequence[tuple[str, str]], seed: int) -> Pair:
        """Fit the picks, and return the pair to ask about next.

        Parameters
        ----------
        picks
            So far, by whatever names.
        skipped
            Pairs that the person could not decide on.
        seed
            The same picks and seed give the same pair.
        """
        differences = self._space.differences(picks)
        model = fits.fit(differences)
        pairs = [(pick.better, pick.worse) for pick in picks]
        index = {name: i for i, name in enumerate(self.candidates)}
        asked = [(index[a], index[b]) for a, b in [*pairs, *skipped] if a in index and b in index]
        random = np.random.default_rng([seed, len(picks), len(skipped)])
        left, right = fits.choose(model, self._places, asked, random)
        worth = self._places @ model.weights
        ranked = [self.candidates[i] for i in np.argsort(-worth, kind="stable")] if picks else []
        return Pair(
            left=self.candidates[left],
            right=self.candidates[right],
            chance=float(1 / (1 + np.exp(worth[right] - worth[left]))),
            accuracy=fits.accuracy(differences, [frozenset(pair) for pair in pairs]),
            best=tuple(ranked[:SHOWN]),
            worst=tuple(ranked[: -SHOWN - 1 : -1]),
        )


@torch.no_grad()
def _base_names(base: LoadedBase) -> list[str]:
    colors = training_colors(0, 0, COLORS)
    drawn = sample(
        base.primed,
        [base.prompt(color) for color in colors],
        [EACH] * len(colors),
        ends=base.ends,
        longest=LONGEST,
        temperature=1.0,
        seed=0,
    )
    replies = [base.read(reply.tokens) for group in drawn for reply in group]
    return list(dict.fromkeys(reply.name for reply in replies if not reply.unreadable))

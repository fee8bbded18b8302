"""The guard that asks a large model whether the name describes the colour, yes or no.

What counts is how much likelier the model says yes than no, ``log p(yes) − log p(no)``, from one forward
pass a name. The colour is told in words and as a hex. The rubric is computed once, each colour of a batch
once, and only names and the end of the turn for every name. Tiny models say yes to everything; before
anyone trains on such a guard, :mod:`engine.judges.measure` says so.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from engine.judges.base import Verdict
from engine.judges.calibration import Calibration
from engine.judges.known import Known
from engine.judges.spec import Describes
from engine.lm.judge_model import JudgeModel, answers
from engine.reading import reading

QUESTION = "A paint color was given a name. Does the name describe the color? Answer yes or no.\nColor:"
SPELLINGS = (("Yes", "yes", " Yes", " yes"), ("No", "no", " No", " no"))


class DescribesJudge:
    """Scores names by a :class:`engine.judges.spec.Describes`.

    Parameters
    ----------
    spec
        The judge as data.
    model
        Who is asked.
    calibration
        Maps raw scores to 0..1; made on known names with the colours of others, so that 0.5 is what a name
        gets that has nothing to do with the colour.
    """

    def __init__(self, spec: Describes, model: JudgeModel, calibration: Calibration | None = None) -> None:
        self.spec = spec
        self.calibration = calibration
        self._model = model
        self._known = Known[tuple[str, str]]()
        before, self._after = model.turn()
        self._prefix = [*before, *model.encode(QUESTION)]
        self._answers = answers(model, SPELLINGS)

    def _tokens(self, color: str, name: str) -> list[int]:
        model = self._model
        # The colour's tokens by themselves, so that all its names share them.
        shown = model.encode(f" {reading(color)} ({color})\nName:", after=":")
        return [*shown, *model.encode(f" {' '.join(name.split())}", after=":"), *self._after]

    def raw(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """Return the log-odds of yes, in nats, of each (colour, name)."""
        return self._known.scores(pairs, self._odds)

    def _odds(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        texts = [self._tokens(color, name) for color, name in pairs]
        logps = self._model.choices(self._prefix, texts, self._answers)
        with np.errstate(invalid="ignore"):
            odds: list[float] = (logps[:, 0] - logps[:, 1]).tolist()
        return odds

    def score(self, pairs: Sequence[tuple[str, str]]) -> list[Verdict]:
        """See :class:`engine.judges.base.Judge`."""
        if self.calibration is None:
            raise ValueError("This judge has not been calibrated.")
        return [self._verdict(name, raw) for (_, name), raw in zip(pairs, self.raw(pairs), strict=True)]

    def _verdict(self, name: str, raw: float) -> Verdict:
        if not math.isfinite(raw):
            return Verdict(None, "The model gave no number for this name.")
        if not name.strip():
            return Verdict(0.0, "There is no name.")
        assert self.calibration is not None
        sure = 1 / (1 + math.exp(-max(-50.0, min(50.0, raw))))
        return Verdict(self.calibration(raw), f"asked if it describes the colour, {sure:.0%} yes")

"""The rating judge asks a model for a mark from 0 to 9, and takes what it would say on average.

Not the likeliest digit, of which small models have one for everything, but ``Σ d·p(d)`` over the ten: one
forward pass a name, nothing is sampled. Most small models cannot rate even so, where they can tell whose
list a name belongs to (:mod:`engine.judges.contrast`); :mod:`engine.judges.measure` tells it of a model
before anyone trains on its ratings. The colour plays no part: that is the guards' work.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from engine.judges.base import Verdict
from engine.judges.calibration import Calibration
from engine.judges.known import Known
from engine.judges.spec import Rating
from engine.lm.judge_model import JudgeModel, answers

DIGITS = tuple((str(digit), f" {digit}") for digit in range(10))
# With less than this probability on digits a model has not understood that one is asked for.
_HEARD = 1e-3


def question(asks: str) -> str:
    """Return what the model is asked, up to where the name stands."""
    return (
        f"How well does a paint color name fit into a list of {asks}? Answer with one digit, from 0 (not at "
        "all) to 9 (perfectly).\nName:"
    )


class RatingJudge:
    """Scores names by a :class:`engine.judges.spec.Rating`.

    Parameters
    ----------
    spec
        The judge as data.
    model
        Who is asked.
    calibration
        Maps raw scores to 0..1; made by :func:`engine.judges.calibration.calibrate`. Without one,
        :meth:`raw` is all that works.
    """

    def __init__(self, spec: Rating, model: JudgeModel, calibration: Calibration | None = None) -> None:
        self.spec = spec
        self.calibration = calibration
        self._model = model
        self._known = Known[str]()
        before, self._after = model.turn()
        self._prefix = [*before, *model.encode(question(spec.asks))]
        self._answers = answers(model, DIGITS)

    def _tokens(self, name: str) -> list[int]:
        # A name is one line, and a marker in it is text: else it could change what is asked.
        return [*self._model.encode(f" {' '.join(name.split())}", after=":"), *self._after]

    def raw(self, names: Sequence[str]) -> list[float]:
        """Return the expected mark of each name, 0..9; NaN where the model does not answer by a digit."""
        return self._known.scores(names, self._marks)

    def _marks(self, names: Sequence[str]) -> list[float]:
        texts = [self._tokens(name) for name in names]
        chances = np.exp(self._model.choices(self._prefix, texts, self._answers))
        mass = chances.sum(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            marks: list[float] = np.where(mass > _HEARD, chances @ np.arange(10) / mass, np.nan).tolist()
        return marks

    def score(self, pairs: Sequence[tuple[str, str]]) -> list[Verdict]:
        """See :class:`engine.judges.base.Judge`."""
        if self.calibration is None:
            raise ValueError("This judge has not been calibrated.")
        raw = self.raw([name for _, name in pairs])
        return [self._verdict(name, mark) for (_, name), mark in zip(pairs, raw, strict=True)]

    def _verdict(self, name: str, mark: float) -> Verdict:
        if not math.isfinite(mark):
            return Verdict(None, "The model did not answer with a mark.")
        if not name.strip():
            return Verdict(0.0, "There is no name.")
        assert self.calibration is not None
        return Verdict(self.calibration(mark), f"a mark of {mark:.1f}, from 0 to 9")

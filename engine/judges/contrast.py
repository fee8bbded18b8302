"""The contrast judge asks which of two lists a name belongs to.

Small models cannot rate, but they can tell whose list a name continues. The judge writes two lists, one
of liked names and one of plain ones, and compares how likely the name is as the next line of each: the mean
over its tokens of ``log p(token | liked) − log p(token | plain)``. A painter will look for what pleases it,
so a long name is not better for being long, no single token counts for more than a few nats, and what was
said before earns nothing: else "Night Night" would be as good as two words. The colour plays no part: that
is the guards' work. What was tried besides is told in ``tests/bench/judges.py``.

The model is the base itself, adapters off, or any GGUF. Each list is computed once and kept; all names of a
batch go through in one pass a list, and no name is computed twice.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from engine.judges.base import Verdict
from engine.judges.calibration import Calibration
from engine.judges.known import Known
from engine.judges.spec import Contrast
from engine.lm.judge_model import JudgeModel

MOST = 4.0
"""What one token may count for, in nats: a factor of 55 either way."""


def framing(asks: str, examples: Sequence[str]) -> str:
    """Return the list that a name may continue, up to where the name would stand."""
    return f"{asks[:1].upper()}{asks[1:]}:\n" + "".join(f"- {example}\n" for example in examples) + "-"


def pooled(tokens: Sequence[int], ratios: Sequence[float]) -> float:
    """Return a name's raw score.

    Parameters
    ----------
    tokens
        Its token ids.
    ratios
        For each, how much likelier it is among the liked names than among the plain ones, in nats.

    Returns
    -------
    float
        NaN if any of them is not finite.
    """
    if not all(map(math.isfinite, ratios)):
        return math.nan
    said: set[int] = set()
    total = 0.0
    for token, ratio in zip(tokens, ratios, strict=True):
        total += max(-MOST, min(0.0 if token in said else MOST, ratio))
        said.add(token)
    return total / len(tokens)


class ContrastJudge:
    """Scores names by a :class:`engine.judges.spec.Contrast`.

    Parameters
    ----------
    spec
        The judge as data.
    model
        The base, pristine, or a GGUF.
    calibration
        Maps raw scores to 0..1; made by :func:`engine.judges.calibration.calibrate`. Without one,
        :meth:`raw` is all that works.
    """

    def __init__(self, spec: Contrast, model: JudgeModel, calibration: Calibration | None = None) -> None:
        self.spec = spec
        self.calibration = calibration
        self._model = model
        self._known = Known[str]()
        self._frames = [
            self._frame(framing(spec.asks, spec.liked)),
            self._frame(framing(spec.plain_asks, spec.plain)),
        ]

    def _frame(self, text: str) -> list[int]:
        return [*self._model.start(), *self._model.encode(text)]

    def _tokens(self, name: str) -> list[int]:
        # A name cannot end its line, and a marker in it is text: else it could change what is asked.
        plain = " ".join(name.split())
        return self._model.encode(f" {plain}\n", after="-")

    def raw(self, names: Sequence[str]) -> list[float]:
        """Return the raw score of each name, in nats a token; see :func:`pooled`."""
        return self._known.scores(names, self._raw)

    def _raw(self, names: Sequence[str]) -> list[float]:
        tokens = [self._tokens(name) for name in names]
        liked, plain = (self._model.logps(frame, tokens) for frame in self._frames)
        return [
            pooled(ids, [up - down for up, down in zip(*sides, strict=True)])
            for ids, *sides in zip(tokens, liked, plain, strict=True)
        ]

    def score(self, pairs: Sequence[tuple[str, str]]) -> list[Verdict]:
        """See :class:`engine.judges.base.Judge`."""
        if self.calibration is None:
            raise ValueError("This judge has not been calibrated.")
        raw = self.raw([name for _, name in pairs])
        return [self._verdict(name, value) for (_, name), value in zip(pairs, raw, strict=True)]

    def _verdict(self, name: str, raw: float) -> Verdict:
        if not math.isfinite(raw):
            return Verdict(None, "The model gave no number for this name.")
        if not name.strip():
            return Verdict(0.0, "There is no name.")
        assert self.calibration is not None
        side = "nearer to what it asks for" if raw > 0 else "nearer to the plain list"
        return Verdict(self.calibration(raw), f"{side}: {raw:+.2f} nats a token")

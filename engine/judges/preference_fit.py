"""A taste from picks of the better of two names: the Bradley-Terry model, and which pair to ask about next.

``p(a over b) = 1 / (1 + exp(−w·(a − b)))`` (Bradley & Terry, 1952), names being vectors in a :class:`Space`.
The prior on ``w`` is a Gaussian, whose width is chosen by the evidence in Laplace's approximation (MacKay,
"Bayesian Interpolation", 1992): thirty picks leave nothing over to choose it by. The next pair is the one
whose answer would tell most about ``w`` (Houlsby et al., "Bayesian Active Learning", 1112.5745).

Pure, numpy alone: what a vector of a name is, :mod:`engine.lm.embedding` says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit
from threadpoolctl import ThreadpoolController

from engine.judges.spec import FEWEST_PICKS

_Array = NDArray[Any]

DIMENSIONS = 128
FOLDS = 10
# Precisions of the prior to choose from, for vectors of length 1.
_PRECISIONS = 10.0 ** np.arange(-2, 2.01, 0.5)
_NEWTON_STEPS = 30
_PAIRS_LOOKED_AT = 4000


@cache
def _blas() -> ThreadpoolController:
    return ThreadpoolController()


@dataclass(frozen=True)
class Space:
    """Where names lie, as against a fixed sample of known ones.

    Attributes
    ----------
    mean, axes
        Shapes (d,) and (d, k): the sample's middle and its principal axes, each of length 1.
    """

    mean: _Array
    axes: _Array

    @classmethod
    def of(cls, sample: _Array, dimensions: int = DIMENSIONS) -> Space:
        """Make a space from a sample's vectors, shape (m, d)."""
        mean = sample.mean(axis=0)
        _, spread, axes = np.linalg.svd(sample - mean, full_matrices=False)
        kept = min(dimensions, int((spread > 1e-6 * spread[0]).sum()))
        return cls(mean, axes[:kept].T)

    def place(self, vectors: _Array) -> NDArray[np.float64]:
        """Return where vectors lie, each at length 1: directions are what names differ in.

        Parameters
        ----------
        vectors
            Shape (n, d).

        Returns
        -------
        array
            Shape (n, k).
        """
        placed = (np.asarray(vectors, dtype=np.float64) - self.mean) @ self.axes
        lengths = np.linalg.norm(placed, axis=1, keepdims=True)
        unit: NDArray[np.float64] = placed / np.maximum(lengths, 1e-9)
        return unit


@dataclass(frozen=True)
class Fit:
    """What the picks tell about ``w``.

    Attributes
    ----------
    weights, covariance
        Its most probable value, shape (k,), and how unsure that is, shape (k, k).
    precision
        The prior's, as the evidence chose it.
    """

    weights: _Array
    covariance: _Array
    precision: float


def fit(differences: _Array) -> Fit:
    """Fit the model.

    Parameters
    ----------
    differences
        Shape (n, k): for each pick, where the better name lies minus where the worse one does. May be
        empty: then the prior is all there is.
    """
    width = differences.shape[1]
    if not len(differences):
        return Fit(np.zeros(width), np.eye(width), 1.0)
    # Matrices this small take five times as long on two threads as on one: they wait for each other.
    with _blas().limit(limits=1, user_api="blas"):
        # Picks tell nothing of directions in which none of them differs: there the prior stays.
        basis = np.linalg.qr(differences.T)[0]
        inside = differences @ basis
        found = [_most_probable(inside, precision) for precision in _PRECISIONS]
        best = int(np.argmax([evidence for _, _, evidence in found]))
        weights, hessian, _ = found[best]
        precision = float(_PRECISIONS[best])
        outside = (np.eye(width) - basis @ basis.T) / precision
        return Fit(basis @ weights, basis @ np.linalg.inv(hessian) @ basis.T + outside, precision)


def _most_probable(x: _Array, precision: float) -> tuple[_Array, _Array, float]:
    """Return the weights by Newton's method, the Hessian there, and the log evidence."""
    weights = np.zeros(x.shape[1])
    ridge = precision * np.eye(x.shape[1])
    for _ in range(_NEWTON_STEPS):
        wrong = expit(-x @ weights)
        hessian = (x * (wrong * (1 - wrong))[:, None]).T @ x + ridge
        step = np.linalg.solve(hessian, x.T @ wrong - precision * weights)
        weights = weights + step
        if np.abs(step).max() < 1e-7:
            break
    wrong = expit(-x @ weights)
    hessian = (x * (wrong * (1 - wrong))[:, None]).T @ x + ridge
    fits = -float(np.logaddexp(0.0, -x @ weights).sum()) - 0.5 * precision * float(weights @ weights)
    volume = 0.5 * len(weights) * np.log(precision) - 0.5 * float(np.linalg.slogdet(hessian)[1])
    return weights, hessian, fits + volume


def accuracy(differences: _Array, groups: Sequence[object]) -> float | None:
    """Return the share of picks that the model tells right when it has not seen them.

    Parameters
    ----------
    differences
        As in :func:`fit`.
    groups
        What pair each pick was of: picks of one pair are left out together.

    Returns
    -------
    float or None
        Cross-validated over ten parts, the prior chosen anew for each; ``None`` for too few picks.
    """
    if len(differences) < FEWEST_PICKS:
        return None
    kinds = {group: i for i, group in enumerate(dict.fromkeys(groups))}
    order = np.random.default_rng(0).permutation(len(kinds))
    part = np.array([order[kinds[group]] % FOLDS for group in groups])
    right = 0.0
    for number in np.unique(part):
        out = part == number
        margins = differences[out] @ fit(differences[~out]).weights
        right += float((margins > 0).sum() + 0.5 * (margins == 0).sum())
    return right / len(differences)


def choose(
    model: Fit, places: _Array, asked: Sequence[tuple[int, int]], random: np.random.Generator
) -> tuple[int, int]:
    """Choose the next pair to ask about: where the model is least sure, and of names not seen too often.

    Parameters
    ----------
    model
        As the picks so far make it.
    places
        Shape (n, k), n at least 2: where the candidates lie.
    asked
        The pairs of candidates that were asked about or skipped; none comes again, in either order, while
        there are others.
    random
        Draws the pairs that are looked at, and which name stands left.
    """
    count = len(places)
    left = random.integers(count, size=_PAIRS_LOOKED_AT)
    right = (left + random.integers(1, count, size=_PAIRS_LOOKED_AT)) % count
    told = _information(model, places[left] - places[right])
    seen = Counter(place for pair in asked for place in pair)
    often = np.array([seen[i] for i in range(count)])
    told = told / (1.0 + often[left] + often[right])
    over = {frozenset(pair) for pair in asked}
    for place in np.argsort(-told, kind="stable"):
        pair = int(left[place]), int(right[place])
        if frozenset(pair) not in over:
            return pair
    return int(left[0]), int(right[0])


def _information(model: Fit, differences: _Array) -> NDArray[np.float64]:
    """Return, in nats, how much each pair's answer would tell about ``w``.

    The entropy of the answer less its expected entropy if ``w`` were known; the expectations over the
    margin's Gaussian by Gauss-Hermite quadrature.
    """
    mean = differences @ model.weights
    spread = np.sqrt(np.einsum("ij,jk,ik->i", differences, model.covariance, differences))
    nodes, weights = np.polynomial.hermite_e.hermegauss(16)
    chances = expit(mean[:, None] + spread[:, None] * nodes)
    weights = weights / weights.sum()
    told: NDArray[np.float64] = _entropy(chances @ weights) - _entropy(chances) @ weights
    return told


def _entropy(p: _Array) -> NDArray[np.float64]:
    inside = np.clip(p, 1e-12, 1 - 1e-12)
    out: NDArray[np.float64] = -(inside * np.log(inside) + (1 - inside) * np.log1p(-inside))
    return out

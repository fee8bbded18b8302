"""What the curves of a run look like, as numbers: made once a look, off the window's thread.

A :class:`Sheet` holds every panel's traces whole; :func:`drawn` cuts one to what is seen and to as many
points as can be told apart, in well under a millisecond, so that zooming needs no second look at the run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

from studio.views.run import RunView

Floats = npt.NDArray[np.float64]
Kind = Literal["main", "judge", "points", "other"]

MOST = 500
"""Stretches of steps that a curve is drawn by; more cannot be told apart and cost a frame."""
DOTS = 60
"""Single points that are drawn; more would be a smear."""
_SPAN = 200.0  # half-lives whose weights are summed at once: 2^200 is far from what a float holds
_NONE: Floats = np.empty(0)


@dataclass(frozen=True, eq=False)
class Trace:
    """One curve: the points that have a number, and the smooth line over them.

    Attributes
    ----------
    key, label
        What it is known by, and called at its end.
    kind
        ``main`` the panel's own, ``judge`` one of several beside it, ``points`` single measurements,
        ``other`` another run's.
    steps, values, smooth
        Of one length; steps rise.
    spread
        Half the band's height at each point, or empty.
    """

    key: str
    label: str
    kind: Kind
    steps: Floats
    values: Floats
    smooth: Floats
    spread: Floats = field(default_factory=lambda: _NONE)

    def at(self, step: float) -> float | None:
        """Return the value measured at a step, or last before it; ``None`` where there is none yet."""
        place = int(np.searchsorted(self.steps, step, side="right")) - 1
        return float(self.values[place]) if place >= 0 else None


@dataclass(frozen=True, eq=False)
class Panel:
    """One plot: its title, its scale, its traces.

    Attributes
    ----------
    top
        The highest value of the scale, which begins at 0.
    ticks
        Three of them: the value and how it is written.
    percent
        Whether values are shares, written in percent.
    empty
        What is said where there is nothing to draw.
    """

    key: str
    title: str
    top: float
    ticks: tuple[tuple[float, str], ...]
    traces: tuple[Trace, ...]
    percent: bool = False
    empty: str = ""

    def figure(self, value: float | None) -> str:
        """Return a value as it is written beside this plot."""
        if value is None:
            return "–"
        if self.percent:
            return f"{100 * value:.0f}%"
        return f"{value:.2f}" if self.top >= 0.5 else f"{value:.2g}"


@dataclass(frozen=True, eq=False)
class Sheet:
    """All plots of a run.

    Attributes
    ----------
    last
        The step at which the plots end: the run's last, reached or not.
    steps
        Those that are done.
    """

    last: int
    steps: Floats
    reward: Panel
    small: tuple[Panel, Panel, Panel]

    @property
    def panels(self) -> tuple[Panel, ...]:
        """All plots, the reward first."""
        return (self.reward, *self.small)

    def near(self, x: float) -> int:
        """Return the done step that is nearest to a place; 0 where none is done."""
        if not len(self.steps):
            return 0
        place = int(np.searchsorted(self.steps, x))
        around = self.steps[max(place - 1, 0) : place + 1]
        return int(around[np.abs(around - x).argmin()])


@dataclass(frozen=True, eq=False)
class Drawn:
    """A trace as it is drawn: raw points or their envelope, and the line with its band."""

    raw_x: Floats
    raw_y: Floats
    x: Floats
    y: Floats
    low: Floats
    high: Floats


def sheet(
    view: RunView,
    titles: Mapping[str, str] | None = None,
    others: Sequence[Trace] = (),
    others_names: Sequence[Trace] = (),
) -> Sheet:
    """Return the plots of a run.

    Parameters
    ----------
    view
        The run.
    titles
        Judge slug → name for people; a slug without one stands for itself.
    others
        Rewards of other runs to be laid over this one's, from :func:`reward_of`; the judges make room.
    others_names
        Their different names, from :func:`names_of`.
    """
    titles, curve = titles or {}, view.curve
    steps = np.asarray(curve.steps, float)
    last = max(
        view.steps,
        curve.steps[-1] if curve.steps else 0,
        2,
        *(int(t.steps[-1]) for t in others if len(t.steps)),
    )
    half = half_life(last)
    evals = [(e.step, e) for e in view.evals]
    seen = np.asarray([step for step, _ in evals], float)

    def trace(key: str, label: str, kind: Kind, values: Sequence[float | None]) -> Trace:
        return _trace(key, label, kind, steps, values, half)

    def points(key: str, label: str, values: Sequence[float | None]) -> Trace:
        return _trace(key, label, "points", seen, values, 0.0)

    own = trace("reward", "reward", "main", curve.reward)
    spread = smoothed(np.asarray(curve.spread, float), steps, half) if len(steps) else _NONE
    at = np.searchsorted(steps, own.steps)
    band = np.nan_to_num(spread[at]) if len(steps) else _NONE
    own = Trace(own.key, own.label, own.kind, own.steps, own.values, own.smooth, band)
    judges = [
        trace(slug, titles.get(slug, slug), "judge", values)
        for slug, values in ({} if others else view.judge_curves).items()
    ]
    # A judge that is the whole panel says what the reward says.
    judges = judges if len(judges) > 1 else []
    unseen = points("unseen", "unseen colours", [e.reward for _, e in evals])
    reward = Panel(
        "reward",
        "Reward",
        1.0,
        ((0.0, "0"), (0.5, "0.5"), (1.0, "1")),
        (*judges, *others, own, unseen),
        empty="The first step's reward comes here.",
    )
    varied = [None if e.effective is None or not e.names else e.effective / len(e.names) for _, e in evals]
    names = Panel(
        "names",
        "Different names",
        1.0,
        ((0.0, "0"), (0.5, "50%"), (1.0, "100%")),
        (
            *others_names,
            trace("distinct", "", "main", curve.distinct),
            points("effective", "effective", varied),
        ),
        percent=True,
    )
    entropy = _scaled("entropy", "Entropy", trace("entropy", "", "main", curve.entropy))
    if any(value is not None for value in curve.kl):
        drift = _scaled("kl", "KL to the base", trace("kl", "", "main", curve.kl))
    else:
        drift = _scaled("grad_norm", "Gradient", trace("grad_norm", "", "main", curve.grad_norm))
    return Sheet(last, steps, reward, (names, entropy, drift))


def reward_of(view: RunView, key: str, label: str) -> Trace:
    """Return a run's reward as a trace to lay over another run's; it has a point at least, or is empty."""
    steps = np.asarray(view.curve.steps, float)
    half = half_life(max(view.steps, 2))
    return _trace(key, label, "other", steps, view.curve.reward, half)


def names_of(view: RunView, key: str) -> Trace:
    """Return a run's share of different names as a trace to lay over another run's."""
    half = half_life(max(view.steps, 2))
    return _trace(key, "", "other", np.asarray(view.curve.steps, float), view.curve.distinct, half)


def half_life(last: int) -> float:
    """Return after how many steps a value counts half: few over a short run, more over a long one."""
    return max(2.0, last / 40)


def drawn(trace: Trace, first: float, last: float, most: int = MOST) -> Drawn:
    """Cut a trace to what is seen, one point beyond either edge included.

    Where more points are seen than ``most``, of the raw ones the lowest and highest of each stretch stay,
    and of the line every so many, the newest always; of single points :data:`DOTS`.
    """
    begin = max(int(np.searchsorted(trace.steps, first)) - 1, 0)
    end = int(np.searchsorted(trace.steps, last, side="right")) + 1
    steps, values, line = trace.steps[begin:end], trace.values[begin:end], trace.smooth[begin:end]
    band = trace.spread[begin:end] if len(trace.spread) else np.zeros(len(steps))
    if trace.kind == "points":
        raw_x, raw_y = _every(steps, DOTS), _every(values, DOTS)
        return Drawn(raw_x, raw_y, raw_x, raw_y, raw_y, raw_y)
    raw_x, raw_y = envelope(steps, values, most)
    x, y, half = _every(steps, most), _every(line, most), _every(band, most)
    return Drawn(raw_x, raw_y, x, y, np.clip(y - half, 0, None), y + half)


def _every(values: Floats, most: int) -> Floats:
    """Return at most so many, evenly apart, the newest among them."""
    every = -(-len(values) // most) or 1
    return values[::-1][::every][::-1]


def envelope(steps: Floats, values: Floats, most: int = MOST) -> tuple[Floats, Floats]:
    """Return the lowest and highest point of each stretch where there are more points than can be seen."""
    every = -(-len(steps) // most)
    if every <= 2:
        return steps, values
    whole = len(steps) // every * every
    low = values[:whole].reshape(-1, every).min(axis=1)
    high = values[:whole].reshape(-1, every).max(axis=1)
    at = np.repeat(steps[:whole:every], 2)
    both = np.stack([low, high], axis=1).ravel()
    return np.concatenate([at, steps[whole:]]), np.concatenate([both, values[whole:]])


def smoothed(values: Floats, steps: Floats, half_life: float) -> Floats:
    """Do what :func:`studio.views.curves.smooth` does, for whole arrays at once.

    Parameters
    ----------
    values
        NaN where a number is absent.
    steps
        Where each value stands; rising.
    half_life
        After how many steps a value counts half; 0 or less returns the values as they are.

    Returns
    -------
    Floats
        NaN until the first number.
    """
    if half_life <= 0 or not len(values):
        return values
    there = ~np.isnan(values)
    known = np.where(there, values, 0.0)
    result = np.empty_like(values)
    total = weight = 0.0
    since = steps[0]
    begin = 0
    while begin < len(steps):
        # Relative to the stretch's beginning a later value weighs more, by up to 2^_SPAN.
        end = int(np.searchsorted(steps, steps[begin] + _SPAN * half_life, side="right"))
        fade = 0.5 ** ((steps[begin] - since) / half_life)
        grown = 2.0 ** ((steps[begin:end] - steps[begin]) / half_life)
        totals = total * fade + np.cumsum(grown * known[begin:end])
        weights = weight * fade + np.cumsum(grown * there[begin:end])
        with np.errstate(invalid="ignore"):
            result[begin:end] = totals / weights
        total, weight, since = totals[-1] / grown[-1], weights[-1] / grown[-1], steps[end - 1]
        begin = end
    return result


def nice_top(highest: float) -> float:
    """Return the round number at which a scale ends: 1, 2, 2.5 or 5 times a power of ten."""
    if not highest > 0:
        return 1.0
    power = 10.0 ** np.floor(np.log10(highest))
    return float(next(f * power for f in (1.0, 2.0, 2.5, 5.0, 10.0) if f * power >= highest * (1 - 1e-9)))


def _trace(
    key: str, label: str, kind: Kind, steps: Floats, values: Sequence[float | None], half: float
) -> Trace:
    raw = np.asarray(values, float) if len(values) else _NONE
    line = smoothed(raw, steps, half)
    there = ~np.isnan(raw)
    return Trace(key, label, kind, steps[there], raw[there], line[there])


def _scaled(key: str, title: str, trace: Trace) -> Panel:
    # A single wild step must not press all others flat: the scale holds all but the highest hundredth.
    high = max(float(np.quantile(trace.values, 0.99)), float(trace.smooth.max())) if len(trace.values) else 0
    top = nice_top(1.05 * high)
    ticks = ((0.0, "0"), (top / 2, f"{top / 2:.3g}"), (top, f"{top:.3g}"))
    return Panel(key, title, top, ticks, (trace,))

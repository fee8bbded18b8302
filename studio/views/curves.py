"""Curves made readable: what a plot draws over the raw points."""

from __future__ import annotations

from collections.abc import Sequence


def smooth(
    values: Sequence[float | None], steps: Sequence[float], half_life: float = 5.0
) -> list[float | None]:
    """Smooth a curve by an exponential moving average, weighted by distance in steps and free of bias.

    A value that lies ``d`` steps back counts ``2^(−d / half_life)``, and the sum is divided by the weights
    there are, so that the first points do not lean toward zero (the bias correction of Adam, 1412.6980,
    carried over to uneven steps).

    Parameters
    ----------
    values
        ``None`` where a number is absent; such a point takes the average before it.
    steps
        Where each value stands; rising.
    half_life
        After how many steps a value counts half; 0 or less returns the values as they are.

    Returns
    -------
    list
        As long as ``values``; ``None`` until the first number.
    """
    if half_life <= 0:
        return list(values)
    result: list[float | None] = []
    total = weight = 0.0
    before = steps[0] if steps else 0.0
    for value, step in zip(values, steps, strict=True):
        decay = 0.5 ** ((step - before) / half_life)
        total, weight, before = total * decay, weight * decay, step
        if value is not None:
            total, weight = total + value, weight + 1.0
        result.append(total / weight if weight else None)
    return result

"""Labels at the ends of lines, moved apart where lines end close together."""

from __future__ import annotations

from collections.abc import Sequence


def spread_apart(wanted: Sequence[float], least: float, low: float, high: float) -> list[float]:
    """Return places near those wanted, at least so far from each other, in the same order.

    Clusters move apart about their middle, and all stay between ``low`` and ``high`` while there is room.

    Parameters
    ----------
    wanted
        Where the labels would stand, in any order.
    least
        The least distance between two.
    """
    order = sorted(range(len(wanted)), key=lambda place: wanted[place])
    # Runs of labels that touch: each is its members, laid out about the mean of what they want.
    clusters: list[list[int]] = []
    for place in order:
        clusters.append([place])
        while len(clusters) > 1 and _low(clusters[-1], wanted, least) < _high(clusters[-2], wanted, least) + (
            least - 1e-9
        ):
            last = clusters.pop()
            clusters[-1] += last
    placed = [0.0] * len(wanted)
    for cluster in clusters:
        height = least * (len(cluster) - 1)
        start = min(max(_low(cluster, wanted, least), low), max(high - height, low))
        for rank, place in enumerate(cluster):
            placed[place] = start + rank * least
    return placed


def _low(cluster: Sequence[int], wanted: Sequence[float], least: float) -> float:
    middle = sum(wanted[place] for place in cluster) / len(cluster)
    return middle - least * (len(cluster) - 1) / 2


def _high(cluster: Sequence[int], wanted: Sequence[float], least: float) -> float:
    return _low(cluster, wanted, least) + least * (len(cluster) - 1)

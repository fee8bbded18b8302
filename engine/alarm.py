"""The collapse alarm: calm, watch or alarm, from evaluations of one grid, with a sentence of evidence.

Pure: the base's evaluation, the one now, and those between go in. A painter is measured against its own
base, since any taste narrows (Poet's names are fewer than a dictionary's) and that is fine. Three things
are asked, and each allows for a grid being small:

*Are names gone?* Effective names, as a share of the base's. The entropy of the names has a standard error
(Basharin 1959: the spread of −log p over √n), and the share is taken at the generous end of it. A painter
that keeps most of its names is left alone; one that cannot keep :data:`KEPT_ALARM` even so sets off the
alarm, which is while somewhat more than half of the names are still there.

*Does one name take over?* Of all colours, or of one family of hues. Fisher's exact test says how likely so
large a share would come by chance if the base's commonest name were as common; there are six families, so
each is asked for six times the proof (Bonferroni). One family that falls to a name is watched; two, or one
name that surely has a quarter of all colours, set off the alarm.

*Do the judges part?* A judge that nothing is trained against scores the same names. Where its reward falls
from its best while the trained reward rises, the judge is pleased and not the taste (Gao et al.,
2210.10760); where it falls below what the base earned, all that was won is lost.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Literal

import msgspec

from engine import collapse
from engine.events import EvalFinished

Level = Literal["calm", "watch", "alarm"]

FAMILIES = ("reds and oranges", "yellows", "greens", "teals", "blues", "purples")
"""Sixths of the OKLCH hue circle, from 0°."""

KEPT_WATCH, KEPT_ALARM = 0.85, 0.75
"""Shares of the base's effective names that a painter must be able to keep, at the end of its error.

Set on two runs: a naive Unhinged, that kept 85% (at most 101%) at step 4, 59% (72%) at step 8, 17% (21%) at
step 12, and the house Poet, that keeps 120%.
"""
DOMINANT = 0.25
"""The share of all colours that one name must surely have for an alarm."""
PROOF = 0.05
"""How improbable a name's share must be by chance to be watched; an alarm takes more than that."""
_Z = 1.645  # one side, 95%
_FEWEST = 8


class Grade(msgspec.Struct, frozen=True):
    """How a training stands; ``evidence`` is one sentence, for ``calm`` too."""

    level: Level
    evidence: str


class Family(msgspec.Struct, frozen=True):
    """One family of hues: how many of its colours have its commonest name, now and by the base."""

    hues: str
    name: str
    count: int
    of: int
    base_count: int
    base_of: int

    @property
    def chance(self) -> float:
        """How probable so large a share would be if the base's were the same; see :func:`by_chance`."""
        return by_chance(self.count, self.of, self.base_count, self.base_of)


def grade(now: EvalFinished, base: EvalFinished, earlier: Sequence[EvalFinished] = ()) -> Grade:
    """Tell how an evaluation stands against the base's.

    Parameters
    ----------
    now, base
        Evaluations of the same grid of colours.
    earlier
        What was found between, in any order; its best held-out reward is what counts.

    Returns
    -------
    Grade
        The worst of what is found, with the most telling evidence for it.
    """
    names, before = _readable(now), _readable(base)
    if len(before) < _FEWEST:
        return Grade("calm", "The base has too few readable names to tell a collapse by.")
    if len(names) * 2 < len(before):
        return Grade(
            "alarm",
            f"Only {len(names)} of {len(now.names)} replies are names; "
            f"the base gave {len(before)} of {len(base.names)}.",
        )
    found = [*_one_name(now, base), *_variety(names, before), *_parted(now, base, earlier)]
    for level in ("alarm", "watch"):
        told = next((one for one in found if one.level == level), None)
        if told is not None:
            return told
    return Grade("calm", _calm(names, before))


def with_kept(now: EvalFinished, base: EvalFinished) -> EvalFinished:
    """Return an evaluation with its effective names as a share of the base's, where it has any."""
    before = collapse.effective_names(_readable(base))
    share = collapse.effective_names(_readable(now)) / before if before else None
    return msgspec.structs.replace(now, kept=share)


def families(now: EvalFinished, base: EvalFinished) -> list[Family]:
    """Return the commonest name of each family of hues beside the base's, by rising hue."""
    before = {one.sector: one for one in _by_family(base)}
    out = []
    for one in _by_family(now):
        was = before.get(one.sector)
        if one.sector is not None and was is not None:
            counts = (round(one.share * one.count), one.count, round(was.share * was.count), was.count)
            out.append(Family(FAMILIES[one.sector], one.name, *counts))
    return out


def by_chance(count: int, of: int, base_count: int, base_of: int) -> float:
    """Return Fisher's exact p, one-sided: that a share at least as large comes from the base's rate.

    Parameters
    ----------
    count, of
        How many of how many colours bear the name now.
    base_count, base_of
        The same of the base and its own commonest name.
    """
    both, total = count + base_count, of + base_of
    ways = sum(math.comb(of, k) * math.comb(base_of, both - k) for k in range(count, min(of, both) + 1))
    return ways / math.comb(total, both)


def at_least(count: int, of: int) -> float:
    """Return the lower end of a share's one-sided 95% interval (Wilson 1927)."""
    share, z2 = count / of, _Z * _Z
    middle, half = share + z2 / (2 * of), _Z * math.sqrt(share * (1 - share) / of + z2 / (4 * of * of))
    return max((middle - half) / (1 + z2 / of), 0.0)


def kept_at_most(names: Sequence[str], before: Sequence[str]) -> float:
    """Return effective names as a share of the base's, at the upper end of its one-sided 95% interval."""
    ratio = collapse.effective_names(names) / collapse.effective_names(before)
    return float(ratio * 2 ** (_Z * math.hypot(_entropy_error(names), _entropy_error(before))))


def _readable(told: EvalFinished) -> list[str]:
    return [name for name in told.names.values() if name]


def _of_colors(told: EvalFinished) -> bool:
    return all(given.startswith("#") for given in told.names)


def _by_family(told: EvalFinished) -> list[collapse.HueShare]:
    """Return the commonest name of each family of hues; none where names are for words."""
    if not _of_colors(told):
        return []
    named = [(color, name) for color, name in told.names.items() if name]
    return collapse.shares_by_hue([c for c, _ in named], [n for _, n in named], sectors=len(FAMILIES))


def _one_name(now: EvalFinished, base: EvalFinished) -> list[Grade]:
    """Return what is to be said of names that take over, the least probable by chance first."""
    names, before = _readable(now), _readable(base)
    (name, share), (_, base_share) = collapse.top_share(names), collapse.top_share(before)
    count, base_count = round(share * len(names)), round(base_share * len(before))
    found: list[tuple[float, Grade]] = []
    chance = by_chance(count, len(names), base_count, len(before))
    if chance < PROOF:
        sure = at_least(count, len(names)) >= DOMINANT
        every = "colours" if _of_colors(now) else "inputs"
        said = (
            f"“{name}” now names {share:.0%} of all {every}; the base's commonest name has {base_share:.0%}."
        )
        found.append((chance, Grade("alarm" if sure else "watch", said)))
    taken = [one for one in families(now, base) if one.chance < PROOF / len(FAMILIES)]
    if taken:
        worst = min(taken, key=lambda one: one.chance)
        said = (
            f"“{worst.name}” now names {worst.count / worst.of:.0%} of the {worst.hues}; "
            f"the base's commonest name for them has {worst.base_count / worst.base_of:.0%}."
        )
        # Two families that fell to one name each are no corner any more.
        found.append((worst.chance, Grade("alarm" if len(taken) > 1 else "watch", said)))
    return [one for _, one in sorted(found, key=lambda pair: pair[0])]


def _variety(names: Sequence[str], before: Sequence[str]) -> list[Grade]:
    bound = kept_at_most(names, before)
    if bound >= KEPT_WATCH:
        return []
    now, was = collapse.effective_names(names), collapse.effective_names(before)
    return [
        Grade(
            "alarm" if bound < KEPT_ALARM else "watch",
            f"{len(names)} names are as varied as {now:.0f} equally common ones, "
            f"{now / was:.0%} of the base's {was:.0f}.",
        )
    ]


def _parted(now: EvalFinished, base: EvalFinished, earlier: Sequence[EvalFinished]) -> list[Grade]:
    """Return whether the held-out reward fell while the trained one rose."""
    told = [one for one in (base, *earlier) if one.step < now.step and one.held_out is not None]
    if now.held_out is None or now.reward is None or not told:
        return []
    best = max(told, key=lambda one: one.held_out or 0.0)
    if best.held_out is None or best.reward is None or now.reward <= best.reward:
        return []
    if best.held_out - now.held_out <= _Z * math.hypot(now.held_out_error, best.held_out_error):
        return []
    lost = (
        base.held_out is not None
        and base.reward is not None
        and now.reward > base.reward
        and base.held_out - now.held_out > _Z * math.hypot(now.held_out_error, base.held_out_error)
    )
    since = f"step {best.step}" if best.step else "the beginning"
    return [
        Grade(
            "alarm" if lost else "watch",
            f"Since {since} the trained reward rose from {best.reward:.2f} to {now.reward:.2f} while the "
            f"held-out one fell from {best.held_out:.2f} to {now.held_out:.2f}: what it learns is to please "
            "this judge.",
        )
    ]


def _calm(names: Sequence[str], before: Sequence[str]) -> str:
    now, was = collapse.effective_names(names), collapse.effective_names(before)
    return f"{len(names)} names are as varied as {now:.0f} equally common ones; the base's are as {was:.0f}."


def _entropy_error(names: Sequence[str]) -> float:
    """Return the standard error of the names' entropy in bits."""
    shares = [n / len(names) for n in Counter(map(collapse.key, names)).values()]
    mean = -math.fsum(share * math.log2(share) for share in shares)
    second = math.fsum(share * math.log2(share) ** 2 for share in shares)
    return math.sqrt(max(second - mean * mean, 0.0) / len(names))

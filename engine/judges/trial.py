"""What came of trying a model on labelled names, and what that means, in sentences. Light.

A judge by a model that cannot judge is noise, and a painter trained on noise learns nothing. So a model is
tried once, on names that ship with the app, by contrast and by rating, before anyone trains on it.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

# Of pairs told apart, where a coin gets half: below the first a judge is noise, as likely as not.
NEAR_CHANCE = 0.7
# As good, as far as so few names can tell.
_ALIKE = 0.02


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """How many pairs a model told apart, 0..1; half is chance. None where it was not tried.

    Attributes
    ----------
    model
        What it is called.
    contrast, rating
        The share of (liked, plain) pairs in which the liked name scored higher (the area under the ROC
        curve), averaged over the tastes that it was tried on.
    describes
        The share of known names that it said yes to sooner for their own colour than for another's.
    """

    model: str
    contrast: float | None = None
    rating: float | None = None
    describes: float | None = None

    @property
    def recommended(self) -> str:
        """The better kind of taste for this model, contrast if they are alike; empty if not tried."""
        if self.contrast is None or self.rating is None:
            return ""
        return "rating" if self.rating > self.contrast + _ALIKE else "contrast"


class Advice(msgspec.Struct, frozen=True):
    """What a trial means for a judge.

    Attributes
    ----------
    sound
        Whether one may train on a judge of this kind by this model.
    recommended
        The kind to use instead; empty if there is none better.
    sentence
        For people.
    """

    sound: bool
    recommended: str
    sentence: str


def told_apart(liked: Sequence[float], plain: Sequence[float]) -> float:
    """Return the share of pairs in which the liked one is higher; a tie counts half (Mann and Whitney)."""
    high, low = np.asarray(liked)[:, None], np.asarray(plain)[None, :]
    return float(np.mean((high > low) + 0.5 * (high == low)))


def advice(trial: Trial, kind: str) -> Advice:
    """Say what a trial means for a judge of a kind: ``contrast``, ``rating`` or ``describes``."""
    share: float | None = getattr(trial, kind)
    if share is None:
        return Advice(True, "", f"{trial.model} was not tried on this.")
    sound = share >= NEAR_CHANCE
    found = f"{trial.model} {_FOUND[kind].format(share=f'{share:.0%}')}"
    if kind == "describes":
        hint = "use correctness or the listener instead"
        return Advice(sound, "" if sound else "correctness", _sentence(found, sound, "" if sound else hint))
    better = "rating" if kind == "contrast" else "contrast"
    other: float | None = getattr(trial, better)
    if other is None or other <= share + _ALIKE:
        return Advice(sound, "", _sentence(found, sound, ""))
    return Advice(sound, better, _sentence(found, sound, f"by {better} it does in {other:.0%}, so use that"))


_FOUND = {
    "contrast": "tells a liked name from a plain one in {share} of pairs by contrast",
    "rating": "tells a liked name from a plain one in {share} of pairs by rating",
    "describes": "says yes sooner for a name's own colour than for another in {share} of pairs",
}


def _sentence(found: str, sound: bool, hint: str) -> str:
    chance = "" if sound else ", and a coin would in 50%: a painter would learn noise"
    return f"{found}{chance}{f'; {hint}' if hint else ''}."

"""Trying a model on labelled names, once: whether it can judge, and by which kind of judge.

The names ship with the app (``resources/labelled.toml``); they are none of any judge's examples. A model
is put the same question as by a judge, without calibration: only the order of names counts.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import msgspec
import numpy as np

from engine import places
from engine.durable import write_whole
from engine.judges.contrast import ContrastJudge
from engine.judges.describes import DescribesJudge
from engine.judges.rating import RatingJudge
from engine.judges.spec import Contrast, Describes, Rating
from engine.judges.trial import Trial, told_apart
from engine.lexicon import Lexicon
from engine.lm.judge_model import JudgeModel
from engine.outside import UNSOUND

VERSION = 1
PAIRS = 48
_AT_ONCE = 16
Progress = Callable[[str, float | None], None]
Names = Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]


class Labelled(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A taste as a judge has it, and names that it should like (``yes``) and not (``no``)."""

    asks: str
    liked: Names
    plain: Names
    yes: Names
    no: Names


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    taste: tuple[Labelled, ...]


def labelled() -> tuple[Labelled, ...]:
    """Return the labelled names that ship with the app."""
    text = (places.resources() / "labelled.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), _File).taste


def try_tastes(model: JudgeModel, progress: Progress) -> tuple[float, float]:
    """Return the share of labelled pairs told apart by contrast and by rating, averaged over the tastes."""
    tastes = labelled()
    shares: list[tuple[float, float]] = []
    for number, taste in enumerate(tastes):
        progress(f"Trying {model.title} on labelled names", number / len(tastes))
        contrast = ContrastJudge(
            Contrast(name="-", asks=taste.asks, liked=taste.liked, plain=taste.plain), model
        )
        rating = RatingJudge(Rating(name="-", asks=taste.asks), model)
        names = [*taste.yes, *taste.no]
        first, second = (_apart(judge.raw(names), len(taste.yes)) for judge in (contrast, rating))
        shares.append((first, second))
    by_contrast, by_rating = np.mean(shares, axis=0)
    return float(by_contrast), float(by_rating)


def _apart(raw: Sequence[float], liked: int) -> float:
    # What was not answered counts as the lowest mark.
    sure = [value if np.isfinite(value) else -np.inf for value in raw]
    return told_apart(sure[:liked], sure[liked:])


def try_describing(model: JudgeModel, lexicon: Lexicon, progress: Progress) -> float:
    """Return how often a known name fits its own colour better than another's, by what the model says."""
    known = lexicon.reference(PAIRS, seed=1)
    judge = DescribesJudge(Describes(name="-"), model)
    own, other = [], []
    for start in range(0, PAIRS, _AT_ONCE):
        progress(f"Trying {model.title} on known names", start / PAIRS)
        part = range(start, min(start + _AT_ONCE, PAIRS))
        own += judge.raw([(known[i][1], known[i][0]) for i in part])
        # The same names with the next one's colour: so no name wins by being liked.
        other += judge.raw([(known[(i + 1) % PAIRS][1], known[i][0]) for i in part])
    wins = [(a > b) + 0.5 * (a == b) for a, b in zip(own, other, strict=True)]
    return float(np.mean(wins))


def trial(
    model: JudgeModel, kind: str, lexicon: Lexicon, folder: Path, progress: Progress = lambda note, done: None
) -> Trial:
    """Try a model for a kind of judge, or return what came of it before.

    Parameters
    ----------
    model
        Who would judge.
    kind
        ``describes``, or a taste: then contrast and rating are both tried.
    lexicon
        The known names.
    folder
        Where trials are kept.
    progress
        Told how it goes; what it raises ends the trial.
    """
    what = "describes" if kind == "describes" else "tastes"
    names = (places.resources() / "labelled.toml").read_bytes()
    key = msgspec.json.encode([VERSION, what, model.fingerprint, hashlib.sha256(names).hexdigest()])
    path = folder / f"trial-{hashlib.sha256(key).hexdigest()[:24]}.json"
    try:
        return msgspec.json.decode(path.read_bytes(), type=Trial)
    except (OSError, *UNSOUND):
        pass  # it was not tried yet
    if what == "describes":
        found = Trial(model=model.title, describes=try_describing(model, lexicon, progress))
    else:
        contrast, rating = try_tastes(model, progress)
        found = Trial(model=model.title, contrast=contrast, rating=rating)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(path, msgspec.json.encode(found))
    except OSError:
        pass  # a cache that cannot be written costs a minute at the next trial, nothing else
    return found

"""The preference judge: a taste fitted from the person's own picks (the essay's RLHF, its reward model).

A name is where the base's hidden states put it; the picks say which direction is better
(:mod:`engine.judges.preference_fit`). The base is pristine, adapters off, so that the judge does not move
while a painter learns to please it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.durable import write_whole
from engine.judges import calibration
from engine.judges import preference_fit as fits
from engine.judges.base import Verdict
from engine.judges.spec import FEWEST_PICKS, JudgeError, Pick, Preference
from engine.lexicon import Lexicon
from engine.lm.embedding import FRAMING, embed_names
from engine.lm.load import LoadedBase
from engine.models import fingerprint

VERSION = 1
SAMPLE = 512
REMEMBERED = 20_000

_Array = NDArray[Any]


class NameSpace:
    """Where a base puts names.

    Parameters
    ----------
    base
        Whose pristine weights are read.
    lexicon
        Whose reference sample the space is made of.
    folder
        Where the sample's vectors are kept.
    """

    def __init__(self, base: LoadedBase, lexicon: Lexicon, folder: Path) -> None:
        self._base = base
        names = [name for name, _ in lexicon.reference(SAMPLE)]
        vectors = self._sample(names, folder)
        self._space = fits.Space.of(vectors)
        self.reference: NDArray[np.float64] = self._space.place(vectors)
        self._known = dict(zip(names, self.reference, strict=True))

    def place(self, names: Sequence[str]) -> NDArray[np.float64]:
        """Return where names lie, shape (n, k); none of them may be empty."""
        new = [name for name in dict.fromkeys(names) if name not in self._known]
        if len(self._known) + len(new) > REMEMBERED:
            self._known.clear()
            new = list(dict.fromkeys(names))
        if new:
            found = embed_names(self._base.raw, self._base.tokenizer, new)
            self._known.update(zip(new, self._space.place(found), strict=True))
        if not names:
            return np.zeros((0, self.reference.shape[1]))
        return np.stack([self._known[name] for name in names])

    def differences(self, picks: Sequence[Pick]) -> NDArray[np.float64]:
        """Return where the better name lies minus where the worse one does, shape (picks, k)."""
        return self.place([pick.better for pick in picks]) - self.place([pick.worse for pick in picks])

    def _sample(self, names: list[str], folder: Path) -> _Array:
        base = self._base
        facts = [VERSION, FRAMING, fingerprint(base.base), str(base.dtype), *names]
        digest = hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:24]
        path = folder / f"names-{digest}.npy"
        try:
            vectors: _Array = np.load(path, allow_pickle=False)
            if vectors.shape[0] == len(names) and np.isfinite(vectors).all():
                return vectors
        except (OSError, ValueError, EOFError):
            pass  # not made yet, or damaged: made again
        vectors = embed_names(base.raw, base.tokenizer, names)
        file = BytesIO()
        np.save(file, vectors, allow_pickle=False)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            write_whole(path, file.getvalue())
        except OSError:
            # A cache that cannot be written costs some seconds at the next start, nothing else.
            pass
        return vectors


class PreferenceJudge:
    """Scores names by a :class:`engine.judges.spec.Preference`.

    Parameters
    ----------
    spec
        The judge as data.
    space
        Where names lie.

    Raises
    ------
    JudgeError
        If there are too few picks to tell a taste from.
    """

    def __init__(self, spec: Preference, space: NameSpace) -> None:
        if len(spec.picks) < FEWEST_PICKS:
            raise JudgeError(
                f"{spec.name} has {len(spec.picks)} picks and needs {FEWEST_PICKS}: go on with "
                "“painter-studio judges pick”.",
                "picks",
            )
        self.spec = spec
        self._space = space
        self._weights = fits.fit(space.differences(spec.picks)).weights
        known = space.reference @ self._weights
        self._known = np.sort(known)
        self._calibration = calibration.fit(known.tolist())

    def score(self, pairs: Sequence[tuple[str, str]]) -> list[Verdict]:
        """See :class:`engine.judges.base.Judge`; the colour plays no part."""
        named = [name for _, name in pairs if name.strip()]
        raw = iter((self._space.place(named) @ self._weights).tolist())
        return [
            self._verdict(next(raw)) if name.strip() else Verdict(0.0, "There is no name.")
            for _, name in pairs
        ]

    def _verdict(self, raw: float) -> Verdict:
        if not np.isfinite(raw):
            return Verdict(None, "The model gave no number for this name.")
        share = float(np.searchsorted(self._known, raw)) / len(self._known)
        return Verdict(self._calibration(raw), f"you would prefer it to {share:.0%} of known names")

"""From a judge as data to a judge that scores: the one place that knows every kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TypeVar
from weakref import WeakValueDictionary

import msgspec
import torch

from engine.judges.base import Judge
from engine.judges.calibration import SAMPLE, SLOW_SAMPLE, calibrate
from engine.judges.contrast import ContrastJudge
from engine.judges.correctness import CorrectnessJudge
from engine.judges.describes import DescribesJudge
from engine.judges.endpoint import Endpoint
from engine.judges.form import FormJudge
from engine.judges.keys import find_key
from engine.judges.listener import ListenerJudge
from engine.judges.measure import trial
from engine.judges.preference import NameSpace, PreferenceJudge
from engine.judges.rating import RatingJudge
from engine.judges.remote import SAMPLE as REMOTE_SAMPLE
from engine.judges.remote import RemoteJudge
from engine.judges.spec import (
    Contrast,
    Correctness,
    Describes,
    JudgeError,
    JudgeSpec,
    Listener,
    Preference,
    Rating,
    Remote,
    kind_of,
    model_path,
)
from engine.judges.trial import Trial
from engine.lexicon import Lexicon
from engine.lm.judge_model import JudgeModel, TorchModel
from engine.lm.llama import LlamaError, LlamaModel
from engine.lm.load import LoadedBase
from engine.models import fingerprint

Progress = Callable[[str, float | None], None]
PART = 64

_Asked = TypeVar("_Asked", str, tuple[str, str])


class JudgeBuilder:
    """Makes judges on one loaded base; equal specs share one judge and what it remembers.

    Parameters
    ----------
    base
        Whose pristine weights judges read that name no model of their own.
    lexicon
        The known names.
    calibrations
        The folder where calibrations are kept.
    """

    def __init__(self, base: LoadedBase, lexicon: Lexicon, calibrations: Path, keep: int = 8) -> None:
        self._base, self._lexicon, self._folder, self._keep = base, lexicon, calibrations, keep
        self._built: dict[bytes, Judge] = {}
        self._own = TorchModel(
            base.raw, base.tokenizer, base.base.title, f"{fingerprint(base.base)} {base.dtype}"
        )
        # A GGUF stays open as long as a judge asks it.
        self._open: WeakValueDictionary[tuple[str, int], LlamaModel] = WeakValueDictionary()

    @property
    def lexicon(self) -> Lexicon:
        """The known names."""
        return self._lexicon

    @cached_property
    def space(self) -> NameSpace:
        """Where the base puts names."""
        return NameSpace(self._base, self._lexicon, self._folder)

    def build(self, spec: JudgeSpec, progress: Progress = lambda note, done: None) -> Judge:
        """Return a judge for ``spec``, ready to score.

        Parameters
        ----------
        progress
            Told how opening and calibrating go, which takes a minute where the model is large. What it
            raises ends the building.

        Raises
        ------
        JudgeError
            If the judge's model cannot be had.
        """
        key = msgspec.json.encode(spec)
        if key not in self._built:
            judge = self._make(spec, progress)
            if len(self._built) >= self._keep:
                # An editor sends a new spec at every keystroke; the oldest are forgotten.
                self._built.pop(next(iter(self._built)))
            self._built[key] = judge
        return self._built[key]

    def model(self, path: str, progress: Progress = lambda note, done: None) -> JudgeModel:
        """Return the model that a judge names: the GGUF at ``path``, or the base itself if it is empty.

        Raises
        ------
        JudgeError
            If it cannot be had.
        """
        if not path:
            return self._own
        file = model_path(path)
        key = (str(file), file.stat().st_mtime_ns if file.is_file() else 0)
        model = self._open.get(key)
        if model is None:
            progress(f"Opening {file.name}", None)
            try:
                model = LlamaModel(file, torch.get_num_threads())
            except LlamaError as error:
                raise JudgeError(str(error), "model") from error
            self._open[key] = model
        return model

    def trial(self, spec: JudgeSpec, progress: Progress = lambda note, done: None) -> Trial:
        """Try a judge's model on labelled names; see :func:`engine.judges.measure.trial`.

        Raises
        ------
        JudgeError
            If the judge asks no model, or it cannot be had.
        """
        if not isinstance(spec, Contrast | Rating | Describes):
            raise JudgeError("This judge asks no model, so there is none to try.")
        model = self.model(spec.model, progress)
        return trial(model, kind_of(spec), self._lexicon, self._folder, progress)

    def _make(self, spec: JudgeSpec, progress: Progress) -> Judge:
        if isinstance(spec, Correctness):
            return CorrectnessJudge(spec, self._lexicon)
        if isinstance(spec, Listener):
            return ListenerJudge(spec, self._base)
        if isinstance(spec, Preference):
            return PreferenceJudge(spec, self.space)
        if isinstance(spec, Remote):
            return self._remote(spec)
        if isinstance(spec, Contrast | Rating | Describes):
            return self._asking(spec, progress)
        return FormJudge(spec, self._lexicon)

    def _asking(self, spec: Contrast | Rating | Describes, progress: Progress) -> Judge:
        model = self.model(spec.model, progress)
        reference = self._lexicon.reference(SLOW_SAMPLE if spec.model else SAMPLE)
        names = [name for name, _ in reference]
        # What it is called and where its model lies changes no score.
        content = msgspec.json.encode(msgspec.structs.replace(spec, name="-", about="", model="")).decode()
        key, note = [content, model.fingerprint], f"Calibrating {spec.name}"
        if isinstance(spec, Describes):
            # Each name with the next one's colour: that is what chance looks like.
            colors = [color for _, color in reference]
            pairs = list(zip([*colors[1:], colors[0]], names, strict=True))
            guard = DescribesJudge(spec, model)
            guard.calibration = calibrate(key, _in_parts(guard.raw, note, progress), pairs, self._folder)
            return guard
        taste = ContrastJudge(spec, model) if isinstance(spec, Contrast) else RatingJudge(spec, model)
        taste.calibration = calibrate(key, _in_parts(taste.raw, note, progress), names, self._folder)
        return taste

    def _remote(self, spec: Remote) -> RemoteJudge:
        endpoint = Endpoint(
            spec.url,
            find_key(spec),
            timeout=spec.timeout,
            retries=spec.retries,
            concurrency=spec.concurrency,
            budget=spec.budget,
        )
        return RemoteJudge(spec, endpoint, self._lexicon.reference(REMOTE_SAMPLE), self._folder)


def _in_parts(
    raw: Callable[[Sequence[_Asked]], list[float]], note: str, progress: Progress
) -> Callable[[Sequence[_Asked]], list[float]]:
    """Score a sample part by part, so that it can be told how far it is, and be called off."""

    def score(sample: Sequence[_Asked]) -> list[float]:
        found: list[float] = []
        for start in range(0, len(sample), PART):
            progress(note, start / len(sample))
            found += raw(sample[start : start + PART])
        return found

    return score

"""From a judge as data to a judge that scores: the one place that knows every kind."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

import msgspec

from engine.judges.base import Judge
from engine.judges.calibration import SAMPLE, calibrate
from engine.judges.contrast import ContrastJudge
from engine.judges.correctness import CorrectnessJudge
from engine.judges.endpoint import Endpoint
from engine.judges.form import FormJudge
from engine.judges.keys import find_key
from engine.judges.listener import ListenerJudge
from engine.judges.preference import NameSpace, PreferenceJudge
from engine.judges.remote import SAMPLE as REMOTE_SAMPLE
from engine.judges.remote import RemoteJudge
from engine.judges.spec import Contrast, Correctness, JudgeSpec, Listener, Preference, Remote
from engine.lexicon import Lexicon
from engine.lm.load import LoadedBase
from engine.models import fingerprint


class JudgeBuilder:
    """Makes judges on one loaded base; equal specs share one judge and what it remembers.

    Parameters
    ----------
    base
        Whose pristine weights contrast judges read.
    lexicon
        The known names.
    calibrations
        The folder where calibrations are kept.
    """

    def __init__(self, base: LoadedBase, lexicon: Lexicon, calibrations: Path, keep: int = 8) -> None:
        self._base, self._lexicon, self._folder, self._keep = base, lexicon, calibrations, keep
        self._built: dict[bytes, Judge] = {}

    @property
    def lexicon(self) -> Lexicon:
        """The known names."""
        return self._lexicon

    @cached_property
    def space(self) -> NameSpace:
        """Where the base puts names."""
        return NameSpace(self._base, self._lexicon, self._folder)

    def build(self, spec: JudgeSpec) -> Judge:
        """Return a judge for ``spec``, ready to score."""
        key = msgspec.json.encode(spec)
        if key not in self._built:
            if len(self._built) >= self._keep:
                # An editor sends a new spec at every keystroke; the oldest are forgotten.
                self._built.pop(next(iter(self._built)))
            self._built[key] = self._make(spec)
        return self._built[key]

    def _make(self, spec: JudgeSpec) -> Judge:
        if isinstance(spec, Contrast):
            judge = ContrastJudge(spec, self._base.raw, self._base.tokenizer)
            content = msgspec.structs.replace(spec, name="-", about="")
            judge.calibration = calibrate(
                [msgspec.json.encode(content).decode(), fingerprint(self._base.base), str(self._base.dtype)],
                judge.raw,
                [name for name, _ in self._lexicon.reference(SAMPLE)],
                self._folder,
            )
            return judge
        if isinstance(spec, Correctness):
            return CorrectnessJudge(spec, self._lexicon)
        if isinstance(spec, Listener):
            return ListenerJudge(spec, self._base)
        if isinstance(spec, Preference):
            return PreferenceJudge(spec, self.space)
        if isinstance(spec, Remote):
            return self._remote(spec)
        return FormJudge(spec, self._lexicon)

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

"""Tries to cheat a judge with one name for all colours, before any training does.

What the numbers mean is decided in :mod:`engine.judges.hacking`.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import chain, zip_longest
from pathlib import Path

import numpy as np

from engine.judges.base import Judge
from engine.judges.build import JudgeBuilder, Progress
from engine.judges.hacking import (
    Effort,
    Hacking,
    OneName,
    Source,
    climb,
    conclude,
    distinct,
    effort,
    examples,
    lexicon_words,
    looks_at_color,
)
from engine.lm.load import LoadedBase, copy_linears, merge_adapter
from engine.palette import held_out_colors
from engine.service.liking import readable
from engine.service.protocol import Hack, PainterRef

COLORS = 32
EACH = 4
PART = 256
# Of what a search may cost, the shares of known names and of what is said; the rest is climbed.
_KNOWN, _SAID = 0.4, 0.2


class Hacker:
    """Looks for one name that earns more for every colour than the base's own names do for theirs.

    Parameters
    ----------
    base
        Its greedy names are the yardstick, painters apart.
    builder
        Makes judges on it.
    """

    def __init__(self, base: LoadedBase, builder: JudgeBuilder) -> None:
        self._base, self._builder = base, builder
        self._greedy: list[list[str]] = []

    def hack(self, request: Hack, progress: Progress) -> tuple[Hacking, dict[str, float]]:
        """Judge the person's names, and look for better ones if that is asked for.

        Parameters
        ----------
        progress
            Told what goes on and the share that is done. What it raises ends the work.

        Returns
        -------
        tuple of Hacking and dict
            With the seconds that each part took.
        """
        seconds: dict[str, float] = {}
        mark = time.monotonic()

        def took(part: str) -> None:
            nonlocal mark
            now = time.monotonic()
            seconds[part] = now - mark
            mark = now

        spec = request.judge
        judge, may, by_color = self._builder.build(spec, progress), effort(spec), looks_at_color(spec)
        took("calibrating")
        progress("Asking the base for its names", 0.0)
        own = self._own_scores(judge, may.colors)
        scored = [score for score in own if score is not None]
        yardstick = sum(scored) / len(scored) if scored else None
        took("the base’s own names")
        table = _Table(judge, own, progress, by_color=by_color)
        table.judge(request.names, "yours")
        found: tuple[OneName, ...] = ()
        if request.search:
            self._search(request, table, may)
            found = distinct((one for one in table.met.values() if one.source != "yours"), examples(spec))
        took("judging names")
        tried = [table.met[name] for name in dict.fromkeys(request.names) if name in table.met]
        return conclude(yardstick, tried, found, table.asked, may, by_color=by_color), seconds

    def _own_scores(self, judge: Judge, count: int) -> list[float | None]:
        """Return the scores of the base's greedy names, each for its colour; ``None`` where there is none."""
        colors = held_out_colors(COLORS)
        if not self._greedy:
            self._greedy = readable(self._base, self._base.primed, colors, 1, 0.0, 0)
        pairs = [
            (color, names[0]) for color, names in zip(colors[:count], self._greedy, strict=False) if names
        ]
        scores = {color: one.score for (color, _), one in zip(pairs, judge.score(pairs), strict=True)}
        return [scores.get(color) for color in colors[:count]]

    def _search(self, request: Hack, table: _Table, may: Effort) -> None:
        known, said = int(may.names * _KNOWN), int(may.names * _SAID)
        table.total = may.names
        table.judge([name for name, _ in self._builder.lexicon.reference(known, request.seed + 1)], "known")
        base = self._said(None, request.seed)
        painter = self._said(request.painter, request.seed) if request.painter is not None else []
        # In turn, so that each has its share of what is judged.
        names = list(dict.fromkeys(name for pair in zip_longest(base, painter) for name in pair if name))
        ours = set(painter) - set(base)
        table.judge([name for name in names[:said] if name not in ours], "base")
        table.judge([name for name in names[:said] if name in ours], "painter")
        climb(
            {name: one.score for name, one in table.met.items()},
            lambda names: table.judge(names, "climb"),
            lexicon_words(self._builder.lexicon),
            may.names - known - said,
            np.random.default_rng([request.seed, 0x4AC8]),
        )

    def _said(self, painter: PainterRef | None, seed: int) -> list[str]:
        """Return what the base, or a painter, says to the colours: greedy names first, then sampled ones."""
        colors = held_out_colors(COLORS)
        model, greedy = self._base.primed, self._greedy
        if painter is not None and painter.folder:
            model = copy_linears(self._base.primed)
            merge_adapter(model, Path(painter.folder), source=self._base.primed)
            greedy = readable(self._base, model, colors, 1, 0.0, seed)
        sampled = readable(self._base, model, colors, EACH, 1.0, seed)
        return list(dict.fromkeys(chain.from_iterable((*greedy, *sampled))))


class _Table:
    """Judges names for all colours, a part at a time, and keeps what came of each."""

    def __init__(
        self, judge: Judge, own: Sequence[float | None], progress: Progress, *, by_color: bool
    ) -> None:
        self.met: dict[str, OneName] = {}
        self.asked = 0
        self.total = 0
        self._judge, self._own, self._progress = judge, own, progress
        # A judge that looks at the name alone says the same for every colour.
        self._colors = held_out_colors(len(own))[: len(own) if by_color else 1]

    def judge(self, names: Sequence[str], source: Source) -> list[float | None]:
        """Return the mean score of each name over the colours; ``None`` where the judge failed on all."""
        new = [name for name in dict.fromkeys(names) if name not in self.met]
        part = max(1, PART // len(self._colors))
        for start in range(0, len(new), part):
            share = min(self.asked / self.total, 1.0) if self.total else None
            self._progress("Looking for one name for all colours", share)
            self._judge_part(new[start : start + part], source)
        return [self.met[name].score if name in self.met else None for name in names]

    def _judge_part(self, names: Sequence[str], source: Source) -> None:
        verdicts = self._judge.score([(color, name) for name in names for color in self._colors])
        self.asked += len(names)
        for place, name in enumerate(names):
            row = [one.score for one in verdicts[place * len(self._colors) : (place + 1) * len(self._colors)]]
            scores = [score for score in row if score is not None]
            if not scores:
                continue
            everywhere = row if len(row) == len(self._own) else row * len(self._own)
            wins = [
                score > own
                for score, own in zip(everywhere, self._own, strict=True)
                if score is not None and own is not None
            ]
            self.met[name] = OneName(
                name=name,
                score=sum(scores) / len(scores),
                beats=sum(wins) / len(wins) if wins else 0.0,
                source=source,
            )

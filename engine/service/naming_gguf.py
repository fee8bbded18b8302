"""Names by painters that are GGUF files, told as ``engine.service.naming`` tells them; without torch."""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from engine.lm.gguf_painter import LORA, MODEL, GgufPainter, Written
from engine.service.choices import choices
from engine.service.protocol import Choice, Guess, PainterRef, TokenChance

KEPT = 2
"""So many models are held in memory: each may be as large as the base."""
REMEMBERED = 4096


class GgufNaming:
    """Names colours by GGUFs, the last few of which are kept open."""

    def __init__(self) -> None:
        self._open: OrderedDict[tuple[str, int], GgufPainter] = OrderedDict()
        self._greedy: OrderedDict[tuple[str, tuple[str, int]], Written] = OrderedDict()

    def name(
        self, color: str, painter: PainterRef, samples: int, seed: int, halt: Callable[[], None]
    ) -> tuple[Choice, ...]:
        """Return a painter's names of a colour: the greedy one first, then sampled ones by likelihood.

        Raises
        ------
        LlamaError
            If llama.cpp is not here, or cannot open the painter.
        """
        halt()
        model, first = self._painter(painter), self._first(color, painter, halt)
        drawn = model.write(color, samples, 1.0, seed, halt) if samples else []
        return choices([first, *drawn], model.read)

    def name_all(
        self, colors: Sequence[str], painter: PainterRef, halt: Callable[[], None]
    ) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Name many colours greedily, one after the other; yields as ``Naming.name_all`` does."""
        model = self._painter(painter)
        for place, color in enumerate(colors):
            said = model.read(self._first(color, painter, halt).tokens)
            yield place, ("" if said.unreadable else said.name,)

    def explain(
        self, color: str, name: str, painter: PainterRef, best: int, base: Sequence[TokenChance]
    ) -> tuple[TokenChance, ...]:
        """Return how likely a painter and the base are to say a name, token by token.

        Parameters
        ----------
        base
            What the base says of its own tokens of this name.

        Raises
        ------
        ValueError
            If the two cut the name into different tokens, so that they cannot be compared.
        """
        model = self._painter(painter)
        tokens = model.name_tokens(name)
        texts = [model.adds(tokens[:place], token) for place, token in enumerate(tokens)]
        if texts != [one.text for one in base]:
            raise ValueError(
                f"“{painter.slug}” cuts names into other tokens than the base, so the two cannot be laid "
                "side by side."
            )
        told = []
        found = model.chances(color, tokens, best)
        for place, (text, theirs, (chance, likeliest)) in enumerate(zip(texts, base, found, strict=True)):
            own = tuple(Guess(model.adds(tokens[:place], token), p) for token, p in likeliest)
            told.append(
                TokenChance(
                    text=text,
                    painter=chance,
                    base=theirs.base,
                    painter_best=own,
                    base_best=theirs.base_best,
                )
            )
        return tuple(told)

    def _first(self, color: str, painter: PainterRef, halt: Callable[[], None]) -> Written:
        key = (color, _key(painter))
        if key not in self._greedy:
            self._greedy[key] = self._painter(painter).write(color, 1, 0.0, 0, halt)[0]
            if len(self._greedy) > REMEMBERED:
                self._greedy.popitem(last=False)
        return self._greedy[key]

    def _painter(self, ref: PainterRef) -> GgufPainter:
        key = _key(ref)
        if key not in self._open:
            # Its memory is given back with the last that speaks of it.
            while len(self._open) >= KEPT:
                self._open.popitem(last=False)
            self._open[key] = GgufPainter(Path(ref.folder), os.cpu_count() or 1)
        self._open.move_to_end(key)
        return self._open[key]


def _key(ref: PainterRef) -> tuple[str, int]:
    """Return what tells one painter from another: its folder, and when its weights were written."""
    files = [path for name in (MODEL, LORA) if (path := Path(ref.folder) / name).is_file()]
    return ref.folder, max((path.stat().st_mtime_ns for path in files), default=0)

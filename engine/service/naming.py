"""Names by many painters on one base, as soon as can be: what the service does all day.

Three things make it quick. All painters share the base's products (``engine.lm.lora.Painters``). What every
prompt begins with is computed once a painter and kept. And a greedy name, once said, is remembered: the
alternatives that are asked for next, and colours that a person comes back to, need it again.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import torch

from engine.lm.gguf_painter import is_gguf
from engine.lm.load import LoadedBase, fitting_adapter, lora_targets
from engine.lm.lora import Adapter, Painters
from engine.lm.product import logits
from engine.lm.sampling import Sampled, Sampler
from engine.lm.scoring import body_and_head, run_body, trunk_keys
from engine.lm.tree import KeyValues, Tree, common_prefix
from engine.service.choices import choices
from engine.service.naming_gguf import GgufNaming
from engine.service.protocol import Choice, Guess, PainterRef, TokenChance

LONGEST = 16
KEPT = 16
SETS = 6
REMEMBERED = 4096
TOGETHER = 24
"""So many colours of a long list are named at once: enough to share the pass through the weights, few enough
to be told and to be stopped within a second or two."""
BEST = 3
# Colours whose prompts agree in nothing but what all prompts agree in.
_UNLIKE = ("#000000", "#ffffff", "#d48475", "#3b6ea5", "#9acd32", "#87878b")

Key = tuple[str, int]
_K = TypeVar("_K", bound=Hashable)
_V = TypeVar("_V")


class _Recent(OrderedDict[_K, _V]):
    """Keeps what was used last, up to a number of entries."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def fetch(self, key: _K, make: Callable[[], _V]) -> _V:
        if key not in self:
            self[key] = make()
            if len(self) > self._most:
                self.popitem(last=False)
        self.move_to_end(key)
        return self[key]

    def keep(self, key: _K, value: _V) -> None:
        self.fetch(key, lambda: value)


class Naming:
    """Names colours by painters, and says how likely names are.

    Parameters
    ----------
    base
        The base in memory; painters sit on its primed twin.
    """

    def __init__(self, base: LoadedBase) -> None:
        self._base = base
        self._layers = lora_targets(base.primed)
        self._adapters: _Recent[Key, Adapter] = _Recent(KEPT)
        self._painters: _Recent[tuple[Key, ...], Painters] = _Recent(SETS)
        self._trunks: _Recent[Key, dict[int, KeyValues]] = _Recent(KEPT)
        self._greedy: _Recent[tuple[str, Key], Sampled] = _Recent(REMEMBERED)
        self._ggufs = GgufNaming()
        unlike = _UNLIKE if base.task.of_colors else base.task.held_out_inputs(len(_UNLIKE))
        prompts = [base.prompt(given) for given in unlike]
        self._trunk = prompts[0][: common_prefix(prompts)]

    @torch.no_grad()
    def name(
        self,
        color: str,
        painters: Sequence[PainterRef],
        samples: int = 0,
        seed: int = 0,
        halt: Callable[[], None] = lambda: None,
        tell: Callable[[int, tuple[Choice, ...]], None] = lambda place, names: None,
    ) -> list[tuple[Choice, ...]]:
        """Return each painter's names of a colour: the greedy one first, then sampled ones by likelihood.

        All painters take one pass through the weights a token, and whose name is whole is told.

        Parameters
        ----------
        samples, seed
            How many names are drawn beside the greedy one, and with which dice: the same for all painters.
        halt
            Called before each pass through the weights; what it raises ends the work.
        tell
            Told a painter's place and its names as soon as they are there.
        """
        halt()
        named: dict[int, tuple[Choice, ...]] = {}

        def told(place: int, names: tuple[Choice, ...]) -> None:
            named[place] = names
            tell(place, names)

        others = [place for place, ref in enumerate(painters) if not is_gguf(ref.folder)]
        if others:
            refs = [painters[place] for place in others]
            self._name(color, refs, samples, seed, halt, lambda at, names: told(others[at], names))
        for place, ref in enumerate(painters):
            if place not in named:
                told(place, self._ggufs.name(color, ref, samples, seed, halt))
        return [named[place] for place in range(len(painters))]

    def _name(
        self,
        color: str,
        painters: Sequence[PainterRef],
        samples: int,
        seed: int,
        halt: Callable[[], None],
        tell: Callable[[int, tuple[Choice, ...]], None],
    ) -> None:
        prompt, read = self._base.prompt(color), self._base.read
        keys = [_key(ref) for ref in painters]
        waiting = [place for place, key in enumerate(keys) if (color, key) not in self._greedy]

        def first(at: int, reply: Sampled) -> None:
            place = waiting[at]
            self._greedy.keep((color, keys[place]), reply)
            if not samples:
                tell(place, choices([reply], read))

        if not samples:
            for place, key in enumerate(keys):
                if place not in waiting:
                    tell(place, choices([self._greedy[color, key]], read))
        self._sample(prompt, [painters[place] for place in waiting], 1, 0.0, 0, halt, first)
        if samples:
            drawn = self._sample(prompt, painters, samples, 1.0, seed, halt)
            for place, (key, replies) in enumerate(zip(keys, drawn, strict=True)):
                tell(place, choices([self._greedy[color, key], *replies], read))

    @torch.no_grad()
    def name_all(
        self, colors: Sequence[str], painter: PainterRef, halt: Callable[[], None] = lambda: None
    ) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Name many colours greedily by one painter.

        Yields
        ------
        tuple
            The place of the first colour of some that were named, and their names; empty where the reply was
            none.
        """
        if is_gguf(painter.folder):
            yield from self._ggufs.name_all(colors, painter, halt)
            return
        key = _key(painter)
        rows = self._together([painter])
        for start in range(0, len(colors), TOGETHER):
            halt()
            part = colors[start : start + TOGETHER]
            new = [color for color in dict.fromkeys(part) if (color, key) not in self._greedy]
            if new:
                prompts = [self._base.prompt(color) for color in new]
                trunk = self._own_trunk(painter) if self._fit(prompts) else None

                def count(counts: Sequence[int]) -> None:
                    halt()
                    rows([sum(counts)])

                sampler = Sampler(
                    self._base.primed,
                    graphs=False,
                    rows=count,
                    trunk=(len(self._trunk), trunk) if trunk is not None else None,
                )
                with rows.painting():
                    replies = sampler.sample(
                        prompts,
                        [1] * len(new),
                        ends=self._base.ends,
                        longest=LONGEST,
                        temperature=0.0,
                        seed=0,
                    )
                for color, [reply] in zip(new, replies, strict=True):
                    self._greedy.keep((color, key), reply)
            read = [self._base.read(self._greedy[color, key].tokens) for color in part]
            yield start, tuple("" if one.unreadable else one.name for one in read)

    @torch.no_grad()
    def explain(self, color: str, name: str, painter: PainterRef) -> tuple[TokenChance, ...]:
        """Return how likely the painter and the base are to say this name of a colour, token by token.

        Both take one pass: two branches, the prompt and the name, one with the painter's adapter.
        """
        if is_gguf(painter.folder):
            return self._ggufs.explain(color, name, painter, BEST, self.explain(color, name, PainterRef("")))
        base = self._base
        tokens = base.name_tokens(name)
        prompt = base.prompt(color)
        branch = [*prompt, *tokens[:-1]]
        rows = self._together([PainterRef(""), painter])
        tree = Tree.build([], [branch] * 2, [[], []], base.device)
        with rows.painting():
            rows([len(branch)] * 2)
            hidden = run_body(base.primed, tree).view(2, len(branch), -1)[:, len(prompt) - 1 :]
        _, weight = body_and_head(base.primed)
        chances = torch.softmax(logits(hidden, weight).float(), -1)
        best = chances.topk(BEST, -1)
        told = []
        for place, token in enumerate(tokens):
            before = tokens[:place]
            plain, own = (
                tuple(
                    Guess(self._adds(before, int(token)), float(chance))
                    for token, chance in zip(best.indices[side, place], best.values[side, place], strict=True)
                )
                for side in (0, 1)
            )
            told.append(
                TokenChance(
                    text=self._adds(before, token),
                    painter=float(chances[1, place, token]),
                    base=float(chances[0, place, token]),
                    painter_best=own,
                    base_best=plain,
                )
            )
        return tuple(told)

    def _adds(self, before: Sequence[int], token: int) -> str:
        """Return what a token adds to a reply; nothing, if it ends it."""
        if token in self._base.ends:
            return ""
        decode = self._base.tokenizer.decode
        start = decode(before) if before else ""
        return str(decode([*before, token])[len(start) :])

    def _sample(
        self,
        prompt: list[int],
        painters: Sequence[PainterRef],
        count: int,
        temperature: float,
        seed: int,
        halt: Callable[[], None],
        ended: Callable[[int, Sampled], None] = lambda place, reply: None,
    ) -> list[list[Sampled]]:
        """Sample replies to one prompt by several painters in one go; tell of each that has ended."""
        if not painters:
            return []
        rows = self._together(painters)

        def next_pass(counts: Sequence[int]) -> None:
            halt()
            rows(counts)

        trunk = None
        if self._fit([prompt]):
            own = [self._own_trunk(ref) for ref in painters]
            layers = {
                layer: (
                    torch.stack([one[layer][0] for one in own]),
                    torch.stack([one[layer][1] for one in own]),
                )
                for layer in own[0]
            }
            trunk = (len(self._trunk), layers)
        sampler = Sampler(self._base.primed, graphs=False, rows=next_pass, trunk=trunk)
        with rows.painting():
            return sampler.sample(
                [prompt] * len(painters),
                [count] * len(painters),
                ends=self._base.ends,
                longest=LONGEST,
                temperature=temperature,
                seed=seed,
                ended=ended,
            )

    def _fit(self, prompts: Sequence[Sequence[int]]) -> bool:
        """Whether these prompts begin as all do and go on from there."""
        shared = len(self._trunk)
        return shared > 0 and all(len(p) > shared and list(p[:shared]) == self._trunk for p in prompts)

    def _own_trunk(self, painter: PainterRef) -> dict[int, KeyValues]:
        """Return a painter's keys and values of what all prompts begin with."""

        def make() -> dict[int, KeyValues]:
            rows = self._together([painter])
            with rows.painting():
                rows([len(self._trunk)])
                return trunk_keys(self._base.primed, self._trunk)

        return self._trunks.fetch(_key(painter), make)

    def _together(self, painters: Sequence[PainterRef]) -> Painters:
        keys = tuple(_key(ref) for ref in painters)

        def make() -> Painters:
            return Painters(self._layers, [self._adapter(ref) for ref in painters])

        return self._painters.fetch(keys, make)

    def _adapter(self, ref: PainterRef) -> Adapter:
        """Return a painter's LoRA; the last few are kept."""
        if not ref.folder:
            return {}

        def make() -> Adapter:
            pairs = fitting_adapter(self._base.primed, Path(ref.folder))
            dtype = self._base.dtype
            return {path: (down.to(dtype), up.to(dtype)) for path, (down, up) in pairs.items()}

        return self._adapters.fetch(_key(ref), make)


def _key(ref: PainterRef) -> Key:
    """Return what tells one adapter from another: its folder, and when its weights were written."""
    if not ref.folder:
        return "", 0
    weights = Path(ref.folder) / "adapter_model.safetensors"
    return ref.folder, weights.stat().st_mtime_ns if weights.is_file() else 0

"""A painter that is a GGUF file, asked through llama.cpp: no torch and no base are needed for it.

Its names come as those of other painters do: a greedy one, sampled ones with their probabilities, and what
it would rather have said at each token.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.lm.llama import LlamaModel
from engine.task import Reply, color_task

MODEL, LORA = "model.gguf", "lora.gguf"
"""What a painter's folder holds instead of an adapter: a whole model, or a base and a LoRA for it."""
LONGEST = 16
# Models with fewer weights cannot read a hex; see `engine.models`.
_SMALL = 1_000_000_000
_READING = "painter_studio.reading"


@dataclass(frozen=True)
class Written:
    """One reply: its tokens, the end included when reached, and their log-probabilities in nats."""

    tokens: tuple[int, ...]
    logps: tuple[float, ...]


def is_gguf(folder: str) -> bool:
    """Tell whether a painter's folder holds a GGUF."""
    return bool(folder) and (Path(folder) / MODEL).is_file()


class GgufPainter:
    """A GGUF that names colours.

    Parameters
    ----------
    path
        The model, or the folder of a painter that is one.
    threads
        On a CPU.

    Raises
    ------
    LlamaError
        If llama.cpp is not here, or cannot open it.
    """

    def __init__(self, path: Path, threads: int) -> None:
        folder = path.is_dir()
        lora = path / LORA if folder else None
        self._model = LlamaModel(
            path / MODEL if folder else path, threads, lora if lora is not None and lora.is_file() else None
        )
        told = self._model.fact(_READING)
        self._own = bool(told)
        self.with_reading = told == "true" if told else self._model.parameters < _SMALL

    def prompt(self, color: str) -> list[int]:
        """Return the tokens that ask for a name, up to where the reply begins."""
        # One that was trained here was asked without a thought before the answer.
        thought = "" if self._own else self._model.thought
        return self._model.conversation(color_task().messages(color, self.with_reading), thought)

    def write(
        self,
        color: str,
        count: int,
        temperature: float,
        seed: int,
        halt: Callable[[], None] = lambda: None,
    ) -> list[Written]:
        """Sample replies; greedy at temperature 0.

        Parameters
        ----------
        count
            How many, at most 240.
        halt
            Called before each pass through the weights; what it raises ends the work.
        """
        tokens: list[list[int]] = [[] for _ in range(count)]
        logps: list[list[float]] = [[] for _ in range(count)]
        dice = np.random.default_rng(seed).random((LONGEST, count))

        def choose(logits: NDArray[np.float32], rows: Sequence[int]) -> list[int | None]:
            halt()
            chosen: list[int | None] = []
            for values, row in zip(logits, rows, strict=True):
                token, logp = _draw(values, float(dice[len(tokens[row]), row]), temperature)
                tokens[row].append(token)
                logps[row].append(logp)
                over = self._model.ends(token) or len(tokens[row]) == LONGEST
                chosen.append(None if over else token)
            return chosen

        halt()
        self._model.write(self.prompt(color), count, choose)
        return [Written(tuple(one), tuple(logs)) for one, logs in zip(tokens, logps, strict=True)]

    def read(self, tokens: Sequence[int]) -> Reply:
        """Return what a reply comes to."""
        ended = self._model.ends(tokens[-1])
        return color_task().reply.read(self._model.decode(tokens[:-1] if ended else tokens), ended)

    def name_tokens(self, name: str) -> list[int]:
        """Return a name's tokens as a reply, its end included."""
        return [*self._model.encode(name), self._model.end]

    def chances(
        self, color: str, tokens: Sequence[int], best: int
    ) -> list[tuple[float, list[tuple[int, float]]]]:
        """Return for each token of a reply its probability, and the ``best`` likeliest in its place."""
        found: list[tuple[float, list[tuple[int, float]]]] = []

        def choose(logits: NDArray[np.float32], rows: Sequence[int]) -> list[int | None]:
            place = len(found)
            values = logits[0].astype(np.float64)
            chance = np.exp(values - values.max())
            chance /= chance.sum()
            top = np.argsort(-chance)[:best]
            found.append((float(chance[tokens[place]]), [(int(one), float(chance[one])) for one in top]))
            return [None if len(found) == len(tokens) else int(tokens[place])]

        self._model.write(self.prompt(color), 1, choose)
        return found

    def adds(self, before: Sequence[int], token: int) -> str:
        """Return what a token adds to a reply; nothing, if it ends it."""
        if self._model.ends(token):
            return ""
        start = self._model.decode(before) if before else ""
        return self._model.decode([*before, token])[len(start) :]


def _draw(logits: NDArray[np.float32], dice: float, temperature: float) -> tuple[int, float]:
    """Draw one token by inverting the cumulative distribution, as ``engine.lm.sampling`` does."""
    values = logits.astype(np.float64)
    if temperature > 0:
        values = values / temperature
    norm = values.max() + np.log(np.exp(values - values.max()).sum())
    if temperature == 0:
        token = int(values.argmax())
    else:
        cumulative = np.exp(values - norm).cumsum()
        token = int(min(np.searchsorted(cumulative, dice * cumulative[-1], side="right"), len(values) - 1))
    return token, float(values[token] - norm)

"""What judges ask of a language model, whichever it is; and the base itself as such a model.

Two questions suffice: how likely are these texts after that beginning, and which answer comes next. Both
take many texts at once, and the beginning is computed once and kept. The base answers by transformers,
a GGUF by llama.cpp (``engine.lm.llama``).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from engine.lm.product import logits
from engine.lm.scoring import body_and_head, run_body, score_names, trunk_keys
from engine.lm.tree import KeyValues, Tree

Tokens = Sequence[int]
BATCH = 256
KEPT = 16
_SPOT = "@@said@@"


class JudgeModel(Protocol):
    """A language model that judges ask.

    Attributes
    ----------
    title
        For people.
    fingerprint
        Changes when its answers may: what is stored about it goes by that.
    """

    title: str
    fingerprint: str

    def encode(self, text: str, after: str = "") -> list[int]:
        """Return a text's tokens as they stand behind ``after``; a marker in it is text."""
        ...

    def start(self) -> list[int]:
        """Return what the model begins every text with, if anything."""
        ...

    def turn(self) -> tuple[list[int], list[int]]:
        """Return what comes before and after what a person says, up to where the model answers."""
        ...

    def logps(self, prefix: Tokens, texts: Sequence[Tokens]) -> list[list[float]]:
        """Return log p of each text's tokens behind the prefix, in nats; NaN for a text that is too long."""
        ...

    def choices(
        self, prefix: Tokens, texts: Sequence[Tokens], wanted: Sequence[Tokens]
    ) -> NDArray[np.float64]:
        """Return log p of what comes next after prefix and text, shape (texts, wanted).

        Parameters
        ----------
        wanted
            For each answer, the tokens that count as it; their probabilities are added up.
        """
        ...


def answers(model: JudgeModel, words: Sequence[Sequence[str]]) -> list[list[int]]:
    """Return, for each answer, the tokens that say it.

    Parameters
    ----------
    words
        The spellings of each answer. Those that are one token count; if none is, the first one's beginning.

    Raises
    ------
    ValueError
        If two answers begin alike.
    """
    found: list[list[int]] = []
    for spellings in words:
        ids = [model.encode(text, after=":") for text in spellings]
        found.append(sorted({one[0] for one in ids if len(one) == 1}) or ids[0][:1])
    if len({token for tokens in found for token in tokens}) < sum(map(len, found)):
        raise ValueError(f"{model.title} cannot tell these answers apart by a token: choose another model.")
    return found


class TorchModel:
    """A transformers model, asked as judges ask. See :class:`JudgeModel`.

    Parameters
    ----------
    model, tokenizer
        The model, pristine, and its tokenizer.
    title, fingerprint
        See :class:`JudgeModel`.
    """

    def __init__(self, model: Any, tokenizer: Any, title: str = "", fingerprint: str = "") -> None:
        self.title, self.fingerprint = title, fingerprint
        self._model, self._tokenizer = model, tokenizer
        self._trunks: OrderedDict[tuple[int, ...], dict[int, KeyValues]] = OrderedDict()

    def encode(self, text: str, after: str = "") -> list[int]:
        """See :class:`JudgeModel`."""
        joint, before = self._tokens(after + text), self._tokens(after)
        return joint[len(before) :] if joint[: len(before)] == before else self._tokens(text)

    def _tokens(self, text: str) -> list[int]:
        ids: list[int] = self._tokenizer.encode(text, add_special_tokens=False, split_special_tokens=True)
        return ids

    def start(self) -> list[int]:
        """See :class:`JudgeModel`."""
        whole, bare = self._tokenizer.encode("a"), self._tokens("a")
        # Some tokenizers end each text with a mark, too.
        return list(whole[: whole.index(bare[0])])

    def turn(self) -> tuple[list[int], list[int]]:
        """See :class:`JudgeModel`."""
        if not self._tokenizer.chat_template:
            return self.start(), self._tokens("\n")
        chat = [{"role": "user", "content": _SPOT}]
        text = self._tokenizer.apply_chat_template(
            chat, tokenize=False, add_generation_prompt=True, enable_thinking=False
        )
        before, _, after = text.partition(_SPOT)
        return tuple(self._tokenizer.encode(part, add_special_tokens=False) for part in (before, after))

    @torch.no_grad()
    def logps(self, prefix: Tokens, texts: Sequence[Tokens]) -> list[list[float]]:
        """See :class:`JudgeModel`."""
        trunk = self._trunk(prefix[:-1])
        found: list[list[float]] = [[]] * len(texts)
        for part in _parts(texts):
            names = [texts[index] for index in part]
            scored = score_names(self._model, prefix[:-1], [prefix[-1:]], [names], trunk_cache=trunk)
            for index, logps in zip(part, scored.logps.split(list(scored.lengths)), strict=True):
                found[index] = logps.tolist()
        return found

    @torch.no_grad()
    def choices(
        self, prefix: Tokens, texts: Sequence[Tokens], wanted: Sequence[Tokens]
    ) -> NDArray[np.float64]:
        """See :class:`JudgeModel`."""
        trunk = self._trunk(prefix[:-1])
        _, head = body_and_head(self._model)
        found = np.empty((len(texts), len(wanted)))
        for part in _parts(texts):
            leaves = [list(texts[index]) for index in part]
            tree = Tree.build(prefix[:-1], [prefix[-1:]], [leaves], head.device, trunk)
            hidden = run_body(self._model, tree)
            ends = [row + len(leaf) - 1 for row, leaf in zip(tree.starts, leaves, strict=True)]
            logps = torch.log_softmax(logits(hidden[ends], head).float(), -1).double()
            columns = [torch.logsumexp(logps[:, list(tokens)], -1) for tokens in wanted]
            found[part] = torch.stack(columns, 1).cpu().numpy()
        return found

    def _trunk(self, tokens: Tokens) -> dict[int, KeyValues]:
        """Return a beginning's keys and values; the last few are kept."""
        key = tuple(tokens)
        if key not in self._trunks:
            if len(self._trunks) == KEPT:
                self._trunks.popitem(last=False)
            self._trunks[key] = trunk_keys(self._model, tokens)
        self._trunks.move_to_end(key)
        return self._trunks[key]


def _parts(texts: Sequence[Tokens]) -> Iterator[list[int]]:
    """Split texts into batches of like lengths: they are padded to the longest."""
    order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
    for start in range(0, len(order), BATCH):
        yield order[start : start + BATCH]

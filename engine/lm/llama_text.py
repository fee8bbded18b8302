"""The text side of a GGUF in llama.cpp: its vocabulary, its chat template, and what its file says of itself.

``engine.lm.llama`` hands the library in.
"""

from __future__ import annotations

import ctypes
from collections.abc import Mapping, Sequence
from typing import Any

from engine.lm.packing import Tokens

_SPOT = "@@said@@"


class LlamaError(ValueError):
    """A model that cannot be opened or asked, in one sentence."""


class LlamaText:
    """A model's vocabulary and template.

    Parameters
    ----------
    lib
        llama.cpp.
    model
        Its model, which outlives this.
    title
        What people call it.
    """

    def __init__(self, lib: Any, model: Any, title: str) -> None:
        self._lib, self._model, self.title = lib, model, title
        self._vocab = lib.llama_model_get_vocab(model)
        self._size = int(lib.llama_vocab_n_tokens(self._vocab))
        self._template = lib.llama_model_chat_template(model, None) or b""

    @property
    def parameters(self) -> int:
        """How many weights it has."""
        return int(self._lib.llama_model_n_params(self._model))

    def fact(self, key: str) -> str:
        """Return what the file says under a key, as text; empty if nothing."""
        room = ctypes.create_string_buffer(256)
        length = self._lib.llama_model_meta_val_str(self._model, key.encode(), room, len(room))
        return room.value.decode("utf-8", "replace") if length > 0 else ""

    def encode(self, text: str, after: str = "") -> list[int]:
        """Return a text's tokens as they stand behind ``after``; a marker in it is text."""
        # Alone, some vocabularies would put a space before it.
        joint, before = self._tokens(after + text), self._tokens(after)
        return joint[len(before) :] if joint[: len(before)] == before else self._tokens(text)

    def start(self) -> list[int]:
        """Return what the model begins every text with, if anything."""
        if not self._lib.llama_vocab_get_add_bos(self._vocab):
            return []
        return [int(self._lib.llama_vocab_bos(self._vocab))]

    def turn(self) -> tuple[list[int], list[int]]:
        """Return what comes before and after what a person says, up to where the model answers."""
        # A model that may think aloud is told that it has.
        spoken = self._spoken([{"role": "user", "content": _SPOT}]) + self.thought
        before, _, after = spoken.partition(_SPOT)
        start, opening = self.start(), self._tokens(before, markers=True)
        if opening[: len(start)] != start:
            opening = [*start, *opening]
        return opening, self._tokens(after, markers=True)

    def conversation(self, turns: Sequence[Mapping[str, str]], thought: str = "") -> list[int]:
        """Return the tokens of a conversation up to where the model answers; markers in it are markers.

        ``thought`` is put before the answer: see :attr:`thought`.
        """
        start, said = self.start(), self._tokens(self._spoken(turns) + thought, markers=True)
        return said if said[: len(start)] == start else [*start, *said]

    @property
    def thought(self) -> str:
        """What tells a model that may think aloud that it has thought; empty for others."""
        return "<think>\n\n</think>\n\n" if b"enable_thinking" in self._template else ""

    def _spoken(self, turns: Sequence[Mapping[str, str]]) -> str:
        lib, plain = self._lib, "\n".join(turn["content"] for turn in turns) + "\n"
        if not self._template:
            return plain
        chat = (lib.llama_chat_message * len(turns))(
            *(
                lib.llama_chat_message(role=turn["role"].encode(), content=turn["content"].encode())
                for turn in turns
            )
        )
        room = ctypes.create_string_buffer(1 << 14)
        length = lib.llama_chat_apply_template(self._template, chat, len(turns), True, room, len(room))
        text = room.raw[: max(0, min(length, len(room)))].decode("utf-8", "replace")
        # llama.cpp may not know this template.
        return text if turns[-1]["content"] in text else plain

    @property
    def end(self) -> int:
        """The token that ends an answer."""
        turn = int(self._lib.llama_vocab_eot(self._vocab))
        return turn if turn >= 0 else int(self._lib.llama_vocab_eos(self._vocab))

    def ends(self, token: int) -> bool:
        """Tell whether a token ends an answer."""
        return bool(self._lib.llama_vocab_is_eog(self._vocab, token))

    def decode(self, tokens: Tokens) -> str:
        """Return the text of tokens, markers as they are written."""
        pieces, room = [], ctypes.create_string_buffer(512)
        for token in tokens:
            length = self._lib.llama_token_to_piece(self._vocab, token, room, len(room), 0, True)
            pieces.append(room.raw[: max(0, length)])
        return b"".join(pieces).decode("utf-8", "replace")

    def _tokens(self, text: str, *, markers: bool = False) -> list[int]:
        # Half surrogates cannot be written as UTF-8; no name that was read from a file has any.
        data = text.encode("utf-8", "replace")
        room = len(data) + 16
        buffer = (ctypes.c_int32 * room)()
        count = self._lib.llama_tokenize(self._vocab, data, len(data), buffer, room, False, markers)
        if count < 0:
            raise LlamaError(f"{self.title} cannot read “{text[:40]}”.")
        return list(buffer[:count])

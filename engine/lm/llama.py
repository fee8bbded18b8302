"""The one file that knows llama.cpp: a GGUF that judges ask, many names at once, or that paints.

The high-level class of llama-cpp-python answers one text at a time, so this speaks to the library below it.
What a question begins with is computed once and kept in a sequence of its own, its *home*; for a batch of
names it is lent to as many sequences as there are names (in a unified cache that copies nothing), the names
go through in one call, packed as a tree (``engine.lm.packing``), and their sequences are dropped again.

llama-cpp-python is an extra, compiled at the user's: this module loads without it, and then
:class:`LlamaModel` says in a sentence what is off.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import weakref
from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.lm.llama_text import LlamaError, LlamaText
from engine.lm.packing import Packed, Tokens, pack, parts

__all__ = ["OFF", "LlamaError", "LlamaModel", "fingerprint", "is_there"]


# What llama.cpp allows. The first few are homes of beginnings, the others are lent to names.
SEQUENCES = 256
HOMES = 16
# Of the cache: tokens of all beginnings together with those of one batch.
CELLS = 4096
MOST_TOKENS = 512
# The logits of one batch may take this many bytes.
LOGITS = 256_000_000
_MAGIC = b"GGUF"
OFF = "GGUF files need llama.cpp, which is off here: “painter-studio doctor” says why and how to get it."


def fingerprint(path: Path) -> str:
    """Return a short hash that changes when the file does: of its size, its first and its last megabyte.

    Reading a gigabyte whole at each start would take seconds. The first megabyte holds the file's facts
    and vocabulary, the last one weights, which no two models share.
    """
    size = path.stat().st_size
    digest = hashlib.sha256(str(size).encode())
    with path.open("rb") as file:
        digest.update(file.read(1 << 20))
        file.seek(max(0, size - (1 << 20)))
        digest.update(file.read())
    return digest.hexdigest()[:12]


def is_there() -> bool:
    """Tell whether llama.cpp is here."""
    try:
        _library()
    except LlamaError:
        return False
    return True


@cache
def _library() -> Any:
    """Import llama.cpp once, quietly."""
    try:
        import llama_cpp
    except (ImportError, OSError, RuntimeError) as error:
        # RuntimeError: the package is there and its shared library cannot be loaded.
        raise LlamaError(OFF) from error
    llama_cpp.llama_log_set(_listen(), None)
    llama_cpp.llama_backend_init()
    return llama_cpp


_complaints: list[str] = []
_LOG = ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p)
_ERROR = 4


@cache  # it must live as long as the library
def _listen() -> Any:
    """Return a log that keeps errors, to tell why a file was not opened, and prints nothing."""

    def take(level: int, text: bytes, _: object) -> None:
        if level == _ERROR:
            _complaints.append(text.decode("utf-8", "replace").strip())
            del _complaints[:-8]

    return _LOG(take)


class LlamaModel(LlamaText):
    """A GGUF in memory. See :class:`engine.lm.judge_model.JudgeModel` for what it can be asked.

    Parameters
    ----------
    path
        The file.
    threads
        On a CPU.
    lora
        A LoRA in a GGUF of its own, to lie on it.

    Raises
    ------
    LlamaError
        If llama.cpp is not here, or the file is not a model that it can ask so.
    """

    def __init__(self, path: Path, threads: int, lora: Path | None = None) -> None:
        _check(path)
        lib = _library()
        self.fingerprint = fingerprint(path)
        _complaints.clear()
        model = lib.llama_model_load_from_file(os.fsencode(path), lib.llama_model_default_params())
        if not model:
            why = f" ({_complaints[0][:200]})" if _complaints else ""
            raise LlamaError(f"llama.cpp cannot open {path.name}{why}: choose another GGUF.")
        self._free = weakref.finalize(self, lib.llama_model_free, model)
        super().__init__(lib, model, path.stem)
        if _one_way(lib, model):
            raise LlamaError(f"{path.name} cannot share a beginning among names: choose another model.")
        # Rows of one batch.
        self._room = min(MOST_TOKENS, max(32, LOGITS // (4 * self._size)))
        settings = lib.llama_context_default_params()
        settings.n_ctx = CELLS
        settings.n_batch = settings.n_ubatch = self._room
        settings.n_seq_max = SEQUENCES
        settings.kv_unified = True
        settings.n_threads = settings.n_threads_batch = threads
        self._context = lib.llama_init_from_model(model, settings)
        if not self._context:
            raise LlamaError(f"There is not enough memory to ask {path.name}: choose a smaller model.")
        # A finalizer that is made later is called earlier: the context goes before its model.
        self._free_context = weakref.finalize(self, lib.llama_free, self._context)
        if lora is not None:
            self._lay_on(lora, model)
        self._memory = lib.llama_get_memory(self._context)
        self._batch = lib.llama_batch_init(self._room, 0, SEQUENCES)
        self._free_batch = weakref.finalize(self, lib.llama_batch_free, self._batch)
        self._longest = min(CELLS, int(lib.llama_model_n_ctx_train(model)))
        self._homes: OrderedDict[tuple[int, ...], int] = OrderedDict()

    def _lay_on(self, lora: Path, model: Any) -> None:
        _check(lora)
        lib, adapter = self._lib, self._lib.llama_adapter_lora_init(model, os.fsencode(lora))
        if not adapter:
            why = f" ({_complaints[0][:200]})" if _complaints else ""
            raise LlamaError(f"{lora.name} does not fit {self.title}{why}: choose the base it was made for.")
        # The library keeps the adapter as long as its model.
        one = (lib.llama_adapter_lora_p_ctypes * 1)(adapter)
        lib.llama_set_adapters_lora(self._context, one, 1, (ctypes.c_float * 1)(1.0))

    def close(self) -> None:
        """Free it; nothing may be asked any more."""
        for free in (self._free_batch, self._free_context, self._free):
            free()

    # Questions.

    def logps(self, prefix: Tokens, texts: Sequence[Tokens]) -> list[list[float]]:
        """Return log p of each text's tokens behind the prefix, in nats; NaN for a text that is too long."""
        found = [[float("nan")] * len(text) for text in texts]

        def read(part: list[int], packed: Packed, logits: NDArray[np.float32]) -> None:
            norms = _logsumexp(logits)
            for index, rows in zip(part, packed.rows, strict=True):
                picked = logits[rows, list(texts[index])].astype(np.float64)
                found[index] = (picked - norms[rows]).tolist()

        # The last token of a text is only ever predicted.
        self._ask(prefix, [text[:-1] for text in texts], read, whole=True)
        return found

    def choices(
        self, prefix: Tokens, texts: Sequence[Tokens], wanted: Sequence[Tokens]
    ) -> NDArray[np.float64]:
        """Return log p of what comes next after prefix and text, shape (texts, wanted).

        Parameters
        ----------
        wanted
            For each answer, the tokens that count as it; their probabilities are added up.
        """
        found = np.full((len(texts), len(wanted)), np.nan)

        def read(part: list[int], packed: Packed, logits: NDArray[np.float32]) -> None:
            # One row of logits for each last token, in the order of the rows.
            place = {row: i for i, row in enumerate(sorted({rows[-1] for rows in packed.rows}))}
            norms = _logsumexp(logits)
            for index, rows in zip(part, packed.rows, strict=True):
                row = place[rows[-1]]
                for column, tokens in enumerate(wanted):
                    picked = logits[row, list(tokens)].astype(np.float64)
                    found[index, column] = np.logaddexp.reduce(picked) - norms[row]

        self._ask(prefix, texts, read, whole=False)
        return found

    def _ask(
        self,
        prefix: Tokens,
        texts: Sequence[Tokens],
        read: Callable[[list[int], Packed, NDArray[np.float32]], None],
        *,
        whole: bool,
    ) -> None:
        """Run texts behind a prefix; ``read`` gets the logits of all rows, or of last ones only."""
        lib = self._lib
        # What predicts the first token is the prefix's last: it goes in again with every batch, where it
        # carries every sequence.
        shared, last = tuple(prefix[:-1]), prefix[-1]
        room = min(self._room, self._longest - len(shared))
        home = self._home(shared, room)
        behind = [[last, *text] for text in texts]
        for part in parts(behind, SEQUENCES - HOMES, room):
            packed = pack([behind[index] for index in part], len(shared), HOMES)
            for number in range(len(part)):
                lib.llama_memory_seq_cp(self._memory, home, HOMES + number, -1, -1)
            wanted = range(len(packed.tokens)) if whole else {rows[-1] for rows in packed.rows}
            try:
                self._decode(packed.tokens, packed.positions, packed.sequences, wanted)
                flat = lib.llama_get_logits(self._context)
                read(part, packed, np.ctypeslib.as_array(flat, (len(wanted), self._size)))
            finally:
                for number in range(len(part)):
                    lib.llama_memory_seq_rm(self._memory, HOMES + number, -1, -1)

    def write(
        self,
        prompt: Tokens,
        count: int,
        choose: Callable[[NDArray[np.float32], Sequence[int]], Sequence[int | None]],
    ) -> None:
        """Let it write ``count`` replies to a prompt at once, token by token.

        Parameters
        ----------
        choose
            Given logits, one row for each reply that goes on, and which replies those are; returns their
            next tokens, ``None`` where a reply is over.
        """
        lib, shared = self._lib, tuple(prompt[:-1])
        home = self._home(shared, min(self._room, self._longest - len(shared)))
        live, tokens = list(range(count)), [prompt[-1]]
        sequences = [[HOMES + row for row in live]]
        for row in live:
            lib.llama_memory_seq_cp(self._memory, home, HOMES + row, -1, -1)
        try:
            for position in range(len(shared), self._longest):
                self._decode(tokens, [position] * len(tokens), sequences, range(len(tokens)))
                flat = lib.llama_get_logits(self._context)
                logits = np.ctypeslib.as_array(flat, (len(tokens), self._size))
                chosen = choose(np.broadcast_to(logits, (len(live), self._size)), live)
                going = [(row, token) for row, token in zip(live, chosen, strict=True) if token is not None]
                if not going:
                    return
                live, tokens = [row for row, _ in going], [token for _, token in going]
                sequences = [[HOMES + row] for row in live]
        finally:
            for row in range(count):
                lib.llama_memory_seq_rm(self._memory, HOMES + row, -1, -1)

    def _home(self, shared: tuple[int, ...], room: int) -> int:
        """Return the sequence that holds a beginning, computing it if it is not there."""
        if shared in self._homes:
            self._homes.move_to_end(shared)
            return self._homes[shared]
        if room < 32 or len(shared) + self._room > CELLS:
            raise LlamaError(f"This judge's question is too long for {self.title}: give fewer examples.")
        while len(self._homes) == HOMES or sum(map(len, self._homes)) + len(shared) + self._room > CELLS:
            _, oldest = self._homes.popitem(last=False)
            self._lib.llama_memory_seq_rm(self._memory, oldest, -1, -1)
        home = min(set(range(HOMES)) - set(self._homes.values()))
        for start in range(0, len(shared), self._room):
            piece = shared[start : start + self._room]
            positions = range(start, start + len(piece))
            self._decode(piece, positions, [[home]] * len(piece), ())
        self._homes[shared] = home
        return home

    def _decode(
        self,
        tokens: Tokens,
        positions: Sequence[int],
        sequences: Sequence[Sequence[int]],
        wanted: Sequence[int] | set[int] | range,
    ) -> None:
        batch = self._batch
        batch.n_tokens = len(tokens)
        for row, (token, position, ids) in enumerate(zip(tokens, positions, sequences, strict=True)):
            batch.token[row], batch.pos[row], batch.n_seq_id[row] = token, position, len(ids)
            batch.logits[row] = row in wanted
            own = batch.seq_id[row]
            for place, one in enumerate(ids):
                own[place] = one
        status = self._lib.llama_decode(self._context, batch)
        if status != 0:
            raise LlamaError(f"llama.cpp could not compute with {self.title} (status {status}).")


def _check(path: Path) -> None:
    try:
        with path.open("rb") as file:
            magic = file.read(len(_MAGIC))
    except OSError as error:
        raise LlamaError(
            f"The judge's model {path} cannot be read ({error.strerror or error}): choose a GGUF file."
        ) from error
    if magic != _MAGIC:
        raise LlamaError(f"{path.name} is not a GGUF file: choose one.")


def _one_way(lib: Any, model: Any) -> bool:
    """Tell whether a model's memory is not one of keys and values, so that nothing can be lent of it."""
    return bool(
        lib.llama_model_is_recurrent(model)
        or lib.llama_model_is_hybrid(model)
        or lib.llama_model_is_diffusion(model)
        or lib.llama_model_has_encoder(model)
    )


def _logsumexp(logits: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return log Σ exp of each row; row by row, since all of them at once would double the memory."""
    out = np.empty(len(logits))
    for row, values in enumerate(logits):
        top = float(values.max())
        out[row] = top + np.log(np.exp(values - top).sum(dtype=np.float64))
    return out

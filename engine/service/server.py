"""What the service does with a request: names by painters, verdicts by judges."""

from __future__ import annotations

import importlib.metadata
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from engine.color import parse_hex
from engine.judges.build import JudgeBuilder
from engine.judges.spec import check, kind_of
from engine.judges.trial import advice
from engine.lm.load import LoadedBase, copy_linears, merge_adapter
from engine.lm.sampling import sample
from engine.lm.scoring import score_names
from engine.service.protocol import (
    Choice,
    Describe,
    Described,
    Done,
    Failed,
    Name,
    Named,
    PainterRef,
    Progress,
    Reply,
    Score,
    Scored,
    Tried,
    Try,
)

LONGEST = 16
KEPT = 4
SAMPLES = 64
PACKAGES = ("torch", "transformers", "peft", "trl", "numpy", "PySide6-Essentials", "llama-cpp-python")


class _TakenBack(Exception):  # noqa: N818
    """The request that is being worked on was taken back."""


class Server:
    """Answers requests, one at a time.

    Parameters
    ----------
    base
        The base in memory.
    builder
        Makes judges on it.
    send
        Takes replies.
    cancelled
        Whether the request with this id was taken back.
    """

    def __init__(
        self,
        base: LoadedBase,
        builder: JudgeBuilder,
        send: Callable[[Reply], None],
        cancelled: Callable[[int], bool],
    ) -> None:
        self._base, self._builder, self._send, self._cancelled = base, builder, send, cancelled
        self._painters: OrderedDict[tuple[str, int], Any] = OrderedDict()

    def answer(self, request: Name | Score | Try | Describe) -> None:
        """Serve a request; exactly one ``Done`` or ``Failed`` ends it."""
        try:
            if self._cancelled(request.id):
                finished = False
            elif isinstance(request, Name):
                finished = self._name(request)
            elif isinstance(request, Score):
                finished = self._score(request)
            elif isinstance(request, Try):
                finished = self._try(request)
            else:
                finished = self._describe(request)
        except _TakenBack:
            finished = False
        except Exception as error:  # one bad request must not end the service
            self._send(Failed(id=request.id, reason=str(error) or type(error).__name__))
            return
        if finished:
            self._send(Done(id=request.id))
        else:
            self._send(Failed(id=request.id, reason="Taken back.", cancelled=True))

    def _tell(self, number: int) -> Callable[[str, float | None], None]:
        """Return what tells of long work on a request, and ends the work once the request is taken back."""

        def tell(note: str, done: float | None) -> None:
            if self._cancelled(number):
                raise _TakenBack
            self._send(Progress(id=number, note=note, done=done))

        return tell

    def _name(self, request: Name) -> bool:
        color = parse_hex(request.color)
        for ref in request.painters:
            if self._cancelled(request.id):
                return False
            names = self._choices(self._model(ref), color, min(request.samples, SAMPLES), request.seed)
            self._send(Named(id=request.id, color=color, painter=ref.slug, names=names))
        return True

    def _model(self, ref: PainterRef) -> Any:
        """Return the weights of a painter, merged; the last few are kept."""
        if not ref.folder:
            return self._base.primed
        folder = Path(ref.folder)
        adapter = folder / "adapter_model.safetensors"
        key = (ref.folder, adapter.stat().st_mtime_ns if adapter.is_file() else 0)
        if key not in self._painters:
            model = (
                self._painters.popitem(last=False)[1]
                if len(self._painters) >= KEPT
                else copy_linears(self._base.primed)
            )
            merge_adapter(model, folder, source=self._base.primed)
            self._painters[key] = model
        self._painters.move_to_end(key)
        return self._painters[key]

    @torch.no_grad()
    def _choices(self, model: Any, color: str, samples: int, seed: int) -> tuple[Choice, ...]:
        base, prompt = self._base, self._base.prompt(color)
        greedy = sample(model, [prompt], [1], ends=base.ends, longest=LONGEST, temperature=0.0, seed=0)[0]
        drawn = []
        if samples:
            drawn = sample(
                model, [prompt], [samples], ends=base.ends, longest=LONGEST, temperature=1.0, seed=seed
            )[0]
        ways: dict[str, set[tuple[int, ...]]] = {}
        unreadable: dict[str, str] = {}
        order: list[str] = []
        for reply in [*greedy, *drawn]:
            read = base.read(reply.tokens)
            if read.unreadable and order:
                continue
            if read.name not in ways:
                order.append(read.name)
            unreadable[read.name] = read.unreadable
            ways.setdefault(read.name, set()).add(reply.tokens)
        # One name may be spelled by several token sequences; its probability is the sum over those met.
        spellings = [(name, tokens) for name in order for tokens in sorted(ways[name])]
        scored = score_names(model, prompt[:-1], [prompt[-1:]], [[tokens for _, tokens in spellings]])
        chances = dict.fromkeys(order, 0.0)
        for (name, _), logp in zip(spellings, scored.sums(), strict=True):
            chances[name] += float(torch.tensor(logp).exp())
        rest = sorted(order[1:], key=lambda name: -chances[name])
        return tuple(
            Choice(name, chances[name], name == order[0], unreadable[name]) for name in [order[0], *rest]
        )

    def _score(self, request: Score) -> bool:
        color = parse_hex(request.color)
        judge = self._builder.build(check(request.judge), self._tell(request.id))
        if self._cancelled(request.id):
            return False
        verdicts = judge.score([(color, name) for name in request.names])
        self._send(Scored(id=request.id, verdicts=tuple(verdicts)))
        return True

    def _try(self, request: Try) -> bool:
        trial = self._builder.trial(check(request.judge), self._tell(request.id))
        self._send(Tried(id=request.id, trial=trial, advice=advice(trial, kind_of(request.judge))))
        return True

    def _describe(self, request: Describe) -> bool:
        base = self._base
        device = torch.cuda.get_device_name(base.device) if base.device.type == "cuda" else base.device.type
        versions = {}
        for package in PACKAGES:
            try:
                versions[package] = importlib.metadata.version(package)
            except importlib.metadata.PackageNotFoundError:
                versions[package] = ""
        self._send(
            Described(
                id=request.id,
                facts={
                    "device": device,
                    "dtype": str(base.dtype).removeprefix("torch."),
                    "base": base.base.slug,
                    "primer": base.base.primer.name if base.base.primer else "",
                    "threads": torch.get_num_threads(),
                    "parameters": sum(p.numel() for p in base.raw.parameters()),
                    "versions": versions,
                },
            )
        )
        return True

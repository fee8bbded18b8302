"""What the service does with a request: names by painters, verdicts by judges."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch

from engine.judges.build import JudgeBuilder
from engine.judges.spec import Correctness, check, kind_of
from engine.judges.trial import advice
from engine.lm.blend import blend_folders, import_folder
from engine.lm.gguf_painter import is_gguf
from engine.lm.load import LoadedBase, available_devices, copy_linears, merge_adapter
from engine.lm.speed import product_rates
from engine.models import embedded_gguf
from engine.palette import held_out_colors
from engine.service.hacking import Hacker
from engine.service.liking import find_out
from engine.service.naming import Naming
from engine.service.picking import Picker
from engine.service.protocol import (
    Ask,
    Asked,
    Blend,
    Choice,
    Describe,
    Described,
    Done,
    Explain,
    Explained,
    Failed,
    Hack,
    Hacked,
    Like,
    Likes,
    Name,
    NameAll,
    Named,
    NamedAll,
    PainterRef,
    Progress,
    Question,
    Reply,
    Report,
    Score,
    Scored,
    ScorePairs,
    Surveyed,
    TakeIn,
    TakeStep,
    Tried,
    Try,
    Written,
)
from engine.service.survey import survey
from engine.train.painter import machine

SAMPLES = 64
KNOWN = 10_000
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
        self._naming = Naming(base)
        self._picker: Picker | None = None
        self._hacker = Hacker(base, builder)
        self._rates: dict[str, float] = {}

    def answer(self, request: Question) -> None:
        """Serve a request; exactly one ``Done`` or ``Failed`` ends it."""
        try:
            if self._cancelled(request.id):
                finished = False
            elif isinstance(request, Name):
                finished = self._name(request)
            elif isinstance(request, NameAll):
                finished = self._name_all(request)
            elif isinstance(request, Explain):
                finished = self._explain(request)
            elif isinstance(request, Score | ScorePairs):
                finished = self._score(request)
            elif isinstance(request, Ask):
                finished = self._ask(request)
            elif isinstance(request, Report):
                finished = self._report(request)
            elif isinstance(request, Like):
                finished = self._like(request)
            elif isinstance(request, Hack):
                finished = self._hack(request)
            elif isinstance(request, Try):
                finished = self._try(request)
            elif isinstance(request, Blend | TakeIn):
                finished = self._write(request)
            elif isinstance(request, TakeStep):
                finished = self._take_step(request)
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

    def _read(self, given: str) -> str:
        """Read what a name is asked for, by the task: a colour as ``#rrggbb``."""
        return self._base.task.read_input(given)

    def _tell(self, number: int) -> Callable[[str, float | None], None]:
        """Return what tells of long work on a request, and ends the work once the request is taken back."""

        def tell(note: str, done: float | None) -> None:
            if self._cancelled(number):
                raise _TakenBack
            self._send(Progress(id=number, note=note, done=done))

        return tell

    def _name(self, request: Name) -> bool:
        color = self._read(request.color)
        halt = self._halt(request.id)
        samples = min(request.samples, SAMPLES)
        # Whoever is asked first is told first; the others then take each pass together, which is one
        # painter's way through the weights, and are told as they end. The first hears twice as soon.
        for part in (request.painters[:1], request.painters[1:]):

            def tell(place: int, names: tuple[Choice, ...], part: Sequence[PainterRef] = part) -> None:
                self._send(Named(id=request.id, color=color, painter=part[place].slug, names=names))

            self._naming.name(color, part, samples, request.seed, halt, tell)
        return True

    def _name_all(self, request: NameAll) -> bool:
        colors = [self._read(color) for color in request.colors]
        halt = self._halt(request.id)
        for start, names in self._naming.name_all(colors, request.painter, halt):
            self._send(NamedAll(id=request.id, painter=request.painter.slug, start=start, names=names))
        return True

    def _explain(self, request: Explain) -> bool:
        color = self._read(request.color)
        tokens = self._naming.explain(color, request.name, request.painter)
        told = Explained(
            id=request.id, color=color, name=request.name, painter=request.painter.slug, tokens=tokens
        )
        self._send(told)
        return True

    def _halt(self, number: int) -> Callable[[], None]:
        """Return what ends the work on a request once it is taken back."""

        def halt() -> None:
            if self._cancelled(number):
                raise _TakenBack

        return halt

    def _score(self, request: Score | ScorePairs) -> bool:
        if isinstance(request, Score):
            color = self._read(request.color)
            pairs = [(color, name) for name in request.names]
        else:
            pairs = [(self._read(color), name) for color, name in request.pairs]
        judge = self._builder.build(check(request.judge), self._tell(request.id))
        if self._cancelled(request.id):
            return False
        self._send(Scored(id=request.id, verdicts=tuple(judge.score(pairs))))
        return True

    def _ask(self, request: Ask) -> bool:
        check(request.judge)
        if self._picker is None:
            self._send(Progress(id=request.id, note="Gathering names to choose from"))
            self._picker = Picker(self._base, self._builder.lexicon, self._builder.space)
        if self._cancelled(request.id):
            return False
        pair = self._picker.next(request.judge.picks, request.skipped, request.seed)
        self._send(Asked(id=request.id, pair=pair))
        return True

    def _report(self, request: Report) -> bool:
        for ref in request.painters:
            if is_gguf(ref.folder):
                raise ValueError(
                    f"“{ref.slug}” is a GGUF; such painters are named with, and not measured yet."
                )
        judges = {slug: self._builder.build(check(spec)) for slug, spec in request.judges.items()}
        correctness = self._builder.build(Correctness(name="Correctness"))
        colors = held_out_colors(request.colors)
        merged: Any = None
        for i, ref in enumerate(request.painters):

            def progress(done: float, before: int = i, slug: str = ref.slug) -> bool:
                share = (before + done) / len(request.painters)
                self._send(Progress(id=request.id, note=f"Surveying {slug}", done=share))
                return not self._cancelled(request.id)

            model = self._base.primed
            if ref.folder:
                merged = copy_linears(self._base.primed) if merged is None else merged
                merge_adapter(merged, Path(ref.folder), source=self._base.primed)
                model = merged
            found = survey(ref.slug, model, self._base, colors, judges, correctness, progress)
            if found is None:
                return False
            self._send(Surveyed(id=request.id, survey=found))
        return True

    def _like(self, request: Like) -> bool:
        def progress(note: str, done: float) -> bool:
            self._send(Progress(id=request.id, note=note, done=done))
            return not self._cancelled(request.id)

        found = find_out(
            self._base,
            self._builder,
            check(request.judge),
            min(request.known, KNOWN),
            request.rated,
            progress,
        )
        if found is None:
            return False
        liking, seconds = found
        self._send(Likes(id=request.id, liking=liking, seconds=seconds))
        return True

    def _hack(self, request: Hack) -> bool:
        check(request.judge)
        hacking, seconds = self._hacker.hack(request, self._tell(request.id))
        self._send(Hacked(id=request.id, hacking=hacking, seconds=seconds))
        return True

    def _try(self, request: Try) -> bool:
        trial = self._builder.trial(check(request.judge), self._tell(request.id))
        self._send(Tried(id=request.id, trial=trial, advice=advice(trial, kind_of(request.judge))))
        return True

    def _write(self, request: Blend | TakeIn) -> bool:
        model, base, out = self._base.primed, self._base.base.slug, Path(request.out)
        if isinstance(request, Blend):
            parents = [Path(ref.folder) for ref in request.parents]
            rank, kept = blend_folders(model, base, parents, request.weights, out, request.rank)
            self._send(Written(id=request.id, rank=rank, kept=kept))
        elif Path(request.folder).is_file():
            from engine.lm.gguf_import import import_gguf  # its library is needed for nothing else here

            of = Path(request.gguf_base) if request.gguf_base else self._gguf()
            import_gguf(Path(request.folder), out, of)
            self._send(Written(id=request.id, rank=0))
        else:
            primer = self._base.base.primer if request.plain else None
            rank = import_folder(model, base, Path(request.folder), out, primer)
            self._send(Written(id=request.id, rank=rank))
        return True

    def _gguf(self) -> Path | None:
        return embedded_gguf() if self._base.base.embedded else None

    def _take_step(self, request: TakeStep) -> bool:
        # It brings TRL along, which takes seconds: whoever only names and judges never waits for it.
        from engine.train.lesson import take_step

        tell = self._tell(request.id)
        judges = {slug: self._builder.build(check(spec), tell) for slug, spec in request.judges.items()}
        self._send(take_step(self._base, judges, request, tell))
        return True

    def _describe(self, request: Describe) -> bool:
        base = self._base
        # The best that was ever measured: others may have worked meanwhile.
        for dtype, rate in product_rates(base.device).items():
            self._rates[dtype] = max(rate, self._rates.get(dtype, 0.0))
        free, total = torch.cuda.mem_get_info(base.device) if base.device.type == "cuda" else (0, 0)
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
                    "machine": machine(base.device, base.dtype),
                    "kind": base.device.type,
                    "devices": available_devices(),
                    "gflops": {dtype: round(rate, 1) for dtype, rate in self._rates.items()},
                    "device_memory": {"free": free, "total": total},
                },
            )
        )
        return True

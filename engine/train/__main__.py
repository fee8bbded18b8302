"""``python -m engine.train RUN_FOLDER``: train, or go on from the latest checkpoint.

Under ``accelerate launch --num_processes N -m engine.train RUN_FOLDER`` the same recipe is trained by N
processes, of which only rank 0 writes. The only channel to anyone is the run's event log. Ctrl-C and
SIGTERM are taken as a wish to stop: the step is finished, saved, and told.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import io
import os
import signal
import sys
import tempfile
import traceback
from pathlib import Path

# A training never asks a hub: bases are embedded or local.
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

from engine import places
from engine.durable import RunBusy, RunError
from engine.events import VERSION, PhaseEntered, RunFinished, RunStarted
from engine.judges.spec import JudgeError
from engine.models import BaseError, find_base
from engine.rundir import RunFolder
from engine.train.ranks import Log, Ranks, Silent, last_word, reason_of
from engine.train.sink import Reported, check, open_dashboard


class _Log(io.TextIOWrapper):
    """The log that libraries print to: what a full disk does not take is left out, and breaks nothing."""

    def write(self, text: str) -> int:
        with contextlib.suppress(OSError):
            super().write(text)
        return len(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError):
            super().flush()


def main(arguments: list[str] | None = None) -> int:
    """Run one attempt; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m engine.train", description=__doc__)
    parser.add_argument("run", type=Path, help="the run's folder")
    parser.add_argument("--report-to", choices=("trackio", "tensorboard", "wandb"), help="a dashboard")
    options = parser.parse_args(arguments)
    folder, report_to = RunFolder(options.run), options.report_to
    printed = io.BufferedWriter(io.FileIO(2, "w", closefd=False))
    sys.stdout = sys.stderr = _Log(printed, "utf-8", "backslashreplace", write_through=True)
    ranks = Ranks.launched()
    for wish in (signal.SIGINT, signal.SIGTERM):
        signal.signal(wish, lambda *_: folder.request_stop())
    if ranks.rank:
        return int(bool(_tried(folder, Silent(), ranks)))
    try:
        writer = folder.open_writer()
    except (RunBusy, RunError) as error:
        print(error, file=sys.stderr)
        return 1
    folder.write_process()
    with writer:
        log: Log = writer
        if report_to:
            log = Reported(writer, lambda first: open_dashboard(report_to, folder.path, first))
        reason = _tried(folder, log, ranks, report_to)
        if reason:
            with contextlib.suppress(RunError):  # a disk that takes nothing takes no last word
                log.write(RunFinished(outcome="failed", step=0, reason=reason))
        return int(bool(reason))


def _tried(folder: RunFolder, writer: Log, ranks: Ranks, report_to: str | None = None) -> str:
    """Run one attempt; return why it failed, in a sentence, or nothing."""
    try:
        if report_to:
            check(report_to)
        _attempt(folder, writer, ranks)
        return ""
    except (BaseError, RunError, JudgeError, ValueError) as error:
        reason = str(error)
    except Exception as error:  # whatever it was, the log must say how the run ended
        from engine.train.memory import ran_out

        traceback.print_exc()
        lost = reason_of(error, ranks)
        if lost and ranks.rank:
            last_word(folder, lost)
        reason = lost or f"{type(error).__name__}: {error}"
        if ran_out(error):
            reason = "There is not enough memory: use fewer colours or a smaller group."
    print(reason, file=sys.stderr)
    return reason


def _attempt(folder: RunFolder, writer: Log, ranks: Ranks) -> None:
    recipe = folder.recipe()
    writer.write(PhaseEntered(phase="loading", note="Starting"))
    base = find_base(recipe.base)
    if recipe.vllm and importlib.util.find_spec("vllm") is None:
        raise RunError("Names drawn by vLLM need the package vllm here too: install it, or leave vllm empty.")
    ranks.join(recipe)

    import torch

    from engine.judges import held_out
    from engine.judges.build import JudgeBuilder
    from engine.lexicon import Lexicon
    from engine.lm.load import load_base, pick_device, pick_dtype
    from engine.train.evaluation import Check
    from engine.train.loop import Training
    from engine.train.painter import machine, write_painter
    from engine.train.patience import patiently

    if recipe.threads:
        torch.set_num_threads(recipe.threads)
    device = pick_device(recipe.device, int(os.environ.get("LOCAL_RANK", "0")))
    # A resumed training goes on in the numbers that it began with, whatever is measured today.
    began = next((event for event in folder.tail().events if isinstance(event, RunStarted)), None)
    dtype = ranks.agree(pick_dtype(device, began.dtype if began else recipe.dtype))

    def say(note: str, done: float | None) -> None:
        writer.write(PhaseEntered(phase="loading", note=note, done=done))

    loaded = load_base(base, device, dtype, say, folder.task(), recipe.quantize)
    say("Calibrating the judges", None)
    builder = JudgeBuilder(loaded, Lexicon.load(), places.cache() / "calibrations")
    specs = folder.judges()
    checked = held_out.panel(recipe.panel, specs, loaded.task.of_colors)
    check = None
    with ranks.one_first():
        judges = {slug: builder.build(spec, say) for slug, spec in specs.items()}
        if checked is not None:
            check = Check(checked[0], {slug: builder.build(spec, say) for slug, spec in checked[1].items()})
    say("Preparing the trainer", None)
    with tempfile.TemporaryDirectory(prefix="painter-studio-") as scratch:
        training = Training(folder, writer, recipe, loaded, judges, Path(scratch), check, ranks)
        where = machine(device, dtype, ranks.count)
        writer.write(
            RunStarted(
                name=recipe.name,
                steps=recipe.budget.steps,
                device=where,
                dtype=str(dtype).removeprefix("torch."),
                path="plain" if training.not_shared else "shared-prefix",
                resumed_from=training.resumed_from,
                memory_estimate_mb=training.memory / 1e6 if training.memory else None,
                version=VERSION,
            )
        )
        training.run()
    if training.stopped:
        writer.write(RunFinished(outcome="stopped", step=training.step))
        return
    if ranks.rank:
        return
    first, last = training.reward_ends
    facts: dict[str, float] = {"steps": training.made_of or training.step}
    facts |= {k: v for k, v in (("reward_first", first), ("reward_last", last)) if v is not None}

    def write() -> str:
        return write_painter(
            places.home() / "painters",
            training.model,
            recipe,
            run=folder.path.name,
            primer=base.primer.name if base.primer and loaded.task.of_colors else "",
            where=where,
            facts=facts,
        )

    painter = patiently(write, folder, writer, training.step)
    writer.write(RunFinished(outcome="completed", step=training.step, painter=painter))


if __name__ == "__main__":
    sys.exit(main())

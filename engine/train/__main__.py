"""``python -m engine.train RUN_FOLDER``: train, or go on from the latest checkpoint.

The only channel to anyone is the run's event log. Ctrl-C and SIGTERM are taken as a wish to stop: the step
is finished, saved, and told.
"""

from __future__ import annotations

import argparse
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
from engine.eventlog import EventWriter
from engine.events import PhaseEntered, RunFinished, RunStarted
from engine.judges.spec import JudgeError
from engine.models import BaseError, find_base
from engine.rundir import RunFolder


def main(arguments: list[str] | None = None) -> int:
    """Run one attempt; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m engine.train", description=__doc__)
    parser.add_argument("run", type=Path, help="the run's folder")
    folder = RunFolder(parser.parse_args(arguments).run)
    try:
        writer = folder.open_writer()
    except (RunBusy, RunError) as error:
        print(error, file=sys.stderr)
        return 1
    folder.write_process()
    for wish in (signal.SIGINT, signal.SIGTERM):
        signal.signal(wish, lambda *_: folder.request_stop())
    with writer:
        try:
            return _attempt(folder, writer)
        except (BaseError, RunError, JudgeError, ValueError) as error:
            reason = str(error)
        except MemoryError:
            reason = "There is not enough memory: use fewer colours or a smaller group."
        except Exception as error:  # whatever it was, the log must say how the run ended
            traceback.print_exc()
            reason = f"{type(error).__name__}: {error}"
            if "out of memory" in reason.lower():
                reason = "There is not enough memory on the device: use fewer colours or a smaller group."
        writer.write(RunFinished(outcome="failed", step=0, reason=reason))
        print(reason, file=sys.stderr)
        return 1


def _attempt(folder: RunFolder, writer: EventWriter) -> int:
    recipe = folder.recipe()
    writer.write(PhaseEntered(phase="loading", note="Starting"))
    base = find_base(recipe.base)

    import torch

    from engine.judges import held_out
    from engine.judges.build import JudgeBuilder
    from engine.lexicon import Lexicon
    from engine.lm.load import load_base, pick_device, pick_dtype
    from engine.train.evaluation import Check
    from engine.train.loop import Training
    from engine.train.painter import machine, write_painter

    if recipe.threads:
        torch.set_num_threads(recipe.threads)
    device = pick_device(recipe.device)
    # A resumed training goes on in the numbers that it began with, whatever is measured today.
    began = next((event for event in folder.tail().events if isinstance(event, RunStarted)), None)
    dtype = pick_dtype(device, began.dtype if began else recipe.dtype)

    def say(note: str, done: float | None) -> None:
        writer.write(PhaseEntered(phase="loading", note=note, done=done))

    loaded = load_base(base, device, dtype, say, folder.task())
    say("Calibrating the judges", None)
    builder = JudgeBuilder(loaded, Lexicon.load(), places.cache() / "calibrations")
    specs = folder.judges()
    judges = {slug: builder.build(spec, say) for slug, spec in specs.items()}
    checked = held_out.panel(recipe.panel, specs, loaded.task.of_colors)
    check = None
    if checked is not None:
        check = Check(checked[0], {slug: builder.build(spec, say) for slug, spec in checked[1].items()})
    say("Preparing the trainer", None)
    with tempfile.TemporaryDirectory(prefix="painter-studio-") as scratch:
        training = Training(folder, writer, recipe, loaded, judges, Path(scratch), check)
        where = machine(device, dtype)
        writer.write(
            RunStarted(
                name=recipe.name,
                steps=recipe.budget.steps,
                device=where,
                dtype=str(dtype).removeprefix("torch."),
                path="plain" if training.not_shared else "shared-prefix",
                resumed_from=training.resumed_from,
                memory_estimate_mb=training.memory / 1e6 if training.memory else None,
            )
        )
        training.run()
    if training.stopped:
        writer.write(RunFinished(outcome="stopped", step=training.step))
        return 0
    first, last = training.reward_ends
    facts: dict[str, float] = {"steps": training.made_of or training.step}
    facts |= {k: v for k, v in (("reward_first", first), ("reward_last", last)) if v is not None}
    painter = write_painter(
        places.home() / "painters",
        training.model,
        recipe,
        run=folder.path.name,
        primer=base.primer.name if base.primer and loaded.task.of_colors else "",
        where=where,
        facts=facts,
    )
    writer.write(RunFinished(outcome="completed", step=training.step, painter=painter))
    return 0


if __name__ == "__main__":
    sys.exit(main())

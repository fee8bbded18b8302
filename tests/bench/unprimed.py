"""Whether a larger model needs a primer: what it calls held-out colours as it comes, by the hex and in words.

Usage: ``python -m tests.bench.unprimed [--model GGUF] [--colors 96] [--json]``; it needs llama-cpp-python and
brings a real 1.5B model (``tests.bench.judge_model``). Greedy replies, read as the app reads them; the
figures are the report's. The embedded base, unprimed and primed, stands beside it for the same colours.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from llama_cpp import Llama

from engine.judges.correctness import CorrectnessJudge
from engine.judges.spec import Correctness
from engine.lexicon import Lexicon
from engine.lm.load import load_base
from engine.models import find_base
from engine.palette import held_out_colors
from engine.recipe import EMBEDDED_BASE
from engine.reports import Survey, row
from engine.service.survey import greedy_names, other_colors
from engine.task import color_task

LONGEST = 16


def measured(title: str, colors: Sequence[str], names: Sequence[str], judge: CorrectnessJudge) -> dict:
    """Return the report's figures of names for colours."""

    def scores(beside: Sequence[str]) -> tuple[float | None, ...]:
        return tuple(
            judge.score([(color, name)])[0].score if name else None
            for color, name in zip(beside, names, strict=True)
        )

    told = Survey(
        painter=title,
        names=tuple(names),
        correct=scores(colors),
        mistaken=scores(other_colors(colors)),
    )
    line = row(colors, told)
    print(
        f"{title:34} unreadable {line.unreadable:.0%}, correctness {line.correctness or 0:.0%}, "
        f"{line.distinct} distinct, {line.effective:.0f} effective; {', '.join(names[:8])}",
        flush=True,
    )
    return {
        "model": title,
        "unreadable": line.unreadable,
        "correctness": line.correctness,
        "distinct": line.distinct,
        "effective": line.effective,
    }


def chat(llama: Llama, with_reading: bool) -> Callable[[str], str]:
    """Return what names one colour; empty where the reply is no name."""

    def say(color: str) -> str:
        answer = llama.create_chat_completion(
            color_task().messages(color, with_reading), max_tokens=LONGEST, temperature=0.0
        )
        choice = answer["choices"][0]
        reply = color_task().reply.read(choice["message"]["content"], choice["finish_reason"] == "stop")
        return "" if reply.unreadable else reply.name

    return say


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--model", type=Path, help="a GGUF")
    parser.add_argument("--colors", type=int, default=96)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    path = options.model
    if path is None:
        from tests.bench.judge_model import ensure

        path = ensure()
    colors = held_out_colors(options.colors)
    judge = CorrectnessJudge(Correctness(name="Correctness"), Lexicon.load())
    base = load_base(find_base(EMBEDDED_BASE), torch.device("cpu"), torch.float32)
    found = [
        measured(title, colors, greedy_names(model, base, colors), judge)
        for title, model in (("the embedded base, unprimed", base.raw), ("the same, primed", base.primed))
    ]
    llama = Llama(str(path), n_ctx=512, n_threads=os.cpu_count(), verbose=False)
    for with_reading in (False, True):
        title = f"{path.stem[:20]}, {'reading and hex' if with_reading else 'hex alone'}"
        found.append(measured(title, colors, list(map(chat(llama, with_reading), colors)), judge))
    if options.json:
        print(json.dumps(found))


if __name__ == "__main__":
    main()

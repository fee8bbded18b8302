"""How soon names come: from a request to the first chip and to all, on the real service and house painters.

Usage: ``python -m tests.bench.names [--colors 10] [--beside-training] [--also]``.

Colours come one after another, as a person rests on them; each is new to the service. Add ``ui.current.REST``
for the time since the pointer came to rest. ``--beside-training`` names while a training runs as the app runs
it; ``--also`` measures the alternatives that follow the names too.
"""

from __future__ import annotations

import argparse
import queue
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path

from engine import places
from engine.events import StepFinished
from engine.judges import spec
from engine.palette import held_out_colors
from engine.recipe import Budget, Panel, Recipe, Taste
from engine.rundir import RunFolder
from engine.service.protocol import Done, Failed, Name, Named, PainterRef, Ready, Reply
from studio.painters import PainterLibrary
from studio.service_client import ServiceClient
from studio.supervisor import Supervisor

WARM = 2
"""Colours before those that count: the first reads the adapters, and both the code's first pages."""


@contextmanager
def training(home: Path) -> Iterator[None]:
    """Run a training as the app does, past its first step, while this lasts."""
    recipe = Recipe(
        name="bench",
        panel=Panel(tastes=(Taste("poet"),), guards=("correctness",)),
        budget=Budget(steps=10_000),
        checkpoint_every=0,
        eval_every=0,
    )
    folder = places.resources() / "judges"
    judges = {slug: spec.load(folder / f"{slug}.toml") for slug in ("poet", "correctness")}
    run = RunFolder.create(home / "runs", recipe, judges, datetime.now())
    supervisor = Supervisor()
    supervisor.start(run)
    try:
        while not any(isinstance(event, StepFinished) for event in run.recent()):
            if not run.alive():
                raise SystemExit(f"The training ended: {supervisor.ended_sentence(run)}")
            time.sleep(0.5)
        yield
    finally:
        supervisor.kill(run)


def times(
    client: ServiceClient,
    inbox: queue.SimpleQueue[tuple[float, Reply]],
    color: str,
    painters: Sequence[PainterRef],
    samples: int = 0,
) -> tuple[float, float]:
    """Name a colour; return the seconds to the first painter's name and to the last one's."""
    start = time.perf_counter()
    number = client.send(Name(color=color, painters=tuple(painters), samples=samples))
    first = last = 0.0
    while True:
        at, reply = inbox.get(timeout=600)
        if isinstance(reply, Failed):
            raise SystemExit(reply.reason)
        if isinstance(reply, Named) and reply.id == number:
            first, last = first or at - start, at - start
        if isinstance(reply, Done) and reply.id == number:
            return first, last


def measure(
    client: ServiceClient,
    inbox: queue.SimpleQueue[tuple[float, Reply]],
    painters: Sequence[PainterRef],
    colors: Sequence[str],
    *,
    also: bool = False,
) -> None:
    """Print the median and worst seconds over the colours."""
    found: dict[str, list[float]] = {"first": [], "all": []}
    for place, color in enumerate(colors):
        first, last = times(client, inbox, color, painters)
        if place >= WARM:
            found["first"].append(first)
            found["all"].append(last)
            if also:
                found.setdefault("alternatives", []).append(times(client, inbox, color, painters, 8)[1])
    print(f"{len(painters)} painters ({', '.join(ref.slug for ref in painters)})")
    for what, seconds in found.items():
        print(f"{what:>12}: median {statistics.median(seconds):.3f} s, worst {max(seconds):.3f} s")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--colors", type=int, default=10)
    parser.add_argument("--beside-training", action="store_true")
    parser.add_argument("--also", action="store_true")
    options = parser.parse_args()
    inbox: queue.SimpleQueue[tuple[float, Reply]] = queue.SimpleQueue()
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        client = ServiceClient(
            lambda reply: inbox.put((time.perf_counter(), reply)), log=home / "service.log"
        )
        stack.callback(client.close)
        client.start()
        while not isinstance(reply := inbox.get(timeout=600)[1], Ready):
            if isinstance(reply, Failed):
                raise SystemExit(reply.reason)
        print(f"on {reply.device} in {reply.dtype}")
        if options.beside_training:
            stack.enter_context(training(home))
        cards = PainterLibrary(home).list()
        painters = [PainterRef(card.slug, card.folder) for card in cards if not card.error]
        measure(client, inbox, painters, held_out_colors(options.colors + WARM), also=options.also)


if __name__ == "__main__":
    main()

"""Measure how soon the lesson's first real update is there, from when the page is opened.

Usage: python -m tests.bench.lesson [--color '#d48475'] [--group 8] [--judge poet] [--again 2]

The teacher is started as the page does it, and asked at once. Its processor time is told beside the clock's:
on a machine that is busy with other things the clock says little.
"""

from __future__ import annotations

import argparse
import os
import queue
import time

import psutil

from engine.service.protocol import Failed, Progress, Ready, Reply, StepTaken
from studio.judges import JudgeLibrary
from studio.service_client import ServiceClient
from studio.views.lesson import Setup, chance, question
from ui.makers import teacher


def wait(replies: queue.Queue[tuple[float, Reply]], began: float) -> StepTaken:
    """Print what comes until the step is taken."""
    while True:
        at, reply = replies.get(timeout=1800)
        if isinstance(reply, StepTaken):
            return reply
        if isinstance(reply, Failed):
            raise SystemExit(reply.reason)
        if isinstance(reply, Ready | Progress):
            told = reply.note if isinstance(reply, Progress) else f"ready, {reply.device}, {reply.dtype}"
            print(f"  {at - began:6.2f} s  {told}")


def processor_seconds(client: ServiceClient) -> float:
    """Return what the teacher has computed so far."""
    child = client._process
    if child is None:
        return 0.0
    times = psutil.Process(child.pid).cpu_times()
    return float(times.user + times.system)


def main() -> None:
    """Print each update's time."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--color", default="#d48475")
    parser.add_argument("--group", type=int, default=8)
    parser.add_argument("--judge", default="poet")
    parser.add_argument("--again", type=int, default=2, help="how many further updates, with other dice")
    options = parser.parse_args()
    from engine import places

    spec = JudgeLibrary(places.home()).get(options.judge)
    replies: queue.Queue[tuple[float, Reply]] = queue.Queue()
    began = time.monotonic()
    client = teacher(lambda reply: replies.put((time.monotonic(), reply)))
    client._patience = 1800.0  # a busy machine is no reason to give up here
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    print(f"{os.cpu_count()} cores, load {load:.1f}")
    try:
        for seed in range(options.again + 1):
            setup = Setup(color=options.color, judge=options.judge, spec=spec, group=options.group, seed=seed)
            asked, spent = (began, 0.0) if seed == 0 else (time.monotonic(), processor_seconds(client))
            client.send(question(setup))
            taken = wait(replies, asked)
            seconds, worked = time.monotonic() - asked, processor_seconds(client) - spent
            what = "first update, from opening the page" if seed == 0 else "another update"
            print(f"{what}: {seconds:.1f} s ({worked:.1f} s of processor time)")
        for one in taken.group.rollouts:
            before, after = chance(one.logps_before), chance(one.logps_after)
            print(f"  {one.name:28} {one.advantage:+.2f}  {before:.5f} → {after:.5f}  ×{after / before:.2f}")
    finally:
        client.close()


if __name__ == "__main__":
    main()

"""A remote judge against a real server with faults thrown in: the training goes on, nothing wrong is scored.

Run it with ``python -m tests.bench.remote``; it needs llama-cpp-python with its server
(``pip install 'llama-cpp-python[server]'``) and brings a real 1.5B model unless ``--model`` gives a GGUF.

llama-cpp-python's own OpenAI-compatible server answers on loopback. Between it and the judge stands a relay
that delays some answers, turns others into 500s, garbage and half answers, and hangs up on some. A painter is
trained for a few steps by the real CLI; then every mark in the run's log is compared with what the server
says when it is asked alone, without the relay.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import Counter
from pathlib import Path

from engine.events import GroupPainted, JudgeFailed, RunFinished, StepFinished
from engine.judges.remote import question, read_mark
from engine.judges.spec import Remote, dump
from engine.rundir import RunFolder
from tests.bench.judge_model import ensure
from tests.scripted_endpoint import HangUp, Late, Raw, Script, Status, completion, serving

ROOT = Path(__file__).resolve().parents[2]
FAULTS = 0.4
"""The share of requests that something is done to."""


def ask(url: str, body: dict) -> bytes:
    """Return the server's answer to a chat completion."""
    request = urllib.request.Request(
        f"{url}/chat/completions", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=120) as answer:
        return bytes(answer.read())


def relay(url: str, done: Counter[str], seed: int) -> Script:
    """Return what stands between: mostly the server's own answer, sometimes a fault."""
    dice = random.Random(seed)

    def script(number: int, request: dict) -> object:
        fault = dice.choice(["late", "500", "garbage", "cut", "hang-up", "chatter", "out of range"])
        if dice.random() >= FAULTS:
            fault = "none"
        done[fault] += 1
        match fault:
            case "500":
                return Status(500)
            case "garbage":
                return Raw(b"\x00\xffgarbage")
            case "cut":
                return Raw(completion('{"score": 3}'), cut=True)
            case "hang-up":
                return HangUp()
            case "chatter":
                return "What a lovely name!"
            case "out of range":
                return '{"score": 99}'
        answer = Raw(ask(url, request), Content_Type="application/json")
        return Late(3.0, answer) if fault == "late" else answer

    return script


def serve(model: Path, port: int) -> subprocess.Popen[bytes]:
    """Start llama-cpp-python's server and wait until it answers."""
    command = [sys.executable, "-m", "llama_cpp.server", "--model", str(model), "--port", str(port)]
    server = subprocess.Popen(
        [*command, "--n_ctx", "2048", "--n_threads", str(os.cpu_count()), "--cache", "true"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while server.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/v1/models", timeout=5).close()
            return server
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    raise SystemExit("The server did not start: is llama-cpp-python installed with its server?")


def main() -> None:
    """Train beside the server and print what failed, what was scored, and what was scored wrongly."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--model", type=Path, help="a GGUF")
    parser.add_argument("--steps", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = serve(options.model or ensure(), port)
    url, faults = f"http://127.0.0.1:{port}/v1", Counter[str]()
    try:
        with serving(relay(url, faults, options.seed)) as between, tempfile.TemporaryDirectory() as folder:
            judge = Remote(
                name="Critic", url=between.url, model="any", asks="paint color names that sound like weather",
                calibrated=False, timeout=20.0, concurrency=2, max_tokens=32,
            )  # fmt: skip
            file = Path(folder) / "critic.toml"
            file.write_text(dump(judge), encoding="utf-8")
            command = ["train", "--judge", str(file), "--name", "critic", "--guard", "correctness", "--json"]
            size = ["--steps", str(options.steps), "--colors", "4", "--group", "4"]
            done = subprocess.run(
                [sys.executable, "-m", "studio.cli", *command, *size],
                cwd=ROOT,
                env={**os.environ, "PAINTER_STUDIO_HOME": folder},
                stdout=subprocess.PIPE,
                text=True,
                check=False,
            )
            (run,) = (Path(folder) / "runs").iterdir()
            events = RunFolder(run).tail().events
            tell(events, done.returncode, judge, url, faults)
    finally:
        server.terminate()
        server.wait()


def tell(events: list, status: int, judge: Remote, url: str, faults: Counter[str]) -> None:
    """Print the figures; every score of the run is asked for again, from the server itself."""
    steps = [event for event in events if isinstance(event, StepFinished)]
    ends = [event for event in events if isinstance(event, RunFinished)]
    failures = Counter[str]()
    for event in events:
        if isinstance(event, JudgeFailed):
            failures[event.reason] += event.count
    scored = {
        (group.color, rollout.name): rollout.scores["critic"]
        for group in events
        if isinstance(group, GroupPainted)
        for rollout in group.rollouts
        if rollout.scores.get("critic") is not None
    }
    wrong = {}
    for (color, name), score in scored.items():
        message = {"role": "user", "content": question(judge, color, name)}
        body = {"model": "any", "messages": [message], "temperature": 0, "max_tokens": judge.max_tokens}
        said = json.loads(ask(url, body))["choices"][0]["message"]["content"]
        mark = read_mark(said).value / 10
        if abs(mark - score) > 1e-6:
            wrong[name] = (score, mark)
    print(f"exit status {status}, {len(steps)} steps, ended: {[end.outcome for end in ends]}")
    print("what the relay did:", dict(faults))
    print("failures named:", dict(failures))
    print(f"{len(scored)} names scored, {len(wrong)} otherwise than the server says: {wrong}")


if __name__ == "__main__":
    main()

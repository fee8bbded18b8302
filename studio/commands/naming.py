"""``name``: one question to the naming service, and its answer as text or JSON."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from engine import recipe
from engine import task as tasks
from engine.color import ColorError
from engine.service import protocol
from engine.service.protocol import Choice, Name, Named, Reply, Request
from studio.commands.asking import Conversation
from studio.commands.desk import CommandError, Desk, print_json, print_table
from studio.painters import PainterError, PainterLibrary


def name(options: argparse.Namespace, desk: Desk) -> int:
    """Print the names that painters give to a colour."""
    library = PainterLibrary(desk.home)
    base = options.base or recipe.EMBEDDED_BASE
    try:
        task = tasks.load(options.task)
        given = task.read_input(options.color)
        cards = [library.get(slug) for slug in dict.fromkeys(options.painter or ["base"])]
    except ColorError as error:
        options.refuse(str(error))
    except (tasks.TaskError, PainterError) as error:
        raise CommandError(str(error)) from error
    for card in cards:
        if card.folder and not card.gguf and card.base != base:
            raise CommandError(
                f"The painter “{card.slug}” was trained on {card.base}; ask again with --base {card.base}."
            )
        if card.folder and card.task != options.task:
            raise CommandError(
                f"The painter “{card.slug}” answers another task; ask again with --task {card.task}."
            )
    request = Name(
        color=given,
        painters=tuple(protocol.PainterRef(card.slug, card.folder) for card in cards),
        samples=options.samples,
        seed=options.seed,
    )
    answers = [
        reply for reply in ask(request, desk, options.base, task=options.task) if isinstance(reply, Named)
    ]
    asked = [ref.slug for ref in request.painters]
    answers.sort(key=lambda answer: asked.index(answer.painter))
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
        print_json({"color": given, "painters": painters})
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


def ask(
    request: Request,
    desk: Desk,
    base: str = "",
    *,
    task: str = tasks.COLOR,
    timeout: float | None = None,
    notice: Callable[[str], None] | None = None,
) -> list[Reply]:
    """Put one request to a service of its own, and show on stderr how its loading goes.

    Parameters
    ----------
    task
        What the service is to be asked.
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
    with Conversation(desk, base, task=task, timeout=timeout, notice=notice) as service:
        return service.ask(request)

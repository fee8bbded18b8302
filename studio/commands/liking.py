"""``judges like``: what a judge really likes, before a painter finds it out."""

from __future__ import annotations

import argparse
import itertools

import msgspec

from engine.judges.spec import JudgeError
from engine.service.protocol import Like, Likes
from studio.commands.desk import CommandError, Desk, print_json, print_table, printable
from studio.commands.naming import ask
from studio.judges import JudgeLibrary
from studio.views import liking as views


def like(options: argparse.Namespace, desk: Desk) -> int:
    """Print what a judge really likes."""
    library = JudgeLibrary(desk.home)
    try:
        spec = library.get(options.judge)
    except JudgeError as error:
        raise CommandError(str(error)) from error
    rated = dict.fromkeys(options.down, 0.0) | dict.fromkeys(options.up, 1.0)
    request = Like(judge=spec, known=options.known, rated=rated)
    found = next((reply for reply in ask(request, desk, options.base) if isinstance(reply, Likes)), None)
    if found is None:
        raise CommandError("The naming service told nothing of this judge; ask again.")
    if options.json:
        told = msgspec.to_builtins(found.liking)
        print_json({"judge": library.slug_of(options.judge), **told, "seconds": found.seconds})
        return 0
    view = views.show(found.liking)
    print(printable(view.sentence))
    print()
    pairs = itertools.zip_longest(view.best, view.worst, view.shortcuts, fillvalue=views.Row("", ""))
    print_table(
        ("likes best", "score", "likes least", "score", "beats the base everywhere", "score"),
        [tuple(cell for row in rows for cell in (row.name, row.value)) for rows in pairs],
        right=("score",),
    )
    print()
    print_table(("what decides", ""), [(fact.name, fact.value) for fact in view.facts])
    print(f"\n{sum(found.seconds.values()):.1f} s, without the start of the service.")
    return 0

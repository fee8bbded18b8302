"""``judges pick``: a judge taught by picking the better of two names, again and again."""

from __future__ import annotations

import argparse
import sys
from typing import TextIO

from engine.judges.spec import JudgeError, Preference
from studio.commands.asking import Conversation
from studio.commands.desk import CommandError, Desk, print_json, printable
from studio.commands.keypress import Decisions
from studio.judges import JudgeLibrary, slugify
from studio.views import picking
from studio.views.picking import Picking


def pick(options: argparse.Namespace, desk: Desk) -> int:
    """Ask for picks until the person has enough, saving each."""
    library = JudgeLibrary(desk.home)
    slug = slugify(options.name, "judge")
    decisions = Decisions(sys.stdin)
    out = sys.stderr if options.json else sys.stdout
    try:
        state = Picking(judge=_judge(library, slug, options.name))
        with Conversation(desk, options.base) as service:
            state = _sit(state, service, decisions, out, library, slug, options.seed)
    except JudgeError as error:
        raise CommandError(str(error)) from error
    if options.json:
        heard = state.heard
        document = {
            "judge": slug,
            "path": str(library.folder / f"{slug}.toml"),
            "picks": len(state.judge.picks),
            "new": state.made,
            "accuracy": state.accuracy,
            "best": list(heard.best) if heard is not None else [],
            "worst": list(heard.worst) if heard is not None else [],
        }
        print_json(document)
        return 0
    print(printable(f"\n{state.standing}"))
    if state.heard is not None and state.heard.best:
        print(printable(f"You seem to like: {', '.join(state.heard.best)}"))
        print(printable(f"rather than: {', '.join(state.heard.worst)}"))
    if len(state.judge.picks):
        print(printable(f"Saved in {library.folder / f'{slug}.toml'}"))
    return 0


def _judge(library: JudgeLibrary, slug: str, name: str) -> Preference:
    if not library.has(slug):
        return Preference(name=name.strip()[:60] or slug)
    spec = library.get(slug)
    if not isinstance(spec, Preference):
        raise JudgeError(f"The judge “{slug}” is of another kind; give a new one another name.", "kind")
    return spec


def _sit(
    state: Picking,
    service: Conversation,
    decisions: Decisions,
    out: TextIO,
    library: JudgeLibrary,
    slug: str,
    seed: int,
) -> Picking:
    while not state.full:
        for reply in service.ask(picking.question(state, seed)):
            state = picking.fold(picking.asked(state, reply.id), reply)
        if state.pair is None:
            raise CommandError("The naming service gave no names to choose from; ask again.")
        _show(state, decisions.keys, out)
        match decisions.next():
            case "end":
                return state
            case "skip":
                state = picking.skip(state)
            case side:
                state = picking.choose(state, side)
                library.save(slug, state.judge)
    print("The judge is full.", file=out)
    return state


def _show(state: Picking, keys: bool, out: TextIO) -> None:
    assert state.pair is not None
    marks, ask = (("←", "→"), "↑ neither, q ends") if keys else (("1", "2"), "1, 2, s for neither, q to end")
    lines = ["", state.standing, f"  {marks[0]} {state.pair.left}", f"  {marks[1]} {state.pair.right}", ask]
    print(printable("\n".join(lines)), file=out, flush=True)

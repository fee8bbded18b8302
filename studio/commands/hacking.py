"""``judges hack``: a judge cheated with one name for all colours, before a painter finds it."""

from __future__ import annotations

import argparse
from pathlib import Path

import msgspec

from engine import recipe
from engine.judges.hacking import Hacking
from engine.judges.spec import JudgeError, JudgeSpec
from engine.service.protocol import Hack, Hacked, PainterRef
from studio.commands.asking import Conversation
from studio.commands.desk import CommandError, Desk, print_json, print_table, printable
from studio.judges import JudgeLibrary, looks_like_path
from studio.painters import PainterError, PainterLibrary
from studio.views import hacking as views
from studio.views import judge_form


def hack(options: argparse.Namespace, desk: Desk) -> int:
    """Print what one name for all colours would earn, and make the best counter-examples if asked to."""
    library = JudgeLibrary(desk.home)
    names = tuple(dict.fromkeys(" ".join(name.split()) for name in options.name))
    again: Hacking | None = None
    path: Path | None = None
    try:
        spec = library.get(options.judge)
        if options.add and views.offer(spec, "")[0] == "":
            raise CommandError(views.remedy(spec))
        painter = _painter(options, desk)
        with Conversation(desk, options.base) as service:
            request = Hack(judge=spec, names=names, search=True, painter=painter, seed=options.seed)
            found, seconds = _ask(service, request)
            added = _chosen(found, spec, options.add)
            if added:
                spec = _taught(spec, added)
                path = _place(options.judge, library)
                library.save(path.stem, spec) if path.parent == library.folder else library.export(spec, path)
                again, _ = _ask(service, Hack(judge=spec, names=added))
    except (JudgeError, PainterError) as error:
        raise CommandError(str(error)) from error
    if options.json:
        document = {
            "judge": library.slug_of(options.judge),
            **msgspec.to_builtins(found),
            "seconds": seconds,
            "added": list(added),
            "path": str(path) if path is not None else None,
            "after": msgspec.to_builtins(again),
        }
        print_json(document)
        return 0
    print(printable(found.sentence))
    if found.yardstick is not None:
        print(f"The yardstick: the base’s own names, each for its own colour, earn {found.yardstick:.2f}.")
    print()
    rows = [(one.name, f"{one.score:.2f}", views.SOURCES[one.source]) for one in (*found.tried, *found.found)]
    print_table(("one name for all colours", "score", "whose"), rows, right=("score",))
    print()
    if again is None:
        print(printable(views.remedy(spec) if not options.add else "None cheats, so none was added."))
        return 0
    print(printable(f"Added to the counter-examples of {spec.name}: {', '.join(added)}. Saved in {path}."))
    earns = ", ".join(f"{one.name} {one.score:.2f}" for one in again.tried)
    now = "nothing" if again.yardstick is None else f"{again.yardstick:.2f}"
    print(printable(f"By the judge as it is now: {earns}; the base’s own names {now}."))
    return 0


def _ask(service: Conversation, request: Hack) -> tuple[Hacking, dict[str, float]]:
    for reply in service.ask(request):
        if isinstance(reply, Hacked):
            return reply.hacking, reply.seconds
    raise CommandError("The naming service told nothing of this judge; ask again.")


def _painter(options: argparse.Namespace, desk: Desk) -> PainterRef | None:
    if options.painter is None:
        return None
    card, base = PainterLibrary(desk.home).get(options.painter), options.base or recipe.EMBEDDED_BASE
    if card.folder and card.base != base:
        raise CommandError(
            f"The painter “{card.slug}” was trained on {card.base}; ask again with --base {card.base}."
        )
    return PainterRef(card.slug, card.folder)


def _chosen(found: Hacking, spec: JudgeSpec, count: int) -> tuple[str, ...]:
    """Return the best names that cheat and can become counter-examples."""
    return tuple(
        one.name
        for one in found.found
        if views.cheats(one, found) and views.offer(spec, one.name)[0] == "add"
    )[:count]


def _taught(spec: JudgeSpec, names: tuple[str, ...]) -> JudgeSpec:
    form = judge_form.draft(spec)
    for name in names:
        form = judge_form.with_counter_example(form, name)
    return judge_form.read(form)


def _place(judge: str, library: JudgeLibrary) -> Path:
    """Return where a mended judge goes: a path of the person's own, or over the one that was shipped."""
    path = library.find(judge)
    return path if looks_like_path(judge) else library.folder / path.name

"""``painters blend | rename | duplicate | delete | restore | trash | import``."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path
from typing import Any

import msgspec

from engine import recipe
from engine.models import BaseError, find_base
from engine.service.protocol import Written
from studio import blending
from studio.blending import Making
from studio.commands.desk import CommandError, Desk, print_json, print_table, printable
from studio.commands.naming import ask
from studio.keeping import Discarded, PainterKeeper
from studio.painters import BASE, PainterCard, PainterError, PainterLibrary


def keeping(options: argparse.Namespace, desk: Desk) -> int:
    """See to one painter, as ``options.about`` says."""
    library = PainterLibrary(desk.home)
    keeper = PainterKeeper(library)
    try:
        match options.about:
            case "blend":
                return _blend(options, desk, library, keeper)
            case "import":
                return _import(options, desk, library, keeper)
            case "rename":
                card = library.rename(options.painter, options.name)
                return _told(options, card, f"“{card.slug}” is called “{card.name}” now.")
            case "duplicate":
                card = keeper.duplicate(options.painter, options.name)
                return _told(options, card, f"“{card.name}” is a painter of your own: {card.slug}.")
            case "restore":
                card = keeper.restore(options.painter)
                return _told(options, card, f"“{card.name}” is back: {card.slug}.")
            case "delete":
                return _delete(options, keeper)
            case _:
                return _trash(options, keeper)
    except PainterError as error:
        raise CommandError(str(error)) from error


def _blend(options: argparse.Namespace, desk: Desk, library: PainterLibrary, keeper: PainterKeeper) -> int:
    first, second = library.get(options.first), library.get(options.second)
    making = blending.blend(first, second, options.weights, keeper.room(), options.name, options.rank)
    card, written = _make(making, desk, "" if first.base == recipe.EMBEDDED_BASE else first.base, keeper)
    parts = " and ".join(f"{parent.weight:.0%} {parent.name}" for parent in card.parents)
    cut = "" if written.kept == 1.0 else f", which keeps {written.kept:.1%} of the change"
    said = f"“{card.name}” is {parts}: {card.slug}, of rank {written.rank}{cut}."
    return _told(options, card, said, kept=written.kept)


def _import(options: argparse.Namespace, desk: Desk, library: PainterLibrary, keeper: PainterKeeper) -> int:
    try:
        base = find_base(options.base or recipe.EMBEDDED_BASE)
    except BaseError as error:
        raise CommandError(str(error)) from error
    primer = library.get(BASE).primer if base.embedded else (base.primer.name if base.primer else "")
    making = blending.take_in(
        Path(options.folder), base.slug, primer, keeper.room(), options.name, options.gguf_base
    )
    card, written = _make(making, desk, options.base, keeper)
    of = "a model of its own" if card.gguf else f"of rank {written.rank}"
    return _told(options, card, f"“{card.name}” is a painter of your own: {card.slug}, {of}.")


def _make(making: Making, desk: Desk, base: str, keeper: PainterKeeper) -> tuple[PainterCard, Written]:
    room = Path(making.request.out)
    try:
        room.parent.mkdir(parents=True, exist_ok=True)
        replies = ask(making.request, desk, base)
        written = next(reply for reply in replies if isinstance(reply, Written))
        return keeper.adopt(room, {**making.facts, "rank": written.rank}), written
    except OSError as error:
        raise CommandError(f"{room.parent} cannot be written: {error.strerror or error}.") from error
    finally:
        shutil.rmtree(room, ignore_errors=True)


def _delete(options: argparse.Namespace, keeper: PainterKeeper) -> int:
    gone = keeper.discard(options.painter)
    if options.json:
        print_json({"discarded": msgspec.to_builtins(gone)})
    else:
        back = f"painter-studio painters restore {gone.slug} brings it back."
        print(printable(f"“{gone.name}” is in the trash; {back}"))
    return 0


def _trash(options: argparse.Namespace, keeper: PainterKeeper) -> int:
    if options.empty:
        count = keeper.empty()
        if options.json:
            print_json({"deleted": count})
        else:
            print(f"{count} painter{'' if count == 1 else 's'} deleted for good.")
        return 0
    there: list[Discarded] = keeper.trash()
    if options.json:
        print_json({"trash": [msgspec.to_builtins(one) for one in there]})
    elif not there:
        print("The trash is empty.")
    else:
        print_table(
            ("painter", "name", "thrown away", "key"),
            [(one.slug, one.name, one.date.replace("T", " ")[:16], one.key) for one in there],
        )
    return 0


def _told(options: argparse.Namespace, card: PainterCard, said: str, **more: Any) -> int:
    if options.json:
        told = msgspec.to_builtins(card)
        del told["recipe"]
        print_json({"painter": told, **more})
    else:
        print(printable(said))
    return 0

"""``models list | get | remove``: the bases that there are, fetched in a child process with progress."""

from __future__ import annotations

import argparse
import sys

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn, TransferSpeedColumn
from rich.progress import Progress as Bar

from engine.models import BaseError
from studio import bases
from studio.bases import BaseCard, Fetching
from studio.commands.desk import CommandError, Desk, print_json, print_table, printable
from studio.settings import SettingsStore


def models(options: argparse.Namespace, desk: Desk) -> int:
    """See to the bases, as ``options.about`` says."""
    try:
        match options.about:
            case "get":
                return _get(options, desk)
            case "remove":
                freed = bases.remove(options.model)
            case _:
                return _list(options)
    except BaseError as error:
        raise CommandError(str(error)) from error
    if options.json:
        print_json({"removed": options.model, "freed": freed})
    else:
        print(f"{options.model} is removed; {freed / 1e6:,.0f} MB are free again.")
    return 0


def _list(options: argparse.Namespace) -> int:
    cards = bases.list_bases()
    if options.json:
        print_json({"models": [_document(card) for card in cards]})
        return 0
    print_table(
        ("model", "title", "licence", "disk", "memory", "primer", "here"),
        [
            (
                card.slug,
                card.title,
                f"{card.licence}{' (gated)' if card.entry and card.entry.gated else ''}",
                f"{card.disk_mb:,} MB",
                _memory(card),
                card.entry.primer if card.entry else "",
                "yes" if card.here else "",
            )
            for card in cards
        ],
        right=("disk", "memory"),
    )
    print("Memory is that of a training of 8 × 8 names in bfloat16; ~ was reckoned, not measured.")
    return 0


def _memory(card: BaseCard) -> str:
    if card.entry is None:
        return ""
    return f"{'' if card.entry.measured else '~'}{card.entry.memory_mb / 1000:.1f} GB"


def _document(card: BaseCard) -> dict[str, object]:
    known = card.entry
    about: dict[str, object] = {}
    if known is not None:
        about = {
            "repo": known.repo or None,
            "parameters": known.parameters,
            "memory_mb": known.memory_mb,
            "measured": known.measured,
            "gated": known.gated,
            "reading": known.reading,
            "primer": known.primer,
        }
    return {
        "model": card.slug,
        "title": card.title,
        "licence": card.licence,
        "here": card.here,
        "disk_mb": card.disk_mb,
        **about,
    }


def _get(options: argparse.Namespace, desk: Desk) -> int:
    settings, _ = SettingsStore(desk.home).load()
    fetching = Fetching(options.model, python=desk.python, offline=settings.offline)
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    folder = ""
    with Bar(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(printable(options.model), total=None)
        try:
            for said in fetching.lines():
                if said.error:
                    raise CommandError(said.error)
                folder = said.folder
                if not folder:
                    bar.update(task, completed=said.done, total=said.total)
        except KeyboardInterrupt:
            fetching.cancel()
            print("What came so far is kept; the same command goes on.", file=sys.stderr)
            raise
    if options.json:
        print_json({"model": options.model, "folder": folder})
    else:
        print(f"{options.model} is here: painter-studio train --base {options.model}")
    return 0

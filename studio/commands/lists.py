"""``painters``, ``runs`` and ``judges``: what there is."""

from __future__ import annotations

import argparse

import msgspec

from studio.commands.desk import Desk, print_json, print_table
from studio.judges import JudgeLibrary
from studio.painters import PainterLibrary
from studio.runs import Runs


def painters(options: argparse.Namespace, desk: Desk) -> int:
    """List the base and the painters."""
    cards = PainterLibrary(desk.home).list()
    if options.json:
        rows = [msgspec.to_builtins(card) for card in cards]
        for row in rows:
            del row["recipe"]
        print_json({"painters": rows})
        return 0
    print_table(
        ("painter", "name", "judges", "steps", "reward", "date"),
        [
            (
                card.slug,
                card.name,
                card.error or ", ".join(card.judges),
                str(card.steps or ""),
                _change(card.reward_first, card.reward_last),
                card.date[:10] or ("shipped" if card.shipped else ""),
            )
            for card in cards
        ],
    )
    return 0


def judges(options: argparse.Namespace, desk: Desk) -> int:
    """List the judges, faulty files too."""
    entries = JudgeLibrary(desk.home).list()
    if options.json:
        rows = [
            {
                "slug": entry.slug,
                "name": entry.name,
                "kind": entry.spec.__struct_config__.tag if entry.spec is not None else None,
                "shipped": entry.shipped,
                "path": str(entry.path),
                "error": entry.error,
            }
            for entry in entries
        ]
        print_json({"judges": rows})
        return 0
    print_table(
        ("judge", "name", "kind", "what it asks for"),
        [
            (
                entry.slug,
                entry.name,
                str(entry.spec.__struct_config__.tag) if entry.spec is not None else "faulty",
                entry.error
                or getattr(entry.spec, "asks", "")
                or (entry.spec.about if entry.spec is not None else ""),
            )
            for entry in entries
        ],
    )
    return 0


def runs(options: argparse.Namespace, desk: Desk) -> int:
    """List the trainings, newest first."""
    summaries = Runs(desk.home).list()
    if options.json:
        rows = [
            {
                "run": one.id,
                "path": str(one.path),
                "name": one.name,
                "status": one.status,
                "step": one.step,
                "steps": one.steps,
                "painter": one.painter or None,
                "base": one.base,
                "judges": list(one.judges),
                "reward_first": one.reward_first,
                "reward_last": one.reward_last,
                "error": one.error or None,
            }
            for one in summaries
        ]
        print_json({"runs": rows})
        return 0
    if not summaries:
        print("There are no runs yet; painter-studio train makes one.")
        return 0
    print_table(
        ("run", "name", "status", "steps", "reward", "judges"),
        [
            (
                one.id,
                one.name,
                one.error or one.status,
                f"{one.step} of {one.steps}",
                _change(one.reward_first, one.reward_last),
                ", ".join(one.judges),
            )
            for one in summaries
        ],
    )
    return 0


def _change(first: float | None, last: float | None) -> str:
    return "" if first is None or last is None else f"{first:.2f} → {last:.2f}"

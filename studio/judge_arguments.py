"""The arguments of ``judge`` and of ``judges``' own commands; see ``studio.cli``. Standard library only."""

from __future__ import annotations

import argparse
from typing import Any

from studio.arguments import color, line, number

KINDS = ("contrast", "rating", "correctness", "describes", "listener", "form", "remote", "preference")


def add_judge(parser: argparse.ArgumentParser) -> None:
    """Add what ``judge`` takes."""
    parser.description = (
        "Score names for a colour. With one judge its verdicts are told; with several, or with guards or "
        "gates, they make a panel as in a training, and each judge's share of the reward is told."
    )
    parser.add_argument("color", type=color, help="such as '#d48475'")
    parser.add_argument("names", nargs="+", type=line, metavar="name", help="a name to score")
    parser.add_argument(
        "--judge",
        action="append",
        metavar="JUDGE[:WEIGHT]",
        help="a slug, or the path of a .toml, and its weight; may be repeated (default: poet)",
    )
    parser.add_argument(
        "--guard", action="append", default=[], metavar="JUDGE", help="one that multiplies; may be repeated"
    )
    parser.add_argument(
        "--gate",
        action="append",
        default=[],
        metavar="JUDGE:NUMBER",
        help="one that must give at least so much; may be repeated",
    )
    parser.add_argument("--base", default="", help="another base: a local transformers folder")


def add_about(about: Any, json: argparse.ArgumentParser) -> None:
    """Add the commands of ``judges``.

    Parameters
    ----------
    about
        What argparse's ``add_subparsers`` returned; its class is private.
    json
        The parent that has ``--json``.
    """
    new = about.add_parser("new", parents=[json], help="write a judge")
    new.description = (
        "Write a judge of your own: a contrast judge needs what it asks for and names that it likes, four "
        "work well."
    )
    new.add_argument("file", type=line, help="what it will be called, or the path of a .toml")
    new.add_argument("--kind", choices=KINDS, default="contrast", help="(default contrast)")
    _add_fields(new)
    edit = about.add_parser("edit", parents=[json], help="change a judge")
    edit.description = (
        "Change fields of a judge, or, without any, open it in $VISUAL or $EDITOR. A judge that came with "
        "the app becomes one of your own."
    )
    edit.add_argument("file", type=line, help="a slug, or the path of a .toml")
    _add_fields(edit)
    for name, says in (
        ("show", "show a judge and what to know of it"),
        ("check", "say whether a file is sound"),
    ):
        one = about.add_parser(name, parents=[json], help=says)
        one.add_argument("file", type=line, help="a slug, or the path of a .toml")
    _add_like(about.add_parser("like", parents=[json], help="say what a judge really likes"))
    _add_hack(about.add_parser("hack", parents=[json], help="try to cheat a judge with one name"))
    pick = about.add_parser("pick", parents=[json], help="teach a judge by picking the better of two names")
    pick.description = (
        "Pick the better of two names: ← or 1 the first, → or 2 the second, ↑ or s neither, q ends. Each "
        "pick is saved at once; thirty make a taste. In --json the questions go to stderr."
    )
    pick.add_argument("name", type=line, help="the judge: one of your own, or a new one")
    pick.add_argument("--seed", type=number(int, 0, 2**31 - 1), default=0, help="of the pairs (default 0)")
    pick.add_argument("--base", default="", help="another base: a local transformers folder")
    again = about.add_parser("rescore", parents=[json], help="judge a training's names anew")
    again.description = (
        "Score the names of a training by another judge: what would have been rewarded otherwise."
    )
    again.add_argument("run", type=line, help="by the name of its folder, its path, or its painter")
    again.add_argument("--judge", required=True, metavar="JUDGE", help="a slug, or the path of a .toml")
    again.add_argument(
        "--instead-of",
        metavar="SLUG",
        help="whose place it takes (default: the one of its own name, or the only taste)",
    )
    again.add_argument(
        "--last", type=number(int, 1, 100_000), metavar="STEPS", help="only so many of the last steps"
    )


def _add_like(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Score known names and the base's own, and say what a painter trained on this judge alone will "
        "come to: the names that it likes best and least, what decides, and the shortcuts."
    )
    parser.add_argument("judge", type=line, help="a slug, or the path of a .toml")
    parser.add_argument(
        "--up", action="append", default=[], type=line, metavar="NAME", help="one you like; may be repeated"
    )
    parser.add_argument(
        "--down", action="append", default=[], type=line, metavar="NAME", help="one you do not; likewise"
    )
    parser.add_argument(
        "--known", type=number(int, 50, 10_000), default=2000, metavar="N", help="known names (default 2000)"
    )
    parser.add_argument("--base", default="", help="another base: a local transformers folder")


def _add_hack(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Look for one name that, said to every colour, earns more than the base’s own names do, each for its "
        "colour: training on this judge alone would end there."
    )
    parser.add_argument("judge", type=line, help="a slug, or the path of a .toml")
    parser.add_argument(
        "--name", action="append", default=[], type=line, metavar="TEXT", help="your own; may be repeated"
    )
    parser.add_argument("--painter", metavar="SLUG", help="look among what this painter says too")
    parser.add_argument(
        "--add",
        type=number(int, 1, 12),
        default=0,
        metavar="N",
        help="make the best N that cheat counter-examples; a judge that came with the app becomes your own",
    )
    parser.add_argument("--seed", type=number(int, 0, 2**31 - 1), default=0, help="of the search (default 0)")
    parser.add_argument("--base", default="", help="another base: a local transformers folder")


def _add_fields(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--name", type=line, help="the judge's name")
    parser.add_argument("--asks", type=line, help="what it asks for, completing “a list of …”")
    parser.add_argument(
        "--liked", action="append", type=line, metavar="NAME", help="a name it likes; may be repeated"
    )
    parser.add_argument(
        "--plain", action="append", type=line, metavar="NAME", help="one it does not; likewise"
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        type=line,
        metavar="KEY=VALUE",
        help="any other field, its value as in TOML; may be repeated",
    )

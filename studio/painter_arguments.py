"""The arguments of ``painters``' own commands; see ``studio.cli``. Standard library only."""

from __future__ import annotations

import argparse
from typing import Any

from studio.arguments import line, number


def add_about(about: Any, json: argparse.ArgumentParser) -> None:
    """Add the commands of ``painters``.

    Parameters
    ----------
    about
        What argparse's ``add_subparsers`` returned; its class is private.
    json
        The parent that has ``--json``.
    """
    blend = about.add_parser("blend", parents=[json], help="make a painter of two")
    blend.description = (
        "Blend two painters of one base: their weights are added in these shares, exactly and without any "
        "training. In --json, kept is the share of the change that --rank has left, in 0..1."
    )
    blend.add_argument("first", type=line, metavar="A", help="by slug")
    blend.add_argument("second", type=line, metavar="B", help="by slug")
    blend.add_argument(
        "--weights",
        type=_weights,
        default=(50.0, 50.0),
        metavar="A,B",
        help="in any units, such as 60,40 (default 50,50)",
    )
    blend.add_argument("--name", type=line, default="", help="what it is called (default: both names)")
    blend.add_argument(
        "--rank",
        type=number(int, 0, 1024),
        default=0,
        help="cut its rank, which makes it smaller and no longer exact (default 0: exact)",
    )
    rename = about.add_parser("rename", parents=[json], help="call a painter of your own otherwise")
    rename.add_argument("painter", type=line, help="by slug, which stays")
    rename.add_argument("name", type=line, help="what it is called from now on")
    twice = about.add_parser("duplicate", parents=[json], help="copy a painter; a shipped one becomes yours")
    twice.add_argument("painter", type=line, help="by slug")
    twice.add_argument("--name", type=line, default="", help="what the copy is called (default: its name 2)")
    away = about.add_parser("delete", parents=[json], help="move a painter of your own to the trash")
    away.add_argument("painter", type=line, help="by slug")
    back = about.add_parser("restore", parents=[json], help="bring a painter back from the trash")
    back.add_argument("painter", type=line, help="by the slug that it had, or as painters trash lists it")
    trash = about.add_parser("trash", parents=[json], help="list what is in the trash, or empty it")
    trash.add_argument("--empty", action="store_true", help="delete all of it for good")
    fetch = about.add_parser("import", parents=[json], help="take in a LoRA that peft saved, or a GGUF")
    fetch.description = (
        "Check a LoRA's folder (adapter_config.json and adapter_model.safetensors) against the base, and "
        "copy its numbers; or check and copy a GGUF. Pickles are never opened."
    )
    fetch.add_argument(
        "folder", type=line, help="as peft's save_pretrained left it, a painter's own, or a .gguf file"
    )
    fetch.add_argument(
        "--gguf-base",
        type=line,
        default="",
        metavar="FILE",
        help="for a .gguf that is a LoRA: the GGUF it was made for (default: the embedded base's)",
    )
    fetch.add_argument("--name", type=line, default="", help="what it is called (default: the folder's name)")
    fetch.add_argument("--base", default="", help="another base: a local transformers folder")


def add_export(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``export``."""
    parser.description = (
        "Write a painter for use outside the app, then let what was written name 20 colours and compare. In "
        "--json, agreement is the share named as in the app, in 0..1; where nothing was quantized it must be "
        "0.95, or the exit status is 1."
    )
    parser.add_argument("painter", type=line, help="by slug")
    parser.add_argument(
        "--to",
        required=True,
        choices=("adapter", "merged", "gguf", "ollama"),
        help="a LoRA for peft, a model for transformers, a GGUF for llama.cpp, or a GGUF and a Modelfile",
    )
    parser.add_argument("out", type=line, metavar="OUT", help="the folder to make")
    parser.add_argument(
        "--quantization", choices=("f16", "q8_0"), default="f16", help="of a GGUF's weights (default f16)"
    )
    parser.add_argument("--base", default="", help="for the base itself: a local transformers folder")
    parser.add_argument("--replace", action="store_true", help="put it in the place of an earlier export")


def _weights(text: str) -> tuple[float, float]:
    parts = text.replace(":", ",").replace("/", ",").split(",")
    try:
        first, second = (float(part) for part in parts)
    except ValueError:
        first = second = 0.0
    # Written so that "nan" is refused as well.
    if not (0 < first < 1e6 and 0 < second < 1e6):
        raise argparse.ArgumentTypeError(f"“{text:.40}” is not two numbers above 0, such as 60,40")
    return first, second

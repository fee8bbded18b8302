"""The arguments of ``models``' and ``runs``' own commands; see ``studio.cli``. Standard library only."""

from __future__ import annotations

import argparse
from typing import Any

from studio.arguments import line, number


def add_about_models(about: Any, json: argparse.ArgumentParser) -> None:
    """Add the commands of ``models``; see :func:`studio.painter_arguments.add_about`."""
    about.add_parser("list", parents=[json], help="list the bases that there are and that can be had")
    get = about.add_parser("get", parents=[json], help="fetch a base from the hub, or go on with it")
    get.description = (
        "Fetch a base: safetensors and text only, each file's checksum compared with the hub's. Ctrl-C keeps "
        "what came. Gated ones need HF_TOKEN in the environment; HF_ENDPOINT names another hub; with "
        "HF_HUB_OFFLINE nothing is fetched."
    )
    get.add_argument("model", type=line, help="as models lists it, or OWNER/NAME")
    away = about.add_parser("remove", parents=[json], help="delete a base that was fetched")
    away.add_argument("model", type=line, help="as models lists it")


def add_about_runs(about: Any, json: argparse.ArgumentParser) -> None:
    """Add the commands of ``runs``; see :func:`studio.painter_arguments.add_about`."""
    show = about.add_parser("show", parents=[json], help="tell of one: how it stands, its evaluations")
    show.add_argument("run", type=line, help="its folder's name, its four-digit id, or its painter")
    follow = about.add_parser("follow", parents=[json], help="watch a run on another machine from here")
    follow.description = (
        "Copy a run's folder from another machine by your own rsync, again and again until the run ends; the "
        "window shows the copy as it grows. Weights stay there until the run is finished. Ctrl-C ends the "
        "watching, never the training."
    )
    follow.add_argument("source", type=line, metavar="HOST:PATH", help="the run's folder, as rsync takes it")
    follow.add_argument(
        "--every", type=number(float, 0.1, 3600), default=2.0, metavar="SECONDS", help="(default 2)"
    )

"""``prime``: a primer trained in a process of its own, its progress on stderr."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tomllib

from engine import places
from engine.models import BaseError, find_base, primer_folder
from engine.recipe import EMBEDDED_BASE
from studio.children import child_environment
from studio.commands.desk import CommandError, Desk, print_json, printable


def prime(options: argparse.Namespace, desk: Desk) -> int:
    """Train a primer and say what it came to."""
    try:
        base = find_base(options.base or EMBEDDED_BASE)
    except BaseError as error:
        raise CommandError(str(error)) from error
    if base.embedded and not options.out:
        raise CommandError(
            "The embedded base has its primer, on which the shipped painters build; give --out to make "
            "another beside it, or --base for a base of your own."
        )
    out = places.expanded(options.out) if options.out else primer_folder(base.slug)
    if out.exists():
        raise CommandError(f"{out} is there already; give another --out or delete that folder.")
    command = [desk.python, "-m", "engine.train.primer", str(out), "--base", base.slug]
    for name in ("steps", "seed"):
        if getattr(options, name) is not None:
            command += [f"--{name}", str(getattr(options, name))]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        env=child_environment(),
    ) as child:
        assert child.stdout is not None
        try:
            for line in child.stdout:
                print(printable(line.rstrip()), file=sys.stderr, flush=True)
        except KeyboardInterrupt:
            child.terminate()
            raise
    if child.returncode:
        raise CommandError("The primer was not made; what went wrong stands above. Nothing was changed.")
    card = tomllib.loads((out / "card.toml").read_text(encoding="utf-8"))
    if options.json:
        print_json({"folder": str(out), **card})
    else:
        print(
            f"The primer lies in {out}: held-out loss {card['held_out_loss']:.3f}, with the colours shuffled "
            f"{card['held_out_loss_shuffled']:.3f}."
        )
    return 0

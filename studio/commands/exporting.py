"""``export``: a painter for the world outside, tried against the app before it is put in its place."""

from __future__ import annotations

import argparse
import signal
import threading
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from engine import recipe
from engine.export.order import Exported
from engine.service import protocol
from studio import exporting
from studio.commands.desk import CommandError, Desk, print_json, print_table, printable
from studio.exporting import Export, ExportStopped
from studio.painters import PainterError, PainterLibrary


def export(options: argparse.Namespace, desk: Desk) -> int:
    """Export a painter, and show what it says beside what the app says."""
    try:
        card = PainterLibrary(desk.home).get(options.painter)
        order = exporting.order(
            card,
            options.to,
            Path(options.out),
            options.quantization,
            base=options.base or recipe.EMBEDDED_BASE,
            replace=options.replace,
        )
        told = _run(Export(order, desk.python, desk.export))
    except (PainterError, ExportStopped) as error:
        raise CommandError(str(error)) from error
    out = Path(order.out)
    if options.json:
        print_json(exporting.as_json(told, out))
    else:
        _show(told, out)
    if not told.sound:
        raise CommandError(f"The export is written, but {exporting.sentence(told)}")
    return 0


def _run(job: Export) -> Exported:
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("Starting the export", total=None)

        def tell(told: protocol.Progress) -> None:
            progress.update(
                task,
                description=printable(told.note),
                total=None if told.done is None else 1.0,
                completed=told.done or 0,
            )

        def stop(*_: Any) -> None:
            job.stop()

        # Ctrl-C stops the child, which clears up after itself; waiting for it is not to be broken off.
        main = threading.current_thread() is threading.main_thread()
        before = signal.signal(signal.SIGINT, stop) if main else None
        try:
            return job.run(tell)
        finally:
            if main:
                signal.signal(signal.SIGINT, before)


def _show(told: Exported, out: Path) -> None:
    rows = [
        (row.color, row.app or "(no name)", "" if row.same else row.export or "(no name)")
        for row in told.rows
    ]
    print_table(("colour", "in the app", "where the export differs"), rows)
    print(printable(f"{exporting.sentence(told)}\nIt lies in {out}; its README.md says how to use it."))

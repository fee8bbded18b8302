"""One export from its order to its card: the steps, in order."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import torch

from engine.durable import disk_error, sync_file
from engine.export import card
from engine.export.checking import app_names, try_export
from engine.export.order import Exported, Order
from engine.export.writing import Tell, write_export
from engine.lm.exact import inexact
from engine.lm.load import load_base
from engine.models import BaseError, find_base


def make(order: Order, tell: Tell) -> Exported:
    """Write an export into ``order.part``, try it, and put its card beside it.

    Raises
    ------
    BaseError
        If it cannot be exported so, in a sentence; nothing is left behind then.
    RunError
        If the disk does not take it, likewise.
    """
    began = time.monotonic()
    out = Path(order.part)
    base = find_base(order.base)
    loaded = load_base(base, torch.device("cpu"), torch.float32, tell)
    prompts = [loaded.prompt(color) for color in ("#d48475", "#123456")]
    why = "" if base.embedded else inexact(loaded.primed, prompts, loaded.name_tokens("Quiet Rose"))
    if why:
        raise BaseError(
            f"{base.title} cannot name colours in the app yet, so nothing could be compared: {why}."
        )
    expected = app_names(loaded, order.adapter, tell)
    try:
        out.mkdir(parents=True)
        write_export(order, loaded, out, tell)
        rows, by = try_export(order.kind, loaded, out, expected, tell)
        card.write(order, loaded, out, rows, by)
        files = {path.name: path.stat().st_size for path in sorted(out.iterdir())}
        for name in files:
            sync_file(out / name)
    except OSError as error:
        shutil.rmtree(out, ignore_errors=True)
        raise disk_error(error, "write the export") from error
    except BaseException:
        shutil.rmtree(out, ignore_errors=True)
        raise
    return Exported(
        kind=order.kind,
        quantization=order.quantization if order.kind in ("gguf", "ollama") else "",
        files=files,
        rows=rows,
        by=by,
        seconds=round(time.monotonic() - began, 1),
    )

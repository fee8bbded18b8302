"""What a training leaves behind: a painter's folder with its adapter and its card."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import tomli_w
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from engine import places
from engine.durable import disk_error, sync_folder
from engine.recipe import Recipe, table
from engine.rundir import slug as slug_of


def machine(device: torch.device, dtype: torch.dtype, processes: int = 1) -> str:
    """Return the class of machine, for cards: never its name."""
    kind = torch.cuda.get_device_name(device) if device.type == "cuda" else device.type.upper()
    cores = f", {torch.get_num_threads()} threads" if device.type == "cpu" else ""
    many = f"{processes} × " if processes > 1 else ""
    return f"{many}{kind}{cores}, {str(dtype).removeprefix('torch.')}"


@contextlib.contextmanager
def disk_faults() -> Iterator[None]:
    """Raise what safetensors says of the disk as the ``OSError`` that it is."""
    try:
        yield
    except SafetensorError as error:
        if found := re.search(r"os error (\d+)", str(error)):
            raise OSError(int(found[1]), os.strerror(int(found[1]))) from error
        raise


def write_adapter(model: Any, base: str, folder: Path, dtype: torch.dtype) -> None:
    """Write a peft model's adapter: ``adapter_config.json`` and ``adapter_model.safetensors``."""
    folder.mkdir(parents=True, exist_ok=True)
    model.peft_config["default"].base_model_name_or_path = base
    path = folder / "adapter_model.safetensors"
    with disk_faults():
        # Embeddings are never trained; left to find that out, peft would look the base up on a hub.
        model.save_pretrained(folder, selected_adapters=["default"], save_embedding_layers=False)
        save_file({key: value.to(dtype).contiguous() for key, value in load_file(path).items()}, path)
    (folder / "README.md").unlink(missing_ok=True)


def free_slug(parent: Path, name: str) -> str:
    """Return a slug for a new painter that no other has, those that ship with the app included."""
    wanted = slug_of(name)
    folders = (parent, places.resources() / "painters")
    taken = {"base"} | {path.name for folder in folders if folder.is_dir() for path in folder.iterdir()}
    candidates = [wanted, *(f"{wanted}-{i}" for i in range(2, 10_000))]
    return next(candidate for candidate in candidates if candidate not in taken)


def _painter_of(parent: Path, run: str) -> str:
    for card in sorted(parent.glob("*/card.toml")):
        try:
            if tomllib.loads(card.read_text(encoding="utf-8")).get("run") == run:
                return card.parent.name
        except (OSError, ValueError):
            continue  # somebody else's broken card
    return ""


def write_painter(
    parent: Path, model: Any, recipe: Recipe, *, run: str, primer: str, where: str, facts: dict[str, Any]
) -> str:
    """Write a finished painter beside its place and move it there whole; return its slug.

    A run has one painter: where an attempt died between this and its last word, the next finds it made.
    """
    if made := _painter_of(parent, run):
        return made
    # Named by the run, so that what a dead attempt left half-written is found and goes.
    part = parent / f".{run}.part"
    shutil.rmtree(part, ignore_errors=True)
    try:
        parent.mkdir(parents=True, exist_ok=True)
        slug = free_slug(parent, recipe.name)
        write_adapter(model, recipe.base, part, torch.float32)
        card = {
            "version": 1,
            "name": recipe.name,
            "base": recipe.base,
            "primer": primer,
            "task": recipe.task,
            "judges": list(recipe.panel.judges),
            "seed": recipe.seed,
            "date": datetime.now(UTC).isoformat(timespec="seconds"),
            "machine": where,
            "run": run,
            **facts,
            "recipe": table(recipe),
        }
        (part / "card.toml").write_text(tomli_w.dumps(card), encoding="utf-8")
        part.rename(parent / slug)
        sync_folder(parent)
    except OSError as error:
        raise disk_error(error, "write the painter") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return slug

"""A fork: a new run that begins from another's checkpoint, with its recipe changed or not.

The checkpoint's adapter is copied, so that the fork needs nothing of the run it came from, which may go on,
be deleted, or sweep its old checkpoints away meanwhile. The optimizer's moments stay behind: they belong to
an objective and a learning rate that the fork may not share.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import msgspec

from engine import checkpoint
from engine.durable import RunError, disk_error
from engine.judges.spec import JudgeSpec
from engine.recipe import Origin, Recipe
from engine.rundir import RunFolder

_LEFT = ("trainer_state/optimizer.safetensors", checkpoint.MANIFEST, checkpoint.PIN)


def _links(folder: str, names: list[str]) -> list[str]:
    """Return what must not be copied of a folder: a link may lead to anything of this person's."""
    return [name for name in names if (Path(folder) / name).is_symlink()]


def fork(
    source: RunFolder,
    step: int | None,
    parent: Path,
    recipe: Recipe,
    judges: Mapping[str, JudgeSpec],
    when: datetime,
) -> RunFolder:
    """Make a run that begins from a checkpoint of another.

    Parameters
    ----------
    source
        The run it comes from, going or not.
    step
        The step whose checkpoint it begins from; ``None`` for the latest.
    parent, recipe, judges, when
        As :meth:`engine.rundir.RunFolder.create` has them; the recipe's origin is set here.

    Raises
    ------
    RunError
        If there is no such checkpoint, if it does not fit the recipe, or if the disk does not do its part.
        Nothing is left behind then.
    """
    there = source.listed_checkpoints()
    found = next((one for one in there if step is None or one.step == step), None)
    if found is None:
        steps = ", ".join(str(one.step) for one in reversed(there))
        asked = f"of step {step} " if step is not None else ""
        have = f"there are those of step {steps}" if there else "it has saved none yet"
        raise RunError(f"“{source.path.name}” has no checkpoint {asked}to begin from: {have}.")
    before = source.recipe()
    if (recipe.base, recipe.lora, recipe.task) != (before.base, before.lora, before.task):
        raise RunError(
            "A fork keeps its origin's base, task, LoRA rank and alpha: its weights would not fit others."
        )

    gone = (
        f"The checkpoint of step {found.step} could not be copied whole: choose another, or free some space."
    )

    def furnish(folder: Path) -> None:
        target = folder / "origin"
        try:
            shutil.copytree(found.path, target, ignore=_links)
        except shutil.Error as error:  # of single files: where one is gone, the run has swept it away
            raise RunError(gone) from error
        except OSError as error:
            raise disk_error(error, f"copy the checkpoint of step {found.step}") from error
        if not checkpoint.is_whole(target):
            raise RunError(gone)
        for name in _LEFT:
            (target / name).unlink(missing_ok=True)

    origin = Origin(run=source.path.name, step=found.step)
    return RunFolder.create(
        parent, msgspec.structs.replace(recipe, origin=origin), judges, when, furnish=furnish
    )

"""Where recipes come from and go to: the house's, the last one, those of runs, and files of one's own."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

import psutil

from engine import places
from engine import recipe as recipes
from engine.durable import RunError
from engine.judges.spec import Contrast, Describes, JudgeSpec, Rating, model_path
from engine.models import BaseError, find_base
from engine.recipe import EMBEDDED_BASE, Recipe, RecipeError
from studio.bases import Fetching, fitting, list_bases, offer
from studio.estimates import Machine
from studio.files import free_slug, write_atomically
from studio.paces import Paces
from studio.runs import Runs
from studio.settings import SettingsStore
from studio.shapes import shape_of
from studio.views.preflight import Surroundings

LAST = "last_recipe.toml"


class RecipeBook:
    """The recipes that one may start from. Every method reads or writes files.

    Parameters
    ----------
    home
        The folder of what is the user's.
    shipped
        The folder of the recipes that ship with the app.
    """

    def __init__(self, home: Path, shipped: Path | None = None) -> None:
        self._home = home
        self._shipped = places.resources() / "recipes" if shipped is None else shipped
        self._runs = Runs(home)
        self._paces = Paces(self._runs)

    def house(self) -> list[Recipe]:
        """Return the recipes that ship with the app, by name."""
        return sorted((recipes.load(path) for path in self._shipped.glob("*.toml")), key=lambda r: r.name)

    def last(self) -> Recipe | None:
        """Return the recipe that was used last; ``None`` if there is none, or it can no longer be read."""
        try:
            return recipes.load(self._home / LAST)
        except RecipeError:
            return None  # a convenience: what is wrong with it is nobody's concern

    def remember(self, recipe: Recipe) -> None:
        """Keep a recipe as the last one.

        Raises
        ------
        OSError
            If the home cannot be written.
        """
        write_atomically(self._home / LAST, recipes.dump(recipe))

    def of_run(self, run: str) -> tuple[Recipe, dict[str, JudgeSpec]]:
        """Return a run's recipe and its judges as they were then.

        Raises
        ------
        RecipeError
            If there is no such run, or it cannot be read.
        """
        try:
            folder = self._runs.open(run)
            return folder.recipe(), folder.judges()
        except RunError as error:
            raise RecipeError(str(error)) from error

    def open(self, path: Path) -> Recipe:
        """Return the recipe of a file.

        Raises
        ------
        RecipeError
            If it is none, in a sentence.
        """
        return recipes.load(path)

    def save(self, recipe: Recipe, path: Path) -> Path:
        """Write a recipe to a file, as ``.toml`` whatever its name, and return the file.

        Raises
        ------
        RecipeError
            If it cannot be written.
        """
        path = path if path.suffix == ".toml" else path.with_name(f"{path.name}.toml")
        try:
            write_atomically(path, recipes.dump(recipe))
        except OSError as error:
            raise RecipeError(f"{path} cannot be written: {error.strerror or error}.") from error
        return path

    def command(self, recipe: Recipe) -> str:
        """Keep a recipe as a file in ``home/recipes`` and return the command that trains it.

        Raises
        ------
        RecipeError
            If it cannot be written.
        """
        folder, text = self._home / "recipes", recipes.dump(recipe)

        def other(slug: str) -> bool:
            path = folder / f"{slug}.toml"
            return path.exists() and path.read_bytes() != text.encode()

        try:
            slug = free_slug(recipe.name, other, "recipe")
        except OSError as error:
            raise RecipeError(f"{folder} cannot be read: {error.strerror or error}.") from error
        words = ["painter-studio", "train", "--recipe", str(self.save(recipe, folder / f"{slug}.toml"))]
        return subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)

    def bases(self) -> list[str]:
        """Return the bases to choose from: the embedded one, then folders that runs were trained on."""
        found = [EMBEDDED_BASE]
        for folder in self._runs.folders():
            try:
                base = folder.recipe().base
            except RunError:
                continue  # the list of runs says what is wrong with it
            if base not in found and Path(base).is_dir():
                found.append(base)
        # Those that can be fetched are offered too; choosing one tells what that takes.
        return [*found, *(card.slug for card in list_bases() if card.slug not in found)]

    def fetching(self, slug: str) -> Fetching:
        """Begin to fetch a base; see :class:`studio.bases.Fetching`."""
        settings, _ = SettingsStore(self._home).load()
        return Fetching(slug, offline=settings.offline)

    def look(self, base: str, judges: Iterable[JudgeSpec], facts: Mapping[str, object]) -> Surroundings:
        """Return what an estimate depends on.

        Parameters
        ----------
        base
            The draft's.
        judges
            All that might be asked.
        facts
            What the service said of itself (``Described.facts``); empty while it has not.
        """
        shape, fault = None, ""
        try:
            found = find_base(base)
            shape = shape_of(found)
        except BaseError as error:
            fault = str(error)
        return Surroundings(
            machine=_machine(self._home, facts),
            paces=self._paces.read(),
            shape=shape,
            base_fault=fault,
            sizes=_sizes(judges),
            fits=fitting(psutil.virtual_memory().available),
            offer=offer(base),
        )


def _sizes(judges: Iterable[JudgeSpec]) -> dict[str, int]:
    paths = {s.model for s in judges if isinstance(s, Contrast | Rating | Describes) and s.model}
    files = {path: model_path(path) for path in paths}
    return {path: file.stat().st_size for path, file in files.items() if file.is_file()}


def _machine(home: Path, facts: Mapping[str, object]) -> Machine:
    """Put together what the service said of itself and what can be seen from here."""
    memory = psutil.virtual_memory()
    folder = home
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    own, rates, devices = facts.get("device_memory"), facts.get("gflops"), facts.get("devices")
    own = own if isinstance(own, dict) else {}
    return Machine(
        kind=str(facts.get("kind", "")),
        dtype=str(facts.get("dtype", "")) if facts.get("kind") else "",
        name=str(facts.get("machine", "")),
        devices=tuple(map(str, devices)) if isinstance(devices, list | tuple) else (),
        threads=os.cpu_count() or 1,
        gflops={str(k): float(v) for k, v in rates.items()} if isinstance(rates, dict) else {},
        memory_free=int(memory.available),
        memory_total=int(memory.total),
        disk_free=int(shutil.disk_usage(folder).free),
        device_free=int(own.get("free", 0)),
        device_total=int(own.get("total", 0)),
    )

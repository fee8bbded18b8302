"""Recipes to start from and to keep: the house's, the last one, runs', files; and what surrounds a draft."""

import shlex
from pathlib import Path

import msgspec
import pytest

from engine import catalogue, places
from engine import recipe as recipes
from engine.judges import spec as specs
from engine.judges.spec import Contrast
from engine.recipe import EMBEDDED_BASE, Panel, Recipe, RecipeError, Taste
from studio import cli
from studio.commands.training import plan
from studio.judges import JudgeLibrary
from studio.recipes import LAST, RecipeBook
from studio.runs import Runs

RECIPE = Recipe(name="Été & Co", panel=Panel(tastes=(Taste("poet"),), guards=("correctness",)), seed=7)
JUDGES = {
    slug: specs.load(places.resources() / "judges" / f"{slug}.toml") for slug in ("poet", "correctness")
}


def test_the_house_has_its_recipes(home: Path) -> None:
    assert [recipe.name for recipe in RecipeBook(home).house()] == [
        "Architect",
        "Poet",
        "Unhinged",
        "Unhinged, cured",
    ]


def test_the_last_recipe_is_remembered_and_a_broken_one_is_none(home: Path) -> None:
    book = RecipeBook(home)
    assert book.last() is None
    book.remember(RECIPE)
    assert RecipeBook(home).last() == RECIPE
    (home / LAST).write_text("version = 9")
    assert book.last() is None


def test_a_run_gives_its_recipe_and_its_judges_as_they_were(home: Path) -> None:
    folder = Runs(home).create(RECIPE, JUDGES)
    assert RecipeBook(home).of_run(folder.path.name) == (RECIPE, JUDGES)
    with pytest.raises(RecipeError, match="There is no run"):
        RecipeBook(home).of_run("nothing")


def test_a_recipe_is_saved_and_opened(home: Path, tmp_path: Path) -> None:
    book = RecipeBook(home)
    path = book.save(RECIPE, tmp_path / "mine.v2")
    assert path.name == "mine.v2.toml"
    assert book.open(path) == RECIPE
    (tmp_path / "not.toml").write_text("name = 3")
    with pytest.raises(RecipeError, match="not sound"):
        book.open(tmp_path / "not.toml")
    with pytest.raises(RecipeError, match="cannot be read"):
        book.open(tmp_path / "none.toml")
    (tmp_path / "file").write_text("")
    with pytest.raises(RecipeError, match="cannot be written"):
        book.save(RECIPE, tmp_path / "file" / "mine.toml")


def test_the_command_trains_this_very_recipe(home: Path) -> None:
    book = RecipeBook(home)
    command = book.command(RECIPE)
    program, *arguments = shlex.split(command)
    assert program == "painter-studio"
    made, judges = plan(cli._parser().parse_args(arguments), JudgeLibrary(home))
    assert made == RECIPE
    assert set(judges) == {"poet", "correctness"}
    # Told again it is the same file; another recipe of that name gets a file of its own.
    assert book.command(RECIPE) == command
    other = book.command(msgspec.structs.replace(RECIPE, seed=8))
    assert other != command
    assert recipes.load(Path(shlex.split(command)[-1])) == RECIPE


def test_folders_that_runs_began_as_are_bases_while_they_are_there(home: Path, tmp_path: Path) -> None:
    base = tmp_path / "tiny"
    base.mkdir()
    for where in (str(base), str(base), "/gone"):
        Runs(home).create(msgspec.structs.replace(RECIPE, base=where), JUDGES)
    known = [one.id for one in catalogue.catalogue() if one.id != EMBEDDED_BASE]
    assert RecipeBook(home).bases() == [EMBEDDED_BASE, str(base), *known]


def test_what_surrounds_a_draft_is_looked_at(home: Path, tmp_path: Path) -> None:
    model = tmp_path / "m.gguf"
    model.write_bytes(b"x" * 1000)
    own = Contrast(name="Own", asks="x", liked=("a",), model=str(model))
    facts = {
        "kind": "cuda",
        "dtype": "bfloat16",
        "machine": "NVIDIA H100, bfloat16",
        "devices": ["cuda", "cpu"],
        "gflops": {"bfloat16": 400_000.0},
        "device_memory": {"free": 5, "total": 9},
    }
    around = RecipeBook(home).look(EMBEDDED_BASE, [own, *JUDGES.values()], facts)
    assert around.sizes == {str(model): 1000}
    assert around.base_fault == ""
    assert around.shape is not None
    machine = around.machine
    assert (machine.kind, machine.dtype, machine.devices) == ("cuda", "bfloat16", ("cuda", "cpu"))
    assert (machine.device_free, machine.device_total) == (5, 9)
    assert machine.memory_free > 0
    assert machine.disk_free > 0
    # Before the service has told, and by an older one, nothing is taken for known.
    plain = RecipeBook(home).look(EMBEDDED_BASE, [], {"device": "cpu", "dtype": "float32"}).machine
    assert (plain.kind, plain.dtype, plain.devices) == ("", "", ())


def test_a_base_that_cannot_be_used_says_why(home: Path, tmp_path: Path) -> None:
    around = RecipeBook(home).look(str(tmp_path / "nothing"), [], {})
    assert "There is no base" in around.base_fault
    assert around.shape is None

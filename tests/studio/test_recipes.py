"""The recipes that ship: sound, each with judges that there are, and changed by options that are given."""

import argparse
from pathlib import Path
from typing import Any

import pytest

from engine import places, recipe
from engine.recipe import RecipeError
from studio import cli
from studio.commands.training import plan
from studio.judges import JudgeLibrary

SHIPPED = sorted((places.resources() / "recipes").glob("*.toml"))


def options(*arguments: str) -> argparse.Namespace:
    return cli._parser().parse_args(["train", *arguments])


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_recipe_is_sound_and_its_judges_are_there(path: Path, home: Path) -> None:
    made, judges = plan(options("--recipe", path.stem), JudgeLibrary(home))
    assert made == recipe.load(path)
    assert set(judges) == set(made.panel.judges)


def test_the_house_has_its_four_recipes() -> None:
    assert {path.stem for path in SHIPPED} == {"architect", "poet", "unhinged", "unhinged-cured"}


def test_options_change_a_recipe_and_leave_the_rest_as_it_was(home: Path) -> None:
    library = JudgeLibrary(home)
    told = recipe.load(places.resources() / "recipes" / "unhinged.toml")
    made, judges = plan(
        options(
            "--recipe", "unhinged", "--steps", "5", "--guard", "listener", "--rank", "4", "--name", "Mild"
        ),
        library,
    )
    assert (made.budget.steps, made.budget.colors) == (5, told.budget.colors)
    assert made.panel.guards == ("listener",)
    assert made.panel.tastes == told.panel.tastes
    assert (made.lora.rank, made.lora.alpha) == (4, 8.0)
    assert made.learning == told.learning
    assert made.name == "Mild"
    assert set(judges) == {"unhinged", "listener"}


def test_a_recipe_of_ones_own_is_read_from_its_path(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('name = "Mine"\n[panel]\ntastes = [{ judge = "terse" }]\n[budget]\nsteps = 3\n')
    made, judges = plan(options("--recipe", str(path)), JudgeLibrary(home))
    assert made.budget.steps == 3
    assert made.panel.guards == ()
    assert set(judges) == {"terse"}


@pytest.mark.parametrize(
    ("text", "said"),
    [(None, "There is no recipe"), ("not toml [", "not valid TOML"), ('name = "x"', "not sound")],
)
def test_a_recipe_that_cannot_be_used_says_why(home: Path, tmp_path: Path, text: Any, said: str) -> None:
    path = tmp_path / "bad.toml"
    if text is not None:
        path.write_text(text)
    with pytest.raises(RecipeError, match=said):
        plan(options("--recipe", str(path)), JudgeLibrary(home))

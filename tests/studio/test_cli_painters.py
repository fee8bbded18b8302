"""``painter-studio painters``' own commands, against a scripted service."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from studio import cli
from studio.commands.desk import Desk

FAKE = Path(__file__).parents[1] / "process" / "fake_service.py"


def desk() -> Desk:
    return Desk(service=[sys.executable, str(FAKE), ""])


@pytest.fixture
def mine(home: Path) -> Path:
    folder = home / "painters" / "mine"
    folder.mkdir(parents=True)
    lines = ["version = 1", 'name = "Mine"', 'base = "smollm2-135m-instruct"', 'primer = "primer"']
    (folder / "card.toml").write_text("\n".join(lines))
    (folder / "adapter_config.json").write_text("{}")
    (folder / "adapter_model.safetensors").touch()
    return folder


def run(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> Any:
    """Run a ``painters`` command in JSON and return its document, or what a failure says."""
    assert cli.main(["painters", *arguments, "--json"], desk()) == status
    out, err = capsys.readouterr()
    return json.loads(out) if status == 0 else err.strip()


def test_blending_two_painters(mine, capsys):
    told = run(capsys, "blend", "poet", "mine", "--weights", "60,40", "--name", "Both")
    assert told["kept"] == 1.0
    made = told["painter"]
    assert (made["slug"], made["name"], made["rank"]) == ("both", "Both", 16)
    assert made["parents"] == [
        {"slug": "poet", "name": "Poet", "weight": 0.6},
        {"slug": "mine", "name": "Mine", "weight": 0.4},
    ]
    assert sorted(path.name for path in mine.parent.iterdir()) == ["both", "mine"]
    assert cli.main(["painters", "blend", "poet", "mine", "--weights", "1:3", "--rank", "8"], desk()) == 0
    said = capsys.readouterr().out
    assert "25% Poet and 75% Mine" in said
    assert "keeps 97.0% of the change" in said


def test_what_cannot_be_blended_leaves_nothing(mine, capsys):
    assert "two different painters" in run(capsys, "blend", "mine", "mine", status=1)
    assert "no adapter" in run(capsys, "blend", "mine", "base", status=1)
    assert "There is no painter “nobody”" in run(capsys, "blend", "mine", "nobody", status=1)
    assert [path.name for path in mine.parent.iterdir()] == ["mine"]


@pytest.mark.parametrize("weights", ["60", "60,0", "a,b", "nan,1", "60,40,10", "-1,2", "inf,1"])
def test_weights_that_are_none_are_wrong_usage(weights, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(["painters", "blend", "a", "b", f"--weights={weights}"], desk())
    assert ended.value.code == 2
    assert "two numbers above 0" in capsys.readouterr().err


def test_renaming_copying_throwing_away_and_back(mine, capsys):
    assert run(capsys, "rename", "mine", "Tide")["painter"]["name"] == "Tide"
    assert run(capsys, "duplicate", "mine")["painter"]["slug"] == "tide-2"
    assert run(capsys, "duplicate", "poet", "--name", "Poems")["painter"]["slug"] == "poems"
    gone = run(capsys, "delete", "mine")["discarded"]
    assert (gone["slug"], gone["name"]) == ("mine", "Tide")
    assert [one["key"] for one in run(capsys, "trash")["trash"]] == [gone["key"]]
    assert run(capsys, "restore", "mine")["painter"]["slug"] == "mine"
    run(capsys, "delete", "mine")
    assert run(capsys, "trash", "--empty") == {"deleted": 1}
    assert "in the trash" in run(capsys, "restore", "mine", status=1)
    assert "not a painter of your own" in run(capsys, "delete", "poet", status=1)
    assert "1 to 60" in run(capsys, "rename", "tide-2", "", status=1)


def test_people_are_told_in_sentences(mine, capsys):
    for arguments, says in (
        (["duplicate", "mine"], "“Mine 2” is a painter of your own: mine-2."),
        (["rename", "mine", "Tide"], "“mine” is called “Tide” now."),
        (["delete", "mine"], "painters restore mine brings it back."),
        (["trash"], "Tide"),
        (["restore", "mine"], "“Tide” is back: mine."),
        (["trash"], "The trash is empty."),
        (["trash", "--empty"], "0 painters deleted for good."),
    ):
        assert cli.main(["painters", *arguments], desk()) == 0
        assert says in capsys.readouterr().out


def test_importing_a_strangers_adapter(home, tmp_path, capsys):
    folder = tmp_path / "shanty"
    folder.mkdir()
    made = run(capsys, "import", str(folder), "--name", "Shanty")["painter"]
    assert (made["slug"], made["imported"], made["primer"]) == ("shanty", "shanty", "primer")
    assert (home / "painters" / "shanty" / "adapter_model.safetensors").is_file()


def test_a_refused_import_is_told_and_leaves_nothing(home, tmp_path, capsys):
    folder = tmp_path / "foreign"
    folder.mkdir()
    assert "made for another base" in run(capsys, "import", str(folder), status=1)
    assert "There is no folder" in run(capsys, "import", str(tmp_path / "nowhere"), status=1)
    assert list((home / "painters").iterdir()) == []


def test_without_a_command_they_are_listed(mine, capsys):
    assert cli.main(["painters", "--json"], desk()) == 0
    slugs = [row["slug"] for row in json.loads(capsys.readouterr().out)["painters"]]
    assert slugs[0] == "base"
    assert "mine" in slugs

"""``report`` and ``prime`` on the command line: keys, statuses, pictures, and refusals in a sentence."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from engine import places
from engine.models import find_base, primer_folder
from studio import cli
from studio.commands.desk import Desk
from tests.studio.test_cli import desk, document, painter
from tests.tiny import tiny_folder

__all__ = ["tiny_folder"]

KEYS = {
    *("painter", "distinct", "effective", "top10_share", "top_hue_share", "unreadable", "correctness"),
    *("style_auc", "style_auc_held_out", "judges"),
}


def poet(home: Path) -> None:
    painter(home, "mine")
    card = home / "painters" / "mine" / "card.toml"
    card.write_text(card.read_text() + '\n[[recipe.panel.tastes]]\njudge = "poet"\n')


def test_the_report_in_json_has_the_promised_keys(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    poet(home)
    asked = ["report", "--painter", "base", "--painter", "mine", "--colors", "50", "--json"]
    assert cli.main(asked, desk()) == 0
    told = document(capsys)
    assert set(told) == {"colors", "painters"}
    assert told["colors"] == 50
    base, mine = told["painters"]
    assert set(base) == set(mine) == KEYS
    assert (base["painter"], base["distinct"], base["style_auc"]) == ("base", 2, None)
    assert (mine["painter"], mine["distinct"], mine["effective"]) == ("mine", 1, 1.0)
    assert mine["style_auc"] == mine["style_auc_held_out"] == 1.0
    assert mine["correctness"] == 1.0
    assert mine["unreadable"] == pytest.approx(0.02)


def test_the_base_is_measured_against_but_not_shown_unless_asked_for(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    poet(home)
    assert cli.main(["report", "--painter", "mine", "--colors", "20", "--json"], desk()) == 0
    [mine] = document(capsys)["painters"]
    assert mine["style_auc"] == 1.0


def test_the_report_for_people_and_its_pictures(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    poet(home)
    out = tmp_path / "pictures"
    asked = ["report", "--painter", "base", "--painter", "mine", "--colors", "40", "--pictures", str(out)]
    assert cli.main(asked, desk()) == 0
    assert "mine" in capsys.readouterr().out
    assert sorted(path.name for path in out.iterdir()) == ["map.svg", "names.svg"]
    (tmp_path / "file").touch()
    assert cli.main([*asked[:-1], str(tmp_path / "file")], desk()) == 1
    assert "Give another folder" in capsys.readouterr().err


def test_a_painter_of_another_base_is_refused(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    painter(home, "other", base="/models/other")
    assert cli.main(["report", "--painter", "other"], desk()) == 1
    assert "base" in capsys.readouterr().err


def test_every_shipped_judge_that_trains_a_house_painter_has_a_twin_that_does_not() -> None:
    twins = {path.stem for path in (places.resources() / "judges" / "held-out").glob("*.toml")}
    assert {"poet", "architect", "unhinged"} <= twins


def test_priming_the_embedded_base_needs_a_folder_of_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["prime"], Desk()) == 1
    assert "--out" in capsys.readouterr().err
    assert cli.main(["prime", "--base", str(tmp_path)], Desk()) == 1
    assert "There is no base" in capsys.readouterr().err


def test_a_primer_is_made_for_a_local_base_and_used_from_then_on(
    home: Path, tiny_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        cli.main(["prime", "--base", str(tiny_folder), "--steps", "2", "--json"], Desk(sys.executable)) == 0
    )
    told: Any = json.loads(capsys.readouterr().out)
    folder = primer_folder(str(tiny_folder))
    assert told["folder"] == str(folder)
    assert told["steps"] == 2
    assert told["held_out_loss"] > 0
    assert sorted(path.name for path in folder.iterdir()) == [
        *("adapter_config.json", "adapter_model.safetensors", "card.toml")
    ]
    assert find_base(str(tiny_folder)).primer == folder
    assert cli.main(["prime", "--base", str(tiny_folder)], Desk(sys.executable)) == 1
    assert "is there already" in capsys.readouterr().err

"""``painter-studio export`` and the job behind it, against a scripted child."""

import json
import sys
import threading
from pathlib import Path

import msgspec
import pytest

from engine.export.order import Order
from studio import cli, exporting
from studio.commands.desk import Desk
from studio.exporting import Export, ExportStopped
from studio.painters import PainterCard, PainterError, PainterLibrary
from studio.views import exports

SCRIPT = Path(__file__).parents[1] / "scripted_export.py"


def child(how: str) -> list[str]:
    return [sys.executable, str(SCRIPT), how]


def run(*arguments: str, how: str = "done") -> int:
    return cli.main(["export", *arguments], Desk(export=child(how)))


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != "home")


def test_an_export_is_put_in_its_place_and_its_names_are_shown(tmp_path, capsys):
    assert run("poet", "--to", "adapter", str(tmp_path / "out")) == 0
    said = capsys.readouterr().out
    assert left(tmp_path) == ["out"]
    assert (tmp_path / "out" / "README.md").read_text() == "hello"
    assert "Sandy Beige" in said
    assert "19 of 20 colours get the same name" in said
    assert said.count("Name 7") == 1, "what is the same is said once"


def test_the_json_tells_all(tmp_path, capsys):
    assert run("poet", "--to", "adapter", str(tmp_path / "out"), "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["agreement"] == 0.95
    assert told["sound"] is True
    assert len(told["names"]) == 20
    assert told["names"][3] == {
        "color": told["names"][3]["color"],
        "app": "Sunset Dust",
        "export": "Sandy Beige",
        "same": False,
    }


def test_an_export_that_says_something_else_is_kept_and_told(tmp_path, capsys):
    assert run("poet", "--to", "merged", str(tmp_path / "out"), how="poor") == 1
    assert "15 of 20" in capsys.readouterr().err
    assert left(tmp_path) == ["out"]


@pytest.mark.parametrize(
    ("how", "says"), [("fails", "cannot be written as a GGUF"), ("dies", "exit code 1: out of luck")]
)
def test_a_failure_is_a_sentence_and_leaves_nothing(tmp_path, capsys, how, says):
    assert run("poet", "--to", "gguf", str(tmp_path / "out"), how=how) == 1
    assert says in capsys.readouterr().err
    assert left(tmp_path) == []


def test_nothing_is_replaced_without_being_told(tmp_path, capsys):
    out = tmp_path / "out"
    assert run("poet", "--to", "adapter", str(out)) == 0
    (out / "mine.txt").write_text("mine")
    assert run("poet", "--to", "adapter", str(out)) == 1
    assert "earlier export" in capsys.readouterr().err
    assert (out / "mine.txt").is_file()
    assert run("poet", "--to", "adapter", str(out), "--replace") == 0
    assert not (out / "mine.txt").exists()
    other = tmp_path / "photos"
    other.mkdir()
    (other / "a.png").touch()
    assert run("poet", "--to", "adapter", str(other), "--replace") == 1
    assert "holds other files" in capsys.readouterr().err
    assert (other / "a.png").is_file()
    assert run("nobody", "--to", "adapter", str(out)) == 1
    assert "There is no painter" in capsys.readouterr().err


def order(tmp_path: Path) -> Order:
    return exporting.order(PainterLibrary(tmp_path / "home").get("poet"), "adapter", tmp_path / "out")


def test_a_stopped_export_leaves_nothing(tmp_path):
    before = set(threading.enumerate())  # other tests of this process may have left theirs
    job = Export(order(tmp_path), command=child("waits"))
    with pytest.raises(ExportStopped):
        job.run(lambda told: job.stop() if told.done else None)
    assert left(tmp_path) == []
    early = Export(order(tmp_path), command=child("done"))
    early.stop()
    with pytest.raises(ExportStopped):
        early.run(lambda told: None)
    assert left(tmp_path) == []
    for thread in set(threading.enumerate()) - before:
        thread.join(10)
        assert not thread.is_alive()


def test_an_order_tells_the_lineage_and_nothing_of_this_computer(tmp_path):
    told = order(tmp_path)
    assert list(told.card["judges"]) == ["poet", "listener", "correctness"]
    assert told.card["steps"] == 32
    assert not {"run", "machine", "folder"} & set(told.card)
    assert Path(told.part).parent == tmp_path
    assert Path(told.part).name.startswith(".out.")
    base = exporting.order(PainterCard(slug="base", name="Base"), "merged", tmp_path / "b", base="/models/x")
    assert (base.base, base.adapter) == ("/models/x", "")
    with pytest.raises(PainterError, match="a GGUF already"):
        exporting.order(PainterCard(slug="g", name="G", gguf="m"), "merged", tmp_path / "g")
    (tmp_path / "file").touch()
    with pytest.raises(PainterError, match="is a file"):
        exporting.order(PainterCard(slug="base", name="Base"), "merged", tmp_path / "file")


def test_what_is_shown_of_an_export(tmp_path):
    from tests.scripted_export import result

    wanted = order(tmp_path)
    view = exports.done(result(wanted))
    assert view.sound
    assert view.size == "7 MB"
    assert (view.rows[0].app, view.rows[0].export) == ("Sunset Dust", "Sandy Beige")
    assert all(row.export == "" for row in view.rows[1:])
    poor = exports.done(result(wanted, poor=True))
    assert not poor.sound
    assert "too few" in poor.sentence
    assert exports.done(msgspec.structs.replace(result(wanted, poor=True), quantization="q8_0")).sound
    assert exports.suggested("poet", "gguf", tmp_path).name == "poet-gguf"

"""``runs follow``: a run elsewhere, by a mounted disk and by an rsync that copies on this very machine."""

import json
import os
import sys
from datetime import datetime
from pathlib import Path

import msgspec
import pytest

from engine.events import RunFinished, RunStarted
from engine.judges.spec import Form
from engine.recipe import Panel, Recipe, Taste
from engine.rundir import ProcessIdentity, RunFolder
from studio import cli

# Takes the last two arguments for where from and where to, as rsync does, and notes all of them.
RSYNC = """#!{python}
import json, pathlib, shutil, sys
with open({log!r}, "a") as log:
    log.write(json.dumps(sys.argv[1:]) + "\\n")
source, target = (text.partition(":")[2] or text for text in sys.argv[-2:])
if not pathlib.Path(source).exists():
    sys.exit("rsync: link_stat failed: No such file or directory")
if pathlib.Path(source).is_dir():
    left_out = shutil.ignore_patterns("process.json", "checkpoints")
    shutil.copytree(source, target, dirs_exist_ok=True, ignore=left_out)
else:
    shutil.copy(source, target)
"""


@pytest.fixture
def there(tmp_path: Path) -> RunFolder:
    """Return a finished run among another machine's."""
    recipe = Recipe(name="Far", panel=Panel(tastes=(Taste("any"),)))
    folder = RunFolder.create(tmp_path / "far", recipe, {"any": Form(name="Any")}, datetime(2026, 11, 27))
    (folder.path / "checkpoints").mkdir()
    with folder.open_writer() as writer:
        writer.write(RunStarted(name="Far", steps=60, device="CPU", dtype="float32", path="plain"))
        writer.write(RunFinished(outcome="stopped", step=0))
    return folder


@pytest.fixture
def rsync(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder, log = tmp_path / "bin", tmp_path / "asked"
    folder.mkdir()
    program = folder / "rsync"
    program.write_text(RSYNC.format(python=sys.executable, log=str(log)))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return log


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in for rsync is a script with a #! line")
def test_a_run_is_copied_by_rsync_until_it_ends(capsys, there: RunFolder, rsync: Path, home: Path) -> None:
    source = f"user@far; rm -rf x:{there.path}"
    assert cli.main(["runs", "follow", source, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["outcome"] == "stopped"
    copy = home / "runs" / there.path.name
    assert (copy / "events.jsonl").read_bytes() == there.events_path.read_bytes()
    assert not (copy / "checkpoints").exists()
    [asked] = [json.loads(line) for line in rsync.read_text().splitlines()]
    assert asked[-3:] == ["--", f"{source}/", f"{copy}/"]
    assert "--exclude=/checkpoints" in asked
    identity = RunFolder(copy).process()
    assert identity is not None
    assert identity.pid == os.getpid()


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in for rsync is a script with a #! line")
def test_a_wish_to_stop_goes_the_other_way(there: RunFolder, rsync: Path, home: Path) -> None:
    cli.main(["runs", "follow", f"far:{there.path}"])
    RunFolder(home / "runs" / there.path.name).request_stop()
    cli.main(["runs", "follow", f"far:{there.path}"])
    assert there.stop_requested()


def test_a_mounted_run_is_among_the_runs_here(capsys, there: RunFolder, home: Path) -> None:
    assert cli.main(["runs", "follow", str(there.path)]) == 0
    assert "“Far” stopped" in capsys.readouterr().out
    copy = home / "runs" / there.path.name
    assert (copy / "events.jsonl").read_bytes() == there.events_path.read_bytes()
    assert not (copy / "checkpoints").exists()
    assert cli.main(["runs", "--json"]) == 0
    assert [one["name"] for one in json.loads(capsys.readouterr().out)["runs"]] == ["Far"]


def test_what_cannot_be_followed_is_a_sentence(capsys, tmp_path: Path, rsync: Path, monkeypatch) -> None:
    for source, word in (
        ("far:/gone/run", "rsync could not reach far:/gone/run: rsync: link_stat failed"),
        ("nowhere", "neither a folder here nor HOST:PATH"),
        ("-e sh:/x", "neither a folder here nor HOST:PATH"),
        (str(tmp_path), "holds no recipe.toml"),
    ):
        assert cli.main(["runs", "follow", "--", source]) == 1
        assert word in capsys.readouterr().err
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    assert cli.main(["runs", "follow", "far:/x/run"]) == 1
    assert "There is no rsync here" in capsys.readouterr().err


def test_a_process_of_another_machine_lives_while_its_log_grows(there: RunFolder) -> None:
    there.write_process()
    own = there.process()
    assert own is not None
    assert not own.elsewhere
    far = msgspec.structs.replace(own, pid=1, host="0badcafe")
    assert isinstance(far, ProcessIdentity)
    (there.path / "process.json").write_bytes(msgspec.json.encode(far))
    assert not there.alive()  # it has said that it ended
    with there.open_writer() as writer:
        writer.write(RunStarted(name="Far", steps=60, device="CPU", dtype="float32", path="plain"))
    assert there.alive()
    os.utime(there.events_path, (1e9, 1e9))
    assert not there.alive()

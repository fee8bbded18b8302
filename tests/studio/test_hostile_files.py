"""Files of strangers and of other versions: on the terminal nothing is obeyed, and a newer one is refused."""

import json
import logging
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
import tomli_w

from engine import checkpoint, recipe
from engine.durable import RunError
from engine.events import RunStarted, Warned, encode
from engine.judges import spec
from engine.judges.endpoint import Endpoint
from engine.judges.keys import find_key
from engine.judges.remote import RemoteJudge
from engine.judges.spec import JudgeError
from engine.outside import OutsideError, upgrade
from engine.recipe import Panel, Recipe, RecipeError, Taste
from studio import blending, cli, palettes
from studio.bench import Bench, BenchStore
from studio.bug_report import report
from studio.commands.desk import printable
from studio.painters import PainterError, PainterLibrary, read_card
from studio.runs import Runs
from studio.settings import Settings, SettingsStore
from studio.views import run
from tests.scripted_endpoint import HangUp, Status, serving

EVIL = "\x1b[2J\x9b31m\u202eeder\x07"
RECIPE = Recipe(name="Poet", panel=Panel(tastes=(Taste("poet"),)))
POET = spec.Form(name="Poet")


def painter(folder: Path, **facts: object) -> Path:
    folder.mkdir(parents=True)
    (folder / "card.toml").write_text(tomli_w.dumps({"name": "Poet", **facts}), encoding="utf-8")
    (folder / "adapter_config.json").write_text("{}", encoding="utf-8")
    (folder / "adapter_model.safetensors").touch()
    return folder


def test_no_table_and_no_sentence_is_obeyed_by_a_terminal(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    painter(home / "painters" / "evil", name=EVIL, judges=[EVIL], date=EVIL)
    (painter(home / "painters" / "torn") / "card.toml").write_text(f'version = "{EVIL[:3]}', encoding="utf-8")
    made = Runs(home).create(RECIPE, {"poet": POET})
    told = [RunStarted(name=EVIL, steps=3, device=EVIL, dtype=EVIL), Warned(message=EVIL)]
    made.events_path.write_bytes(b"".join(map(encode, told)))
    (home / "runs" / "2026-11-23-torn-1234").mkdir()
    (home / "runs" / "2026-11-23-torn-1234" / "recipe.toml").write_text(f'"{EVIL}', encoding="utf-8")
    (home / "judges").mkdir()
    (home / "judges" / "torn.toml").write_text('kind = "\\u001b[2J"', encoding="utf-8")
    for arguments in (
        ["painters"],
        ["runs"],
        ["judges"],
        ["judges", "check", str(home / "judges" / "torn.toml")],
        ["painters", "delete", "evil"],
        ["painters", "trash"],
        ["painters", "restore", "evil"],
        ["painters", "restore", EVIL],
        ["train", "--recipe", EVIL],
        ["train", "--resume", EVIL],
        ["name", "#d48475", "--painter", EVIL],
    ):
        cli.main(arguments)
        said = capsys.readouterr()
        assert said.out + said.err, arguments
        assert printable(said.out + said.err) == said.out + said.err, arguments


def test_names_that_are_obeyed_are_no_names() -> None:
    for name in ("\x9bA", "a\u202eb", "a\u2066b", "a\x7f"):
        with pytest.raises(RecipeError, match="control characters"):
            recipe.parse(recipe.dump(RECIPE).replace("Poet", json.dumps(name)[1:-1]))
        with pytest.raises(JudgeError, match="Control characters"):
            spec.check(spec.Form(name=name))
    assert spec.check(spec.Form(name="👩🏽‍🎨 Été 夕焼け")).name == "👩🏽‍🎨 Été 夕焼け"


KEY = "sk-canary-0123456789"


def test_a_key_is_in_no_log_message_or_report(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("CRITIC_KEY", KEY)
    caplog.set_level(logging.DEBUG)
    faults = [Status(401), Status(302, Location="http://127.0.0.1:1/"), HangUp(), Status(500), "no mark"]
    said = []
    for fault in faults:
        with serving(lambda *_, fault=fault: fault) as server:
            judge = spec.Remote(
                name="R",
                url=server.url,
                model="m",
                asks="a",
                calibrated=False,
                key_env="CRITIC_KEY",
                retries=0,
            )
            facts = {"timeout": 5.0, "retries": 0, "concurrency": 1, "budget": 9}
            made = RemoteJudge(judge, Endpoint(server.url, find_key(judge), **facts), [], tmp_path)
            said += [verdict.reason for verdict in made.score([("#d48475", "Rose")])]
            assert server.headers[0]["Authorization"] == f"Bearer {KEY}"
            assert len(server.requests) == 1
    assert all(said)
    assert KEY not in "".join(said) + caplog.text
    assert not any(KEY.encode() in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    log = tmp_path / "service.log"
    log.write_text(f"a library said {KEY}\n")
    assert KEY not in report(Settings(), log, home, what=f"It said {KEY}.")


def link(path: Path, to: Path) -> None:
    try:
        path.symlink_to(to)
    except OSError:
        pytest.skip("links cannot be made here")


def test_links_are_not_followed(home: Path, tmp_path: Path) -> None:
    outside = painter(tmp_path / "outside", version=1)
    (home / "painters").mkdir(parents=True)
    link(home / "painters" / "linked", outside)
    library = PainterLibrary(home)
    assert "linked" not in [card.slug for card in library.list()]
    with pytest.raises(PainterError):
        library.own("linked")
    strange = tmp_path / "strange"
    strange.mkdir()
    link(strange / "card.toml", outside / "card.toml")
    with pytest.raises(PainterError, match="is a link"):
        blending.take_in(strange, "base", "", tmp_path / "out")
    made = Runs(home).create(RECIPE, {"poet": POET})
    link(home / "runs" / "2026-11-23-linked-1234", made.path)
    assert [folder.path for folder in Runs(home).folders()] == [made.path]
    whole = made.commit_checkpoint(1, lambda folder: (folder / "weights").write_bytes(b"x") and None)
    secret = tmp_path / "secret"
    secret.write_bytes(b"x")
    (whole / "weights").unlink()
    link(whole / "weights", secret)
    assert made.latest_checkpoint() is None
    assert not (tmp_path / "out").exists()


def test_a_file_without_a_version_is_of_the_first(tmp_path: Path) -> None:
    for text, read in (
        (recipe.dump(RECIPE), recipe.parse),
        (spec.dump(POET), spec.parse),
    ):
        assert "version = 1\n" in text
        assert read(text.replace("version = 1\n", "")) == read(text)
    assert not read_card(painter(tmp_path / "poet"), shipped=False).error
    assert palettes.read(b'{"colors": ["#d48475"]}').entries
    assert upgrade({}) == {"version": 1}


def newer(read: Callable[[], object], error: type[Exception]) -> None:
    with pytest.raises(error, match=r"newer version of Painter Studio.*: update the app\.?"):
        read()


def test_a_newer_file_is_refused_with_what_to_do(home: Path, tmp_path: Path) -> None:
    newer(lambda: recipe.parse(recipe.dump(RECIPE).replace("version = 1", "version = 2")), RecipeError)
    newer(lambda: spec.parse(spec.dump(POET).replace("version = 1", "version = 2")), JudgeError)
    newer(lambda: palettes.read(b'{"version": 2, "colors": ["#d48475"]}'), palettes.PaletteError)
    newer(lambda: upgrade({"version": 10**400}), OutsideError)
    assert "newer version" in read_card(painter(tmp_path / "poet", version=2), shipped=False).error
    newer(lambda: blending.take_in(tmp_path / "poet", "b", "", tmp_path / "out"), PainterError)
    settings = SettingsStore(tmp_path)
    settings.path.write_text("version = 2\n", encoding="utf-8")
    assert "newer version" in settings.load()[1]
    assert (tmp_path / "settings.broken.toml").read_text(encoding="utf-8") == "version = 2\n"
    made = Runs(home).create(RECIPE, {"poet": POET})
    whole = made.commit_checkpoint(1, lambda folder: (folder / "weights").write_bytes(b"x") and None)
    (whole / checkpoint.MANIFEST).write_text('{"version": 2, "step": 1, "shards": []}', encoding="utf-8")
    newer(made.latest_checkpoint, RunError)
    made.commit_checkpoint(2, lambda folder: (folder / "weights").write_bytes(b"y") and None)
    assert whole.is_dir()
    made.events_path.write_bytes(encode(RunStarted(name="P", steps=3, device="c", dtype="f", version=2)))
    view = run.fold_many(run.empty(RECIPE), made.tail().events)
    assert [notice.text for notice in view.warnings if "update the app" in notice.text]


@pytest.mark.parametrize("version", ["0", "-1", "true", '"1"', "1.0", "nan"])
def test_a_version_that_is_none_is_a_sentence(version: str) -> None:
    with pytest.raises(RecipeError, match="version is no number"):
        recipe.parse(recipe.dump(RECIPE).replace("version = 1", f"version = {version}"))


def test_the_benchs_first_version_is_taken_up(tmp_path: Path) -> None:
    store = BenchStore(tmp_path)
    # As the first version wrote it, and by hand a name in both lists, which was rated neither way.
    store.path.write_text(
        'names = ["Fog", "Été", "Rust"]\nup = ["Fog", "Rust"]\ndown = ["Été", "Rust"]\nbeside = ["poet"]\n',
        encoding="utf-8",
    )
    bench = store.load()
    assert bench == Bench(names=("Fog", "Été", "Rust"), up=("Fog",), down=("Été",), beside=("poet",))
    store.save(bench)
    written = tomllib.loads(store.path.read_text(encoding="utf-8"))
    assert (written["version"], written["ratings"]) == (2, {"Fog": 1, "Été": -1})
    assert store.load() == bench
    assert not (tmp_path / "bench.broken.toml").exists()

"""``judges new|edit|show|check|pick|rescore`` and ``judge`` with a panel, on a scripted service."""

import io
import json
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from engine.events import GroupPainted, Rollout, RunStarted
from engine.judges import spec as specs
from engine.judges.spec import Contrast, Form, Preference
from engine.recipe import Budget, Panel, Recipe, Taste
from engine.rundir import RunFolder
from studio import cli
from studio.commands.desk import Desk
from studio.judges import JudgeLibrary
from studio.runs import Runs
from tests.studio.test_cli import FAKE

NEW = [
    "judges",
    "new",
    "Weather",
    "--asks",
    "names like weather",
    "--liked",
    "Monsoon Sky",
    "--liked",
    "Hail",
]


def desk(mode: str = "") -> Desk:
    return Desk(service=[sys.executable, str(FAKE), mode])


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    def call(*arguments: str) -> tuple[int, str, str]:
        status = cli.main(arguments, desk())
        return status, *capsys.readouterr()

    return call


@pytest.fixture
def told(run) -> Callable[..., Any]:
    def call(*arguments: str) -> Any:
        status, out, err = run(*arguments, "--json")
        assert status == 0, err
        return json.loads(out)

    return call


def failure(run, *arguments: str) -> str:
    status, out, err = run(*arguments)
    assert (status, out) == (1, "")
    assert "Traceback" not in err
    return err


def test_a_new_judge_is_a_file_of_ones_own(home: Path, told, run) -> None:
    said = told(*NEW, "--plain", "Beige", "--set", "about=It rains.")
    assert sorted(said) == ["judge", "kind", "name", "notes", "path", "shipped", "spec"]
    assert (said["judge"], said["kind"], said["name"], said["shipped"]) == (
        "weather",
        "contrast",
        "Weather",
        False,
    )
    spec = specs.load(home / "judges" / "weather.toml")
    assert isinstance(spec, Contrast)
    assert (spec.liked, spec.plain, spec.about) == (("Monsoon Sky", "Hail"), ("Beige",), "It rains.")
    assert "already a judge Weather: change it with judges edit" in failure(run, *NEW)
    assert "already a judge poet" in failure(run, "judges", "new", "poet", "--asks", "x", "--liked", "A")


def test_other_kinds_and_places(tmp_path: Path, told, run) -> None:
    path = tmp_path / "my-critic.toml"
    fields = ["--set", "url=http://localhost:1234/v1", "--set", "model=qwen", "--set", "timeout=5"]
    said = told("judges", "new", str(path), "--kind", "remote", "--asks", "names", *fields)
    assert (said["name"], said["spec"]["timeout"]) == ("My Critic", 5.0)
    assert said["notes"] == ["It sends every name with its colour to localhost:1234."]
    assert told("judges", "new", "Rules", "--kind", "form", "--set", "alliteration=true")["spec"][
        "alliteration"
    ]
    assert told("judges", "new", "Mine", "--kind", "preference")["spec"]["picks"] == []
    status, out, _ = run("judges", "new", "Rules 2", "--kind", "form")
    assert (status, out.split(":")[0]) == (0, "Made Rules 2")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["Weather"], "A judge of kind contrast needs asks and liked: give --asks and --liked."),
        (
            ["R", "--kind", "remote"],
            "needs url and model and asks: give --set url=… and --set model=… and --asks",
        ),
        (["F", "--kind", "form", "--set", "min_words=many"], "min_words"),
        (["F", "--kind", "form", "--set", "nothing"], "sets nothing"),
        (["F", "--kind", "form", "--asks", "x"], "asks"),
        (["F", "--kind", "form", "--name", "a\nb"], "Control characters"),
    ],
)
def test_what_is_no_judge_is_not_written(home: Path, run, arguments: list[str], said: str) -> None:
    assert said in failure(run, "judges", "new", *arguments)
    assert not (home / "judges").exists()


def test_a_place_that_cannot_be_written_is_a_sentence(tmp_path: Path, run) -> None:
    (tmp_path / "file").touch()
    assert "cannot be written" in failure(run, "judges", "new", f"{tmp_path}/file/x.toml", "--kind", "form")


def test_fields_are_changed_and_shipped_judges_become_ones_own(home: Path, told) -> None:
    said = told("judges", "edit", "poet", "--liked", "Only This", "--name", "My Poet")
    assert (said["shipped"], said["spec"]["liked"]) == (False, ["Only This"])
    assert said["notes"] == ["Four liked names work better than 1."]
    mine = JudgeLibrary(home).get("poet")
    assert isinstance(mine, Contrast)
    assert mine.name == "My Poet"
    assert told("judges", "show", "poet")["name"] == "My Poet"


def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    script = tmp_path / "an editor.py"
    script.write_text(f"import sys\nfrom pathlib import Path\npath = Path(sys.argv[1])\n{code}\n")
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", f"'{sys.executable}' '{script}'")


def test_an_editor_keeps_comments(home: Path, tmp_path: Path, told, monkeypatch: pytest.MonkeyPatch) -> None:
    told(*NEW)
    editor(tmp_path, monkeypatch, 'path.write_text("# mine\\n" + path.read_text().replace("Hail", "Sleet"))')
    assert told("judges", "edit", "weather")["spec"]["liked"] == ["Monsoon Sky", "Sleet"]
    assert (home / "judges" / "weather.toml").read_text().startswith("# mine\n")


def test_what_an_editor_spoils_is_kept_aside_and_not_saved(
    home: Path, tmp_path: Path, told, run, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(*NEW)
    before = (home / "judges" / "weather.toml").read_text()
    editor(tmp_path, monkeypatch, 'path.write_text("kind = 3 # my work")')
    said = failure(run, "judges", "edit", "weather")
    assert "There is no judge kind" in said
    assert "my work" in Path(said.strip().rpartition(" in ")[2].rstrip(".")).read_text()
    editor(tmp_path, monkeypatch, 'path.write_text("gone"); sys.exit(3)')
    assert "The editor ended with 3; nothing was changed." in failure(run, "judges", "edit", "weather")
    monkeypatch.setenv("EDITOR", "/no/such/editor")
    assert "could not be used" in failure(run, "judges", "edit", "weather")
    monkeypatch.delenv("EDITOR")
    assert "Set EDITOR" in failure(run, "judges", "edit", "weather")
    assert (home / "judges" / "weather.toml").read_text() == before


def test_a_judge_is_shown_with_what_to_know(told, run) -> None:
    said = told("judges", "show", "poet")
    assert (said["shipped"], said["kind"], said["judge"]) == (True, "contrast", "poet")
    status, out, _ = run("judges", "show", "poet")
    assert status == 0
    assert "asks" in out
    assert "There is no judge “nobody”" in failure(run, "judges", "show", "nobody")


def test_a_file_is_checked(tmp_path: Path, told, run, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('kind = "form"\nname = "Mine"\nmin_words = 3\nmax_words = 2\n')
    assert cli.main(["judges", "check", str(path), "--json"], desk()) == 1
    printed = capsys.readouterr()
    said = json.loads(printed.out)
    assert sorted(said) == ["error", "field", "kind", "name", "notes", "path", "sound"]
    assert (said["sound"], said["field"], said["error"]) == (
        False,
        "min_words",
        "min_words is above max_words.",
    )
    assert "mine.toml is not sound (min_words): min_words is above max_words." in printed.err
    path.write_text('kind = "form"\nname = "Mine"\n')
    assert told("judges", "check", str(path))["sound"] is True
    assert run("judges", "check", str(path))[1] == "mine.toml is sound: Mine, form.\n"


def test_lists_know_the_new_kinds(home: Path, told, run) -> None:
    told("judges", "new", "Mine", "--kind", "preference")
    kinds = {row["slug"]: row["kind"] for row in told("judges")["judges"]}
    assert kinds["mine"] == "preference"
    assert "mine" in run("judges")[1]


def test_picks_are_saved_one_by_one(home: Path, told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("1\nwhat\n2\ns\n1\nq\n2\n"))
    saved: list[int] = []
    save = JudgeLibrary.save

    def counting(self: JudgeLibrary, slug: str, spec: Preference) -> Path:
        saved.append(len(spec.picks))
        return save(self, slug, spec)

    monkeypatch.setattr(JudgeLibrary, "save", counting)
    said = told("judges", "pick", "My Taste")
    assert sorted(said) == ["accuracy", "best", "judge", "new", "path", "picks", "worst"]
    assert (said["judge"], said["picks"], said["new"], said["accuracy"]) == ("my-taste", 3, 3, 0.75)
    assert saved == [1, 2, 3]
    spec = JudgeLibrary(home).get("my-taste")
    assert isinstance(spec, Preference)
    assert [(pick.better, pick.worse) for pick in spec.picks] == [
        ("Rose 0", "Beige 0"),
        ("Beige 1", "Rose 1"),
        ("Rose 3", "Beige 3"),
    ]


def test_picking_goes_on_where_it_was_and_tells_people(
    home: Path, run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for count, lines in ((1, "1\n"), (2, "2\n")):
        monkeypatch.setattr(sys, "stdin", io.StringIO(lines))
        status, out, _ = run("judges", "pick", "mine")
        assert status == 0
        assert "  1 Rose" in out
        assert f"{count} pick" in out
        assert "Saved in " in out
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    status, out, _ = run("judges", "pick", "empty")
    assert status == 0
    assert not JudgeLibrary(home).has("empty")


def test_a_judge_of_another_kind_is_not_picked_for(run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("1\n"))
    assert "of another kind" in failure(run, "judges", "pick", "poet")


@pytest.fixture
def painted(home: Path) -> RunFolder:
    panel = Panel(tastes=(Taste("poet"),), guards=("terse",), sameness=False)
    recipe = Recipe(name="My Poet", panel=panel, budget=Budget(steps=3))
    judges = {"poet": Contrast(name="Poet", asks="x", liked=("A",)), "terse": Form(name="Terse")}
    folder = Runs(home).create(recipe, judges, datetime(2026, 11, 23))
    with folder.open_writer() as writer:
        writer.write(RunStarted(name="My Poet", steps=3, device="cpu", dtype="float32"))
        for step in (1, 2, 3):
            rollouts = tuple(
                Rollout(name="x" * size, scores={"poet": 0.2, "terse": 1.0}, reward=0.2)
                for size in (10, 20 + step, 30)
            )
            writer.write(GroupPainted(step=step, color="#d48475", reading="", rollouts=rollouts))
    return folder


def test_a_run_is_judged_anew(painted: RunFolder, told, run) -> None:
    said = told("judges", "rescore", "my-poet", "--judge", "poet")
    assert (said["run"], said["judge"], said["instead_of"]) == (painted.path.name, "poet", "poet")
    assert (said["steps"], said["rollouts"], said["left_out"]) == (3, 9, 0)
    assert said["mean_then"] == pytest.approx(0.2)
    assert said["mean_now"] == pytest.approx((10 + 30 + 22) / 300)
    assert said["rank_correlation"] is None
    assert (said["gained"][0]["name"], said["gained"][0]["count"]) == ("x" * 30, 3)
    assert [one["name"] for one in said["lost"]] == ["x" * 10]
    assert told("judges", "rescore", painted.path.name, "--judge", "poet", "--last", "1")["steps"] == 1
    status, out, _ = run("judges", "rescore", "my-poet", "--judge", "poet")
    assert status == 0
    assert "Mean reward 0.20 then, 0.21 now" in out
    assert "would have gained" in out


def test_whose_place_another_judge_takes(painted: RunFolder, told, run) -> None:
    assert told("judges", "rescore", "my-poet", "--judge", "architect")["instead_of"] == "poet"
    said = told("judges", "rescore", "my-poet", "--judge", "architect", "--instead-of", "terse")
    assert said["instead_of"] == "terse"
    assert "took no part" in failure(
        run, "judges", "rescore", "my-poet", "--judge", "poet", "--instead-of", "form"
    )
    assert "There is no run" in failure(run, "judges", "rescore", "nothing", "--judge", "poet")
    assert "There is no judge" in failure(run, "judges", "rescore", "my-poet", "--judge", "nobody")


def test_a_run_that_has_painted_nothing_says_so(home: Path, run) -> None:
    recipe = Recipe(name="Blank", panel=Panel(tastes=(Taste("poet"), Taste("terse"))))
    judges = {"poet": Contrast(name="Poet", asks="x", liked=("A",)), "terse": Form(name="Terse")}
    Runs(home).create(recipe, judges, datetime(2026, 11, 23))
    assert "has painted nothing yet" in failure(run, "judges", "rescore", "blank", "--judge", "poet")
    assert "Say whose place architect takes" in failure(
        run, "judges", "rescore", "blank", "--judge", "architect"
    )


def test_several_judges_make_a_panel_that_is_explained(told, run) -> None:
    panel = ["--judge", "poet:3", "--judge", "architect", "--guard", "correctness", "--gate", "terse:0.1"]
    said = told("judge", "#d48475", "Dust", "A much longer name", *panel)
    assert (said["color"], said["judges"]) == ("#d48475", ["poet", "architect", "correctness", "terse"])
    dust, long = said["names"]
    assert sorted(dust) == ["name", "reasons", "reward", "sentence", "shares"]
    assert [(share["judge"], share["role"]) for share in dust["shares"]] == [
        ("poet", "taste"),
        ("architect", "taste"),
        ("correctness", "guard"),
        ("terse", "gate"),
    ]
    assert sum(share["share"] for share in dust["shares"]) == pytest.approx(dust["reward"])
    assert long["reward"] == 0.0
    status, out, _ = run("judge", "#d48475", "Dust", *panel)
    assert status == 0
    assert "Dust: 0.06: Poet gives 0.15, Architect gives 0.05" in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--gate", "correctness"], "“correctness” is no gate"),
        (["--gate", "correctness:2"], "is no gate"),
        (["--guard", "poet"], "Each judge can take part once"),
        (["--judge", "poet:-1"], "weight"),
    ],
)
def test_what_is_no_panel_is_refused(run, arguments: list[str], said: str) -> None:
    assert said in failure(run, "judge", "#d48475", "Dust", "--judge", "poet", *arguments)


def test_json_may_be_asked_for_before_the_command_and_behind_it(run) -> None:
    before, behind = run("judges", "--json", "show", "poet"), run("judges", "show", "poet", "--json")
    assert before == behind
    assert json.loads(before[1])["judge"] == "poet"


def test_a_judge_is_cheated_and_taught(told, run, home: Path) -> None:
    said = told("judges", "hack", "poet", "--name", "Banana", "--add", "1")
    assert (said["yardstick"], said["tried"][0]["name"]) == (0.41, "Banana")
    assert said["added"] == ["Nightingale Song"]
    assert said["after"]["tried"][0]["score"] == 0.2
    mine = JudgeLibrary(home).get("poet")
    assert isinstance(mine, Contrast)
    assert mine.plain[-1] == "Nightingale Song"
    status, out, _ = run("judges", "hack", "poet", "--add", "2")
    assert status == 0
    assert "One name, “Nightingale Song”, would earn 0.93 for every colour" not in out
    assert "Added to the counter-examples of Poet: Old Letters." in out
    status, out, _ = run("judges", "hack", "terse")
    assert status == 0
    assert "a painter would find it" in out
    assert "forbid the name’s words" in out


def test_what_cannot_be_taught_by_examples_says_what_to_do(run) -> None:
    assert "let it be a gate" in failure(run, "judges", "hack", "correctness", "--add", "1")
    assert "There is no judge" in failure(run, "judges", "hack", "nobody")
    assert "nobody" in failure(run, "judges", "hack", "poet", "--painter", "nobody")

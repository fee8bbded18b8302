"""A report tells what helps and gives nobody's folders away."""

from pathlib import Path

import pytest

from engine import places
from studio import desktop_motion
from studio.bug_report import TAIL, last_lines, report, without_paths
from studio.settings import Settings


def test_a_report_tells_versions_settings_and_last_words(tmp_path: Path) -> None:
    person = tmp_path / "ada"
    home = person / ".local" / "share" / "painter-studio"
    log = home / "logs" / "service.log"
    log.parent.mkdir(parents=True)
    log.write_text("".join(f"line {n}\n" for n in range(99)) + f"no such file: {home}/runs/a-b\n{person}/x\n")
    settings = Settings(
        theme="dark", base=str(person / "models" / "qwen"), geometry="AAAA", run="2026-secret"
    )
    text = report(settings, log, home, what="It stopped.", facts={"Qt": "6.11"}, person=person)
    assert str(tmp_path) not in text
    for wanted in (
        "It stopped.",
        "Qt: 6.11",
        "msgspec: ",
        'theme = "dark"',
        "~/models/qwen",
        "~app/runs/a-b",
        "~/x",
    ):
        assert wanted in text
    for hidden in ("AAAA", "2026-secret", "line 1\n"):
        assert hidden not in text


def test_a_log_is_told_by_its_last_lines_or_not_at_all(tmp_path: Path) -> None:
    log = tmp_path / "service.log"
    assert last_lines(log) == []
    log.write_bytes(b"\xff" * 200_000 + b"\n" + b"".join(b"line %d\n" % n for n in range(60)))
    lines = last_lines(log)
    assert (len(lines), lines[0], lines[-1]) == (TAIL, "line 20", "line 59")
    assert "(none)" in report(Settings(), tmp_path / "nothing", tmp_path)


def test_names_of_people_go_wherever_their_home_lies(tmp_path: Path) -> None:
    said = "/home/ada/a C:\\Users\\ada\\b /Users/ada/c /srv/ada/d"
    told = without_paths(said, tmp_path / "h", tmp_path / "p", "ada")
    assert told == "~/a C:~\\b ~/c /srv/ada/d"
    assert without_paths(str(places.resources() / "x"), tmp_path, tmp_path) == "~code/resources/x"


@pytest.mark.parametrize(
    ("text", "moves"),
    [
        ("", True),
        ("[KDE]\nAnimationDurationFactor=0\n", False),
        ("[KDE]\nAnimationDurationFactor=0.5\n", True),
        ("AnimationDurationFactor=fast\n", True),
    ],
)
def test_kde_says_whether_things_move(tmp_path: Path, text: str, moves: bool) -> None:
    (tmp_path / "kdeglobals").write_text(text)
    assert desktop_motion.kde_moves(tmp_path / "kdeglobals") is moves
    assert desktop_motion.kde_moves(tmp_path / "nothing")


def test_gnome_says_whether_things_move(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(desktop_motion.sys, "platform", "linux")
    monkeypatch.setattr(desktop_motion.Path, "home", lambda: tmp_path)
    for said, moves in (("false", False), ("true", True), ("", True)):
        monkeypatch.setattr(desktop_motion, "_said", lambda *command, said=said: said)
        assert desktop_motion.desktop_moves() is moves

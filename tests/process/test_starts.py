"""Every start after set-up: what it costs, what it hands over, and llama.cpp's compilation beside it."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

import pytest

from engine.durable import FileLock
from studio import bootstrap, gguf
from studio.bootstrap import key, site_packages

ROOT = Path(__file__).parents[2]
# The modules that may be read before there is anything but Python.
BEFORE = ("studio.__main__", "studio.bootstrap", "studio.installer", "studio.progress", "studio.gguf")
# A compiler must never begin in a test, and CI's own variables must not decide what is tested.
QUIET = {"PAINTER_STUDIO_GGUF": "0"}

pytestmark = pytest.mark.skipif(os.name == "nt", reason="a shell script stands in for the environment")


@pytest.fixture
def venv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make an environment that set-up takes for finished; its Python tells what it was given."""
    folder = tmp_path / "venv"
    (folder / "bin").mkdir(parents=True)
    site = folder / "lib" / "python3.11" / "site-packages"
    site.mkdir(parents=True)
    stand_in(folder, 'echo "CI=$CI stdin=$(cat) $*"')
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    keys = {"app": key(ROOT, testing=False), "test": key(ROOT, testing=True)}
    (folder / bootstrap.STAMP).write_text(json.dumps({"keys": keys, "python": version}))
    monkeypatch.setenv("PAINTER_STUDIO_VENV", str(folder))
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.delenv("PAINTER_STUDIO_GGUF", raising=False)
    return folder


def stand_in(venv: Path, line: str) -> None:
    python = venv / "bin" / "python"
    python.write_text(f"#!/bin/sh\n{line}\n")
    python.chmod(0o755)


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | QUIET | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_a_start_hands_the_arguments_over_as_they_are(venv: Path) -> None:
    done = run(sys.executable, "-m", "studio", "name", "#d48475", "--painter", "a b")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip().endswith("-P -m studio.cli name #d48475 --painter a b")
    stand_in(venv, "exit 7")
    assert run(sys.executable, "-m", "studio").returncode == 7


def test_ci_asks_nobody_and_hands_over_to_the_tests(venv: Path, tmp_path: Path) -> None:
    path = tmp_path / "bin"
    path.mkdir()
    (path / "python3").symlink_to(sys.executable)
    done = run(".ci/run", "-k", "color", PATH=f"{path}{os.pathsep}{os.environ['PATH']}")
    assert done.returncode == 0
    assert done.stdout.strip() == "CI=true stdin= -P -m studio.cli test -k color"
    assert done.stderr == ""
    assert sorted(one.name for one in venv.iterdir()) == ["bin", "lib", bootstrap.STAMP]


def test_a_second_start_adds_less_than_three_tenths_of_a_second(venv: Path) -> None:
    stand_in(venv, "exit 0")

    def fastest(*command: str) -> float:
        times = []
        for _ in range(7):
            began = time.perf_counter()
            assert run(*command).returncode == 0
            times.append(time.perf_counter() - began)
        return min(times)

    added = fastest(sys.executable, "-m", "studio", "name") - fastest(str(venv / "bin" / "python"))
    assert added < 0.3


def test_a_second_start_loads_no_installer_and_no_network(venv: Path) -> None:
    program = (
        "import sys; from studio import bootstrap\n"
        "bootstrap.become = lambda command: print(*sorted(sys.modules))\n"
        "bootstrap.offer_gguf = lambda venv: None\n"
        "bootstrap.main(['open'])"
    )
    loaded = set(run(sys.executable, "-c", program).stdout.split())
    assert "studio.bootstrap" in loaded
    assert not loaded & {"studio.installer", "studio.progress", "studio.gguf", "studio.cli", "venv"}
    assert not loaded & {"subprocess", "socket", "ssl", "urllib.request", "msgspec", "numpy"}


def test_set_up_and_help_need_only_the_standard_library() -> None:
    program = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        f"import {', '.join(BEFORE)}\n"
        "from studio import cli\n"
        "cli.main(['train', '--help'])"
    )
    # -S leaves the environment's packages out.
    done = run(sys.executable, "-I", "-S", "-c", program)
    assert done.returncode == 0, done.stderr
    assert "--judge JUDGE" in done.stdout


# llama.cpp.


@pytest.mark.parametrize(
    ("arguments", "begins"),
    [
        ([], True),
        (["open"], True),
        (["test"], False),
        (["test", "-k", "open"], False),
        (["doctor"], False),
        (["name", "#d48475"], False),
        (["open", "--help"], False),
    ],
)
def test_only_opening_the_window_begins_the_compilation(
    venv: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], begins: bool
) -> None:
    begun: list[Path] = []
    monkeypatch.setattr(gguf, "begin", lambda root, venv: begun.append(venv))
    monkeypatch.setattr(bootstrap, "become", lambda command: None)
    bootstrap.main(arguments)
    assert begun == ([venv] if begins else [])


@pytest.mark.parametrize("variable", ["CI", "PAINTER_STUDIO_GGUF"])
def test_it_can_be_left_out(venv: Path, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    assert gguf.is_due(venv)
    monkeypatch.setenv(variable, "true" if variable == "CI" else "0")
    assert not gguf.is_due(venv)


def pip_that(venv: Path, codes: list[int], asked: list[list[str]]) -> Callable[[list[str], IO[bytes]], int]:
    """Answer pip's two calls with these codes; a wheel is unpacked, with INSTALLER only if all is well."""

    def run(command: list[str], log: IO[bytes]) -> int:
        asked.append(command)
        code = codes.pop(0)
        if "wheel" in command and code == 0:
            wheels = Path(command[command.index("--wheel-dir") + 1])
            wheels.mkdir()
            (wheels / "llama_cpp_python-0.3-cp311.whl").touch()
        if "install" in command:
            info = site_packages(venv) / "llama_cpp_python-0.3.dist-info"
            info.mkdir()
            (info / "RECORD").touch()
            if code == 0:
                (info / "INSTALLER").touch()
        log.write(b"pip's words\n")
        return code

    return run


def begin_without_a_process(venv: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    with monkeypatch.context() as patch:
        patch.setattr(gguf.shutil, "which", lambda name: "/usr/bin/c++")
        patch.setattr(gguf.subprocess, "Popen", lambda *_, **__: None)
        return gguf.begin(ROOT, venv)


def test_a_wheel_is_made_first_and_installed_when_it_is_whole(
    venv: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "in the background" in begin_without_a_process(venv, monkeypatch)
    asked: list[list[str]] = []
    gguf.build(ROOT, venv, pip_that(venv, [0, 0], asked))
    assert [next(word for word in call if word in ("wheel", "install")) for call in asked] == [
        "wheel",
        "install",
    ]
    assert "--no-deps" in asked[0]
    assert asked[1][-1].endswith("llama_cpp_python-0.3-cp311.whl")
    assert gguf.read(venv) == ("on", "", 1)
    assert (venv / bootstrap.GGUF_SETTLED).exists()
    assert not (venv / gguf.WHEELS).exists()


def test_what_cannot_be_compiled_is_not_tried_again(venv: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begin_without_a_process(venv, monkeypatch)
    gguf.build(ROOT, venv, pip_that(venv, [1], []))
    state, why, _ = gguf.read(venv)
    assert state == "off"
    assert str(venv / gguf.LOG) in why
    assert not gguf.is_due(venv)
    assert (venv / gguf.LOG).read_bytes() == b"pip's words\n"
    on, told = gguf.report(venv)
    assert on or "pip install" in told


@pytest.mark.parametrize("codes", [[-9], [0, -9]])
def test_a_compilation_that_was_killed_is_tried_once_more_and_leaves_no_half(
    venv: Path, monkeypatch: pytest.MonkeyPatch, codes: list[int]
) -> None:
    begin_without_a_process(venv, monkeypatch)
    gguf.build(ROOT, venv, pip_that(venv, list(codes), []))
    monkeypatch.setattr(gguf.time, "time", lambda: time.monotonic() + 1e10)  # long after it began
    assert gguf.read(venv)[0] == "building"
    assert gguf.is_due(venv)
    begin_without_a_process(venv, monkeypatch)
    assert gguf.read(venv)[0] == "building"  # the half that lies there is not taken for a whole
    gguf.build(ROOT, venv, pip_that(venv, [0, 0], []))
    assert gguf.read(venv)[0] == "on"


def test_a_compilation_killed_twice_is_given_up(venv: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(gguf.ATTEMPTS):
        begin_without_a_process(venv, monkeypatch)
        gguf.build(ROOT, venv, pip_that(venv, [-15], []))
    assert gguf.read(venv)[0] == "off"
    assert not gguf.is_due(venv)


def test_one_process_compiles(venv: Path) -> None:
    lock = FileLock(venv / gguf.LOCK)
    gguf.build(ROOT, venv, lambda *_: pytest.fail("a second one compiles"))
    lock.close()


def test_without_a_compiler_it_is_off_and_doctor_says_how_to_get_it(
    venv: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gguf.shutil, "which", lambda name: None)
    monkeypatch.setattr(gguf, "_installed", lambda: False)
    assert gguf.begin(ROOT, venv) == ""
    assert gguf.read(venv)[:2] == ("off", "there is no C++ compiler")
    on, told = gguf.report(venv)
    assert not on
    assert told.startswith("Off: there is no C++ compiler. To get it, install one and run ")

"""The house rules that tools can check, each by the tool of this very environment."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def check(*command: str) -> None:
    """Run a tool on the whole project; what it says is what a failing test says."""
    done = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        timeout=600,
    )
    if done.returncode != 0:
        pytest.fail(f"{' '.join(command)}\n{done.stdout}", pytrace=False)


def test_imports_go_from_ui_to_studio_to_engine() -> None:
    # Without the cache: it takes a module that moved for one that is still there.
    check("-c", "from importlinter.cli import lint_imports_command as lint; lint()", "--no-cache")


def test_ruff_finds_nothing() -> None:
    check("-m", "ruff", "check", "--no-cache", ".")


def test_everything_is_formatted() -> None:
    check("-m", "ruff", "format", "--check", "--no-cache", ".")


@pytest.mark.timeout(600)
def test_types_hold_under_mypy_strict() -> None:
    check("-m", "mypy")


def test_no_file_grows_past_reading() -> None:
    folders = ("engine", "studio", "ui", "tests")
    files = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    long = {str(path.relative_to(ROOT)): lines for path in files if (lines := len(_lines(path))) > 400}
    assert not long


def _lines(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines()

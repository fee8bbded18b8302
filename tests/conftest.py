"""What every test may rely on: nothing that it writes lands among a person's own files."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test its own home; the cache is shared, so that bases are converted once."""
    path = tmp_path / "home"
    monkeypatch.setenv("PAINTER_STUDIO_HOME", str(path))
    return path


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the long forms be asked for."""
    parser.addoption("--heavy", action="store_true", help="run the long forms too (hours)")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long forms out unless they are asked for."""
    if not config.getoption("--heavy"):
        left_out = pytest.mark.skip(reason="a long form: --heavy")
        for item in items:
            if item.get_closest_marker("heavy"):
                item.add_marker(left_out)

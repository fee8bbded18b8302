"""What every test may rely on: nothing that it writes lands among a person's own files."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test its own home; the cache is shared, so that bases are converted once."""
    path = tmp_path / "home"
    monkeypatch.setenv("PAINTER_STUDIO_HOME", str(path))
    return path

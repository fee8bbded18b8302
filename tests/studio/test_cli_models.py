"""``models`` on a hub on loopback, as a person types it: listed, fetched, stopped, gone on with, removed."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from studio import cli
from studio.bases import fitting, list_bases, offer
from studio.settings import Settings, SettingsStore
from tests import scripted_hub
from tests.scripted_hub import REPO, Answer, Stall

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PAINTER_STUDIO_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("HF_TOKEN", raising=False)
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    return tmp_path / "cache"


@pytest.fixture
def model(tmp_path: Path) -> Path:
    folder = tmp_path / "served"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    (folder / "model.safetensors").write_bytes(b"weights!" * 200_000)
    return folder


def documents(capsys) -> dict:
    return json.loads(capsys.readouterr().out)


def test_the_catalogue_is_listed_with_what_each_takes(capsys) -> None:
    assert cli.main(["models", "--json"]) == 0
    listed = {one["model"]: one for one in documents(capsys)["models"]}
    assert listed["smollm2-135m-instruct"]["here"]
    gemma = listed["gemma-3-270m-it"]
    assert (gemma["gated"], gemma["here"], gemma["licence"]) == (True, False, "Gemma Terms of Use")
    assert cli.main(["models", "list"]) == 0
    shown = capsys.readouterr().out
    assert "Gemma Terms of Use (gated)" in shown
    assert "~4.6 GB" in shown


def test_a_base_is_fetched_used_by_name_and_removed(capsys, model: Path, monkeypatch) -> None:
    with scripted_hub.serving(model) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        assert cli.main(["models", "get", REPO, "--json"]) == 0
    got = documents(capsys)
    assert Path(got["folder"], "model.safetensors").read_bytes() == (model / "model.safetensors").read_bytes()
    assert [card.slug for card in list_bases() if card.here] == ["smollm2-135m-instruct", REPO]
    assert cli.main(["train", "--base", REPO, "--no-start", "--json"]) == 0
    assert f'base = "{REPO}"' in Path(documents(capsys)["path"], "recipe.toml").read_text()
    assert cli.main(["models", "remove", REPO, "--json"]) == 0
    assert documents(capsys)["freed"] > 1_600_000
    assert cli.main(["models", "remove", REPO]) == 1
    assert "was not fetched" in capsys.readouterr().err


def test_one_that_is_stopped_half_way_goes_on_the_next_time(
    capsys, model: Path, cache: Path, monkeypatch
) -> None:
    def stall(path: str, number: int) -> object:
        return Stall(1_000_000) if path.startswith("/cdn/") and number == 0 else None

    with scripted_hub.serving(model, stall) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        child = subprocess.Popen(
            [sys.executable, "-m", "studio.cli", "models", "get", REPO],
            cwd=ROOT,
            env=dict(os.environ),
            stderr=subprocess.PIPE,
            text=True,
            # A process whose parent ignores Ctrl-C ignores it too.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        deadline = time.monotonic() + 100
        while not any(path.stat().st_size >= 1 << 18 for path in cache.glob("bases/.*/*.safetensors.part")):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        child.send_signal(signal.SIGINT)
        said = child.communicate(timeout=60)[1]
        assert child.returncode == 130
        assert "the same command goes on" in said
        assert cli.main(["models", "get", REPO]) == 0
        ranges = [wish for path, wish, _ in hub.asked if path.startswith("/cdn/")]
    assert ranges[0] == ""
    assert ranges[-1].startswith("bytes=")


def test_refusals_are_sentences(capsys, model: Path, home: Path, monkeypatch) -> None:
    def gated(path: str, number: int) -> object:
        return Answer(401, "GatedRepo")

    with scripted_hub.serving(model, gated) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        assert cli.main(["models", "get", REPO]) == 1
        assert f"{REPO} is gated: accept its terms at {hub.url}/{REPO}" in capsys.readouterr().err
        SettingsStore(home).save(Settings(offline=True))
        before = len(hub.asked)
        assert cli.main(["models", "get", REPO]) == 1
        assert "Offline mode is on" in capsys.readouterr().err
        assert len(hub.asked) == before
    assert cli.main(["models", "get", "nonsense"]) == 1
    assert "There is no model “nonsense”" in capsys.readouterr().err
    assert cli.main(["models", "get", "smollm2-135m-instruct"]) == 1
    assert "comes with the app" in capsys.readouterr().err


def test_an_offer_says_what_fetching_takes_and_a_smaller_base_is_known() -> None:
    made = offer("gemma-3-270m-it")
    assert made is not None
    assert made.sentence.startswith("536 MB to fetch, Gemma Terms of Use.")
    assert "Gated" in made.sentence
    assert "painter-studio prime --base gemma-3-270m-it" in made.sentence
    assert offer("smollm2-135m-instruct") is None
    assert fitting(10**10) == "SmolLM2 135M"
    assert fitting(10**8) == ""

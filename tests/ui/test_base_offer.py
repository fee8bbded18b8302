"""A base that is not here, chosen on the Train page: what it takes, fetched, stopped, gone on with."""

import json
import os
import threading

import pytest

from engine import catalogue
from tests import scripted_hub
from tests.scripted_hub import Stall

SLUG = "smollm2-360m-instruct"
FACTS = {
    "hidden_size": 960,
    "intermediate_size": 2560,
    "num_hidden_layers": 32,
    "num_attention_heads": 15,
    "num_key_value_heads": 5,
    "vocab_size": 49152,
}


@pytest.fixture
def hub(tmp_path, monkeypatch):
    """Serve a folder under the catalogue's name for a base, stalled until it is let go."""
    folder = tmp_path / "served"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(FACTS))
    (folder / "model.safetensors").write_bytes(os.urandom(1 << 21))
    monkeypatch.setattr(scripted_hub, "REPO", catalogue.repo_of(SLUG))
    monkeypatch.setenv("PAINTER_STUDIO_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)  # whoever imports the engine's programs sets it
    free = threading.Event()

    def script(path, number):
        return Stall(1 << 20) if path.startswith("/cdn/") and not free.is_set() else None

    with scripted_hub.serving(folder, script) as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        server.free = free
        yield server


def test_a_base_is_offered_fetched_stopped_and_gone_on_with(hub, world, open_studio, qtbot):
    studio = open_studio(world)
    studio.window.open_titled("Train")
    form = studio.train.form
    offer = form.offer
    qtbot.waitUntil(lambda: "Takes about" in form.preflight.text(), timeout=20_000)
    assert not offer.words.isVisible()
    words = [form.base.itemText(place) for place in range(form.base.count())]
    assert words[:3] == ["SmolLM2 135M, embedded", "SmolLM2 360M", "Gemma 3 270M"]

    form.choose_base(SLUG)
    qtbot.waitUntil(offer.words.isVisible)
    assert offer.words.text().startswith("724 MB to fetch, Apache-2.0.")
    assert not form.start.isEnabled()

    offer.press.click()
    assert offer.press.text() == "Stop"
    assert not offer.bar.isHidden()
    qtbot.waitUntil(lambda: "are here" in offer.words.text(), timeout=60_000)
    offer.press.click()
    qtbot.waitUntil(lambda: "go on" in offer.words.text(), timeout=20_000)
    assert offer.press.text() == "Fetch"

    hub.free.set()
    offer.press.click()
    qtbot.waitUntil(lambda: not offer.words.isVisible(), timeout=60_000)
    assert form.draft.base == SLUG
    qtbot.waitUntil(lambda: "Takes about" in form.preflight.text(), timeout=20_000)
    qtbot.waitUntil(form.start.isEnabled)

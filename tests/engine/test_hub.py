"""Fetching a base from a hub on loopback that cuts, stalls, corrupts and refuses: whole, or one sentence."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from huggingface_hub import constants

from engine import catalogue, hub
from engine.models import BaseError, find_base
from tests import scripted_hub
from tests.scripted_hub import REPO, Answer, Corrupt, Cut, Deaf, Stall

WEIGHTS = "/cdn/model.safetensors"
LISTING = f"/api/models/{REPO}/revision/main"


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """Return a folder with a model's files; the weights are bytes of no meaning here."""
    folder = tmp_path / "served"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({"hidden_size": 8}))
    (folder / "tokenizer.json").write_text("{}")
    (folder / "model.safetensors").write_bytes(bytes(range(256)) * 2000)
    return folder


@pytest.fixture
def served(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable:
    """Serve the model by a script, with a cache of one's own and short patience."""
    monkeypatch.setenv("PAINTER_STUDIO_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("HF_TOKEN", raising=False)
    monkeypatch.setattr(constants, "HF_HUB_DOWNLOAD_TIMEOUT", 0.5)
    monkeypatch.setattr(constants, "DOWNLOAD_CHUNK_SIZE", 50_000)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr("huggingface_hub.file_download.time.sleep", lambda seconds: None)

    def serve(script: scripted_hub.Script = scripted_hub.honest):
        context = scripted_hub.serving(model, script)
        server = context.__enter__()
        servers.append(context)
        monkeypatch.setattr(constants, "ENDPOINT", server.url)
        monkeypatch.setattr(
            constants, "HUGGINGFACE_CO_URL_TEMPLATE", server.url + "/{repo_id}/resolve/{revision}/{filename}"
        )
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        return server

    servers: list = []
    yield serve
    for context in servers:
        context.__exit__(None, None, None)


def fetch() -> tuple[Path, list[tuple[int, int]]]:
    told: list[tuple[int, int]] = []
    return hub.fetch(REPO, lambda done, total: told.append((done, total))), told


def refused() -> str:
    with pytest.raises(BaseError) as caught:
        fetch()
    said = str(caught.value)
    assert "\n" not in said
    with pytest.raises(BaseError, match="not on this computer"):
        find_base(REPO)  # what is not whole is no base
    return said


def test_a_base_comes_whole_and_is_found_by_its_name(served, model: Path) -> None:
    server = served()
    folder, told = fetch()
    assert {path.name for path in folder.iterdir()} == {path.name for path in model.iterdir()} | {
        "source.json"
    }
    for path in model.iterdir():
        assert (folder / path.name).read_bytes() == path.read_bytes()
    size = sum(path.stat().st_size for path in model.iterdir())
    assert told[-1] == (size, size)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    base = find_base(REPO)
    assert (base.slug, base.folder, base.licence, base.with_reading) == (REPO, folder, "mit", True)
    [source] = catalogue.fetched()
    assert (source.repo, source.commit, source.size) == (REPO, scripted_hub.COMMIT, size)
    assert all(token == "" for _, _, token in server.asked)
    # A second call asks what is there, and fetches nothing.
    before = len(server.asked)
    fetch()
    assert [path for path, _, _ in server.asked[before:]] == [LISTING]


def test_a_cut_connection_goes_on_where_it_broke(served) -> None:
    server = served(lambda path, number: Cut(200_000) if path == WEIGHTS and number == 0 else None)
    fetch()
    ranges = [wish for path, wish, _ in server.asked if path == WEIGHTS]
    assert ranges == ["", "bytes=200000-"]


def test_what_a_dead_fetch_had_is_not_fetched_again(served) -> None:
    served(lambda path, number: (Cut(300_000) if number == 0 else Cut(0)) if path == WEIGHTS else None)
    said = refused()
    assert "broke" in said
    assert "go on" in said
    server = served()
    _, told = fetch()
    assert [wish for path, wish, _ in server.asked if path == WEIGHTS] == ["bytes=300000-"]
    assert min(done for done, _ in told if done) > 0


def test_a_hub_that_hears_no_range_sends_the_whole_again(served, model: Path) -> None:
    served(lambda path, number: (Cut(1000) if number == 0 else Deaf()) if path == WEIGHTS else None)
    folder, _ = fetch()
    assert (folder / "model.safetensors").read_bytes() == (model / "model.safetensors").read_bytes()


def test_a_stalled_connection_is_taken_up_again(served) -> None:
    server = served(lambda path, number: Stall(100_000) if path == WEIGHTS and number == 0 else None)
    fetch()
    assert [wish for path, wish, _ in server.asked if path == WEIGHTS] == ["", "bytes=100000-"]


@pytest.mark.parametrize("path", [WEIGHTS, f"/{REPO}/resolve/{scripted_hub.COMMIT}/config.json"])
def test_a_corrupted_file_is_noticed_thrown_away_and_fetched_anew(served, path: str) -> None:
    served(lambda asked, number: Corrupt() if asked == path else None)
    assert "checksum" in refused()
    served()
    fetch()
    assert find_base(REPO).ready()


def test_a_file_that_was_cut_short_later_is_no_base(served) -> None:
    served()
    folder, _ = fetch()
    with (folder / "model.safetensors").open("r+b") as file:
        file.truncate(1000)
    with pytest.raises(BaseError, match="not on this computer"):
        find_base(REPO)
    served()
    fetch()
    assert find_base(REPO).ready()


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (Answer(403, "GatedRepo"), "accept its terms at http"),
        (Answer(401, "GatedRepo"), "HF_TOKEN set to a token"),
        (Answer(403), "status 403"),
        (Answer(404, "RepoNotFound"), "has no model"),
        (Answer(404, "RevisionNotFound"), "no such revision"),
        (Answer(500), "status 500"),
        (Answer(503), "status 503"),
    ],
)
def test_each_refusal_is_a_sentence(served, answer: Answer, word: str) -> None:
    served(lambda path, number: answer if path == LISTING else None)
    assert word in refused()


def test_a_gated_file_is_explained_too(served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    server = served(lambda path, number: Answer(403, "GatedRepo") if path.endswith("safetensors") else None)
    said = refused()
    assert "accept its terms" in said
    assert "hf_secret" not in said
    assert {token for _, _, token in server.asked} == {"Bearer hf_secret"}


def test_a_token_is_for_the_hub_alone(served, model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with scripted_hub.serving(model) as cdn:
        monkeypatch.setenv("HF_TOKEN", "hf_secret")
        server = served()
        monkeypatch.setattr(server, "url", cdn.url.replace("127.0.0.1", "localhost"))  # where it redirects to
        fetch()
        assert [token for _, _, token in cdn.asked] == [""]


def test_offline_and_without_safetensors_are_sentences(served, model: Path, monkeypatch) -> None:
    server = served()
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert "Offline mode is on" in refused()
    assert server.asked == []
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    (model / "model.safetensors").rename(model / "pytorch_model.bin")
    assert "no safetensors weights" in refused()


def test_a_network_that_is_not_there_is_a_sentence(served, monkeypatch: pytest.MonkeyPatch) -> None:
    served()
    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    said = refused()
    assert "check the network" in said


def test_the_catalogue_is_sound() -> None:
    known = catalogue.catalogue()
    assert len({one.id for one in known}) == len(known) >= 6
    for one in known:
        assert one.id == "smollm2-135m-instruct" or catalogue.repo_of(one.id) == one.repo
        assert catalogue.slug_of(one.repo or one.id) == one.id
        assert one.parameters * 1.9 < one.disk_mb * 1e6 < one.parameters * 2.7
        assert one.memory_mb > one.disk_mb
    with pytest.raises(BaseError, match=r"models get qwen3-0\.6b"):
        find_base("qwen3-0.6b")
    with pytest.raises(BaseError, match="There is no base"):
        find_base("no-such-base")

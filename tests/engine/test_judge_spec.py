"""Judges as data: what each kind allows, and what it refuses in a sentence."""

from pathlib import Path

import pytest

from engine.judges import spec as specs
from engine.judges.spec import (
    Contrast,
    Describes,
    JudgeError,
    JudgeSpec,
    Pick,
    Preference,
    Rating,
    Remote,
    dump,
    from_data,
    kind_of,
    model_path,
    parse,
)

SPECS = (
    Contrast(name="Weather", asks="names like weather", liked=("Monsoon Sky",), model="/models/qwen.gguf"),
    Rating(name="Weather", asks="names like weather", model="~/models/qwen.gguf"),
    Rating(name="Weather", asks="names like weather"),
    Describes(name="Guard", about="Asked of a large model.", model="/models/qwen.gguf"),
)


@pytest.mark.parametrize("spec", SPECS, ids=kind_of)
def test_a_judge_survives_its_file(spec: JudgeSpec) -> None:
    assert parse(dump(spec)) == spec
    assert f'kind = "{kind_of(spec)}"' in dump(spec)


@pytest.mark.parametrize(
    "model", ["qwen.gguf", "models/qwen.gguf", "./qwen.gguf", "~nobody-at-all/qwen.gguf"]
)
@pytest.mark.parametrize("kind", ["contrast", "rating", "describes"])
def test_a_model_needs_its_full_path(kind: str, model: str) -> None:
    data = {"kind": kind, "name": "W", "model": model}
    data |= {} if kind == "describes" else {"asks": "names"}
    data |= {"liked": ["One"]} if kind == "contrast" else {}
    with pytest.raises(JudgeError, match="Give the model's full path") as fault:
        from_data(data)
    assert fault.value.field == "model"


def test_a_tilde_is_the_persons_own_folder() -> None:
    assert model_path("~/models/qwen.gguf") == Path.home() / "models" / "qwen.gguf"


@pytest.mark.parametrize("model", ["/models/a\x00b.gguf", "/" + "x" * 5000, 7])
def test_what_is_no_path_is_refused(model: object) -> None:
    with pytest.raises(JudgeError) as fault:
        from_data({"kind": "describes", "name": "D", "model": model})
    assert fault.value.field == "model"


def test_a_rating_judge_says_what_it_asks_for() -> None:
    with pytest.raises(JudgeError) as fault:
        from_data({"kind": "rating", "name": "R"})
    assert fault.value.field == "asks"


REMOTE = {
    "kind": "remote",
    "name": "Critic",
    "url": "http://localhost:1234/v1",
    "model": "m",
    "asks": "names",
}


def test_a_remote_judge_reads_back_as_it_was() -> None:
    made = from_data(REMOTE | {"timeout": 5, "rubric": "10 for rain", "key_env": "CRITIC_API_KEY"})
    assert isinstance(made, Remote)
    assert (made.timeout, made.retries, made.calibrated, kind_of(made)) == (5.0, 3, True, "remote")
    assert parse(dump(made)) == made


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:1234/v1",
        "https://api.example.com/v1/",
        "http://[::1]:8080/v1",
        "http://192.168.1.7:11434/v1",
        "HTTPS://EXAMPLE.COM",
    ],
)
def test_an_address_is_taken(url: str) -> None:
    assert from_data(REMOTE | {"url": url})


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"url": "localhost:1234"}, "url"),
        ({"url": "ftp://example.com/v1"}, "url"),
        ({"url": "file:///etc/passwd"}, "url"),
        ({"url": "http://"}, "url"),
        ({"url": "http://exa mple.com"}, "url"),
        ({"url": "http://example.com:99999999/v1"}, "url"),
        ({"url": "http://example.com:0/v1"}, "url"),
        ({"url": "http://[::1/v1"}, "url"),
        ({"url": "http://good.com\\@evil.com/v1"}, "url"),
        ({"url": "http://me:sk-secret@example.com/v1"}, "url"),
        ({"url": "https://example.com/v1?key=sk-secret"}, "url"),
        ({"url": "https://example.com/v1#x"}, "url"),
        ({"url": "https://exämple.com/v1"}, "url"),
        ({"url": "x" * 501}, "url"),
        ({"url": "http://example.com/v1", "key_env": "A_KEY"}, "url"),
        ({"url": "http://8.8.8.8/v1", "key_entry": "mine"}, "url"),
        ({"key_env": "PATH"}, "key_env"),
        ({"key_env": "sk-1234"}, "key_env"),
        ({"key_env": "A KEY"}, "key_env"),
        ({"key_entry": "a b"}, "key_entry"),
        ({"timeout": 0}, "timeout"),
        ({"timeout": float("nan")}, "timeout"),
        ({"concurrency": 65}, "concurrency"),
        ({"budget": 0}, "budget"),
        ({"rubric": "a\x1bb"}, "rubric"),
        ({"model": " "}, "model"),
        ({"key": "sk-secret"}, "key"),
    ],
)
def test_what_a_remote_judge_may_not_say(changed: dict, field: str) -> None:
    with pytest.raises(JudgeError) as fault:
        from_data(REMOTE | changed)
    assert fault.value.field == field
    assert "sk-secret" not in str(fault.value)


def test_a_key_goes_openly_only_within_ones_own_network() -> None:
    for url in ("http://localhost:1/v1", "http://127.0.0.1/v1", "http://10.0.0.5/v1", "https://example.com"):
        assert from_data(REMOTE | {"url": url, "key_env": "A_KEY"})


def test_picks_read_back_in_order() -> None:
    made = Preference(name="Mine", picks=(Pick("Rose", "Beige"), Pick('A "b" \\ c', "Été")))
    text = dump(made)
    assert parse(text) == made
    assert "better" in text
    assert parse('kind = "preference"\nname = "New"') == Preference(name="New")


def test_a_judge_as_full_as_it_may_be_is_a_file_that_can_be_read(tmp_path) -> None:
    picks = tuple(Pick(f"{n:03d} " + "x" * 26, f"{n:03d} " + "y" * 26) for n in range(specs.MOST_PICKS))
    path = tmp_path / "full.toml"
    path.write_text(dump(Preference(name="Full", picks=picks)))
    assert specs.load(path).picks == picks


@pytest.mark.parametrize(
    "picks",
    [
        [{"better": "Rose", "worse": "rose "}],
        [{"better": "Rose", "worse": ""}],
        [{"better": "Rose", "worse": "a\nb"}],
        [{"better": "Rose", "worse": "x" * 61}],
        [{"better": "Rose"}],
        [{"better": "Rose", "worse": "Beige", "by": 3}],
        [["Rose", "Beige"]],
        [{"better": "Rose", "worse": "Beige"}] * (specs.MOST_PICKS + 1),
        "Rose",
    ],
)
def test_what_is_no_pick_is_refused(picks: object) -> None:
    with pytest.raises(JudgeError) as fault:
        from_data({"kind": "preference", "name": "Mine", "picks": picks})
    assert fault.value.field == "picks"

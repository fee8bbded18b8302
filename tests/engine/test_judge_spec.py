"""Judges as data: what the newer kinds allow, and what they refuse in a sentence."""

import pytest

from engine.judges import spec as specs
from engine.judges.spec import JudgeError, Pick, Preference, Remote, kind_of

REMOTE = {
    "kind": "remote",
    "name": "Critic",
    "url": "http://localhost:1234/v1",
    "model": "m",
    "asks": "names",
}


def test_a_remote_judge_reads_back_as_it_was() -> None:
    made = specs.from_data(REMOTE | {"timeout": 5, "rubric": "10 for rain", "key_env": "CRITIC_API_KEY"})
    assert isinstance(made, Remote)
    assert (made.timeout, made.retries, made.calibrated, kind_of(made)) == (5.0, 3, True, "remote")
    assert specs.parse(specs.dump(made)) == made


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
    assert specs.from_data(REMOTE | {"url": url})


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
        specs.from_data(REMOTE | changed)
    assert fault.value.field == field
    assert "sk-secret" not in str(fault.value)


def test_a_key_goes_openly_only_within_ones_own_network() -> None:
    for url in ("http://localhost:1/v1", "http://127.0.0.1/v1", "http://10.0.0.5/v1", "https://example.com"):
        assert specs.from_data(REMOTE | {"url": url, "key_env": "A_KEY"})


def test_picks_read_back_in_order() -> None:
    made = Preference(name="Mine", picks=(Pick("Rose", "Beige"), Pick('A "b" \\ c', "Été")))
    text = specs.dump(made)
    assert specs.parse(text) == made
    assert "better" in text
    assert specs.parse('kind = "preference"\nname = "New"') == Preference(name="New")


def test_a_judge_as_full_as_it_may_be_is_a_file_that_can_be_read(tmp_path) -> None:
    picks = tuple(Pick(f"{n:03d} " + "x" * 26, f"{n:03d} " + "y" * 26) for n in range(specs.MOST_PICKS))
    path = tmp_path / "full.toml"
    path.write_text(specs.dump(Preference(name="Full", picks=picks)))
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
        specs.from_data({"kind": "preference", "name": "Mine", "picks": picks})
    assert fault.value.field == "picks"

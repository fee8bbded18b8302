"""The service's other end: starts the child that names and judges, talks to it, and starts it again.

All waiting is done on two threads of its own: the *keeper* writes requests and looks after the child, the
*reader* takes its lines. Whoever sends is never kept waiting, and every request that was sent ends with
exactly one ``Done`` or ``Failed``, whatever becomes of the child.
"""

from __future__ import annotations

import contextlib
import queue
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from engine import places
from engine.outside import UNSOUND
from engine.service import protocol
from engine.service.protocol import Cancel, Done, Failed, Ready, Reply, Request
from engine.task import COLOR
from studio.children import child_environment, how_it_ended, open_log, own_session

CRASHES = 3
CRASH_WINDOW = 60.0
LOG_LIMIT = 1_000_000


class _Close(msgspec.Struct, frozen=True):
    """Tells the keeper to end the child and itself."""


class _Start(msgspec.Struct, frozen=True):
    """Tells the keeper that a person wants the child now, whatever happened before."""


class _Use(msgspec.Struct, frozen=True):
    """Tells the keeper to go on with another base or device."""

    command: tuple[str, ...]


class _Ended(msgspec.Struct, frozen=True):
    """Tells the keeper that the child's stdout is at its end."""

    generation: int


_Mail = Request | _Close | _Start | _Use | _Ended


class ServiceClient:
    """Speaks ``engine.service.protocol`` with a child process that starts at the first request.

    Parameters
    ----------
    on_reply
        Called with every reply, one at a time, on a thread of the client's own: hand it on to yours.
        ``Failed(id=0)`` is a notice about the service itself.
    python
        The interpreter for ``-m engine.service``.
    command
        The whole command instead, for tests.
    base, device
        The base to load, when it is not the default one (a slug or a transformers folder), and where.
    task
        What it is asked; see :mod:`engine.task`.
    log
        Where the child's stderr goes; ``home/logs/service.log`` by default.
    patience
        Seconds without a word before ``Ready`` after which the child counts as hung.

    Notes
    -----
    When the child dies, requests that it had not answered end with ``Failed``, a notice with id 0 says so,
    and it is started again at once; the third death within a minute keeps it off. It is then tried
    again on :meth:`start`, or on a request a minute later.
    """

    def __init__(
        self,
        on_reply: Callable[[Reply], None],
        python: str = sys.executable,
        command: Sequence[str] | None = None,
        *,
        base: str = "",
        device: str = "auto",
        task: str = COLOR,
        log: Path | None = None,
        patience: float = 180.0,
    ) -> None:
        self._plain = list(command) if command is not None else [python, "-m", "engine.service"]
        self._plain += ["--task", task] if task != COLOR else []
        self.command = self._with(base, device)
        self.log = places.home() / "logs" / "service.log" if log is None else log
        self._on_reply = on_reply
        self._replying = threading.Lock()
        self._patience = patience
        self._mail: queue.SimpleQueue[_Mail] = queue.SimpleQueue()
        # Guards what senders, keeper and reader share: the ids, what is owed, and the child itself.
        self._lock = threading.Lock()
        self._last_id = 0
        self._owed: dict[int, bool] = {}  # id → whether it was cancelled
        self._closed = False
        self._process: subprocess.Popen[bytes] | None = None
        self._keeper: threading.Thread | None = None
        # The keeper's own.
        self._generation = 0
        self._sent: set[int] = set()  # what this child was asked
        self._crashes: deque[float] = deque(maxlen=CRASHES)
        self._off = ""  # why it stays off
        self._off_since = 0.0
        self._hung = False
        # Written by the reader, read by the keeper, who adds to the seconds without a word what it waited.
        self._quiet = 0.0
        self._ready = False
        self._last_words = ""

    def start(self) -> None:
        """Start the child now, so that it is warm at the first request. Also tries again after giving up."""
        self._post(_Start())

    def send(self, request: Request) -> int:
        """Send a request and return the id that its replies will carry. Never blocks.

        Raises
        ------
        RuntimeError
            If the client has been closed.
        """
        with self._lock:
            self._last_id += 1
            numbered = msgspec.structs.replace(request, id=self._last_id)
            self._owed[numbered.id] = False
        self._post(numbered)
        return numbered.id

    def cancel(self, request_id: int) -> None:
        """Ask that a request be dropped; it still ends with one ``Done`` or ``Failed``."""
        with self._lock:
            if self._closed or request_id not in self._owed:
                return
            self._owed[request_id] = True
        self._post(Cancel(id=request_id))

    def use(self, base: str, device: str = "auto") -> None:
        """Go on with another base or device: a child that runs ends, what it owed fails, another starts."""
        command = self._with(base, device)
        with self._lock:
            if self._keeper is None:
                # Nothing was asked yet: there is no child to end.
                self.command = command
                return
        self._post(_Use(tuple(command)))

    def close(self) -> None:
        """End the child and the threads, within about two seconds. What is still owed is not answered."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            keeper, process = self._keeper, self._process
        if keeper is None:
            return
        self._mail.put(_Close())
        keeper.join(timeout=2.0)
        if keeper.is_alive() and process is not None:
            # It is stuck writing to a child that does not read; the child's death frees it.
            process.kill()
            keeper.join(timeout=2.0)

    def _with(self, base: str, device: str) -> list[str]:
        chosen = ["--base", base] if base else []
        return [*self._plain, *chosen, *(["--device", device] if device != "auto" else [])]

    def _post(self, item: Request | _Start | _Use) -> None:
        with self._lock:
            if self._closed:
                raise RuntimeError("The service client is closed.")
            if self._keeper is None:
                self._keeper = threading.Thread(target=self._keep, name="service-keeper", daemon=True)
                self._keeper.start()
        self._mail.put(item)

    # The keeper.

    def _keep(self) -> None:
        while True:
            item = self._next()
            if isinstance(item, _Close):
                self._end_child()
                return
            if isinstance(item, _Ended):
                if item.generation == self._generation:
                    self._bury()
            elif isinstance(item, _Start):
                self._off = ""
                self._crashes.clear()
                self._spawn()
            elif isinstance(item, _Use):
                self._change(list(item.command))
            elif isinstance(item, Cancel):
                # With no child there is nothing to drop: its request has already failed.
                if self._process is not None:
                    self._write(item)
            elif self._usable():
                self._sent.add(item.id)
                self._write(item)
            else:
                self._settle({item.id}, self._off)

    def _change(self, command: list[str]) -> None:
        if command == self.command:
            return
        self.command = command
        self._end_child()
        with self._lock:
            self._process = None
        # Its reader's last word is about a child of the past.
        self._generation += 1
        self._settle(self._sent, "The naming service was started anew, with other settings; ask again.")
        self._sent = set()
        self._off = ""
        self._crashes.clear()
        self._spawn()

    def _next(self) -> _Mail:
        while True:
            try:
                tick = min(1.0, self._patience / 4)
                return self._mail.get(timeout=tick if self._process and not self._ready else None)
            except queue.Empty:
                process = self._process
                self._quiet += tick  # no clock: while the machine sleeps, the child does as well
                if process is not None and self._quiet > self._patience:
                    self._hung = True
                    process.kill()

    def _usable(self) -> bool:
        if self._off and time.monotonic() - self._off_since > CRASH_WINDOW:
            self._off = ""
        if not self._off:
            self._spawn()
        return not self._off

    def _spawn(self) -> None:
        if self._process is not None:
            return
        try:
            with open_log(self.log, LOG_LIMIT) as log:
                process = subprocess.Popen(
                    self.command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    env=child_environment(),
                    **own_session(),
                )
        except OSError as error:
            self._give_up(f"The naming service cannot be started: {error}.")
            return
        self._generation += 1
        self._quiet = 0.0
        self._ready = self._hung = False
        self._last_words = ""
        self._sent.clear()
        with self._lock:
            self._process = process
        reader = threading.Thread(
            target=self._read, args=(process, self._generation), name="service-reader", daemon=True
        )
        reader.start()

    def _write(self, request: Request) -> None:
        process = self._process
        if process is None or process.stdin is None:
            return
        # When it died before it read this, the reader finds the end of stdout and `_bury` answers for it.
        with contextlib.suppress(OSError):
            process.stdin.write(protocol.encode(request))
            process.stdin.flush()

    def _bury(self) -> None:
        """Answer for what a dead child owes, say so, and start it again unless it keeps dying."""
        process = self._process
        if process is None:
            return
        with self._lock:
            self._process = None
        how = how_it_ended(self._reap(process), self.log)
        if self._hung:
            how = f"it said nothing for {self._patience:.0f} seconds"
        if self._last_words and not self._ready:
            # It said itself why it cannot begin (no weights, say); again would end the same way.
            self._settle(self._sent, self._last_words)
            self._off, self._off_since = self._last_words, time.monotonic()
            return
        now = time.monotonic()
        self._crashes.append(now)
        often = len(self._crashes) == CRASHES and now - self._crashes[0] < CRASH_WINDOW
        self._settle(self._sent, f"The naming service stopped before it answered ({how}); ask again.")
        if often:
            self._give_up(
                f"The naming service stopped {CRASHES} times within a minute and stays off ({how}); "
                f"its log is {self.log}."
            )
            return
        self._reply(Failed(id=0, reason=f"The naming service stopped and was started again ({how})."))
        self._spawn()

    def _give_up(self, why: str) -> None:
        self._off, self._off_since = why, time.monotonic()
        self._reply(Failed(id=0, reason=why))

    def _settle(self, ids: set[int], reason: str) -> None:
        for request_id in sorted(ids):
            with self._lock:
                cancelled = self._owed.pop(request_id, None)
            if cancelled is not None:
                self._reply(Failed(id=request_id, reason=reason, cancelled=cancelled))

    def _end_child(self) -> None:
        """End the child: the end of its stdin is its cue, and it may take half a second."""
        process = self._process
        if process is None:
            return
        if process.stdin is not None:
            with contextlib.suppress(OSError):  # it is gone already
                process.stdin.close()
        for ask, seconds in ((None, 0.5), (process.terminate, 0.7), (process.kill, 0.7)):
            if ask is not None:
                ask()
            try:
                process.wait(seconds)
                break
            except subprocess.TimeoutExpired:
                continue

    def _reap(self, process: subprocess.Popen[bytes]) -> int:
        """Wait for a child whose stdout has ended; one that closed it and lives on is of no use."""
        try:
            return process.wait(2.0)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()
        finally:
            for pipe in (process.stdin, process.stdout):
                with contextlib.suppress(OSError):  # flushing what was never read
                    if pipe is not None:
                        pipe.close()

    # The reader.

    def _read(self, process: subprocess.Popen[bytes], generation: int) -> None:
        assert process.stdout is not None
        try:
            for line in process.stdout:
                self._quiet = 0.0
                self._take(line)
        finally:
            self._mail.put(_Ended(generation))

    def _take(self, line: bytes) -> None:
        try:
            reply = protocol.decode_reply(line)
        except UNSOUND:
            self._note(line)
            return
        if isinstance(reply, Ready):
            self._ready = True
        if isinstance(reply, Failed) and reply.id == 0:
            self._last_words = reply.reason
        if reply.id:
            with self._lock:
                if reply.id not in self._owed:
                    return  # it was answered for already
                if isinstance(reply, Done | Failed):
                    del self._owed[reply.id]
        self._reply(reply)

    def _note(self, line: bytes) -> None:
        """Keep a line that is no reply in the log: native libraries print where they should not."""
        with contextlib.suppress(OSError), open_log(self.log, LOG_LIMIT) as log:  # a full disk takes no notes
            log.write(b"(on stdout) " + line)

    def _reply(self, reply: Reply) -> None:
        with self._lock:
            if self._closed:
                return
        with self._replying:
            self._on_reply(reply)

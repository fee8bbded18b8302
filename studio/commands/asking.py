"""Talking with the naming service from a command, and showing on stderr how its work goes."""

from __future__ import annotations

import queue
from collections.abc import Callable
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from engine.service import protocol
from engine.service.protocol import Done, Failed, Reply, Request
from engine.task import COLOR
from studio.commands.desk import CommandError, Desk, printable
from studio.service_client import ServiceClient


class Conversation:
    """A service of the command's own, for one question or many. Use it in a ``with``.

    Parameters
    ----------
    desk
        Says how the service is started.
    base
        The base to load, when it is not the default one.
    task
        What it is to be asked; see :mod:`engine.task`.
    timeout
        Seconds between two words of the service after which to give up; ``None`` leaves that to the client.
    notice
        Told what the service says about itself.
    """

    def __init__(
        self,
        desk: Desk,
        base: str = "",
        *,
        task: str = COLOR,
        timeout: float | None = None,
        notice: Callable[[str], None] | None = None,
    ) -> None:
        self._replies: queue.SimpleQueue[Reply] = queue.SimpleQueue()
        self._client = ServiceClient(self._replies.put, desk.python, desk.service, base=base, task=task)
        self._timeout, self._notice = timeout, notice
        self._note = "Starting the naming service"

    def __enter__(self) -> Conversation:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def ask(self, request: Request, note: str = "", done: float | None = None) -> list[Reply]:
        """Put a request, and show what the service does until it is answered.

        Parameters
        ----------
        request
            To be sent.
        note, done
            What this is a part of, and the share of it that is done: shown while the service says nothing
            of its own.

        Returns
        -------
        list of Reply
            All replies to the request before its ``Done``.

        Raises
        ------
        CommandError
            If the request or the service failed.
        """
        heard: list[Reply] = []
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task(note or self._note, total=None if done is None else 1.0)
            progress.update(task, completed=done or 0)
            number = self._client.send(request)
            while True:
                match self._next():
                    case protocol.Progress(note=note, done=done):
                        total = None if done is None else 1.0
                        progress.update(task, description=printable(note), total=total, completed=done or 0)
                    case Failed(id=0, reason=reason) if self._notice is not None:
                        self._notice(reason)
                    case Failed(id=failed, reason=reason) if failed == number:
                        raise CommandError(reason)
                    case Done(id=ended) if ended == number:
                        self._note = "Asking the naming service"
                        return heard
                    case reply:
                        heard.append(reply)

    def _next(self) -> Reply:
        try:
            return self._replies.get(timeout=self._timeout)
        except queue.Empty:
            raise CommandError(
                f"The naming service gave no answer for {self._timeout:.0f} seconds."
            ) from None

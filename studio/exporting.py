"""Exports: what is ordered, the child process that writes it, and its place on disk.

The child writes beside the place where the export will lie; only what is whole and was tried is moved
there. Nothing is replaced without being told, and then only an earlier export.
"""

from __future__ import annotations

import contextlib
import secrets
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from engine import places
from engine.export.order import Exported, Kind, Order, Quantization, decode_told, encode
from engine.recipe import EMBEDDED_BASE
from engine.service.protocol import Failed, Progress
from engine.task import COLOR
from studio.children import child_environment, how_it_ended, own_session, project_root
from studio.painters import BASE, PainterCard, PainterError

GRACE = 5.0
"""Seconds that a child which is told to stop may take."""
MARK = "card.toml"
# What a card tells the world; the rest is about this computer or is written anew.
_TOLD = ("judges", "steps", "seed", "date", "reward_first", "reward_last", "parents", "imported", "recipe")


class ExportStopped(Exception):  # noqa: N818
    """The export was called off; nothing of it is left."""


class PlaceTakenError(PainterError):
    """An earlier export lies where this one is to lie; it may be replaced."""


def order(
    card: PainterCard,
    kind: Kind,
    out: Path,
    quantization: Quantization = "f16",
    *,
    base: str = EMBEDDED_BASE,
    replace: bool = False,
) -> Order:
    """Return the order for an export, after what can be told without weights.

    Parameters
    ----------
    out
        The folder that it will be.
    base
        Of the base itself, which has no card that says so.
    replace
        Whether an earlier export there may go.

    Raises
    ------
    PainterError
        If the painter cannot be exported, or the place is taken.
    """
    out = places.expanded(out).absolute()
    if card.gguf:
        raise PainterError(f"“{card.name}” is a GGUF already: its files lie in {card.folder}.")
    if card.task != COLOR:
        raise PainterError(
            f"“{card.name}” names no colours, and only painters of colours can be exported yet."
        )
    _check_place(out, replace)
    facts = msgspec.to_builtins(card)
    return Order(
        name=card.name,
        slug=card.slug,
        base=base if card.slug == BASE else card.base,
        adapter=card.folder,
        kind=kind,
        quantization=quantization,
        part=str(out.with_name(f".{out.name}.{secrets.token_hex(4)}.part")),
        out=str(out),
        card={key: facts[key] for key in _TOLD if facts.get(key)},
    )


def _check_place(out: Path, replace: bool) -> None:
    if out.is_file():
        raise PainterError(f"{out} is a file: name a folder that is not there yet.")
    if not out.is_dir() or not any(out.iterdir()):
        return
    if not (out / MARK).is_file():
        raise PainterError(f"{out} holds other files: name a folder that is not there yet.")
    if not replace:
        raise PlaceTakenError(
            f"{out} holds an earlier export: name another folder, or say that it may be replaced."
        )


class Export:
    """One export in a child process.

    Parameters
    ----------
    wanted
        As :func:`order` returns it.
    python
        The interpreter for ``-m engine.export``.
    command
        The whole command instead, for tests.
    """

    def __init__(
        self, wanted: Order, python: str = sys.executable, command: Sequence[str] | None = None
    ) -> None:
        self.order = wanted
        self._command = list(command) if command is not None else [python, "-m", "engine.export"]
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._stopped = False
        self._log = places.home() / "logs" / "export.log"

    def run(self, tell: Callable[[Progress], None]) -> Exported:
        """Do it, and wait for its end: not for a window's own thread.

        Parameters
        ----------
        tell
            Called as the work goes on, on this thread.

        Raises
        ------
        ExportStopped
            If it was stopped.
        PainterError
            If it failed, in a sentence. Nothing is left then.
        """
        part, out = Path(self.order.part), Path(self.order.out)
        try:
            out.parent.mkdir(parents=True, exist_ok=True)
            told = self._hear(tell)
            if self._stopped:
                raise ExportStopped("The export was stopped.")
            put_in_place(part, out)
            return told
        except OSError as error:
            raise PainterError(f"{out} cannot be written: {error.strerror or error}.") from error
        finally:
            shutil.rmtree(part, ignore_errors=True)

    def stop(self) -> None:
        """Call it off, from any thread."""
        with self._lock:
            self._stopped = True
            process = self._process
        if process is None or process.stdin is None:
            return
        with contextlib.suppress(OSError):  # it is gone already
            process.stdin.close()
        threading.Thread(target=self._end, args=(process,), daemon=True).start()

    @staticmethod
    def _end(process: subprocess.Popen[bytes]) -> None:
        try:
            process.wait(GRACE)
        except subprocess.TimeoutExpired:
            process.kill()

    def _hear(self, tell: Callable[[Progress], None]) -> Exported:
        self._log.parent.mkdir(parents=True, exist_ok=True)
        with self._log.open("wb") as log, self._lock:
            if self._stopped:
                raise ExportStopped("The export was stopped.")
            process = self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                cwd=project_root(),
                env=child_environment(),
                **own_session(),
            )
        assert process.stdin is not None
        assert process.stdout is not None
        found: Exported | Failed | None = None
        try:
            with contextlib.suppress(OSError, ValueError):  # it died at once, or was stopped
                process.stdin.write(encode(self.order))
                process.stdin.flush()
            for line in process.stdout:
                with contextlib.suppress(msgspec.DecodeError):  # a library's own words
                    told = decode_told(line)
                    if isinstance(told, Progress):
                        tell(told)
                    else:
                        found = told
            code = process.wait()
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
            for pipe in (process.stdin, process.stdout):
                with contextlib.suppress(OSError):
                    pipe.close()
        if self._stopped or (isinstance(found, Failed) and found.cancelled):
            raise ExportStopped("The export was stopped.")
        if isinstance(found, Failed):
            raise PainterError(found.reason)
        if found is None:
            raise PainterError(f"The export ended without a result ({how_it_ended(code, self._log)}).")
        return found


def put_in_place(part: Path, out: Path) -> None:
    """Move a finished export to its place; an earlier one there goes first.

    Raises
    ------
    OSError
        If the disk does not do it; an earlier export is then still there.
    """
    old = out.with_name(f".{out.name}.{secrets.token_hex(4)}.old")
    there = out.exists()
    if there:
        out.rename(old)
    try:
        part.rename(out)
    except OSError:
        if there:
            old.rename(out)
        raise
    shutil.rmtree(old, ignore_errors=True)


def sentence(told: Exported) -> str:
    """Say how an export that was tried compares with the app."""
    same, count = sum(row.same for row in told.rows), len(told.rows)
    tried = f"{same} of {count} colours get the same name from the export, read by {told.by}, as in the app"
    if told.sound:
        return f"{tried}."
    return f"{tried}: too few, so look at the table before you use it."


def as_json(told: Exported, out: Path) -> dict[str, Any]:
    """Return an export for ``--json``."""
    return {
        "out": str(out),
        "kind": told.kind,
        "quantization": told.quantization,
        "files": told.files,
        "read_by": told.by,
        "agreement": told.agreement,
        "sound": told.sound,
        "seconds": told.seconds,
        "names": [msgspec.to_builtins(row) | {"same": row.same} for row in told.rows],
    }

